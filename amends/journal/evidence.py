"""Reading and writing what was shown: the rows of ``evidence``, which follow the timeline as the incidents do."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, delete, select

from amends.journal import schema
from amends.journal.engine import reading
from amends.journal.projection import unusable
from amends.journal.rows import EvidenceRow, TimelineRow
from amends.journal.statements import upsert
from amends.models import Evidence, Model
from amends.timeline import EntryKind

_evidence, _timeline = schema.evidence, schema.timeline

SHOWING: Final = frozenset({EntryKind.EVIDENCE_ADDED, EntryKind.TASK_SETTLED, EntryKind.ANSWER_RECEIVED})
"""The kinds of entries by which people show something."""


class EvidenceLog:
    """What was shown in all incidents. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, incident_id: str) -> list[EvidenceRow]:
        """All that was shown in an incident, in its order."""
        with reading(self._engine) as connection:
            return evidence_of(connection, incident_id=incident_id)

    def files(self) -> dict[str, EvidenceRow]:
        """The files that were shown in any incident, by their digests, each as it was shown first."""
        wanted = select(_evidence).where(_evidence.c.sha256.is_not(None))
        newest_first = (
            _evidence.c.at.desc(),
            _evidence.c.incident_id,
            _evidence.c.seq.desc(),
            _evidence.c.place.desc(),
        )
        with reading(self._engine) as connection:
            found = connection.execute(wanted.order_by(*newest_first)).mappings()
            return {row["sha256"]: EvidenceRow.model_validate(dict(row)) for row in found}


class _Shown(Model):
    evidence: tuple[Evidence, ...] = ()
    files: tuple[Evidence, ...] | None = None
    task: str | None = None
    ask: str | None = None

    @property
    def about(self) -> str | None:
        return self.task or self.ask


def fold_evidence(entries: Iterable[TimelineRow]) -> Iterator[EvidenceRow]:
    """What entries show, in their order. Raises ``JournalError`` for one whose data does not say it as it should."""
    for entry in entries:
        if entry.kind in SHOWING:
            yield from _shown_by(entry)


def evidence_of(connection: Connection, *, incident_id: str) -> list[EvidenceRow]:
    """The rows of an incident, in their order."""
    mine = select(_evidence).where(_evidence.c.incident_id == incident_id)
    found = connection.execute(mine.order_by(_evidence.c.seq, _evidence.c.place)).mappings()
    return [EvidenceRow.model_validate(dict(row)) for row in found]


def follow(connection: Connection, *, entries: Sequence[TimelineRow]) -> None:
    """Adds what an incident's newest entries show. The incident must be locked."""
    for row in fold_evidence(entries):
        upsert(connection, _evidence, row.model_dump())


def refold(connection: Connection, *, incident_id: str, entries: Sequence[TimelineRow]) -> None:
    """Drops an incident's rows and folds them from all of its entries again."""
    connection.execute(delete(_evidence).where(_evidence.c.incident_id == incident_id))
    follow(connection, entries=entries)


def drop(connection: Connection) -> None:
    """Drops the rows of all incidents."""
    connection.execute(delete(_evidence))


def refold_all(connection: Connection) -> None:
    """Drops the rows of all incidents, and folds them from the timeline again."""
    drop(connection)
    showing = connection.execute(select(_timeline).where(_timeline.c.kind.in_(SHOWING))).mappings().all()
    follow(connection, entries=[TimelineRow.model_validate(dict(columns)) for columns in showing])


def _shown_by(entry: TimelineRow) -> Iterator[EvidenceRow]:
    try:
        shown = _Shown.model_validate(entry.data)
    except ValidationError as error:
        raise unusable(entry, error) from error
    for place, each in enumerate((*shown.evidence, *(shown.files or ()))):
        yield EvidenceRow(
            incident_id=entry.incident_id,
            seq=entry.seq,
            place=place,
            what=_storable(each.what),
            sha256=each.sha256,
            type=_storable(each.type) if each.type is not None else None,
            size=each.size,
            by=_storable(entry.actor.id),
            at=entry.occurred_at,
            about=_storable(shown.about) if shown.about is not None else None,
        )


def _storable(text: str) -> str:
    """The text without what PostgreSQL takes in none: no incident stands still over that."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
