"""Who gets a letter and why the others do not: one row and one answer for everyone in reach."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.audience import NotReached
from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.models import (
    Address,
    AddressKind,
    ListPurpose,
    MailingList,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionReason,
)
from subscribers.services import lists, suppressions
from subscribers.services.audience import select_audience, summary
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
TODAY = date(2030, 3, 1)

Ask = Callable[..., dict[int, tuple[str, str, str, str, str]]]


@pytest.fixture
def ask(sessions: sessionmaker[Session], cast: Cast) -> Ask:
    """Ask for the audience of a list: subscriber id -> (region, language, address, canonical, reason)."""

    def ask(
        purpose: ListPurpose = ListPurpose.NEWSLETTER,
        *,
        scope: Scope = ALL,
        regions: frozenset[str] | None = None,
        today: date = TODAY,
    ) -> dict[int, tuple[str, str, str, str, str]]:
        with sessions() as session:
            mailing_list = lists.by_purpose(session, purpose=purpose)
            chosen = select_audience(scope=scope, mailing_list=mailing_list, regions=regions, today=today)
            rows = session.execute(chosen).all()
            counted = summary(session, scope=scope, mailing_list=mailing_list, regions=regions, today=today)
        people = {row.subscriber_id: tuple(row)[1:] for row in rows}
        assert len(people) == len(rows), "somebody has two rows"
        assert counted.in_reach == len(rows), "the summary counts other people"
        return people

    return ask


def reasons(people: dict[int, tuple[str, str, str, str, str]]) -> dict[int, str]:
    return {who: row[-1] for who, row in people.items()}


def test_the_newsletter_reaches_those_it_can_and_says_why_the_others_get_none(ask: Ask, cast: Cast) -> None:
    assert ask() == {
        cast.anna: ("skane", "sv", "anna@lund.example", "anna@lund.example", ""),
        cast.bo: ("norra", "sv", "bo@lulea.example", "bo@lulea.example", ""),
        cast.cecilia: ("skane", "sv", "familjen@lund.example", "familjen@lund.example", ""),
        cast.david: ("skane", "sv", "familjen@lund.example", "familjen@lund.example", ""),
        cast.elsa: ("norra", "sv", "", "", "no-address"),
        cast.farid: ("vast", "sv", "", "", "unsubscribed"),
        cast.greta: ("vast", "sv", "", "", "suppressed"),
        cast.hilma: ("", "en", "hilma@borta.example", "hilma@borta.example", ""),
    }


def test_the_summary_counts_the_same_people(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        counted = summary(
            session,
            scope=ALL,
            mailing_list=session.get_one(MailingList, cast.newsletter),
            regions=None,
            today=TODAY,
        )

    assert counted.reached_by_region == {"skane": 3, "norra": 1, "": 1}
    assert counted.reached == 5
    assert counted.not_reached == {
        NotReached.DECEASED: 0,
        NotReached.NOT_SUBSCRIBED: 0,
        NotReached.UNSUBSCRIBED: 1,
        NotReached.PAUSED: 0,
        NotReached.NO_ADDRESS: 1,
        NotReached.SUPPRESSED: 1,
    }


def test_member_notices_reach_members_who_said_no_but_not_suppressed_addresses(ask: Ask, cast: Cast) -> None:
    assert reasons(ask(ListPurpose.MEMBER_NOTICES)) == {
        cast.anna: "",
        cast.bo: "",
        cast.cecilia: "",
        cast.david: "",
        cast.elsa: "no-address",
        cast.farid: "",
        cast.greta: "suppressed",
    }


def test_a_no_to_member_notices_changes_nothing(
    ask: Ask, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        notices = lists.by_purpose(session, purpose=ListPurpose.MEMBER_NOTICES)
        for who in (cast.anna, cast.hilma):
            session.add(
                Subscription(
                    subscriber_id=who, list_id=notices.id, active=False, changed_at=NOON, source="old"
                )
            )

    people = reasons(ask(ListPurpose.MEMBER_NOTICES))

    assert people[cast.anna] == ""
    assert cast.hilma not in people, "she is no member"


def test_members_who_were_never_asked_are_told_apart_from_those_who_said_no(ask: Ask, cast: Cast) -> None:
    people = reasons(ask(ListPurpose.INVITATIONS))

    assert set(people.values()) == {"not-subscribed"}
    assert set(people) == {
        cast.anna,
        cast.bo,
        cast.cecilia,
        cast.david,
        cast.elsa,
        cast.farid,
        cast.greta,
    }


def test_a_no_goes_before_a_missing_and_a_suppressed_address(
    ask: Ask, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for who in (cast.elsa, cast.greta):
            session.get_one(Subscription, (who, cast.newsletter)).active = False

    people = reasons(ask())

    assert people[cast.elsa] == people[cast.greta] == "unsubscribed"


def test_a_letter_to_skane_goes_to_skane(ask: Ask, cast: Cast) -> None:
    assert set(ask(regions=frozenset({"skane"}))) == {cast.anna, cast.cecilia, cast.david}
    assert set(ask(regions=frozenset({"skane", "vast"}))) == {
        cast.anna,
        cast.cecilia,
        cast.david,
        cast.farid,
        cast.greta,
    }
    assert ask(regions=frozenset()) == {}


def test_a_lead_of_skane_reaches_nobody_else_whatever_the_letter_is_for(ask: Ask, cast: Cast) -> None:
    skane = SomeRegions(frozenset({"skane"}))

    assert set(ask(scope=skane)) == {cast.anna, cast.cecilia, cast.david}
    assert set(ask(ListPurpose.MEMBER_NOTICES, scope=skane)) == {cast.anna, cast.cecilia, cast.david}
    assert ask(scope=skane, regions=frozenset({"norra"})) == {}
    assert ask(scope=SomeRegions(frozenset())) == {}
    assert set(ask(scope=OnePerson(cast.bo))) == {cast.bo}


def test_bo_is_written_to_at_home_when_his_work_address_bounces(
    ask: Ask, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        suppressions.suppress(
            session, scope=ALL, address="bo@lulea.example", reason=SuppressionReason.BOUNCED, now=NOON
        )

    assert ask()[cast.bo] == ("norra", "sv", "bo@hemma.example", "bo@hemma.example", "")


def test_bo_is_left_out_when_all_his_addresses_bounce(
    ask: Ask, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for address in ("bo@lulea.example", "bo@hemma.example"):
            suppressions.suppress(
                session, scope=ALL, address=address, reason=SuppressionReason.BOUNCED, now=NOON
            )

    assert ask()[cast.bo] == ("norra", "sv", "", "", "suppressed")


def test_the_oldest_address_is_used_when_none_is_preferred(
    ask: Ask, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for address in session.scalars(select(Address).where(Address.subscriber_id == cast.bo)):
            address.preferred = False

    assert ask()[cast.bo][2] == "bo@hemma.example"


def test_the_address_is_used_as_it_is_written(ask: Ask, sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        session.add(
            Address(
                subscriber_id=cast.elsa,
                address="Elsa@Umeå.example",
                canonical="elsa@umeå.example",
                kind=AddressKind.WORK,
                preferred=True,
                created_at=NOON,
            )
        )

    assert ask()[cast.elsa] == ("norra", "sv", "Elsa@Umeå.example", "elsa@umeå.example", "")


@pytest.mark.parametrize(
    ("since", "until", "is_member"),
    [
        (TODAY, None, True),
        (TODAY + timedelta(days=1), None, False),
        (date(2020, 1, 1), TODAY, True),
        (date(2020, 1, 1), TODAY - timedelta(days=1), False),
        (None, None, False),
        (None, TODAY, False),
    ],
)
def test_a_membership_counts_from_its_first_day_to_its_last(
    ask: Ask,
    sessions: sessionmaker[Session],
    cast: Cast,
    since: date | None,
    until: date | None,
    is_member: bool,
) -> None:
    with sessions.begin() as session:
        anna = session.get_one(Subscriber, cast.anna)
        anna.member_since, anna.member_until = since, until

    assert (cast.anna in ask(ListPurpose.MEMBER_NOTICES)) is is_member
    assert (cast.anna in ask(ListPurpose.INVITATIONS)) is is_member
    assert ask()[cast.anna][-1] == "", "she still subscribes to the newsletter"


def test_the_selection_can_be_written_to_a_table_in_one_statement(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        session.execute(delete(Suppression))
        mailing_list = session.get_one(MailingList, cast.newsletter)
        chosen = select_audience(scope=ALL, mailing_list=mailing_list, regions=None, today=TODAY).subquery()
        inserted = Suppression.__table__.insert().from_select(
            ["canonical", "reason", "note", "created_at"],
            select(
                chosen.c.canonical,
                func.max(chosen.c.reason),
                func.max(chosen.c.address),
                select(Subscription.changed_at).limit(1).scalar_subquery(),
            )
            .where(chosen.c.reason == "")
            .group_by(chosen.c.canonical),
        )
        session.execute(inserted)

        found = session.execute(select(Suppression.__table__.c.canonical)).scalars().all()
    assert set(found) == {
        "anna@lund.example",
        "bo@lulea.example",
        "familjen@lund.example",
        "greta@studsar.example",
        "hilma@borta.example",
    }
