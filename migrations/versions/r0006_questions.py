"""Questions: what customers were to be asked, and what was open on their order then."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("yields", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("behind", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_questions")),
        sa.CheckConstraint("status IN ('asked', 'held', 'joined', 'answered')", name=op.f("ck_questions_status")),
        sa.CheckConstraint("(status = 'asked') = (behind IS NULL)", name=op.f("ck_questions_behind")),
        sa.CheckConstraint("(status = 'answered') = (until IS NULL)", name=op.f("ck_questions_until")),
    )
    op.create_index(op.f("ix_questions_order_id_number"), "questions", ["order_id", "number"], unique=True)
    op.create_index(op.f("ix_questions_incident_id"), "questions", ["incident_id"])


def downgrade() -> None:
    raise RuntimeError("a journal only goes forward; restore a backup instead")
