"""A yes and a no to a list: said once, heard at once, and never twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, Subscription
from subscribers.services import lists
from subscribers.services.consents import resubscribe, subscriptions_of, unsubscribe
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
SKANE = SomeRegions(frozenset({"skane"}))
LATER = NOON + timedelta(hours=1)


def say_no(session: Session, who: int, to: int, *, scope: Scope = ALL, source: str = "one-click") -> bool:
    return unsubscribe(session, scope=scope, subscriber_id=who, list_id=to, source=source, now=LATER)


def say_yes(session: Session, who: int, to: int, *, scope: Scope = ALL) -> bool:
    return resubscribe(session, scope=scope, subscriber_id=who, list_id=to, source="page", now=LATER)


def test_anna_unsubscribes_once_and_a_second_time_changes_nothing(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """U6: idempotent."""
    with sessions.begin() as session:
        assert say_no(session, cast.anna, cast.newsletter)
    with sessions.begin() as session:
        assert not say_no(session, cast.anna, cast.newsletter, source="again")

    with sessions() as session:
        said = session.get_one(Subscription, (cast.anna, cast.newsletter))
        assert (said.active, said.source, said.changed_at) == (False, "one-click", LATER)


def test_farid_changes_his_mind(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert say_yes(session, cast.farid, cast.newsletter)
        assert not say_yes(session, cast.farid, cast.newsletter)

    with sessions() as session:
        said = session.get_one(Subscription, (cast.farid, cast.newsletter))
        assert (said.active, said.source) == (True, "page")


def test_a_no_is_remembered_also_when_nothing_was_said_before(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        invitations = lists.by_purpose(session, purpose=ListPurpose.INVITATIONS).id
        assert say_no(session, cast.anna, invitations)
        assert not say_no(session, cast.anna, invitations)
        assert not session.get_one(Subscription, (cast.anna, invitations)).active


def test_what_was_read_before_the_answer_is_read_anew(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        said = session.get_one(Subscription, (cast.anna, cast.newsletter))
        assert said.active

        say_no(session, cast.anna, cast.newsletter)

        assert not said.active


def test_two_clicks_at_the_same_time_change_one_row_once(sessions: sessionmaker[Session], cast: Cast) -> None:
    """U6: and each of them gets an answer."""
    with sessions() as session:
        invitations = lists.by_purpose(session, purpose=ListPurpose.INVITATIONS).id
    together = Barrier(4)
    answers: list[bool] = []

    def click() -> None:
        together.wait(timeout=10)
        with sessions.begin() as session:
            answers.append(say_no(session, cast.anna, invitations))

    clicks = [Thread(target=click) for _ in range(4)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=30)

    assert sorted(answers) == [False, False, False, True]


def test_member_notices_cannot_be_left(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        notices = lists.by_purpose(session, purpose=ListPurpose.MEMBER_NOTICES).id
        with pytest.raises(SubscribersError, match="hör till medlemskapet"):
            say_no(session, cast.anna, notices)
        assert session.get(Subscription, (cast.anna, notices)) is None
        assert say_yes(session, cast.anna, notices)


def test_a_link_from_bos_letter_changes_bos_answers_only(sessions: sessionmaker[Session], cast: Cast) -> None:
    bo = OnePerson(cast.bo)
    with sessions.begin() as session:
        assert say_no(session, cast.bo, cast.newsletter, scope=bo)
        with pytest.raises(NotFound):
            say_no(session, cast.anna, cast.newsletter, scope=bo)
        assert session.get_one(Subscription, (cast.anna, cast.newsletter)).active


def test_a_lead_of_skane_can_neither_see_nor_change_what_bo_in_norra_said(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        invitations = lists.by_purpose(session, purpose=ListPurpose.INVITATIONS).id
        missing = _answer_to(session, 999_999, cast.newsletter)
        for list_id in (cast.newsletter, invitations):
            assert _answer_to(session, cast.bo, list_id) == missing
        with pytest.raises(NotFound) as caught:
            subscriptions_of(session, scope=SKANE, subscriber_id=cast.bo)
        assert str(caught.value) == missing[0]

    with sessions() as session:
        assert session.get_one(Subscription, (cast.bo, cast.newsletter)).active
        assert session.get(Subscription, (cast.bo, invitations)) is None
        assert say_no(session, cast.anna, cast.newsletter, scope=SKANE)


def _answer_to(session: Session, who: int, to: int) -> tuple[str, str]:
    with pytest.raises(NotFound) as no:
        say_no(session, who, to, scope=SKANE)
    with pytest.raises(NotFound) as yes:
        say_yes(session, who, to, scope=SKANE)
    return str(no.value), str(yes.value)


def test_an_unknown_list_is_not_found(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session, pytest.raises(NotFound, match="Listan"):
        say_no(session, cast.anna, 999_999)


def test_farid_sees_what_he_has_said_to_every_list(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        standings = subscriptions_of(session, scope=OnePerson(cast.farid), subscriber_id=cast.farid)

    assert [(s.mailing_list.slug, s.active, s.may_be_left) for s in standings] == [
        ("nyhetsbrev", False, True),
        ("regionbrev", None, True),
        ("inbjudningar", None, True),
        ("medlemsmeddelanden", None, False),
    ]
    assert (standings[0].source, standings[0].changed_at) == ("register", NOON)
