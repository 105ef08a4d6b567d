"""What a report said of an address goes with the report: without it, two would look like one refusal.

Revision: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_NAME = "fk_address_failures_inbound_id_inbound_mails"
_REFUSAL = sa.text("inbound_id IS NULL")


def upgrade() -> None:
    op.drop_index("uq_address_failures_refusal", "address_failures")
    with op.batch_alter_table("address_failures") as table:
        table.drop_constraint(op.f(_NAME), type_="foreignkey")
        table.create_foreign_key(op.f(_NAME), "inbound_mails", ["inbound_id"], ["id"], ondelete="CASCADE")
    op.create_index(
        "uq_address_failures_refusal",
        "address_failures",
        ["delivery_id"],
        unique=True,
        sqlite_where=_REFUSAL,
        postgresql_where=_REFUSAL,
    )
