"""What is left to a person, and what trying it again means."""

from typing import assert_never

from runbooks.program import walk
from workflows import effects, plans, program
from workflows.events import RetryRequested
from workflows.state import State, Task, Why
from workflows.turn import Turn


def refusal(state: State, act: RetryRequested) -> str | None:
    """Why an act on a task does not count now; ``None`` if it does."""
    task = _named(state, act.task)
    if task is not None:
        begins_something = task.why in (Why.REFUSED, Why.NO_PLAN_LEFT)
        return (
            "the incident is being cancelled; nothing new is tried" if state.cancelling and begins_something else None
        )
    open_now = ", ".join(repr(task.id) for task in state.tasks) or "none"
    return f"no task {act.task!r} is open; open tasks: {open_now}"


def retry(turn: Turn, act: RetryRequested) -> None:
    """Close a task and try again what it stands for; if that comes to nothing, the task is opened anew.

    What is unknown is asked about again, never done again. What was refused is done under the next ``try``. When no
    plan was left, each may be tried once more.
    """
    state = turn.state
    task = _named(state, act.task)
    assert task is not None
    state.tasks.remove(task)
    match task.why:
        case Why.OUTCOME_UNKNOWN:
            program.ask_again(turn, program.step_of(state, task.step))
        case Why.REFUSED:
            step = program.step_of(state, task.step)
            program.begin_again(turn, step, plan=plans.plan_of_step(state, step.id))
        case Why.UNDO_FAILED:
            effects.undo_again(turn, task.id.removeprefix("undo:"))
        case Why.NO_PLAN_LEFT:
            state.plans_failed.clear()
            for plan in state.bundle.program.action:
                for step in walk(plan.steps):
                    state.steps.pop(step.id, None)
        case _:
            assert_never(task.why)


def _named(state: State, task_id: str) -> Task | None:
    return next((task for task in state.tasks if task.id == task_id), None)
