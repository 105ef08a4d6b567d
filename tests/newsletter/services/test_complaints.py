"""What follows when a provider says that somebody pressed "this is spam" (rule A1)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import CallReason, InboundMail
from newsletter.services import calls
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose
from subscribers.models import ConsentEntry, Subscription, Suppression, SuppressionReason
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import RING, come_in
from tests.newsletter.services.test_failures import sent

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ALL = Everything("a test")


def complain(session: Session, message_id: str, kind: str = "abuse") -> InboundMail | None:
    raw = (
        "From: fbl@provider.example\r\nTo: studs@appel.example\r\nSubject: FW: letter\r\n"
        f"Message-ID: <{kind}@provider.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is a complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {kind}\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: nytt@appel.example\r\nTo: [redacted]\r\nMessage-ID: {message_id}\r\n\r\nHej\r\n--b--\r\n"
    )
    return come_in(session, raw.encode(), now=NOON, recipients=["studs@appel.example"])


def token_of(delivery_id: int) -> str:
    return f"<{tokens.make(RING, Purpose.MESSAGE, delivery_id)}@appel.example>"


def test_a_complaint_stops_the_list_and_the_address_and_asks_somebody_to_ring(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        mail = complain(session, token_of(delivery.id))
        assert mail is not None
        assert mail.outcome == "complained"
        found = session.get_one(Suppression, "anna@lund.example")
        assert found.reason is SuppressionReason.COMPLAINED
        said = session.get_one(Subscription, (cast.anna, cast.newsletter), populate_existing=True)
        assert not said.active
        last = session.scalars(select(ConsentEntry).order_by(ConsentEntry.id.desc())).first()
        assert last is not None
        assert (last.how, last.place) == ("complaint", f"letter {delivery.id}")
        [row] = calls.listed(session, scope=ALL)
        assert row.call.reason is CallReason.COMPLAINED


def test_not_spam_is_no_complaint_and_without_a_token_nothing_follows(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        kind = complain(session, token_of(delivery.id), "not-spam")
        forged = complain(session, "<made-up@appel.example>")
        assert kind is not None
        assert forged is not None
        assert (kind.outcome, forged.outcome) == ("not spam", "no token")
        assert session.get(Suppression, "anna@lund.example") is None
        assert session.get_one(Subscription, (cast.anna, cast.newsletter)).active
        assert calls.count_open(session, scope=ALL) == 0


def test_a_complaint_goes_before_a_decision_that_waits(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        session.add(
            Suppression(canonical="anna@lund.example", reason=SuppressionReason.HELD, created_at=NOON)
        )
        complain(session, token_of(delivery.id))
        found = session.get_one(Suppression, "anna@lund.example", populate_existing=True)
        assert found.reason is SuppressionReason.COMPLAINED
