"""Segments may ask who got an issue: the ledger answers, and issues are known by what people call them."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Delivery, DeliveryState, Issue
from newsletter.services import segment_conditions
from subscribers.core.authority import Everything
from subscribers.core.segment_text import parse, write
from subscribers.core.segments import Attribute, Has
from subscribers.errors import SegmentRefused
from subscribers.models import ListPurpose
from subscribers.services import lists, segments
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import set_issue

ALL = Everything("a test")


def got(session: Session, *issue_ids: object) -> set[int]:
    rule = Has(Attribute.ISSUE, tuple(map(str, issue_ids)))
    people = segments.examples(
        session, scope=ALL, rule=rule, today=NOON.date(), builders=segment_conditions.BUILDERS
    )
    return {person.id for person in people}


def test_an_issue_was_got_when_it_was_accepted_also_in_the_copy_of_another(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        other = set_issue(session, list_id=cast.newsletter, now=NOON)
        out = DeliveryState.LEFT_OUT
        session.add_all(
            [
                Delivery(issue_id=issue_id, subscriber_id=cast.cecilia, state=DeliveryState.ACCEPTED),
                Delivery(issue_id=issue_id, subscriber_id=cast.david, state=out, carried_by=cast.cecilia),
                Delivery(issue_id=issue_id, subscriber_id=cast.anna, state=DeliveryState.REFUSED),
                Delivery(issue_id=issue_id, subscriber_id=cast.hilma, state=out, carried_by=cast.anna),
                Delivery(issue_id=issue_id, subscriber_id=cast.bo, state=DeliveryState.UNKNOWN),
                Delivery(issue_id=other, subscriber_id=cast.bo, state=DeliveryState.ACCEPTED),
            ]
        )
    with sessions() as session:
        assert got(session, issue_id) == {cast.cecilia, cast.david}
        assert got(session, issue_id, other) == {cast.cecilia, cast.david, cast.bo}


@pytest.mark.parametrize("written", ["0", "-1", "x", "", "²", "99999999999999999999", "4294967296"])
def test_an_issue_that_cannot_be_was_got_by_nobody(
    sessions: sessionmaker[Session], cast: Cast, written: str
) -> None:
    with sessions() as session:
        assert got(session, written) == set()


def test_issues_are_called_as_people_call_them(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        first = set_issue(session, list_id=cast.newsletter, now=NOON)
        regional = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS).id
        second = set_issue(session, list_id=regional, now=NOON)
        words = segment_conditions.vocabulary(session)
        rule = parse("fick nummer: 1/2030, Regionbrev 2/2030", words)
        assert rule == Has(Attribute.ISSUE, (str(first), str(second)))
        assert write(rule, words) == "fick nummer: 1/2030, 2/2030"
        with pytest.raises(SegmentRefused, match="1/2030"):
            parse("fick nummer: 7/1999", words)


def test_two_issues_with_one_number_are_called_with_their_lists(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        set_issue(session, list_id=cast.newsletter, now=NOON)
        regional = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS).id
        issue_id = set_issue(session, list_id=regional, now=NOON)
        [term] = [t for t in segment_conditions.issue_terms(session) if t.code == str(issue_id)]
        assert term.swedish == "2/2030"
        session.get_one(Issue, issue_id).number = 1
        session.flush()
        words = segment_conditions.vocabulary(session)
        rule = parse("fick nummer: regionbrev 1/2030", words)
        assert rule == Has(Attribute.ISSUE, (str(issue_id),))
        assert write(rule, words, language="en") == "got issue: regionbrev 1/2030"
        with pytest.raises(SegmentRefused):
            parse("fick nummer: 1/2030", words)
