"""Checks runbooks and all that stands beside them, and tells what is wrong, odd, or worth knowing. Never raises."""

from collections.abc import Iterable, Set
from pathlib import Path

from amends.errors import DefinitionError
from amends.models import Model
from runbooks import library
from runbooks.language.problems import Problem, RunbookErrors, Weight, in_order
from runbooks.language.texts import Texts

__all__ = ["CheckReport", "Problem", "Weight", "check", "unsent"]


class CheckReport(Model):
    """What was found, in the order of the places. ``checked``: the runbooks that were looked at."""

    checked: tuple[str, ...]
    problems: tuple[Problem, ...]

    def of(self, severity: Weight) -> tuple[Problem, ...]:
        """The problems of one weight."""
        return tuple(problem for problem in self.problems if problem.severity is severity)

    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
        return not self.of(Weight.ERROR)


def check(runbooks: Iterable[str | Path] | None = None) -> CheckReport:
    """Checks runbooks by name or path; all that come with Amends, and the messages that none of them sends, if none are
    given. What is right but not acted upon by this release has notes, one for each use."""
    chosen = list(runbooks) if runbooks is not None else list(library.runbook_names())
    problems: list[Problem] = []
    sent: set[str] = set()
    for each in chosen:
        try:
            examined = library.inspect(each)
        except RunbookErrors as error:
            problems += error.problems
        except DefinitionError as error:
            problems.append(_unplaced(each, error))
        else:
            problems += examined.problems
            sent |= examined.messages
    if runbooks is None and not any(problem.severity is Weight.ERROR for problem in problems):
        problems += unsent(library.shelf_here().texts, sent)
    return CheckReport(checked=tuple(str(each) for each in chosen), problems=in_order(problems))


def unsent(texts: Texts, sent: Set[str]) -> list[Problem]:
    """A warning for each message that is not among those that are ``sent``."""
    odd = {"severity": Weight.WARNING}
    return [problem.model_copy(update=odd) for key, problem in texts.unused().items() if key not in sent]


def _unplaced(runbook: str | Path, error: DefinitionError) -> Problem:
    """A problem of a file that cannot be read, at its beginning."""
    message = str(error).removeprefix(f"{error.place}: ")
    return Problem(file=error.place or str(runbook), line=1, column=1, message=message)
