"""Which entries hold what somebody has sent, and under which key; who has had a hand in an incident."""

from pydantic import JsonValue

from amends.models import Data
from amends.timeline import EntryKind

KEYED = {
    EntryKind.INCIDENT_OPENED: ("report", "key"),
    EntryKind.REPORT_ADDED: ("report", "key"),
    EntryKind.ANSWER_RECEIVED: ("answer", "key"),
    EntryKind.NEWS_RECEIVED: ("news", "event_id"),
    EntryKind.CANCEL_REQUESTED: ("cancel", "key"),
    EntryKind.RETRY_REQUESTED: ("retry", "key"),
    EntryKind.DECISION_RECEIVED: ("decision", "key"),
    EntryKind.PLAN_CHOSEN: ("choice", "key"),
    EntryKind.TASK_SETTLED: ("settlement", "key"),
    EntryKind.WAIVER_REQUESTED: ("waiver", "key"),
    EntryKind.ACKNOWLEDGED: ("acknowledgement", "key"),
    EntryKind.ESCALATION_REQUESTED: ("escalation", "key"),
    EntryKind.SNOOZE_REQUESTED: ("snooze", "key"),
    EntryKind.NOTE_ADDED: ("note", "key"),
    EntryKind.EVIDENCE_ADDED: ("evidence", "key"),
    EntryKind.SEVERITY_CHOSEN: ("severity", "key"),
    EntryKind.ASSIGNED: ("assign", "key"),
    EntryKind.SUSPENSION_REQUESTED: ("suspend", "key"),
    EntryKind.RESUMPTION_REQUESTED: ("resume", "key"),
    EntryKind.SKIP_REQUESTED: ("skip", "key"),
    EntryKind.TAKEN_OVER: ("take_over", "key"),
    EntryKind.REPIN_REQUESTED: ("repin", "key"),
    EntryKind.MERGED: ("merge", "key"),
    EntryKind.REPORT_SPLIT: ("split", "key"),
    EntryKind.SUPERSEDED: ("supersede", "to"),
}

HANDS = (
    EntryKind.INCIDENT_OPENED,
    EntryKind.REPORT_ADDED,
    EntryKind.ANSWER_RECEIVED,
    EntryKind.RETRY_REQUESTED,
    EntryKind.PLAN_CHOSEN,
    EntryKind.TASK_SETTLED,
    EntryKind.WAIVER_REQUESTED,
    EntryKind.REPIN_REQUESTED,
    EntryKind.SEVERITY_CHOSEN,
    EntryKind.SKIP_REQUESTED,
    EntryKind.TAKEN_OVER,
    EntryKind.MERGED,
    EntryKind.REPORT_SPLIT,
)
"""What makes whoever did it one who has brought the incident here."""


OF_THE_TEAM = (
    EntryKind.ACKNOWLEDGED,
    EntryKind.ESCALATION_REQUESTED,
    EntryKind.SNOOZE_REQUESTED,
    EntryKind.RETRY_REQUESTED,
    EntryKind.PLAN_CHOSEN,
    EntryKind.TASK_SETTLED,
    EntryKind.WAIVER_REQUESTED,
    EntryKind.SEVERITY_CHOSEN,
    EntryKind.ASSIGNED,
    EntryKind.SUSPENSION_REQUESTED,
    EntryKind.RESUMPTION_REQUESTED,
    EntryKind.SKIP_REQUESTED,
    EntryKind.TAKEN_OVER,
    EntryKind.MERGED,
    EntryKind.REPORT_SPLIT,
)
"""What only people do who fill a role."""


def came_back(data: Data) -> bool:
    """Whether an entry of a refusal says that a channel has sent a message back."""
    refusal = data.get("refusal")
    return isinstance(refusal, dict) and refusal["reason"] == "Bounced"


def said_in(data: Data) -> JsonValue:
    """The fact that an entry has for an answer; ``None`` for none."""
    said = [data[kind] for kind in ("choice", "text", "amount", "files") if data.get(kind) is not None]
    assert len(said) <= 1, "an answer is of one kind"
    answer = said[0] if said else None
    if not isinstance(answer, list):
        return answer
    digests = list(dict.fromkeys(text(each, "sha256") for each in answer if isinstance(each, dict)))
    return {"count": len(digests), "digests": " ".join(digests)}


def text(data: Data, name: str) -> str:
    """A text of an entry; empty if it is not there."""
    return str(data.get(name, ""))


def texts(data: Data, name: str) -> list[str]:
    """The texts of an entry."""
    value = data[name]
    assert isinstance(value, list)
    return [str(each) for each in value]
