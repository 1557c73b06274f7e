"""``amends watch``: an incident's story, and what comes to it while one looks."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from cyclopts import Parameter

from amends.journal import IncidentRow, Journal, TimelineRow
from amends.journal.projection import project
from amends.models import Status
from amends.timeline import EntryKind
from cli import completing, pending
from cli.codes import ExitCode
from cli.condensing import CLOCKWORK, Moment
from cli.options import IncidentId, OutputFormat
from cli.output import Format, say
from cli.progress import ProgressLine
from cli.records import journal
from cli.screen import Screen
from cli.story import Course, Story, waiting_for
from cli.telling import tell
from cli.times import Times, Utc
from cli.versions import followed, followed_in_words, texts

_LOOK: Final = 1.0
"""Seconds between two looks into the journal: soon for a person, and one short query for the database."""

_UNTOLD: Final = CLOCKWORK | frozenset(
    {
        EntryKind.INCIDENT_REGISTERED,
        EntryKind.STAGE_ENTERED,
        EntryKind.TIME_CAME,
        EntryKind.DECISION_COUNTED,
        EntryKind.TASK_CLOSED,
    }
)
"""The engine's bookkeeping: a stage is a heading, and what comes of a moment or a decision is told."""


def watch(
    incident: Annotated[IncidentId, Parameter(completer=completing.open_incidents)],
    /,
    *,
    until: Annotated[
        Status | None, Parameter(help="Look until it has had this status. Without it, until it has ended.")
    ] = None,
    utc: Utc = False,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> int:
    """Tell an incident's story so far, and then whatever comes to it, as it is written, until it has ended.

    For example:

      amends watch 09e8ed54
      amends watch 09e8ed54 --until resolved && echo "the customer is whole"

    It reads the journal alone: no Temporal server is needed. On a terminal the
    last line says for whom the incident waits, and until when. --format json
    gives every entry as one line of JSON, from the first.

    Exit codes: 0, it has ended, or has had the status of --until; 1, it has
    ended without; 2, there is no such incident, or the journal does not answer;
    130, Ctrl-C: the incident goes on.
    """
    with journal() as found, ProgressLine() as progress:
        row = found.incident(incident)
        viewer = _Lines() if format is Format.JSON else _Page(found, row, Times(utc=utc), progress)
        now: IncidentRow | None = None
        for entries in _written(found, row.incident_id):
            viewer.show(entries)
            for entry in entries:
                now = project(now, entry)
                if until is not None and now.status is until:
                    return ExitCode.DONE
            if now is not None and now.status.final:
                return _ended(now, until)
    raise AssertionError("a journal never ends by itself")


def _written(found: Journal, incident_id: str) -> Iterator[Sequence[TimelineRow]]:
    """The entries of an incident: first all there are, then every second those that came since."""
    seq = 0
    while True:
        entries = found.timeline(incident_id, after=seq)
        seq = entries[-1].seq if entries else seq
        yield entries
        time.sleep(_LOOK)


def _ended(row: IncidentRow, until: Status | None) -> int:
    if until is None:
        return ExitCode.DONE
    say(f"it has ended as {row.status}, and never was {until.replace('_', ' ')}")
    return ExitCode.NOT_AS_WANTED


class _Lines:
    """Every entry as a line of JSON."""

    def show(self, entries: Sequence[TimelineRow]) -> None:
        for entry in entries:
            print(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False), flush=True)


class _Page:
    """The story so far, then entry by entry."""

    def __init__(self, found: Journal, row: IncidentRow, times: Times, progress: ProgressLine) -> None:
        self._found = found
        self._row = row
        self._times = times
        self._progress = progress
        self._screen = Screen()
        self._course = Course(self._screen, times)
        self._texts: Mapping[str, str] = {}
        self._timeline: list[TimelineRow] = []
        self._stage = "report"

    def show(self, entries: Sequence[TimelineRow]) -> None:
        if entries:
            self._progress.clear()
            self._texts = texts(self._found)
        if not self._timeline:
            self._begin(entries)
        for entry in entries:
            if entry.kind is EntryKind.STAGE_ENTERED:
                self._stage = str(entry.data.get("stage", self._stage))
            if self._timeline:
                self._tell(entry)
        self._timeline += entries
        if not pending.ended(self._timeline):
            self._progress.show(self._waiting())

    def _begin(self, entries: Sequence[TimelineRow]) -> None:
        story = Story(
            row=self._row,
            timeline=entries,
            effects=(),
            follows=followed_in_words(self._row, followed(self._found, self._row)),
            view=None,
            view_missing=None,
            address=None,
            now=datetime.now(UTC),
            times=self._times,
            texts=self._texts,
        )
        story.print_head(self._screen)
        self._screen.line()
        story.print_course(self._course)

    def _tell(self, entry: TimelineRow) -> None:
        if entry.kind not in _UNTOLD:
            told = tell(entry, moment=self._times.moment, texts=self._texts)
            self._course.print(Moment(at=entry.occurred_at, stage=self._stage, kind=entry.kind, text=told))

    def _waiting(self) -> str:
        waiting = list(waiting_for(self._timeline, times=self._times, now=datetime.now(UTC)))
        return f"waiting for {'; '.join(waiting)}" if waiting else "going on; Ctrl-C leaves it alone"
