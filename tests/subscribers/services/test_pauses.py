"""A pause rests a list until a day, is written down like any other word, and ends by itself."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.audience import NotReached
from subscribers.core.authority import Everything, OnePerson
from subscribers.core.pauses import longest, months_on
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, MailingList, Subscription
from subscribers.services import consents, ledger, pauses, wordings
from subscribers.services.audience import select_audience
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("the tests see everyone")
TODAY = NOON.date()
UNTIL = TODAY + timedelta(days=30)


def rest(session: Session, cast: Cast, who: int, *, until: date = UNTIL, list_id: int = 0) -> bool:
    return pauses.pause(
        session, scope=OnePerson(who), subscriber_id=who, list_id=list_id or cast.newsletter, until=until,
        source="page", place="letter 12", wording_id=wordings.wording_id(
            session, key=wordings.PAUSE, language="sv"
        ), today=TODAY, now=NOON,
    )  # fmt: skip


def reason(session: Session, cast: Cast, who: int, today: date, *, list_id: int = 0) -> str:
    chosen = select_audience(
        scope=ALL,
        mailing_list=session.get_one(MailingList, list_id or cast.newsletter),
        regions=None,
        today=today,
    ).subquery()
    return str(session.scalar(select(chosen.c.reason).where(chosen.c.subscriber_id == who)))


def notices(session: Session) -> int:
    wanted = MailingList.purpose == ListPurpose.MEMBER_NOTICES
    return session.scalars(select(MailingList.id).where(wanted)).one()


def test_who_has_paused_gets_nothing_until_the_day_and_everything_from_it_on(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        assert rest(session, cast, cast.anna)

    with sessions() as session:
        assert reason(session, cast, cast.anna, TODAY) == NotReached.PAUSED.value
        assert reason(session, cast, cast.anna, UNTIL - timedelta(days=1)) == NotReached.PAUSED.value
        assert reason(session, cast, cast.anna, UNTIL) == ""
        assert reason(session, cast, cast.bo, TODAY) == ""


def test_a_pause_does_not_hold_back_a_member_notice(sessions: sessionmaker[Session], cast: Cast) -> None:
    """L1: what belongs to the membership rests on the contract, and cannot be paused."""
    with sessions.begin() as session:
        rest(session, cast, cast.anna)
        notice = notices(session)

        assert reason(session, cast, cast.anna, TODAY, list_id=notice) == ""
        with pytest.raises(SubscribersError):
            rest(session, cast, cast.anna, list_id=notice)


def test_who_said_it_when_how_and_to_which_words_stands_in_the_ledger(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """L7."""
    with sessions.begin() as session:
        rest(session, cast, cast.anna)

        said = ledger.entries_of(session, scope=ALL, subscriber_id=cast.anna)[-1]
        assert (said.entry.given, said.entry.paused_until, said.entry.at) == (True, UNTIL, NOON)
        assert (said.entry.how, said.entry.place) == ("page", "letter 12")
        assert said.text == "Pausa {list}"
        assert ledger.rebuild(session, scope=ALL) == 0


def test_what_the_ledger_says_of_a_pause_can_be_built_again(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        rest(session, cast, cast.anna)
        session.get_one(Subscription, (cast.anna, cast.newsletter)).paused_until = None
        session.flush()

        assert ledger.rebuild(session, scope=ALL) == 1
        assert session.get_one(Subscription, (cast.anna, cast.newsletter)).paused_until == UNTIL


def test_the_same_pause_a_second_time_changes_nothing(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        rest(session, cast, cast.anna)
        before = len(ledger.entries_of(session, scope=ALL, subscriber_id=cast.anna))

        assert not rest(session, cast, cast.anna)
        assert len(ledger.entries_of(session, scope=ALL, subscriber_id=cast.anna)) == before
        assert rest(session, cast, cast.anna, until=UNTIL + timedelta(days=1))


def test_a_yes_or_a_no_ends_a_pause_at_once(sessions: sessionmaker[Session], cast: Cast) -> None:
    for end in (consents.resubscribe, consents.unsubscribe):
        with sessions.begin() as session:
            consents.resubscribe(
                session, scope=ALL, subscriber_id=cast.anna, list_id=cast.newsletter, source="t", now=NOON
            )
            rest(session, cast, cast.anna)

            assert end(
                session, scope=ALL, subscriber_id=cast.anna, list_id=cast.newsletter, source="t", now=NOON
            )
            assert session.get_one(Subscription, (cast.anna, cast.newsletter)).paused_until is None


def test_who_gets_nothing_has_nothing_to_pause(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert not rest(session, cast, cast.farid)
        assert not session.get_one(Subscription, (cast.farid, cast.newsletter)).active


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_pause_lasts_from_tomorrow_and_for_a_year_at_most(
    sessions: sessionmaker[Session], cast: Cast, days: int
) -> None:
    with sessions.begin() as session, pytest.raises(SubscribersError):
        rest(session, cast, cast.anna, until=TODAY + timedelta(days=days))


def test_nobody_pauses_for_somebody_else(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session, pytest.raises(NotFound):
        pauses.pause(
            session, scope=OnePerson(cast.bo), subscriber_id=cast.anna, list_id=cast.newsletter,
            until=UNTIL, source="page", today=TODAY, now=NOON,
        )  # fmt: skip


def test_months_end_where_the_month_does() -> None:
    assert months_on(date(2030, 1, 31), 1) == date(2030, 2, 28)
    assert months_on(date(2030, 11, 30), 3) == date(2031, 2, 28)
    assert months_on(date(2030, 12, 5), 1) == date(2031, 1, 5)
    assert longest(date(2030, 1, 1)) == date(2031, 1, 2)
