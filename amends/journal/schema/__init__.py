"""The journal's tables. Their invariants stand in the tables; ``migrations`` makes them and guards what is immutable.

No foreign key points at ``incidents``: it is a projection, which can be dropped and rebuilt from the timeline.
"""

from amends.journal.schema.alerts import alerts
from amends.journal.schema.approvals import approvals
from amends.journal.schema.base import metadata
from amends.journal.schema.claims import claims
from amends.journal.schema.clocks import clocks
from amends.journal.schema.effects import effects
from amends.journal.schema.evidence import evidence
from amends.journal.schema.incidents import incidents
from amends.journal.schema.intake import (
    expectations,
    intake_feeds,
    intake_modes,
    intake_orders,
    intake_sweeps,
    order_events,
    quarantine,
)
from amends.journal.schema.pages import pages
from amends.journal.schema.questions import questions
from amends.journal.schema.remedies import exposures, remedies
from amends.journal.schema.revisions import runbook_revisions
from amends.journal.schema.timeline import timeline

__all__ = [
    "alerts",
    "approvals",
    "claims",
    "clocks",
    "effects",
    "evidence",
    "expectations",
    "exposures",
    "incidents",
    "intake_feeds",
    "intake_modes",
    "intake_orders",
    "intake_sweeps",
    "metadata",
    "order_events",
    "pages",
    "quarantine",
    "questions",
    "remedies",
    "runbook_revisions",
    "timeline",
]
