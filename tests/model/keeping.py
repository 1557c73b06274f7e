"""All that an incident has promised, and whom it calls for: the parts beside each other, one turn after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from tests.model.limits import Limits
from tests.model.paging import Paging
from tests.model.story import TELL, Story
from tests.model.timekeeping import Timekeeping
from workflows.events import EVENT_KINDS, Command


@dataclass
class Keeping:
    bundle: Bundle

    def __post_init__(self) -> None:
        self.story = Story(bundle=self.bundle)
        self.clocks = Timekeeping(self.story)
        self.paging = Paging(self.story)
        self.limits = Limits(self.story)

    def follow(
        self, entries: list[Entry], commands: list[Command] | None, *, outstanding: Mapping[str, Command] | None
    ) -> None:
        """Take what one event has led to. ``commands`` and ``outstanding`` are ``None`` where they are not known.
        Raises ``AssertionError`` for what must not be, and for what is missing."""
        if not entries:
            return
        for entry in entries:
            self.story.follow(entry)
        if any(entry.kind is EntryKind.DUPLICATE_FOUND for entry in entries):
            return
        telling = outstanding is None or any(command.activity == TELL for command in outstanding.values())
        self.clocks.follow(entries, telling=telling)
        self.paging.follow(entries, commands)
        self.limits.follow(entries)

    def must_be_due(self, at: datetime | None, now: datetime) -> None:
        """Whether the engine looks again in time: ``at``."""
        self.clocks.must_be_due(at)
        self.paging.must_be_due(at, now)
        self.limits.must_be_due(at, now)

    @property
    def calls_people(self) -> bool:
        """Whether somebody is paged until somebody answers."""
        return self.paging.climb is not None and self.paging.climb.answered_at is None


def turns(entries: list[Entry]) -> list[list[Entry]]:
    """A timeline, parted into what each event has led to."""
    parted: list[list[Entry]] = []
    for entry in entries:
        if entry.kind in EVENT_KINDS:
            parted.append([])
        parted[-1].append(entry)
    return parted
