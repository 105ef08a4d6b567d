"""A session lasts while it is used, and ends by itself when it is not."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from newsletter.services import sessions as held
from newsletter.services.sessions import Device
from subscribers.core.authority import Everything
from subscribers.models import RoleName
from subscribers.services import roles
from tests.cast import Cast
from tests.conftest import NOON

DAY = timedelta(days=1)


def begin(sessions: sessionmaker[Session], person: int) -> None:
    with sessions.begin() as session:
        roles.give(session, scope=Everything("a test"), subscriber_id=person, role=RoleName.OFFICER)
        device = Device("a device", "Firefox")
        held.open_session(session, subscriber_id=person, secret="cookie", device=device, now=NOON)


def visitor(sessions: sessionmaker[Session], at: datetime) -> held.Visitor | None:
    with sessions() as session:
        return held.visitor(session, secret="cookie", today=at.date(), now=at)


def test_a_session_that_is_not_used_ends_by_itself(sessions: sessionmaker[Session], cast: Cast) -> None:
    begin(sessions, cast.anna)

    assert visitor(sessions, NOON + 29 * DAY) is not None
    assert visitor(sessions, NOON + 30 * DAY) is None
    with sessions.begin() as session:
        assert held.forget(session, now=NOON + 30 * DAY) == 1


def test_a_session_that_is_used_goes_on(sessions: sessionmaker[Session], cast: Cast) -> None:
    begin(sessions, cast.anna)
    now = NOON
    for _week in range(10):
        now += 7 * DAY
        found = visitor(sessions, now)
        assert found is not None
        with sessions.begin() as session:
            held.seen(session, session_id=found.session_id, now=now)

    found = visitor(sessions, now)
    assert found is not None
    assert found.seen_at == now
