"""Where an incident stands among the others: what it reopens, what it takes over, and what goes on with it."""

from amends.models import Data, Outcome
from amends.timeline import Entry, EntryKind
from runbooks.program import AskStep
from workflows import clocks, closing, facts
from workflows.contract import SAY_WHY
from workflows.events import (
    Command,
    CommandReturned,
    MergeRequested,
    Registered,
    Role,
    SplitRequested,
    Superseded,
    actor_of,
    held,
)
from workflows.state import EffectRun, HandingOver, State
from workflows.turn import Turn

SUPERSEDED, MERGED = "superseded", "merged"
"""The outcomes of incidents that another goes on with."""


def register(turn: Turn, event: Registered) -> None:
    """The journal has the incident. One that reopens another goes on counting how often it was reported; one that
    supersedes others has them hand over."""
    state = turn.state
    state.registered = True
    reopens = _reopens(state, event)
    said: Data = {"reopens": reopens} if event.previous is not None else {}
    turn.note(EntryKind.INCIDENT_REGISTERED, {**held(event), **said}, actor=actor_of(event))
    if reopens:
        state.contacts += event.previous_contacts or 0
        facts.update_severity(turn)
    for number, sibling in enumerate(event.superseded or (), start=1):
        inputs: Data = {"incident_id": sibling.incident_id, "workflow_id": sibling.workflow_id}
        turn.issue(
            Command(
                id=f"inherit/{number}", role=Role.INHERIT, step="report", activity="incidents.inherit", inputs=inputs
            )
        )


def awaits(state: State) -> bool:
    """Whether it is not known yet what other incidents hand over: nothing is begun before that."""
    return any(command.role is Role.INHERIT for command in state.pending.values())


def inherit(turn: Turn, returned: CommandReturned) -> None:
    """Go on with what another has handed over: what was consumed of promises, what the customer has answered, and
    whether a person is behind it."""
    state = turn.state
    state.reported_by_person = state.reported_by_person or returned.result.get("reported_by_person") is True
    consumed, answers = returned.result.get("clocks"), returned.result.get("answers")
    if isinstance(consumed, dict):
        clocks.inherit(turn, consumed)
    if isinstance(answers, dict):
        state.inherited |= answers


def supersede_refusal(state: State, event: Superseded) -> str | None:
    """Why an incident does not hand over to one that supersedes it; ``None`` if it does."""
    return f"the incident {state.leaving}" if state.leaving and not _goes_to(state, event.to) else None


def supersede(turn: Turn, event: Superseded) -> bool:
    """Hand over; whether that is new."""
    state, key = turn.state, f"supersede:{event.to}"
    if key in state.handled:
        return False
    why_not = supersede_refusal(state, event)
    if why_not is not None:
        turn.receipt(key, None, "refused", refused=why_not)
        return False
    handed: Data = {
        "clocks": clocks.handed_over(state, turn.now),
        "answers": dict(_answers(state)),
        "reported_by_person": state.reported_by_person,
    }
    turn.receipt(key, turn.note(EntryKind.SUPERSEDED, {**held(event), "handed": handed}, actor=event.actor), "recorded")
    closing.begin_handing_over(turn, HandingOver(to=event.to, how=SUPERSEDED))
    return True


def merge_refusal(state: State, act: MergeRequested) -> str | None:
    """Why an incident is not made one with another; ``None`` if it is."""
    if not act.reason.strip():
        return SAY_WHY
    if state.leaving:
        return f"the incident {state.leaving}; there is nothing to merge"
    if act.to == state.incident_id:
        return "an incident cannot be merged into itself"
    if facts.text(state, "report.order_id") != act.order_id:
        return f"only incidents about one order are merged, and {act.to!r} is about {act.order_id!r}"
    if state.resolved:
        return "the customer is whole already; let it go on to its end"
    stays = next((effect for effect in state.effects if _stays(effect)), None)
    if stays is not None:
        return (
            f"{stays.step!r} has done what cannot be called back, or may have, and {act.to!r} does not know of it; let "
            "this one go on to its end"
        )
    return None


def merge(turn: Turn, act: MergeRequested, _entry: Entry) -> None:
    """Undo what was half done, and let the other go on."""
    closing.begin_handing_over(turn, HandingOver(to=act.to, how=MERGED))


def split_refusal(state: State, act: SplitRequested) -> str | None:
    """Why a report does not become an incident of its own; ``None`` if it does."""
    if not act.reason.strip():
        return SAY_WHY
    receipt = state.handled.get(f"report:{act.report}")
    if receipt is None or receipt.duplicate_of is not None:
        return f"there is no report {act.report!r} in this incident"
    if receipt.result != "added":
        return f"the report {act.report!r} is the one that opened this incident; only one that was added is split off"
    if act.workflow_id == state.workflow_id:
        return "a report on this very subject belongs to this incident; give it another subject"
    if state.split.get(act.report, act.workflow_id) != act.workflow_id:
        return f"the report {act.report!r} was split off already, as {state.split[act.report]!r}"
    return None


def split(turn: Turn, act: SplitRequested) -> None:
    """It counts as a contact here no more."""
    turn.state.split[act.report] = act.workflow_id
    turn.state.contacts -= 1
    facts.update_severity(turn)


def _reopens(state: State, event: Registered) -> bool:
    """Whether the earlier incident ended so shortly before that this one takes it up again."""
    within, ended_at = state.bundle.reopen_for, event.previous_ended_at
    if within is None or ended_at is None or state.opened_at is None:
        return False
    return state.opened_at - ended_at <= within


def _goes_to(state: State, to: str) -> bool:
    return state.handing_over is not None and state.handing_over.to == to


def _answers(state: State) -> Data:
    """What was really answered, by its question: silence is no answer."""
    answered: Data = {}
    for step in state.bundle.program.all_steps():
        run = state.steps.get(step.id)
        if isinstance(step, AskStep) and run is not None and run.answer is not None and not run.silent:
            answered[step.question] = run.answer
    return answered


def _stays(effect: EffectRun) -> bool:
    """Whether an effect would stand when all was undone that can be, or may."""
    return effect.final and effect.outcome is not Outcome.NOT_APPLIED
