"""How an issue goes, who may stop it, what corrects it, and how it ended.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_summaries",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("states", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("unsubscribed", sa.Integer(), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=True),
        sa.Column("replies", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name=op.f("fk_issue_summaries_issue_id_issues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issue_id", "region", name=op.f("pk_issue_summaries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_deliveries_due"), sqlite_where=sa.text("state IN ('queued', 'waiting')")
        )
        batch_op.create_index(
            "ix_deliveries_due",
            ["issue_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'waiting')"),
            postgresql_where=sa.text("state IN ('queued', 'waiting')"),
        )

    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=32), nullable=False, server_default="ordinary")
        )
        batch_op.add_column(sa.Column("corrects_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("corrects_variant_ids", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("grace_minutes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("head_start_minutes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("hold", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("held_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("summarised_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_issues_list_id_year_number"), type_="unique")
        batch_op.create_index(batch_op.f("ix_issues_corrects_id"), ["corrects_id"], unique=False)
        batch_op.create_index(
            "uq_issues_number",
            ["list_id", "year", "number"],
            unique=True,
            sqlite_where=sa.text("kind = 'ordinary'"),
            postgresql_where=sa.text("kind = 'ordinary'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_issues_corrects_id_issues"), "issues", ["corrects_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_issues_held_by_id_issues"), "issues", ["held_by_id"], ["id"]
        )

    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("replaced_by_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_variants_issue_id_language_name"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_variants_issue_id_language_name_version"),
            ["issue_id", "language", "name", "version"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_variants_replaced_by_id_variants"),
            "variants",
            ["replaced_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
