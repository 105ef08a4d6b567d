"""Regions are asked for their blocks of an issue: rounds, blocks, links, who was told, and standing texts.

Revision: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "block_rounds",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_for", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_block_rounds_issue_id_issues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_block_rounds")),
    )
    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("fallback", sa.String(length=32), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_by_id", sa.Integer(), nullable=True),
        sa.Column("section", sa.String(length=120), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_blocks_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["handed_in_by_id"],
            ["subscribers.id"],
            name=op.f("fk_blocks_handed_in_by_id_subscribers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_blocks_issue_id_issues"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["region"], ["regions.slug"], name=op.f("fk_blocks_region_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint("issue_id", "region", name=op.f("uq_blocks_issue_id_region")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocks_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blocks_handed_in_by_id"), ["handed_in_by_id"], unique=False)

    op.create_table(
        "standing_blocks",
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_standing_blocks_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["region"], ["regions.slug"], name=op.f("fk_standing_blocks_region_regions")),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_standing_blocks")),
    )
    with op.batch_alter_table("standing_blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_blocks_article_id"), ["article_id"], unique=False)

    op.create_table(
        "block_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["block_id"], ["blocks.id"], name=op.f("fk_block_links_block_id_blocks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_block_links_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_block_links")),
    )
    with op.batch_alter_table("block_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_links_block_id"), ["block_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_block_links_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "block_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["blocks.id"], name=op.f("fk_block_notices_block_id_blocks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_block_notices_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_notices")),
        sa.UniqueConstraint(
            "block_id",
            "subscriber_id",
            "step",
            "deadline",
            name=op.f("uq_block_notices_block_id_subscriber_id_step_deadline"),
        ),
    )
    with op.batch_alter_table("block_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_notices_subscriber_id"), ["subscriber_id"], unique=False)
