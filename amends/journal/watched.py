"""What a watchdog needs of the journal: the open incidents, each with the run that wrote last."""

from sqlalchemy import Engine, select

from amends.journal import schema
from amends.journal.engine import reading
from amends.models import Model, Utc


class Watched(Model):
    """An open incident. ``run_id``: the Temporal run that wrote its last entry."""

    incident_id: str
    workflow_id: str
    run_id: str
    opened_at: Utc


def watched(engine: Engine) -> list[Watched]:
    """All open incidents, the oldest first."""
    rows, last = schema.incidents, schema.timeline
    wanted = (
        select(rows.c.incident_id, rows.c.workflow_id, last.c.run_id, rows.c.opened_at)
        .join(last, (last.c.incident_id == rows.c.incident_id) & (last.c.seq == rows.c.entries))
        .where(rows.c.closed_at.is_(None))
        .order_by(rows.c.opened_at, rows.c.incident_id)
    )
    with reading(engine) as connection:
        return [Watched.model_validate(dict(row)) for row in connection.execute(wanted).mappings()]
