"""Who a person is, is what a trusted door has signed, on the real server: nothing else makes an actor verified."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import TimeSkipper
from temporalio.worker import Replayer

import starter
import worker
from amends.connectors.shop import Shop
from amends.doors.claims import Deed, claim_of
from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.errors import InputError
from amends.journal import Journal, TimelineRow, connect, verify
from amends.models import Actor, ActorKind, Model, Money
from amends.timeline import Entry, EntryKind
from tests.cli.acted import own_runbook
from tests.proofs.rig import OPS, Rig, new_rig
from workflows.contract import DECIDE, NEWS, NOTE, NOTHING_REPORTED, DecideRequest, News, NoteRequest, Receipt, Verdict
from workflows.events import DecisionGiven, event_of, held
from workflows.host import IncidentWorkflow
from workflows.sandbox import StrictSandbox

SURE = Actor(kind=ActorKind.HUMAN, id="chen", verified=True)
"""As a request would have it that vouches for itself."""

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

R = TypeVar("R", bound=Model)


@pytest.fixture
def rig(skipper: TimeSkipper, sqlite_template: Path, tmp_path: Path) -> Iterator[Rig]:
    """On SQLite alone: no database has a say in this."""
    shutil.copy(sqlite_template, tmp_path / "journal.db")
    engine, shop = connect(f"sqlite:///{tmp_path / 'journal.db'}"), Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    yield new_rig(skipper, Journal(engine), shop, "SO-1001")
    shop.dispose()
    engine.dispose()


async def test_only_a_signed_decision_counts_and_only_as_it_was_signed(rig: Rig, tmp_path: Path) -> None:
    rig.bundle = own_runbook(tmp_path)  # asks for approval before anything else
    forger = DoorKey.new("forger")
    forger.id = rig.door.id
    async with rig.serving():
        await rig.open()
        yes = await _yes(rig)
        unsigned = await _refused(rig, DECIDE, yes)
        forged = await _refused(rig, DECIDE, _signed(rig, yes, by=forger))
        unknown = await _refused(rig, DECIDE, _signed(rig, yes, by=DoorKey.new("stranger")))
        altered = await _refused(rig, DECIDE, _signed(rig, yes).model_copy(update={"key": rig.key("other")}))
        stolen = await _refused(rig, DECIDE, yes.model_copy(update={"actor": _signed(rig, _note(rig), act=NOTE).actor}))
        given = await rig.act(DECIDE, yes)
        again = await rig.act(DECIDE, yes)
        history = await rig.handle.fetch_history()
        await rig.handle.terminate(reason="the test is over")

    assert "an unsigned word decides nothing" in unsigned
    assert "was not signed by the door" in forged
    assert "is not trusted here" in unknown
    assert "was altered after it was signed" in altered
    assert "it is for the act 'note', and not for 'decide'" in stolen
    assert (given.result, again.n) == ("recorded", given.n)
    (decided,) = _of(rig, EntryKind.DECISION_RECEIVED)
    assert decided.actor.verified
    claim = claim_of(decided.actor)
    assert claim is not None
    assert (claim.door, claim.act, claim.incident) == (rig.door.id, DECIDE, rig.incident_id)
    assert verify(rig.journal, rig.incident_id).ok
    # the validators do not run again: whoever replays a history needs no keys
    replayer = Replayer(
        workflows=[IncidentWorkflow],
        workflow_runner=StrictSandbox(),
        data_converter=pydantic_data_converter,
    )
    assert (await replayer.replay_workflow(history)).replay_failure is None


async def test_what_a_request_says_of_itself_proves_nothing(rig: Rig) -> None:
    async with rig.serving():
        receipt = await starter.open_incident(
            rig.skipper.client,
            "lost_parcel",
            rig.report,
            key=rig.key("k-1"),
            actor=SURE,
            queue=rig.queue,
        )
        rig.incident_id = receipt.incident_id
        await rig.handle.execute_update(NOTE, _note(rig), result_type=Receipt)
        await rig.handle.signal(NEWS, News(event_id="e-1", event_type="parcel.seen", actor=SURE))
        await rig.act(NOTE, _note(rig).model_copy(update={"key": rig.key("signed")}))
        await rig.quiet()
        await rig.handle.terminate(reason="the test is over")

    kinds = (EntryKind.INCIDENT_OPENED, EntryKind.NOTE_ADDED, EntryKind.NEWS_RECEIVED)
    assert [(row.kind, row.actor.verified) for row in rig.rows() if row.kind in kinds] == [
        (EntryKind.INCIDENT_OPENED, False),
        (EntryKind.NOTE_ADDED, False),
        (EntryKind.NEWS_RECEIVED, False),
        (EntryKind.NOTE_ADDED, True),
    ]


async def test_a_report_is_signed_like_every_act_and_a_forged_one_opens_nothing(rig: Rig) -> None:
    async with rig.serving():
        with pytest.raises(InputError, match="is not trusted here"):
            await _open(rig, by=DoorKey.new("stranger"))
        opened = await _open(rig, by=rig.door)
        await rig.handle.terminate(reason="the test is over")

    rig.incident_id = opened.incident_id
    (entry,) = _of(rig, EntryKind.INCIDENT_OPENED)
    assert entry.actor.verified


async def test_what_a_refused_first_report_has_started_ends_when_no_other_comes(rig: Rig) -> None:
    async with rig.serving():
        with pytest.raises(InputError, match="is not trusted here"):
            await _open(rig, by=DoorKey.new("stranger"))
        await rig.skipper.fast_forward(rig.handle, timedelta(hours=1, seconds=1))
        with pytest.raises(WorkflowFailureError) as raised:
            await rig.handle.result()
        opened = await _open(rig, by=rig.door)
        await rig.handle.terminate(reason="the test is over")

    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.type == NOTHING_REPORTED
    assert opened.result == "opened"
    assert [row.incident_id for row in rig.journal.incidents(limit=9)] == [opened.incident_id]


async def test_a_worker_that_trusts_nobody_takes_what_is_unsigned_and_refuses_claims(rig: Rig) -> None:
    async with worker.serving(rig.skipper.client, journal=rig.journal, connectors=rig.shop, queue=rig.queue):
        await rig.open()
        why = await _refused(rig, NOTE, _signed(rig, _note(rig), act=NOTE))
        await rig.handle.execute_update(NOTE, _note(rig), result_type=Receipt)
        await rig.handle.terminate(reason="the test is over")

    assert "this worker trusts no door" in why
    assert "AMENDS_DOOR_KEYS" in why
    assert [row.actor.verified for row in _of(rig, EntryKind.NOTE_ADDED)] == [False]


def test_what_was_signed_can_be_told_from_the_entry_that_holds_the_act() -> None:
    """So an auditor who has the door's public key needs nobody's word for who decided what."""
    door, rig_id = DoorKey.new("rig"), "09e8ed54"
    amount = Money(amount=1, currency="CNY")
    request = DecideRequest(key="k", approval="a", verdict=Verdict.APPROVE, amount=amount, plan="p", actor=SURE)
    signed = door.signed(request, act=DECIDE, workflow_id="w", incident_id=rig_id)
    event = DecisionGiven.model_validate(signed.model_dump())
    entry = Entry(n=0, kind=EntryKind.DECISION_RECEIVED, occurred_at=NOON, actor=event.actor, data=held(event))

    told = event_of(Entry.model_validate_json(entry.model_dump_json()))

    assert told is not None
    deed = Deed.of(told, act=DECIDE, workflow="w", incident=rig_id)
    assert Trusted.of(door).refusal(entry.actor, deed) is None


async def _yes(rig: Rig) -> DecideRequest:
    """What Chen would say to what is asked."""
    (asked,) = (await rig.until(lambda view: bool(view.approvals))).approvals
    return DecideRequest(
        key=rig.key("yes"),
        approval=asked.approval,
        verdict=Verdict.APPROVE,
        amount=asked.amount,
        plan=asked.plan,
        actor=SURE,
    )


def _note(rig: Rig) -> NoteRequest:
    return NoteRequest(key=rig.key("note"), text="the carrier called", actor=SURE)


def _signed(rig: Rig, request: R, *, act: str = DECIDE, by: DoorKey | None = None) -> R:
    return (by or rig.door).signed(request, act=act, workflow_id=rig.handle.id, incident_id=rig.incident_id)


async def _open(rig: Rig, *, by: DoorKey) -> Receipt:
    return await starter.open_incident(
        rig.skipper.client,
        "lost_parcel",
        rig.report,
        key=rig.key("k-1"),
        actor=OPS,
        signer=by,
        queue=rig.queue,
    )


async def _refused(rig: Rig, name: str, request: Model) -> str:
    """Why it does not count."""
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await rig.handle.execute_update(name, request, result_type=Receipt)
    assert isinstance(raised.value.cause, ApplicationError)
    return raised.value.cause.message


def _of(rig: Rig, kind: EntryKind) -> list[TimelineRow]:
    return [row for row in rig.rows() if row.kind is kind]
