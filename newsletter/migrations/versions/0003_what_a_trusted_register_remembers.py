"""What a trusted register remembers.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acts_at"), ["at"], unique=False)

    op.create_table(
        "consent_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_wordings")),
        sa.UniqueConstraint(
            "key", "language", "version", name=op.f("uq_consent_wordings_key_language_version")
        ),
    )
    op.create_table(
        "erasures",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_erasures")),
    )
    op.create_table(
        "import_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("applied_by", sa.String(length=120), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )
    op.create_table(
        "stated_facts",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.String(length=120), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stated_facts")),
    )
    op.create_table(
        "consent_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("wording_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name=op.f("fk_consent_entries_list_id_lists")),
        sa.ForeignKeyConstraint(
            ["wording_id"],
            ["consent_wordings.id"],
            name=op.f("fk_consent_entries_wording_id_consent_wordings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_entries")),
    )
    with op.batch_alter_table("consent_entries", schema=None) as batch_op:
        batch_op.create_index("ix_consent_entries_person", ["pseudonym", "list_id", "id"], unique=False)

    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("canonical", sa.String(length=320), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("list_slugs", sa.JSON(), nullable=False),
        sa.Column("wording_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["wording_id"], ["consent_wordings.id"], name=op.f("fk_sign_ups_wording_id_consent_wordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
    )
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ups_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_ups_canonical"), ["canonical"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_ups_mail_due_at"), ["mail_due_at"], unique=False)

    op.create_table(
        "field_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_run_id"],
            ["import_runs.id"],
            name=op.f("fk_field_changes_import_run_id_import_runs"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_field_changes_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_changes")),
    )
    with op.batch_alter_table("field_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_changes_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_field_changes_import_run_id"), ["import_run_id"], unique=False)
        batch_op.create_index("ix_field_changes_person", ["subscriber_id", "field", "id"], unique=False)

    op.create_table(
        "followed_regions",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("region_slug", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_slug"], ["regions.slug"], name=op.f("fk_followed_regions_region_slug_regions")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_followed_regions_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "region_slug", name=op.f("pk_followed_regions")),
    )
    op.create_table(
        "tags",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_tags_subscriber_id_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "tag", name=op.f("pk_tags")),
    )
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.create_index("ix_tags_key", ["key", "subscriber_id"], unique=False)

    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.add_column(sa.Column("record_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("last_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("segment_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_issues_segment_id_segments"), "segments", ["segment_id"], ["id"]
        )

    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))

    with op.batch_alter_table("subscribers") as people:
        people.add_column(
            sa.Column("placed_by_hand", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        people.add_column(sa.Column("placement_reason", sa.Text(), nullable=False, server_default=""))
        people.add_column(
            sa.Column("follows_all_regions", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        for name, length in (("title", 120), ("street", 200), ("postal_code", 20), ("city", 120)):
            people.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        people.add_column(sa.Column("deceased_on", sa.Date(), nullable=True))
        people.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        people.add_column(sa.Column("pseudonym", sa.String(32), nullable=True))
    sqlite = op.get_bind().dialect.name == "sqlite"
    chance = "lower(hex(randomblob(16)))" if sqlite else "replace(gen_random_uuid()::text, '-', '')"
    op.execute(f"UPDATE subscribers SET pseudonym = {chance}")  # noqa: S608 - one of the two lines above
    with op.batch_alter_table("subscribers") as people:
        people.alter_column("pseudonym", existing_type=sa.String(32), nullable=False)
        people.create_unique_constraint(op.f("uq_subscribers_pseudonym"), ["pseudonym"])

    with op.batch_alter_table("suppressions") as addresses:
        addresses.add_column(sa.Column("source", sa.String(120), nullable=False, server_default=""))
    _begin_the_ledger()
    _make_append_only()


#: What must never be changed, by table. Where a key says so, rows must not be taken away either: what an
#: erased person's fields once held goes with the person, while acts and consents hold no personal data.
_KEPT = (
    ("acts", "id, at, actor, act, subject, details", True),
    ("consent_entries", "id, pseudonym, list_id, given, at, how, place, wording_id", True),
    ("field_changes", "id, subscriber_id, field, old, new, set_by, actor, at", False),
)


def _make_append_only() -> None:
    """Let the database itself refuse: a mistake in the code, or a hand at its prompt, is told so."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'this table only grows'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_to_rewrite()"
    )
    for table, columns, forever in _KEPT:
        moves = [("update", f"UPDATE OF {columns}", "ROW")]
        moves += [("delete", "DELETE", "ROW")] if forever else []
        moves += [("truncate", "TRUNCATE", "STATEMENT")] if forever and not sqlite else []
        for name, move, each in moves:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{name} BEFORE {move} ON {table} FOR EACH {each} {body}"
            )


def _begin_the_ledger() -> None:
    """Write down what people have said until now; subscriptions follow from the ledger from here on."""
    op.execute(
        "INSERT INTO consent_entries (pseudonym, list_id, given, at, how, place) "
        "SELECT person.pseudonym, said.list_id, said.active, said.changed_at, 'before the ledger', "
        "said.source "
        "FROM subscriptions AS said JOIN subscribers AS person ON person.id = said.subscriber_id "
        "ORDER BY said.changed_at"
    )
