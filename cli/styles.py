"""Which colour says what. Whoever sees none loses nothing: a word always says it as well."""

from typing import Final, assert_never

from amends.models import Severity, Status
from amends.timeline import EntryKind

QUIET: Final = "dim"
ALARM: Final = "bold red"
GOOD: Final = "green"
PEOPLE: Final = "cyan"
TURN: Final = "yellow"
HEADING: Final = "bold"


def of_status(status: Status) -> str:
    match status:
        case Status.TAKEN_OVER:
            return ALARM
        case Status.WAITING:
            return TURN
        case Status.RESOLVED:
            return GOOD
        case Status.CLOSED | Status.CANCELLED | Status.DUPLICATE:
            return QUIET
        case Status.OPEN | Status.ACKNOWLEDGED | Status.IN_PROGRESS:
            return ""
        case _:
            assert_never(status)


def of_severity(severity: Severity | None) -> str:
    match severity:
        case Severity.CRITICAL:
            return ALARM
        case Severity.HIGH:
            return "red"
        case Severity.MEDIUM | Severity.LOW | None:
            return ""
        case _:
            assert_never(severity)


def of_kind(kind: EntryKind) -> str:
    """The colour of what happened: none for what goes its way."""
    return _KINDS.get(kind, "")


_KINDS: Final = {
    **dict.fromkeys((EntryKind.FACTS_READ, EntryKind.STEP_SKIPPED, EntryKind.TIME_CAME), QUIET),
    **dict.fromkeys((EntryKind.DECISION_COUNTED, EntryKind.TASK_CLOSED), QUIET),
    **dict.fromkeys((EntryKind.TASK_OPENED, EntryKind.TASK_OVERDUE), ALARM),
    **dict.fromkeys((EntryKind.EFFECT_UNKNOWN, EntryKind.UNDO_UNKNOWN, EntryKind.UNDO_REFUSED), ALARM),
    **dict.fromkeys((EntryKind.CLOCK_BREACHED, EntryKind.DEADLINE_MISSED, EntryKind.LADDER_EXHAUSTED), ALARM),
    **dict.fromkeys((EntryKind.CLOCK_STARTED, EntryKind.CLOCK_PAUSED, EntryKind.CLOCK_RESUMED), QUIET),
    **dict.fromkeys((EntryKind.CLOCK_RESET, EntryKind.CLOCK_STOPPED, EntryKind.DEADLINE_SET), QUIET),
    **dict.fromkeys((EntryKind.PAGE_SENT, EntryKind.PAGE_HELD, EntryKind.LADDER_STOPPED), QUIET),
    **dict.fromkeys((EntryKind.MESSAGE_HELD, EntryKind.MESSAGE_WITHDRAWN), QUIET),
    **dict.fromkeys((EntryKind.CLOCK_WARNED, EntryKind.LADDER_RAISED, EntryKind.PAGE_FAILED), TURN),
    **dict.fromkeys((EntryKind.ESCALATION_REQUESTED, EntryKind.PAGE_REQUESTED), TURN),
    **dict.fromkeys((EntryKind.ACKNOWLEDGED, EntryKind.SNOOZE_REQUESTED), PEOPLE),
    **dict.fromkeys((EntryKind.BREACH_REASSESSED, EntryKind.DEADLINE_PROTECTED), GOOD),
    **dict.fromkeys((EntryKind.BOOKS_DIFFER, EntryKind.BOOKS_UNREAD), ALARM),
    **dict.fromkeys((EntryKind.EFFECT_REFUSED, EntryKind.PLAN_FAILED, EntryKind.CANCEL_REQUESTED), TURN),
    **dict.fromkeys((EntryKind.APPROVAL_REJECTED, EntryKind.APPROVAL_EXPIRED, EntryKind.DECISION_REFUSED), TURN),
    **dict.fromkeys((EntryKind.UNDO_WAIVED,), TURN),
    **dict.fromkeys((EntryKind.QUESTION_ASKED, EntryKind.ANSWER_RECEIVED, EntryKind.NEWS_RECEIVED), PEOPLE),
    **dict.fromkeys((EntryKind.APPROVAL_ASKED, EntryKind.DECISION_RECEIVED, EntryKind.PLAN_CHOSEN), PEOPLE),
    **dict.fromkeys((EntryKind.TASK_SETTLED, EntryKind.WAIVER_REQUESTED, EntryKind.RETRY_REQUESTED), PEOPLE),
    **dict.fromkeys((EntryKind.NOTE_ADDED, EntryKind.EVIDENCE_ADDED, EntryKind.ASSIGNED), PEOPLE),
    **dict.fromkeys((EntryKind.SUSPENSION_REQUESTED, EntryKind.RESUMPTION_REQUESTED), PEOPLE),
    **dict.fromkeys((EntryKind.SEVERITY_CHOSEN, EntryKind.SKIP_REQUESTED), PEOPLE),
    **dict.fromkeys((EntryKind.TAKEN_OVER, EntryKind.SUSPENSION_ENDED), TURN),
    **dict.fromkeys((EntryKind.INCIDENT_RESOLVED, EntryKind.PLAN_SUCCEEDED, EntryKind.APPROVAL_GIVEN), GOOD),
}
