"""The people of the register: who may see them, how they are found, which address is theirs."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.errors import BadAddress, NotFound
from subscribers.models import Address, AddressKind, Subscriber
from subscribers.services.members import (
    add_address,
    count_members,
    find,
    get,
    list_members,
    prefer_address,
)
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
SKANE = SomeRegions(frozenset({"skane"}))


def names(people: Sequence[Subscriber]) -> list[str]:
    return [person.name for person in people]


def test_the_register_is_listed_in_swedish_order(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        assert names(list_members(session, scope=ALL)) == [
            "Greta Ek",
            "Farid Haddad",
            "Elsa Norén",
            "Hilma Virtanen",
            "Anna Åkesson",
            "Cecilia Ärlig",
            "David Ärlig",
            "Bo Öberg",
        ]


def test_pages_of_the_register_follow_each_other(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        pages = [list_members(session, scope=ALL, limit=3, offset=at) for at in (0, 3, 6, 9)]
        assert [len(page) for page in pages] == [3, 3, 2, 0]
        assert [p for page in pages for p in names(page)] == names(list_members(session, scope=ALL))
        assert count_members(session, scope=ALL) == 8


def test_the_addresses_come_along(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        bo = list_members(session, scope=ALL, region="norra")[1]
    assert [address.address for address in bo.addresses] == ["bo@hemma.example", "bo@lulea.example"]


def test_a_lead_of_skane_sees_skane_and_cannot_ask_for_more(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions() as session:
        assert names(list_members(session, scope=SKANE)) == ["Anna Åkesson", "Cecilia Ärlig", "David Ärlig"]
        assert count_members(session, scope=SKANE) == 3
        assert list_members(session, scope=SKANE, region="norra") == []
        assert count_members(session, scope=SKANE, region="norra") == 0
        assert count_members(session, scope=SomeRegions(frozenset())) == 0
        assert names(list_members(session, scope=OnePerson(cast.bo))) == ["Bo Öberg"]


def test_missing_and_forbidden_are_the_same_answer(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        answers = []
        for scope, who in (
            (SKANE, cast.bo),
            (SKANE, cast.hilma),
            (OnePerson(cast.anna), cast.bo),
            (ALL, 999_999),
        ):
            with pytest.raises(NotFound) as caught:
                get(session, scope=scope, subscriber_id=who)
            answers.append((caught.value.sentence, caught.value.facts))

        assert all(answer == answers[0] for answer in answers)
        assert get(session, scope=SKANE, subscriber_id=cast.anna).name == "Anna Åkesson"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Åkesson", ["Anna Åkesson"]),
        ("anna åk", ["Anna Åkesson"]),
        ("ärlig", ["Cecilia Ärlig", "David Ärlig"]),
        ("arlig", []),
        ("M002", ["Bo Öberg"]),
        (" BO@Hemma.example", ["Bo Öberg"]),
        ("familjen@lund.example", ["Cecilia Ärlig", "David Ärlig"]),
        ("familjen", []),
        ("%", []),
        ("", []),
        ("   ", []),
    ],
)
def test_people_are_found_by_name_number_and_address(
    sessions: sessionmaker[Session], cast: Cast, text: str, found: list[str]
) -> None:
    with sessions() as session:
        assert names(find(session, scope=ALL, text=text)) == found


@pytest.mark.parametrize("text", ["Öberg", "M002", "bo@lulea.example", "b"])
def test_a_search_reveals_nobody_outside_the_scope(
    sessions: sessionmaker[Session], cast: Cast, text: str
) -> None:
    with sessions() as session:
        assert names(find(session, scope=ALL, text=text))[-1] == "Bo Öberg"
        assert names(find(session, scope=SKANE, text=text)) == []


def preferred(session: Session, who: int) -> list[str]:
    return list(
        session.scalars(select(Address.address).where(Address.subscriber_id == who, Address.preferred))
    )


def test_a_first_address_is_the_preferred_one_and_a_second_is_not(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for address in ("Elsa@Umeå.example", "elsa@hemma.example"):
            add_address(session, scope=ALL, subscriber_id=cast.elsa, address=address, now=NOON)

    with sessions() as session:
        elsa = get(session, scope=ALL, subscriber_id=cast.elsa)
        assert [(a.address, a.canonical, a.preferred) for a in elsa.addresses] == [
            ("Elsa@umeå.example", "elsa@umeå.example", True),
            ("elsa@hemma.example", "elsa@hemma.example", False),
        ]


def test_one_address_is_preferred_at_a_time(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert preferred(session, cast.bo) == ["bo@lulea.example"]
        home = get(session, scope=ALL, subscriber_id=cast.bo).addresses[0]

        prefer_address(session, scope=ALL, subscriber_id=cast.bo, address_id=home.id, now=NOON)
        assert preferred(session, cast.bo) == ["bo@hemma.example"]
        assert home.preferred

        add_address(
            session,
            scope=ALL,
            subscriber_id=cast.bo,
            address="ny@lulea.example",
            kind=AddressKind.WORK,
            prefer=True,
            now=NOON,
        )
        assert preferred(session, cast.bo) == ["ny@lulea.example"]


def test_an_address_that_is_there_already_is_not_added_again(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        add_address(session, scope=ALL, subscriber_id=cast.anna, address="ANNA@lund.example", now=NOON)

    with sessions() as session:
        anna = get(session, scope=ALL, subscriber_id=cast.anna)
        assert [(a.address, a.preferred) for a in anna.addresses] == [("anna@lund.example", True)]


def test_an_impossible_address_is_not_added(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session, pytest.raises(BadAddress):
        add_address(session, scope=ALL, subscriber_id=cast.elsa, address="elsa", now=NOON)


@pytest.mark.parametrize("scope", [SKANE, SomeRegions(frozenset()), OnePerson(1)])
def test_nobody_changes_the_addresses_of_people_outside_their_scope(
    sessions: sessionmaker[Session], cast: Cast, scope: Scope
) -> None:
    if isinstance(scope, OnePerson):
        scope = OnePerson(cast.anna)
    with sessions.begin() as session:
        home = get(session, scope=ALL, subscriber_id=cast.bo).addresses[0]
        with pytest.raises(NotFound):
            add_address(session, scope=scope, subscriber_id=cast.bo, address="x@y.example", now=NOON)
        with pytest.raises(NotFound):
            prefer_address(session, scope=scope, subscriber_id=cast.bo, address_id=home.id, now=NOON)
        # Nor by smuggling Bo's address in under Anna's name.
        with pytest.raises(NotFound):
            prefer_address(session, scope=scope, subscriber_id=cast.anna, address_id=home.id, now=NOON)

    with sessions() as session:
        assert preferred(session, cast.bo) == ["bo@lulea.example"]
        assert len(get(session, scope=ALL, subscriber_id=cast.bo).addresses) == 2
