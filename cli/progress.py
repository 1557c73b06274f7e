"""What goes on meanwhile, on one line of the terminal that is written over and over, and gone in the end."""

import sys
from types import TracebackType
from typing import Self, TextIO

from rich.cells import set_cell_size

from cli.screen import columns_of, visible


class ProgressLine:
    """The last line of a terminal. Where stderr is none, nothing is ever shown.

    Whoever prints anything else calls ``clear`` before.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Shows ``text`` in place of what was shown; what is too long is cut."""
        if not self._terminal or text == self._shown:
            return
        room = columns_of(self._stream) - 1
        self._stream.write(f"\r\x1b[K{set_cell_size(visible(text), room).rstrip()}")
        self._stream.flush()
        self._shown = text

    def clear(self) -> None:
        """Leaves the line empty."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = ""
