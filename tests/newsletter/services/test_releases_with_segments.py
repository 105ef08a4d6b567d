"""An issue with a segment goes to those whom the segment selects when it is released, and to no one else."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.errors import IssueError
from newsletter.models import DeliveryState, Issue
from newsletter.services import issues, releases
from subscribers.core.authority import Everything
from subscribers.core.segments import Attribute, Has, Not, Rule
from subscribers.models import Subscriber
from subscribers.services import segments
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
IN_SKANE = Has(Attribute.REGION, ("skane",))


def set_for(sessions: sessionmaker[Session], cast: Cast, rule: Rule) -> int:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        kept = segments.save(session, scope=ALL, name=f"Urval {issue_id}", rule=rule, now=NOON)
        session.get_one(Issue, issue_id).segment_id = kept.id
        return issue_id


def release(sessions: sessionmaker[Session], issue_id: int) -> None:
    with sessions.begin() as session:
        assert releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)


def test_only_those_of_the_segment_stand_in_the_ledger(sessions: sessionmaker[Session], cast: Cast) -> None:
    issue_id = set_for(sessions, cast, Not(IN_SKANE))

    release(sessions, issue_id)

    with sessions() as session:
        found = rows(session, issue_id)
    assert set(found) == {cast.bo, cast.elsa, cast.farid, cast.greta, cast.hilma}
    assert found[cast.elsa].why == "no-address"


def test_what_changes_after_the_release_changes_nothing(sessions: sessionmaker[Session], cast: Cast) -> None:
    issue_id = set_for(sessions, cast, IN_SKANE)
    release(sessions, issue_id)

    with sessions.begin() as session:
        segments.save(session, scope=ALL, name=f"Urval {issue_id}", rule=Not(IN_SKANE), now=NOON)
        session.get_one(Subscriber, cast.anna).region_slug = "norra"

    with sessions() as session:
        assert set(rows(session, issue_id)) == {cast.anna, cast.cecilia, cast.david}


def test_what_changes_before_the_release_counts(sessions: sessionmaker[Session], cast: Cast) -> None:
    issue_id = set_for(sessions, cast, IN_SKANE)
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.anna).region_slug = "norra"
        session.get_one(Subscriber, cast.bo).region_slug = "skane"

    release(sessions, issue_id)

    with sessions() as session:
        assert set(rows(session, issue_id)) == {cast.bo, cast.cecilia, cast.david}


def test_a_second_letter_can_go_to_those_who_did_not_get_the_first(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    first = set_for(sessions, cast, IN_SKANE)
    release(sessions, first)
    with sessions.begin() as session:
        rows(session, first)[cast.cecilia].state = DeliveryState.ACCEPTED
    second = set_for(sessions, cast, Not(Has(Attribute.ISSUE, (str(first),))))

    release(sessions, second)

    with sessions() as session:
        again = set(rows(session, second))
    assert cast.anna in again  # hers still waits in the queue
    assert not {cast.cecilia, cast.david} & again  # David was greeted in Cecilia's copy


def test_a_member_notice_cannot_be_kept_from_anybody_by_a_segment(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions() as session:
        kept = segments.save(session, scope=ALL, name="Skåne", rule=IN_SKANE, now=NOON)
        words = {"title": "Kallelse", "subject": "Kallelse", "segment": kept, "now": NOON}
        assert issues.create(session, **words).segment is kept
        with pytest.raises(IssueError, match="alla medlemmar"):
            issues.create(session, list_slug="medlemsmeddelanden", **words)
