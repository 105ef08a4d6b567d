"""Notes about regional letters: officers are asked for a yes, and whoever wrote is told of the answer.

Each note goes with the transaction that it tells of. Only a scope over everything reaches anybody.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from newsletter.models import RegionalLetter
from newsletter.services import notes, regional_letters
from subscribers.core.authority import Everything, Scope
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles


def ask(session: Session, *, scope: Scope, key: str, base_url: str, today: date, now: datetime) -> int:
    """Ask every officer of today to look at a letter; return how many notes were queued."""
    if not isinstance(scope, Everything):
        return 0
    letter = regional_letters.get(session, scope=scope, key=key)
    writer = session.get(Subscriber, letter.writer_id) if letter.writer_id else None
    values = {**_values(letter, base_url), "writer": writer.name if writer else ""}
    officers = roles.holders(session, scope=scope, role=RoleName.OFFICER, today=today)
    return sum(_tell(session, "letter-to-approve", each, values, now) for each in officers)


def answer(session: Session, *, scope: Scope, key: str, base_url: str, now: datetime) -> int:
    """Tell whoever wrote a letter that it was approved or given back; return how many notes were queued."""
    if not isinstance(scope, Everything):
        return 0
    letter = regional_letters.get(session, scope=scope, key=key)
    writer = session.get(Subscriber, letter.writer_id) if letter.writer_id else None
    if writer is None or writer.erased_at is not None:
        return 0
    if letter.returned_at is not None:
        return _tell(
            session, "letter-returned", writer, {**_values(letter, base_url), "comment": letter.comment}, now
        )
    at = letter.issue.send_at or now
    values = {**_values(letter, base_url), "at": at.isoformat()}
    return _tell(session, "letter-approved", writer, values, now)


def _values(letter: RegionalLetter, base_url: str) -> Mapping[str, Any]:
    return {
        "subject": letter.issue.subject,
        "region": letter.region.name,
        "link": f"{base_url.rstrip('/')}/brev/{letter.key}",
    }


def _tell(session: Session, kind: str, who: Subscriber, values: Mapping[str, Any], now: datetime) -> int:
    named = {"name": who.given_name or who.name, **values}
    return int(notes.tell(session, kind=kind, person=who, values=named, now=now))
