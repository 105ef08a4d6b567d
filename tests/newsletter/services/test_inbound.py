"""A mail is written down once, with the person it is from or about and the region that may see it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.inbound.kinds import What
from newsletter.models import InboundMail, Way
from newsletter.services import claims, releases
from subscribers.core.authority import Everything
from subscribers.models import Subscriber
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import come_in, report, written
from tests.letterpress import rows, set_issue

ALL = Everything("a test")


@pytest.fixture
def deliveries(sessions: sessionmaker[Session], cast: Cast) -> dict[int, int]:
    """The delivery of a released issue to each person who gets it, by the person's id."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        held = claims.claim(session, sender="a", now=NOON, limit=9)
        assert held
        return {who: row.id for who, row in rows(session, issue_id).items()}


def kept(session: Session) -> int:
    return session.scalars(select(func.count(InboundMail.id))).one()


def test_a_mail_that_comes_by_two_ways_is_one(sessions: sessionmaker[Session], cast: Cast) -> None:
    raw = written("Tack för numret!", sender="anna@lund.example", Message_ID="<1@lund.example>")
    moved = b"Received: from mx by mail; Fri, 1 Mar 2030\r\n" + raw.replace(b"\n", b"\r\n") + b"\r\n"
    with sessions.begin() as session:
        assert come_in(session, raw, now=NOON, sender="anna@lund.example") is not None
    with sessions.begin() as session:
        assert come_in(session, moved, now=NOON, sender=None, way=Way.MAILBOX) is None
        assert kept(session) == 1


def test_two_mails_that_differ_in_a_word_are_two(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        for word in ("Tack!", "Tack så mycket!"):
            assert come_in(session, written(word, sender="anna@lund.example"), now=NOON, sender=None)
        assert kept(session) == 2


def test_an_answer_is_its_writers_and_their_regions(
    sessions: sessionmaker[Session], cast: Cast, deliveries: dict[int, int]
) -> None:
    raw = written("Tack för numret!", sender="Anna <ANNA@lund.example>", answers=deliveries[cast.anna])
    with sessions.begin() as session:
        row = come_in(session, raw, now=NOON, sender="anna@lund.example")
        assert row is not None
        assert (row.kind, row.subscriber_id, row.region) == (What.REPLY, cast.anna, "skane")
        assert row.delivery_id == deliveries[cast.anna]
        assert row.issue_id is not None
        assert row.words.strip() == "Tack för numret!"


def test_an_answer_to_a_forwarded_letter_is_not_its_addressees(
    sessions: sessionmaker[Session], cast: Cast, deliveries: dict[int, int]
) -> None:
    for address, whose in (("bo@lulea.example", cast.bo), ("okand@annan.example", None)):
        raw = written("Vad roligt!", sender=address, answers=deliveries[cast.anna])
        with sessions.begin() as session:
            row = come_in(session, raw, now=NOON, sender=address)
            assert row is not None
            assert (row.subscriber_id, row.region) == (whose, "norra" if whose else None)


def test_who_shares_an_address_is_told_by_the_letter_that_is_answered(
    sessions: sessionmaker[Session], cast: Cast, deliveries: dict[int, int]
) -> None:
    with sessions.begin() as session:
        told = come_in(
            session,
            written("Tack!", sender="familjen@lund.example", answers=deliveries[cast.cecilia]),
            now=NOON,
            sender=None,
        )
        unclear = come_in(session, written("Hej!", sender="familjen@lund.example"), now=NOON, sender=None)
        assert told is not None
        assert unclear is not None
        assert (told.subscriber_id, unclear.subscriber_id) == (cast.cecilia, None)


def test_a_report_is_about_the_addressee_of_the_letter(
    sessions: sessionmaker[Session], cast: Cast, deliveries: dict[int, int]
) -> None:
    raw, to = report(deliveries[cast.bo], "bo@lulea.example")
    with sessions.begin() as session:
        row = come_in(session, raw, now=NOON, recipients=to)
        assert row is not None
        assert (row.kind, row.subscriber_id, row.region) == (What.BOUNCE, cast.bo, "norra")


def test_a_mail_about_somebody_who_is_gone_is_kept(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert session.get(Subscriber, 999_999) is None
        row = come_in(session, written("Hej", sender="x@y.example", answers=999_999), now=NOON, sender=None)
        assert row is not None
        assert (row.subscriber_id, row.delivery_id, row.region) == (None, None, None)


def test_what_no_database_takes_is_written_down_without_it(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    raw = b"From: x@y.example\r\nSubject: a\x00b\r\n\r\nHej\x00 alla\r\n"
    with sessions.begin() as session:
        row = come_in(session, raw, now=NOON, sender="x@y.example")
        assert row is not None
        assert "\x00" not in row.words + row.subject
        assert row.raw == raw
