"""A member's mail reaches the one who should answer it: as a message of ours, with the member in Reply-To."""

from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import Audience
from newsletter.core.inbound.kinds import What
from newsletter.models import Article, InboundMail, Note, RegionalLetter
from newsletter.services import claims, forwarding, releases
from subscribers.core import tokens
from subscribers.core.authority import Everything, RoleName
from subscribers.core.tokens import Purpose
from subscribers.models import Subscriber
from subscribers.services import acts, roles
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import HOUSE, RING, come_in, written
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xff\xff?\0"
    b"\x05\xfe\x02\xfe\r\xefF\xb8\0\0\0\0IEND\xaeB`\x82"
)


@pytest.fixture
def officers(sessions: sessionmaker[Session], cast: Cast) -> tuple[int, int]:
    """Hilma (who reads English) and Bo are officers; Cecilia leads Skåne."""
    with sessions.begin() as session:
        for who in (cast.hilma, cast.bo):
            roles.give(session, scope=ALL, subscriber_id=who, role=RoleName.OFFICER)
        roles.give(
            session, scope=ALL, subscriber_id=cast.cecilia, role=RoleName.REGIONAL_LEAD, region="skane"
        )
    return cast.bo, cast.hilma


def sent(session: Session, cast: Cast, audience: Audience | None = None) -> tuple[int, int]:
    """Send an issue; return its id, and its delivery to Anna."""
    issue_id = set_issue(
        session, list_id=cast.newsletter, now=NOON, **({"audience": audience} if audience else {})
    )
    releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
    claims.claim(session, sender="a", now=NOON, limit=9)
    return issue_id, rows(session, issue_id)[cast.anna].id


def forwarded(session: Session) -> Sequence[tuple[str, EmailMessage]]:
    notes = session.scalars(select(Note).where(Note.kind == "answer").order_by(Note.id))
    return [(each.address, message_from_bytes(each.message or b"", policy=policy.default)) for each in notes]


def taken(session: Session, raw: bytes, *, minutes: int = 0) -> InboundMail:
    row = come_in(session, raw, now=NOON + timedelta(minutes=minutes), sender="someone@else.example")
    assert row is not None
    return row


def test_an_answer_to_the_newsletter_reaches_the_officer_who_sent_it(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        issue_id, delivery = sent(session, cast)
        bo = session.get_one(Subscriber, cast.bo)
        subject = f"issue {issue_id}, nummer 1"
        acts.log(session, actor=f"person {bo.pseudonym}", act="schedule", subject=subject, now=NOON)
        raw = written(
            "Tack för numret! Åker ni dit?", sender="Anna Å <anna@lund.example>", subject="Re: Nummer ett",
            answers=delivery, Message_ID="<7@lund.example>",
        )  # fmt: skip
        row = taken(session, raw)
        assert (row.kind, row.outcome, row.owner_id, row.region) == (
            What.REPLY,
            "forwarded",
            cast.bo,
            "skane",
        )
        ((to, mail),) = forwarded(session)
    assert to == "bo@lulea.example"
    assert mail["From"] == "Anna Å via Äppelföreningen <nytt@appel.example>"
    assert (mail["To"], mail["Reply-To"]) == ("bo@lulea.example", "anna@lund.example")
    assert mail["Subject"] == "Re: Nummer ett"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] == mail["References"] == "<7@lund.example>"
    assert not [name for name in mail if name.lower().startswith(("list-", "dkim", "arc-", "received"))]
    assert "Anna Å <anna@lund.example> har svarat på" in mail.get_content()
    assert "Tack för numret! Åker ni dit?" in mail.get_content()
    assert forwarding.link(HOUSE.base_url, RING, row) in mail.get_content()
    token = mail["Message-ID"].strip("<>").partition("@")[0]
    assert tokens.read(RING, Purpose.NOTE, token)[0] == row.facts["notes"][0]


@SQLITE
def test_a_regions_letter_is_its_writers_to_answer_while_they_lead_it(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        issue_id, delivery = sent(session, cast, Audience.of(["skane"]))
        article = Article(title="Hej", body="Hej", created_at=NOON, updated_at=NOON)
        session.add(article)
        session.flush()
        letter = RegionalLetter(
            issue_id=issue_id, key="k" * 32, region_slug="skane", article_id=article.id, writer_id=cast.david
        )
        session.add(letter)
        assert taken(session, written("Tack!", sender="anna@lund.example", answers=delivery)).owner_id == (
            cast.cecilia  # David does not lead the region
        )
        roles.give(session, scope=ALL, subscriber_id=cast.david, role=RoleName.REGIONAL_LEAD, region="skane")
        assert taken(
            session, written("Tack igen!", sender="anna@lund.example", answers=delivery)
        ).owner_id == (cast.david)


@SQLITE
def test_another_regions_member_is_not_shown_to_the_lead_whose_letter_they_answer(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        _issue, delivery = sent(session, cast, Audience.of(["skane"]))
        row = taken(session, written("Hej från norr", sender="bo@lulea.example", answers=delivery))
        assert (row.region, row.owner_id in officers) == ("norra", True)
        assert all(to != "familjen@lund.example" for to, _mail in forwarded(session))


@SQLITE
def test_a_stranger_who_answers_nothing_waits_in_the_inbox(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        row = taken(session, written("Köp guld!", sender="gold@spam.example"))
        assert (row.outcome, row.owner_id, forwarded(session)) == ("", None, [])
        known = taken(session, written("En fråga", sender="anna@lund.example"))
        assert known.outcome == "forwarded"


@SQLITE
def test_what_we_forwarded_is_never_forwarded_again(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        asked = taken(session, written("En fråga", sender="anna@lund.example"))
        ((to, ours),) = forwarded(session)
        back = taken(session, ours.as_bytes())  # a mailbox that sends all on to us
        assert (back.kind, back.owner_id) == (What.AUTOMATIC, None)
        answer = EmailMessage()
        answer["From"], answer["To"], answer["Subject"] = to, "svar@appel.example", "Re: Hej"
        answer["In-Reply-To"] = ours["Message-ID"]
        answer.set_content("Jag svarar henne i morgon.")
        forged = answer.as_bytes().replace(to.encode(), b"farid@goteborg.example", 1)
        assert (taken(session, forged).outcome, asked.answered_at) == ("kept", None)
        assert taken(session, answer.as_bytes()).outcome == "answered"
        assert (asked.answered_at, asked.answered_by_id) == (NOON, asked.owner_id)
        assert len(forwarded(session)) == 1


@SQLITE
def test_mail_is_not_forwarded_to_an_address_that_comes_to_us(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
        for each in session.get_one(Subscriber, cast.bo).addresses:
            each.address = each.canonical = "svar@appel.example" if each.preferred else "studs@appel.example"
        row = taken(session, written("En fråga", sender="anna@lund.example"))
        assert (row.outcome, row.owner_id, forwarded(session)) == ("kept", cast.bo, [])


@SQLITE
def test_one_address_cannot_flood_an_officer(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        kept = [
            taken(session, written(f"Fråga {n}", sender="anna@lund.example"), minutes=n).outcome
            for n in range(22)
        ]
        assert kept == ["forwarded"] * 20 + ["kept"] * 2


@SQLITE
def test_names_and_subjects_write_no_header_of_ours(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    raw = (
        b"From: =?utf-8?q?Evil=0D=0ABcc=3A_all=0D=0A?= <anna@lund.example>\r\n"
        b"Subject: =?utf-8?q?Hej=0D=0AList-Unsubscribe=3A_=3Chttps=3A//x=2Eexample=3E?=\r\n"
        b"Message-ID: <a\xff b@x>\r\n\r\nHej!\xed\xa0\x80\r\n.\r\nMAIL FROM:<x@y>\r\n"
    )
    with sessions.begin() as session:
        assert taken(session, raw).outcome == "forwarded"
        ((_to, mail),) = forwarded(session)
        message = session.scalars(select(Note.message).where(Note.kind == "answer")).one() or b""
    assert set(mail.keys()) == {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip
    assert b"\r\n.\r\n" not in message
    assert not [line for line in message.split(b"\r\n") if len(line) > 998 or b"\n" in line]


@SQLITE
def test_files_go_along_where_members_may_have_them_and_are_named_where_not(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "anna@lund.example", "svar@appel.example", "Bilder"
    mail.set_content("Här är de.")
    mail.add_attachment(PIXEL, maintype="image", subtype="png", filename="Äng\r\n.png")
    mail.add_attachment(b"MZ\x90\0", maintype="image", subtype="png", filename="semester.png")
    mail.add_attachment(b"<script>1</script>", maintype="text", subtype="html", filename="x.html")
    mail.add_attachment(b"\0" * 6_900_000, maintype="application", subtype="pdf", filename="stor.pdf")
    with sessions.begin() as session:
        row = taken(session, mail.as_bytes())
        assert (row.kind, row.outcome) == (What.REPLY, "forwarded")
        ((_to, ours),) = forwarded(session)
    body = ours.get_body()
    assert isinstance(body, EmailMessage)
    (file,) = ours.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("image/jpeg", "Ang.jpg")
    assert file.get_content().startswith(b"\xff\xd8")
    assert "semester.png, x.html, stor.pdf" in body.get_content()


@SQLITE
def test_a_mail_of_html_alone_is_forwarded_as_text_and_one_without_words_says_so(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    html = EmailMessage()
    html["From"], html["To"], html["Subject"] = "anna@lund.example", "svar@appel.example", "Hej"
    html.set_content("<p>Hej <b>alla</b></p><script>alert(1)</script>", subtype="html")
    empty = EmailMessage()
    empty["From"], empty["To"] = "anna@lund.example", "svar@appel.example"
    empty.add_attachment(PIXEL, maintype="image", subtype="png", filename="a.png")
    with sessions.begin() as session:
        taken(session, html.as_bytes())
        taken(session, empty.as_bytes())
        (_, first), (_, second) = forwarded(session)
    assert first.get_content_type() == "text/plain"
    assert "Hej alla" in first.get_content()
    assert "script" not in first.get_content()
    body = second.get_body()
    assert isinstance(body, EmailMessage)
    assert "(The mail has no text of its own.)" in body.get_content()  # Hilma reads English
    assert second["Subject"] == "(no subject)"


@SQLITE
def test_an_address_that_no_mail_of_ours_can_name_is_told_in_words(
    sessions: sessionmaker[Session], cast: Cast, officers: tuple[int, int]
) -> None:
    with sessions.begin() as session:
        _issue, delivery = sent(session, cast)
        raw = written("Hej!", sender="x@y.example", answers=delivery).replace(
            b"From: x@y.example", "From: åsa@ö.example".encode()
        )
        assert taken(session, raw).outcome == "forwarded"
        ((_to, mail),) = forwarded(session)
    assert mail["Reply-To"].endswith("<kontakt@appel.example>")
    assert "åsa@ö.example" in mail.get_content()
