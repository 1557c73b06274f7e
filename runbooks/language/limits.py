"""Amounts that limit what people may approve, or what may be given."""

from collections.abc import Collection

from amends.errors import DefinitionError
from amends.models import Money
from runbooks.amounts import parse_amount
from runbooks.language.problems import Problem
from runbooks.language.rates import unrated
from runbooks.language.source import Path, Source


class Limits:
    """Reads the limits of one file; what is wrong goes into ``problems``.

    ``currencies``: those that have a rate, so that a limit can be held against amounts in other currencies; any, if it
    is not set.
    """

    def __init__(self, source: Source, problems: list[Problem], currencies: Collection[str] | None) -> None:
        self._source, self._problems, self._currencies = source, problems, currencies

    def read(self, text: str | None, path: Path) -> Money | None:
        """The limit at ``path``; ``None`` if there is none, or if it is wrong."""
        if text is None:
            return None
        try:
            limit = parse_amount(text)
        except DefinitionError as error:
            self._wrong(path, str(error))
            return None
        if limit.amount == 0:
            self._wrong(path, f"{text!r} is nothing at all; write more, or leave it out")
        if self._currencies is not None and limit.currency not in self._currencies:
            self._wrong(path, unrated(limit.currency, self._currencies))
        return limit

    def _wrong(self, path: Path, message: str) -> None:
        self._problems.append(self._source.problem(path, message))
