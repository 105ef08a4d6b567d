"""Which issues are planned and what was changed in them.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_breaks_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaks")),
    )
    op.create_table(
        "issue_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["subscribers.id"],
            name=op.f("fk_issue_changes_by_id_subscribers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_issue_changes_issue_id_issues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_changes")),
        sa.UniqueConstraint("issue_id", "revision", name=op.f("uq_issue_changes_issue_id_revision")),
    )
    with op.batch_alter_table("issue_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_changes_by_id"), ["by_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_presences_issue_id_issues"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_presences_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("issue_id", "subscriber_id", name=op.f("pk_presences")),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presences_subscriber_id"), ["subscriber_id"], unique=False)

    # Not in a batch: SQLite would make the table anew, and lose what hangs on it.
    op.add_column("issues", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("issues", sa.Column("sections", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("issues", sa.Column("deadline", sa.Date(), nullable=True))
    op.add_column("issues", sa.Column("planned_for", sa.Date(), nullable=True))
    op.add_column("items", sa.Column("standing", sa.Boolean(), server_default=sa.false(), nullable=False))
