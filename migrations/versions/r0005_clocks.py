"""Clocks: what is due in every incident, folded from its timeline."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clocks",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("owner", sa.Text()),
        sa.Column("charged_to", sa.Text()),
        sa.Column("breached_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("incident_id", "kind", "name", name=op.f("pk_clocks")),
        sa.CheckConstraint("kind IN ('goal', 'deadline', 'task', 'approval', 'page')", name=op.f("ck_clocks_kind")),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'breached', 'kept', 'missed', 'over')", name=op.f("ck_clocks_state")
        ),
        sa.CheckConstraint(
            "charged_to IN ('us', 'customer', 'carrier', 'warehouse', 'supplier', 'merchant', 'payment_provider', "
            "'platform')",
            name=op.f("ck_clocks_charged_to"),
        ),
        sa.CheckConstraint("state <> 'paused' OR due_at IS NULL", name=op.f("ck_clocks_paused")),
        sa.CheckConstraint(
            "state NOT IN ('breached', 'missed') OR breached_at IS NOT NULL", name=op.f("ck_clocks_breached")
        ),
    )
    op.create_index(op.f("ix_clocks_state_due_at"), "clocks", ["state", "due_at"])


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward; restore a backup instead")
