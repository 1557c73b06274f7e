"""What an expression names, found before CEL sees it, so that a mistake can be answered with a suggestion.

Facts are declared to CEL only if they are named. ``money("CNY 1.00")``, ``table("name")`` and ``has(fact)`` are ours:
each call is replaced by a variable of the same width, so that the columns in CEL's errors stay those of the text.
"""

import re
from functools import lru_cache

from amends.errors import DefinitionError
from amends.models import Model, Money
from runbooks.amounts import parse_amount
from runbooks.suggestions import meant

LONGEST = 1000
"""Characters. The longest condition in use has about 80; what needs more belongs into an activity."""


class ExpressionError(DefinitionError):
    """An expression is wrong; ``line`` and ``column`` count from 1 within it, ``message`` says what and how to mend."""

    code = "expression_error"

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(message, place=f"{line}:{column}")


class Named(Model):
    """A dotted name and where it begins."""

    path: str
    line: int
    column: int


class Scanned(Model):
    """``masked``: the text for CEL. ``amounts``, ``tables`` and ``presence``: the variable that stands for a ``money``,
    a ``table`` or a ``has``. ``names``: the facts that the text reads, apart from those it only asks ``has`` of."""

    masked: str
    names: tuple[Named, ...]
    amounts: dict[str, Money]
    tables: dict[str, Named] = {}
    presence: dict[str, Named]


@lru_cache(maxsize=4096)
def scan(text: str) -> Scanned:
    """Finds names, amounts and presence tests. Raises ``ExpressionError`` for what cannot stand in an expression."""
    if not text.strip():
        raise ExpressionError("the expression is empty")
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters; at most {LONGEST} are allowed")
    return _Scanner(text).result()


_NAME = r"[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*"
_STRING = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_TOKEN = re.compile(
    rf"(?P<blank>\s+|//[^\n]*)|(?P<string>{_STRING})|(?P<number>\d[\w.]*)|(?P<name>{_NAME})|(?P<sign>.)", re.DOTALL
)
_MONEY = re.compile(rf"money\s*\(\s*({_STRING})\s*\)")
_TABLE = re.compile(rf"table\s*\(\s*({_STRING})\s*\)")
_HAS = re.compile(rf"has\s*\(\s*({_NAME})\s*\)")
_CALL = re.compile(r"\s*\(")
_WORDS = frozenset({"true", "false", "in"})
_LOOPS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_FUNCTIONS = frozenset({"bool", "double", "duration", "has", "int", "money", "size", "string", "table", "timestamp"})


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._masked = text
        self._names: list[Named] = []
        self._amounts: dict[str, Money] = {}
        self._tables: dict[str, Named] = {}
        self._presence: dict[str, Named] = {}

    def result(self) -> Scanned:
        at, before = 0, ""
        while at < len(self._text):
            token = _TOKEN.match(self._text, at)
            assert token is not None, "every character is a token of some kind"
            at = token.end()
            if token.lastgroup == "blank":
                continue
            if token.lastgroup == "name":
                at = self._name(token, of_a_value=before == ".")
            before = token[0]
        return Scanned(
            masked=self._masked,
            names=tuple(self._names),
            amounts=self._amounts,
            tables=self._tables,
            presence=self._presence,
        )

    def _name(self, token: re.Match[str], *, of_a_value: bool) -> int:
        """Takes in a name, and the whole call if it is one of ours; returns where to read on.

        ``of_a_value``: the name stands behind the dot of a computed value, so that it begins with no fact.
        """
        path = re.sub(r"\s", "", token[0])
        if not _CALL.match(self._text, token.end()):
            if path not in _WORDS and not of_a_value:
                self._names.append(self._named(path, token.start()))
            return token.end()
        receiver, _, function = path.rpartition(".")
        if function in _LOOPS:
            raise self._error(f"{function!r} is a loop, and facts are single values", token.start())
        if of_a_value:
            return token.end()
        if receiver:
            self._names.append(self._named(receiver, token.start()))
        elif function == "money":
            return self._money(token.start())
        elif function == "table":
            return self._table(token.start())
        elif function == "has":
            return self._has(token.start())
        elif function not in _FUNCTIONS:
            raise self._error(f"there is no function {function!r}{meant(function, _FUNCTIONS)}", token.start())
        return token.end()

    def _money(self, start: int) -> int:
        call = _MONEY.match(self._text, start)
        if call is None:
            raise self._error('money takes one literal amount, such as money("CNY 1000.00")', start)
        variable = f"__m{len(self._amounts)}"
        try:
            self._amounts[variable] = parse_amount(call[1][1:-1])
        except DefinitionError as error:
            raise self._error(str(error), call.start(1)) from error
        return self._mask(call, variable)

    def _table(self, start: int) -> int:
        call = _TABLE.match(self._text, start)
        if call is None:
            raise self._error('table takes the name of one table, such as table("late_compensation")', start)
        variable = f"__t{len(self._tables)}"
        self._tables[variable] = self._named(call[1][1:-1], call.start(1))
        return self._mask(call, variable)

    def _has(self, start: int) -> int:
        call = _HAS.match(self._text, start)
        if call is None:
            raise self._error("has takes the name of one fact, such as has(report.last_seen_at)", start)
        variable = f"__h{len(self._presence)}"
        self._presence[variable] = self._named(re.sub(r"\s", "", call[1]), call.start(1))
        return self._mask(call, variable)

    def _mask(self, call: re.Match[str], variable: str) -> int:
        rest = re.sub(r"[^\n]", " ", call[0])[len(variable) :]
        self._masked = self._masked[: call.start()] + variable + rest + self._masked[call.end() :]
        return call.end()

    def _named(self, path: str, at: int) -> Named:
        return Named(path=path, line=self._line(at), column=self._column(at))

    def _error(self, message: str, at: int) -> ExpressionError:
        return ExpressionError(message, line=self._line(at), column=self._column(at))

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1

    def _column(self, at: int) -> int:
        return at - self._text.rfind("\n", 0, at)
