"""Orders of a real marketplace, which are kept beside the repository and not in it."""

import csv
import gzip
import os
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.project.repository import ROOT

EXAMPLES = ROOT / "examples" / "olist"
RUNBOOKS = ("late_delivery", "late_approval", "late_handover")


class Truth(NamedTuple):
    """What is known of an order: since when what was late, ``None`` where nothing was."""

    exact: bool
    due: dict[str, str | None]


def events_file() -> Path:
    """The file of events, in the order of their times."""
    return _file("events.jsonl.gz")


def truth() -> dict[str, Truth]:
    """What is known of each order; ``exact`` are those whose times are exact to the second."""
    with gzip.open(_file("truth.csv.gz"), "rt", encoding="utf-8") as file:
        return {row["order_id"]: Truth(row["precision"] == "sec", _due(row)) for row in csv.DictReader(file)}


_COLUMNS = {
    "late_delivery": ("late_vs_promise", "late_due_at"),
    "late_approval": ("approval_over_24h", "approval_due_at"),
    "late_handover": ("handover_late", "handover_due_at"),
}


def _due(row: dict[str, str]) -> dict[str, str | None]:
    return {name: f"{row[due]}Z" if row[late] == "True" else None for name, (late, due) in _COLUMNS.items()}


def _file(name: str) -> Path:
    """It is no package that a machine could install, so where it is not, even a run that requires all goes without; but
    not where somebody has named its folder."""
    named = os.environ.get("AMENDS_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    file = folder / "olist" / name
    if not file.exists():
        missing = f"{name} of Olist's orders is not in {folder}; name the folder that has it with AMENDS_TEST_DATA"
        if named:
            pytest.fail(missing)
        pytest.skip(missing)
    return file
