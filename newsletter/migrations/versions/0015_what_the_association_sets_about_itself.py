"""What the association sets about itself on the page, over the settings in files.

Revision: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("association_name", sa.String(length=120), nullable=True),
        sa.Column("accent_color", sa.String(length=7), nullable=True),
        sa.Column("postal_address", sa.String(length=300), nullable=True),
        sa.Column("contact_address", sa.String(length=320), nullable=True),
        sa.Column("send_grace_minutes", sa.Integer(), nullable=True),
        sa.Column("send_head_start_minutes", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
