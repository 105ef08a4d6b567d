"""Who never got the first letter can ask for a copy, which is a message of its own."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core import letters
from newsletter.core.letters import Copy
from newsletter.core.outcomes import NoServer, Outcome, Unanswered
from newsletter.core.replies import Reply
from newsletter.errors import IssueError
from newsletter.models import DeliveryState, Issue
from newsletter.services import claims, copies, releases, settling, unknowns
from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.tokens import Keyring
from subscribers.errors import NotFound
from subscribers.models import Subscription
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
ME = "host~1~aa"
OK = Reply.of(250, "2.0.0 Ok")
RING = Keyring((b"k" * 32,))


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue that everybody's server has taken."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
    assert len(deliver(sessions, OK)) > 2
    return issue_id


def deliver(sessions: sessionmaker[Session], outcome: Outcome) -> list[Copy]:
    with sessions.begin() as session:
        held = list(claims.claim(session, sender=ME, now=NOON, limit=9))
        settling.settle(session, [(copy.claim, outcome) for copy in held], sender=ME, now=NOON)
    return held


def ask(sessions: sessionmaker[Session], issue_id: int, who: int) -> bool:
    with sessions.begin() as session:
        delivery_id = rows(session, issue_id)[who].id
        return copies.send(session, scope=ALL, delivery_id=delivery_id, now=NOON)


def test_each_copy_that_is_asked_for_has_a_message_id_of_its_own(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    assert ask(sessions, issue_id, cast.anna)
    assert not ask(sessions, issue_id, cast.anna)  # it is on its way
    [first] = deliver(sessions, OK)
    assert ask(sessions, issue_id, cast.anna)
    [second] = deliver(sessions, OK)

    ids = [
        letters.message_token(RING, first.claim.delivery_id, number)
        for number in (0, first.number, second.number)
    ]
    assert len(set(ids)) == 3
    with sessions() as session:
        row = rows(session, issue_id)[cast.anna]
        assert (row.state, row.why, row.attempts) == (DeliveryState.ACCEPTED, "", 3)


@pytest.mark.parametrize("outcome", [NoServer("gone"), Reply.of(451, "4.7.1 Later")])
def test_a_copy_that_is_tried_again_is_the_same_message(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, outcome: Outcome
) -> None:
    ask(sessions, issue_id, cast.anna)
    [first] = deliver(sessions, outcome)
    with sessions.begin() as session:
        rows(session, issue_id)[cast.anna].due_at = NOON

    [again] = deliver(sessions, OK)

    assert again.number == first.number > 0


def test_a_copy_of_which_nobody_knows_goes_again_as_the_same_message(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    ask(sessions, issue_id, cast.anna)
    [first] = deliver(sessions, Unanswered("silence"))
    with sessions.begin() as session:
        unknowns.send_again(session, scope=ALL, delivery_id=first.claim.delivery_id, now=NOON)

    [again] = deliver(sessions, OK)

    assert again.number == first.number > 0


def test_who_has_left_meanwhile_gets_no_copy(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    ask(sessions, issue_id, cast.anna)
    with sessions.begin() as session:
        session.get_one(Subscription, (cast.anna, cast.newsletter)).active = False

    assert deliver(sessions, OK) == []


def test_outside_the_scope_or_of_a_stopped_send_there_is_none(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        delivery_id = rows(session, issue_id)[cast.anna].id
        elsewhere = SomeRegions(frozenset({"norra"}))
        with pytest.raises(NotFound):
            copies.send(session, scope=elsewhere, delivery_id=delivery_id, now=NOON)
        session.get_one(Issue, issue_id).stopped_at = NOON
        with pytest.raises(IssueError):
            copies.send(session, scope=ALL, delivery_id=delivery_id, now=NOON)
