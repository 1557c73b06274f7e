"""Pages: whom we have paged, over which channel, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pages",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("joined_to", sa.Text()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", "person", "channel", name=op.f("pk_pages")),
        sa.CheckConstraint("severity IN ('critical', 'high', 'medium', 'low')", name=op.f("ck_pages_severity")),
        sa.CheckConstraint(
            "result IN ('sent', 'joined', 'refused', 'failed', 'no_channel')", name=op.f("ck_pages_result")
        ),
        sa.CheckConstraint("level >= 1", name=op.f("ck_pages_level")),
        sa.CheckConstraint("(result IS NULL) = (settled_at IS NULL)", name=op.f("ck_pages_settled")),
        sa.CheckConstraint(
            "(joined_to IS NOT NULL) = (result IS NOT NULL AND result = 'joined')", name=op.f("ck_pages_joined")
        ),
        sa.CheckConstraint(
            "(channel = '') = (result IS NOT NULL AND result IN ('joined', 'no_channel'))",
            name=op.f("ck_pages_channel"),
        ),
    )
    op.create_index(op.f("ix_pages_incident_id"), "pages", ["incident_id"])
    op.create_index(op.f("ix_pages_joined_to"), "pages", ["joined_to"])
    op.create_index(op.f("ix_pages_person_cause_requested_at"), "pages", ["person", "cause", "requested_at"])


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward; restore a backup instead")
