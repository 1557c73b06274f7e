"""Rows in aligned columns, as many as the screen is wide enough for."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from cli.screen import Screen, visible

_GAP = "  "


class Column(NamedTuple):
    """A column. Where not all fit, those with the highest ``spare`` are left out first; one with 0 always stays."""

    head: str
    spare: int = 0


class Cell(NamedTuple):
    text: str
    style: str = ""


def print_table(screen: Screen, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Prints rows under the columns' heads; returns the heads that were left out for want of room.

    In a pipe all columns are printed whole, two blanks or more apart.
    """
    lines = [[Cell(column.head, "bold") for column in columns], *rows]
    widths = [max(cell_len(visible(line[at].text)) for line in lines) for at in range(len(columns))]
    kept = _fitting(columns, widths, screen.width)
    for line in lines:
        _print(screen, [line[at] for at in kept], [widths[at] for at in kept])
    return [column.head for at, column in enumerate(columns) if at not in kept]


def _fitting(columns: Sequence[Column], widths: Sequence[int], room: int | None) -> list[int]:
    kept = list(range(len(columns)))
    while room is not None and sum(widths[at] for at in kept) + len(_GAP) * (len(kept) - 1) > room:
        most_spare = max(kept, key=lambda at: columns[at].spare)
        if columns[most_spare].spare == 0:
            break
        kept.remove(most_spare)
    return kept


def _print(screen: Screen, cells: Sequence[Cell], widths: Sequence[int]) -> None:
    line = Text()
    for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        shown = visible(cell.text)
        line.append(_GAP if at else "").append(shown, cell.style or None).append(" " * (width - cell_len(shown)))
    line.rstrip()
    if screen.width is not None:
        line.truncate(screen.width, overflow="ellipsis")
    screen.console.print(line)
