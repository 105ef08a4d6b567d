"""How much one address has sent of late is found without reading all mail of the day.

Revision: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inbound_mails_from_address", "inbound_mails", ["from_address", "received_at"])
