"""The log of what people did only grows, and the database itself sees to it."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything
from subscribers.models import Act, ConsentEntry, FieldChange, SetBy, Subscriber
from subscribers.services import acts, changes
from subscribers.services.changes import Author, Changed
from tests.cast import Cast
from tests.conftest import NOON

EVERYONE = Everything("tests")


@pytest.fixture
def filled(sessions: sessionmaker[Session], cast: Cast) -> sessionmaker[Session]:
    """A row in each table that only grows."""
    with sessions.begin() as session:
        acts.log(session, actor="kassören", act="import", subject="medlemmar.csv", now=NOON)
        anna = session.get_one(Subscriber, cast.anna)
        session.add(
            ConsentEntry(pseudonym=anna.pseudonym, list_id=cast.newsletter, given=True, at=NOON, how="link")
        )
        changes.record(
            session,
            scope=EVERYONE,
            changed=[Changed(cast.anna, "city", None, "Lund")],
            author=Author(SetBy.MEMBER),
            now=NOON,
        )
    return sessions


@pytest.mark.parametrize(
    "statement",
    [
        update(Act).values(actor="nobody"),
        delete(Act),
        update(ConsentEntry).values(given=False),
        delete(ConsentEntry),
        update(FieldChange).values(new="Malmö"),
    ],
    ids=lambda statement: str(statement).split("\n")[0],
)
def test_what_was_written_down_cannot_be_changed_or_taken_away(
    filled: sessionmaker[Session], statement
) -> None:
    with pytest.raises(DBAPIError, match="this table only grows"), filled.begin() as session:
        session.execute(statement)


def test_the_fields_of_an_erased_person_go_with_them(filled: sessionmaker[Session], cast: Cast) -> None:
    with filled.begin() as session:
        session.execute(text("DELETE FROM subscribers WHERE id = :who"), {"who": cast.anna})

    with filled() as session:
        assert session.scalars(select(FieldChange)).all() == []
        assert len(session.scalars(select(ConsentEntry).where(ConsentEntry.how == "link")).all()) == 1


def test_the_newest_act_comes_first_and_older_ones_on_the_next_page(
    filled: sessionmaker[Session],
) -> None:
    with filled.begin() as session:
        newest = acts.log(session, actor="Anna", act="export", now=NOON)

        assert [act.act for act in acts.latest(session)] == ["export", "import"]
        assert [act.act for act in acts.latest(session, before_id=newest.id)] == ["import"]
