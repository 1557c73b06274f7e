"""Rules that could not be reckoned at an event: kept apart with their order, so that it can be decided anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quarantine", sa.Column("order_id", sa.Text()))
    op.create_index(op.f("ix_quarantine_order_id"), "quarantine", ["order_id"])


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward; restore a backup instead")
