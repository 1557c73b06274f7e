"""The expressions of runbooks: Google's CEL over an incident's facts, behind this one module.

Facts are named by dotted paths whose types are declared. An expression sees nothing else: no clock, no input or output.
Three functions are added to CEL's own: ``money("CNY 1000.00")``, an amount in minor units of the order's currency,
``table("name")``, what a dated table says of the order, and ``has(path)``, whether a fact is set. Loops (``all``,
``exists``, ``map``, ``filter``) and ``dyn`` are left out: facts are single values, and no expression can run away.
Everything here is a pure function.
"""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, assert_never

from cel_expr_python import cel  # type: ignore[import-untyped]  # ships a stub, but no py.typed
from pydantic import JsonValue

from amends.errors import DefinitionError
from amends.models import Data
from runbooks.amounts import CURRENCIES, convert, parse_amount
from runbooks.binding import bind, lookup
from runbooks.dated import holds_everywhere, row_in_force
from runbooks.policy import Table, TableKind
from runbooks.program import FactType
from runbooks.scanning import ExpressionError, Named, Scanned, scan
from runbooks.suggestions import meant
from runbooks.units import must_not_mix_money_with_numbers

__all__ = ["ExpressionError", "FactMissing", "check", "currencies_of", "holds", "names_of", "value_of"]

CURRENCY = "order.currency"
"""The fact that says in which currency amounts are computed."""

MARKET = "order.market"
"""The fact that says whose law holds, where a table is read. The row is that of the day of the order."""

_NO_TABLES: Mapping[str, Table] = {}


class FactMissing(DefinitionError):
    """An expression reads a fact that is not set; ``path`` names it."""

    code = "fact_missing"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"the fact {path!r} is not set")


def check(
    text: str,
    *,
    types: Mapping[str, FactType],
    expects: FactType | None,
    tables: Mapping[str, Table] = _NO_TABLES,
) -> FactType:
    """The type of an expression's value. Where money is expected, what is computed from amounts is money.

    Raises ``ExpressionError`` with line and column for what is not an expression, names no fact, does not fit
    together (an amount and a bare number do not), or is not of the type that is expected (any, if ``expects`` is
    ``None``).
    """
    scanned = scan(text)
    for name in (*scanned.names, *scanned.presence.values()):
        _must_be_known(name, types)
    if scanned.amounts and types.get(CURRENCY) is not FactType.STRING:
        raise ExpressionError(f"money needs the fact {CURRENCY!r}: `do: orders.read` with `save_as: order` sets it")
    if scanned.tables and types.get(MARKET) is not FactType.STRING:
        raise ExpressionError(f"a table needs the fact {MARKET!r}: `do: orders.read` with `save_as: order` sets it")
    for name in scanned.tables.values():
        _must_be_usable(name, tables)
    amounts = _amounts(scanned, tables)
    found = _type_of(text, scanned, types, tables, amounts)
    must_not_mix_money_with_numbers(text, scanned, {**types, **dict.fromkeys(amounts, FactType.MONEY)}, expects=expects)
    if expects is None or found is expects or (expects is FactType.MONEY and found is FactType.INT):
        return found if expects is None else expects
    if expects is FactType.BOOL:
        raise ExpressionError(f"a condition must be true or false; this is {found.value}")
    raise ExpressionError(f"this is {found.value}, where {expects.value} is needed")


def names_of(text: str, types: Mapping[str, FactType]) -> set[str]:
    """The paths of the facts that an expression reads. Raises ``ExpressionError`` as ``check`` does for names."""
    scanned = scan(text)
    paths = {_must_be_known(name, types) for name in (*scanned.names, *scanned.presence.values())}
    return paths | set(read_beside(scanned))


def read_beside(scanned: Scanned) -> tuple[str, ...]:
    """The facts that an expression reads without naming them."""
    return ((CURRENCY,) if scanned.amounts else ()) + ((MARKET,) if scanned.tables else ())


def currencies_of(text: str) -> set[str]:
    """The currencies of an expression's amounts. Raises ``ExpressionError``."""
    return {amount.currency for amount in scan(text).amounts.values()}


def holds(
    text: str,
    *,
    types: Mapping[str, FactType],
    facts: Data,
    rates: Mapping[str, str],
    tables: Mapping[str, Table] = _NO_TABLES,
) -> bool:
    """Whether a condition is true of the facts. Raises as ``value_of`` does, and for a value that is no truth."""
    value = value_of(text, types=types, facts=facts, rates=rates, tables=tables)
    if not isinstance(value, bool):
        raise ExpressionError(f"a condition must be true or false; {text!r} gave {value!r}")
    return value


def value_of(
    text: str,
    *,
    types: Mapping[str, FactType],
    facts: Data,
    rates: Mapping[str, str],
    tables: Mapping[str, Table] = _NO_TABLES,
) -> JsonValue:
    """The value of an expression: text, a whole number, a float, a truth, or a time as ISO 8601 text in UTC.

    ``facts`` are nested objects. ``rates``: the worth of one unit of each currency in CNY, as decimal text.
    ``tables``: those that it reads, by name. Raises ``FactMissing`` for a fact that is named and not set (unless the
    expression asks ``has`` of it and does not need it), ``ExpressionError`` for what ``check`` refuses and for a
    computation that fails, and ``DefinitionError`` for a fact that is not of its type.
    """
    scanned = scan(text)
    declared = {path: types[path] for path in (_must_be_known(name, types) for name in scanned.names)}
    asked = {name.path for name in scanned.presence.values()}
    bound: dict[str, Any] = {}
    for path, kind in declared.items():
        value = lookup(facts, path)
        if value is not None:
            bound[path] = bind(path, kind, value, currency=lookup(facts, CURRENCY))
        elif path not in asked:
            raise FactMissing(path)
    bound |= {variable: lookup(facts, name.path) is not None for variable, name in scanned.presence.items()}
    bound |= {variable: convert(amount, _currency(facts), rates) for variable, amount in scanned.amounts.items()}
    bound |= {variable: _looked_up(tables[name.path], facts, rates) for variable, name in scanned.tables.items()}
    return _evaluate(text, _compiled(scanned.masked, _variables(scanned, declared, tables)), bound, declared)


_CONFIG = "stdlib: {disable_macros: true, exclude_functions: [{name: dyn}]}"
_CEL_TYPES = {
    FactType.STRING: cel.Type.STRING,
    FactType.INT: cel.Type.INT,
    FactType.DOUBLE: cel.Type.DOUBLE,
    FactType.BOOL: cel.Type.BOOL,
    FactType.TIMESTAMP: cel.Type.TIMESTAMP,
    FactType.MONEY: cel.Type.INT,
}
_FACT_TYPES = {kind.name(): fact for fact, kind in _CEL_TYPES.items() if fact is not FactType.MONEY}
_TABLE_TYPES = {
    TableKind.DURATION: cel.Type.DURATION,
    TableKind.DAYS: cel.Type.INT,
    TableKind.INT: cel.Type.INT,
    TableKind.STRING: cel.Type.STRING,
    TableKind.MONEY: cel.Type.INT,
}
_PLACE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_OPERATORS = {"and": "&&", "or": "||", "not": "!"}
_OVERLOAD = re.compile(r"found no matching overload for '(.+)' applied to '(.+)'")

_Variables = tuple[tuple[str, FactType | TableKind], ...]


def _variables(scanned: Scanned, declared: Mapping[str, FactType], tables: Mapping[str, Table]) -> _Variables:
    ours = dict.fromkeys(scanned.amounts, FactType.INT) | dict.fromkeys(scanned.presence, FactType.BOOL)
    looked_up = {variable: tables[name.path].kind for variable, name in scanned.tables.items()}
    return tuple(sorted((ours | dict(declared) | looked_up).items()))


@lru_cache(maxsize=4096)
def _compiled(masked: str, variables: _Variables) -> cel.Expression:
    env = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_CONFIG),
        variables={
            path: _TABLE_TYPES[kind] if isinstance(kind, TableKind) else _CEL_TYPES[kind] for path, kind in variables
        },
    )
    try:
        return env.compile(masked)
    except RuntimeError as error:  # the only kind that the binding raises
        raise _explained(str(error)) from error


def _amounts(scanned: Scanned, tables: Mapping[str, Table]) -> frozenset[str]:
    """The variables that stand for an amount."""
    looked_up = (variable for variable, name in scanned.tables.items() if tables[name.path].kind is TableKind.MONEY)
    return frozenset((*scanned.amounts, *looked_up))


def _type_of(
    text: str,
    scanned: Scanned,
    types: Mapping[str, FactType],
    tables: Mapping[str, Table],
    amounts: Collection[str],
) -> FactType:
    declared = {name.path: types[name.path] for name in scanned.names}
    result = _compiled(scanned.masked, _variables(scanned, declared, tables)).return_type().name()
    if result not in _FACT_TYPES:
        raise ExpressionError(f"this gives {result.lower()}, which no fact or condition can be")
    if types.get(text.strip()) is FactType.MONEY or scanned.masked.strip() in amounts:
        return FactType.MONEY
    return _FACT_TYPES[result]


def _must_be_known(name: Named, types: Mapping[str, FactType]) -> str:
    """The path, if it is a fact's."""
    path = name.path
    if path in types:
        return path
    inner = [known for known in types if known.startswith(f"{path}.")]
    outer = [known for known in types if path.startswith(f"{known}.")]
    if inner:
        message = f"{path!r} is not one fact; name one of {', '.join(sorted(inner))}"
    elif outer:
        message = f"{outer[0]!r} is {types[outer[0]].value} and has nothing within it{meant(path, types)}"
    else:
        message = f"there is no fact {path!r}{_instead(path, types)}"
    raise ExpressionError(message, line=name.line, column=name.column)


def _must_be_usable(name: Named, tables: Mapping[str, Table]) -> None:
    """A table that there is, and that says something of every place, so that an expression always has a value."""
    if name.path not in tables:
        message = f"there is no table {name.path!r}{meant(name.path, tables)}"
    elif not holds_everywhere(tables[name.path]):
        message = (
            f"the table {name.path!r} says nothing of other places; add a row without jurisdiction and marketplace"
        )
    else:
        return
    raise ExpressionError(message, line=name.line, column=name.column)


def _looked_up(table: Table, facts: Data, rates: Mapping[str, str]) -> int | str | timedelta:
    market, marketplace, placed = (lookup(facts, path) for path in (MARKET, "order.marketplace", "order.placed_at"))
    if not isinstance(market, str):
        raise FactMissing(MARKET)
    on: date | None = None
    if isinstance(placed, str):
        on = datetime.fromisoformat(placed).astimezone(UTC).date()
    where = str(marketplace) if marketplace is not None else None
    value = row_in_force(table, on=on, jurisdiction=market, marketplace=where).value
    match table.kind:
        case TableKind.DURATION:
            return timedelta(seconds=int(str(value)))
        case TableKind.DAYS | TableKind.INT:
            return int(str(value))
        case TableKind.STRING:
            return str(value)
        case TableKind.MONEY:
            return convert(parse_amount(str(value)), _currency(facts), rates)
    assert_never(table.kind)


def _instead(path: str, types: Mapping[str, FactType]) -> str:
    """What somebody may have meant who named what is no fact."""
    if path in _OPERATORS:
        return f"; write `{_OPERATORS[path]}` for it"
    if path in CURRENCIES:
        return f'; write an amount like money("{path} 1000.00")'
    if hint := meant(path, types):
        return hint
    return "; save it with a step before" if "." in path else f'; a text stands in quotation marks, like "{path}"'


def _currency(facts: Data) -> str:
    currency = lookup(facts, CURRENCY)
    if not isinstance(currency, str):
        raise FactMissing(CURRENCY)
    return currency


def _evaluate(text: str, program: cel.Expression, bound: Data, declared: Mapping[str, FactType]) -> JsonValue:
    try:
        result = program.eval(data=bound)
    except RuntimeError as error:  # the only kind that the binding raises
        raise ExpressionError(f"{text!r} cannot be computed: {_reason(str(error))}") from error
    value = result.plain_value()
    if result.type().name() == "ERROR":  # a failure comes back as a value, and as a true one
        for path in declared:
            if path not in bound and f'"{path}"' in str(value):
                raise FactMissing(path)
        raise ExpressionError(f"{text!r} cannot be computed: {_reason(str(value))}")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str | int | float):
        return value
    raise ExpressionError(f"{text!r} gives {result.type().name().lower()}, which no fact or condition can be")


def _reason(status: str) -> str:
    return re.sub(r"^[A-Z_]+: ", "", status).removesuffix(" [INTERNAL]")


def _explained(text: str) -> ExpressionError:
    """CEL's first complaint, in plainer words."""
    if "recursion" in text:  # CEL allows 32 levels
        return ExpressionError("the expression is too long or nested too deep")
    place = _PLACE.search(text)
    if place is None:
        return ExpressionError(_reason(text))
    message = place[3].removesuffix(" [INVALID_ARGUMENT]")
    overload = _OVERLOAD.fullmatch(message)
    if overload:
        operator = overload[1].replace("@", "").strip("_").replace("_", " ")
        message = f"`{operator}` cannot be used on {overload[2].strip('()')}"
    elif message.startswith("Syntax error: token recognition error at: '="):
        message = "`=` does not compare; write `==`"
    elif message.startswith("Syntax error"):
        message = message.split(" expecting ")[0].replace("<EOF>", "the end")
    return ExpressionError(message, line=int(place[1]), column=int(place[2]))
