"""Moving an incident to another text of its runbook: asked for by one person, approved by a second, and done at the
next boundary of a stage, when nothing of the old text is under way.

Each stage is followed in one text from its first step to its last. What was done under the old text stays done, and is
undone as it was written down then.
"""

from collections.abc import Iterator

from amends.models import Stage
from amends.timeline import EntryKind
from runbooks.bundle import Bundle, short_digest
from runbooks.expressions import ExpressionError, check
from runbooks.program import MOMENTS, FactType, Rounds, Together
from workflows import approving, asking, clocks, deadlines, effects, facts, ladder, measures, needs
from workflows.contract import SAY_WHY, repin_approval
from workflows.events import RepinRequested, Role
from workflows.state import PlanPhase, Repinning, State, StepPhase, Why
from workflows.turn import Turn


def refusal(state: State, act: RepinRequested) -> str | None:
    """Why asking for another text does not count now; ``None`` if it does."""
    if state.leaving:
        return f"the incident {state.leaving}; it follows no text any more"
    if not act.reason.strip():
        return SAY_WHY
    if act.digest != act.bundle.digest:
        return f"the text that came along has the digest {act.bundle.digest}, and was said to have {act.digest}"
    if state.repinning is not None:
        asked = state.repinning
        return f"it is to move to {_named(asked.bundle)} already, as {asked.by!r} wants; have that decided first"
    ahead = Stage.behind(state.stage)
    if not ahead:
        return "its last stage has begun, and each stage is followed in one text to its end; there is none to come"
    return _misfit(state.bundle, act.bundle) or _lacking(state, act.bundle, ahead, meanwhile=_found_meanwhile(state))


def request(turn: Turn, act: RepinRequested) -> None:
    """Ask for the second person. It is bound to the text that was shown: another one has another approval."""
    turn.state.repinning = Repinning(bundle=act.bundle, revision=act.revision, by=act.actor.id)
    approving.ask_second(
        turn, approval=repin_approval(act.bundle.digest), about="repin", reason=act.reason.strip(), by=act.actor.id
    )


def keep(turn: Turn) -> None:
    """Take what the second person has said; let it be where no stage is to come."""
    state = turn.state
    if state.repinning is None:
        return
    approval = state.approvals[repin_approval(state.repinning.bundle.digest)]
    if approval.open and (state.leaving or not Stage.behind(state.stage)):
        approving.withdraw(turn, approval.id, why="no stage is to come that could follow it")
    if approval.given is False:
        del state.approvals[approval.id]
        state.repinning = None


def at_boundary(turn: Turn, entering: Stage) -> None:
    """A stage is about to begin: it is followed in the new text, if two people want it and nothing stands against it.
    What does is said; then the stage after it may follow the new text, if there is one."""
    state = turn.state
    asked = state.repinning
    if asked is None or not state.approvals[repin_approval(asked.bundle.digest)].given:
        return
    ahead = (entering, *Stage.behind(entering))
    why_not = next(_obstacles(state, asked.bundle), None) or _lacking(state, asked.bundle, ahead)
    if why_not is None:
        _move(turn, asked)
    else:
        again = bool(Stage.behind(entering))
        turn.note(EntryKind.REPIN_PUT_OFF, {"to": asked.bundle.digest, "why": why_not, "again": again})
        if again:
            return
    del state.approvals[repin_approval(asked.bundle.digest)]
    state.repinning = None


def _move(turn: Turn, asked: Repinning) -> None:
    state, old = turn.state, turn.state.bundle
    approved_by = state.approvals[repin_approval(asked.bundle.digest)].approved_by
    clocks.settle(turn, asked.bundle)
    deadlines.let_go(turn, {each.name for each in asked.bundle.external})
    ladder.follow(turn, asked.bundle)
    state.bundle = asked.bundle
    told = {"from": old.digest, "to": asked.bundle.digest, "revision": asked.revision}
    turn.note(EntryKind.REPINNED, {**told, "by": asked.by, "approved_by": list(approved_by)})
    clocks.reset(turn, old)
    facts.update_severity(turn)


def _misfit(old: Bundle, new: Bundle) -> str | None:
    """Why a text cannot be followed by an incident of another, whatever it stands at."""
    if new.digest == old.digest:
        return "it follows that very text already"
    if new.exception_type != old.exception_type:
        return f"it is a {old.exception_type}, and that text is for a {new.exception_type}"
    if new.workflow_type != old.workflow_type or new.format != old.format:
        return "that text was made for another release; publish it anew"
    if new.subject != old.subject:
        return (
            f"its subject is {', '.join(old.subject)}, and in that text it is {', '.join(new.subject)}; what else is "
            "open on it could not be told any more"
        )
    return None


def _obstacles(state: State, bundle: Bundle) -> Iterator[str]:
    """What of the old text is under way, so that nobody would know it in the new one."""
    for measure in measures.standing(state):
        assert measure.until is not None
        try:
            check(
                measure.until,
                types={**bundle.facts, **MOMENTS},
                expects=FactType.BOOL,
                tables=bundle.tables,
            )
        except ExpressionError as error:
            yield f"{measure.activity!r} is on until {measure.until!r}, which that text cannot tell: {error.message}"
    if state.confirmations and bundle.clears != state.bundle.clears:
        yield "the customer was asked whether the cause is gone, by rules that are others in that text"
    for command in state.pending.values():
        if command.role not in (Role.PAGE, Role.UNDO):  # what is taken back is known by what was written down for it
            yield f"{command.activity!r} is under way"
    for task in state.tasks:
        if task.why is not Why.UNDO_FAILED:
            yield f"the task {task.id!r} is open"
    for approval in approving.open_approvals(state):
        yield f"the approval {approval.id!r} is open"
    for step_id, run in state.steps.items():
        if asking.is_held(run):
            yield f"the message of {step_id!r} waits"
        elif run.phase in (StepPhase.RUNNING, StepPhase.STUCK) and not _holds_others(state.bundle, step_id):
            yield f"{step_id!r} is under way"
    for effect in state.effects:
        if effects.in_doubt(effect):
            yield f"nobody knows what became of {effect.activity!r}"
    if state.clearing is not None:
        yield "it is being found out whether the cause is gone"
    if state.interrupt is not None or (state.plan is not None and state.plan.phase is not PlanPhase.SUCCEEDED):
        yield "a plan is being followed"


def _holds_others(bundle: Bundle, step_id: str) -> bool:
    """Whether a step is but what others stand in, which are under way or not by themselves: it goes on for ever where
    its plan was given up, or its stage cut short."""
    return isinstance(bundle.program.step(step_id), Together | Rounds)


def _lacking(
    state: State, bundle: Bundle, ahead: tuple[Stage, ...], *, meanwhile: frozenset[str] = frozenset()
) -> str | None:
    """The facts that the stages to come would read in a text, and that neither they find out nor anybody has."""
    missing = needs.lacking(state, bundle, ahead, found=meanwhile)
    if not missing:
        return None
    return (
        f"in that text the stages to come need {', '.join(map(repr, missing))}, which the stages before them have not "
        "found out here"
    )


def _found_meanwhile(state: State) -> frozenset[str]:
    """What the rest of the stage at which the incident stands may yet find out, in the old text."""
    return needs.saved_in(state.bundle, state.stage) if state.stage is not None else frozenset()


def _named(bundle: Bundle) -> str:
    return f"the text {short_digest(bundle.digest)}"
