"""The journal: incidents, timeline, effects, claims and runbook revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_IMMUTABLE = ("timeline", "runbook_revisions")


def upgrade() -> None:
    _create_incidents()
    _create_timeline()
    _create_effects()
    _create_claims()
    _create_revisions()
    for table in _IMMUTABLE:
        _refuse_changes(table)


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward: there is nothing older than 0001; restore a backup instead")


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("exception_type", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text()),
        sa.Column("waiting_for", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("bundle_digest", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.Text()),
        sa.Column("previous", sa.Text()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incidents")),
        sa.CheckConstraint(
            "status IN ('open', 'acknowledged', 'waiting', 'in_progress', 'taken_over', 'resolved', 'closed', "
            "'cancelled', 'duplicate')",
            name=op.f("ck_incidents_status"),
        ),
        sa.CheckConstraint("stage IN ('report', 'analysis', 'action', 'follow_up')", name=op.f("ck_incidents_stage")),
        sa.CheckConstraint("severity IN ('critical', 'high', 'medium', 'low')", name=op.f("ck_incidents_severity")),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (status IN ('closed', 'cancelled', 'duplicate'))",
            name=op.f("ck_incidents_ended"),
        ),
        sa.CheckConstraint("entries >= 1", name=op.f("ck_incidents_entries")),
    )
    op.create_index(op.f("ix_incidents_workflow_id_opened_at"), "incidents", ["workflow_id", "opened_at"])
    op.create_index(op.f("ix_incidents_order_id"), "incidents", ["order_id"])
    op.create_index(op.f("ix_incidents_opened_at"), "incidents", ["opened_at"])


def _create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "seq", name=op.f("pk_timeline")),
        sa.UniqueConstraint("run_id", "n", name=op.f("uq_timeline_run_id_n")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_timeline_seq")),
        sa.CheckConstraint("n >= -1", name=op.f("ck_timeline_n")),
        sa.CheckConstraint("length(prev_hash) = 64 AND length(hash) = 64", name=op.f("ck_timeline_hashes")),
    )


def _create_effects() -> None:
    op.create_table(
        "effects",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("inputs_digest", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Text()),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("result", sa.Text()),
        sa.Column("refusal", sa.Text()),
        sa.Column("outcome_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_effects")),
        sa.CheckConstraint("outcome IN ('applied', 'not_applied')", name=op.f("ck_effects_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name=op.f("ck_effects_outcome_at")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_effects_attempt")),
    )
    op.create_index(op.f("ix_effects_incident_id"), "effects", ["incident_id"])


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("exception_type", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("exception_type", "idempotency_key", name=op.f("pk_claims")),
    )


def _create_revisions() -> None:
    op.create_table(
        "runbook_revisions",
        sa.Column("exception_type", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("exception_type", "number", name=op.f("pk_runbook_revisions")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_runbook_revisions_number")),
    )
    op.create_index(op.f("ix_runbook_revisions_digest"), "runbook_revisions", ["digest"])


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {change} is refused'); END"
            )
        return
    op.execute(
        """
        CREATE OR REPLACE FUNCTION amends_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for change, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION amends_refuse_change()"
        )
