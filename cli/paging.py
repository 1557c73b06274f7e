"""Whom an incident pages: who was paged for what, who has taken it on, and when paging goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.journal import TimelineRow
from amends.timeline import EntryKind
from cli import pending, wording
from cli.times import Times
from workflows.contract import LadderView, View

_ENDS = (EntryKind.LADDER_STOPPED, EntryKind.INCIDENT_CLOSED, EntryKind.DUPLICATE_FOUND)


@dataclass(frozen=True)
class Paging:
    """How the paging stands. ``taken``: whether somebody has acknowledged, so that nobody is paged for now."""

    lines: tuple[str, ...]
    taken: bool


def paging(
    timeline: Sequence[TimelineRow],
    view: View | None,
    *,
    now: datetime,
    times: Times,
    texts: Mapping[str, str] = wording.NO_TEXTS,
) -> Paging | None:
    """Whom an incident pages, as it says itself or else as its timeline tells; ``None`` while nobody is to be paged."""
    ladder = view.ladder if view is not None else _told(timeline)
    if ladder is None:
        return None
    lines = [*_paged(timeline, ladder, times, texts), *_taken(ladder, now, times)]
    return Paging(tuple(lines), taken=ladder.acknowledged_by is not None)


def _paged(timeline: Sequence[TimelineRow], ladder: LadderView, times: Times, texts: Mapping[str, str]) -> list[str]:
    for_what = "; ".join(wording.owed(each, texts) for each in ladder.owed)
    pages = [entry for entry in timeline if entry.kind is EntryKind.PAGE_REQUESTED]
    newest = [page for page in pages if page.occurred_at == pages[-1].occurred_at]
    whom = " and ".join(dict.fromkeys(person for page in newest for person in _people(page)))
    told = f", {whom} at {times.moment(newest[0].occurred_at)}" if whom else ", nobody yet"
    return [f"Level {ladder.level} of {ladder.levels} is paged{told}: {for_what}."]


def _taken(ladder: LadderView, now: datetime, times: Times) -> list[str]:
    at = times.deadline(ladder.next_page_at, now=now) if ladder.next_page_at else ""
    put_off = f"Put off until {times.deadline(ladder.snoozed_until, now=now)}." if ladder.snoozed_until else ""
    if ladder.acknowledged_by:
        again = f"; people are paged again {at} if it is still to be done" if at else ""
        return [f"{ladder.acknowledged_by} has acknowledged it{again}."]
    return [
        each for each in (put_off, f"Without an acknowledgement the next page goes out {at}." if at else "") if each
    ]


def _told(timeline: Sequence[TimelineRow]) -> LadderView | None:
    """The ladder as far as entries tell of it."""
    ladder: LadderView | None = None
    for entry in timeline:
        if entry.kind in _ENDS:
            ladder = None
        elif entry.kind is EntryKind.PAGE_REQUESTED:
            ladder = LadderView(
                level=_number(entry, "level"),
                levels=_number(entry, "levels"),
                role=str(entry.data.get("role")),
                owed=tuple(_texts(entry, "owed")),
            )
        elif ladder is not None and entry.kind is EntryKind.ACKNOWLEDGED:
            ladder = ladder.model_copy(update={"acknowledged_by": entry.actor.id, "snoozed_until": None})
        elif ladder is not None and entry.kind is EntryKind.SNOOZE_REQUESTED:
            ladder = ladder.model_copy(update={"snoozed_until": pending.moment(entry.data.get("until"))})
    return ladder


def _people(page: TimelineRow) -> list[str]:
    return _texts(page, "people")


def _texts(entry: TimelineRow, name: str) -> list[str]:
    given = entry.data.get(name)
    return [str(each) for each in given] if isinstance(given, list) else []


def _number(entry: TimelineRow, name: str) -> int:
    given = entry.data.get(name)
    return given if isinstance(given, int) else 1
