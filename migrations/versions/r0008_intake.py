"""Intake: what order systems say, and what is expected of it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Text()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_order_events")),
        sa.UniqueConstraint("source", "id", name=op.f("uq_order_events_source_id")),
    )
    op.create_index(op.f("ix_order_events_order_id"), "order_events", ["order_id"])
    op.create_index(
        "ix_order_events_untold",
        "order_events",
        ["number"],
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "intake_orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_intake_orders")),
    )
    op.create_index(op.f("ix_intake_orders_rules"), "intake_orders", ["rules"])
    op.create_table(
        "expectations",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("exception_type", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("lacking", sa.Text(), nullable=False),
        sa.Column("caused_by", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True)),
        sa.Column("cleared_by", sa.Text()),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("incident_id", sa.Text()),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("claimed_behind", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_expectations")),
        sa.UniqueConstraint("key", name=op.f("uq_expectations_key")),
        sa.CheckConstraint(
            "state IN ('waiting', 'opened', 'shadowed', 'passed_over', 'unusable')", name=op.f("ck_expectations_state")
        ),
        sa.CheckConstraint("(state = 'opened') = (incident_id IS NOT NULL)", name=op.f("ck_expectations_opened")),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_expectations_settled")),
        sa.CheckConstraint("(cleared_at IS NULL) = (cleared_by IS NULL)", name=op.f("ck_expectations_cleared")),
    )
    op.create_index(op.f("ix_expectations_order_id"), "expectations", ["order_id"])
    op.create_index(op.f("ix_expectations_state_opens_at"), "expectations", ["state", "opens_at"])
    op.create_table(
        "quarantine",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("digest", name=op.f("uq_quarantine_digest")),
        sa.CheckConstraint("ended IN ('taken', 'dropped')", name=op.f("ck_quarantine_ended")),
        sa.CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name=op.f("ck_quarantine_ended_at")),
    )
    op.create_table(
        "intake_modes",
        sa.Column("exception_type", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("exception_type", name=op.f("pk_intake_modes")),
        sa.CheckConstraint("mode IN ('shadow', 'on', 'off')", name=op.f("ck_intake_modes_mode")),
    )
    op.create_table(
        "intake_feeds",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("trouble", sa.Text()),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_intake_feeds")),
    )
    op.create_table(
        "intake_sweeps",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.Text()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_intake_sweeps")),
        sa.CheckConstraint("number = 1", name=op.f("ck_intake_sweeps_number")),
    )


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward; restore a backup instead")
