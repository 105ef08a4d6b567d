"""Texts that come by mail become drafts and begun parts, and nothing of theirs goes out by itself."""

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.inbound.classifying import classify
from newsletter.core.inbound.fingerprints import fingerprint
from newsletter.core.inbound.kinds import What
from newsletter.models import Article, ArticleStatus, Block, BlockState, InboundMail, Note, Way
from newsletter.services import block_requests, blocks, inbound
from newsletter.services.blocks import Writer, Written
from newsletter.services.inbound import Received
from newsletter.services.taken_mails import Circumstances
from subscribers.core import tokens
from subscribers.core.authority import Everything, RoleName
from subscribers.core.tokens import Purpose
from subscribers.models import Subscriber
from subscribers.services import roles
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import HOUSE, OURS, RING, ZONE, written
from tests.newsletter.blockwork import MAILING, asked
from tests.newsletter.importing.test_mail import png

ALL = Everything("a test")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def office(sessions: sessionmaker[Session], cast: Cast) -> None:
    """Bo is the officer, Anna leads Skåne, Hilma only reads."""
    with sessions.begin() as session:
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
        lead = RoleName.REGIONAL_LEAD
        roles.give(session, scope=ALL, subscriber_id=cast.anna, role=lead, region="skane")
        roles.give(session, scope=ALL, subscriber_id=cast.hilma, role=RoleName.READER)


def taken(session: Session, raw: bytes, media: Path | None = None) -> InboundMail:
    to = ["svar@appel.example"]
    read = classify(raw, sender=None, recipients=to, ours=OURS, ring=RING, today=NOON.date())
    received = Received(raw, fingerprint(raw), Way.MAILBOX, None, to, NOON)
    around = Circumstances(ALL, HOUSE, RING, ZONE, NOON, media=media)
    row = inbound.take_in(session, received=received, read=read, circumstances=around)
    assert row is not None
    return row


def mail(sender: str, text: str = "Vi lagade muren i går. Det tog tid.") -> bytes:
    return written(text, sender=sender, subject="Muren", to="artiklar@appel.example")


def notes(session: Session, kind: str) -> Sequence[Note]:
    return session.scalars(select(Note).where(Note.kind == kind).order_by(Note.id)).all()


def test_an_officers_mail_becomes_a_draft_with_its_files(
    sessions: sessionmaker[Session], cast: Cast, tmp_path: Path
) -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "bo@lulea.example", "artiklar@appel.example", "Muren"
    made.set_content("Vi lagade muren i går. Det tog tid.")
    made.add_attachment(png(), maintype="image", subtype="png", filename="muren.png")
    made.add_attachment(b"%PDF-1.4 /Type /Font", maintype="application", subtype="pdf", filename="Karta.pdf")
    with sessions.begin() as session:
        row = taken(session, made.as_bytes(), tmp_path)
        assert (row.kind, row.outcome, row.owner_id) == (What.ARTICLE, "draft", None)
        draft = session.get_one(Article, row.facts["article"])
        assert (draft.title, draft.status, draft.audience) == ("Muren", ArticleStatus.DRAFT, EVERYONE)
        for file in (draft.images[0].file, draft.attachments[0].file):
            assert (tmp_path / (file or "")).is_file()
        (note,) = notes(session, "article-by-mail")
        assert (note.address, note.content) == (
            "bo@lulea.example",
            {
                "name": "Bo", "title": "Muren", "left_out": [],
                "link": f"https://brev.appel.example/artiklar/{draft.id}",
            },
        )  # fmt: skip


def test_a_leads_draft_is_for_their_region_and_a_readers_is_the_officers_to_see_to(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        lead, reader = taken(session, mail("anna@lund.example")), taken(session, mail("hilma@borta.example"))
        assert session.get_one(Article, lead.facts["article"]).audience == Audience.of(["skane"])
        assert session.get_one(Article, reader.facts["article"]).audience == EVERYONE
        assert [each.content["link"] == "" for each in notes(session, "article-by-mail")] == [False, True]  # type: ignore[index]
        assert (lead.owner_id, reader.owner_id, len(notes(session, "answer"))) == (None, cast.bo, 1)


def test_other_mail_to_the_articles_address_reaches_the_officer_and_makes_no_draft(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for sender in ("farid@goteborg.example", "okand@annan.example"):
            row = taken(session, mail(sender))
            assert (row.kind, row.outcome, row.owner_id) == (What.ARTICLE, "forwarded", cast.bo)
        assert session.scalars(select(Article)).all() == []


def test_one_address_cannot_fill_the_register(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        outcomes = [taken(session, mail("bo@lulea.example", f"Text {n}.")).outcome for n in range(21)]
        assert outcomes == ["draft"] * 20 + ["kept"]


def request(session: Session) -> tuple[Block, str]:
    """Ask Skåne for its part of an issue; return the block, and the Message-ID of the mail to Anna."""
    block = asked(session, NOON, today=NOON.date(), deadline=date(2030, 3, 9))["skane"]
    block_requests.tell(
        session, scope=ALL, mailing=MAILING, issue_id=block.issue_id, today=NOON.date(), now=NOON
    )
    (note,) = notes(session, "block-request")
    return block, f"<{tokens.make(RING, Purpose.NOTE, note.id, int(NOON.timestamp()))}@appel.example>"


def answer(sender: str, message_id: str, text: str = "") -> bytes:
    text = text or "Skördefest i Lund\n\nVi ses den nionde. Ta med korgar."
    quoted = f"{text}\n\nDen 1 mars 2030 skrev Äppelföreningen <nytt@appel.example>:\n> Skriv ditt inslag"
    return written(quoted, sender=sender, subject="Sv: Dags för inslaget", In_Reply_To=message_id)


def test_a_leads_answer_to_the_request_begins_the_regions_part(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        block, message_id = request(session)
        row = taken(session, answer("anna@lund.example", message_id))
        assert (row.kind, row.outcome, row.owner_id) == (What.REPLY, "block", None)
        text = blocks.text_of(block)
        assert block.state is BlockState.BEGUN
        assert (text.title, text.body) == ("Skördefest i Lund", "Vi ses den nionde. Ta med korgar.")
        assert text.byline_name == "Anna Åkesson"
        (note,) = notes(session, "block-by-mail")
        assert note.content is not None
        assert (note.address, note.content["taken"]) == ("anna@lund.example", True)
        assert note.content["link"].startswith("https://brev.appel.example/inslag/")


def test_an_answer_overwrites_no_text(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        block, message_id = request(session)
        blocks.save(
            session, block_id=block.id, writer=Writer(cast.anna, "Anna"), seen=0,
            written=Written("Mitt eget", "Skrivet på sidan."), today=NOON.date(), now=NOON,
        )  # fmt: skip
        assert taken(session, answer("anna@lund.example", message_id)).outcome == "block kept"
        assert blocks.text_of(block).title == "Mitt eget"
        assert [each.content["taken"] for each in notes(session, "block-by-mail")] == [False]  # type: ignore[index]


def test_an_answer_from_anybody_else_is_a_reply(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        block, message_id = request(session)
        for sender in ("farid@goteborg.example", "okand@annan.example"):
            row = taken(session, answer(sender, message_id))
            assert (row.outcome, row.owner_id) == ("forwarded", cast.bo)
        long = taken(session, answer("anna@lund.example", message_id, "Rubrik\n\n" + "Mycket text. " * 1_600))
        assert long.outcome == "forwarded"
        lead = RoleName.REGIONAL_LEAD
        roles.take(session, scope=ALL, subscriber_id=cast.anna, role=lead, region="skane")
        assert taken(session, answer("anna@lund.example", message_id)).outcome == "forwarded"
        assert (block.article_id, session.get_one(Subscriber, cast.anna).id) == (None, cast.anna)
