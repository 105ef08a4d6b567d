"""What may be tried so many times in a while, and no more; a restart forgets nothing."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import RateWindow
from newsletter.services import rates
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def tried(
    sessions: sessionmaker[Session], whose: str = "anna", *, minutes: int = 0, what: str = "mail"
) -> bool:
    with sessions.begin() as session:
        now = NOON + timedelta(minutes=minutes)
        return rates.allow(session, what=what, whose=whose, most=2, period=HOUR, now=now)


def test_the_third_try_within_the_hour_is_one_too_many(sessions: sessionmaker[Session]) -> None:
    assert [tried(sessions), tried(sessions, minutes=30), tried(sessions, minutes=59)] == [True, True, False]


def test_after_the_hour_one_may_try_again(sessions: sessionmaker[Session]) -> None:
    for _try in range(3):
        tried(sessions)

    assert tried(sessions, minutes=60)


def test_others_and_other_things_are_counted_apart(sessions: sessionmaker[Session]) -> None:
    for _try in range(3):
        tried(sessions)

    assert tried(sessions, "bo")
    assert tried(sessions, what="password")


def test_it_is_not_written_down_who_tried(sessions: sessionmaker[Session]) -> None:
    tried(sessions, "anna@lund.example")

    with sessions.begin() as session:
        [window] = session.scalars(select(RateWindow))
        assert "anna" not in window.key
        assert rates.forget(session, now=NOON + HOUR) == 1
