"""Who got an issue is told by an index alone, in PostgreSQL.

Revision: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAME = "uq_deliveries_issue_id_subscriber_id"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":  # SQLite has no INCLUDE
        return
    op.execute(f"ALTER TABLE deliveries DROP CONSTRAINT {_NAME}")
    op.execute(
        f"ALTER TABLE deliveries ADD CONSTRAINT {_NAME} "
        "UNIQUE (issue_id, subscriber_id) INCLUDE (state, carried_by)"
    )
