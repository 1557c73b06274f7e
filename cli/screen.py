"""Where results are read: a terminal has a width and colours, a pipe has neither.

``NO_COLOR`` switches colours off, ``FORCE_COLOR`` switches them on where there is no terminal.
"""

import os
import sys
import unicodedata
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_NARROWEST = 24
"""Cells that a wrapped text needs at least; where fewer are left it begins further to the left."""

_LITTLE = "    "
_USUAL = 80
"""The width of a terminal that does not know its own."""


class Screen:
    """Prints lines to a stream, the process's stdout unless another is given.

    ``width``: the cells of the terminal, ``None`` where there is none; then nothing is wrapped and nothing left out.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        out = stream or sys.stdout
        self.console = Console(
            file=out,
            color_system=None if os.environ.get("NO_COLOR") else "auto",  # else bold and dim would be left
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )
        self.width: int | None = columns_of(out) if out.isatty() else None

    def line(self, body: Text | str = "", *, prefix: str = "", style: str = "") -> None:
        """Prints ``body`` behind ``prefix``; what does not fit into the width goes on below, under its beginning."""
        text = Text(body, style) if isinstance(body, str) else body.copy()
        text.plain = visible(text.plain)
        if self.width is None or cell_len(prefix) + text.cell_len <= self.width:
            self.console.print(Text(prefix) + text)
            return
        below = " " * cell_len(prefix)
        if self.width - len(below) < _NARROWEST:
            prefix, below, text = "", _LITTLE, Text(prefix) + text
        for number, part in enumerate(text.wrap(self.console, max(self.width - len(below), 1))):
            part.rstrip()
            self.console.print(Text(below if number else prefix) + part)

    def whole(self, text: str) -> None:
        """Prints a line as it is, to be copied: it is never wrapped."""
        self.console.print(Text(visible(text)))


def visible(text: str) -> str:
    """The text on one line, with what could steer a terminal made harmless: people and systems wrote it."""
    return "".join(" " if each in "\n\t" else "\N{REPLACEMENT CHARACTER}" if _steers(each) else each for each in text)


def columns_of(terminal: TextIO) -> int:
    """What ``COLUMNS`` says, else what the terminal says of itself."""
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdecimal() and int(said) else os.get_terminal_size(terminal.fileno()).columns or _USUAL


def _steers(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character in _DIRECTIONS


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of writing."""
