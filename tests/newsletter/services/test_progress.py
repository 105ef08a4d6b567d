"""How a send goes, by region and by domain, and for each viewer only what they may see."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import DeliveryState
from newsletter.services import progress, releases
from subscribers.core.authority import Everything, SomeRegions
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")


@pytest.fixture
def going(sessions: sessionmaker[Session], cast: Cast) -> int:
    """Anna has it, Bo's server says later, Cecilia's said no, Hilma is in the queue."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        found = rows(session, issue_id)
        found[cast.anna].state = DeliveryState.ACCEPTED
        found[cast.bo].state, found[cast.bo].due_at = DeliveryState.WAITING, NOON + timedelta(minutes=15)
        found[cast.cecilia].state = DeliveryState.REFUSED
        return issue_id


def counts(sessions: sessionmaker[Session], issue_id: int, scope: object = ALL) -> progress.Progress:
    with sessions() as session:
        return progress.counts(session, scope=scope, issue_id=issue_id, now=NOON)  # type: ignore[arg-type]


def test_each_region_and_each_domain_has_its_line(
    sessions: sessionmaker[Session], cast: Cast, going: int
) -> None:
    told = counts(sessions, going)

    regions = {line.key: dict(line.states) for line in told.by_region()}
    assert regions["skane"] == {
        DeliveryState.ACCEPTED: 1, DeliveryState.REFUSED: 1, DeliveryState.LEFT_OUT: 1,
    }  # fmt: skip
    assert regions[""] == {DeliveryState.QUEUED: 1}
    assert [(line.key, line.letters, line.open) for line in told.by_domain()] == [
        ("lund.example", 2, 0), ("borta.example", 1, 1), ("lulea.example", 1, 1),
    ]  # fmt: skip
    assert told.total.letters == 4


def test_what_waits_says_until_when(sessions: sessionmaker[Session], cast: Cast, going: int) -> None:
    by_domain = {line.key: line.next_at for line in counts(sessions, going).by_domain()}

    assert by_domain["lulea.example"] == NOON + timedelta(minutes=15)
    assert by_domain["lund.example"] is None  # accepted or refused: nothing is waited for


@pytest.mark.parametrize("regions", [frozenset({"skane"}), frozenset({"norra", "vast"}), frozenset()])
def test_a_viewer_sees_of_the_shared_count_what_a_count_of_their_own_would_say(
    sessions: sessionmaker[Session], cast: Cast, going: int, regions: frozenset[str]
) -> None:
    shared = counts(sessions, going).within(regions)
    own = counts(sessions, going, SomeRegions(regions))

    assert sorted(map(repr, shared.counts)) == sorted(map(repr, own.counts))
    assert shared.total.letters == own.total.letters


def test_an_issue_that_is_not_released_has_no_lines(sessions: sessionmaker[Session], cast: Cast) -> None:
    told = counts(sessions, 99)

    assert (told.total.letters, told.by_region(), told.by_domain()) == (0, [], [])


def test_the_domain_is_what_follows_the_last_at_sign(
    sessions: sessionmaker[Session], cast: Cast, going: int
) -> None:
    with sessions.begin() as session:
        rows(session, going)[cast.anna].canonical = '"a@b"@räksmörgås.example'

    assert "räksmörgås.example" in {line.key for line in counts(sessions, going).by_domain()}


def test_it_tells_how_fast_letters_go_and_until_when_what_was_put_off_waits(
    sessions: sessionmaker[Session], cast: Cast, going: int
) -> None:
    now = NOON + timedelta(seconds=30)
    with sessions.begin() as session:
        found = rows(session, going)
        found[cast.anna].settled_at = now - timedelta(seconds=11)
        found[cast.hilma].state = DeliveryState.ACCEPTED
        found[cast.hilma].settled_at, found[cast.hilma].attempts = now - timedelta(seconds=4), 2
        total = progress.counts(session, scope=ALL, issue_id=going, now=now).total
        earlier = progress.counts(session, scope=ALL, issue_id=going, now=now - timedelta(seconds=5)).total

    assert (total.lately, total.again) == (1, 1)
    assert total.rate(now) == pytest.approx(0.1)
    assert total.finishes_at(now) is None  # nothing but Bo's is left, which waits
    assert total.waits_until == NOON + timedelta(minutes=15)
    assert earlier.lately == 2
