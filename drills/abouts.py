"""What an entry of the timeline may be said to be about, in a scenario's ``moments``."""

from collections.abc import Sequence
from typing import assert_never

from amends.models import Party, Severity, Stage, Status
from amends.timeline import EntryKind
from drills.beside import Beside
from drills.checking_acts import approvals_of, people_of, protecting_steps
from drills.written import WrittenPart
from drills.written_acts import WrittenCancel, WrittenNews, WrittenReport, WrittenSkip
from runbooks.bundle import Bundle
from runbooks.catalogue import MESSAGES, TELLING
from runbooks.program import (
    ApproveStep,
    AskStep,
    DecideStep,
    DoStep,
    IfUndecided,
    MeasureStep,
    Rounds,
    Step,
    TellStep,
    Together,
    Undo,
    WaitStep,
)
from workflows.closing import SELF_RESOLVED
from workflows.events import Verdict
from workflows.lineage import SUPERSEDED
from workflows.plans import BY_HAND
from workflows.state import Why

_TRIES = range(1, 5)
"""How often the same may be tried in one scenario, and more."""


class Abouts:
    """The names in one runbook that entries carry."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._steps = [step for step in bundle.program.all_steps() if not isinstance(step, Together | Rounds)]
        self._asks = [step for step in self._steps if isinstance(step, AskStep)]
        self._waits = [step for step in self._steps if isinstance(step, WaitStep)]
        self._sends = [step for step in self._steps if isinstance(step, TellStep | AskStep) and step.to in TELLING]
        self._does = [step for step in self._steps if isinstance(step, DoStep)]
        self._approvals = [step for step in self._steps if isinstance(step, ApproveStep)]
        self._measures = [step for step in self._steps if isinstance(step, MeasureStep)]
        self._effects: list[DoStep | MeasureStep] = [*(step for step in self._does if step.effect), *self._measures]
        self._undos = {step.id: undo.activity for step in self._steps if (undo := _undo_of(step)) is not None}
        self._decisions = [step for step in self._steps if isinstance(step, DecideStep)]
        self._rounds = [step for step in bundle.program.all_steps() if isinstance(step, Rounds)]
        self._interrupts = [name for each in bundle.interrupts for name in (each.on, each.plan)]
        self._plans = [plan.name for plan in bundle.program.action]
        self._beside = Beside(bundle)

    def outcomes(self, written: WrittenPart) -> list[str]:
        """What an incident may come to: a plan that worked, that its cause is gone, that it was called off, or that
        another went on with it."""
        cleared = [SELF_RESOLVED] if self._bundle.clears else []
        reasons = (f"cancelled: {reason}" for reason in _reasons(written))
        return [*dict.fromkeys([*self._plans, *cleared]), BY_HAND, SUPERSEDED, *reasons]

    def of(self, entry: EntryKind, written: WrittenPart) -> list[str]:
        """What entries of a kind may name in a scenario; nothing, if they are about nothing that has a name."""
        match entry:
            case EntryKind.INCIDENT_OPENED:
                return [self._bundle.exception_type, *Severity]
            case EntryKind.REPORT_ADDED:
                return [act.report for act in written.script if isinstance(act, WrittenReport)]
            case EntryKind.NEWS_RECEIVED:
                return [act.news for act in written.script if isinstance(act, WrittenNews)]
            case EntryKind.CANCEL_REQUESTED:
                return _reasons(written)
            case EntryKind.FACTS_READ | EntryKind.READ_REFUSED | EntryKind.READ_FAILED:
                reads = [step for step in self._does if not step.effect]
                checks = [step for step in self._waits if step.check]
                looked = [step.check.activity for step in self._waits if step.check]
                return [*_ids(reads), *_ids(checks), *(step.activity for step in reads), *looked]
            case EntryKind.EFFECT_REQUESTED:
                return [*self._effect_names(), *self._messages()]
            case EntryKind.MESSAGE_HELD:
                return [*self._beside.sendings(), *_ids(self._sends), *self._messages(), "night"]
            case EntryKind.MESSAGE_WITHDRAWN:
                return [*self._beside.sendings(), *_ids(self._sends), *self._messages()]
            case EntryKind.EFFECT_APPLIED | EntryKind.EFFECT_REFUSED | EntryKind.EFFECT_UNKNOWN:
                return self._effect_names()
            case EntryKind.UNDO_REQUESTED | EntryKind.UNDO_APPLIED | EntryKind.UNDO_REFUSED | EntryKind.UNDO_UNKNOWN:
                return [*self._undos, *self._undos.values()]
            case EntryKind.RECONCILE_REQUESTED:
                return [*self._effect_names(), *self._undos.values()]
            case EntryKind.ANSWER_RECEIVED | EntryKind.SILENCE_ASSUMED:
                return [*_ids(self._asks), *self._choices()]
            case EntryKind.QUESTION_HELD | EntryKind.QUESTION_JOINED:
                return [*_ids(self._asks), *(ask.question for ask in self._asks), *Party]
            case EntryKind.QUESTION_ASKED:
                asked_of = (ask.role for ask in self._asks if ask.role is not None)
                questions = (ask.question for ask in self._asks)
                return [*_ids(self._asks), *questions, *self._choices(), *Party, *asked_of]
            case EntryKind.QUESTION_WITHDRAWN:
                return _ids(self._asks)
            case EntryKind.WAIT_STARTED:
                return [*_ids(self._waits), *Party]
            case EntryKind.WAIT_ENDED | EntryKind.WAIT_TIMED_OUT | EntryKind.WAIT_WITHDRAWN:
                return _ids(self._waits)
            case EntryKind.TIME_CAME:
                looks = [f"check {each}" for each in _ids(self._waits)]
                return [*_ids(self._asks), *_ids(self._waits), *looks, *self._beside.dues()]
            case EntryKind.STAGE_ENTERED:
                return list(Stage)
            case EntryKind.SEVERITY_SET:
                return [*Severity, *self._beside.of(entry)]
            case EntryKind.STATUS_CHANGED:
                return [*Status, *Party]
            case EntryKind.STEP_SKIPPED:
                return [*(step.id for step in self._steps if step.when is not None), *_skipped(written)]
            case EntryKind.DECISION_MADE:
                made = [
                    name for step in self._decisions for name in (*(each.name for each in step.choices), step.otherwise)
                ]
                return [*_ids(self._decisions), *(step.fact for step in self._decisions), *made]
            case EntryKind.ROUND_ENDED:
                return _ids(self._rounds)
            case EntryKind.INTERRUPTED | EntryKind.INTERRUPT_IGNORED:
                return self._interrupts
            case EntryKind.CLEARED | EntryKind.CLEARING_ASKED | EntryKind.CLEARING_IGNORED:
                return self._beside.clearings()
            case EntryKind.PLAN_STARTED | EntryKind.PLAN_SUCCEEDED | EntryKind.PLAN_FAILED | EntryKind.PLAN_UNDONE:
                return self._plans
            case EntryKind.INCIDENT_RESOLVED:
                return self._plans
            case EntryKind.TASK_OPENED:
                return [*Why, *_ids(self._left_to_people()), *self._owners(), *self._tasks()]
            case EntryKind.TASK_CLOSED | EntryKind.TASK_OVERDUE | EntryKind.TASK_SETTLED | EntryKind.WAIVER_REQUESTED:
                return [*self._tasks(), *self._owners()]
            case EntryKind.UNDO_WAIVED:
                return [*self._tasks(), *self._undos.values()]
            case EntryKind.APPROVAL_ASKED | EntryKind.APPROVAL_WITHDRAWN:
                return [*approvals_of(self._bundle), *self._plans]
            case EntryKind.APPROVAL_GIVEN | EntryKind.APPROVAL_REJECTED:
                return [*self._asked(), *self._people()]
            case EntryKind.APPROVAL_EXPIRED:
                return [*self._asked(), *IfUndecided]
            case EntryKind.DECISION_RECEIVED:
                return [*self._asked(), *Verdict, *self._plans]
            case EntryKind.DECISION_COUNTED | EntryKind.DECISION_REFUSED:
                return self._asked()
            case EntryKind.PLAN_CHOSEN:
                return self._plans
            case (
                EntryKind.CLOCK_STARTED
                | EntryKind.CLOCK_PAUSED
                | EntryKind.CLOCK_RESUMED
                | EntryKind.CLOCK_RESET
                | EntryKind.CLOCK_WARNED
                | EntryKind.CLOCK_BREACHED
                | EntryKind.BREACH_REASSESSED
                | EntryKind.CLOCK_STOPPED
                | EntryKind.DEADLINE_SET
                | EntryKind.DEADLINE_PROTECTED
                | EntryKind.DEADLINE_MISSED
                | EntryKind.DEADLINE_LET_GO
                | EntryKind.PAGE_REQUESTED
                | EntryKind.PAGE_SENT
                | EntryKind.PAGE_FAILED
                | EntryKind.PAGE_HELD
                | EntryKind.LADDER_RAISED
                | EntryKind.LADDER_EXHAUSTED
                | EntryKind.LADDER_STOPPED
                | EntryKind.ACKNOWLEDGED
                | EntryKind.ESCALATION_REQUESTED
                | EntryKind.SNOOZE_REQUESTED
            ):
                return self._beside.of(entry)
            case (
                EntryKind.NOTE_ADDED | EntryKind.EVIDENCE_ADDED | EntryKind.RESUMPTION_REQUESTED | EntryKind.TAKEN_OVER
            ):
                return self._doers(written)
            case EntryKind.ASSIGNED:
                return [*self._doers(written), *self._tasks()]
            case EntryKind.SUSPENSION_REQUESTED:
                return [*Party, *self._doers(written)]
            case EntryKind.SUSPENSION_ENDED:
                return list(Party)
            case EntryKind.SEVERITY_CHOSEN:
                return [*Severity, *self._doers(written)]
            case EntryKind.SKIP_REQUESTED:
                return [*_skipped(written), *self._doers(written)]
            case EntryKind.INCIDENT_CLOSED:
                return [*Status, *self.outcomes(written)]
            case EntryKind.ANSWER_INHERITED | EntryKind.ANSWER_SHARED:
                return [*_ids(self._asks), *self._choices()]
            case EntryKind.MERGED | EntryKind.REPORT_SPLIT | EntryKind.REPIN_REQUESTED:
                return self._doers(written)
            case (
                EntryKind.REPINNED
                | EntryKind.REPIN_PUT_OFF
                | EntryKind.SUPERSEDED
                | EntryKind.INHERITED
                | EntryKind.NOT_INHERITED
                | EntryKind.CONVERSATION_FREED
                | EntryKind.INCIDENT_REGISTERED
                | EntryKind.DUPLICATE_FOUND
                | EntryKind.REPORT_REPEATED
                | EntryKind.RUN_STARTED
                | EntryKind.NEWS_IGNORED
                | EntryKind.RETRY_REQUESTED
                | EntryKind.BOOKS_AGREED
                | EntryKind.BOOKS_DIFFER
                | EntryKind.BOOKS_UNREAD
            ):
                return []
            case _:
                assert_never(entry)

    def _effect_names(self) -> list[str]:
        own = [*_ids(self._effects), *(step.activity for step in self._effects), *_ids(self._sends), *sorted(MESSAGES)]
        return [*own, *self._beside.effects()]

    def _left_to_people(self) -> list[Step]:
        return [*self._does, *self._sends, *self._approvals, *self._measures]

    def _tasks(self) -> list[str]:
        """The ids of tasks; those that are about a call name its ``try``."""
        steps = [*_ids(self._left_to_people()), *protecting_steps(self._bundle)]
        tries = [f"{step}/{number}" for step in steps for number in _TRIES]
        undos = [f"undo:{step}/{number}" for step in self._undos for number in _TRIES]
        calls = [f"{about}:{each}" for about in ("unknown", "refused") for each in tries]
        decisions = [f"{about}:{step}" for about in ("undecided", "rejected") for step in self._asked()]
        return ["no_plan_left", "books_differ", "taken_over", *self._beside.tasks(), *decisions, *calls, *undos]

    def _asked(self) -> list[str]:
        return [*_ids(self._approvals), *self._beside.approvals()]

    def _owners(self) -> list[str]:
        return sorted(self._bundle.roles)

    def _people(self) -> list[str]:
        return people_of(self._bundle)

    def _doers(self, written: WrittenPart) -> list[str]:
        """All who may have done something: those of the roles, and whoever the script names."""
        fields = [act.model_dump() for act in written.script]
        named = [each.get(key) for each in fields for key in ("by", "resume", "take_over")]
        return [*dict.fromkeys([*self._people(), *(str(name) for name in named if name)])]

    def _messages(self) -> list[str]:
        own = [step.message if isinstance(step, TellStep) else step.question for step in self._sends]
        return [*own, *self._beside.messages()]

    def _choices(self) -> list[str]:
        return [choice.name for ask in self._asks for choice in ask.choices]


def _undo_of(step: Step) -> Undo | None:
    """What takes a step back, or lifts it."""
    match step:
        case DoStep():
            return step.undo
        case MeasureStep():
            return step.lift
        case _:
            return None


def _ids(steps: Sequence[Step]) -> list[str]:
    return [step.id for step in steps]


def _reasons(written: WrittenPart) -> list[str]:
    return [act.cancel for act in written.script if isinstance(act, WrittenCancel)]


def _skipped(written: WrittenPart) -> list[str]:
    return [act.skip for act in written.script if isinstance(act, WrittenSkip)]
