"""Which mail a link to a block stands in, so that an answer to the mail finds the block.

Revision: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("block_links") as table:
        table.add_column(
            sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        table.create_foreign_key(
            op.f("fk_block_links_note_id_notes"), "notes", ["note_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index(op.f("ix_block_links_note_id"), ["note_id"])
