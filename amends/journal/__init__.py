"""The journal: the SQL record of every incident, append-only and chained by hashes.

``Journal(connect(url))`` opens it, ``upgrade(engine)`` makes or updates its tables, ``verify(journal, incident_id)``
proves that nothing was altered.
"""

from amends.journal.alerts import Alert, AlertKind, AlertLog
from amends.journal.approvals import ApprovalLog, Authority
from amends.journal.backup import back_up
from amends.journal.clocks import ClockLog, Due
from amends.journal.effects import EffectLog
from amends.journal.engine import connect, reading
from amends.journal.errors import AmbiguousIncident, JournalNotMigrated, JournalTooNew
from amends.journal.evidence import EvidenceLog
from amends.journal.exposure import Reservation, UnitWorth
from amends.journal.journal import Journal
from amends.journal.migrate import Migration, Standing, current, nothing, standing, upgrade
from amends.journal.pages import Begun, PageLog
from amends.journal.revisions import RevisionLog
from amends.journal.rows import (
    Appended,
    ClockRow,
    EffectRecord,
    EvidenceRow,
    IncidentRow,
    LostClaim,
    PageRecord,
    Publication,
    QuestionRecord,
    RemedyRecord,
    RunbookRevision,
    TimelineRow,
)
from amends.journal.schema.clocks import ClockKind, ClockState
from amends.journal.schema.questions import QuestionStatus
from amends.journal.turns import Question
from amends.journal.verify import Verification, verify
from amends.journal.watched import Watched, watched

__all__ = [
    "Alert",
    "AlertKind",
    "AlertLog",
    "AmbiguousIncident",
    "Appended",
    "ApprovalLog",
    "Authority",
    "Begun",
    "ClockKind",
    "ClockLog",
    "ClockRow",
    "ClockState",
    "Due",
    "EffectLog",
    "EffectRecord",
    "EvidenceLog",
    "EvidenceRow",
    "IncidentRow",
    "Journal",
    "JournalNotMigrated",
    "JournalTooNew",
    "LostClaim",
    "Migration",
    "PageLog",
    "PageRecord",
    "Publication",
    "Question",
    "QuestionRecord",
    "QuestionStatus",
    "RemedyRecord",
    "Reservation",
    "RevisionLog",
    "RunbookRevision",
    "Standing",
    "TimelineRow",
    "UnitWorth",
    "Verification",
    "Watched",
    "back_up",
    "connect",
    "current",
    "nothing",
    "reading",
    "standing",
    "upgrade",
    "verify",
    "watched",
]
