"""Merging and splitting, typed: what becomes of both incidents, and how each is told of the other."""

from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

import starter
from amends.models import Status
from amends.timeline import EntryKind
from cli import merging
from cli.main import main
from cli.versions import Version
from tests.cli import stories
from tests.cli.acted import BO, Acted
from tests.cli.builders import write_incidents
from workflows.contract import Receipt

NOWHERE = ("--actor", "bo", "--address", "127.0.0.1:1")
WHY = ("--reason", "she meant the other parcel")


@pytest.fixture
async def it(running: Acted, monkeypatch: pytest.MonkeyPatch) -> Acted:
    """It waits for the word of the logistics lead, and what is opened beside it goes to the same workers."""
    monkeypatch.setattr(merging, "version", lambda _: Version(running.bundle, "the file"))
    monkeypatch.setattr(starter, "open_incident", partial(starter.open_incident, queue=running.queue))
    await running.open("SO-1001")
    await running.until(lambda view: bool(view.approvals))
    return running


async def reported(it: Acted, parcel: str, *, key: str = "") -> Receipt:
    """Somebody reports a parcel of the same order."""
    report = {"order_id": "SO-1001", "parcel_id": parcel}
    return await starter.open_incident(
        it.client, "acted_parcel", {**report}, key=key or str(uuid4()), actor=BO, queue=it.queue, bundle=it.bundle
    )


async def test_of_two_that_are_one_thing_one_ends_and_names_the_other(it: Acted) -> None:
    other = (await reported(it, "PC-1001-2")).incident_id

    told, _ = await it.amends("merge", "--into", other, "--reason", "one and the same", by="bo")
    await it.client.get_workflow_handle(it.row.workflow_id).result()
    again, _ = await it.amends("merge", "--into", other, "--reason", "one and the same", by="bo")
    shown, _ = await it.amends("show")
    merged, it.incident = it.incident, other
    goes_on, _ = await it.amends("show")

    assert told == f"recorded: incident {merged} is merged into {other}\n"
    assert again.startswith("repeated: ")
    assert it.journal.incident(merged).status is Status.DUPLICATE
    assert f"  duplicate of  incident {other}\n" in shown
    assert f"incident {merged}, acted parcel, merged into this one" in goes_on


async def test_a_report_that_belongs_elsewhere_becomes_an_incident_of_its_own(it: Acted) -> None:
    await reported(it, "PC-1001-1", key="hotline-4712")
    await it.until(lambda view: not view.busy)

    told = await it.json("split", "parcel_id=PC-1001-2", *WHY, by="bo")
    again = await it.json("split", "parcel_id=PC-1001-2", *WHY, by="bo")
    own = str(told["opened"]["incident_id"])

    assert (told["result"], told["opened"]["result"]) == ("recorded", "opened")
    assert (again["result"], again["opened"]["incident_id"]) == ("repeated", own)
    (split,) = it.entries(EntryKind.REPORT_SPLIT)
    assert split.data["report"] == "hotline-4712"
    row = it.journal.incident(own)
    assert row.workflow_id == split.data["workflow_id"]
    assert row.subject == {"order_id": "SO-1001", "parcel_id": "PC-1001-2"}
    split_from, it.incident = it.incident, own
    shown, _ = await it.amends("show")
    assert [line.split() for line in shown.splitlines() if "split from" in line] == [
        ["split", "from", "incident", split_from]
    ]


def test_only_what_goes_on_and_is_of_the_same_order_is_merged_into(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_one, closed = write_incidents(state_dir)

    ended_one = main(["merge", open_one.incident_id, "--into", closed.incident_id, "--reason", "x", *NOWHERE])
    told_of_ended = capsys.readouterr().err
    stories.write(state_dir, stories.reported())
    elsewhere = main(["merge", open_one.incident_id, "--into", stories.INCIDENT, "--reason", "x", *NOWHERE])
    told_of_order = capsys.readouterr().err

    assert (ended_one, elsewhere) == (2, 2)
    assert "is closed; it takes nothing on any more" in told_of_ended
    assert "only incidents about one order are merged" in told_of_order


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("parcel_id=PC-2",), "several reports were added; name one with --report: k-2, k-3"),
        (("parcel_id=PC-2", "--report", "k-9"), "no report 'k-9' was added to incident"),
        (("parcel_id", "--report", "k-2"), "say what the report is about as FIELD=VALUE, of order_id, parcel_id"),
        (("--report", "k-2"), "the report is about the same then"),
    ],
)
def test_what_is_not_said_of_a_split_is_asked_for(
    state_dir: Path,
    capsys: pytest.CaptureFixture[str],
    typed: tuple[str, ...],
    why: str,
) -> None:
    subject = {"order_id": "SO-1004", "parcel_id": "PC-1004-1"}
    added = [
        told
        for key in ("k-2", "k-3")
        for told in stories.acted(EntryKind.REPORT_ADDED, "bo", report={**subject}, key=key)
    ]
    stories.write(state_dir, stories.reported(), added)

    assert main(["split", "5d3a", *typed, *WHY, *NOWHERE]) == 2

    assert why in capsys.readouterr().err


def test_where_nothing_was_added_there_is_nothing_to_split(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported())

    assert main(["split", "5d3a", "parcel_id=PC-2", *WHY, *NOWHERE]) == 2

    assert "there is no report to split off" in capsys.readouterr().err
