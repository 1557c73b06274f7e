"""Remedies and approvals: what was given back, and who approved how much."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("effects", sa.Column("settled", sa.Text()))
    op.add_column("effects", sa.Column("gives", sa.Text()))
    op.create_table(
        "exposures",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_exposures")),
    )
    _create_remedies()
    _create_approvals()


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward; restore a backup instead")


def _create_remedies() -> None:
    op.create_table(
        "remedies",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text()),
        sa.Column("gave_parcel", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.Text()),
        sa.Column("released_by", sa.Text()),
        sa.PrimaryKeyConstraint("key", "unit", name=op.f("pk_remedies")),
        sa.CheckConstraint(
            "head IN ('goods', 'refund', 'compensation', 'freight', 'goodwill')", name=op.f("ck_remedies_head")
        ),
        sa.CheckConstraint("status IN ('pending', 'applied', 'released')", name=op.f("ck_remedies_status")),
        sa.CheckConstraint("why IN ('not_applied', 'undone', 'asked_again')", name=op.f("ck_remedies_why")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_remedies_amount")),
        sa.CheckConstraint("(status = 'pending') = (settled_at IS NULL)", name=op.f("ck_remedies_settled")),
        sa.CheckConstraint("(status = 'released') = (why IS NOT NULL)", name=op.f("ck_remedies_released")),
        sa.CheckConstraint("(released_by IS NULL) = (why IS NULL)", name=op.f("ck_remedies_released_by")),
    )
    op.create_index(op.f("ix_remedies_order_id"), "remedies", ["order_id"])
    op.create_index(op.f("ix_remedies_incident_id"), "remedies", ["incident_id"])
    op.create_index(op.f("ix_remedies_released_by"), "remedies", ["released_by"])
    op.create_index(op.f("ix_remedies_head_reserved_at"), "remedies", ["head", "reserved_at"])


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "approval", "person", name=op.f("pk_approvals")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_approvals_amount")),
    )
    op.create_index(op.f("ix_approvals_person_order_id"), "approvals", ["person", "order_id"])
    op.create_index(op.f("ix_approvals_person_day"), "approvals", ["person", "day"])
