"""The sink's own count: which of an issue's letters lie there, told by their Message-ID and nothing else."""

import re

from sqlalchemy import select

from newsletter.app import App
from newsletter.models import Delivery
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken

_MESSAGE_ID = re.compile(rb"^message-id:\s*<([^@>]+)@", re.IGNORECASE | re.MULTILINE)

#: Our own headers end well before this.
_HEADER_BYTES = 8192


def arrived(app: App, issue_id: int) -> int:
    """Count the mails of an issue in the sink, copies included: two of the same count as two."""
    with app.readers() as session:
        issued = set(session.scalars(select(Delivery.id).where(Delivery.issue_id == issue_id)))
    return sum(1 for found in _delivery_ids(app) if found in issued)


def _delivery_ids(app: App) -> list[int]:
    ids: list[int] = []
    for path in app.paths.sink.glob("*.eml"):
        with path.open("rb") as mail:
            found = _MESSAGE_ID.search(mail.read(_HEADER_BYTES))
        try:
            ids += tokens.read(
                app.keyring, Purpose.MESSAGE, found[1].decode("ascii", "replace") if found else ""
            )
        except BadToken:
            continue  # somebody else's mail
    return ids
