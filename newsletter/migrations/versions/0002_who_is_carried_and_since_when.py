"""Find those whom a copy greets too, and know when a delivery was first tried.

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("first_try_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_deliveries_carried",
        "deliveries",
        ["issue_id", "carried_by"],
        sqlite_where=sa.text("carried_by IS NOT NULL"),
        postgresql_where=sa.text("carried_by IS NOT NULL"),
    )
