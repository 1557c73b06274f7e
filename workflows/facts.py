"""What an incident knows: saving facts, reading expressions over them, and the severity that follows from them."""

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from amends.errors import DefinitionError
from amends.models import Data, Money, Severity
from amends.timeline import EntryKind
from runbooks.amounts import amount_in_words
from runbooks.expressions import holds, value_of
from runbooks.program import MOMENTS, Value
from workflows.state import State
from workflows.turn import Turn


def condition(state: State, text: str | None) -> bool:
    """Whether a condition holds; one that is not written does. Raises ``DefinitionError`` if it cannot be evaluated."""
    if text is None:
        return True
    return holds(
        text, types=state.bundle.facts, facts=_visible(state), rates=state.bundle.rates, tables=state.bundle.tables
    )


def surely(state: State, text: str | None) -> bool:
    """Whether a condition holds; one whose facts are not known, or are none that it can be reckoned with, does not."""
    try:
        return condition(state, text)
    except DefinitionError:
        return False


def inputs(state: State, values: dict[str, Value]) -> Data:
    """The inputs of an activity, evaluated now."""
    return {name: _input(state, value) for name, value in values.items()}


def known(state: State, path: str) -> bool:
    """Whether a fact is set."""
    return _at(_visible(state), path) is not None


def amount(state: State, value: Value | None) -> Money | None:
    """An amount of money, evaluated now; ``None`` if none is written."""
    return None if value is None else Money.model_validate(_input(state, value))


def moment(state: State, expression: str) -> datetime | None:
    """A time, evaluated now; ``None`` while its facts are not known, or lead beyond all calendars."""
    try:
        value = _value(state, expression)
    except DefinitionError:
        return None
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def text(state: State, path: str) -> str | None:
    """A fact that is text; ``None`` if it is not known, or no text."""
    value = _at(_visible(state), path)
    return value if isinstance(value, str) else None


def over(state: State, until: str, *, ending: bool) -> bool:
    """Whether a measure's time is over. ``ending``: the incident is about to close. A condition whose facts are not
    known, or are none that it can be reckoned with, does not hold."""
    facts = _visible(state)
    moments: Data = {"resolved": state.resolved, "closed": ending}
    incident = facts["incident"]
    assert isinstance(incident, dict)
    try:
        return holds(
            until,
            types={**state.bundle.facts, **MOMENTS},
            facts={**facts, "incident": {**incident, **moments}},
            rates=state.bundle.rates,
            tables=state.bundle.tables,
        )
    except DefinitionError:
        return False


def shown(state: State, paths: tuple[str, ...]) -> dict[str, str]:
    """The values of fact paths as a message names them. A fact that is not known is shown as ``—``."""
    return {path: _in_words(_at(_visible(state), path)) for path in paths}


def save(turn: Turn, name: str, value: JsonValue) -> None:
    """Take something as a fact from now on; the severity follows."""
    turn.state.facts[name] = value
    update_severity(turn)


def assume(turn: Turn, assumed: dict[str, JsonValue]) -> None:
    """Take the fact paths of ``assumed`` as true."""
    for path, value in assumed.items():
        *parents, leaf = path.split(".")
        node: Any = turn.state.facts
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    update_severity(turn)


def update_severity(turn: Turn) -> None:
    """Derive the severity from the facts and from how near the deadlines of others are: the first rule that holds. A
    rule whose facts are not known, or are none that it can be reckoned with, does not hold."""
    severity, near = _severity(turn.state)
    if severity is not turn.state.severity:
        why: Data = {}
        if near is not None:
            why = {"deadline": near, "due_at": turn.state.deadlines[near].due_at.isoformat()}
        turn.note(EntryKind.SEVERITY_SET, {"severity": severity, "was": turn.state.severity, **why})
        turn.state.severity = severity


def _severity(state: State) -> tuple[Severity, str | None]:
    """The severity, and the deadline that alone makes it so, if one does."""
    if state.severity_chosen is not None:
        return state.severity_chosen, None
    for rule in state.bundle.program.severity:
        if surely(state, rule.when):
            return rule.severity, None
        for name, span in rule.near.items():
            run = state.deadlines.get(name)
            if run is not None and run.near is not None and run.near <= span:
                return rule.severity, name
    return state.bundle.program.otherwise, None


def _visible(state: State) -> Data:
    return {**state.facts, "incident": {"severity": state.severity.value, "contacts": state.contacts}}


def _value(state: State, expression: str) -> JsonValue:
    """What an expression comes to now. Raises ``FactMissing``."""
    bundle = state.bundle
    return value_of(expression, types=bundle.facts, facts=_visible(state), rates=bundle.rates, tables=bundle.tables)


def _input(state: State, value: Value) -> JsonValue:
    if value.expr is None:
        return value.literal
    result = _value(state, value.expr)
    if not value.money:
        return result
    currency = _at(_visible(state), "order.currency")
    if currency is None:
        raise DefinitionError(f"the amount {value.expr!r} has no currency before `order.currency` is known")
    return {"amount": result, "currency": currency}


def _at(facts: Data, path: str) -> JsonValue:
    node: JsonValue = facts
    for part in path.split("."):
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    return node


def _in_words(value: JsonValue) -> str:
    match value:
        case None:
            return "—"
        case {"amount": int(amount), "currency": str(currency)}:
            return amount_in_words(amount, currency)
        case _:
            return str(value)
