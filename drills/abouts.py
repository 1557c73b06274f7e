"""What an entry of the timeline may be said to be about, in a scenario's ``moments``."""

from collections.abc import Sequence
from typing import assert_never

from amends.models import Party, Severity, Stage, Status
from amends.timeline import EntryKind
from drills.written import WrittenCancel, WrittenReport, WrittenScenario
from runbooks.bundle import Bundle
from runbooks.catalogue import TELL
from runbooks.program import AskStep, DoStep, Step, TellStep, Together, WaitStep

_TASKS = ("no_plan_left", "outcome_unknown", "refused", "undo_failed")
"""Why a person is needed."""


class Abouts:
    """The names in one runbook that entries carry."""

    def __init__(self, bundle: Bundle) -> None:
        self._exception_type = bundle.exception_type
        self._steps = [step for step in bundle.program.all_steps() if not isinstance(step, Together)]
        self._asks = [step for step in self._steps if isinstance(step, AskStep)]
        self._waits = [step for step in self._steps if isinstance(step, WaitStep)]
        self._sends = [step for step in self._steps if isinstance(step, TellStep | AskStep)]
        self._does = [step for step in self._steps if isinstance(step, DoStep)]
        self._effects = [step for step in self._does if step.effect]
        self._plans = [plan.name for plan in bundle.program.action]

    def outcomes(self, written: WrittenScenario) -> list[str]:
        """What an incident may come to: a plan that worked, or that it was called off."""
        return [*self._plans, *(f"cancelled: {reason}" for reason in _reasons(written))]

    def of(self, entry: EntryKind, written: WrittenScenario) -> list[str]:
        """What entries of a kind may name in a scenario; nothing, if they are about nothing that has a name."""
        match entry:
            case EntryKind.INCIDENT_OPENED:
                return [self._exception_type, *Severity]
            case EntryKind.REPORT_ADDED:
                return [act.report for act in written.script if isinstance(act, WrittenReport)]
            case EntryKind.CANCEL_REQUESTED:
                return _reasons(written)
            case EntryKind.FACTS_READ | EntryKind.READ_REFUSED | EntryKind.READ_FAILED:
                reads = [step for step in self._does if not step.effect]
                checks = [step for step in self._waits if step.check]
                looked = [step.check.activity for step in self._waits if step.check]
                return [*_ids(reads), *_ids(checks), *(step.activity for step in reads), *looked]
            case EntryKind.EFFECT_REQUESTED:
                return [*self._effect_names(), *self._messages()]
            case EntryKind.EFFECT_APPLIED | EntryKind.EFFECT_REFUSED | EntryKind.EFFECT_UNKNOWN:
                return self._effect_names()
            case EntryKind.UNDO_REQUESTED | EntryKind.UNDO_APPLIED | EntryKind.UNDO_REFUSED | EntryKind.UNDO_UNKNOWN:
                undone = [step for step in self._effects if step.undo]
                return [*_ids(undone), *(step.undo.activity for step in undone if step.undo)]
            case EntryKind.RECONCILE_REQUESTED:
                return [*self._effect_names(), *(step.undo.activity for step in self._effects if step.undo)]
            case EntryKind.ANSWER_RECEIVED | EntryKind.SILENCE_ASSUMED:
                return [*_ids(self._asks), *self._choices()]
            case EntryKind.QUESTION_ASKED:
                return [*_ids(self._asks), *(ask.question for ask in self._asks), *self._choices(), *Party]
            case EntryKind.QUESTION_WITHDRAWN:
                return _ids(self._asks)
            case EntryKind.WAIT_STARTED:
                return [*_ids(self._waits), *Party]
            case EntryKind.WAIT_ENDED | EntryKind.WAIT_TIMED_OUT | EntryKind.WAIT_WITHDRAWN:
                return _ids(self._waits)
            case EntryKind.TIME_CAME:
                return [*_ids(self._asks), *_ids(self._waits), *(f"check {each}" for each in _ids(self._waits))]
            case EntryKind.STAGE_ENTERED:
                return list(Stage)
            case EntryKind.SEVERITY_SET:
                return list(Severity)
            case EntryKind.STATUS_CHANGED:
                return [*Status, *Party]
            case EntryKind.STEP_SKIPPED:
                return [step.id for step in self._steps if step.when is not None]
            case EntryKind.PLAN_STARTED | EntryKind.PLAN_SUCCEEDED | EntryKind.PLAN_FAILED | EntryKind.PLAN_UNDONE:
                return self._plans
            case EntryKind.INCIDENT_RESOLVED:
                return self._plans
            case EntryKind.TASK_OPENED:
                return [*_TASKS, *_ids(self._does), *_ids(self._sends)]
            case EntryKind.INCIDENT_CLOSED:
                return [*Status, *self.outcomes(written)]
            case (
                EntryKind.INCIDENT_REGISTERED
                | EntryKind.DUPLICATE_FOUND
                | EntryKind.REPORT_REPEATED
                | EntryKind.RUN_STARTED
                | EntryKind.NEWS_RECEIVED
                | EntryKind.RETRY_REQUESTED
            ):
                return []
            case _:
                assert_never(entry)

    def _effect_names(self) -> list[str]:
        return [*_ids(self._effects), *(step.activity for step in self._effects), *_ids(self._sends), TELL]

    def _messages(self) -> list[str]:
        return [step.message if isinstance(step, TellStep) else step.question for step in self._sends]

    def _choices(self) -> list[str]:
        return [choice.name for ask in self._asks for choice in ask.choices]


def _ids(steps: Sequence[Step]) -> list[str]:
    return [step.id for step in steps]


def _reasons(written: WrittenScenario) -> list[str]:
    return [act.cancel for act in written.script if isinstance(act, WrittenCancel)]
