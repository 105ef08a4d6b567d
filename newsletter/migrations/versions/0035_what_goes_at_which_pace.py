"""What goes at which pace, and who wants fewer letters, is shared by all senders.

Revision: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_paces",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("spent", sa.JSON(), nullable=False),
        sa.Column("booked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warming_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warming_doublings", sa.Integer(), nullable=False),
        sa.Column("warming_letters", sa.Integer(), nullable=False),
        sa.Column("slow_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slow_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slow_times", sa.Integer(), nullable=False),
        sa.Column("slow_accepted", sa.Integer(), nullable=False),
        sa.Column("slow_said", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sending_paces")),
    )
