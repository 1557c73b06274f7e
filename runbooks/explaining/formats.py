"""A page as Markdown, and as text for a terminal."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import assert_never

from runbooks.explaining.page import Block, Grid, Heading, Paragraph, Point, Points


def markdown(blocks: Iterable[Block]) -> str:
    """GitHub's Markdown. What is code on the page is code here; nothing else of the page's text is markup."""
    return "\n\n".join(map(_marked, blocks)) + "\n"


def text(blocks: Iterable[Block]) -> str:
    """Lines for a terminal, in columns that also fit wide characters."""
    return "\n\n".join(map(_typed, blocks)) + "\n"


_CODE = re.compile(r"(`[^`]*`)")
_MARKUP = re.compile(r"([\\*_<>\[\]|#~])")
_WORD_INNER = re.compile(r"(?<=[A-Za-z0-9])\\_(?=[A-Za-z0-9])")


def _marked(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            return _escaped(block.text)
        case Points():
            return "\n".join(_list(block.points, numbered=block.numbered, escape=True))
        case Grid():
            rows = [block.head, tuple("---" for _ in block.head), *block.rows]
            return "\n".join(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)
        case _:
            assert_never(block)


def _typed(block: Block) -> str:
    match block:
        case Heading():
            line = "=" if block.level == 1 else "-"
            return block.text if block.level > 2 else f"{block.text}\n{line * _width(block.text)}"
        case Paragraph():
            return block.text
        case Points():
            return "\n".join(_list(block.points, numbered=block.numbered, escape=False))
        case Grid():
            return "\n".join(_columns([block.head, *block.rows]))
        case _:
            assert_never(block)


def _list(points: Sequence[Point], *, numbered: bool, escape: bool) -> list[str]:
    lines = []
    for number, point in enumerate(points, start=1):
        mark = f"{number}. " if numbered else "- "
        lines.append(mark + (_escaped(point.text) if escape else point.text))
        inner = _list(point.points, numbered=False, escape=escape)
        lines += [" " * len(mark) + line for line in inner]
    return lines


def _escaped(said: str) -> str:
    """Text whose signs stand for themselves; what stands in backticks is left as it is."""
    parts = _CODE.split(said)
    return "".join(part if part.startswith("`") else _WORD_INNER.sub("_", _MARKUP.sub(r"\\\1", part)) for part in parts)


def _cell(said: str) -> str:
    """A bar ends a cell, even within code."""
    return "".join(part.replace("|", "\\|") if part.startswith("`") else _escaped(part) for part in _CODE.split(said))


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(said: str) -> int:
    """Cells of a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in said)
