"""The messages that runbooks send: one file for each language, one text for each key."""

import re
from collections.abc import Mapping

from pydantic import Field, TypeAdapter

from amends.models import Written
from runbooks.bundle import MessageText
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.reading import read_as
from runbooks.language.source import Source
from runbooks.program import FactType
from runbooks.suggestions import meant

LANGUAGES = ("en", "zh")
"""Every message is written in each of them."""

CUSTOMER_NAME = "customer.name"
"""The placeholder that the shop fills in, so that no personal data leaves it."""


class WrittenText(Written):
    subject: str = Field(min_length=1)
    body: str = Field(min_length=1)


class Texts:
    """All messages, by key and language, with their places."""

    def __init__(self, files: Mapping[str, tuple[str, str]]) -> None:
        """``files``: language → file name and text. Raises ``RunbookErrors`` with the mistakes of all of them."""
        self._sources: dict[str, Source] = {}
        self._texts: dict[str, dict[str, WrittenText]] = {}
        problems: list[Problem] = []
        for language in LANGUAGES:
            try:
                self._sources[language] = Source(*files[language])
                self._texts[language] = _read(self._sources[language])
            except RunbookErrors as error:
                problems += error.problems
        if problems:
            raise RunbookErrors(problems)

    def get(self, key: str) -> dict[str, MessageText]:
        """Language → text of a message that ``missing`` and ``problems`` find nothing against."""
        return {
            language: MessageText(subject=texts[key].subject, body=texts[key].body)
            for language, texts in self._texts.items()
        }

    def unused(self) -> dict[str, Problem]:
        """For every message, at its place, what is to be said if no runbook sends it."""
        source = self._sources[LANGUAGES[0]]
        keys = self._texts[LANGUAGES[0]]
        return {key: source.key_problem((key,), f"no runbook sends {key!r}; take it out") for key in keys}

    def missing(self, key: str) -> str | None:
        """What is missing of a message, or ``None``."""
        without = [language for language in LANGUAGES if key not in self._texts[language]]
        if len(without) == len(LANGUAGES):
            known = {known for texts in self._texts.values() for known in texts}
            return f"there is no message {key!r}{meant(key, known)}"
        if without:
            return (
                f"the message {key!r} is missing in {', '.join(without)}; write it in {self._sources[without[0]].file}"
            )
        return None

    def problems(self, key: str, types: Mapping[str, FactType]) -> list[Problem]:
        """What is wrong with the placeholders of a message, at their places."""
        found = []
        for language, texts in self._texts.items():
            written = texts[key]
            for part, text in (("subject", written.subject), ("body", written.body)):
                if complaint := _complaint(text, types):
                    found.append(self._sources[language].problem((key, part), complaint))
        return found

    def placeholders(self, key: str) -> tuple[str, ...]:
        """The fact paths that a message names in any language, sorted."""
        texts = [texts[key] for texts in self._texts.values()]
        named = {name for text in texts for name in _PLACEHOLDER.findall(text.subject + text.body)}
        return tuple(sorted(named - {CUSTOMER_NAME}))


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TEXTS = TypeAdapter(dict[str, WrittenText])


def _read(source: Source) -> dict[str, WrittenText]:
    return read_as(_TEXTS, source, shapes={"": WrittenText})


def _complaint(text: str, types: Mapping[str, FactType]) -> str | None:
    for name in _PLACEHOLDER.findall(text):
        if name != CUSTOMER_NAME and name not in types:
            return f"the placeholder {{{name}}} is no fact of this runbook{meant(name, [*types, CUSTOMER_NAME])}"
    if "{" in (rest := _PLACEHOLDER.sub("", text)) or "}" in rest:
        return "a brace stands alone; a placeholder is written like {report.order_id}"
    return None
