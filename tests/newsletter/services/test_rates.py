"""What may be tried so many times in a while, and no more; a restart forgets nothing."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import RateWindow
from newsletter.services import rates
from subscribers.services import erasures
from tests.conftest import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def sessions(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """Sessions as the application makes them: with the key that lies outside the database."""
    sessions.configure(info={erasures.KEY: b"a key of the tests"})
    return sessions


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


def test_without_the_key_nobody_can_find_out_which_network_it_was(sessions: sessionmaker[Session]) -> None:
    """There are only 16 million networks: a plain digest of each is made in seconds."""
    keys = set()
    for secret in (b"a key", b"another key"):
        sessions.configure(info={erasures.KEY: secret})
        tried(sessions, "203.0.113.0/24")
        with sessions.begin() as session:
            keys |= set(session.scalars(select(RateWindow.key)))

    assert len(keys) == 2
    assert hashlib.sha256(b"mail\x00203.0.113.0/24").hexdigest() not in keys
