"""Of a letter that may have left, a person decides: it counts, or the same message goes once more."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import Reply
from newsletter.errors import IssueError
from newsletter.models import DeliveryState, Issue
from newsletter.services import claims, releases, sendings, settling, unknowns
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound
from subscribers.models import Subscription
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
SKANE = SomeRegions(frozenset({"skane"}))
ME = "host~1~aa"
LATER = NOON + timedelta(days=3)


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue of which nobody knows whether Anna and Bo have it; Cecilia and Hilma do."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        results = [
            (copy.claim, Unanswered("the server fell silent"))
            if copy.subscriber_id in (cast.anna, cast.bo)
            else (copy.claim, Reply.of(250, "Ok"))
            for copy in claims.claim(session, sender=ME, now=NOON, limit=9)
        ]
        settling.settle(session, results, sender=ME, now=NOON)
        session.get_one(Issue, issue_id).summarised_at = NOON
        return issue_id


def letter(sessions: sessionmaker[Session], issue_id: int, who: int) -> int:
    with sessions() as session:
        return rows(session, issue_id)[who].id


def test_the_unknown_letters_are_listed_with_the_last_word_on_them(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions() as session:
        found = unknowns.listed(session, scope=ALL, issue_id=issue_id)
        of_skane = unknowns.listed(session, scope=SKANE)

    assert {one.subscriber_id for one in found} == {cast.anna, cast.bo}
    assert {one.said for one in found} == {"the server fell silent"}
    assert [(one.name, one.address, one.region) for one in of_skane] == [
        ("Anna Åkesson", "anna@lund.example", "skane")
    ]


def test_a_letter_that_counts_as_taken_is_never_sent_again(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    anna = letter(sessions, issue_id, cast.anna)
    with sessions.begin() as session:
        assert unknowns.take_as_accepted(session, scope=ALL, delivery_id=anna, now=LATER)
    with sessions.begin() as session:
        assert not unknowns.take_as_accepted(session, scope=ALL, delivery_id=anna, now=LATER)
        assert not unknowns.send_again(session, scope=ALL, delivery_id=anna, now=LATER)
        assert claims.claim(session, sender=ME, now=LATER, limit=9) == []

    with sessions() as session:
        row = rows(session, issue_id)[cast.anna]
        assert (row.state, row.why, row.reply) == (
            DeliveryState.ACCEPTED, unknowns.TAKEN_BY_HAND, "the server fell silent",
        )  # fmt: skip
        assert session.get_one(Issue, issue_id).summarised_at is None  # it is counted anew


def test_a_letter_sent_again_is_the_same_letter_and_has_patience_anew(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    anna = letter(sessions, issue_id, cast.anna)
    with sessions.begin() as session:
        assert unknowns.send_again(session, scope=ALL, delivery_id=anna, now=LATER)
        assert not unknowns.send_again(session, scope=ALL, delivery_id=anna, now=LATER)

    with sessions.begin() as session:
        (copy,) = claims.claim(session, sender=ME, now=LATER, limit=9)
        assert copy.claim.delivery_id == anna  # the Message-ID follows from it
        assert copy.claim.attempt == 2  # a journal tells it from the first try
        settling.settle(session, [(copy.claim, Reply.of(450, "4.2.1 Busy"))], sender=ME, now=LATER)

    with sessions() as session:
        assert rows(session, issue_id)[cast.anna].state is DeliveryState.WAITING  # not given up at once


def test_who_has_unsubscribed_meanwhile_is_not_written_to_again(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    """P8."""
    anna = letter(sessions, issue_id, cast.anna)
    with sessions.begin() as session:
        session.get_one(Subscription, (cast.anna, cast.newsletter)).active = False
        unknowns.send_again(session, scope=ALL, delivery_id=anna, now=LATER)

    with sessions.begin() as session:
        assert claims.claim(session, sender=ME, now=LATER, limit=9) == []
        assert rows(session, issue_id)[cast.anna].why == "unsubscribed"


def test_nothing_of_a_stopped_issue_is_sent_again(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        rows(session, issue_id)[cast.hilma].state = DeliveryState.QUEUED
    with sessions.begin() as session:
        sendings.stop(session, issue_id=issue_id, now=NOON)
        anna = rows(session, issue_id)[cast.anna].id
        with pytest.raises(IssueError, match="avbrutet"):
            unknowns.send_again(session, scope=ALL, delivery_id=anna, now=LATER)
        assert unknowns.take_as_accepted(session, scope=ALL, delivery_id=anna, now=LATER)


@pytest.mark.parametrize("decide", [unknowns.take_as_accepted, unknowns.send_again])
def test_a_lead_decides_about_letters_to_the_own_region_only(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, decide: object
) -> None:
    bo, anna = (letter(sessions, issue_id, who) for who in (cast.bo, cast.anna))
    with sessions.begin() as session:
        with pytest.raises(NotFound):
            decide(session, scope=SKANE, delivery_id=bo, now=LATER)  # type: ignore[operator]
        with pytest.raises(NotFound):
            decide(session, scope=SKANE, delivery_id=9_999, now=LATER)  # type: ignore[operator]
        assert decide(session, scope=SKANE, delivery_id=anna, now=LATER)  # type: ignore[operator]
