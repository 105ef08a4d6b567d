"""A scope as a condition: the one place where "whose people may be seen" becomes SQL."""

from typing import assert_never

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.errors import NotFound
from subscribers.models import Subscriber


def people_within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on ``Subscriber`` that holds for the people of the scope, and no one else.

    A person with no region is seen by ``Everything`` only (and by themselves). Nobody sees who is erased.
    """
    return and_(Subscriber.erased_at.is_(None), rows_within(scope))


def rows_within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition as ``people_within`` does, with the empty rows of those who are erased.

    Only for counting what happened: a ledger still adds up when somebody has been erased.
    """
    match scope:
        case Everything():
            return true()
        case SomeRegions(regions):
            return Subscriber.region_slug.in_(sorted(regions)) if regions else false()
        case OnePerson(subscriber_id):
            return Subscriber.id == subscriber_id
        case _:
            assert_never(scope)


def check_within(session: Session, *, scope: Scope, subscriber_id: int) -> None:
    """Raise ``NotFound`` unless the person exists within the scope: the same answer for both."""
    found = select(Subscriber.id).where(Subscriber.id == subscriber_id, people_within(scope))
    if session.scalar(found) is None:
        raise no_such_person()


def no_such_person() -> NotFound:
    """Build the one answer for a person who is missing or outside the scope."""
    return NotFound("Det finns ingen sådan person i registret. Se efter i listan över medlemmar.")
