"""After a call to a meeting every member has a standing, and somebody is warned in time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.notices import Account, Standing
from newsletter.errors import IssueError
from newsletter.models import Delivery, DeliveryState, Issue
from newsletter.services import notices, releases
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.models import ListPurpose, MailingList, Subscriber, Suppression, SuppressionReason
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import set_issue

ALL = Everything("a test")
TODAY = date(2030, 3, 1)
LAST = date(2030, 3, 14)


@pytest.fixture
def notice(sessions: sessionmaker[Session], cast: Cast) -> int:
    """A scheduled call to a meeting: members of 1 February, by 14 March."""
    with sessions.begin() as session:
        calls = select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        issue_id = set_issue(session, list_id=session.scalars(calls).one(), now=NOON)
        issue = session.get_one(Issue, issue_id)
        issue.record_date, issue.last_date = date(2030, 2, 1), LAST
        return issue_id


@pytest.fixture
def released(sessions: sessionmaker[Session], notice: int) -> int:
    with sessions.begin() as session:
        releases.release(session, scope=ALL, issue_id=notice, now=NOON)
    return notice


def settle(
    sessions: sessionmaker[Session], who: int, state: DeliveryState, reply: str = "", why: str = ""
) -> None:
    with sessions.begin() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.subscriber_id == who)
            .values(state=state, reply=reply, why=why, settled_at=NOON + timedelta(minutes=2))
        )


def standings(account: Account) -> dict[int, Standing]:
    return {member.subscriber_id: member.standing for member in account.members}


def account(session: Session, issue_id: int) -> Account:
    return notices.account(session, scope=ALL, issue_id=issue_id, today=TODAY)


def test_before_it_goes_nothing_is_sent_to_any_member(
    sessions: sessionmaker[Session], cast: Cast, notice: int
) -> None:
    with sessions() as session:
        found = account(session, notice)

    assert set(standings(found).values()) == {Standing.NOT_SENT}
    assert len(found.members) == 7  # all but Hilma, who is no member


def test_afterwards_each_member_stands_in_one_way(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    settle(sessions, cast.anna, DeliveryState.ACCEPTED, "250 2.0.0 Ok: queued as 4F1")
    settle(sessions, cast.bo, DeliveryState.REFUSED, "550 5.1.1 no such user", "refused-for-good")
    settle(sessions, cast.cecilia, DeliveryState.UNKNOWN, "the line went dead")

    with sessions() as session:
        found = account(session, released)

    assert standings(found) == {
        cast.anna: Standing.ACCEPTED,
        cast.bo: Standing.REFUSED,
        cast.cecilia: Standing.UNKNOWN,
        cast.david: Standing.ON_ITS_WAY,
        cast.elsa: Standing.NO_ADDRESS,
        cast.farid: Standing.ON_ITS_WAY,  # said no to the newsletter, not to the meeting
        cast.greta: Standing.SUPPRESSED,
    }
    anna = next(member for member in found.members if member.subscriber_id == cast.anna)
    assert (anna.address, anna.reply) == ("anna@lund.example", "250 2.0.0 Ok: queued as 4F1")
    assert anna.at == NOON + timedelta(minutes=2)
    assert anna.content in {content.sha256 for content in found.contents}


def test_members_stand_in_swedish_order(sessions: sessionmaker[Session], cast: Cast, released: int) -> None:
    with sessions() as session:
        names = [member.name.split()[-1] for member in account(session, released).members]

    assert names == ["Ek", "Haddad", "Norén", "Åkesson", "Ärlig", "Ärlig", "Öberg"]


def test_an_address_that_bounces_afterwards_is_no_reached_member(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    for who in (cast.anna, cast.bo):
        settle(sessions, who, DeliveryState.ACCEPTED)
    with sessions.begin() as session:
        session.add(
            Suppression(
                canonical="anna@lund.example",
                reason=SuppressionReason.BOUNCED,
                created_at=NOON + timedelta(hours=1),
            )
        )
        session.add(
            Suppression(
                canonical="bo@lulea.example",
                reason=SuppressionReason.COMPLAINED,
                created_at=NOON + timedelta(hours=1),
            )
        )

    with sessions() as session:
        found = standings(account(session, released))

    assert found[cast.anna] is Standing.BOUNCED
    assert found[cast.bo] is Standing.ACCEPTED  # complained about it, so it arrived


def test_a_member_who_was_registered_after_the_release_gets_paper(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.hilma).member_since = date(2030, 1, 15)

    with sessions() as session:
        found = account(session, released)

    assert standings(found)[cast.hilma] is Standing.NOT_SENT
    assert cast.hilma in {member.subscriber_id for member in found.on_paper()}


def test_nobody_writes_to_the_dead_on_paper_either(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    settle(sessions, cast.bo, DeliveryState.WITHDRAWN, why="deceased")
    with sessions.begin() as session:
        for who in (cast.bo, cast.greta):
            session.get_one(Subscriber, who).deceased_on = TODAY

    with sessions() as session:
        found = account(session, released)

    assert standings(found)[cast.bo] is standings(found)[cast.greta] is Standing.DECEASED
    assert {member.subscriber_id for member in found.on_paper()} == {cast.elsa}


def test_those_on_their_way_get_paper_only_if_somebody_asks(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    with sessions() as session:
        found = account(session, released)

    assert {member.subscriber_id for member in found.on_paper()} == {cast.elsa, cast.greta}
    assert len(found.on_paper(also_waiting=True)) == 7


def test_a_regional_lead_sees_how_their_own_members_stand_and_no_one_else(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    with sessions() as session:
        norra = SomeRegions(frozenset({"norra"}))
        seen = standings(notices.account(session, scope=norra, issue_id=released, today=TODAY))
        warned = notices.warnings(session, scope=norra, today=LAST)
        themselves = notices.account(session, scope=OnePerson(cast.anna), issue_id=released, today=TODAY)

    assert set(seen) == {cast.bo, cast.elsa}
    assert [warning.unreached for warning in warned] == [2]
    assert set(standings(themselves)) == {cast.anna}


def test_a_newsletter_has_nobody_to_account_for(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)

        with pytest.raises(IssueError, match="är inget medlemsmeddelande"):
            account(session, issue_id)


@pytest.mark.parametrize(("days", "warned"), [(-4, False), (-3, True), (0, True), (3, True), (4, False)])
def test_the_warning_comes_three_days_before_the_last_date(
    sessions: sessionmaker[Session], cast: Cast, released: int, days: int, warned: bool
) -> None:
    with sessions() as session:
        found = notices.warnings(session, scope=ALL, today=LAST + timedelta(days=days))

    assert bool(found) is warned
    if warned:
        assert found[0].days_left == -days
        assert (found[0].unreached, found[0].on_the_way) == (7, 5)
        assert "7 medlemmar är inte nådda, och sista dagen är 14 mars 2030" in found[0].sentence


def test_when_all_are_reached_nobody_is_warned(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    with sessions.begin() as session:
        session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED, settled_at=NOON))

    with sessions() as session:
        assert notices.warnings(session, scope=ALL, today=LAST) == []


def test_a_notice_that_has_not_gone_is_warned_of_too(
    sessions: sessionmaker[Session], cast: Cast, notice: int
) -> None:
    with sessions() as session:
        [warning] = notices.warnings(session, scope=ALL, today=LAST)

    assert not warning.is_released
    assert "har inte gått, och sista dagen är 14 mars 2030. Skicka det i tid." in warning.sentence
