"""Two people who have the same issue open are told of each other."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.services import issues, presences
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound
from tests.cast import Cast
from tests.conftest import NOON

EVERYONE = Everything("the tests look at everything")


@pytest.fixture
def issue_id(sessions: sessionmaker[Session]) -> int:
    with sessions.begin() as session:
        return issues.create(session, title="Mars", subject="Mars", now=NOON).id


def test_who_has_it_open_is_seen_by_the_other_until_they_fall_silent(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    def seen(person: int, later: timedelta) -> list[str]:
        with sessions() as session:
            return list(
                presences.others(
                    session, scope=EVERYONE, issue_id=issue_id, subscriber_id=person, now=NOON + later
                )
            )

    for person in (cast.anna, cast.bo, cast.bo):
        with sessions.begin() as session:
            presences.here(session, scope=EVERYONE, issue_id=issue_id, subscriber_id=person, now=NOON)

    assert seen(cast.anna, presences.BEAT) == ["Bo Öberg"]
    assert seen(cast.bo, presences.BEAT) == ["Anna Åkesson"]
    assert seen(cast.anna, presences.GONE_AFTER) == []


def test_names_beyond_the_scope_are_not_told(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        presences.here(session, scope=EVERYONE, issue_id=issue_id, subscriber_id=cast.bo, now=NOON)
        told = presences.others(
            session,
            scope=SomeRegions(frozenset({"skane"})),
            issue_id=issue_id,
            subscriber_id=cast.anna,
            now=NOON,
        )

    assert told == []


def test_nobody_is_present_in_an_issue_that_is_not_there(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session, pytest.raises(NotFound):
        presences.here(session, scope=EVERYONE, issue_id=99, subscriber_id=cast.bo, now=NOON)
