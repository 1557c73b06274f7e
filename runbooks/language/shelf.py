"""What stands beside the runbooks, read at once: messages, rates, people, remedies, calendars and
tables."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

from runbooks.amounts import REFERENCE
from runbooks.language.calendars import read_calendar
from runbooks.language.people import read_people
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.rates import read_rates
from runbooks.language.reference import Reference
from runbooks.language.remedies import read_remedies
from runbooks.language.tables import read_table
from runbooks.language.texts import LANGUAGES, Texts

_T = TypeVar("_T")
_File = tuple[str, str]


class Shelf(NamedTuple):
    """What the runbooks draw on."""

    texts: Texts
    rates: dict[str, str]
    reference: Reference


def read_shelf(files: Mapping[str, _File], *, runbooks: frozenset[str] = frozenset()) -> Shelf:
    """Everything in ``files``: what a file is (``people``, ``rates``, ``remedies``, ``messages/en/…``,
    ``calendars/…``, ``tables/…``) → its name and text. Raises ``RunbookErrors`` with the mistakes of all of them."""
    problems: list[Problem] = []
    messages = {language: [file for _, file in _of_kind(files, f"messages/{language}")] for language in LANGUAGES}
    texts = _try(problems, lambda: Texts(messages))
    rates = _try(problems, lambda: read_rates(*files["rates"]).rates)
    currencies = {REFERENCE, *rates} if rates is not None else None
    people = _try(problems, lambda: read_people(*files["people"], currencies=currencies))
    remedies = _try(problems, lambda: read_remedies(*files["remedies"], currencies=currencies))
    calendars = {}
    for kind, file in _of_kind(files, "calendars"):
        found = _try(problems, partial(read_calendar, *file))
        if found is not None:
            calendars[found[0]] = found[1]
            if found[0] != kind:
                message = f"the calendar is called {found[0]!r} and its file {kind!r}; give both one name"
                problems.append(Problem(file=file[0], line=1, column=1, message=message))
    tables = {
        kind: _try(problems, partial(read_table, *file, currencies=currencies))
        for kind, file in _of_kind(files, "tables")
    }
    if problems or texts is None or rates is None or people is None:
        raise RunbookErrors(problems)
    known = {name: table for name, table in tables.items() if table is not None}
    reference = Reference(
        roles=people.roles,
        calendars=calendars,
        tables=known,
        runbooks=runbooks,
        tasks=people.tasks,
        remedies=remedies,
        may=people.may,
        night=people.night,
    )
    return Shelf(texts, rates, reference)


def _of_kind(files: Mapping[str, _File], kind: str) -> list[tuple[str, _File]]:
    return [(name.removeprefix(f"{kind}/"), file) for name, file in files.items() if name.startswith(f"{kind}/")]


def _try(problems: list[Problem], read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except RunbookErrors as error:
        problems += error.problems
        return None
