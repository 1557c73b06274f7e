"""What is wrong with a runbook, all of it at once, each with its place."""

from collections.abc import Iterable

from amends.errors import DefinitionError
from amends.models import Model


class Problem(Model):
    """One thing to mend. ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class RunbookErrors(DefinitionError):
    """A runbook, or a text or table that it uses, cannot be used; ``problems`` are in the order of their places."""

    code = "runbook_errors"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda each: (each.file, each.line, each.column, each.message)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
