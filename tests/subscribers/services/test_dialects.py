"""Ids that are reserved ahead belong to whoever reserved them, on both databases."""

from sqlalchemy.orm import Session, sessionmaker

from subscribers.models import Subscriber
from subscribers.services.dialects import reserve_ids
from tests.cast import Cast
from tests.conftest import NOON


def test_reserved_ids_are_new_and_stay_so(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        first = list(reserve_ids(session, Subscriber, 3))
        session.add_all(Subscriber(id=i, created_at=NOON, updated_at=NOON) for i in first)
        session.flush()
        second = list(reserve_ids(session, Subscriber, 2))
        session.add_all(Subscriber(id=i, created_at=NOON, updated_at=NOON) for i in second)
        session.flush()
        joined = Subscriber(created_at=NOON, updated_at=NOON)
        session.add(joined)
        session.flush()

        assert min(first) > cast.hilma
        assert len({*first, *second}) == 5
        assert joined.id not in {*first, *second}


def test_no_ids_are_none(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        assert list(reserve_ids(session, Subscriber, 0)) == []
