"""The words for every field of a bundle. A new field needs a line here, and nothing else; a test finds what is missing.

A field is one of three things: a value, which is told as it was and as it is; a part with fields of its own, whose
words stand before theirs; or a collection, of whose items it is told which are new, gone, moved or different.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from amends.models import Model, Money, Party
from runbooks.bundle import Bundle, MessageText
from runbooks.comparing import wording
from runbooks.comparing.wording import code, percents, plain, prose
from runbooks.local_time import time_of_day
from runbooks.policy import (
    Calendar,
    Clearing,
    Expectation,
    ExternalDeadline,
    Goal,
    Interrupt,
    Level,
    Match,
    Night,
    Quiet,
    RemedyPolicy,
    Role,
    Shift,
    SlaPolicy,
    Sooner,
    Table,
    TableRow,
    TaskPolicy,
)
from runbooks.program import (
    ApproveStep,
    AskStep,
    BySeverity,
    Check,
    Choice,
    DecideStep,
    DoStep,
    MeasureStep,
    Plan,
    Program,
    Reminders,
    Rounds,
    SeverityRule,
    TellStep,
    Together,
    Undo,
    Value,
    WaitStep,
)


def _as_it_is(value: Any) -> Any:
    return value


def _given(inputs: dict[str, Value]) -> dict[str, Value]:
    """Inputs without those that are the report's field of the same name, which need not be written."""
    return {name: value for name, value in inputs.items() if value.expr != f"report.{name}"}


def _if_a_merchant(to: Party) -> Any:
    """Most is said to customers, which goes without saying; of a question to one of us its role is told."""
    return to if to is Party.MERCHANT else ()


def _silence(answer: str | Value | None) -> str:
    if answer is None:
        return "skip"
    return plain(answer) if isinstance(answer, Value) else code(answer)


def _limit(amount: Money | None) -> str:
    return plain(amount) if amount else "any amount"


class Label(NamedTuple):
    """How a field is told.

    ``words``: what its value is called; empty where what is around it says enough. ``place``: the heading that it
    begins. ``item``: what one item of a collection is called, with ``{}`` for its key; the models of a list say it
    themselves (``runbooks/comparing/naming.py``). ``ordered``: whether it is told where a new item stands. ``named``:
    whether the name of the model around it says the value already. ``show``: how a value is written. ``prepare``: what
    is compared instead of the value. ``whole``: what is told of it where the model around it is new or gone.
    """

    words: str = ""
    place: str = ""
    item: str = ""
    ordered: bool = False
    named: bool = False
    show: Callable[[Any], str] = plain
    prepare: Callable[[Any], Any] = _as_it_is
    whole: Callable[[Any], Any] = _as_it_is


def by_language(messages: dict[str, dict[str, MessageText]]) -> dict[str, MessageText]:
    """Every text under its message's key and its language."""
    return {f"{key} ({language})": text for key, texts in messages.items() for language, text in texts.items()}


_STEP = {
    "id": Label("its place in the record", named=True, show=code),
    "kind": Label("kind of step", named=True),
    "when": Label("when", show=code),
}
_SAVED = {"save_as": Label("saved as", show=code), "otherwise": Label("otherwise", show=plain)}
_REFUSED = {"on_refusal": Label("on refusal")}

LABELS: dict[type[Model], dict[str, Label]] = {
    Bundle: {
        "format": Label("format of the bundle"),
        "exception_type": Label("name", show=code),
        "workflow_type": Label("workflow type", show=code),
        "title": Label("title", item="title ({})", show=prose),
        "about": Label("about", show=prose),
        "subject": Label("subject", show=code),
        "report": Label("report", place="Report", item="field `{}`"),
        "report_optional": Label("fields that may be left out", place="Report", show=code),
        "facts": Label("facts", place="Facts that conditions may read", item="`{}`"),
        "rates": Label("rates", place="Rates, in CNY", item="one {}"),
        "messages": Label("messages", place="Messages", item="{}", prepare=by_language),
        "program": Label(),
        "supersedes": Label("supersedes", show=code),
        "reopen_for": Label("reopened for"),
        "events": Label("what order events carry", place="Openings by events", item="field `{}` of events"),
        "opens": Label("openings by events", place="Openings by events"),
        "sla": Label(place="Service levels"),
        "external": Label("deadlines of others", place="Deadlines of others"),
        "escalation": Label("ladder", place="Ladder", ordered=True),
        "roles": Label("roles", place="People", item="role `{}`"),
        "may": Label("who may do what", place="People", item="may `{}`"),
        "tasks": Label("tasks", place="Tasks"),
        "night": Label("night", place="Night"),
        "interrupts": Label("interrupts", place="Interrupts", ordered=True),
        "clears": Label("what clears it", place="What clears it", ordered=True),
        "remedies": Label("remedies", place="Remedies"),
        "calendars": Label("calendars", place="Calendars", item="`{}`"),
        "tables": Label("tables", place="Tables", item="`{}`", prepare=wording.with_rows_in_words),
    },
    Program: {
        "severity": Label("severity", place="Severity"),
        "otherwise": Label("otherwise", place="Severity"),
        "report": Label("steps", place="Stage report", ordered=True),
        "analysis": Label("steps", place="Stage analysis", ordered=True),
        "action": Label("plans", place="Stage action", ordered=True),
        "follow_up": Label("steps", place="Stage follow-up", ordered=True),
    },
    SeverityRule: {
        "severity": Label("severity", named=True),
        "when": Label(show=code),
        "near": Label("near", item="near `{}` from"),
    },
    Plan: {
        "name": Label("name", named=True, show=code),
        "when": Label("when", show=code),
        "steps": Label("steps", ordered=True),
    },
    DoStep: {
        **_STEP,
        "activity": Label("activity", named=True, show=code),
        "effect": Label("changes the world", named=True),
        "inputs": Label("with", item="with `{}`", show=plain, whole=_given),
        "undo": Label("undone by"),
        "final": Label("final"),
        **_SAVED,
        **_REFUSED,
    },
    TellStep: {
        **_STEP,
        "to": Label("to", whole=_if_a_merchant),
        "message": Label("message", named=True, show=code),
        "values": Label("values that the text names", named=True, show=code),
        "safety": Label("concerns safety"),
        **_REFUSED,
    },
    AskStep: {
        **_STEP,
        "to": Label("to", whole=_if_a_merchant),
        "role": Label("asked of", show=code),
        "question": Label("question", named=True, show=code),
        "values": Label("values that the text names", named=True, show=code),
        "safety": Label("concerns safety"),
        "after": Label("after"),
        "answer": Label("kind of answer"),
        "choices": Label("choices", ordered=True),
        "at_least": Label("at least"),
        "at_most": Label("at most"),
        "fewest": Label("files at least"),
        "most": Label("files at most"),
        "answer_within": Label("answer within"),
        "remind": Label("reminder"),
        "if_silent": Label("if silent", show=_silence),
        **_SAVED,
        **_REFUSED,
    },
    ApproveStep: {
        **_STEP,
        "role": Label("by", named=True, show=code),
        "amount": Label("about"),
        "approvers": Label("people who must approve"),
        "decide_within": Label("decided within"),
        "if_silent": Label("if silent"),
        **_REFUSED,
    },
    MeasureStep: {
        **_STEP,
        "activity": Label("activity", named=True, show=code),
        "inputs": Label("with", item="with `{}`", show=plain, whole=_given),
        "lift": Label("lifted by"),
        "until": Label("until", show=code),
        **_REFUSED,
    },
    WaitStep: {
        **_STEP,
        "until": Label("until", show=code),
        "check": Label("check"),
        "at_most": Label("at most"),
        "then_assume": Label("then assume", item="then assume `{}`", show=plain),
        "waiting_for": Label("waiting for"),
    },
    DecideStep: {
        **_STEP,
        "fact": Label("decides", named=True, show=code),
        "choices": Label("choices", ordered=True),
        "otherwise": Label("otherwise", show=code),
    },
    Together: {**_STEP, "steps": Label("steps", ordered=True)},
    Rounds: {
        **_STEP,
        "max": Label("rounds at most"),
        "until": Label("until", show=code),
        "steps": Label("steps", ordered=True),
    },
    Choice: {"name": Label("name", named=True, show=code), "when": Label("when", show=code)},
    Check: {
        "activity": Label("by", show=code),
        "inputs": Label("with", item="with `{}`", show=plain, whole=_given),
        "every": Label("every"),
        "save_as": Label("saved as", show=code),
    },
    Reminders: {
        "message": Label("message", show=code),
        "values": Label("values that the text names", named=True, show=code),
        "after": Label("each so long after the question"),
    },
    Undo: {"activity": Label(show=code), "takes": Label("which takes", named=True, show=code)},
    MessageText: {"subject": Label("subject", show=prose), "body": Label("text", show=prose)},
    SlaPolicy: {
        "goals": Label("goals", item="{}"),
        "sooner": Label("sooner"),
        "warn_at": Label("warn at", show=percents),
        "pause_while_waiting_for": Label("pause while waiting for"),
    },
    Goal: {
        "within": Label("within"),
        "calendar": Label("calendar", show=code),
        "tell": Label("told by itself", show=code),
        "values": Label("values that the text names", named=True, show=code),
    },
    Sooner: {"when": Label("when", named=True, show=code), "within": Label("within", item="{}")},
    Interrupt: {
        "on": Label("on", named=True, show=code),
        "when": Label("when", show=code),
        "plan": Label("plan", named=True, show=code),
    },
    Clearing: {
        "on": Label("on", named=True, show=code),
        "when": Label("when", show=code),
        "tell": Label("told then", show=code),
        "values": Label("values that the text names", named=True, show=code),
        "confirm": Label("asked first", show=code),
        "confirm_values": Label("values that the question names", named=True, show=code),
        "answer_within": Label("answer within"),
        "if_silent": Label("if silent", named=True, show=code),
        "save_as": Label("answer saved as", named=True, show=code),
    },
    Level: {
        "page": Label("page", named=True, show=code),
        "ack_within": Label("acknowledged within"),
        "repeat": Label("pages"),
        "again_after": Label("paged again after"),
    },
    ExternalDeadline: {
        "name": Label("name", named=True, show=code),
        "starts": Label("from", show=code),
        "table": Label("table", show=code),
        "protect_by": Label("protected by", show=code),
        "inputs": Label("with", item="with `{}`", show=plain, whole=_given),
        "safe_before": Label("called before the deadline by"),
        "approve": Label("approved by", show=code),
        "decide_within": Label("decided within"),
    },
    Expectation: {
        "expect": Label("expect", named=True, show=code),
        "after": Label("after", named=True, show=code),
        "late_after": Label("late after"),
        "within": Label("late after what is computed", show=code),
        "by": Label("due by", show=code),
        "whole_day_in": Label("the whole day counts, in"),
        "grace": Label("grace"),
    },
    Match: {"match": Label("match", named=True, show=code)},
    Role: {
        "team": Label("team"),
        "duty": Label("duty"),
        "zone": Label("time zone"),
        "quiet": Label("quiet hours"),
        "approves_up_to": Label("approves up to", show=_limit),
        "approves_per_day": Label("approves per day and person", show=_limit),
    },
    TaskPolicy: {"owner": Label("done by", show=code), "within": Label("done within")},
    RemedyPolicy: {
        "caps": Label("for an order at most", item="{} for an order at most", show=_limit),
        "per_day": Label("on a day at most", item="{} on a day at most", show=_limit),
    },
    Quiet: {
        "begins": Label("from", show=time_of_day),
        "ends": Label("to", show=time_of_day),
        "above": Label("for what is milder than"),
    },
    Night: {
        "begins": Label("from", show=wording.clock_time),
        "ends": Label("to", show=wording.clock_time),
        "zone": Label("time zone where the customer's is not known"),
    },
    Shift: {
        "who": Label("who", named=True),
        "begins": Label("from", named=True, show=wording.minute_of_week),
        "ends": Label("to", show=wording.minute_of_week),
    },
    Calendar: {
        "version": Label("version"),
        "zone": Label("time zone"),
        "hours": Label("working hours", show=wording.spans),
        "week": Label("working days", show=wording.weekdays),
        "holidays": Label("holidays", item="holiday {}"),
        "workdays": Label("make-up workdays", item="make-up workday {}"),
        "confirmed_until": Label("confirmed until"),
    },
    Table: {"kind": Label("kind"), "rows": Label("rows")},
    TableRow: {
        "since": Label("since", named=True),
        "jurisdiction": Label("jurisdiction", named=True),
        "marketplace": Label("marketplace", named=True),
        "value": Label("value"),
        "source": Label("source", show=prose),
    },
}

VALUES: tuple[type[Model], ...] = (BySeverity, Value, Money)
"""Models that are told as one value, in words of their own."""
