"""What sweepers do with what is overdue: each opened once, however many sweep, and whoever dies on the way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from amends.errors import InputError, Trouble
from amends.journal import Journal
from amends.journal.claims import claim
from amends.journal.engine import writing
from amends.journal.schema.intake import ExpectationState, Mode
from amends.models import Actor, Data
from intake import sweeps
from intake.modes import Modes
from intake.rulebook import Rulebook
from intake.sweeping import AGAIN, LEASE, Sweeper
from intake.untold import Telling
from runbooks.bundle import Bundle
from tests.amends.journal.builders import opened, told
from tests.intake.builders import NOON
from tests.intake.kept import AWAITED, LATE, SCANS, cloud_event, expected, hence, publish, receive

WAITING, OPENED, SHADOWED = ExpectationState.WAITING, ExpectationState.OPENED, ExpectationState.SHADOWED
PASSED_OVER, UNUSABLE = ExpectationState.PASSED_OVER, ExpectationState.UNUSABLE


class Died(BaseException):
    """As a process dies: nothing is tidied up."""


@dataclass
class World:
    """Incidents that are opened, and news that is told, as Temporal would keep them."""

    journal: Journal
    opened: dict[str, tuple[Data, Actor]] = field(default_factory=dict)
    calls: int = 0
    fails: Sequence[BaseException] = ()
    heard: list[Telling] = field(default_factory=list)

    async def open(self, bundle: Bundle, report: Data, *, key: str, actor: Actor) -> str:
        self.calls += 1
        await asyncio.sleep(0)
        if self.calls <= len(self.fails):
            raise self.fails[self.calls - 1]
        self.opened[key] = (report, actor)
        return f"{bundle.exception_type} {report['order_id']}"

    async def hear(self, telling: Telling) -> None:
        self.heard.append(telling)

    def sweeper(self) -> Sweeper:
        rulebook = Rulebook(self.journal.revisions)
        return Sweeper(self.journal, rulebook, opening=self.open, signalling=self.hear)

    async def sweep(self, hours: float) -> None:
        await self.sweeper().sweep(hence(hours))


_LONG_AFTER = 24 * 365 * 100
"""Hours. What is put off is so by the clock of the machine, which is far ahead of the story's."""


@pytest.fixture
def world(journal: Journal) -> World:
    return World(journal)


def states(journal: Journal, order: str = "A") -> list[ExpectationState]:
    return [each.state for each in expected(journal, order)]


async def test_what_is_overdue_is_opened_when_its_grace_is_over(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))

    await world.sweep(72.9)
    assert world.opened == {}

    await world.sweep(73)
    await world.sweep(99)

    ((key, (report, actor)),) = world.opened.items()
    assert key == "late_parcel:opens[0]:A:shop#A-shipment.handed_over@0"
    assert report == {"order_id": "A", "parcel_id": "P"}
    assert (actor.kind, actor.id) == ("system", "late_parcel opens[0]")
    (row,) = expected(world.journal)
    assert (row.state, row.incident_id, world.calls) == (OPENED, "late_parcel A", 1)


async def test_what_has_come_meanwhile_is_not_opened(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"), cloud_event("shipment.delivered", 74))

    await world.sweep(100)

    assert world.opened == {}
    assert states(world.journal) == [WAITING]


async def test_any_number_of_sweepers_open_each_once(world: World) -> None:
    publish(world.journal)
    receive(world.journal, *(cloud_event("shipment.handed_over", order=f"O-{n}") for n in range(30)))

    await asyncio.gather(*(world.sweep(80) for _ in range(5)))

    assert (len(world.opened), world.calls) == (30, 30)
    assert [states(world.journal, f"O-{n}") for n in range(30)] == [[OPENED]] * 30


async def test_a_sweeper_that_dies_between_opening_and_noting_is_followed_by_one_that_gives_the_same_key(
    world: World,
) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))
    world.fails = [Died()]
    with pytest.raises(Died):
        await world.sweep(80)

    await world.sweep(80.001)
    assert (states(world.journal), world.calls) == ([WAITING], 1)

    await world.sweep(80 + LEASE / timedelta(hours=1))
    assert (states(world.journal), world.calls, len(world.opened)) == ([OPENED], 2, 1)


@pytest.mark.parametrize("was_opened", [True, False])
async def test_what_a_dead_sweeper_opened_is_noted_though_it_is_cleared_by_then(world: World, was_opened: bool) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))
    world.fails = [Died()]
    with pytest.raises(Died):
        await world.sweep(80)
    if was_opened:
        (row,) = expected(world.journal)
        with writing(world.journal.engine) as connection:
            claim(connection, exception_type=LATE, keys=[row.key], incident_id="i-1")
    receive(world.journal, cloud_event("shipment.delivered", 80))

    await world.sweep(81)

    (row,) = expected(world.journal)
    assert (row.state, row.incident_id) == ((OPENED, "i-1") if was_opened else (WAITING, None))
    assert world.calls == 1


async def test_an_opening_that_nobody_answered_is_tried_again(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))
    world.fails = [Trouble("nothing answered")]

    await world.sweep(80)
    assert states(world.journal) == [WAITING]

    await world.sweep(_LONG_AFTER)
    assert (states(world.journal), AGAIN < LEASE) == ([OPENED], True)


async def test_a_sweeper_that_is_stopped_while_it_opens_gives_it_back_at_once(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))
    world.fails = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await world.sweep(80)

    await world.sweep(_LONG_AFTER)

    assert states(world.journal) == [OPENED]


async def test_a_report_that_is_refused_is_told_with_the_reason_and_not_tried_again(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))
    world.fails = [InputError("no such parcel")]

    await world.sweep(80)
    await world.sweep(90)

    (row,) = expected(world.journal)
    assert (row.state, row.why, world.calls) == (UNUSABLE, "no such parcel", 1)


async def test_what_lacks_a_field_of_its_report_opens_once_an_event_says_it(world: World) -> None:
    publish(world.journal)
    receive(world.journal, {**cloud_event("shipment.handed_over", 0, "first"), "data": {"order_id": "A"}})

    await world.sweep(80)
    (row,) = expected(world.journal)
    assert (row.state, row.why) == (UNUSABLE, "no event says 'parcel_id', which a report needs")

    receive(world.journal, cloud_event("shipment.handed_over", 0, "second", corrects="first"))
    await world.sweep(80)
    assert [report for report, _ in world.opened.values()] == [{"order_id": "A", "parcel_id": "P"}]


async def test_nobody_having_said_anything_a_type_says_what_would_open_and_opens_nothing(world: World) -> None:
    publish(world.journal, mode=None)
    receive(world.journal, cloud_event("shipment.handed_over"))

    await world.sweep(80)

    assert (world.opened, states(world.journal)) == ({}, [SHADOWED])


async def test_what_is_switched_on_opens_what_is_due_from_then_on_and_no_history(world: World) -> None:
    publish(world.journal, mode=None)
    before, after = cloud_event("shipment.handed_over", 0), cloud_event("shipment.handed_over", 10, order="B")
    receive(world.journal, before, after)

    Modes(world.journal.engine).set(LATE, Mode.ON, cut_off=None, by="ann", at=hence(80))
    await world.sweep(90)

    assert (states(world.journal, "A"), states(world.journal, "B")) == ([PASSED_OVER], [OPENED])


async def test_a_cut_off_that_is_set_back_opens_what_still_stands_since_then(world: World) -> None:
    publish(world.journal, mode=None)
    receive(world.journal, *(cloud_event("shipment.handed_over", n, order=f"O-{n}") for n in (0, 10, 20)))
    receive(world.journal, cloud_event("shipment.delivered", 200, order="O-20"))
    await world.sweep(100)

    Modes(world.journal.engine).set(LATE, Mode.ON, cut_off=hence(75), by="ann", at=hence(100))
    await world.sweep(101)

    assert [states(world.journal, f"O-{n}") for n in (0, 10)] == [[SHADOWED], [OPENED]]
    assert len(world.opened) == 1


async def test_what_is_off_waits_until_it_is_on(world: World) -> None:
    publish(world.journal, mode=Mode.OFF)
    receive(world.journal, cloud_event("shipment.handed_over"))

    await world.sweep(80)
    assert states(world.journal) == [WAITING]

    Modes(world.journal.engine).set(LATE, Mode.ON, cut_off=NOON, by="ann", at=hence(90))
    await world.sweep(90)
    assert states(world.journal) == [OPENED]


async def test_a_limit_that_is_published_anew_holds_for_orders_that_wait(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))

    publish(world.journal, AWAITED.replace("72h", "24h"))
    await world.sweep(30)

    (row,) = expected(world.journal)
    assert (row.due_at, row.state) == (hence(24), OPENED)


async def test_a_rule_that_moves_within_its_runbook_opens_nothing_twice(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))
    await world.sweep(80)

    publish(world.journal, SCANS.removesuffix("]") + ", " + AWAITED.removeprefix("["))
    await world.sweep(90)

    (row,) = expected(world.journal)
    assert (row.rule, row.state, world.calls) == ("opens[1]", OPENED, 1)


def incident(journal: Journal, *, order: str = "A", parcel: str = "P") -> None:
    name = f"i-{order}-{parcel}"
    told(journal, opened(name, order=order, parcel=parcel), incident_id=name, parcel=parcel, run_id=name)


async def test_open_incidents_are_told_each_event_of_their_order_and_parcel_once(world: World) -> None:
    publish(world.journal)
    for parcel in ("P", "Q"):
        incident(world.journal, parcel=parcel)
    incident(world.journal, order="B", parcel="R")
    scan = cloud_event("shipment.scanned", 1, "scan", delivered_to="locker")
    receive(world.journal, scan)

    await world.sweep(2)
    await world.sweep(3)

    ((workflow_id, news),) = world.heard
    assert (workflow_id, news.event_id, news.event_type) == ("lost_parcel:P", "shop#scan", "shipment.scanned")
    assert (news.at, news.actor.id, news.data["delivered_to"]) == (hence(1), "shop", "locker")


async def test_what_came_while_an_incident_was_being_opened_is_told_to_it(world: World) -> None:
    publish(world.journal)
    receive(world.journal, cloud_event("shipment.handed_over"))

    class Late(World):
        async def open(self, bundle: Bundle, report: Data, *, key: str, actor: Actor) -> str:
            await asyncio.to_thread(receive, self.journal, cloud_event("shipment.delivered", 79, "at last"))
            await self.sweeper()._tell(hence(80))  # another sweeper finds no open incident
            await asyncio.to_thread(incident, self.journal)
            return await super().open(bundle, report, key=key, actor=actor)

    late = Late(world.journal)
    await late.sweep(80)
    await late.sweep(81)

    assert [news.event_id for _, news in late.heard] == ["shop#at last"]
    (row,) = expected(world.journal)
    assert (row.state, row.cleared_by) == (OPENED, "shop#at last")


async def test_a_sign_of_life_is_kept_for_those_who_look_from_outside(world: World) -> None:
    assert sweeps.last(world.journal.engine) is None
    sweeper = world.sweeper()

    await sweeper.sweep(NOON)
    assert sweeps.last(world.journal.engine) == sweeps.Sweep(at=NOON)

    await sweeper.fail(hence(1), RuntimeError("no server answers"))
    assert sweeps.last(world.journal.engine) == sweeps.Sweep(at=hence(1), trouble="no server answers")
    assert sweeper.trouble == "no server answers"
