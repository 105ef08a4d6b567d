"""Leave the newsletter as a mail program does it: the POST of RFC 8058, to the link in a mail."""

import re
import urllib.request
from email import policy
from email.parser import BytesHeaderParser

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from newsletter.app import App
from newsletter.core import headers
from newsletter.errors import IssueError
from newsletter.mail import folder
from newsletter.models import Delivery, DeliveryState, Issue
from subscribers.core import tokens
from subscribers.core.tokens import Purpose

_BODY = b"List-Unsubscribe=One-Click"
_LINK = re.compile(r"<(https?://[^>]+)>")

#: How many of the sink's newest mails are looked through for the member's own.
_MAILS_LOOKED_AT = 500


def leave(app: App, issue_id: int) -> int:
    """Let the last member who got a copy of their own leave by one click; return how many have left (0, 1).

    Raises ``OSError`` when our own pages do not answer, ``IssueError`` when the mail has no link.
    """
    found = _somebody(app, issue_id)
    if found is None:
        return 0
    link = _link_in_mail(app, found.address) if app.settings.uses_own_sink else _link(app, found)
    # The link is one of ours on the loopback address: base_url is what the demo wrote.
    request = urllib.request.Request(link, data=_BODY, method="POST")  # noqa: S310
    request.add_header("Content-Type", "application/x-www-form-urlencoded")
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return int(answer.status == 200)


def _somebody(app: App, issue_id: int) -> Delivery | None:
    """Pick a person whose copy greets nobody else: a click stops the letters of all who share it."""
    carried = aliased(Delivery)
    shared = exists().where(carried.issue_id == issue_id, carried.carried_by == Delivery.subscriber_id)
    with app.readers() as session:
        return session.scalar(
            select(Delivery)
            .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.ACCEPTED, ~shared)
            .order_by(Delivery.settled_at.desc(), Delivery.id.desc())
            .limit(1)
        )


def _link_in_mail(app: App, address: str) -> str:
    wanted = headers.wire_address(address).casefold()
    for kept in folder.messages(app.paths.sink, limit=_MAILS_LOOKED_AT):
        if wanted in (recipient.casefold() for recipient in kept.envelope.rcpt_tos):
            raw = folder.read(app.paths.sink, kept.name).raw
            header = BytesHeaderParser(policy=policy.default).parsebytes(raw)["List-Unsubscribe"]
            link = _LINK.search(str(header or ""))
            if link:
                return link[1]
    raise IssueError("Brevet till {address} har ingen länk för avregistrering.", address=address)


def _link(app: App, delivery: Delivery) -> str:
    """Make the link again: the mail itself went to a server that does not show it."""
    with app.readers() as session:
        list_id = session.scalars(select(Issue.list_id).where(Issue.id == delivery.issue_id)).one()
    token = tokens.make(app.keyring, Purpose.LETTERS, delivery.subscriber_id, list_id, delivery.id)
    return f"{app.settings.base_url}/u/{token}"
