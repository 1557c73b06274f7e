"""``amends conversation``: what was said with the customer about an order, by all of its incidents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.text import Text

from amends.errors import InputError
from amends.journal import IncidentRow, Journal, TimelineRow
from amends.models import NotAsked, Party
from amends.timeline import EntryKind
from cli import styles
from cli.options import OutputFormat
from cli.output import Format, print_json, short
from cli.records import journal
from cli.screen import Screen
from cli.telling import tell
from cli.times import Times, Utc
from runbooks.catalogue import TELL

_MOST: Final = 1000
"""Incidents of one order."""

_MESSAGES: Final = frozenset({EntryKind.EFFECT_APPLIED, EntryKind.EFFECT_REFUSED, EntryKind.EFFECT_UNKNOWN})

_QUESTIONS: Final = frozenset(
    {
        EntryKind.MESSAGE_HELD,
        EntryKind.MESSAGE_WITHDRAWN,
        EntryKind.QUESTION_ASKED,
        EntryKind.QUESTION_HELD,
        EntryKind.QUESTION_JOINED,
        EntryKind.QUESTION_WITHDRAWN,
        EntryKind.ANSWER_RECEIVED,
        EntryKind.ANSWER_INHERITED,
        EntryKind.ANSWER_SHARED,
        EntryKind.SILENCE_ASSUMED,
    }
)


@dataclass(frozen=True)
class Line:
    """Something that was said, or was not, and the incident in which it was."""

    incident: IncidentRow
    entry: TimelineRow


def conversation(
    order: Annotated[str, Parameter(help="The order's id, such as SO-1001.")],
    /,
    *,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Tell what was said with the customer about an order, in the order in which it was, by all of its incidents.

    For example:

      amends conversation SO-1001
      amends conversation SO-1001 --utc

    What was told, asked and answered, what was held back and why, what was
    asked once for several incidents. One question is open at a time about the
    same goods, whichever incident asks it.
    """
    with journal() as found:
        newest_first = found.incidents(order_id=order, limit=_MOST)
        incidents = sorted(newest_first, key=lambda row: (row.opened_at, row.incident_id))
        if not incidents:
            raise InputError(f"there is no incident about an order {order!r}; `amends list` shows which there are")
        lines = said(found, incidents)
    times = Times(utc=utc)
    if format is Format.JSON:
        print_json(
            {
                "order_id": order,
                "incidents": [_named(each) for each in incidents],
                "said": [_as_data(each, times) for each in lines],
            }
        )
        return
    _print(Screen(), order, incidents, lines, times)


def said(journal: Journal, incidents: Sequence[IncidentRow]) -> list[Line]:
    """What the incidents have said with the customer, the oldest first."""
    lines = [Line(each, entry) for each in incidents for entry in _said_in(journal.timeline(each.incident_id))]
    return sorted(lines, key=lambda line: (line.entry.occurred_at, line.incident.incident_id, line.entry.seq))


def _said_in(timeline: Sequence[TimelineRow]) -> Iterator[TimelineRow]:
    reached = [entry for entry in timeline if entry.kind is EntryKind.QUESTION_ASKED]
    asked = {entry.data.get("ask") for entry in reached}
    of_others = {entry.data.get("ask") for entry in reached if entry.data.get("to") != Party.CUSTOMER}
    for entry in timeline:
        if entry.kind in _QUESTIONS and entry.data.get("ask") not in of_others:
            yield entry
        elif entry.kind in _MESSAGES and entry.data.get("activity") == TELL:
            arrived = entry.kind is EntryKind.EFFECT_APPLIED and entry.data.get("step") in asked
            if not arrived and not waits_its_turn(entry):  # both are told by what follows
                yield entry


def waits_its_turn(entry: TimelineRow) -> bool:
    """Whether a question was refused for another that is open: the entry behind says so in plain words."""
    refusal = entry.data.get("refusal")
    return entry.kind is EntryKind.EFFECT_REFUSED and isinstance(refusal, dict) and refusal["reason"] in set(NotAsked)


def _print(screen: Screen, order: str, incidents: Sequence[IncidentRow], lines: Sequence[Line], times: Times) -> None:
    screen.line(f"The conversation about order {order}", style=styles.HEADING)
    screen.line()
    for each in incidents:
        words = each.exception_type.replace("_", " ")
        screen.line(f"{words}, {each.status.replace('_', ' ')}", prefix=f"  {short(each.incident_id)}  ")
    screen.line()
    if not lines:
        screen.line("nothing was said yet", prefix="  ")
    day = ""
    for line in lines:
        at = line.entry.occurred_at
        if times.day(at) != day:
            day = times.day(at)
            screen.line(day, prefix="  ", style=styles.QUIET)
        text = Text(tell(line.entry, moment=times.moment), styles.of_kind(line.entry.kind))
        screen.line(text, prefix=f"    {times.clock(at)}  {short(line.incident.incident_id)}  ")


def _named(row: IncidentRow) -> dict[str, Any]:
    return {"incident_id": row.incident_id, "exception_type": row.exception_type, "status": row.status.value}


def _as_data(line: Line, times: Times) -> dict[str, Any]:
    entry = line.entry
    return {
        "at": entry.occurred_at.isoformat(),
        "incident_id": line.incident.incident_id,
        "seq": entry.seq,
        "kind": entry.kind.value,
        "text": tell(entry, moment=times.moment),
        "data": entry.data,
    }
