"""The timeline as somebody wants to read it who was not there: what happened, without the engine's own bookkeeping.

Nothing that matters to the order is left out: a call and its outcome are one line, checks that found nothing new are
one line, and an identifier is named when it first appears. ``amends show --entries`` has every entry whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from amends.journal import TimelineRow
from amends.models import Data
from amends.timeline import EntryKind
from cli import pending, wording
from cli.conversation import waits_its_turn
from cli.telling import tell
from runbooks.catalogue import MESSAGES

_BOOKKEEPING: Final = frozenset(
    {
        EntryKind.INCIDENT_REGISTERED,  # an earlier incident stands in the head
        EntryKind.STATUS_CHANGED,  # so does the status; what leads to it is told
        EntryKind.STAGE_ENTERED,  # a heading
        EntryKind.TIME_CAME,  # what comes of it is told
        EntryKind.DECISION_COUNTED,  # so is the decision, and what comes of it
        EntryKind.TASK_CLOSED,  # what ended it is told
        EntryKind.CLOCK_WARNED,  # what was not kept is told
        EntryKind.LADDER_STOPPED,  # so is what was done
    }
)
CLOCKWORK: Final = frozenset(
    {
        EntryKind.CLOCK_STARTED,
        EntryKind.CLOCK_PAUSED,
        EntryKind.CLOCK_RESUMED,
        EntryKind.CLOCK_STOPPED,
    }
)
"""How promises run their course; how they stand is shown beside the story, and what was not kept is told."""

_CHECKS: Final = frozenset({EntryKind.FACTS_READ, EntryKind.READ_FAILED, EntryKind.READ_REFUSED})
_REQUESTS: Final = frozenset({EntryKind.EFFECT_REQUESTED, EntryKind.UNDO_REQUESTED})


@dataclass(frozen=True)
class Moment:
    """One line of the story: when, at which stage, of which kind, and what. ``again``: later checks that found the
    very same, ``last`` the newest of them."""

    at: datetime
    stage: str
    kind: EntryKind
    text: str
    again: int = 0
    last: datetime | None = None


def condensed(
    timeline: Sequence[TimelineRow],
    *,
    moment: Callable[[datetime], str],
    texts: Mapping[str, str] = wording.NO_TEXTS,
) -> list[Moment]:
    """The story of an incident, in order. ``moment`` and ``texts``: as for ``telling.tell``."""
    waiting = {entry.seq for entry in pending.under_way(timeline)}
    asked = {str(entry.data.get("ask")) for entry in timeline if entry.kind is EntryKind.QUESTION_ASKED}
    named = _Names()
    story: list[Moment] = []
    stage = "report"
    for entry in timeline:
        if entry.kind is EntryKind.STAGE_ENTERED:
            stage = str(entry.data.get("stage", stage))
        if _goes_without_saying(entry, waiting, asked):
            continue
        text = tell(named.shortened(entry), moment=moment, texts=texts)
        earlier = _same_check(story, entry, text)
        if earlier is not None:
            found = story[earlier]
            story[earlier] = replace(found, again=found.again + 1, last=entry.occurred_at)
        else:
            story.append(Moment(at=entry.occurred_at, stage=stage, kind=entry.kind, text=text))
    return story


def _goes_without_saying(entry: TimelineRow, waiting: set[int], asked: set[str]) -> bool:
    if entry.kind in _BOOKKEEPING or entry.kind in CLOCKWORK:
        return True
    if entry.kind is EntryKind.PAGE_SENT:
        return _reached_all(entry)
    if entry.kind in _REQUESTS:
        return entry.seq not in waiting
    if entry.kind is EntryKind.STEP_SKIPPED:
        return "by" in entry.data  # who had it skipped says so
    if entry.kind is EntryKind.TASK_OPENED:
        return entry.data.get("why") == "taken_over"  # so does who took it over
    if entry.kind is EntryKind.RUN_STARTED:
        return entry.data.get("reason") != "reset"
    if waits_its_turn(entry):
        return True
    # a question that was asked says itself that it was sent
    return entry.kind is EntryKind.EFFECT_APPLIED and str(entry.data.get("step")) in asked


def _reached_all(entry: TimelineRow) -> bool:
    """Whether a page went out to everybody, which its request says already."""
    result = entry.data.get("result")
    pages = result.get("pages") if isinstance(result, dict) else None
    return isinstance(pages, list) and all(isinstance(each, dict) and each.get("result") == "sent" for each in pages)


def _same_check(story: list[Moment], entry: TimelineRow, text: str) -> int | None:
    """Where the same check found the same, if nothing but checks came since."""
    if entry.kind not in _CHECKS:
        return None
    for at in range(len(story) - 1, -1, -1):
        if story[at].kind not in _CHECKS:
            return None
        if story[at].text == text:
            return at
    return None


class _Names:
    """Which identifiers the story has named so far."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()
        self._checks: dict[tuple[str, str], Data] = {}

    def shortened(self, entry: TimelineRow) -> TimelineRow:
        """The entry without the identifiers that were named before; a check that finds the same says the same."""
        found = (str(entry.data.get("step")), str(entry.data.get("result")))
        if entry.kind in _CHECKS and found in self._checks:
            return entry.model_copy(update={"data": self._checks[found]})
        data = dict(entry.data)
        for field in ("report", "inputs", "result"):
            given = data.get(field)
            if isinstance(given, dict):
                data[field] = {name: value for name, value in given.items() if self._worth_telling(entry, name, value)}
        if entry.kind in _CHECKS:
            self._checks[found] = data
        return entry.model_copy(update={"data": data})

    def _worth_telling(self, entry: TimelineRow, name: str, value: JsonValue) -> bool:
        if not name.endswith("_id"):
            return True
        if name == "message_id" and entry.data.get("activity") in MESSAGES:
            return False
        new = (name, str(value)) not in self._told
        self._told.add((name, str(value)))
        return new
