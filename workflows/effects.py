"""Effects as the core knows them: the ledger, the ``try`` rule, and taking them back, last in first out."""

from amends.models import Data, Outcome
from amends.timeline import EntryKind
from runbooks.program import Undo
from workflows.events import Command, CommandReturned, Role
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
    plan: str | None = None,
) -> None:
    """Ask for an effect, after writing down how it is taken back. ``shown`` is what the timeline says of its inputs."""
    state = turn.state
    attempt = next_try(state, step)
    command_id = f"{step}/{attempt}"
    previous = _newest(state, step)
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
            )
        )
    else:
        previous.outcome = None
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
    newest = _newest(state, step)
    if newest is None:
        return 1
    gone = newest.outcome is Outcome.NOT_APPLIED or newest.undone is Outcome.APPLIED
    return newest.attempt + 1 if gone else newest.attempt


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
    effect = _newest(turn.state, step)
    assert effect is not None
    effect.outcome = None
    reconcile(
        turn,
        Command(
            id=effect.command_id,
            role=Role.EFFECT,
            step=step,
            activity=effect.activity,
            inputs=effect.inputs,
            attempt=effect.attempt,
        ),
    )


def undo_again(turn: Turn, command_id: str) -> None:
    """Take an effect back once more: ask, if nobody knows what became of the last try, else try anew."""
    effect = next(effect for effect in turn.state.effects if effect.command_id == command_id)
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
    return command.model_copy(update={"id": command.reconciles, "reconciles": None})


def record(turn: Turn, command: Command, returned: CommandReturned) -> None:
    """Keep an effect's outcome; when it is applied, complete what its undo needs."""
    effect = _of(turn.state, command)
    effect.outcome = returned.outcome
    if returned.outcome is Outcome.APPLIED and effect.undo is not None:
        known = {**effect.inputs, **returned.result}
        effect.undo_inputs = {name: known[name] for name in effect.undo.takes}


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
    if any(effect.outcome is None or _in_doubt(effect) for effect in scope):
        return Progress.PENDING
    for effect in reversed(scope):
        if effect.undo is None or effect.outcome is not Outcome.APPLIED or effect.undone is Outcome.APPLIED:
            continue
        if effect.undos == 0:
            _request_undo(turn, effect, effect.undo)
        return Progress.PENDING
    return Progress.DONE


def has_final(state: State, plan: str) -> bool:
    """Whether a plan has done something that cannot be called back."""
    return any(effect.plan == plan and effect.final and effect.outcome is Outcome.APPLIED for effect in state.effects)


def _request_undo(turn: Turn, effect: EffectRun, undo: Undo) -> None:
    effect.undos += 1
    command = _undoing(turn.state, effect, undo)
    turn.note(
        EntryKind.UNDO_REQUESTED,
        {
            "command_id": command.id,
            "key": turn.state.key(command.id),
            "step": effect.step,
            "activity": undo.activity,
            "inputs": effect.undo_inputs,
            "undoes": command.undoes,
        },
    )
    turn.issue(command)


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


def _in_doubt(effect: EffectRun) -> bool:
    matters = effect.final or effect.undo is not None
    return matters and effect.outcome is Outcome.UNKNOWN


def _newest(state: State, step: str) -> EffectRun | None:
    return next((effect for effect in reversed(state.effects) if effect.step == step), None)
