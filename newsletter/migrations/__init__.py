"""Alembic migrations, shipped with the package."""


def is_drawn_by_models(_item: object, name: str | None, *_more: object) -> bool:
    """Tell Alembic which tables and indexes the models know (``include_object``).

    What articles are found by is the database's own affair: a virtual table and triggers on SQLite, an index
    over an expression on PostgreSQL.
    """
    return not (name or "").startswith(("article_search", "ix_articles_words"))
