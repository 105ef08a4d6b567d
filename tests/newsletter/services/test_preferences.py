"""What the holder of a link may see and change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import preferences
from subscribers.core.authority import OnePerson, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, MailingList, Subscriber, Subscription
from tests.cast import Cast
from tests.conftest import NOON

TODAY = NOON.date()


@pytest.fixture
def letter(sessions: sessionmaker[Session], cast: Cast) -> Callable[..., int]:
    """Write an issue that went, or is to go, to one person's copy, and return the copy's id."""
    numbers = iter(range(1, 100))

    def write(
        carrier: int,
        *greeted: int,
        state: DeliveryState = DeliveryState.ACCEPTED,
        address: str = "a@b.example",
    ) -> int:
        with sessions.begin() as session:
            issue = Issue(
                list_id=cast.newsletter, year=2030, number=next(numbers), title="t", subject="s",
                status=IssueStatus.RELEASED, created_at=NOON, updated_at=NOON,
            )  # fmt: skip
            session.add(issue)
            session.flush()
            same = {"issue_id": issue.id, "address": address, "canonical": address}
            copy = Delivery(subscriber_id=carrier, state=state, due_at=NOON, **same)
            session.add(copy)
            for other in greeted:
                carried = {"state": DeliveryState.LEFT_OUT, "why": "shared-address", "carried_by": carrier}
                session.add(Delivery(subscriber_id=other, **carried, **same))
            session.flush()
            return copy.id

    return write


def stop(session: Session, cast: Cast, person: int, delivery_id: int = 0) -> preferences.Effect:
    return preferences.stop(
        session,
        scope=OnePerson(person),
        subscriber_id=person,
        list_id=cast.newsletter,
        delivery_id=delivery_id,
        source="page",
        now=NOON,
    )


def start(session: Session, cast: Cast, person: int, delivery_id: int = 0) -> preferences.Effect:
    return preferences.start(
        session,
        scope=OnePerson(person),
        subscriber_id=person,
        list_id=cast.newsletter,
        delivery_id=delivery_id,
        source="page",
        now=NOON + timedelta(minutes=1),
    )


def active(session: Session, cast: Cast, person: int) -> bool:
    return session.get_one(Subscription, (person, cast.newsletter), populate_existing=True).active


def test_a_link_shows_the_address_that_its_letter_went_to(
    sessions: sessionmaker[Session], cast: Cast, letter: Callable[..., int]
) -> None:
    to_home = letter(cast.bo, address="bosse@hemma.example")
    with sessions() as session:
        used, preferred = (
            preferences.letters(
                session, scope=OnePerson(cast.bo), subscriber_id=cast.bo, delivery_id=delivery, today=TODAY
            )
            for delivery in (to_home, 0)
        )

    assert used.address == "b•••@h•••.example"
    assert preferred.address == "•••@l•••.example"


def test_another_persons_letter_in_a_link_shows_nothing_of_it(
    sessions: sessionmaker[Session], cast: Cast, letter: Callable[..., int]
) -> None:
    cecilias = letter(cast.cecilia, cast.david, address="zebra@zebra.example")
    with sessions() as session:
        seen = preferences.letters(
            session, scope=OnePerson(cast.bo), subscriber_id=cast.bo, delivery_id=cecilias, today=TODAY
        )

    assert "z" not in seen.address
    assert not seen.shared


def test_a_person_outside_the_scope_does_not_exist(sessions: sessionmaker[Session], cast: Cast) -> None:
    for scope in (OnePerson(cast.bo), SomeRegions(frozenset({"norra"}))):
        with sessions() as session, pytest.raises(NotFound):
            preferences.letters(session, scope=scope, subscriber_id=cast.anna, delivery_id=0, today=TODAY)
        with sessions() as session, pytest.raises(NotFound):
            preferences.stop(
                session, scope=scope, subscriber_id=cast.anna, list_id=cast.newsletter, delivery_id=0,
                source="page", now=NOON,
            )  # fmt: skip


def test_a_former_member_is_not_told_of_member_notices(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.anna).member_until = TODAY

    with sessions() as session:
        shown = [
            ListPurpose.MEMBER_NOTICES
            in {
                choice.purpose
                for choice in preferences.letters(
                    session, scope=OnePerson(cast.anna), subscriber_id=cast.anna, delivery_id=0, today=day
                ).choices
            }
            for day in (TODAY, TODAY + timedelta(days=1))
        ]

    assert shown == [True, False]


def test_stopping_takes_back_the_one_letter_that_waits_for_two(
    sessions: sessionmaker[Session], cast: Cast, letter: Callable[..., int]
) -> None:
    """P8: nothing to that mailbox is left in the queue, and it was one letter, whoever it greeted."""
    read = letter(cast.cecilia, cast.david)
    letter(cast.cecilia, cast.david, state=DeliveryState.QUEUED)

    with sessions.begin() as session:
        effect = stop(session, cast, cast.cecilia, read)

    assert effect == preferences.Effect(changed=True, withdrawn=1)
    with sessions() as session:
        states = session.scalars(select(Delivery.state)).all()
        assert DeliveryState.QUEUED not in states
        assert not active(session, cast, cast.cecilia)
        assert not active(session, cast, cast.david)


def test_stopping_twice_is_no_news(sessions: sessionmaker[Session], cast: Cast) -> None:
    """U6."""
    with sessions.begin() as session:
        first, second = stop(session, cast, cast.anna), stop(session, cast, cast.anna)

    assert first == preferences.Effect(changed=True)
    assert second == preferences.Effect(changed=False)


def test_starting_again_wakes_whom_this_letter_stopped_and_no_one_else(
    sessions: sessionmaker[Session], cast: Cast, letter: Callable[..., int]
) -> None:
    copy = letter(cast.cecilia, cast.david, cast.farid)  # Farid has said no himself, long ago
    with sessions.begin() as session:
        stop(session, cast, cast.cecilia, copy)
        effect = start(session, cast, cast.cecilia, copy)

    assert effect.changed
    with sessions() as session:
        assert [active(session, cast, who) for who in (cast.cecilia, cast.david, cast.farid)] == [
            True,
            True,
            False,
        ]


def test_a_letter_of_davids_own_stops_david_alone(
    sessions: sessionmaker[Session], cast: Cast, letter: Callable[..., int]
) -> None:
    letter(cast.cecilia, cast.david)
    own = letter(cast.david)
    with sessions.begin() as session:
        stop(session, cast, cast.david, own)

    with sessions() as session:
        assert active(session, cast, cast.cecilia)
        assert not active(session, cast, cast.david)


def test_member_notices_can_neither_be_stopped_nor_started(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions() as session:
        notices = session.scalars(
            select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        ).one()
        facts = {
            "scope": OnePerson(cast.anna), "subscriber_id": cast.anna, "list_id": notices, "delivery_id": 0,
            "source": "page", "now": NOON,
        }  # fmt: skip
        with pytest.raises(SubscribersError):
            preferences.stop(session, **facts)
        assert not preferences.start(session, **facts).changed
