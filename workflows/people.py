"""What people do to an incident beside answering, deciding and seeing to tasks: say, show, assign, suspend, resume, set
the severity, skip, and take over. Each act has its rule and its effect here, side by side."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from amends.models import Data, Party
from amends.timeline import EntryKind
from runbooks.program import ApproveStep, AskStep, DoStep, MeasureStep, Step, TellStep, WaitStep
from workflows import asking, authority, beside, facts, program, waiting
from workflows.contract import SAY_WHY
from workflows.events import (
    Assigned,
    EvidenceAdded,
    NoteAdded,
    ResumptionRequested,
    SeverityChosen,
    SkipRequested,
    SuspensionRequested,
    TakeOverRequested,
)
from workflows.state import Due, State, StepPhase, StepRun, Suspended, Why
from workflows.turn import Turn

TAKEN_OVER = "taken_over"
"""The task of whoever has taken an incident into their own hands."""

LONGEST_NOTE = 4000
"""Characters; what is longer is evidence, and stays outside."""

LONGEST_SUSPENSION = timedelta(days=30)
"""Nobody stops the clocks for longer at one go."""


def keep(turn: Turn) -> None:
    """End a suspension whose time is over."""
    suspended = turn.state.suspended
    if suspended is not None and turn.now >= suspended.until:
        end_suspension(turn)


def end_suspension(turn: Turn) -> None:
    """Whoever was waited for is so no more: until its time at the most, whenever we look, and until now if something
    else ends it. Harmless for an incident that is not suspended."""
    suspended, turn.state.suspended = turn.state.suspended, None
    if suspended is not None:
        turn.ran_out(min(suspended.until, turn.now))
        turn.note(EntryKind.SUSPENSION_ENDED, {"party": suspended.party, "until": suspended.until.isoformat()})


def dues(state: State) -> Iterator[Due]:
    """When a suspension ends by itself."""
    if state.suspended is not None:
        yield Due(at=state.suspended.until, what="suspension")


def note_refusal(_state: State, act: NoteAdded) -> str | None:
    """Why a note does not count; ``None`` if it does."""
    if not act.text.strip():
        return "a note says something; write it"
    if len(act.text) > LONGEST_NOTE:
        return (
            f"a note has at most {LONGEST_NOTE} characters, this one {len(act.text)}; attach what is longer as evidence"
        )
    return None


def add_note(_turn: Turn, _act: NoteAdded) -> None:
    """Nothing follows from a note: its entry is all."""


def evidence_refusal(_state: State, act: EvidenceAdded) -> str | None:
    """Why evidence does not count; ``None`` if it does."""
    return None if act.evidence else "evidence is something that is shown: a reference or a file"


def add_evidence(turn: Turn, act: EvidenceAdded) -> None:
    """Remember how much there is; what it is stands in its entry."""
    turn.state.evidence += len(act.evidence)


def assign_refusal(state: State, act: Assigned) -> str | None:
    """Why giving something to a person does not count; ``None`` if it does."""
    stranger = authority.stranger(state, act.to)
    if stranger is not None:
        return stranger
    if act.task is not None and all(task.id != act.task for task in state.tasks):
        open_now = ", ".join(repr(task.id) for task in state.tasks) or "none"
        return f"no task {act.task!r} is open; open tasks: {open_now}"
    return None


def assign(turn: Turn, act: Assigned) -> None:
    """Whoever it is given to is paged first. To assign is not to acknowledge."""
    if act.task is None:
        turn.state.assignee = act.to
    for task in turn.state.tasks:
        if act.task in (None, task.id):
            task.assignee = act.to


def suspend_refusal(state: State, act: SuspensionRequested, now: datetime) -> str | None:
    """Why stopping the clocks does not count; ``None`` if it does."""
    if state.suspended is not None:
        return (
            f"it waits for {state.suspended.party} until {state.suspended.until.isoformat()} already; resume it first"
        )
    if state.leaving:
        return f"the incident {state.leaving}; no clock runs any more"
    if act.party is Party.US:
        return "nobody stops the clocks for ourselves; name who is waited for"
    if not act.reason.strip():
        return "say what is waited for"
    if act.until <= now:
        return f"{act.until.isoformat()} has passed; name a moment to come"
    if act.until > now + LONGEST_SUSPENSION:
        return f"30 days at most at one go; name a moment up to {(now + LONGEST_SUSPENSION).isoformat()}"
    return None


def suspend(turn: Turn, act: SuspensionRequested) -> None:
    """The ball is with somebody else."""
    turn.state.suspended = Suspended(party=act.party, until=act.until)


def resume_refusal(state: State, _act: ResumptionRequested) -> str | None:
    """Why starting the clocks again does not count; ``None`` if it does."""
    return None if state.suspended is not None else "it is not suspended; there is nothing to resume"


def resume(turn: Turn, act: ResumptionRequested) -> None:
    """The ball is with us again, from when the party answered."""
    turn.state.suspended = None
    turn.happened_at = act.at


def severity_refusal(state: State, act: SeverityChosen) -> str | None:
    """Why saying how severe it is does not count; ``None`` if it does."""
    if not act.reason.strip():
        return SAY_WHY
    if act.severity is None and state.severity_chosen is None:
        return "the severity is as the runbook's rules say already"
    return None


def set_severity(turn: Turn, act: SeverityChosen) -> None:
    """A person's word stands over the rules until a person gives them their say back."""
    turn.state.severity_chosen = act.severity
    facts.update_severity(turn)


def take_over_refusal(state: State, act: TakeOverRequested) -> str | None:
    """Why taking over does not count; ``None`` if it does."""
    if state.leaving:
        return f"the incident {state.leaving}; there is nothing to take over"
    if not act.reason.strip():
        return SAY_WHY
    taken = next((task for task in state.tasks if task.why is Why.TAKEN_OVER), None)
    return f"{taken.assignee!r} has taken it over already" if taken is not None else None


def take_over(turn: Turn, act: TakeOverRequested) -> None:
    """Nothing new is begun until the person hands it back (``retry``) or has put it right (``settle``)."""
    turn.open_task(task_id=TAKEN_OVER, step="incident", why=Why.TAKEN_OVER)
    turn.state.tasks[-1].assignee = act.actor.id


def is_taken_over(state: State) -> bool:
    """Whether a person has the incident in their own hands."""
    return any(task.why is Why.TAKEN_OVER for task in state.tasks)


def skip_refusal(state: State, act: SkipRequested) -> str | None:
    """Why skipping a step does not count; ``None`` if it does."""
    if state.leaving:
        return f"the incident {state.leaving}; nothing is waited for any more"
    if not act.reason.strip():
        return SAY_WHY
    run = state.steps.get(act.step)
    if run is None or run.phase not in (StepPhase.RUNNING, StepPhase.STUCK):
        now = ", ".join(repr(step.id) for step in skippable(state)) or "none"
        return f"{act.step!r} is not what the incident stands at; steps that can be skipped now: {now}"
    return _step_refusal(state, program.step_of(state, act.step), run)


def skippable(state: State) -> list[Step]:
    """The steps that a person may have skipped now."""
    if state.leaving:
        return []
    return [
        step
        for step in (*state.bundle.program.all_steps(), *beside.confirmations(state))
        if (run := state.steps.get(step.id)) is not None
        and run.phase in (StepPhase.RUNNING, StepPhase.STUCK)
        and _step_refusal(state, step, run) is None
    ]


def skip(turn: Turn, act: SkipRequested) -> None:
    """Go on as if the step had come to nothing: silence, what a wait assumes, what it says ``otherwise``."""
    state = turn.state
    step, run = program.step_of(state, act.step), state.steps[act.step]
    told: Data = {"step": step.id, "when": None, "by": act.actor.id}
    turn.note(EntryKind.STEP_SKIPPED, told)
    for task in [task for task in state.tasks if task.step == step.id]:
        turn.close_task(task.id, how="skipped")
    match step:
        case AskStep():
            asking.skip(turn, step, run)
        case WaitStep():
            waiting.withdraw(turn, step, run)
            facts.assume(turn, step.then_assume)
        case _:
            program.done_by_hand(turn, step, {})


def _step_refusal(state: State, step: Step, run: StepRun) -> str | None:
    if any(task.step == step.id and task.why is Why.NOT_RECKONED for task in state.tasks):
        return f"what {step.id!r} says cannot be reckoned; have it tried again when it can (retry)"
    match step:
        case ApproveStep():
            return f"{step.id!r} is an approval, which nobody skips; it is given, rejected, or the incident called off"
        case AskStep() | WaitStep():
            return None
        case DoStep() | TellStep() | MeasureStep() if run.phase is StepPhase.STUCK:
            return _stuck_refusal(state, step)
        case _:
            return f"{step.id!r} is under way; only what waits, asks, or is left to a person can be skipped"


def _stuck_refusal(state: State, step: DoStep | TellStep | MeasureStep) -> str | None:
    why = next((task.why for task in state.tasks if task.step == step.id), None)
    if why is Why.OUTCOME_UNKNOWN and not isinstance(step, TellStep):
        return f"nobody knows whether {step.id!r} happened, which nobody skips; say what became of it (settle)"
    if why not in (Why.REFUSED, Why.OUTCOME_UNKNOWN):
        return f"{step.id!r} waits for an approval, which nobody skips"
    if isinstance(step, DoStep) and step.save_as is not None and step.otherwise is None:
        return f"later steps read what {step.id!r} gives; have it tried again, or settle it with what it gave"
    return None
