"""Commands on a terminal: a real one of the system, of a given width, whose output can be read."""

import fcntl
import os
import struct
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cli.main import main


@dataclass
class Terminal:
    """What came onto it so far: ``raw`` with its colours, ``text`` without."""

    chunks: list[bytes] = field(default_factory=list)

    @property
    def raw(self) -> str:
        return b"".join(self.chunks).decode().replace("\r\n", "\n")


@contextmanager
def descriptor(*, width: int) -> Iterator[tuple[int, Terminal]]:
    """A terminal as a file that a process can be given, and what comes onto it."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    shown = Terminal()
    reader = threading.Thread(target=_read, args=(ours, shown.chunks))
    reader.start()
    try:
        yield theirs, shown
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


@contextmanager
def terminal(*, width: int, err: bool = False) -> Iterator[Terminal]:
    """Stands for this process's stdout, and with ``err`` for its stderr too."""
    before = sys.stdout, sys.stderr
    with (
        descriptor(width=width) as (theirs, shown),
        open(theirs, "w", encoding="utf-8", buffering=1, closefd=False) as stream,
    ):
        sys.stdout = stream
        sys.stderr = stream if err else before[1]
        try:
            yield shown
        finally:
            sys.stdout, sys.stderr = before


def typed(*arguments: str, width: int = 120, expect: int = 0) -> str:
    """What a command shows on a terminal."""
    with terminal(width=width) as shown:
        code = main(arguments)
    assert code == expect, shown.raw
    return shown.raw


def _read(descriptor: int, into: list[bytes]) -> None:
    while True:
        try:
            chunk = os.read(descriptor, 4096)
        except OSError:  # Linux says so when the last writer has gone
            return
        if not chunk:
            return
        into.append(chunk)
