"""What regions write by themselves, and by which rules.

Revision: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_rules",
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_to", sa.String(length=5), nullable=True),
        sa.Column("monthly", sa.Integer(), nullable=True),
        sa.Column("approval", sa.Boolean(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_letter_rules")),
    )
    op.create_table(
        "regional_letters",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("region_slug", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("writer_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_digest", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=120), nullable=False),
        sa.Column("approved_digest", sa.String(length=64), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_regional_letters_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_regional_letters_issue_id_issues"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["region_slug"], ["regions.slug"], name=op.f("fk_regional_letters_region_slug_regions")
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"],
            ["subscribers.id"],
            name=op.f("fk_regional_letters_writer_id_subscribers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_regional_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_regional_letters_key")),
    )
    with op.batch_alter_table("regional_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regional_letters_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_regional_letters_region_slug"), ["region_slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_regional_letters_writer_id"), ["writer_id"], unique=False)
