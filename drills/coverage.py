"""Which branches of its runbook a played scenario reached, from what its timeline says has happened."""

from collections.abc import Iterator, Sequence

from amends.journal import TimelineRow
from amends.timeline import EntryKind
from drills.branches import Way, branch_id, branches, of_plan, of_severity
from runbooks.bundle import Bundle
from runbooks.program import AskStep, MeasureStep, Plan, Program, WaitStep, as_written
from workflows.state import State, StepPhase


def reached(bundle: Bundle, timeline: Sequence[TimelineRow], state: State) -> tuple[str, ...]:
    """The ids of the branches that an incident went, in the runbook's reading order. Its timeline is given whole, with
    the state after it (``state_of``)."""
    found = {
        *_told(bundle.program, timeline),
        *_chosen_plans(bundle.program.action, timeline),
        *_steps(bundle.program, timeline, state),
    }
    return tuple(branch.id for branch in branches(bundle.program) if branch.id in found)


def _branch(step: object, way: Way, *rest: str) -> str:
    """The branch of a step, whichever round it stands in."""
    return branch_id(as_written(str(step)), way, *rest)


_OF_STEPS = {
    EntryKind.STEP_SKIPPED: ("step", Way.SKIPPED),
    EntryKind.EFFECT_APPLIED: ("step", Way.APPLIED),
    EntryKind.UNDO_APPLIED: ("step", Way.UNDONE),
    EntryKind.APPROVAL_GIVEN: ("approval", Way.APPROVED),
    EntryKind.APPROVAL_REJECTED: ("approval", Way.REJECTED),
    EntryKind.APPROVAL_EXPIRED: ("approval", Way.EXPIRED),
    EntryKind.SILENCE_ASSUMED: ("ask", Way.SILENCE),
    EntryKind.WAIT_ENDED: ("wait", Way.ENDED),
    EntryKind.WAIT_TIMED_OUT: ("wait", Way.TIMED_OUT),
}
"""Entries that each say one way of one step: where they name the step, and which way."""


_LEAVING = (EntryKind.CANCEL_REQUESTED, EntryKind.CLEARED, EntryKind.SUPERSEDED, EntryKind.MERGED)


def _told(program: Program, timeline: Sequence[TimelineRow]) -> Iterator[str]:
    """What single entries say. What is refused while the incident is being left leads nowhere."""
    choices = {step.id: step.choices for step in program.all_steps() if isinstance(step, AskStep)}
    measures = {step.id for step in program.all_steps() if isinstance(step, MeasureStep)}
    leaving = False
    for row in timeline:
        data = row.data
        if row.kind is EntryKind.UNDO_APPLIED and data["step"] in measures:
            yield _branch(data["step"], Way.LIFTED)
        elif row.kind in _OF_STEPS:
            name, way = _OF_STEPS[row.kind]
            yield _branch(data[name], way)
        elif row.kind in _LEAVING:
            leaving = True
        elif row.kind in (EntryKind.EFFECT_REFUSED, EntryKind.READ_REFUSED) and not leaving:
            yield _branch(data["step"], Way.REFUSED)
        elif row.kind is EntryKind.ANSWER_RECEIVED:
            chosen = data.get("choice")
            yield _branch(data["ask"], *((Way.CHOSEN, str(chosen)) if chosen is not None else (Way.ANSWERED,)))
        elif row.kind is EntryKind.QUESTION_ASKED:
            ask, offered = str(data["ask"]), data["choices"]
            assert isinstance(offered, list)
            for choice in choices.get(as_written(ask), ()):  # one that news has had asked stands in no stage
                if choice.name not in offered:
                    yield _branch(ask, Way.NOT_OFFERED, choice.name)
        elif row.kind is EntryKind.DECISION_MADE:
            yield _branch(data["step"], Way.CHOSEN, str(data["choice"]))
        elif row.kind is EntryKind.ROUND_ENDED and (data["until"] or data["round"] == data["of"]):
            yield _branch(data["step"], Way.ENDED if data["until"] else Way.EXHAUSTED)
        elif row.kind is EntryKind.SEVERITY_SET:
            yield branch_id(of_severity(str(data["severity"])), Way.HOLDS)


def _chosen_plans(plans: Sequence[Plan], timeline: Sequence[TimelineRow]) -> Iterator[str]:
    """Which plans were taken and undone; and passed over: those before the taken one that had not failed, unless a
    person chose it, or news cut in for it."""
    left = list(plans)
    for row in timeline:
        if row.kind is EntryKind.PLAN_STARTED:
            yield branch_id(of_plan(str(row.data["plan"])), Way.TAKEN)
            names = [plan.name for plan in left]
            by_itself = not (row.data.get("chosen_by") or row.data.get("interrupt"))
            before = names[: names.index(str(row.data["plan"]))] if by_itself else []
            yield from (branch_id(of_plan(name), Way.PASSED_OVER) for name in before)
        elif row.kind is EntryKind.PLAN_UNDONE:
            yield branch_id(of_plan(str(row.data["plan"])), Way.UNDONE)
            left = [plan for plan in left if plan.name != row.data["plan"]]
        elif row.kind is EntryKind.TASK_OPENED and row.data["why"] == "no_plan_left":
            yield from (branch_id(of_plan(plan.name), Way.PASSED_OVER) for plan in left)
        elif row.kind is EntryKind.RETRY_REQUESTED and row.data["task"] == "no_plan_left":
            left = list(plans)


def _steps(program: Program, timeline: Sequence[TimelineRow], state: State) -> Iterator[str]:
    """What no entry says by itself: that a step was not skipped, that a wait had nothing to wait for, that an ask was
    held back for as long as it says or went out before."""
    skipped = {row.data["step"] for row in timeline if row.kind is EntryKind.STEP_SKIPPED}
    asked_at = {row.data["ask"]: row.occurred_at for row in timeline if row.kind is EntryKind.QUESTION_ASKED}
    asked_at |= {row.data["step"]: row.occurred_at for row in timeline if row.kind is EntryKind.EFFECT_REQUESTED}
    for step in program.all_steps():
        run = state.steps.get(step.id)
        if run is None or step.id in skipped:
            continue
        yield _branch(step.id, Way.TAKEN)
        if isinstance(step, WaitStep) and run.wait is None and run.phase is StepPhase.DONE:
            yield _branch(step.id, Way.ENDED)
        if isinstance(step, AskStep) and run.ask is not None and step.id in asked_at:
            on_time = asked_at[step.id] >= run.ask.not_before
            yield _branch(step.id, Way.ON_TIME if on_time else Way.EARLY)
