"""The journal of all incidents, as one object."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Unpack

from sqlalchemy import Engine

from amends.errors import JournalError
from amends.journal import append, claims, conversation, effects, entries, incidents, related
from amends.journal.approvals import ApprovalLog
from amends.journal.clocks import ClockLog
from amends.journal.effects import EffectLog
from amends.journal.engine import reading, writing
from amends.journal.evidence import EvidenceLog
from amends.journal.migrate import check
from amends.journal.pages import PageLog
from amends.journal.revisions import RevisionLog
from amends.journal.rows import Appended, EffectRecord, IncidentRow, QuestionRecord, TimelineRow
from amends.journal.searching import Search
from amends.timeline import Entry


class Journal:
    """The SQL record of all incidents. Safe to use from several threads and processes.

    Raises ``JournalNotMigrated`` or ``JournalTooNew`` if the database is not at this release's revision. When the
    database is away or locked, SQLAlchemy's ``OperationalError`` comes through; nothing is half-done then.
    """

    def __init__(self, engine: Engine) -> None:
        check(engine)
        self.engine = engine
        self.effects = EffectLog(engine)
        self.approvals = ApprovalLog(engine)
        self.clocks = ClockLog(engine)
        self.evidence = EvidenceLog(engine)
        self.pages = PageLog(engine)
        self.revisions = RevisionLog(engine)

    def check(self) -> None:
        """Asks the database for its revision, as the journal does when it is opened, and raises as that does."""
        check(self.engine)

    def append(
        self,
        *,
        incident_id: str,
        exception_type: str,
        workflow_id: str,
        run_id: str,
        entries: Sequence[Entry],
        claims: Sequence[str] = (),
        supersedes: Sequence[str] = (),
        at: datetime,
    ) -> Appended:
        """Appends entries of a run to an incident's timeline, in one transaction, and takes its claims.

        Entries come in order, without gaps; those that are in the timeline already, with equal content, change
        nothing, so a repeat gets an equal report, but for ``new`` and ``waiting``. The first entry of an incident is
        ``incident_opened``. A run that goes on counting where another was cut off (a Temporal reset) gets a
        ``run_started`` numbered -1 first. ``at`` is the time of recording.

        Raises ``JournalForked`` for an entry that is there with other content, and ``JournalError`` for a gap or
        unusable data; the journal is left as it was.
        """
        try:
            with writing(self.engine) as connection:
                return append.append(
                    connection,
                    incident_id=incident_id,
                    exception_type=exception_type,
                    workflow_id=workflow_id,
                    run_id=run_id,
                    entries=entries,
                    claims=claims,
                    supersedes=supersedes,
                    at=at,
                )
        except ValueError as error:
            raise JournalError(f"incident {incident_id!r}: what was given cannot be kept: {error}") from error

    def timeline(self, incident_id: str, *, after: int = 0) -> list[TimelineRow]:
        """The entries of an incident behind ``seq`` ``after``, in their order; none for one that is not known."""
        with reading(self.engine) as connection:
            return entries.timeline_of(connection, incident_id=incident_id, after=after)

    def incident(self, incident_id: str) -> IncidentRow:
        """The incident with this id, or the only one whose id begins so.

        Raises ``UnknownIncident`` and ``AmbiguousIncident``.
        """
        with reading(self.engine) as connection:
            return incidents.find(connection, incident_id=incident_id)

    def pointing_at(self, incident_id: str) -> list[IncidentRow]:
        """The incidents that name this one as the earlier one, or as the one that they are a duplicate of, the oldest
        first."""
        with reading(self.engine) as connection:
            return related.pointing_at(connection, incident_id=incident_id)

    def reopened(self, incident_ids: Iterable[str]) -> frozenset[str]:
        """Those of the incidents that reopened the one before them."""
        with reading(self.engine) as connection:
            return related.reopened(connection, incident_ids=incident_ids)

    def incidents(self, *, limit: int = 100, **wanted: Unpack[Search]) -> list[IncidentRow]:
        """The incidents that are wanted, the newest first, at most ``limit``."""
        with reading(self.engine) as connection:
            return incidents.search(connection, wanted=wanted, limit=limit)

    def reported(self, *, exception_type: str, key: str) -> str | None:
        """The incident that has the report with this key; ``None`` if the journal knows no such report."""
        with reading(self.engine) as connection:
            return claims.holder(connection, exception_type=exception_type, key=key)

    def count(self, **wanted: Unpack[Search]) -> int:
        """How many incidents are wanted."""
        with reading(self.engine) as connection:
            return incidents.count(connection, wanted=wanted)

    def exception_types(self) -> list[str]:
        """The types that there are incidents of, sorted."""
        with reading(self.engine) as connection:
            return incidents.exception_types(connection)

    def effects_of(self, incident_id: str) -> list[EffectRecord]:
        """The effects of an incident, in the order in which they were meant."""
        with reading(self.engine) as connection:
            return effects.effects_of(connection, incident_id=incident_id)

    def questions_on(self, order_id: str) -> list[QuestionRecord]:
        """Every try of an incident to ask something about an order, in their order."""
        with reading(self.engine) as connection:
            return conversation.tries_on(connection, order_id=order_id)

    def rebuild_projection(self, incident_id: str | None = None) -> int:
        """Drops the projection of an incident, or of all, with what is due and what was shown in it, and folds it from
        the timeline again; how many it was.

        Raises ``UnknownIncident`` for an incident without entries.
        """
        with writing(self.engine) as connection:
            return incidents.rebuild(connection, incident_id=incident_id)
