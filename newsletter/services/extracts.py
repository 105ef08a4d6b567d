"""All that we hold of one person (GDPR 15): every row of every table that points at them.

The tables are found by their foreign keys, so that tomorrow's table is in it, too.
"""

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select
from sqlalchemy.orm import Session

from newsletter.models import Acknowledgement, AddressChange, AddressFailure, Delivery, InboundMail, Issue
from subscribers.core.authority import Scope
from subscribers.core.purposes import GROUNDS
from subscribers.models import Act, Base, SignUp, Subscriber, Suppression, SuppressionRelease
from subscribers.services import consents, ledger, members
from subscribers.services.dialects import table_of

Rows = Sequence[Mapping[str, Any]]


def extract(session: Session, *, scope: Scope, subscriber_id: int) -> Mapping[str, Rows]:
    """Return everything about a person: rows as plain values, by the name of what they are.

    Raises ``NotFound`` for a person outside the scope.
    """
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    canonicals = [address.canonical for address in person.addresses]
    held: dict[str, Rows] = {"subscribers": _rows(session, table_of(Subscriber), _id_is(subscriber_id))}
    for table in Base.metadata.sorted_tables:
        condition = _points_at(table, subscriber_id)
        if condition is not None:
            held[table.name] = _rows(session, table, condition)
    held["lists"] = _lists(session, scope, subscriber_id)
    held["consents"] = _consents(session, scope, subscriber_id)
    held["issues"] = _issues(session, subscriber_id)
    for model in (Suppression, SuppressionRelease, SignUp, Acknowledgement, AddressFailure):
        table = table_of(model)
        held[table.name] = _rows(session, table, table.c.canonical.in_(canonicals))
    claimed = table_of(AddressChange)
    held[claimed.name] = _rows(
        session,
        claimed,
        or_(
            claimed.c.subscriber_id == subscriber_id,
            and_(claimed.c.subscriber_id.is_(None), claimed.c.old_canonical.in_(canonicals)),
        ),
    )
    written = table_of(InboundMail)  # not what others wrote, and they are to answer
    held[written.name] = _rows(session, written, written.c.subscriber_id == subscriber_id)
    held["acts"] = _rows(session, table_of(Act), table_of(Act).c.subject == person.pseudonym)
    return held


def _id_is(subscriber_id: int) -> ColumnElement[bool]:
    return table_of(Subscriber).c.id == subscriber_id


def _points_at(table: Table, subscriber_id: int) -> ColumnElement[bool] | None:
    pointing = [
        key.parent == subscriber_id
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table.name == Subscriber.__tablename__
    ]
    return or_(false(), *pointing) if pointing else None


def _rows(session: Session, table: Table, condition: ColumnElement[bool]) -> Rows:
    shown = [column for column in table.columns if not column.info.get("secret")]
    found = session.execute(select(*shown).where(condition).order_by(*table.primary_key)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _lists(session: Session, scope: Scope, subscriber_id: int) -> Rows:
    standings = consents.subscriptions_of(session, scope=scope, subscriber_id=subscriber_id)
    return [
        {
            "list": standing.mailing_list.slug,
            "basis": GROUNDS[standing.mailing_list.purpose.value].basis.value,
            "said": standing.active,
        }
        for standing in standings
    ]


def _consents(session: Session, scope: Scope, subscriber_id: int) -> Rows:
    return [
        {
            "list": said.list_slug,
            "given": said.entry.given,
            "at": _plain(said.entry.at),
            "how": said.entry.how,
            "place": said.entry.place,
            "shown": said.text,
            "version": said.version,
        }
        for said in ledger.entries_of(session, scope=scope, subscriber_id=subscriber_id)
    ]


def _issues(session: Session, subscriber_id: int) -> Rows:
    """Name the issues that their deliveries are about."""
    found = session.execute(
        select(Issue.id, Issue.number, Issue.year, Issue.title)
        .join(Delivery, Delivery.issue_id == Issue.id)
        .where(Delivery.subscriber_id == subscriber_id)
        .order_by(Issue.id)
    )
    return [dict(row) for row in found.mappings()]


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):  # a mail as it came
        return value.decode("utf-8", "replace")
    return value
