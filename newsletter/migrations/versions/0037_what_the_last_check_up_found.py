"""What the last check-up found, and the mails that were sent to ourselves for it.

Revision: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ups")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "boomerangs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_up_id", sa.Integer(), nullable=False),
        sa.Column("relay", sa.String(length=320), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("went", sa.LargeBinary(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("checks", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_up_id"],
            ["check_ups.id"],
            name=op.f("fk_boomerangs_check_up_id_check_ups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["inbound_mails.id"],
            name=op.f("fk_boomerangs_mail_id_inbound_mails"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boomerangs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_boomerangs_check_up_id"), "boomerangs", ["check_up_id"], unique=False)
    op.create_index(op.f("ix_boomerangs_mail_id"), "boomerangs", ["mail_id"], unique=False)
