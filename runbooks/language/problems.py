"""What is wrong with a runbook, all of it at once, each with its place."""

import re
from collections.abc import Iterable
from enum import StrEnum

from amends.errors import DefinitionError
from amends.models import Model


class Weight(StrEnum):
    """How much a problem matters: an ``error`` stops the runbook; a ``warning`` is legal but odd; a ``note`` is worth
    knowing before it is published."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_COMPLAINT = re.compile(r"""(?:(?<!\w)(?P<mark>['"`])(?:\\.|(?!(?P=mark)).)*(?P=mark)|(?!;\ ).)*""", re.DOTALL)
"""What stands before the first semicolon outside of quotation marks; an apostrophe within a word is none."""


class Problem(Model):
    """One thing to mend. ``line`` and ``column`` count from 1. ``message``: what is wrong and, behind a semicolon, how
    to mend it."""

    file: str
    line: int
    column: int
    message: str
    severity: Weight = Weight.ERROR

    @property
    def complaint(self) -> str:
        """What is wrong."""
        found = _COMPLAINT.match(self.message)
        return found[0] if found else self.message

    @property
    def mend(self) -> str:
        """How to mend it; ``""`` where the complaint says all."""
        return self.message[len(self.complaint) :].removeprefix("; ")

    def __str__(self) -> str:
        weight = "" if self.severity is Weight.ERROR else f"{self.severity.value}: "
        return f"{self.file}:{self.line}:{self.column}: {weight}{self.message}"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems without repetitions, in the order of their places."""
    return tuple(sorted(set(problems), key=lambda each: (each.file, each.line, each.column, each.message)))


class RunbookErrors(DefinitionError):
    """A runbook, or a text or table that it uses, cannot be used; ``problems`` are in the order of their places."""

    code = "runbook_errors"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
