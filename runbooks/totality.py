"""Expressions that could fail when they are computed are refused before: a checked condition always has a value.

What is left is arithmetic beyond 64 bits, which no amount, count or time in use comes near.
"""

import re

from runbooks.expressions import holds
from runbooks.scanning import ExpressionError, scan


def must_not_fail(text: str) -> None:
    """Raises ``ExpressionError`` for a division by what may be zero, and for text that is read as something else."""
    bare = _without_strings(scan(text).masked)
    for pattern, message in _RISKS:
        found = pattern.search(bare)
        if found is not None:
            raise _at(text, found.start(), message)
    for pattern, probe in _LITERALS:
        for call in pattern.finditer(text):
            _must_be_readable(text, call, probe)


_RISKS = (
    (
        re.compile(r"[/%](?!\s*(?:[1-9]\d*|0*\.?0*[1-9][\d.]*)(?![\w.]))"),
        "this may divide by zero; divide by a plain number, such as 2",
    ),
    (
        re.compile(r"\b(?:bool|int|double|timestamp|duration)\s*\(\s*(?!\s|['\"\d-])"),
        "this may not be readable as that type; compare it as it is, or let an activity give the type",
    ),
    (
        re.compile(r"\.\s*(?:matches|get\w+)\s*\(\s*(?!\s|['\")])"),
        "this needs literal text, so that it is known to be right",
    ),
    (re.compile(r"(?:\b(?!in\b)\w+|[)\]])\s*\["), "there may be nothing at that place; facts are single values"),
)


_QUOTED = r"(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
_LITERALS = (
    (re.compile(rf"\b(bool|int|double|timestamp|duration)\s*\(\s*{_QUOTED}\s*\)"), 'string({0}({1})) != ""'),
    (re.compile(rf"\.\s*(matches)\s*\(\s*{_QUOTED}\s*\)"), '"".{0}({1}) == true'),
    (re.compile(rf"\.\s*(get\w+)\s*\(\s*{_QUOTED}\s*\)"), 'timestamp("2026-01-01T00:00:00Z").{0}({1}) >= 0'),
)


def _must_be_readable(text: str, call: re.Match[str], probe: str) -> None:
    try:
        holds(probe.format(call[1], call[2]), types={}, facts={}, rates={})
    except ExpressionError as error:
        raise _at(text, call.start(2), f"{call[2]} cannot be read by `{call[1]}`") from error


def _without_strings(text: str) -> str:
    """The text with what stands in quotation marks blotted out, in the same places."""
    return re.sub(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|//[^\n]*", _blot, text)


def _blot(found: re.Match[str]) -> str:
    quoted = found[0]
    return "'" + "_" * (len(quoted) - 2) + "'" if quoted[0] in "\"'" else " " * len(quoted)


def _at(text: str, at: int, message: str) -> ExpressionError:
    return ExpressionError(message, line=text.count("\n", 0, at) + 1, column=at - text.rfind("\n", 0, at))
