"""People come into the register by one way, and find their region and their lists."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.addresses import parse
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import AddressKind, ListPurpose, Subscriber
from subscribers.services.consents import subscriptions_of
from subscribers.services.enrolment import NewAddress, NewPerson, add, add_many
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
SKANE = SomeRegions(frozenset({"skane"}))
LUND, LULEA = "1281", "2580"


def enrol(session: Session, person: NewPerson, *, scope: Everything | SomeRegions = ALL) -> Subscriber:
    return add(session, scope=scope, person=person, source="test", now=NOON)


def answers(session: Session, who: int) -> dict[str, bool | None]:
    return {
        s.mailing_list.purpose.value: s.active
        for s in subscriptions_of(session, scope=ALL, subscriber_id=who)
    }


def test_a_member_gets_a_region_a_place_in_the_order_and_all_lists(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ida = enrol(
            session,
            NewPerson(
                given_name="Ida",
                family_name="Ås",
                member_number="17",
                member_since=date(2029, 5, 1),
                municipality_code=LUND,
                addresses=[
                    NewAddress(parse("Ida@lund.example"), AddressKind.WORK),
                    NewAddress(parse("ida@hemma.example"), AddressKind.PRIVATE),
                ],
            ),
        )

        assert (ida.region_slug, ida.sort_key, ida.created_at) == ("skane", "zbs00ida", NOON)
        assert [(a.address, a.canonical, a.kind, a.preferred) for a in ida.addresses] == [
            ("Ida@lund.example", "ida@lund.example", AddressKind.WORK, True),
            ("ida@hemma.example", "ida@hemma.example", AddressKind.PRIVATE, False),
        ]
        assert set(answers(session, ida.id).values()) == {True}


def test_somebody_who_is_no_member_gets_the_newsletter_only(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ida = enrol(session, NewPerson(given_name="Ida", region="norra"))

        assert ida.region_slug == "norra"
        assert answers(session, ida.id) == {
            "newsletter": True,
            "regional-letters": None,
            "invitations": None,
            "member-notices": None,
        }


def test_a_list_that_somebody_has_declined_is_a_no(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ida = enrol(
            session,
            NewPerson(given_name="Ida", declined={ListPurpose.NEWSLETTER, ListPurpose.INVITATIONS}),
        )

        assert answers(session, ida.id)["newsletter"] is False
        assert answers(session, ida.id)["invitations"] is False


def test_many_people_come_back_in_the_order_they_came(sessions: sessionmaker[Session]) -> None:
    people = [NewPerson(given_name=f"Person {at}", municipality_code=LUND) for at in range(2_500)]
    with sessions.begin() as session:
        ids = add_many(session, scope=ALL, people=people, source="test", now=NOON)

        found = dict(session.execute(select(Subscriber.id, Subscriber.given_name)).all())
        assert [found[i] for i in ids] == [person.given_name for person in people]


def test_nobody_at_all_is_nobody(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        assert add_many(session, scope=ALL, people=[], source="test", now=NOON) == []
        assert session.scalar(select(func.count(Subscriber.id))) == 0


def test_an_unknown_municipality_is_told(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, pytest.raises(NotFound, match="9999"):
        enrol(session, NewPerson(given_name="Ida", municipality_code="9999"))


def test_a_taken_member_number_is_told(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session, pytest.raises(SubscribersError, match="M002 är upptaget"):
        enrol(session, NewPerson(given_name="Ida", member_number="M002"))


def test_a_lead_of_skane_enrols_people_in_skane_only(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert enrol(session, NewPerson(given_name="Ida", municipality_code=LUND), scope=SKANE).id
        for person in (
            NewPerson(given_name="Ida", municipality_code=LULEA),
            NewPerson(given_name="Ida", municipality_code=LULEA, region="skane"),
            NewPerson(given_name="Ida", region="norra"),
            NewPerson(given_name="Ida"),
        ):
            with pytest.raises(SubscribersError, match="din egen region"):
                enrol(session, person, scope=SKANE)
        with pytest.raises(SubscribersError, match="din egen region"):
            add(
                session,
                scope=OnePerson(cast.anna),
                person=NewPerson(given_name="Ida", municipality_code=LUND),
                source="test",
                now=NOON,
            )


def test_a_lead_of_skane_cannot_find_out_which_numbers_are_taken(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions() as session:
        told = set()
        for number in ("M002", "M999"):
            with pytest.raises(SubscribersError) as caught:
                enrol(session, NewPerson(municipality_code=LUND, member_number=number), scope=SKANE)
            told.add(str(caught.value))

        assert len(told) == 1
