"""Every promise of docs/promises.md is kept by a test that says so in its words."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "promises.md"

PROMISES = [
    " ".join(line.split()) for line in re.findall(r"^- (.+(?:\n  .+)*)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
]


def test_the_page_has_promises() -> None:
    assert len(PROMISES) > 30
    assert len(set(PROMISES)) == len(PROMISES)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_found_by_its_words_in_a_test(promise: str) -> None:
    assert any(_plain(promise) in said for said in _said_by_tests()), f"no test says: {promise}"


@cache
def _said_by_tests() -> tuple[str, ...]:
    """The names and docstrings of all tests and of what they are made of, as plain words."""
    return tuple(_plain(text) for file in sorted(TESTS.rglob("*.py")) for text in _texts(file))


def _texts(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            yield ast.get_docstring(node) or ""
            yield "" if isinstance(node, ast.Module) else node.name


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("`", "")))
