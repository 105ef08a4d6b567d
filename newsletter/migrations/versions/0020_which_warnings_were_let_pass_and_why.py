"""Which warnings were let pass, and why.

Revision: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passed_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("passed_by", sa.String(length=120), nullable=False),
        sa.Column("passed_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issues.id"],
            name=op.f("fk_passed_warnings_issue_id_issues"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["passed_by_id"],
            ["subscribers.id"],
            name=op.f("fk_passed_warnings_passed_by_id_subscribers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_warnings")),
    )
    with op.batch_alter_table("passed_warnings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passed_warnings_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_passed_warnings_passed_by_id"), ["passed_by_id"], unique=False)
