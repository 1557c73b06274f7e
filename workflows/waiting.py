"""Waits: until a condition holds, with checks in between, and an end that is always written."""

from datetime import datetime

from amends.models import Data, Outcome
from amends.timeline import EntryKind
from runbooks.program import WaitStep
from workflows import facts
from workflows.events import Command, CommandReturned, Role
from workflows.state import State, StepPhase, StepRun, WaitRun
from workflows.turn import Turn


def begin(turn: Turn, step: WaitStep, run: StepRun) -> None:
    """Start waiting, unless the condition holds already."""
    if facts.condition(turn.state, step.until):
        run.phase = StepPhase.DONE
        return
    run.wait = WaitRun(until_at=turn.now + step.at_most.of(turn.state.severity))
    if step.check is not None:
        run.wait.next_check_at = turn.now + step.check.every
    turn.note(
        EntryKind.WAIT_STARTED,
        {
            "wait": step.id,
            "until": step.until,
            "waiting_for": step.waiting_for,
            "at_most_until": run.wait.until_at.isoformat(),
            "then_assume": step.then_assume,
        },
    )


def go_on(turn: Turn, step: WaitStep, run: StepRun, wait: WaitRun) -> None:
    """End when the condition holds or the time is over; check when it is time to."""
    if facts.condition(turn.state, step.until):
        run.phase = StepPhase.DONE
        turn.note(EntryKind.WAIT_ENDED, {"wait": step.id})
        turn.happened_at = turn.happened_at or wait.news_at
    elif turn.now >= wait.until_at:
        run.phase = StepPhase.DONE
        turn.note(EntryKind.WAIT_TIMED_OUT, {"wait": step.id, "assumed": step.then_assume})
        turn.ran_out(wait.until_at)
        facts.assume(turn, step.then_assume)
    elif step.check is not None and wait.next_check_at is not None and turn.now >= wait.next_check_at:
        wait.next_check_at = None
        wait.checks += 1
        turn.issue(
            Command(
                id=f"{step.id}/check/{wait.checks}",
                role=Role.READ,
                step=step.id,
                activity=step.check.activity,
                inputs=facts.inputs(turn.state, step.check.inputs),
            )
        )
    elif wait.next_check_at is not None:
        wait.news_at = None  # what news told of has not ended the wait


def checked(turn: Turn, step: WaitStep, run: StepRun, returned: CommandReturned) -> None:
    """Keep what a check has read. A check that was refused or failed is made again at the next time."""
    if run.wait is None or step.check is None or run.phase is not StepPhase.RUNNING:
        return
    run.wait.next_check_at = turn.now + step.check.every
    if returned.outcome is Outcome.APPLIED:
        read: Data = returned.result
        facts.save(turn, step.check.save_as, read)


def wake(turn: Turn, run: StepRun, *, at: datetime | None) -> None:
    """News came of what happened ``at`` a moment: check at once."""
    if run.wait is not None and run.phase is StepPhase.RUNNING and run.wait.next_check_at is not None:
        run.wait.next_check_at = turn.now
        run.wait.news_at = at


def withdraw(turn: Turn, step: WaitStep, run: StepRun) -> None:
    """Stop waiting."""
    run.phase = StepPhase.DONE
    turn.note(EntryKind.WAIT_WITHDRAWN, {"wait": step.id})


def due(run: StepRun) -> datetime | None:
    """When a wait next has something to do."""
    assert run.wait is not None
    return min(run.wait.until_at, run.wait.next_check_at or run.wait.until_at)


def waits(state: State) -> list[tuple[WaitStep, StepRun]]:
    """The waits under way."""
    return [
        (step, run)
        for step in state.bundle.program.all_steps()
        if isinstance(step, WaitStep)
        and (run := state.steps.get(step.id)) is not None
        and run.phase is StepPhase.RUNNING
        and run.wait is not None
    ]
