"""Issues that are ready to go, set by hand: for tests of what comes after rendering."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.core import messages
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.messages import Context, MessageTemplate, Slot
from newsletter.models import Delivery, Issue, IssueStatus, Variant, VariantRegion

REGIONS = ("skane", "norra", "vast", "")


def template(text: str = "Ett brev.", *, bulk: int = 0) -> MessageTemplate:
    """Make a plain-text letter with all header slots and a greeting; ``bulk`` octets of text more."""
    headers = (
        messages.TO,
        messages.REPLY_TO,
        messages.DATE,
        messages.MESSAGE_ID,
        messages.LIST_UNSUBSCRIBE,
    )
    fixed = (
        b"From: Eken <brev@eken.example>\r\nSubject: Nummer ett\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    )
    more = (b"x" * 70 + b"\r\n") * (bulk // 72)
    body = b"\r\n\r\n" + text.encode("ascii") + b"\r\n" + more
    slots = (*(Slot(name, Context.HEADER) for name in headers), Slot(messages.GREETING, Context.TEXT))
    return MessageTemplate((fixed, b"", b"", b"", b"", b"\r\n", body), slots)


def set_issue(
    session: Session,
    *,
    list_id: int,
    now: datetime,
    send_at: datetime | None = None,
    regions: Iterable[str] = REGIONS,
    languages: Iterable[str] = ("sv",),
    audience: Audience = EVERYONE,
    letter: MessageTemplate | None = None,
) -> int:
    """Write a scheduled issue with one variant per region and language, and return its id."""
    letter = letter or template()
    number = (session.scalar(select(func.max(Issue.number))) or 0) + 1
    issue = Issue(
        list_id=list_id,
        year=now.year,
        number=number,
        title="Nummer ett",
        subject="Nummer ett",
        audience=audience,
        status=IssueStatus.SCHEDULED,
        send_wall_time="2030-03-01 13:00",
        send_zone="Europe/Stockholm",
        send_at=send_at or now,
        frozen_at=now,
        created_at=now,
        updated_at=now,
    )
    session.add(issue)
    session.flush()
    for language in languages:
        for region in regions:
            _add_variant(session, issue.id, region, language, letter, now)
    return issue.id


def _add_variant(
    session: Session, issue_id: int, region: str, language: str, letter: MessageTemplate, now: datetime
) -> None:
    variant = Variant(
        issue_id=issue_id,
        language=language,
        name=region or "Gemensam",
        item_ids=[],
        html="",
        text="",
        template=letter.dump(),
        sha256=letter.sha256(),
        created_at=now,
    )
    session.add(variant)
    session.flush()
    session.add(VariantRegion(issue_id=issue_id, region=region, language=language, variant_id=variant.id))
    session.flush()


def rows(session: Session, issue_id: int) -> Mapping[int, Delivery]:
    """Return the ledger's rows of an issue, by subscriber."""
    found = session.scalars(
        select(Delivery).where(Delivery.issue_id == issue_id).execution_options(populate_existing=True)
    )
    return {row.subscriber_id: row for row in found}
