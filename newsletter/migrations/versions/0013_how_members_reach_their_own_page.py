"""How members reach their own page, change address and pause lists; and which issues anybody may read.

The trigger that keeps the ledger of consents from being rewritten guards the new column, too.

Revision: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("by_claim", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("canonical", sa.String(length=320), nullable=False),
        sa.Column("old_address", sa.String(length=320), nullable=False),
        sa.Column("old_canonical", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("member_number", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("confirm_hash", sa.String(length=64), nullable=False),
        sa.Column("undo_hash", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_address_changes_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_address_changes_confirm_hash")),
        sa.UniqueConstraint("undo_hash", name=op.f("uq_address_changes_undo_hash")),
    )
    with op.batch_alter_table("address_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_changes_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_changes_canonical"), ["canonical"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_changes_old_canonical"), ["old_canonical"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_changes_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_changes_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "own_page_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_own_page_links_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_own_page_links")),
    )
    with op.batch_alter_table("own_page_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_page_links_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "own_page_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_own_page_sessions_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_own_page_sessions")),
    )
    with op.batch_alter_table("own_page_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_page_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_own_page_sessions_subscriber_id"), ["subscriber_id"], unique=False
        )

    with op.batch_alter_table("consent_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_until", sa.Date(), nullable=True))

    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_archive", sa.Boolean(), nullable=True))

    with op.batch_alter_table("lists", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("archive", sa.String(length=32), server_default="closed", nullable=False)
        )

    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
    _guard_the_ledger()


def _guard_the_ledger() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    body = (
        "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_to_rewrite()"
    )
    op.execute("DROP TRIGGER consent_entries_refuse_update" + ("" if sqlite else " ON consent_entries"))
    op.execute(
        "CREATE TRIGGER consent_entries_refuse_update BEFORE UPDATE OF id, pseudonym, list_id, given, at, "
        f"paused_until, how, place, wording_id ON consent_entries FOR EACH ROW {body}"
    )
