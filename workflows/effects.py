"""Effects as the core knows them: the ledger, the ``try`` rule, and taking them back, last in first out."""

from amends.models import Data, Outcome
from amends.timeline import EntryKind
from runbooks.catalogue import CATALOGUE
from runbooks.program import Undo
from workflows.events import Command, CommandReturned, Role, Settlement
from workflows.progress import Progress
from workflows.state import EffectRun, State, Why
from workflows.turn import Turn


def request(
    turn: Turn,
    *,
    step: str,
    activity: str,
    inputs: Data,
    shown: Data,
    undo: Undo | None = None,
    final: bool = False,
    until: str | None = None,
    plan: str | None = None,
) -> None:
    """Ask for an effect, after writing down how it is taken back. ``shown`` is what the timeline says of its inputs;
    ``until``: for a measure, when it is to be lifted."""
    state = turn.state
    attempt = next_try(state, step)
    command_id = f"{step}/{attempt}"
    previous = newest(state, step)
    if previous is None or previous.command_id != command_id:
        state.effects.append(
            EffectRun(
                command_id=command_id,
                step=step,
                activity=activity,
                plan=plan,
                attempt=attempt,
                inputs=inputs,
                undo=undo,
                final=final,
                until=until,
            )
        )
    else:  # the same try: what it was asked for with before is what the other side knows it by
        inputs = previous.inputs
        shown = {**shown, "inputs": inputs} if "inputs" in shown else shown
        previous.outcome = previous.undone = None
        previous.waived = False
    command = Command(id=command_id, role=Role.EFFECT, step=step, activity=activity, inputs=inputs, attempt=attempt)
    turn.note(
        EntryKind.EFFECT_REQUESTED,
        {"command_id": command_id, "key": state.key(command_id), "step": step, "activity": activity, **shown},
    )
    turn.issue(command)


def next_try(state: State, step: str) -> int:
    """The ``try`` under which a step's effect may be requested now.

    It rises only when the try before is known not to have happened (``not_applied``) or has been undone; over an
    unknown outcome the same try is used again, so that the other side recognises its key.
    """
    last = newest(state, step)
    if last is None:
        return 1
    gone = last.outcome is Outcome.NOT_APPLIED or last.undone is Outcome.APPLIED
    return last.attempt + 1 if gone else last.attempt


def reconcile(turn: Turn, command: Command) -> None:
    """Ask the system what became of an effect or an undo whose outcome is unknown, before anything else comes of it."""
    effect = _of(turn.state, command)
    effect.asked += 1
    asking = command.model_copy(update={"id": f"{command.id}/reconcile/{effect.asked}", "reconciles": command.id})
    turn.note(
        EntryKind.RECONCILE_REQUESTED,
        {
            "command_id": asking.id,
            "key": turn.state.key(command.id),
            "step": command.step,
            "activity": command.activity,
        },
    )
    turn.issue(asking)


def ask_again(turn: Turn, step: str) -> None:
    """Ask once more what became of a step's newest effect."""
    effect = newest(turn.state, step)
    assert effect is not None
    effect.outcome = None
    reconcile(turn, _carrying_out(effect))


def settle(turn: Turn, step: str, settlement: Settlement) -> None:
    """Take a person's word for what became of a step's newest effect."""
    effect = newest(turn.state, step)
    assert effect is not None
    effect.outcome = None
    _settle(turn, effect, _carrying_out(effect), settlement)


def settle_undo(turn: Turn, command_id: str, settlement: Settlement) -> None:
    """Take a person's word for what became of an undo, or that it was done by hand: then it is an undo of its own."""
    effect = by_id(turn.state, command_id)
    assert effect.undo is not None
    unknown, effect.undone = effect.undone is Outcome.UNKNOWN, None
    if not unknown:
        effect.undos += 1
        _note_undo(turn, effect, effect.undo, by_hand=True)
    _settle(turn, effect, _undoing(turn.state, effect, effect.undo), settlement)


def undo_again(turn: Turn, command_id: str) -> None:
    """Take an effect back once more: ask, if nobody knows what became of the last try, else try anew."""
    effect = by_id(turn.state, command_id)
    assert effect.undo is not None
    unknown, effect.undone = effect.undone is Outcome.UNKNOWN, None
    if unknown:
        reconcile(turn, _undoing(turn.state, effect, effect.undo))
    else:
        _request_undo(turn, effect, effect.undo)


def reconciled(command: Command) -> Command:
    """The command whose return it is: what came of asking about one counts as its own return."""
    if command.reconciles is None:
        return command
    return command.model_copy(update={"id": command.reconciles, "reconciles": None, "settles": None})


def record(turn: Turn, command: Command, returned: CommandReturned) -> None:
    """Keep an effect's outcome; when it is applied, complete what its undo needs."""
    effect = _of(turn.state, command)
    effect.outcome = returned.outcome
    if returned.outcome is Outcome.APPLIED and effect.undo is not None:
        known = {**effect.inputs, **returned.result}
        effect.undo_inputs = {name: known[name] for name in effect.undo.takes if name in known}


def record_undo(turn: Turn, command: Command, returned: CommandReturned) -> None:
    """Keep what became of an undo. One that did not work is handed to a person."""
    effect = _of(turn.state, command)
    effect.undone = returned.outcome
    if returned.outcome is not Outcome.APPLIED:
        turn.open_task(task_id=f"undo:{effect.command_id}", step=effect.step, why=Why.UNDO_FAILED)


def take_back(turn: Turn, scope: list[EffectRun]) -> Progress:
    """Undo the applied effects of ``scope``, the newest first, one at a time.

    Waits while one of them is under way, and while it is unknown whether one that matters (all but messages) happened:
    what is not known is not undone.
    """
    if any(effect.outcome is None or in_doubt(effect) for effect in scope):
        return Progress.PENDING
    for effect in reversed(scope):
        if stands(effect):
            take_back_one(turn, effect)
            return Progress.PENDING
    return Progress.DONE


def take_back_one(turn: Turn, effect: EffectRun) -> None:
    """Undo an effect that stands, unless that is under way, or has failed and is left to a person."""
    key = turn.state.key(effect.command_id)
    under_way = any(command.undoes == key for command in turn.state.pending.values())
    if effect.undo is not None and effect.undone is None and not under_way:
        _request_undo(turn, effect, effect.undo)


def stands(effect: EffectRun) -> bool:
    """Whether an effect was applied, can be taken back, and has not been."""
    done = effect.undo is not None and effect.outcome is Outcome.APPLIED
    return done and effect.undone is not Outcome.APPLIED and not effect.waived


def may_have_given(effect: EffectRun) -> bool:
    """Whether an effect has given the customer something that stands, or may have."""
    gone = effect.outcome is Outcome.NOT_APPLIED or effect.undone is Outcome.APPLIED
    return CATALOGUE[effect.activity].gives_value and not gone


def left_open(state: State, plan: str) -> EffectRun | None:
    """What a plan has done and two people have let be though nobody knows whether it was undone. Under its key it would
    not be done again, and under another perhaps a second time."""
    of_it = (effect for effect in state.effects if effect.plan == plan and effect.waived)
    return next((effect for effect in of_it if effect.undone is Outcome.UNKNOWN), None)


def newest(state: State, step: str) -> EffectRun | None:
    """The newest effect of a step; ``None`` where it has none."""
    return next((effect for effect in reversed(state.effects) if effect.step == step), None)


def in_doubt(effect: EffectRun) -> bool:
    """Whether nobody knows if an effect that matters (all but messages) happened."""
    matters = effect.final or effect.undo is not None
    return matters and effect.outcome is Outcome.UNKNOWN


def by_id(state: State, command_id: str) -> EffectRun:
    """The effect that was requested under this id. Raises ``StopIteration`` if there is none."""
    return next(effect for effect in state.effects if effect.command_id == command_id)


def has_final(state: State, plan: str) -> bool:
    """Whether a plan has done something that cannot be called back."""
    return any(effect.plan == plan and effect.final and effect.outcome is Outcome.APPLIED for effect in state.effects)


def final_under_way(state: State, plan: str) -> bool:
    """Whether it is not known yet if a plan has done something that cannot be called back."""
    open_now = (None, Outcome.UNKNOWN)
    return any(effect.plan == plan and effect.final and effect.outcome in open_now for effect in state.effects)


def _request_undo(turn: Turn, effect: EffectRun, undo: Undo) -> None:
    effect.undos += 1
    _note_undo(turn, effect, undo)
    turn.issue(_undoing(turn.state, effect, undo))


def _note_undo(turn: Turn, effect: EffectRun, undo: Undo, *, by_hand: bool = False) -> None:
    command = _undoing(turn.state, effect, undo)
    told: Data = {"lifts": True} if effect.until is not None else {}
    told |= {"by_hand": True} if by_hand else {}
    turn.note(
        EntryKind.UNDO_REQUESTED,
        {
            "command_id": command.id,
            "key": turn.state.key(command.id),
            "step": effect.step,
            "activity": undo.activity,
            "inputs": effect.undo_inputs,
            "undoes": command.undoes,
            **told,
        },
    )


def _settle(turn: Turn, effect: EffectRun, command: Command, settlement: Settlement) -> None:
    effect.asked += 1
    settling = {"id": f"{command.id}/settle/{effect.asked}", "reconciles": command.id, "settles": settlement}
    turn.issue(command.model_copy(update=settling))


def _carrying_out(effect: EffectRun) -> Command:
    return Command(
        id=effect.command_id,
        role=Role.EFFECT,
        step=effect.step,
        activity=effect.activity,
        inputs=effect.inputs,
        attempt=effect.attempt,
    )


def _undoing(state: State, effect: EffectRun, undo: Undo) -> Command:
    return Command(
        id=f"{effect.command_id}/undo/{effect.undos}",
        role=Role.UNDO,
        step=effect.step,
        activity=undo.activity,
        inputs=effect.undo_inputs,
        attempt=effect.undos,
        undoes=state.key(effect.command_id),
    )


def _of(state: State, command: Command) -> EffectRun:
    """The effect that a command carries out or takes back."""
    wanted = command.undoes or state.key(command.id)
    return next(effect for effect in state.effects if state.key(effect.command_id) == wanted)
