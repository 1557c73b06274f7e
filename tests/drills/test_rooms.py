"""A room is as new for every scenario, though its databases' engines are not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from temporalio.client import Client

from amends.connectors.shop import FaultKind
from amends.errors import UnknownIncident
from drills.rooms import Room, make_blank
from tests.workflows.builders import Incident

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    make_blank(tmp_path / "blank")
    nobody = cast("Client", None)  # what is tested here never asks a server
    room = Room(nobody, tmp_path / "room", tmp_path / "blank")
    yield room
    room.close()


def test_nothing_of_one_scenario_is_left_for_the_next(room: Room) -> None:
    told = _play(room)
    room.renew()

    assert room.shop.order_ids() == []
    assert room.shop.faults_to_come() == []
    with pytest.raises(UnknownIncident):
        room.journal.incident(told)


def test_the_next_scenario_finds_all_that_it_needs(room: Room) -> None:
    first = _play(room)
    room.renew()
    again = _play(room)

    assert room.journal.incident(again).incident_id == first, "the same story is told as if for the first time"
    assert "SO-1001" in room.shop.order_ids()


def _play(room: Room) -> str:
    """Leave something of everything; gives the incident's id."""
    room.shop.seed(at=NOW, around="SO-1001")
    room.shop.fault(call="orders.hold", kind=FaultKind.TROUBLE)
    incident = Incident().open()
    state = incident.state
    room.journal.append(
        incident_id=state.incident_id,
        exception_type=state.bundle.exception_type,
        workflow_id=state.workflow_id,
        run_id=state.run_id,
        entries=incident.entries,
        at=NOW,
    )
    return state.incident_id
