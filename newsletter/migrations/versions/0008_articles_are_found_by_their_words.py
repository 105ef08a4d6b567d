"""Articles are found by their words.

Revision: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = "title, kicker, lead, body, byline_name"
_WORDS = "title || ' ' || kicker || ' ' || lead || ' ' || body || ' ' || byline_name"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_articles_words ON articles USING gin (to_tsvector('swedish', {_WORDS}))")
        return
    # "far" is not "får": remove_diacritics 0. Two and three letters are looked up as fast as whole words.
    op.execute(
        f"CREATE VIRTUAL TABLE article_search USING fts5({_COLUMNS}, content='articles', content_rowid='id', "
        "tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3')"
    )
    old, new = (", ".join(f"{row}.{name.strip()}" for name in _COLUMNS.split(",")) for row in ("old", "new"))
    add = f"INSERT INTO article_search(rowid, {_COLUMNS}) VALUES (new.id, {new});"  # noqa: S608
    gone = f"INSERT INTO article_search(article_search, rowid, {_COLUMNS})"
    remove = f"{gone} VALUES ('delete', old.id, {old});"
    for name, when, do in (
        ("insert", "INSERT", add),
        ("delete", "DELETE", remove),
        ("update", f"UPDATE OF {_COLUMNS}", remove + " " + add),
    ):
        op.execute(f"CREATE TRIGGER article_search_{name} AFTER {when} ON articles BEGIN {do} END")
    op.execute("INSERT INTO article_search(article_search) VALUES ('rebuild')")
