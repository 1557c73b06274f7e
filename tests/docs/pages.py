"""The pages of the repository, taken apart: their examples, their links, and the commands that they name."""

import re
from pathlib import Path
from typing import NamedTuple

from tests.project.repository import ROOT

PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))


class Example(NamedTuple):
    """A fenced block. ``language`` and ``role`` are the words behind its fence; ``line`` is where its text begins."""

    page: Path
    line: int
    language: str
    role: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples(language: str) -> list[Example]:
    """Every fenced block in a language, on all pages."""
    return [example for page in PAGES for example in _examples(page) if example.language == language]


def example(language: str, role: str) -> Example:
    """The only block with this role."""
    (found,) = [each for each in examples(language) if each.role == role]
    return found


def links(page: Path) -> list[str]:
    """Where a page's links lead."""
    return re.findall(r"\]\(([^)\s]+)\)", _FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have on GitHub."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code_of(page: Path) -> set[str]:
    """All that a page shows in code: each word of it, within and outside of fences."""
    text = page.read_text(encoding="utf-8")
    spans = [match[2] for match in _FENCED.finditer(text)]
    spans += re.findall(r"`([^`\n]+)`", _FENCED.sub("", text))
    return {word for span in spans for word in re.findall(r"[\w.]*\w", span)}


def commands() -> list[tuple[str, str]]:
    """The lines that begin with ``amends`` or ``make``, in shell examples and in running text, with their page."""
    found = [(each.place, line.strip()) for each in examples("bash") for line in each.text.splitlines()]
    for page in PAGES:
        prose = _FENCED.sub("", page.read_text(encoding="utf-8"))
        found += [(page.name, span) for span in re.findall(r"`([^`]+)`", prose)]
    return [(place, line) for place, line in found if re.match(r"(amends|make) [a-z-]", line)]


_FENCED = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _examples(page: Path) -> list[Example]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCED.finditer(text):
        language, _, role = match[1].partition(" ")
        line = text.count("\n", 0, match.start(2)) + 1
        found.append(Example(page, line, language, role, match[2]))
    return found
