"""The incidents beside one: those before and after it on its subject, and those that were made one with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from amends.journal import IncidentRow, Journal, TimelineRow
from amends.models import Data

SPLIT: Final = "split:"
"""How the key of a report begins that was split off, followed by the incident to which it had been added."""

_HOW = {"superseded": "taken over by this one", "merged": "merged into this one"}
"""What became of a duplicate, by its outcome; one without has its report here."""


@dataclass(frozen=True)
class Kin:
    """``split_from``: the incident to which its report had been added. ``pointing``: those that name the incident.
    ``reopened``: those among them, and it itself, that reopened another."""

    row: IncidentRow
    pointing: tuple[IncidentRow, ...] = ()
    reopened: frozenset[str] = frozenset()
    split_from: str | None = None

    @classmethod
    def of(cls, row: IncidentRow, timeline: Sequence[TimelineRow], journal: Journal) -> "Kin":
        """What the journal knows."""
        pointing = tuple(journal.pointing_at(row.incident_id))
        reopened = journal.reopened([row.incident_id, *(each.incident_id for each in pointing)])
        opened_by = str(timeline[0].data.get("key")) if timeline else ""
        split_from = opened_by.removeprefix(SPLIT).partition(":")[0] if opened_by.startswith(SPLIT) else None
        return cls(row, pointing, reopened, split_from)

    def told(self) -> Iterator[tuple[str, Text]]:
        """Each with what it is called."""
        row = self.row
        if row.previous:
            how = "which this one reopens" if row.incident_id in self.reopened else "on the same subject"
            yield "earlier", Text(f"incident {row.previous}, {how}")
        if self.split_from:
            yield "split from", Text(f"incident {self.split_from}")
        if row.duplicate_of:
            yield "duplicate of", Text(f"incident {row.duplicate_of}")
        for each in self.pointing:
            if each.duplicate_of == row.incident_id:
                how = _HOW.get(each.outcome or "", "reported twice")
                yield "joined by", Text(f"incident {each.incident_id}, {each.exception_type.replace('_', ' ')}, {how}")
            else:
                how = "which reopens this one" if each.incident_id in self.reopened else "on the same subject"
                yield "later", Text(f"incident {each.incident_id}, {how}")

    def as_data(self) -> Data:
        """The same for machines: the ids of those that name it, by how they do."""
        named = {each.incident_id: each for each in self.pointing}
        later = [key for key, each in named.items() if each.previous == self.row.incident_id]
        return {
            "reopens": self.row.previous if self.row.incident_id in self.reopened else None,
            "split_from": self.split_from,
            "later": list(later),
            "reopened_by": [key for key in later if key in self.reopened],
            "duplicates": [key for key, each in named.items() if each.duplicate_of == self.row.incident_id],
        }
