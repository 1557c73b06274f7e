"""A replay reads its file once, keeps what it cannot take apart, and goes on where it was killed."""

import gzip
import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from amends.errors import InputError
from amends.models import Data
from intake.mapping import parse_mapping
from intake.replay.lines import LONGEST_LINE, lines_of
from intake.replay.notebook import Notebook
from intake.replay.running import conclude, read
from tests.intake.builders import FAR, NOON, rules
from tests.project.repository import ROOT

APPROVAL = rules("[{expect: payment.approved, after: order.created, late_after: 24h, grace: 1h}]")


def said(order: str, kind: str = "order.created", hours: float = 0, **more: object) -> Data:
    time = (NOON + timedelta(hours=hours)).isoformat()
    event = {"specversion": "1.0", "id": f"{kind}-{order}", "source": "/shop", "type": kind, "time": time}
    return {**event, "data": {"order_id": order}, **more}  # type: ignore[dict-item]  # of JSON, as all that is given


def written(file: Path, *events: object) -> Path:
    file.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return file


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "replay.db")


def test_openings_are_told_in_the_order_in_which_they_open(tmp_path: Path, notebook: Notebook) -> None:
    file = written(tmp_path / "events", said("A", hours=2), said("B"), said("C", "payment.approved", 3), said("C"))

    read(notebook, file, now=FAR)
    summary = conclude(notebook, APPROVAL)

    assert [each.standing.order_id for each in notebook.openings()] == ["B", "A"]
    assert (summary.lines, summary.events, summary.orders, summary.repeated) == (4, 4, 3, 0)


def test_a_packed_file_and_lists_of_events_are_read_alike(tmp_path: Path, notebook: Notebook) -> None:
    file = tmp_path / "events"
    file.write_bytes(gzip.compress(b"\n\n" + json.dumps([said("A"), said("B")]).encode()))

    read(notebook, file, now=FAR)

    assert conclude(notebook, APPROVAL).events == 2


def test_each_line_that_cannot_be_taken_is_told_with_its_reason_and_the_rest_counts(
    tmp_path: Path, notebook: Notebook
) -> None:
    early = said("C", hours=1)
    file = written(
        tmp_path / "events", said("A"), {"id": 3}, early, [said("D"), "x"], said("A", time="2026-03-02T00:00:00Z")
    )
    with file.open("ab") as more:
        more.write(b"{broken\n" + b" " * (LONGEST_LINE + 1) + b"\n" + json.dumps(said("B")).encode())

    read(notebook, file, now=NOON)

    assert conclude(notebook, APPROVAL).events == 3
    told = dict(notebook.refused())
    assert sorted(told) == [2, 3, 4, 5, 6, 7]
    assert told[2].startswith("`specversion` is missing")
    assert told[3].startswith("it says that it happened at 2026-03-02T13:00:00Z, which is yet to come")
    assert told[4] == "'x' is no event; write one JSON object to a line"
    assert told[5].startswith("the event 'order.created-A' came before and said something else; a correction has an id")
    assert told[6].startswith("this is not JSON")
    assert told[7] == "the line has more than 1,048,576 bytes; write one event to a line"


def test_the_clock_shows_when_events_came_in_where_the_file_says_so(tmp_path: Path, notebook: Notebook) -> None:
    text = "source: market\ntime: at\ntype: type\norder: order\nreceived: got\n"
    created = {"type": "order.created", "order": "A", "at": "2026-03-02T12:00:00Z", "got": "2026-03-05T00:00:00Z"}
    ahead = {"type": "order.created", "order": "B", "at": "2026-03-05T00:06:00Z", "got": "2026-03-05T00:00:00Z"}
    mapping = parse_mapping(file="market.yaml", text=text)

    read(notebook, written(tmp_path / "events", created, ahead), now=FAR, reader=mapping.event)
    conclude(notebook, APPROVAL)

    (opening,) = notebook.openings()
    assert opening.standing.due_at == NOON + timedelta(hours=24)
    assert opening.opened_at == NOON + timedelta(hours=60)
    assert [line for line, _ in notebook.refused()] == [2]


def test_events_that_come_again_change_nothing(tmp_path: Path, notebook: Notebook) -> None:
    file = written(tmp_path / "events", *[said("A"), said("A")] * 3)

    read(notebook, file, now=FAR)

    summary = conclude(notebook, APPROVAL)
    assert (summary.events, summary.repeated) == (1, 5)


def test_rules_that_say_nothing_of_an_event_are_told_with_how_often(tmp_path: Path, notebook: Notebook) -> None:
    promised = rules(
        "[{expect: shipment.delivered, after: order.created, by: =event.promised_by}]",
        events="{promised_by: timestamp}",
    )
    read(notebook, written(tmp_path / "events", said("A"), said("B")), now=FAR)

    (told,) = conclude(notebook, promised).unreckoned

    assert told == ("late_parcel", "opens[0]", "the fact 'event.promised_by' is not set", 2)


def test_a_replay_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    orders = [f"O{number}" for number in range(3000)]
    file = written(tmp_path / "events", *[said(order, hours=at / 100) for at, order in enumerate(orders)] * 2)
    script = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from intake.cloudevents import read_event\n"
        "from intake.replay.notebook import Notebook\n"
        "from intake.replay.running import read\n"
        "left = iter(range(2500))\n"
        "def reader(said):\n"
        "    next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return read_event(said)\n"
        "read(Notebook(Path(sys.argv[2])), Path(sys.argv[1]), now=datetime.now(UTC), reader=reader)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(file), str(tmp_path / "replay.db")], cwd=ROOT)  # noqa: S603 - our own script
    assert killed.returncode == -signal.SIGKILL

    with Notebook(tmp_path / "replay.db") as notebook:
        before = notebook.progress().lines
        read(notebook, file, now=FAR)
        summary = conclude(notebook, APPROVAL)
        openings = [each.standing.order_id for each in notebook.openings()]

    assert 0 < before < 2500
    assert (summary.lines, summary.events, summary.repeated) == (6000, 3000, 3000)
    assert openings == orders


def test_two_replays_of_one_file_do_not_write_into_each_other(tmp_path: Path) -> None:
    with Notebook(tmp_path / "replay.db"), pytest.raises(InputError, match="another replay is at work here"):
        Notebook(tmp_path / "replay.db")


def test_what_is_no_notebook_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "replay.db"
    file.write_text("something else, and long enough to be taken for a header" * 20)

    with pytest.raises(InputError, match="this is not what a replay left"):
        Notebook(file)

    assert file.read_text().startswith("something else")


def test_a_file_that_ends_early_is_told_with_how_far_it_was_read(tmp_path: Path) -> None:
    file = tmp_path / "events.gz"
    packed = gzip.compress("".join(f"{number * 7919}\n" for number in range(20_000)).encode())
    file.write_bytes(packed[: len(packed) // 2])

    with pytest.raises(InputError, match=r"it cannot be read behind line \d{4}"):
        list(lines_of(file))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it cannot be read behind line 0: .*No such file"):
        list(lines_of(tmp_path / "none"))
