"""How the association's letters look: their typefaces, their foot, and where their pictures lie.

Revision: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("typeface", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("footer_text", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("pictures", sa.String(length=12), nullable=True))
