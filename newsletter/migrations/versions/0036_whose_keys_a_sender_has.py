"""Which keys a sender makes links with: all that share a ledger must have the same.

Revision: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("senders", sa.Column("keys", sa.String(length=16), server_default="", nullable=False))
