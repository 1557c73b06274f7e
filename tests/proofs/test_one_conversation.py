"""Two incidents on one order ask the customer one question at a time, on the real server and both databases."""

import asyncio
from pathlib import Path

from amends.journal.verify import verify
from amends.models import Data, Status
from amends.timeline import EntryKind
from runbooks import library
from runbooks.bundle import Bundle
from runbooks.program import AskStep, Choice
from tests.proofs.rig import CHOICE, Rig, counted
from tests.proofs.test_superseding import Late
from workflows.contract import View

LATE = library.load(Path(__file__).parents[1] / "runbooks" / "good" / "late_parcel.yaml")


def beside_it(*choices: str) -> Bundle:
    """An incident of another type that asks as a late parcel does, but offers these choices."""
    program = LATE.program
    offered = {"choices": tuple(Choice(name=name) for name in choices), "if_silent": choices[0]}
    analysis = tuple(
        step.model_copy(update=offered) if isinstance(step, AskStep) else step for step in program.analysis
    )
    names = {"exception_type": "beside_it", "workflow_type": "BesideIt"}
    return LATE.model_copy(update={**names, "program": program.model_copy(update={"analysis": analysis})})


def asks(view: View) -> bool:
    return any(each.answer_by is not None for each in view.asks)


async def end(late: Late) -> None:
    await late.handle.cancel()
    await late.handle.result()


def of(rig: Rig, kind: EntryKind) -> list[Data]:
    return [row.data for row in rig.rows() if row.kind is kind]


async def test_the_second_question_goes_out_when_the_first_is_answered(rig: Rig) -> None:
    late, rig.bundle = Late(rig), beside_it("patience", "call_me")
    async with rig.serving():
        await late.open()
        await rig.open()
        held = await rig.quiet()
        await late.answer("refund")
        while not asks(await rig.view()):  # no time is let pass: it is told, and does not have to look again
            await asyncio.sleep(0.02)
        await rig.answer("call_me")
        await rig.to_the_end()
        await end(late)

    assert (held.asks, held.tasks) == ((), ())
    (told,) = of(rig, EntryKind.QUESTION_HELD)
    assert (told["incident"], told["asks"]) == (late.incident_id, CHOICE)
    assert of(rig, EntryKind.CONVERSATION_FREED) == [{"by": late.incident_id}]
    assert rig.journal.incident(rig.incident_id).status is Status.CLOSED
    for incident_id in (late.incident_id, rig.incident_id):
        assert verify(rig.journal, incident_id).problems == ()


async def test_the_same_question_is_asked_once_and_both_go_on_with_the_answer(rig: Rig) -> None:
    late, rig.bundle = Late(rig), beside_it("patience", "refund")
    async with rig.serving():
        await late.open()
        await rig.open()
        await rig.quiet()
        await late.answer("refund")
        await rig.to_the_end()
        await end(late)

    assert of(rig, EntryKind.ANSWER_SHARED) == [{"ask": CHOICE, "choice": "refund", "incident": late.incident_id}]
    assert counted(rig.rows(), EntryKind.QUESTION_ASKED) == 0
    sent = [each for name in (late.incident_id, rig.incident_id) for each in rig.journal.effects_of(name)]
    assert [each.incident_id for each in sent if each.step == CHOICE and each.outcome == "applied"] == [
        late.incident_id
    ]


async def test_a_terminated_incident_holds_nobody_up_for_ever(rig: Rig) -> None:
    late, rig.bundle = Late(rig), beside_it("patience", "call_me")
    async with rig.serving():
        await late.open()
        await rig.open()
        await rig.quiet()
        await late.handle.terminate("by mistake")
        asked = await rig.until(asks)
        await rig.handle.cancel()
        await rig.handle.result()

    assert [each.choices for each in asked.asks] == [("patience", "call_me")]
    assert counted(rig.rows(), EntryKind.QUESTION_HELD) >= 1
