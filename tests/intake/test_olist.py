"""Real orders of a marketplace: what opens is what its truth says, in whatever order its events come."""

import gzip
import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.mapping import read_mapping
from intake.replay.notebook import Notebook
from intake.replay.rehearsing import Opening
from intake.replay.running import conclude, read
from intake.rules import Rule, rules_of
from runbooks import library
from tests.intake import olist
from tests.project.repository import ROOT

MAPPING = olist.EXAMPLES / "mapping.yaml"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def rules(*names: str) -> tuple[Rule, ...]:
    return tuple(rule for name in names for rule in rules_of(library.load(olist.EXAMPLES / f"{name}.yaml")))


def replayed(file: Path, kept: Path, *names: str) -> tuple[Opening, ...]:
    with Notebook(kept) as notebook:
        read(notebook, file, now=NOW, reader=read_mapping(MAPPING).event)
        conclude(notebook, rules(*names))
        return tuple(notebook.openings())


@pytest.fixture(scope="module")
def openings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Opening, ...]:
    """All that opens in the whole file, by the three rules and by payment method."""
    kept = tmp_path_factory.mktemp("olist") / "replay.db"
    return replayed(olist.events_file(), kept, *olist.RUNBOOKS, "late_approval_by_method")


@pytest.mark.parametrize("name", olist.RUNBOOKS)
def test_what_was_late_opens_and_nothing_else_and_is_due_to_the_second(
    name: str, openings: tuple[Opening, ...]
) -> None:
    truth = olist.truth()
    late = {(order, each.due[name]) for order, each in truth.items() if each.exact and each.due[name] is not None}

    opened = [each for each in openings if each.standing.exception_type == name and truth[each.standing.order_id].exact]

    assert {(each.standing.order_id, _written(each.standing.due_at)) for each in opened} == late
    assert len(opened) == len(late) > 600
    assert {each.opened_at - each.standing.due_at for each in opened} == {timedelta(hours=1)}


def test_what_was_delivered_late_is_cleared_when_it_was_and_what_never_was_stands(
    openings: tuple[Opening, ...],
) -> None:
    delivered = {each["order_id"]: each["ts"] + "Z" for each in _events() if each["type"] == "shipment.delivered"}

    late = [each for each in openings if each.standing.exception_type == "late_delivery"]

    assert {each.standing.order_id: each.cleared_at and _written(each.cleared_at) for each in late} == {
        each.standing.order_id: delivered.get(each.standing.order_id) for each in late
    }


def test_a_bank_slip_has_the_time_that_the_expression_gives_it(openings: tuple[Opening, ...]) -> None:
    created = {each["order_id"]: each for each in _events() if each["type"] == "order.created"}
    approved = {each["order_id"]: each["ts"] for each in _events() if each["type"] == "payment.approved"}

    def due(order: str) -> datetime:
        hours = 72 if (created[order]["payments"] or [{}])[0].get("type") == "boleto" else 24
        return _read(created[order]["ts"]) + timedelta(hours=hours)

    late = {order for order in created if order not in approved or _read(approved[order]) > due(order)}
    opened = [each.standing for each in openings if each.standing.exception_type == "late_approval_by_method"]

    assert {each.order_id: each.due_at for each in opened} == {order: due(order) for order in late}


def test_shuffled_doubled_and_killed_it_leaves_the_same_standing(tmp_path: Path, openings: tuple[Opening, ...]) -> None:
    kept = set(sorted(order for order, each in olist.truth().items() if each.exact)[::4])  # enough of each kind
    file = tmp_path / "shuffled.jsonl.gz"
    events = [each for each in _events() if each["order_id"] in kept]
    _write(file, _shuffled_within_an_hour([each for each in events for _ in range(2)]))

    killed = _killed_after(5_000, file, tmp_path / "replay.db")
    shuffled = replayed(file, tmp_path / "replay.db", *olist.RUNBOOKS)

    assert killed == -signal.SIGKILL
    plain = [each for each in openings if each.standing.order_id in kept]
    assert _standing(shuffled) == _standing(each for each in plain if each.standing.exception_type in olist.RUNBOOKS)


def _standing(openings: Iterable[Opening]) -> set[tuple[str, str, datetime]]:
    found = (each for each in openings if each.cleared_at is None)
    return {(each.standing.exception_type, each.standing.order_id, each.standing.due_at) for each in found}


def _events() -> list[Any]:
    with gzip.open(olist.events_file(), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _shuffled_within_an_hour(events: list[Any]) -> list[Any]:
    """The events in the order in which they came in, each up to an hour after it happened."""
    chance = random.Random(2018)  # noqa: S311 - only a shuffle
    return sorted(events, key=lambda each: _read(each["ts"]) + timedelta(seconds=chance.uniform(0, 3600)))


def _write(file: Path, events: list[Any]) -> None:
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as packed:
        packed.writelines(json.dumps(each) + "\n" for each in events)


def _killed_after(events: int, file: Path, kept: Path) -> int:
    """Replays until so many events were read, and how the process ended that did."""
    script = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from intake.mapping import read_mapping\n"
        "from intake.replay.notebook import Notebook\n"
        "from intake.replay.running import read\n"
        "file, kept, mapping, events = sys.argv[1:]\n"
        "known, left = read_mapping(Path(mapping)), iter(range(int(events)))\n"
        "def reader(said):\n"
        "    next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return known.event(said)\n"
        "read(Notebook(Path(kept)), Path(file), now=datetime.now(UTC), reader=reader)\n"
    )
    command = [sys.executable, "-c", script, str(file), str(kept), str(MAPPING), str(events)]
    return subprocess.run(command, cwd=ROOT).returncode  # noqa: S603 - our own script


def _read(ts: str) -> datetime:
    return datetime.fromisoformat(ts).replace(tzinfo=UTC)


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
