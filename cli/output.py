"""What commands print: JSON documents, aligned columns, local times. Results go to stdout, all else to stderr."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from rich.cells import cell_len


class Format(StrEnum):
    """``text`` is for people and may change; ``json`` is for programs: fields are only added. It is one document, but
    for commands that go on, which print one to a line."""

    TEXT = "text"
    JSON = "json"


def print_json(document: Any) -> None:
    """Prints one JSON document."""
    print(json.dumps(document, indent=2, ensure_ascii=False), flush=True)


def say(text: str) -> None:
    """Tells how it goes, beside the result."""
    print(text, file=sys.stderr, flush=True)


def columns(rows: Iterable[Sequence[str]], *, indent: str = "") -> list[str]:
    """Rows of cells as lines in which each column begins at the same place; a Chinese character takes two."""
    cells = [list(row) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    padded = (
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        for row in cells
    )
    return [(indent + line).rstrip() for line in padded]


def local(at: datetime) -> str:
    """A moment in the time zone of this machine, which it names: ``2026-11-25 18:32 CET``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M %Z}"


def plural(number: int, what: str) -> str:
    """``1 file``, ``2 files``"""
    return f"{number} {what}{'' if number == 1 else 's'}"


def short(incident_id: str) -> str:
    """Enough of an incident's id to name it."""
    return incident_id.partition("-")[0]
