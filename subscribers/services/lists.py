"""Lists: the purposes that people subscribe to. They belong to no one, so they need no scope."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.core.purposes import GROUNDS
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import PUBLIC, Archive, ListPurpose, MailingList


def all_lists(session: Session) -> Sequence[MailingList]:
    """Return the lists, in the order in which they were made."""
    return session.scalars(select(MailingList).order_by(MailingList.id)).all()


def get(session: Session, *, list_id: int) -> MailingList:
    """Return a list by its id. Raises ``NotFound``."""
    found = session.get(MailingList, list_id)
    if found is None:
        raise NotFound("Listan finns inte. Kanske är länken till den avkortad.")
    return found


def by_slug(session: Session, *, slug: str) -> MailingList:
    """Return a list by the short name that stands in List-Id. Raises ``NotFound``, which names them all."""
    found = session.scalar(select(MailingList).where(MailingList.slug == slug))
    if found is None:
        raise NotFound(
            "Det finns ingen lista som heter {slug}. Listorna heter {lists}.",
            slug=slug,
            lists=", ".join(known.slug for known in all_lists(session)),
        )
    return found


def by_purpose(session: Session, *, purpose: ListPurpose) -> MailingList:
    """Return the (first) list with a purpose. Raises ``NotFound``."""
    found = session.scalar(
        select(MailingList).where(MailingList.purpose == purpose).order_by(MailingList.id).limit(1)
    )
    if found is None:
        raise NotFound("Det finns ingen lista för {purpose}.", purpose=purpose.value)
    return found


def set_archive(session: Session, *, list_id: int, archive: Archive) -> bool:
    """Say who reads a list's letters on the web; return whether that was news.

    Raises ``SubscribersError`` where anybody would read letters to people who are known, and ``NotFound``.
    """
    found = get(session, list_id=list_id)
    if archive in PUBLIC and not GROUNDS[found.purpose.value].may_be_public:
        raise SubscribersError(
            "{list} kan inte läggas ut: de breven är skrivna till kända personer och kan nämna dem.",
            list=found.name,
        )
    was_news, found.archive = found.archive is not archive, archive
    session.flush()
    return was_news
