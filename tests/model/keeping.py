"""All that an incident has promised, and whom it calls for: the parts beside each other, one turn after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.models import Data
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from tests.model.answering import Answering
from tests.model.boundaries import Boundaries
from tests.model.bounds import Bounds
from tests.model.channels import Channels
from tests.model.limits import Limits
from tests.model.nights import Nights
from tests.model.paging import Paging
from tests.model.story import TELL, Story
from tests.model.tables import Tables
from tests.model.timekeeping import Timekeeping
from workflows.events import EVENT_KINDS, Command


@dataclass
class Keeping:
    bundle: Bundle

    def __post_init__(self) -> None:
        self.story = Story(bundle=self.bundle)
        self.nights = Nights(self.bundle)
        self.clocks = Timekeeping(self.story, self.nights)
        self.paging = Paging(self.story)
        self.limits = Limits(self.story)
        self.bounds = Bounds(self.bundle)
        self.tables = Tables(self.bundle)
        self.channels = Channels(self.bundle)
        self.boundaries = Boundaries()
        self.answering = Answering(self.bundle)

    def follow(
        self,
        entries: list[Entry],
        commands: list[Command] | None,
        *,
        outstanding: Mapping[str, Command] | None,
        facts: Data | None = None,
    ) -> None:
        """Take what one event has led to. ``commands``, ``outstanding`` and ``facts``, which are known at its end, are
        ``None`` where they are not known. Raises ``AssertionError`` for what must not be, and for what is missing."""
        if not entries:
            return
        for entry in entries:
            self.story.follow(entry)
        if any(entry.kind is EntryKind.DUPLICATE_FOUND for entry in entries):
            return
        held = set(self.nights.held)
        self.nights.follow(entries, facts)
        if facts is not None:
            self.tables.follow(entries, facts)
            self.bounds.follow(entries, facts, held=held)
            self.answering.follow(entries, facts)
        self.channels.follow(entries)
        self.boundaries.follow(entries, outstanding)
        self._check()
        telling = outstanding is None or any(command.activity == TELL for command in outstanding.values())
        telling = telling or bool(self.nights.held)
        self.clocks.follow(entries, facts, telling=telling)
        self.paging.follow(entries, commands)
        self.limits.follow(entries)

    def must_be_due(self, at: datetime | None, now: datetime) -> None:
        """Whether the engine looks again in time: ``at``."""
        self.clocks.must_be_due(at)
        self.paging.must_be_due(at, now)
        self.limits.must_be_due(at, now)
        if not (self.bounds.confirming or "taken_over" in self.story.tasks):
            self.nights.must_be_due(at, now)

    @property
    def calls_people(self) -> bool:
        """Whether somebody is paged until somebody answers."""
        return self.paging.climb is not None and self.paging.climb.answered_at is None

    def _check(self) -> None:
        """What must be true once a turn was taken."""
        story = self.story
        if self.bounds.cut_in is not None or story.leaving:
            assert not {**story.asks, **story.waits}, "what is asked and awaited is withdrawn"
        if story.suspended is not None and story.registered:
            assert story.waiting_for == [story.suspended[0]], "it waits for nobody else"


def turns(entries: list[Entry]) -> list[list[Entry]]:
    """A timeline, parted into what each event has led to."""
    parted: list[list[Entry]] = []
    for entry in entries:
        if entry.kind in EVENT_KINDS:
            parted.append([])
        parted[-1].append(entry)
    return parted
