"""Measures: lifted when their time is over, and on every way out."""

import pytest

from amends.models import Status
from amends.timeline import EntryKind
from tests.workflows.bench import HOLD, World, chosen, decide, person
from tests.workflows.builders import Incident
from workflows.contract import Verdict
from workflows.events import CancelRequested
from workflows.state import Why


def resolved(world: World | None = None) -> Incident:
    incident = chosen(world=world)
    decide(incident, "chen")
    return incident


def cancelled(world: World | None = None) -> Incident:
    incident = chosen(world=world)
    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    return incident.settle()


def rejected(world: World | None = None) -> Incident:
    incident = chosen("refund", world=world)
    decide(incident, "dai", Verdict.REJECT, of="refund")
    incident.take(CancelRequested(key="c", reason="settled by phone", actor=person("an")))
    return incident.settle()


def test_a_measure_is_on_until_its_condition_holds() -> None:
    incident = chosen()

    assert incident.activities().count("orders.release") == 0
    decide(incident, "chen")
    assert incident.activities().count("orders.release") == 1
    (lifted,) = [data for data in incident.of(EntryKind.UNDO_REQUESTED) if data.get("lifts")]
    assert (lifted["activity"], lifted["inputs"]) == ("orders.release", {"hold_id": "H-1"})


@pytest.mark.parametrize("way_out", [resolved, cancelled, rejected])
def test_every_way_out_lifts_it_once(way_out: "type[Incident]") -> None:
    """Every measure is lifted on every way out."""
    incident = way_out().wait(hours=200)

    assert incident.status().final
    assert incident.activities().count("orders.release") == 1


def test_a_measure_that_cannot_be_lifted_keeps_the_incident_open() -> None:
    """No incident closes with a measure on."""
    world = World(refuses=("orders.release",))
    incident = resolved(world).wait(hours=200)

    (task,) = incident.state.tasks
    assert (task.id, task.why, task.owner) == (f"undo:{HOLD.id}/1", Why.UNDO_FAILED, "logistics")
    assert incident.status() is Status.TAKEN_OVER
    world.refuses.clear()
    incident.retry(task.id)
    assert incident.wait(hours=200).status() is Status.CLOSED


def test_a_measure_that_is_refused_is_nothing_to_lift() -> None:
    world = World(refuses=("orders.hold",))
    incident = Incident(bundle=chosen().bundle, world=world).open()

    assert [task.id for task in incident.state.tasks] == [f"refused:{HOLD.id}/1"]
    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    assert "orders.release" not in incident.settle().activities()
    assert incident.status() is Status.CANCELLED
