"""Tags: words that the association puts on people, for segments to select by.

put, take  a word on one person, and off again; written down with who did it
tags_of    the words that one person has
all_tags   the words in use within a scope, and on how many each stands

Two words that differ in case alone are the same tag, as segments have it (``core.segments.fold``).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from subscribers.core.authority import Scope
from subscribers.core.names import sort_key
from subscribers.core.segments import fold
from subscribers.errors import SubscribersError
from subscribers.models import Subscriber, Tag
from subscribers.services import changes
from subscribers.services.changes import Author, Changed
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import check_within, people_within

#: As long as the column.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class TagInUse:
    """A tag, in one of the ways it is written, and how many people within the scope have it."""

    tag: str
    people: int


def put(
    session: Session, *, scope: Scope, subscriber_id: int, tag: str, author: Author, now: datetime
) -> bool:
    """Put a tag on a person; return whether it was news.

    It is kept as written, in NFC and with single spaces. Raises ``NotFound`` for a person outside the scope,
    and ``SubscribersError`` for an empty tag, one of over 60 characters, or one that cannot be read.
    """
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    written = _checked(tag)
    if _written(session, subscriber_id, fold(written)):
        return False
    row = insert_into(session, Tag).values(subscriber_id=subscriber_id, tag=written, key=fold(written))
    if session.execute(row.on_conflict_do_nothing().returning(Tag.tag)).first() is None:
        return False  # somebody else put it there at the same time
    _write_down(session, scope, Changed(subscriber_id, _field(written), None, written), author, now)
    return True


def take(
    session: Session, *, scope: Scope, subscriber_id: int, tag: str, author: Author, now: datetime
) -> bool:
    """Take a tag off a person, however it was written; return whether they had it. Raises as ``put`` does."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    written = _checked(tag)
    theirs = Tag.subscriber_id == subscriber_id, Tag.key == fold(written)
    had = sorted(session.scalars(delete(Tag).where(*theirs).returning(Tag.tag)))
    if had:
        _write_down(session, scope, Changed(subscriber_id, _field(written), had[0], None), author, now)
    return bool(had)


def tags_of(session: Session, *, scope: Scope, subscriber_id: int) -> Sequence[str]:
    """Return the tags of a person as written, in Swedish order. Raises ``NotFound``."""
    check_within(session, scope=scope, subscriber_id=subscriber_id)
    return sorted(session.scalars(select(Tag.tag).where(Tag.subscriber_id == subscriber_id)), key=_order)


def all_tags(session: Session, *, scope: Scope) -> Sequence[TagInUse]:
    """Return the tags that people within the scope have, in Swedish order.

    A tag that only others have is not among them: its very word may tell something of them.
    """
    used = (
        select(func.min(Tag.tag), func.count(Tag.subscriber_id.distinct()))
        .join(Subscriber, Subscriber.id == Tag.subscriber_id)
        .where(people_within(scope))
        .group_by(Tag.key)
    )
    return sorted((TagInUse(*row) for row in session.execute(used)), key=lambda each: _order(each.tag))


def _checked(tag: str) -> str:
    written = unicodedata.normalize("NFC", " ".join(tag.split()))
    if not written:
        raise SubscribersError("Taggen är tom. Skriv ett ord, som styrelse.")
    if len(written) > _LONGEST:
        raise SubscribersError("Taggen är för lång. Skriv högst {longest} tecken.", longest=_LONGEST)
    if not written.isprintable():
        raise SubscribersError("Taggen innehåller tecken som inte syns. Skriv den med bokstäver och siffror.")
    return written


def _written(session: Session, subscriber_id: int, key: str) -> bool:
    had = select(Tag.tag).where(Tag.subscriber_id == subscriber_id, Tag.key == key).limit(1)
    return session.scalar(had) is not None


def _write_down(session: Session, scope: Scope, said: Changed, author: Author, now: datetime) -> None:
    changes.record(session, scope=scope, changed=[said], author=author, now=now)
    session.execute(update(Subscriber).where(Subscriber.id == said.subscriber_id).values(updated_at=now))


def _field(written: str) -> str:
    return f"tag:{fold(written)}"


def _order(tag: str) -> tuple[str, str]:
    return sort_key("", tag), tag
