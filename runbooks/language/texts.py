"""The messages that runbooks send: files of each language, one text for each key."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import Field, TypeAdapter

from amends.models import Written
from runbooks.answer_times import ANSWER_WITHIN
from runbooks.bundle import MessageText
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.reading import read_as
from runbooks.language.source import Path, Source
from runbooks.suggestions import meant

LANGUAGES = ("en", "zh")
"""Every message is written in each of them."""

NAMES = ("customer.name", "merchant.name")
"""The placeholders that the shop fills in, so that no personal data leaves it."""


class WrittenText(Written):
    subject: str = Field(min_length=1)
    body: str = Field(min_length=1)


class Part(NamedTuple):
    """The subject or the body of a message in one language, and where it stands."""

    source: Source
    place: Path
    text: str

    def problem(self, message: str) -> Problem:
        """A problem with this part."""
        return self.source.problem(self.place, message)


class Texts:
    """All messages, by key and language, with their places."""

    def __init__(self, files: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """``files``: language → names and texts of its files. Raises ``RunbookErrors`` with the mistakes of all of
        them, a key that stands twice in a language among them."""
        self._sources: dict[str, dict[str, Source]] = {language: {} for language in LANGUAGES}
        self._texts: dict[str, dict[str, WrittenText]] = {language: {} for language in LANGUAGES}
        problems: list[Problem] = []
        for language in LANGUAGES:
            for file in files[language]:
                try:
                    self._add(language, Source(*file))
                except RunbookErrors as error:
                    problems += error.problems
        if problems:
            raise RunbookErrors(problems)

    def _add(self, language: str, source: Source) -> None:
        """Raises ``RunbookErrors`` with the mistakes of the file."""
        sources, read = self._sources[language], _read(source)
        twice = [key for key in read if key in sources]
        if twice:
            said = "the message {!r} stands in {} already; take out one of the two"
            raise RunbookErrors([source.key_problem((key,), said.format(key, sources[key].file)) for key in twice])
        sources.update(dict.fromkeys(read, source))
        self._texts[language].update(read)

    def get(self, key: str) -> dict[str, MessageText]:
        """Language → text of a message that ``missing`` finds nothing against."""
        return {
            language: MessageText(subject=texts[key].subject, body=texts[key].body)
            for language, texts in self._texts.items()
        }

    def unused(self) -> dict[str, Problem]:
        """For every message, at its place, what is to be said if no runbook sends it."""
        return {
            key: source.key_problem((key,), f"no runbook sends {key!r}; take it out")
            for key, source in self._sources[LANGUAGES[0]].items()
        }

    def missing(self, key: str) -> str | None:
        """What is missing of a message, or ``None``."""
        without = [language for language in LANGUAGES if key not in self._texts[language]]
        if len(without) == len(LANGUAGES):
            known = {known for texts in self._texts.values() for known in texts}
            return f"there is no message {key!r}{meant(key, known)}"
        if without:
            there = next(language for language in LANGUAGES if language not in without)
            mend = re.sub(rf"\b{there}\b", without[0], self._sources[there][key].file)
            return f"the message {key!r} is missing in {', '.join(without)}; write it in {mend}"
        return None

    def parts(self, key: str) -> Iterator[Part]:
        """Subject and body of a message in every language that has it."""
        for language, texts in self._texts.items():
            if key in texts:
                source = self._sources[language][key]
                yield Part(source, (key, "subject"), texts[key].subject)
                yield Part(source, (key, "body"), texts[key].body)

    def problems(self, key: str) -> list[Problem]:
        """The braces of a message that make no placeholder, at their places."""
        alone = "a brace stands alone; a placeholder is written like {report.order_id}"
        rest = ((part, _PLACEHOLDER.sub("", part.text)) for part in self.parts(key))
        return [part.problem(alone) for part, text in rest if "{" in text or "}" in text]

    def placeholders(self, key: str) -> tuple[str, ...]:
        """The fact paths that a message names in any language, sorted."""
        named = {name for part in self.parts(key) for name in placeholders_in(part.text)}
        return tuple(sorted(named - {*NAMES, ANSWER_WITHIN}))


def placeholders_in(text: str) -> list[str]:
    """Every placeholder of a text, facts and others, without its braces."""
    return _PLACEHOLDER.findall(text)


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TEXTS = TypeAdapter(dict[str, WrittenText])


def _read(source: Source) -> dict[str, WrittenText]:
    return read_as(_TEXTS, source, shapes={"": WrittenText})
