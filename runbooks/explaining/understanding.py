"""From the text of a condition to what it says.

It knows comparisons of facts with literals, ``has``, ``in``, ``!``, ``&&`` and ``||``. Whatever else CEL allows stays
as it was written, and never reads as something it does not say.
"""

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from amends.errors import DefinitionError
from runbooks.amounts import parse_amount
from runbooks.explaining.conditions import (
    AllOf,
    Amount,
    AnyOf,
    Code,
    Compared,
    Condition,
    Denied,
    Fact,
    Given,
    Holds,
    Known,
    OneOf,
    Operand,
    Sign,
    Verbatim,
)


def read_condition(text: str) -> Condition:
    """What a checked condition says."""
    return _condition(_tokens(text), text)


def read_operand(text: str) -> Operand:
    """What a checked value says."""
    return _operand(_tokens(text), text)


class _Token(NamedTuple):
    text: str
    kind: str
    start: int
    end: int


_NAME = r"[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*"
_STRING = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_TOKEN = re.compile(
    rf"(?P<blank>\s+|//[^\n]*)|(?P<string>{_STRING})|(?P<number>\d[\w.]*)|(?P<name>{_NAME})"
    r"|(?P<sign>&&|\|\||==|!=|>=|<=|.)",
    re.DOTALL,
)
_OPENING, _CLOSING = "([", ")]"
_SIGNS = frozenset(Sign)


def _tokens(text: str) -> list[_Token]:
    found = (
        _Token(re.sub(r"\s", "", each[0]) if each.lastgroup == "name" else each[0], str(each.lastgroup), *each.span())
        for each in _TOKEN.finditer(text)
    )
    return [token for token in found if token.kind != "blank"]


def _condition(tokens: Sequence[_Token], text: str) -> Condition:
    if any(token.text == "?" for token in _outside(tokens)):
        return Verbatim(text=_written(tokens, text))
    for sign, kind in (("||", AnyOf), ("&&", AllOf)):
        parts = _split(tokens, sign)
        if len(parts) > 1:
            return kind(conditions=tuple(_condition(part, text) for part in parts))
    return _single(tokens, text)


def _single(tokens: Sequence[_Token], text: str) -> Condition:
    words, outside = [token.text for token in tokens], set(_outside(tokens))
    compared = [index for index, token in enumerate(tokens) if token in outside and token.text in _SIGNS]
    within = [index for index, token in enumerate(tokens) if token in outside and token.text == "in"]
    if len(compared) == 1 and not within:
        at = compared[0]
        left, right = _operand(tokens[:at], text), _operand(tokens[at + 1 :], text)
        return Compared(left=left, sign=Sign(words[at]), right=right)
    if len(within) == 1 and not compared and words[within[0] + 1] == "[" and words[-1] == "]":
        at = within[0]
        options = tuple(_operand(part, text) for part in _split(tokens[at + 2 : -1], ",") if part)
        return OneOf(left=_operand(tokens[:at], text), options=options)
    if words[0] == "!" and not compared and not within:
        return Denied(condition=_condition(tokens[1:], text))
    if words[0] == "(" and _closing_of(tokens) == len(tokens) - 1:
        return _condition(tokens[1:-1], text)
    if words[:2] == ["has", "("] and len(tokens) == 4:
        return Known(path=words[2])
    if len(tokens) == 1 and tokens[0].kind == "name" and words[0] not in ("true", "false"):
        return Holds(path=words[0])
    return Verbatim(text=_written(tokens, text))


def _operand(tokens: Sequence[_Token], text: str) -> Operand:
    code = Code(text=_written(tokens, text))
    match [token.kind for token in tokens]:
        case ["name"]:
            word = tokens[0].text
            return Given(value=word == "true") if word in ("true", "false") else Fact(path=word)
        case ["string"] if "\\" not in tokens[0].text:
            return Given(value=tokens[0].text[1:-1])
        case ["number"]:
            return _number(tokens[0].text) or code
        case ["name", "sign", "string", "sign"] if tokens[0].text == "money":
            return _amount(tokens[2].text[1:-1]) or code
        case _:
            return code


def _number(text: str) -> Given | None:
    for kind in (int, float):
        try:
            return Given(value=kind(text))
        except ValueError:
            continue
    return None


def _amount(text: str) -> Amount | None:
    try:
        return Amount(money=parse_amount(text))
    except DefinitionError:
        return None


def _outside(tokens: Sequence[_Token]) -> list[_Token]:
    """The tokens that stand in no brackets."""
    found, depth = [], 0
    for token in tokens:
        if token.kind == "sign" and token.text in _CLOSING:
            depth -= 1
        if depth == 0:
            found.append(token)
        if token.kind == "sign" and token.text in _OPENING:
            depth += 1
    return found


def _split(tokens: Sequence[_Token], sign: str) -> list[Sequence[_Token]]:
    outside = set(_outside(tokens))
    ends = [index for index, token in enumerate(tokens) if token.text == sign and token in outside] + [len(tokens)]
    starts = [0, *(end + 1 for end in ends)]
    return [tokens[start:end] for start, end in zip(starts, ends, strict=False)]


def _closing_of(tokens: Sequence[_Token]) -> int:
    """Where the bracket closes that the tokens begin with."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind == "sign" and token.text in _OPENING) - (token.kind == "sign" and token.text in _CLOSING)
        if depth == 0:
            return index
    return -1


def _written(tokens: Sequence[_Token], text: str) -> str:
    """The tokens as they stood, on one line and without remarks."""
    pieces = [token.text for token in tokens[:1]]
    for before, token in itertools.pairwise(tokens):
        pieces += [" " if text[before.end : token.start] else "", token.text]
    return "".join(pieces)
