"""Answers and decisions are held against words that they can be: a choice that nobody can make never decides."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from runbooks.language.context import Context
from runbooks.language.facts import every_step
from runbooks.language.step_shapes import Ask, Decide
from runbooks.language.surface import Runbook
from runbooks.scanning import ExpressionError, Named, scan
from runbooks.suggestions import meant


def check_choices_compared(runbook: Runbook, context: Context) -> None:
    """Notes every word that an answer or a decision is compared with and that is none of its choices."""
    known = _choices(runbook)
    for path, text, skip in context.expressions:
        try:
            found = tuple(_compared(text, known))
        except ExpressionError:  # told where the expression is compiled
            continue
        for compared in found:
            choices = known[compared.fact]
            if compared.word not in choices:
                hint = meant(compared.word, choices) or f"; it is one of {', '.join(sorted(choices))}"
                message = f"{compared.fact!r} is never {compared.word!r}{hint}"
                inside = (text.count("\n", 0, compared.at) + 1, compared.at - text.rfind("\n", 0, compared.at))
                context.problems.append(context.source.problem(path, message, inside=inside, skip=skip))


class _Compared(NamedTuple):
    """A fact and a word that it is compared with, which begins at a place of the text."""

    fact: str
    word: str
    at: int


_WORD = re.compile(r"\"([^\"\\\n]*)\"|'([^'\\\n]*)'")
_EQUALS = re.compile(rf"\s*[!=]=\s*(?:{_WORD.pattern})")
_IN = re.compile(rf"\s+in\s+\[((?:{_WORD.pattern}|[^\]\"'])*)\]")


def _choices(runbook: Runbook) -> dict[str, Set[str]]:
    """The facts that answers and decisions save, with all that each can be."""
    known: dict[str, set[str]] = defaultdict(set)
    for _, step in every_step(runbook):
        match step:
            case Ask(save_as=str(name)):
                known[name] |= {*step.choices, *([step.otherwise] if step.otherwise else [])}
            case Decide():
                known[step.decide] |= {*step.choices, step.otherwise}
            case _:
                pass
    return {**known}


def _compared(text: str, known: Mapping[str, Set[str]]) -> Iterator[_Compared]:
    for name in scan(text).names:
        if name.path not in known:
            continue
        behind = _offset(text, name) + len(name.path)
        if found := _EQUALS.match(text, behind):
            yield _first(name.path, found, 0)
        elif listed := _IN.match(text, behind):
            for each in _WORD.finditer(listed[1]):
                yield _first(name.path, each, listed.start(1))


def _offset(text: str, name: Named) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: name.line - 1]) + name.column - 1


def _first(fact: str, found: re.Match[str], before: int) -> _Compared:
    group = 1 if found[1] is not None else 2
    return _Compared(fact, found[group], before + found.start(group) - 1)
