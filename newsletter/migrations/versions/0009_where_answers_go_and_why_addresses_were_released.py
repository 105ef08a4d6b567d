"""Where a region's answers go, who was reminded of an end, and why addresses were released.

The reasons for releases used to stand in the log, which keeps everything for good, although people write
names in them. They move to a table of their own, from which they go in time.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suppression_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canonical", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression_releases")),
    )
    with op.batch_alter_table("suppression_releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suppression_releases_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_suppression_releases_canonical"), ["canonical"], unique=False)

    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=320), nullable=False, server_default=""))
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_of", sa.Date(), nullable=True))
    _move_the_reasons()


def _move_the_reasons() -> None:
    """Take the reasons out of the log, which for this once is let go of."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    reason = "json_extract(details, '$.reason')" if sqlite else "details ->> 'reason'"
    rest = (
        "json_set(json_remove(details, '$.reason'), '$.reason_given', json('true'))"
        if sqlite
        else "((details::jsonb - 'reason') || '{\"reason_given\": true}'::jsonb)::json"
    )
    which = f"act = 'release address' AND {reason} IS NOT NULL"
    op.execute(
        "INSERT INTO suppression_releases (canonical, reason, actor, at) "  # noqa: S608 - only the lines above
        f"SELECT '', {reason}, actor, at FROM acts WHERE {which} ORDER BY id"
    )
    op.execute("DROP TRIGGER acts_refuse_update" + ("" if sqlite else " ON acts"))
    op.execute(f"UPDATE acts SET details = {rest} WHERE {which}")  # noqa: S608 - only the lines above
    body = (
        "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_to_rewrite()"
    )
    op.execute(
        "CREATE TRIGGER acts_refuse_update BEFORE UPDATE OF id, at, actor, act, subject, details ON acts "
        f"FOR EACH ROW {body}"
    )
