"""Articles have a kind, an occasion to come to, and films behind their pictures.

Revision: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_LENGTHS = {"starts": 16, "ends": 16, "place": 200, "address": 300, "years": 60}


def upgrade() -> None:
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "ordinary",
                    "invitation",
                    "obituary",
                    name="articlekind",
                    native_enum=False,
                    length=32,
                ),
                server_default="ordinary",
                nullable=False,
            )
        )
        for name, length in _LENGTHS.items():
            batch_op.add_column(sa.Column(name, sa.String(length), server_default="", nullable=False))
        batch_op.add_column(sa.Column("answer_by", sa.Date(), nullable=True))
    with op.batch_alter_table("article_images", schema=None) as batch_op:
        batch_op.add_column(sa.Column("film", sa.Text(), server_default="", nullable=False))
