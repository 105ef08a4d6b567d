"""When the letters of a send were accepted, and for each viewer only what they may see."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import DeliveryState
from newsletter.services import releases
from newsletter.services.courses import courses
from subscribers.core.authority import Everything, SomeRegions
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")


@pytest.fixture
def gone(sessions: sessionmaker[Session], cast: Cast) -> int:
    """Anna (Skåne) had it at once, Bo (Norra) after 7.9 s, Cecilia (Skåne) by a second try a day later."""
    after = {cast.anna: timedelta(), cast.bo: timedelta(seconds=7.9), cast.cecilia: timedelta(days=1)}
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        found = rows(session, issue_id)
        for who, later in after.items():
            row = found[who]
            row.state, row.attempts = DeliveryState.ACCEPTED, 2 if who == cast.cecilia else 1
            row.settled_at = NOON + timedelta(milliseconds=400) + later
        return issue_id


def told(sessions: sessionmaker[Session], issue_id: int, scope: object) -> Mapping[float, int]:
    with sessions() as session:
        found = courses(session, scope=scope, issue_id=issue_id)  # type: ignore[arg-type]
    if found is None or found.course is None:
        return {}
    return {
        (each.begins - NOON).total_seconds(): each.letters for each in found.course.slices if each.letters
    }


def test_each_letter_is_in_its_second_and_second_tries_are_left_out(
    sessions: sessionmaker[Session], gone: int
) -> None:
    assert told(sessions, gone, ALL) == {0.0: 1, 8.0: 1}


def test_a_viewer_sees_their_own_regions_letters(sessions: sessionmaker[Session], gone: int) -> None:
    norra = frozenset({"norra"})
    with sessions() as session:
        shared = courses(session, scope=ALL, issue_id=gone)

    assert told(sessions, gone, SomeRegions(norra)) == {8.0: 1}
    assert told(sessions, gone, SomeRegions(frozenset())) == {}
    assert shared is not None
    theirs = shared.within(norra).course
    assert theirs is not None
    assert [each.letters for each in theirs.slices] == [0] * 8 + [1]
    assert shared.within(frozenset()).course is None
    assert shared.within(None) == shared
