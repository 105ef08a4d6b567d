"""Since when a mail that came in has its owner, who is reminded of it some days later.

Revision: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbound_mails", sa.Column("owned_at", sa.DateTime(timezone=True), nullable=True))
