"""Who may stop letters by mail, who is asked first, and what is answered to whom."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Acknowledgement, Delivery, DeliveryState, InboundMail, Note
from newsletter.services import (
    claims,
    erasure,
    extracts,
    preferences,
    releases,
    retention,
    unsubscribing,
)
from subscribers.core import tokens
from subscribers.core.authority import Everything, OnePerson
from subscribers.core.tokens import Purpose
from subscribers.models import ConsentEntry, Subscription, SuppressionReason
from subscribers.services import erasures, suppressions
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import HOUSE, RING, come_in, written
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
HOWS = ("mailto", "reply")
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def letters(sessions: sessionmaker[Session], cast: Cast) -> dict[int, int]:
    """The delivery of a letter that has gone to each person who gets it, by the person's id."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        held = claims.claim(session, sender="a", now=NOON, limit=9)
        assert held
        return {who: row.id for who, row in rows(session, issue_id).items()}


def send(session: Session, raw: bytes, *, days: int = 0) -> InboundMail:
    row = come_in(session, raw, now=NOON + timedelta(days=days), sender="somebody@else.example")
    assert row is not None
    return row


def link(person: int, list_id: int, delivery: int) -> str:
    return tokens.make(RING, Purpose.LETTERS, person, list_id, delivery)


def gets(session: Session, cast: Cast, person: int) -> bool:
    return session.get_one(Subscription, (person, cast.newsletter), populate_existing=True).active


def told(session: Session) -> list[tuple[str, str]]:
    return [(note.kind, note.address) for note in session.scalars(select(Note).order_by(Note.id))]


def last_no(session: Session) -> tuple[str, str]:
    entry = session.scalars(select(ConsentEntry).order_by(ConsentEntry.id.desc()).limit(1)).one()
    assert not entry.given
    return entry.how, entry.place


def test_the_mailto_link_stops_its_list_whoever_sends_it(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    token = link(cast.anna, cast.newsletter, letters[cast.anna])
    with sessions.begin() as session:
        row = send(session, written("", sender="vem@annan.example", subject=token))

        assert (row.outcome, row.facts["list"], row.facts["news"]) == ("unsubscribed", cast.newsletter, True)
        assert row.subject == "", "a key to her letters is not for a list that people look at"
        assert not gets(session, cast, cast.anna)
        assert last_no(session) == ("mailto", f"letter {letters[cast.anna]}")
        assert told(session) == [("left", "anna@lund.example")]
        [note] = session.scalars(select(Note))
        assert note.content == {"list": "Nyhetsbrevet", "link": HOUSE.unsubscribe_url(token)}


@ONE_DATABASE
def test_the_token_may_stand_in_the_address_instead(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    token = link(cast.anna, cast.newsletter, letters[cast.anna])
    with sessions.begin() as session:
        raw = written("", sender="anna@lund.example", to=f"svar+{token}@appel.example")
        assert send(session, raw).outcome == "unsubscribed"
        assert not gets(session, cast, cast.anna)


def test_a_reply_from_the_addressee_to_our_letter_stops_its_list(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    raw = written("Avregistrera mig, tack!", sender="Anna <anna@lund.example>", answers=letters[cast.anna])
    with sessions.begin() as session:
        assert send(session, raw).outcome == "unsubscribed"
        assert not gets(session, cast, cast.anna)
        assert last_no(session) == ("reply", f"letter {letters[cast.anna]}")
        assert told(session) == [("left", "anna@lund.example")]


@ONE_DATABASE
def test_a_no_from_a_shared_mailbox_is_for_all_whom_the_letter_greeted(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    raw = written("STOP", sender="familjen@lund.example", answers=letters[cast.cecilia])
    with sessions.begin() as session:
        assert send(session, raw).outcome == "unsubscribed"
        assert not gets(session, cast, cast.cecilia)
        assert not gets(session, cast, cast.david)


def test_without_our_token_a_member_is_asked_first_and_gets_the_letters_until_then(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    raw = written("Avregistrera mig, tack!", sender="anna@lund.example", Message_ID="<1@lund.example>")
    with sessions.begin() as session:
        assert send(session, raw).outcome == "asked"
        assert gets(session, cast, cast.anna)
        assert told(session) == [("leave-asked", "anna@lund.example")]
        [note] = session.scalars(select(Note))
        # The letter that went to the address is not accepted yet: the link names none.
        assert note.content["link"] == HOUSE.unsubscribe_url(link(cast.anna, cast.newsletter, 0))  # type: ignore[index]
        assert note.answers == "<1@lund.example>"


@ONE_DATABASE
def test_who_shares_an_address_is_asked_with_a_link_for_all(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    with sessions.begin() as session:
        rows_of = {row.id: row for row in rows(session, 1).values()}
        rows_of[letters[cast.cecilia]].state = type(rows_of[letters[cast.cecilia]].state).ACCEPTED
        session.flush()
        assert send(session, written("STOP", sender="familjen@lund.example")).outcome == "asked"
        assert gets(session, cast, cast.cecilia)
        assert told(session) == [("leave-asked", "familjen@lund.example")]
        [note] = session.scalars(select(Note))
        one = link(cast.cecilia, cast.newsletter, letters[cast.cecilia])
        assert note.content["link"] == HOUSE.unsubscribe_url(one)  # type: ignore[index]


@ONE_DATABASE
@pytest.mark.parametrize("sender", ["vem@annan.example", "bo@lulea.example"])
def test_a_forwarded_or_forged_mail_stops_nobody(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int], sender: str
) -> None:
    """Somebody else has the letter: a stranger makes us ask its addressee, a member is asked themselves."""
    raw = written("Avregistrera mig!", sender=sender, answers=letters[cast.anna])
    asked = sender if sender.startswith("bo@") else "anna@lund.example"
    with sessions.begin() as session:
        assert send(session, raw).outcome == "asked"
        assert gets(session, cast, cast.anna)
        assert gets(session, cast, cast.bo)
        assert told(session) == [("leave-asked", asked)]


@ONE_DATABASE
def test_strangers_and_forged_tokens_change_nothing_and_hear_nothing(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    for subject in ("a" * 29, "aaaa" * 15, link(999_999, 1, 1), link(1, 999_999, 1)):
        with sessions.begin() as session:
            row = send(session, written("avregistrera mig", sender="vem@annan.example", subject=subject))
            assert row.outcome == "unknown"
            assert told(session) == []
            assert session.scalars(select(ConsentEntry).where(ConsentEntry.how.in_(HOWS))).all() == []


def test_an_answer_to_the_question_is_a_proof(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    with sessions.begin() as session:
        send(session, written("STOP", sender="bo@lulea.example"))
        [note] = session.scalars(select(Note))
        token = tokens.make(RING, Purpose.NOTE, note.id, int(NOON.timestamp()))
        back = {"subject": "Sv: Vill du sluta?", "In_Reply_To": f"<{token}@appel.example>"}

        row = send(session, written("Avregistrera mig, sa jag ju.", sender="vem@annan.example", **back))
        assert row.outcome == "unknown"
        assert gets(session, cast, cast.bo)

        assert send(session, written("Avregistrera mig.", sender="bo@lulea.example", **back)).outcome == (
            "unsubscribed"
        )
        assert not gets(session, cast, cast.bo)


def test_one_answer_a_day_and_never_a_second(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    """U10; a second wish to leave is confirmed, too, but not the same day."""
    token = link(cast.anna, cast.newsletter, letters[cast.anna])
    with sessions.begin() as session:
        outcomes = [
            send(session, written(f"{number}", sender="anna@lund.example", subject=token), days=number // 3)
            for number in range(6)
        ]
        assert [row.outcome for row in outcomes] == ["unsubscribed"] * 6
        assert [row.facts["news"] for row in outcomes] == [True] + [False] * 5
        assert told(session) == [("left", "anna@lund.example")] * 2
        days = [row.day for row in session.scalars(select(Acknowledgement).order_by(Acknowledgement.day))]
        assert days == [NOON.date(), NOON.date() + timedelta(days=1)]


@ONE_DATABASE
def test_what_a_machine_sends_with_our_link_counts_but_is_not_answered(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    """U10; a mail program may send the mailto on its own (RFC 2369 3)."""
    token = link(cast.anna, cast.newsletter, letters[cast.anna])
    for fields in (
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<lista.example.net>"},
        {"X_Auto_Response_Suppress": "All"},
        {"sender": "studs@appel.example"},
        {"sender": "nytt@appel.example"},
    ):
        with sessions() as session:
            row = send(session, written("", subject=token, **{"sender": "anna@lund.example", **fields}))
            assert row.outcome == "unsubscribed", fields
            assert not gets(session, cast, cast.anna)
            assert told(session) == [], fields


@ONE_DATABASE
def test_a_suppressed_address_is_not_written_to(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    with sessions.begin() as session:
        suppressions.suppress(
            session, scope=ALL, address="anna@lund.example", reason=SuppressionReason.COMPLAINED, now=NOON,
        )  # fmt: skip
        raw = written("", sender="anna@lund.example", subject=link(cast.anna, cast.newsletter, 0))
        assert send(session, raw).outcome == "unsubscribed"
        assert send(session, written("STOP", sender="anna@lund.example")).outcome == unsubscribing.NOT_ASKED
        assert told(session) == []


@ONE_DATABASE
def test_what_was_stopped_by_a_reply_starts_again_by_the_link_for_all_it_stopped(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    raw = written("STOP", sender="familjen@lund.example", answers=letters[cast.cecilia])
    with sessions.begin() as session:
        send(session, raw)
        preferences.start(
            session, scope=OnePerson(cast.cecilia), subscriber_id=cast.cecilia, list_id=cast.newsletter,
            delivery_id=letters[cast.cecilia], source="page, undone", now=NOON,
        )  # fmt: skip
        assert gets(session, cast, cast.cecilia)
        assert gets(session, cast, cast.david)


@ONE_DATABASE
def test_that_somebody_was_answered_is_forgotten_after_a_week_and_with_the_person(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """L5."""
    sessions.configure(info={erasures.KEY: b"a key of the tests"})

    def answered(session: Session) -> list[str]:
        return list(session.scalars(select(Acknowledgement.canonical).order_by(Acknowledgement.canonical)))

    with sessions.begin() as session:
        for name, days in (("anna@lund.example", 0), ("bo@lulea.example", 0), ("hilma@borta.example", 9)):
            session.add(Acknowledgement(canonical=name, day=NOON.date() - timedelta(days=days)))
        held = extracts.extract(session, scope=ALL, subscriber_id=cast.anna)["acknowledgements"]
        assert [row["canonical"] for row in held] == ["anna@lund.example"]

        erasure.erase(session, scope=ALL, subscriber_id=cast.anna, actor="test", now=NOON)
        assert answered(session) == ["bo@lulea.example", "hilma@borta.example"]

        assert retention.carry_out(session, scope=ALL, by_hand=False, now=NOON)["acknowledgements"] == 1
        assert answered(session) == ["bo@lulea.example"]


@ONE_DATABASE
def test_the_link_of_somebody_who_is_erased_does_nothing(
    sessions: sessionmaker[Session], cast: Cast, letters: dict[int, int]
) -> None:
    sessions.configure(info={erasures.KEY: b"a key of the tests"})
    with sessions.begin() as session:
        session.get_one(Delivery, letters[cast.anna]).state = DeliveryState.ACCEPTED
        session.flush()
        erasure.erase(session, scope=ALL, subscriber_id=cast.anna, actor="test", now=NOON)
        said = session.scalars(select(func.count(ConsentEntry.id))).one()

        token = link(cast.anna, cast.newsletter, letters[cast.anna])
        for raw in (
            written("", sender="anna@lund.example", subject=token),
            written("Avregistrera mig.", sender="anna@lund.example", answers=letters[cast.anna]),
        ):
            assert send(session, raw).outcome == "unknown"
        assert session.scalars(select(func.count(ConsentEntry.id))).one() == said
        assert told(session) == []
