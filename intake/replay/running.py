"""A replay: reads a file into a notebook, with a clock that its events move on, and rehearses order by order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from amends.models import Data
from intake.admitting import why_not
from intake.cloudevents import read_event
from intake.events import OrderEvent
from intake.json_text import read_json
from intake.malformed import MalformedEvent
from intake.replay.lines import LONGEST_LINE, lines_of
from intake.replay.notebook import Notebook, Refused
from intake.replay.rehearsing import Arrival, Opening, rehearse
from intake.rules import Rule

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""Until when a replay goes on if nobody says: until nothing is awaited any more."""

Reader = Callable[[Data], OrderEvent]
"""From a JSON object to its event; raises ``MalformedEvent``."""


class Unanswered(NamedTuple):
    """A rule that could not be reckoned, the reason, and at how many events."""

    exception_type: str
    rule: str
    why: str
    events: int


class Summary(NamedTuple):
    """What a replay has met. ``last``: when the last event came in."""

    lines: int
    events: int
    orders: int
    repeated: int
    last: datetime | None
    unreckoned: tuple[Unanswered, ...]


def read(notebook: Notebook, path: Path, *, now: datetime, reader: Reader = read_event) -> None:
    """Takes the lines of a file that the notebook has not taken yet. A line holds one event, or a list of them.

    The clock shows when the last event came in: as the file says, or else when it happened. An event that happened
    after it came in, or after ``now``, is refused. Raises ``InputError`` for a file that cannot be read to its end;
    what stands before is kept.
    """
    progress = notebook.progress()
    fresh = ((number, line) for number, line in lines_of(path) if number > progress.lines)
    while batch := list(islice(fresh, _BATCH)):
        arrivals: list[tuple[int, Arrival]] = []
        refused: list[Refused] = []
        clock = progress.clock
        for number, line in batch:
            for event in _events(line, reader):
                reason = str(event) if isinstance(event, MalformedEvent) else why_not(event, event.received_at or now)
                if isinstance(event, MalformedEvent) or reason is not None:
                    refused.append(Refused(number, str(reason)))
                    continue
                clock = max(clock or event.at, event.received_at or event.at, event.at)
                arrivals.append((number, Arrival(event, clock)))
        notebook.take(arrivals, refused, progress._replace(lines=batch[-1][0], clock=clock))
        progress = notebook.progress()


def conclude(notebook: Notebook, rules: Sequence[Rule], *, until: datetime = END_OF_TIME) -> Summary:
    """Has the notebook keep what opens until a moment, and says what it was made of."""
    failures: Counter[tuple[str, str, str]] = Counter()
    notebook.conclude(_openings(notebook, rules, until, failures))
    progress, (events, orders) = notebook.progress(), notebook.counts()
    return Summary(
        lines=progress.lines,
        events=events,
        orders=orders,
        repeated=progress.repeated,
        last=progress.clock,
        unreckoned=tuple(Unanswered(*what, count) for what, count in sorted(failures.items())),
    )


_BATCH = 2_000
_KINDS = 50
"""How many reasons are told apart; a reason may name a value, and there are as many values as events."""
_OTHER = "and others"


def _openings(
    notebook: Notebook, rules: Sequence[Rule], until: datetime, failures: Counter[tuple[str, str, str]]
) -> Iterator[Opening]:
    for arrivals in notebook.orders():
        openings, unreckoned = rehearse(rules, arrivals, until=until)
        yield from openings
        for each in unreckoned:
            what = (each.exception_type, each.rule, each.why)
            failures[what if what in failures or len(failures) < _KINDS else (*what[:2], _OTHER)] += 1


def _events(line: bytes | None, reader: Reader) -> Iterable[OrderEvent | MalformedEvent]:
    if line is None:
        return (MalformedEvent(f"the line has more than {LONGEST_LINE:,} bytes; write one event to a line"),)
    try:
        said = read_json(line)
    except MalformedEvent as error:
        return (error,)
    return [_event(each, reader) for each in (said if isinstance(said, list) else [said])]


def _event(said: object, reader: Reader) -> OrderEvent | MalformedEvent:
    if not isinstance(said, dict):
        return MalformedEvent(f"{said!r:.60} is no event; write one JSON object to a line")
    try:
        return reader(said)
    except MalformedEvent as error:
        return error
