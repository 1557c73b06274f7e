"""One line of an incident's story: the entry, its kinds, and the bytes that are hashed.

Every event that reaches an incident is written as one entry that holds the event whole, before anything that follows
from it; what the engine derives from it follows as further entries. So the timeline can be read back into the events
that made it, and the engine re-run over them must give the same timeline.
"""

import json
from enum import StrEnum
from typing import Any, Final

from amends.models import Actor, Data, Model, Utc


class EntryKind(StrEnum):
    """What happened, in the past tense. The values are wire names: add, never rename."""

    # events, each held whole by its entry
    INCIDENT_OPENED = "incident_opened"
    REPORT_ADDED = "report_added"
    INCIDENT_REGISTERED = "incident_registered"
    DUPLICATE_FOUND = "duplicate_found"
    REPORT_REPEATED = "report_repeated"
    RUN_STARTED = "run_started"
    FACTS_READ = "facts_read"
    READ_REFUSED = "read_refused"
    READ_FAILED = "read_failed"
    EFFECT_APPLIED = "effect_applied"
    EFFECT_REFUSED = "effect_refused"
    EFFECT_UNKNOWN = "effect_unknown"
    UNDO_APPLIED = "undo_applied"
    UNDO_REFUSED = "undo_refused"
    UNDO_UNKNOWN = "undo_unknown"
    ANSWER_RECEIVED = "answer_received"
    NEWS_RECEIVED = "news_received"
    CANCEL_REQUESTED = "cancel_requested"
    RETRY_REQUESTED = "retry_requested"
    DECISION_RECEIVED = "decision_received"
    DECISION_COUNTED = "decision_counted"
    DECISION_REFUSED = "decision_refused"
    PLAN_CHOSEN = "plan_chosen"
    TASK_SETTLED = "task_settled"
    WAIVER_REQUESTED = "waiver_requested"
    ACKNOWLEDGED = "acknowledged"
    ESCALATION_REQUESTED = "escalation_requested"
    SNOOZE_REQUESTED = "snooze_requested"
    NOTE_ADDED = "note_added"
    EVIDENCE_ADDED = "evidence_added"
    ASSIGNED = "assigned"
    SUSPENSION_REQUESTED = "suspension_requested"
    RESUMPTION_REQUESTED = "resumption_requested"
    SEVERITY_CHOSEN = "severity_chosen"
    SKIP_REQUESTED = "skip_requested"
    TAKEN_OVER = "taken_over"
    REPIN_REQUESTED = "repin_requested"
    SUPERSEDED = "superseded"
    MERGED = "merged"
    REPORT_SPLIT = "report_split"
    INHERITED = "inherited"
    NOT_INHERITED = "not_inherited"
    CONVERSATION_FREED = "conversation_freed"
    PAGE_SENT = "page_sent"
    PAGE_FAILED = "page_failed"
    BOOKS_AGREED = "books_agreed"
    BOOKS_DIFFER = "books_differ"
    BOOKS_UNREAD = "books_unread"
    TIME_CAME = "time_came"
    # what the engine derived
    REPINNED = "repinned"
    REPIN_PUT_OFF = "repin_put_off"
    STAGE_ENTERED = "stage_entered"
    SEVERITY_SET = "severity_set"
    STATUS_CHANGED = "status_changed"
    STEP_SKIPPED = "step_skipped"
    DECISION_MADE = "decision_made"
    ROUND_ENDED = "round_ended"
    EFFECT_REQUESTED = "effect_requested"
    UNDO_REQUESTED = "undo_requested"
    RECONCILE_REQUESTED = "reconcile_requested"
    MESSAGE_HELD = "message_held"
    MESSAGE_WITHDRAWN = "message_withdrawn"
    QUESTION_HELD = "question_held"
    QUESTION_JOINED = "question_joined"
    QUESTION_ASKED = "question_asked"
    SILENCE_ASSUMED = "silence_assumed"
    QUESTION_WITHDRAWN = "question_withdrawn"
    ANSWER_INHERITED = "answer_inherited"
    ANSWER_SHARED = "answer_shared"
    WAIT_STARTED = "wait_started"
    WAIT_ENDED = "wait_ended"
    WAIT_TIMED_OUT = "wait_timed_out"
    WAIT_WITHDRAWN = "wait_withdrawn"
    INTERRUPTED = "interrupted"
    INTERRUPT_IGNORED = "interrupt_ignored"
    NEWS_IGNORED = "news_ignored"
    CLEARED = "cleared"
    CLEARING_ASKED = "clearing_asked"
    CLEARING_IGNORED = "clearing_ignored"
    PLAN_STARTED = "plan_started"
    PLAN_SUCCEEDED = "plan_succeeded"
    PLAN_FAILED = "plan_failed"
    PLAN_UNDONE = "plan_undone"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    APPROVAL_REJECTED = "approval_rejected"
    APPROVAL_EXPIRED = "approval_expired"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    UNDO_WAIVED = "undo_waived"
    TASK_OPENED = "task_opened"
    TASK_OVERDUE = "task_overdue"
    TASK_CLOSED = "task_closed"
    CLOCK_STARTED = "clock_started"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_RESUMED = "clock_resumed"
    CLOCK_RESET = "clock_reset"
    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    BREACH_REASSESSED = "breach_reassessed"
    CLOCK_STOPPED = "clock_stopped"
    SUSPENSION_ENDED = "suspension_ended"
    DEADLINE_SET = "deadline_set"
    DEADLINE_PROTECTED = "deadline_protected"
    DEADLINE_MISSED = "deadline_missed"
    DEADLINE_LET_GO = "deadline_let_go"
    PAGE_REQUESTED = "page_requested"
    PAGE_HELD = "page_held"
    LADDER_RAISED = "ladder_raised"
    LADDER_EXHAUSTED = "ladder_exhausted"
    LADDER_STOPPED = "ladder_stopped"
    INCIDENT_RESOLVED = "incident_resolved"
    INCIDENT_CLOSED = "incident_closed"


REPORTS: Final = frozenset({EntryKind.INCIDENT_OPENED, EntryKind.REPORT_ADDED})
"""The kinds that bring a report; the journal says whether it is a repeat."""

ENDS_A_QUESTION: Final = frozenset(
    {
        EntryKind.ANSWER_RECEIVED,
        EntryKind.ANSWER_INHERITED,
        EntryKind.ANSWER_SHARED,
        EntryKind.SILENCE_ASSUMED,
        EntryKind.QUESTION_WITHDRAWN,
        EntryKind.MESSAGE_WITHDRAWN,
    }
)
"""The kinds that end a question, which they name."""

MAY_FREE: Final = ENDS_A_QUESTION | {EntryKind.EFFECT_REFUSED, EntryKind.INCIDENT_CLOSED}
"""The kinds after which the questions of other incidents need not wait any more; the journal says which."""


class Entry(Model):
    """An entry as the workflow writes it: number ``n`` of its run, counted from 0."""

    n: int
    kind: EntryKind
    occurred_at: Utc
    actor: Actor
    data: Data = {}


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value that is hashed or compared: sorted keys, no blanks, UTF-8.

    Raises ``ValueError`` for NaN and infinities, which JSON does not have.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
