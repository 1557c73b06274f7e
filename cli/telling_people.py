"""What people decide and do about an incident, in sentences."""

from typing import Literal, assert_never

from amends.timeline import EntryKind
from cli import wording
from cli.said import Said

_VERDICTS = {"approve": "says yes to", "reject": "says no to"}
_OUTCOMES = {"applied": "; it happened", "not_applied": "; it did not happen"}
_CLOSED = {
    "approved": "it was approved",
    "rejected": "it was rejected",
    "settled": "it was settled by hand",
    "waived": "two people let it be",
    "chosen": "a plan was chosen",
    "agreed": "the books agree",
    "cancelled": "the incident was called off",
    "withdrawn": "nothing is asked any more",
    "done": "it is done",
    "skipped": "its step is skipped",
}
"""How a person's task has ended."""

Kind = Literal[
    EntryKind.APPROVAL_ASKED,
    EntryKind.APPROVAL_GIVEN,
    EntryKind.APPROVAL_REJECTED,
    EntryKind.APPROVAL_EXPIRED,
    EntryKind.APPROVAL_WITHDRAWN,
    EntryKind.DECISION_RECEIVED,
    EntryKind.DECISION_COUNTED,
    EntryKind.DECISION_REFUSED,
    EntryKind.CANCEL_REQUESTED,
    EntryKind.RETRY_REQUESTED,
    EntryKind.PLAN_CHOSEN,
    EntryKind.TASK_SETTLED,
    EntryKind.WAIVER_REQUESTED,
    EntryKind.UNDO_WAIVED,
    EntryKind.TASK_OPENED,
    EntryKind.TASK_OVERDUE,
    EntryKind.TASK_CLOSED,
]
"""The kinds of entries that are told here."""


def tell(kind: Kind, said: Said) -> str:
    """The sentence of what people decided or did."""
    match kind:
        case EntryKind.APPROVAL_ASKED:
            return f"Asked for {said.approval}{said.asked_for}{said.maybe(': {}', 'reason')}{_terms(said)}."
        case EntryKind.APPROVAL_GIVEN:
            return f"Approved: {said.approval}{said.by}."
        case EntryKind.APPROVAL_REJECTED:
            return f"Rejected: {said.approval}{said.by}{said.maybe(' ({})', 'note')}."
        case EntryKind.APPROVAL_EXPIRED:
            means = "it counts as rejected" if said["then"] == "reject" else "a higher authority may decide too"
            return f"Nobody has decided in time: {said.approval}; {means}."
        case EntryKind.APPROVAL_WITHDRAWN:
            return f"Nothing is to be decided any more: {said.approval}{said.maybe(' ({})', 'why')}."
        case EntryKind.DECISION_RECEIVED:
            verdict = _VERDICTS.get(said["verdict"], said["verdict"])
            return f"{said.actor} {verdict} {said.approval}{said.asked_for}{said.maybe(': {}', 'note')}."
        case EntryKind.DECISION_COUNTED:
            return f"The authority reaches: {said.approval}{said.by}."
        case EntryKind.DECISION_REFUSED:
            why_not = said.refusal or said.maybe(" ({})", "trouble")
            return f"The decision does not count: {said.approval}{said.by}{why_not}."
        case EntryKind.CANCEL_REQUESTED:
            return f"{said.actor} called it off: {said['reason']}. What was done is undone."
        case EntryKind.RETRY_REQUESTED:
            again = "handed it back" if said["task"] == "taken_over" else f"had it tried again: {said['task']}"
            return f"{said.actor} {again}{said.maybe(' ({})', 'note')}."
        case EntryKind.PLAN_CHOSEN:
            return f"{said.actor} chose the plan {said['plan']}{said.maybe(' ({})', 'note')}."
        case EntryKind.TASK_SETTLED:
            happened = _OUTCOMES.get(said["outcome"], "")
            return (
                f"{said.actor} settled it by hand: {said['task']}: {said['how']}{happened}; evidence: {said.evidence}."
            )
        case EntryKind.WAIVER_REQUESTED:
            return f"{said.actor} asked that it be let be: {said['task']}: {said['reason']}."
        case EntryKind.UNDO_WAIVED:
            return f"Let be{said.by}: {said.activity} is not done{said.maybe(' ({})', 'reason')}."
        case EntryKind.TASK_OPENED:
            owner = said.maybe("; {} has to see to it", "owner").replace("_", " ")
            because = said.maybe(" ({})", "because")
            return f"A person is needed: {said.task}{because}{owner}{said.maybe(', until {}', 'due_at')}."
        case EntryKind.TASK_OVERDUE:
            owner = said.maybe(", which {} had to see to", "owner").replace("_", " ")
            return f"Overdue: {said['task']}{owner}{said.maybe(', until {}', 'due_at')}."
        case EntryKind.TASK_CLOSED:
            return f"Nobody is needed any more for {said['task']}: {_CLOSED.get(said['how'], said['how'])}."
        case _:
            assert_never(kind)


def _terms(said: Said) -> str:
    """Until when, what silence means, by how many, and who cannot."""
    silence = {"escalate": "silence makes it a person's task", "reject": "silence rejects it"}.get(said["if_silent"])
    cannot = said.many("cannot")
    terms = (
        said.maybe("decide by {}", "decide_by"),
        silence,
        f"{said['approvers']} different people must approve" if said["approvers"] not in ("1", "?") else None,
        f"not by {wording.either(cannot)}, who brought it here" if cannot else None,
    )
    return "".join(f"; {term}" for term in terms if term)
