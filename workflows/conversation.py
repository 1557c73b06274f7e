"""One conversation with a customer about an order: while another incident awaits an answer about the same goods, a
question is held back, and the same question is not asked again: its answer counts here too.

The journal knows whose turn it is (``amends.journal.turns``); what is kept here is how a question waits for it. Its own
clock has not started. It is tried again when the other incident says that it waits no more, and by itself when the
journal says.
"""

from datetime import datetime

from amends.models import Data, NotAsked
from amends.timeline import EntryKind
from runbooks.program import AskStep
from workflows import asking
from workflows.events import CommandReturned, ConversationFreed, held
from workflows.state import AskRun, HeldMessage, StepPhase, StepRun
from workflows.turn import Turn


def not_its_turn(turn: Turn, step: AskStep, run: StepRun, returned: CommandReturned, *, plan: str | None) -> bool:
    """Hold a question back that the journal has refused as it is not its turn, or take the answer that was given to
    another incident; whether it was refused for that."""
    reason = returned.refusal.reason if returned.refusal is not None else None
    match reason:
        case NotAsked.BEING_ASKED | NotAsked.ASKED_ALREADY:
            assert run.ask is not None
            _hold(turn, step, run, run.ask, returned.result, joined=reason == NotAsked.ASKED_ALREADY, plan=plan)
        case NotAsked.ANSWERED_ALREADY:
            choice, incident = str(returned.result["choice"]), returned.result["incident"]
            turn.note(EntryKind.ANSWER_SHARED, {"ask": step.id, "choice": choice, "incident": incident})
            asking.take(turn, step, run, choice)
        case _:
            return False
    return True


def freed(turn: Turn, event: ConversationFreed) -> bool:
    """Another incident waits no more: what it has held back may go out. Whether anything is, or may be by what is on
    its way."""
    running = [run for run in turn.state.steps.values() if run.phase is StepPhase.RUNNING and run.ask is not None]
    waiting = [
        run.held for run in running if run.held is not None and asking.is_held(run) and run.held.behind == event.by
    ]
    under_way = [run.ask for run in running if run.ask is not None and _is_on_its_way(run.ask)]
    if not (waiting or under_way):
        return False
    turn.note(EntryKind.CONVERSATION_FREED, held(event))
    for each in waiting:
        each.until = turn.now
    for ask in under_way:
        ask.freed.append(event.by)
    return True


def _is_on_its_way(ask: AskRun) -> bool:
    return ask.asked and ask.delivered_at is None


def _hold(turn: Turn, step: AskStep, run: StepRun, ask: AskRun, said: Data, *, joined: bool, plan: str | None) -> None:
    behind, until = str(said["incident"]), datetime.fromisoformat(str(said["until"]))
    told: Data = {"ask": step.id, "question": step.question, "to": step.to, "incident": behind, "asks": said["ask"]}
    kind = EntryKind.QUESTION_JOINED if joined else EntryKind.QUESTION_HELD
    turn.note(kind, {**told, "until": until.isoformat()})
    if behind in ask.freed:
        until = turn.now  # it said so before it was known here that there was anything to wait for
    ask.asked, ask.offered = False, []
    run.held = HeldMessage(
        until=until, plan=plan, bounced=asking.bounced_before(turn.state, step), behind=behind, joined=joined
    )
