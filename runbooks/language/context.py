"""What the compiler knows while it compiles, and the list of what it finds wrong."""

from collections.abc import Mapping

from pydantic import JsonValue

from amends.errors import DefinitionError
from runbooks.amounts import REFERENCE
from runbooks.expressions import ExpressionError, check, currencies_of
from runbooks.language.facts import Known, fits
from runbooks.language.problems import Problem
from runbooks.language.source import Path, Source
from runbooks.language.texts import Texts
from runbooks.program import FactType
from runbooks.scanning import scan
from runbooks.suggestions import meant


class Context:
    """The file, the facts it can know, the texts and the rates; and ``problems``, which grows.

    ``uncertain``: names under which an activity saves that does not exist, so that nothing is known of their facts.
    """

    def __init__(self, *, source: Source, known: Known, texts: Texts, rates: Mapping[str, str]) -> None:
        self.source, self.texts, self.rates = source, texts, rates
        self.types, self.optional, self._uncertain = known.types, known.optional, known.uncertain
        self.problems: list[Problem] = list(known.problems)
        self.messages: set[str] = set()

    def wrong(self, path: Path, message: str) -> None:
        """Notes a problem with what stands at ``path``."""
        self.problems.append(self.source.problem(path, message))

    def expression(self, path: Path, text: str, expects: FactType | None, *, skip: int = 0) -> FactType | None:
        """The type of an expression that begins ``skip`` characters into the value at ``path``; ``None`` if wrong."""
        if self._is_uncertain(text):
            return None
        try:
            kind = check(text, types=self.types, expects=expects)
        except ExpressionError as error:
            inside = (error.line, error.column)
            self.problems.append(self.source.problem(path, error.message, inside=inside, skip=skip))
            return None
        except DefinitionError as error:
            self.wrong(path, str(error))
            return None
        for currency in sorted(currencies_of(text) - set(self.rates) - {REFERENCE}):
            self.wrong(path, f"the table of rates has no {currency}{meant(currency, self.rates)}")
        return kind

    def condition(self, path: Path, text: str | None) -> str | None:
        """The condition, if there is one, checked."""
        if text is not None:
            self.expression(path, text, FactType.BOOL)
        return text

    def assumption(self, path: Path, fact: str, value: JsonValue) -> None:
        """Checks that a literal can be taken as the value of a fact."""
        kind = self.types.get(fact)
        if fact.split(".")[0] in self._uncertain:
            return
        if kind is None:
            self.problems.append(self.source.key_problem(path, f"there is no fact {fact!r}{meant(fact, self.types)}"))
        elif not fits(kind, value):
            self.wrong(path, f"the fact {fact!r} is {kind.value}; {value!r} is not")

    def message(self, path: Path, key: str) -> tuple[str, ...]:
        """The facts that a message names; the message is taken into the bundle."""
        if missing := self.texts.missing(key):
            self.wrong(path, missing)
            return ()
        self.messages.add(key)
        placeholders = self.texts.placeholders(key)
        if not any(name.split(".")[0] in self._uncertain for name in placeholders):
            self.problems += self.texts.problems(key, self.types)
        return placeholders

    def _is_uncertain(self, text: str) -> bool:
        """Whether an expression reads what an unknown activity saves: its errors would only follow from that one."""
        if not self._uncertain:
            return False
        try:
            names = scan(text).names
        except ExpressionError:
            return False
        return any(name.path.split(".")[0] in self._uncertain for name in names)
