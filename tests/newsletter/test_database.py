"""The schema: from nothing, against the models, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from newsletter import database
from newsletter.migrations import is_drawn_by_models
from subscribers.models import Base, Municipality
from tests.cast import Cast


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_end_in_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_drawn_by_models}
        )

        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        before = connection.execute(text("SELECT count(*) FROM subscribers")).scalar()

    database.upgrade(engine)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM subscribers")).scalar() == before == 8


def test_a_role_is_held_once_even_without_a_region(sessions: sessionmaker[Session], cast: Cast) -> None:
    insert = text("INSERT INTO roles (subscriber_id, role) VALUES (:who, 'officer')")
    with sessions.begin() as session:
        session.execute(insert, {"who": cast.anna})

    with pytest.raises(IntegrityError), sessions.begin() as session:
        session.execute(insert, {"who": cast.anna})


def test_all_municipalities_have_a_county_with_a_region(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert len(session.scalars(select(Municipality)).all()) == 290


def test_a_reader_can_read_and_cannot_write(engine: Engine, cast: Cast) -> None:
    readers = database.make_readers(engine)
    with readers() as session:
        assert session.execute(text("SELECT count(*) FROM subscribers")).scalar() == 8
        with pytest.raises(DBAPIError):
            session.execute(text("DELETE FROM subscriptions"))

    with database.make_sessions(engine).begin() as session:
        session.execute(text("DELETE FROM subscriptions"))
    with readers() as session:
        assert session.execute(text("SELECT count(*) FROM subscriptions")).scalar() == 0


def test_a_reader_does_not_wait_for_a_writer(engine: Engine, cast: Cast) -> None:
    with database.make_sessions(engine).begin() as writer:
        writer.execute(text("DELETE FROM subscriptions"))
        with database.make_readers(engine)() as reader:
            assert reader.execute(text("SELECT count(*) FROM subscriptions")).scalar() == 8
