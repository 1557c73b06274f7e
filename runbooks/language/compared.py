"""Facts whose values are a closed set are held against the words that they are compared with: what a fact can never be
never decides."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from amends.models import Severity
from runbooks.catalogue import CATALOGUE
from runbooks.language.context import Context
from runbooks.language.facts import confirmed, every_step, words_of
from runbooks.language.source import Path
from runbooks.language.step_shapes import Ask, Decide, Do, Wait
from runbooks.language.surface import Runbook
from runbooks.policy import NO, YES
from runbooks.program import AnswerKind
from runbooks.scanning import ExpressionError, scan
from runbooks.suggestions import meant
from runbooks.syntax import Binary, Leaf, Listed, Node, parse, parts


def check_words_compared(runbook: Runbook, context: Context) -> None:
    """Notes every word that a fact is compared with and that it can never be: no choice of an answer or a decision, no
    status that an activity gives or that the runbook assumes, no severity."""
    known = _words(runbook)
    for path, text, skip in context.expressions:
        try:
            found = tuple(_compared(parse(scan(text).masked)))
        except ExpressionError:  # told where the expression is compiled
            continue
        for fact, word, at in found:
            words = _known_at(path, known).get(fact)
            if words is not None and word not in words:
                hint = meant(word, words) or f"; it is one of {', '.join(sorted(words))}"
                inside = (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
                message = f"{fact!r} is never {word!r}{hint}"
                context.problems.append(context.source.problem(path, message, inside=inside, skip=skip))


class _Compared(NamedTuple):
    """A fact and a word that it is compared with, which begins at a place of the text."""

    fact: str
    word: str
    at: int


_PLAIN = re.compile(r"\"([^\"\\\n]*)\"|'([^'\\\n]*)'")
"""A literal whose text is what stands between its quotation marks."""


def _words(runbook: Runbook) -> dict[str, Set[str]]:
    """The facts that can only be certain words, with all of them."""
    given: dict[str, set[str]] = defaultdict(set, {"incident.severity": {*Severity}})
    added: dict[str, set[str]] = defaultdict(set)
    free: set[str] = set()
    for _, step in every_step(runbook):
        match step:
            case Ask(save_as=str(name), answer=AnswerKind.CHOICE):
                given[name] |= {*step.choices, *([step.otherwise] if step.otherwise else [])}
            case Ask(save_as=str(name), answer=AnswerKind.TEXT):
                free.add(name)
            case Decide():
                given[step.decide] |= {*step.choices, step.otherwise}
            case Do(save_as=str(name)):
                _add(given, _given_by(step.do, name))
                _add(added, {f"{name}.{field}": {str(value)} for field, value in (step.otherwise or {}).items()})
            case Wait():
                _add(given, {} if step.check is None else _given_by(step.check.do, step.check.save_as))
                _add(added, {path: {str(value)} for path, value in step.then_assume.items()})
            case _:
                pass
    for _, name in confirmed(runbook):
        given[name] |= {YES, NO}
    return {fact: words | added[fact] for fact, words in given.items() if fact not in free}


def _given_by(activity: str, name: str) -> dict[str, Set[str]]:
    spec = CATALOGUE.get(activity)
    gives = words_of(spec.gives) if spec is not None and spec.gives is not None else {}
    return {f"{name}.{field}": words for field, words in gives.items()}


def _add(known: dict[str, set[str]], more: Mapping[str, Set[str]]) -> None:
    for fact, words in more.items():
        known[fact] |= words


def _known_at(path: Path, known: Mapping[str, Set[str]]) -> Mapping[str, Set[str]]:
    """A rule of ``opens`` sees the order as it is read, whatever the steps save."""
    return {**known, **_given_by("orders.read", "order")} if path[:1] == ("opens",) else known


def _compared(tree: Node) -> Iterator[_Compared]:
    for part in parts(tree):
        match part:
            case Binary(sign="==" | "!="):
                yield from _pairs(part.left, part.right)
                yield from _pairs(part.right, part.left)
            case Binary(sign="in", right=Listed(items=items)):
                for item in items:
                    yield from _pairs(part.left, item)
            case _:
                pass


def _pairs(fact: Node, word: Node) -> Iterator[_Compared]:
    if isinstance(fact, Leaf) and fact.kind == "name" and isinstance(word, Leaf) and word.kind == "string":
        plain = _PLAIN.fullmatch(word.text)
        if plain is not None:
            yield _Compared(fact.text, plain[1] if plain[1] is not None else plain[2], word.at)
