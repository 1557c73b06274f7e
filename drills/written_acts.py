"""What people write in a scenario's script: one shape for each act, named by its first key."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from amends.models import Data, Party, Severity, Written
from drills.written_moments import Moment
from runbooks.language.durations import Duration
from runbooks.language.surface import ChoiceName
from runbooks.language.words import EventType

Said = Annotated[str, Field(min_length=1)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Timed(Written):
    """One of ``at`` and ``after``."""

    at: Moment | None = None
    after: Moment | None = None


class WrittenAnswer(_Timed):
    """``answer``: the step or the message of the question. One of ``choice``, ``text``, ``amount`` and ``files`` is
    what is said; a file is known by its name here. ``by``: who of the role that is asked."""

    answer: str
    choice: ChoiceName | None = None
    text: Said | None = None
    amount: Said | None = None
    files: Annotated[tuple[Said, ...] | None, BeforeValidator(_as_list), Field(min_length=1)] = None
    by: Said | None = None


class _Decision(_Timed):
    by: Said
    note: str = ""


class WrittenApprove(_Decision):
    """``approve``: the role that is asked, the step, or ``waive:<task>``."""

    approve: str


class WrittenReject(_Decision):
    """``reject``: the role that is asked, the step, or ``waive:<task>``."""

    reject: str


class WrittenRetry(_Timed):
    """``retry``: a task, by its id."""

    retry: str
    by: Said
    note: str = ""


class WrittenChoose(_Timed):
    """``choose``: a plan, when none is left."""

    choose: str
    by: Said
    note: str = ""


class WrittenSettle(_Timed):
    """``settle``: a task, by its id. ``happened``: of what nobody knew, whether it did."""

    settle: str
    by: Said
    how: Said
    evidence: Annotated[tuple[Said, ...], BeforeValidator(_as_list), Field(min_length=1)]
    happened: bool | None = None
    result: Data = {}


class WrittenWaive(_Timed):
    """``waive``: the task of an undo that failed, or of books that differ, by its id."""

    waive: str
    by: Said
    reason: Said


class WrittenAcknowledge(_Timed):
    """``acknowledge``: the person who does."""

    acknowledge: Said
    note: str = ""


class WrittenEscalate(_Timed):
    """``escalate``: the reason."""

    escalate: Said
    by: Said


class WrittenSnooze(_Timed):
    """``snooze``: for how long nobody is paged."""

    snooze: Duration
    by: Said
    reason: Said


class WrittenNote(Written):
    """``note``: what is said."""

    note: Said
    by: Said
    at: Moment


class WrittenAssign(_Timed):
    """``assign``: the person to whom it is given; without a ``task`` whatever is to be done."""

    assign: Said
    by: Said
    task: str | None = None
    note: str = ""


class WrittenSuspend(Written):
    """``suspend``: the party that is waited for, at most ``within``."""

    suspend: Party
    within: Duration
    by: Said
    reason: Said
    at: Moment


class WrittenResume(_Timed):
    """``resume``: the person who does."""

    resume: Said
    note: str = ""


class WrittenSeverity(Written):
    """``severity``: how severe it is, or that the rules have their say again."""

    severity: Severity | Literal["by_rules"]
    by: Said
    reason: Said
    at: Moment


class WrittenSkip(_Timed):
    """``skip``: a step that waits, asks, or is left to a person."""

    skip: str
    by: Said
    reason: Said


class WrittenTakeOver(Written):
    """``take_over``: the person who does."""

    take_over: Said
    reason: Said
    at: Moment


class WrittenReport(Written):
    """``report``: the key of a further report on the same subject."""

    report: str
    at: Moment


class WrittenNews(Written):
    """``news``: the type of what happens to the order. ``data``: what is said of it; facts by their paths, under
    ``facts``."""

    news: EventType
    data: Data = {}
    at: Moment


class WrittenCancel(Written):
    """``cancel``: the reason. ``by``: who; Temporal is asked if it is nobody."""

    cancel: Said
    by: Said | None = None
    at: Moment


ACTS: dict[str, type[Written]] = {
    "answer": WrittenAnswer,
    "approve": WrittenApprove,
    "reject": WrittenReject,
    "retry": WrittenRetry,
    "choose": WrittenChoose,
    "settle": WrittenSettle,
    "waive": WrittenWaive,
    "acknowledge": WrittenAcknowledge,
    "escalate": WrittenEscalate,
    "snooze": WrittenSnooze,
    "assign": WrittenAssign,
    "suspend": WrittenSuspend,
    "resume": WrittenResume,
    "severity": WrittenSeverity,
    "skip": WrittenSkip,
    "take_over": WrittenTakeOver,
    "report": WrittenReport,
    "news": WrittenNews,
    "cancel": WrittenCancel,
    "note": WrittenNote,
}
"""The shape of each act, by the key that names it; a note comes last, for other acts may have one beside them."""


def _word(value: Any) -> str | None:
    words = [word for word in ACTS if isinstance(value, dict) and word in value]
    return f"{words[0]} act" if words else None


WrittenAct = Annotated[
    Annotated[WrittenAnswer, Tag("answer act")]
    | Annotated[WrittenApprove, Tag("approve act")]
    | Annotated[WrittenReject, Tag("reject act")]
    | Annotated[WrittenRetry, Tag("retry act")]
    | Annotated[WrittenChoose, Tag("choose act")]
    | Annotated[WrittenSettle, Tag("settle act")]
    | Annotated[WrittenWaive, Tag("waive act")]
    | Annotated[WrittenAcknowledge, Tag("acknowledge act")]
    | Annotated[WrittenEscalate, Tag("escalate act")]
    | Annotated[WrittenSnooze, Tag("snooze act")]
    | Annotated[WrittenNote, Tag("note act")]
    | Annotated[WrittenAssign, Tag("assign act")]
    | Annotated[WrittenSuspend, Tag("suspend act")]
    | Annotated[WrittenResume, Tag("resume act")]
    | Annotated[WrittenSeverity, Tag("severity act")]
    | Annotated[WrittenSkip, Tag("skip act")]
    | Annotated[WrittenTakeOver, Tag("take_over act")]
    | Annotated[WrittenReport, Tag("report act")]
    | Annotated[WrittenNews, Tag("news act")]
    | Annotated[WrittenCancel, Tag("cancel act")],
    Discriminator(
        _word,
        custom_error_type="no_step",
        custom_error_message=f"an act has one of the keys {', '.join(ACTS)}",
    ),
]
