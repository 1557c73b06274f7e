"""How conditions, values and times are put into words: what is alike in every language, from what each has its own."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import assert_never

from pydantic import JsonValue

from amends.models import Money, Party, Severity, Stage
from runbooks.amounts import amount_in_words
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
from runbooks.explaining.items import Message, Times
from runbooks.explaining.labels import Labels
from runbooks.local_time import time_of_day
from runbooks.policy import GoalName, Night


class Sayer(ABC):
    """The words of one language. Code (names, choices, expressions) stands in backticks in all that it says."""

    code: str
    labels: Labels

    # words

    @abstractmethod
    def severity(self, severity: Severity) -> str: ...
    @abstractmethod
    def stage(self, stage: Stage) -> str: ...
    @abstractmethod
    def party(self, party: Party) -> str: ...
    @abstractmethod
    def role(self, name: str) -> str: ...
    @abstractmethod
    def goal(self, name: GoalName) -> str: ...
    @abstractmethod
    def field(self, name: str) -> str:
        """The name of a field of a report or a result."""

    @abstractmethod
    def fact(self, path: str) -> str: ...
    @abstractmethod
    def activity(self, name: str) -> str:
        """The catalogue's sentence, without its full stop."""

    @abstractmethod
    def duration(self, duration: timedelta) -> str: ...
    @abstractmethod
    def listed(self, parts: Iterable[str], *, either: bool = False) -> str:
        """Parts in a row, joined by "and", or by "or"."""

    # conditions

    @abstractmethod
    def compared(self, left: str, sign: Sign, right: str) -> str: ...
    @abstractmethod
    def holds(self, path: str, *, denied: bool) -> str: ...
    @abstractmethod
    def known(self, path: str, *, denied: bool) -> str: ...
    @abstractmethod
    def denied(self, condition: str) -> str: ...
    @abstractmethod
    def one_of(self, left: str, options: list[str], *, denied: bool) -> str: ...
    @abstractmethod
    def joined(self, conditions: list[str], *, either: bool) -> str:
        """Several conditions, all or any of which hold."""

    @abstractmethod
    def bracketed(self, condition: str) -> str: ...
    @abstractmethod
    def truth(self, value: bool) -> str: ...
    @abstractmethod
    def alike(self, what: str, severities: Iterable[str]) -> str:
        """What holds for some severities: ``24 hours (critical, high)``."""

    @abstractmethod
    def one_for_each(self, parts: Iterable[str]) -> str:
        """What holds for some severities and what for others, so that nobody takes them for a sum."""

    # what is put together alike in every language

    def polished(self, text: str) -> str:
        """The text with the blanks that the language's typography wants between its parts."""
        return text

    def condition(self, condition: Condition) -> str:
        """A condition as a clause."""
        match condition:
            case Compared():
                return self.compared(self.operand(condition.left), condition.sign, self.operand(condition.right))
            case OneOf():
                return self._one_of(condition, denied=False)
            case Known():
                return self.known(condition.path, denied=False)
            case Holds():
                return self.holds(condition.path, denied=False)
            case Denied():
                return self._denied(condition.condition)
            case AllOf():
                return self.joined([self._inner(each) for each in condition.conditions], either=False)
            case AnyOf():
                return self.joined([self._inner(each) for each in condition.conditions], either=True)
            case Verbatim():
                return code(condition.text)
            case _:
                assert_never(condition)

    def operand(self, operand: Operand) -> str:
        """One side of a comparison."""
        match operand:
            case Fact():
                return self.fact(operand.path)
            case Given():
                return self.value(operand.value)
            case Amount():
                return self.money(operand.money)
            case Code():
                return code(operand.text)
            case _:
                assert_never(operand)

    def value(self, value: JsonValue) -> str:
        """A literal."""
        if isinstance(value, bool):
            return self.truth(value)
        return code(value) if isinstance(value, str) else str(value)

    def money(self, money: Money) -> str:
        return amount_in_words(money.amount, money.currency)

    def title(self, message: Message) -> str:
        """A message's subject, with the names of what is filled in."""
        subject = message.subjects[self.code].replace("`", "'")
        return _PLACEHOLDER.sub(lambda found: f"[{self.field(found[1].rpartition('.')[2])}]", subject)

    def times(self, times: Times) -> str:
        """A duration for each severity, those that are the same said once."""
        if len(set(times.by.values())) == 1:
            return self.duration(next(iter(times.by.values())))
        groups = groupby(times.by, key=lambda severity: times.by[severity])
        return self.one_for_each(self.alike(self.duration(each), map(self.severity, alike)) for each, alike in groups)

    def _one_of(self, condition: OneOf, *, denied: bool) -> str:
        options = [self.operand(option) for option in condition.options]
        return self.one_of(self.operand(condition.left), options, denied=denied)

    def _denied(self, condition: Condition) -> str:
        match condition:
            case Known():
                return self.known(condition.path, denied=True)
            case Holds():
                return self.holds(condition.path, denied=True)
            case OneOf():
                return self._one_of(condition, denied=True)
            case Denied():
                return self.condition(condition.condition)
            case Compared() | AllOf() | AnyOf() | Verbatim():
                return self.denied(self.bracketed(self.condition(condition)))
            case _:
                assert_never(condition)

    def _inner(self, condition: Condition) -> str:
        said = self.condition(condition)
        return self.bracketed(said) if isinstance(condition, AllOf | AnyOf) else said


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def code(text: str) -> str:
    """Text that stands as it is written. A backtick within it would end it, and is left out."""
    return f"`{text.replace('`', '')}`"


def hours_of(night: Night) -> tuple[str, str]:
    """From when to when customers are left in peace, as a clock shows it."""
    begins, ends = (time_of_day(each // timedelta(minutes=1)) for each in (night.begins, night.ends))
    return begins, ends


def spans(duration: timedelta) -> tuple[int, int, int]:
    """Days, hours and minutes as people count them: days from three on, and a begun minute as a whole one."""
    minutes = -(-int(duration.total_seconds()) // 60)
    days = minutes // (24 * 60) if minutes >= 3 * 24 * 60 else 0
    rest = minutes - days * 24 * 60
    return (days, rest // 60, rest % 60) if rest > 90 or not rest % 60 else (days, 0, rest)
