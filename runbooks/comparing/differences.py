"""What differs between two bundles: each difference with its place, in words, and nothing left untold."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from amends.models import Model, Severity
from runbooks.bundle import Bundle
from runbooks.comparing.described import described, is_collection
from runbooks.comparing.labels import LABELS, VALUES, Label
from runbooks.comparing.naming import AnyStep, Item, keyed
from runbooks.comparing.ordering import moved, neighbours
from runbooks.comparing.wording import duration
from runbooks.program import BySeverity, Rounds, Step, Together


class Change(StrEnum):
    """What became of it."""

    NEW = "new"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Difference(Model):
    """One difference. ``place``: the heading under which it belongs; ``""`` for the runbook's own keys. ``what``: what
    differs there; ``""`` where the place says it.

    ``before`` and ``after`` are how it was and how it is, or, of what was moved, where it stood and where it stands;
    ``None`` before what is new and after what was removed. A text may have several lines.
    """

    place: str
    what: str
    change: Change
    before: str | None = None
    after: str | None = None


def differences(before: Bundle, after: Bundle) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the bundle's fields; nothing for equal bundles, and only for them."""
    walk = _Walk(before, after)
    walk.model(before, after, "", "")
    return tuple(walk.found)


class _Walk:
    """Two bundles, walked side by side. ``place``: the heading so far; ``words``: what stands before a value's own."""

    def __init__(self, before: Bundle, after: Bundle) -> None:
        self.found: list[Difference] = []
        self._before, self._after = _steps(before), _steps(after)

    def model(self, before: Model, after: Model, place: str, words: str) -> None:
        for field, label in LABELS[type(before)].items():
            old, new = (label.prepare(getattr(each, field)) for each in (before, after))
            if old != new:
                self._value(old, new, label, _joined(", ", place, label.place), words)

    def _value(self, old: Any, new: Any, label: Label, place: str, words: str) -> None:
        own = _joined(" ", words, label.words)
        if isinstance(old, BySeverity) and isinstance(new, BySeverity):
            self._by_severity(old, new, place, own)
        elif isinstance(old, Model) and type(old) is type(new) and not isinstance(old, VALUES):
            self.model(old, new, place, "" if label.place else own)
        elif type(old) is type(new) and (is_collection(old, label) or is_collection(new, label)):
            self._items(keyed(old, label), keyed(new, label), label, place, words)
        else:
            self._tell(place, own, Change.CHANGED, described(old, label), described(new, label))

    def _by_severity(self, old: BySeverity, new: BySeverity, place: str, words: str) -> None:
        if _is_one_for_all(old) and _is_one_for_all(new):
            self._tell(place, words, Change.CHANGED, duration(old.critical), duration(new.critical))
            return
        for severity in Severity:
            before, after = old.of(severity), new.of(severity)
            if before != after:
                self._tell(place, f"{words} ({severity.value})", Change.CHANGED, duration(before), duration(after))

    def _items(self, old: Mapping[str, Item], new: Mapping[str, Item], label: Label, place: str, words: str) -> None:
        for key, item in old.items():
            if key not in new and not (isinstance(item.value, AnyStep) and key in self._after):
                self._gone(item, label, place, words)
        moves = moved(list(old), list(new))
        for key, item in new.items():
            name = _joined(" ", words, item.name)
            if key in old:
                if key in moves:
                    self._tell(place, name, Change.MOVED, neighbours(key, old), neighbours(key, new))
                self._same(old[key].value, item, label, place, words)
            elif isinstance(item.value, AnyStep) and key in self._before:
                (was, around), (_, now_around) = self._before[key], self._after[key]
                self._tell(place, name, Change.MOVED, around, now_around)
                self._same(was, item, label, place, words)
            else:
                self._come(item, label, place, _joined(", ", name, neighbours(key, new) if label.ordered else ""))

    def _same(self, old: Any, item: Item, label: Label, place: str, words: str) -> None:
        """One and the same item, which may have changed."""
        name = _joined(" ", words, item.name)
        if isinstance(old, Model) and not isinstance(old, VALUES):
            self.model(old, item.value, _joined(", ", place, name), "")
        elif old != item.value:
            self._tell(place, name, Change.CHANGED, described(old, label), described(item.value, label))

    def _gone(self, item: Item, label: Label, place: str, words: str) -> None:
        self._tell(place, _joined(" ", words, item.name), Change.REMOVED, _whole(item, label), None)
        if isinstance(item.value, Together | Rounds):  # its steps may have gone somewhere else
            self._items(keyed(item.value.steps, label), {}, label, _joined(", ", place, item.name), "")

    def _come(self, item: Item, label: Label, place: str, what: str) -> None:
        self._tell(place, what, Change.NEW, None, _whole(item, label))
        if isinstance(item.value, Together | Rounds):
            self._items({}, keyed(item.value.steps, label), label, _joined(", ", place, item.name), "")

    def _tell(self, place: str, what: str, change: Change, before: str | None, after: str | None) -> None:
        self.found.append(Difference(place=place, what=what, change=change, before=before, after=after))


def _steps(bundle: Bundle) -> dict[str, tuple[Step, str]]:
    """Every step by its id, with what is around it within its stage or plan."""
    program = bundle.program
    sequences = (program.report, program.analysis, *(plan.steps for plan in program.action), program.follow_up)
    found: dict[str, tuple[Step, str]] = {}
    for sequence in sequences:
        _find(sequence, "by itself", found)
    return found


def _find(steps: tuple[Step, ...], around: str, found: dict[str, tuple[Step, str]]) -> None:
    for step in steps:
        found[step.id] = step, around
        if isinstance(step, Together):
            _find(step.steps, "among what runs at once", found)
        elif isinstance(step, Rounds):
            _find(step.steps, "in rounds", found)


def _whole(item: Item, label: Label) -> str:
    """All of an item that its name does not say; of what holds steps without those, which are told alone."""
    value = item.value
    alone = value.model_copy(update={"steps": ()}) if isinstance(value, Together | Rounds) else value
    return "" if item.said else described(alone, label)


def _is_one_for_all(times: BySeverity) -> bool:
    return len({times.of(severity) for severity in Severity}) == 1


def _joined(between: str, *parts: str) -> str:
    return between.join(filter(None, parts))
