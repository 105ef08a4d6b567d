"""Who leaves the association, or has moved, reaches a person; what machines answer is filed."""

from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.inbound.kinds import What
from newsletter.models import Call, CallReason, InboundMail, Note
from newsletter.services import claims, releases
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose
from subscribers.models import (
    ConsentEntry,
    ListPurpose,
    MailingList,
    RoleName,
    Subscriber,
    Subscription,
    Suppression,
)
from subscribers.services import roles
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import RING, come_in, written
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def officers(sessions: sessionmaker[Session], cast: Cast) -> None:
    """Bo is the officer and Farid the treasurer."""
    with sessions.begin() as session:
        for who, role in ((cast.bo, RoleName.OFFICER), (cast.farid, RoleName.TREASURER)):
            roles.give(session, scope=ALL, subscriber_id=who, role=role)


@pytest.fixture
def letter(sessions: sessionmaker[Session], cast: Cast, officers: None) -> int:
    """The newsletter's delivery to Anna."""
    with sessions.begin() as session:
        return _sent(session, cast, cast.newsletter)


def _sent(session: Session, cast: Cast, list_id: int) -> int:
    issue_id = set_issue(session, list_id=list_id, now=NOON)
    releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
    claims.claim(session, sender="a", now=NOON, limit=9)
    return rows(session, issue_id)[cast.anna].id


def send(session: Session, raw: bytes, sender: str = "somebody@else.example") -> InboundMail:
    row = come_in(session, raw, now=NOON, sender=sender)
    assert row is not None
    return row


def state(session: Session) -> tuple[int, int, int]:
    """Count yeses and noes, subscriptions that stand, and suppressions."""
    active = select(func.count()).select_from(Subscription).where(Subscription.active)
    tables = (select(func.count()).select_from(ConsentEntry), active)
    said, stands = (session.scalars(each).one() for each in tables)
    return said, stands, session.scalars(select(func.count()).select_from(Suppression)).one()


def calls(session: Session) -> list[tuple[int, str, CallReason, str]]:
    return [
        (call.subscriber_id, call.canonical, call.reason, call.proposal)
        for call in session.scalars(select(Call).order_by(Call.id))
    ]


def test_who_leaves_the_association_reaches_the_treasurer_with_the_date(
    sessions: sessionmaker[Session], cast: Cast, letter: int
) -> None:
    with sessions.begin() as session:
        before = state(session)
        raw = written("Hej! Jag vill gå ur föreningen.", sender="anna@lund.example", answers=letter)
        row = send(session, raw)

        assert (row.kind, row.outcome, row.owner_id) == (What.LEAVING, "forwarded", cast.farid)
        assert state(session) == before
        [note] = session.scalars(select(Note))
        mail = message_from_bytes(note.message or b"", policy=policy.default)
        assert (note.address, mail["Reply-To"]) == ("farid@goteborg.example", "anna@lund.example")
        assert "anna@lund.example skrev den 2030-03-01 och vill gå ur föreningen:" in mail.get_content()


def test_stop_in_answer_to_a_member_notice_goes_to_a_person(
    sessions: sessionmaker[Session], cast: Cast, officers: None
) -> None:
    with sessions.begin() as session:
        notices = session.scalars(
            select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        ).one()
        notice = _sent(session, cast, notices)
        before = state(session)
        token = tokens.make(RING, Purpose.LETTERS, cast.anna, notices, notice)
        by_reply = send(session, written("avsluta", sender="anna@lund.example", answers=notice))
        by_link = send(session, written("", sender="anna@lund.example", subject=token))

        assert [(row.kind, row.outcome, row.owner_id) for row in (by_reply, by_link)] == [
            (What.UNSUBSCRIBE, "forwarded", cast.bo)
        ] * 2
        assert state(session) == before
        assert [note.kind for note in session.scalars(select(Note))] == ["answer", "answer"]


def test_a_new_address_is_a_proposal_and_reaches_a_person(
    sessions: sessionmaker[Session], cast: Cast, letter: int
) -> None:
    told = "Hej, jag har bytt mejladress till anna.ny@hemma.example. Hälsningar Anna"
    with sessions.begin() as session:
        row = send(session, written(told, sender="anna@lund.example", answers=letter))
        again = send(session, written(told + "!", sender="anna@lund.example"))
        stranger = send(session, written(told, sender="vem@annan.example", answers=letter))
        shared = send(session, written(told, sender="familjen@lund.example"))

        assert [(each.kind, each.outcome) for each in (row, again, stranger, shared)] == [
            (What.NEW_ADDRESS, "proposed"),
            (What.NEW_ADDRESS, "proposed"),
            (What.NEW_ADDRESS, "forwarded"),
            (What.NEW_ADDRESS, ""),
        ]
        proposal = (cast.anna, "anna@lund.example", CallReason.NEW_ADDRESS, "anna.ny@hemma.example")
        assert calls(session) == [proposal]
        anna = session.get_one(Subscriber, cast.anna)
        assert [each.address for each in anna.addresses] == ["anna@lund.example"]


def test_an_automatic_reply_is_filed_with_its_day_and_never_answered(
    sessions: sessionmaker[Session], cast: Cast, letter: int
) -> None:
    """U10."""
    away = written(
        "Jag är tillbaka den 12 mars. Avregistrera mig från listan.",
        sender="anna@lund.example", answers=letter,
        subject="Automatiskt svar: Nummer ett", Auto_Submitted="auto-replied",
    )  # fmt: skip
    with sessions.begin() as session:
        before = state(session)
        row = send(session, away)
        assert (row.kind, row.outcome, row.facts["back_on"]) == (What.AUTOMATIC, "filed", "2030-03-12")
        assert state(session) == before
        assert session.scalars(select(Note)).all() == []
        assert calls(session) == []


def test_who_has_left_is_somebody_to_ring_where_it_is_clear_who(
    sessions: sessionmaker[Session], cast: Cast, letter: int
) -> None:
    told = "Anna arbetar inte längre kvar hos oss. Kontakta Kim, kim@lund.example, i stället."
    machine = {"subject": "Autosvar: Nummer ett", "Auto_Submitted": "auto-replied"}
    with sessions.begin() as session:
        before = state(session)
        outcomes = [
            send(session, written(f"{told} {number}", sender=sender, answers=answers, **machine)).outcome
            for number, (sender, answers) in enumerate(
                (
                    ("info@lund.example", letter),  # whatever it writes from: it answers Anna's letter
                    ("anna@lund.example", None),
                    ("bo@hemma.example", None),
                    ("familjen@lund.example", None),  # two people's
                    ("vem@annan.example", None),
                )
            )
        ]
        assert outcomes == ["has left", "has left", "has left", "filed", "filed"]
        assert calls(session) == [
            (cast.anna, "anna@lund.example", CallReason.HAS_LEFT, ""),
            (cast.bo, "bo@hemma.example", CallReason.HAS_LEFT, ""),
        ]
        assert state(session) == before
        assert session.scalars(select(Note)).all() == []
