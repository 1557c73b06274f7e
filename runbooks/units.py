"""Amounts are compared and added with amounts: a bare number beside one would silently count fen or cents."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, assert_never

from runbooks.program import FactType
from runbooks.scanning import ExpressionError, Scanned
from runbooks.syntax import Binary, Call, Chosen, Leaf, Listed, Node, Unary, parse, wrong_at


def must_not_mix_money_with_numbers(
    text: str, scanned: Scanned, types: Mapping[str, FactType], *, expects: FactType | None
) -> None:
    """Raises ``ExpressionError`` where an amount meets a bare number, or the number stands for the amount that is
    expected. ``0`` is nothing in every currency, and an amount may be multiplied and divided by a number. The
    expression must be one that CEL accepts."""
    whole = _Units(text, scanned, types).of(parse(scanned.masked))
    if expects is FactType.MONEY and whole.unit is _Unit.NUMBER:
        raise _bare(text, whole)


class _Unit(Enum):
    MONEY = "an amount"
    NUMBER = "a bare number"
    ZERO = "0"
    OTHER = "neither"


class _Measured(NamedTuple):
    """The unit of a part, where it begins, and the number that is written there, if it is one."""

    unit: _Unit
    at: int
    digits: str = ""


_NUMBERS = frozenset({FactType.INT, FactType.DOUBLE})
_COUNTS = frozenset({"int", "double", "size"})
"""Functions that give a number."""


class _Units:
    def __init__(self, text: str, scanned: Scanned, types: Mapping[str, FactType]) -> None:
        self._text, self._amounts, self._types = text, scanned.amounts, types

    def of(self, node: Node) -> _Measured:
        match node:
            case Leaf():
                return self._leaf(node)
            case Unary():
                inner = self.of(node.operand)
                return _Measured(inner.unit if node.sign == "-" else _Unit.OTHER, node.at)
            case Binary():
                return self._binary(node)
            case Chosen():
                self.of(node.condition)
                return self._alike([node.yes, node.no], node.at)
            case Call():
                for each in node.inputs:
                    self.of(each)
                counts = node.function in _COUNTS or node.function.startswith("get")
                return _Measured(_Unit.NUMBER if counts else _Unit.OTHER, node.at)
            case Listed():
                return self._alike(node.items, node.at)
        assert_never(node)

    def _leaf(self, leaf: Leaf) -> _Measured:
        if leaf.kind == "number":
            return _Measured(_Unit.NUMBER if leaf.text.strip("0xX.uU") else _Unit.ZERO, leaf.at, leaf.text)
        if leaf.text in self._amounts or self._types.get(leaf.text) is FactType.MONEY:
            return _Measured(_Unit.MONEY, leaf.at)
        number = leaf.kind == "name" and self._types.get(leaf.text) in _NUMBERS
        return _Measured(_Unit.NUMBER if number else _Unit.OTHER, leaf.at)

    def _binary(self, node: Binary) -> _Measured:
        left, right = self.of(node.left), self.of(node.right)
        units = {left.unit, right.unit}
        match node.sign:
            case "*" if left.unit is right.unit is _Unit.MONEY:
                raise wrong_at(self._text, right.at, "two amounts cannot be multiplied; multiply by a plain number")
            case "*" | "/" | "%":
                return _Measured(_Unit.MONEY if _Unit.MONEY in units else _number_of(units), node.at)
            case "+" | "-":
                return _Measured(self._together(left, right), node.at)
            case _:
                self._together(left, right)
                return _Measured(_Unit.OTHER, node.at)

    def _alike(self, nodes: list[Node] | tuple[Node, ...], at: int) -> _Measured:
        """The unit of what may stand for each other: a list's items, both sides of a choice."""
        together = _Measured(_Unit.ZERO, at) if nodes else _Measured(_Unit.OTHER, at)
        for each in map(self.of, nodes):
            unit = self._together(together, each)
            together = each if together.unit is _Unit.ZERO else _Measured(unit, together.at, together.digits)
        return together

    def _together(self, left: _Measured, right: _Measured) -> _Unit:
        units = {left.unit, right.unit}
        if units == {_Unit.MONEY, _Unit.NUMBER}:
            raise _bare(self._text, left if left.unit is _Unit.NUMBER else right)
        return _Unit.MONEY if _Unit.MONEY in units else _number_of(units)


def _number_of(units: set[_Unit]) -> _Unit:
    if _Unit.OTHER in units:
        return _Unit.OTHER
    return _Unit.NUMBER if _Unit.NUMBER in units else _Unit.ZERO


def _bare(text: str, number: _Measured) -> ExpressionError:
    example = f"{number.digits}.00" if number.digits.isdecimal() else "1000.00"
    mend = f'write an amount like money("CNY {example}")'
    return wrong_at(text, number.at, f"a bare number beside money counts fen or cents; {mend}")
