"""A plan becomes rows: people, addresses, answers, and beside each change that a file made it.

Everything is written in the caller's transaction, under one ``ImportRun``, by which it can be undone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, Scope
from subscribers.core.plans import PREFERRED, Change, Enrolment, Gone, Plan
from subscribers.errors import SubscribersError, mark
from subscribers.models import Address, AddressKind, ImportRun, ListPurpose, SetBy, Subscriber, Subscription
from subscribers.services import acts, changes, enrolment, ledger, lists
from subscribers.services.changes import Author, Changed
from subscribers.services.dialects import insert_into, table_of
from subscribers.services.enrolment import NewAddress, NewPerson

T = TypeVar("T")

_PORTION = 5_000


@dataclass(frozen=True, slots=True)
class File:
    """The file that a plan was made from: what people call it, its hash, and who reads it in."""

    name: str
    sha256: str
    actor: str

    @property
    def source(self) -> str:
        """Return what subscriptions say that they come from."""
        return f"register: {self.name}"[:80]


def write(
    session: Session,
    *,
    scope: Scope,
    plan: Plan,
    file: File,
    end_gone: bool,
    now: datetime,
    progress: Callable[[str, int, int], None],
) -> int | None:
    """Write a plan, and return the id of the import; None when there was nothing to write.

    With ``end_gone`` those who are gone are members until today. Neither commits nor rolls back.
    Raises ``SubscribersError`` for a scope over less than everything.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Medlemsregistret läses in av den som ansvarar för hela föreningen.")
    ended = plan.gone if end_gone else []
    if not (plan.new or plan.changes or ended):
        return None
    session.flush()
    run = _open_run(session, plan, file, len(ended), now)
    author = Author(SetBy.FILE, file.actor, run.id)
    purposes = {found.id: found.purpose for found in lists.all_lists(session)}
    written, of = 0, len(plan.new) + len(plan.changes)
    for portion in _portions(plan.new):
        progress(mark("Skriver"), written, of)
        people = [_new_person(enrolled, purposes, now.date()) for enrolled in portion]
        enrolment.add_many(session, scope=scope, people=people, source=file.source, author=author, now=now)
        written += len(portion)
    for change_portion in _portions(plan.changes):
        progress(mark("Skriver"), written, of)
        _change(session, scope, change_portion, purposes, file.source, author, now)
        written += len(change_portion)
    if ended:
        _end(session, scope, ended, author, now)
    progress(mark("Skriver"), of, of)
    # What the caller has loaded is no longer what stands in the database.
    session.expire_all()
    return run.id


def _open_run(session: Session, plan: Plan, file: File, ended: int, now: datetime) -> ImportRun:
    counts = {
        "new": len(plan.new),
        "changed": len(plan.changes),
        "unchanged": plan.unchanged,
        "conflicts": len(plan.conflicts),
        "blocked": len(plan.blocked),
        "ended": ended,
    }
    run = ImportRun(
        file_name=file.name[:200], sha256=file.sha256, applied_by=file.actor, applied_at=now, counts=counts
    )
    session.add(run)
    session.flush()
    acts.log(session, actor=file.actor, act="import", subject=f"import {run.id}", details=counts, now=now)
    return run


def _new_person(enrolled: Enrolment, purposes: Mapping[int, ListPurpose], today: date) -> NewPerson:
    row = enrolled.row
    return NewPerson(
        given_name=row.given_name,
        family_name=row.family_name,
        language=row.language or "sv",
        member_number=row.member_number,
        member_since=row.member_since or (None if row.member is False else today),
        member_until=row.member_until,
        workplace=row.workplace,
        title=row.title,
        street=row.street,
        postal_code=row.postal_code,
        city=row.city,
        municipality_code=row.municipality_code,
        region=row.region,
        addresses=[NewAddress(new.address, AddressKind(new.kind)) for new in row.addresses],
        declined=frozenset(purposes[list_id] for list_id in enrolled.declined),
    )


def _change(
    session: Session,
    scope: Scope,
    portion: Sequence[Change],
    purposes: Mapping[int, ListPurpose],
    source: str,
    author: Author,
    now: datetime,
) -> None:
    session.execute(
        update(Subscriber), [{"id": c.subscriber_id, **c.values, "updated_at": now} for c in portion]
    )
    said = [
        Changed(change.subscriber_id, column, _text(change.old[column]), _text(value))
        for change in portion
        for column, value in change.values.items()
        if column != "sort_key"
    ]
    said += _add_addresses(session, portion, now)
    said += _subscribe_new_members(session, portion, purposes, source, now)
    changes.record(session, scope=scope, changed=said, author=author, now=now)
    joined = [c.subscriber_id for c in portion if c.becomes_member]
    if joined:
        ledger.write_down(session, scope=scope, subscriber_ids=joined, how=source)


def _add_addresses(session: Session, portion: Sequence[Change], now: datetime) -> list[Changed]:
    """Insert new addresses, and return what is to be written down."""
    preferring = {c.subscriber_id: c.new_addresses[0].address.written for c in portion if c.prefer_first}
    said = _no_longer_prefer(session, preferring)
    rows = []
    for change in portion:
        for position, new in enumerate(change.new_addresses):
            rows.append(
                {
                    "subscriber_id": change.subscriber_id,
                    "address": new.address.written,
                    "canonical": new.address.canonical,
                    "kind": AddressKind(new.kind),
                    "preferred": change.prefer_first and position == 0,
                    "created_at": now,
                }
            )
            said.append(Changed(change.subscriber_id, f"address:{new.kind}", None, new.address.written))
    if rows:
        session.connection().execute(insert(table_of(Address)), rows)
    return said


def _no_longer_prefer(session: Session, preferring: Mapping[int, str]) -> list[Changed]:
    if not preferring:
        return []
    table = table_of(Address)
    theirs = select(table.c.subscriber_id, table.c.address).where(
        table.c.subscriber_id.in_(preferring), table.c.preferred
    )
    before: dict[int, str] = dict(session.execute(theirs).all())
    no_longer = update(table).where(table.c.subscriber_id == bindparam("who")).values(preferred=False)
    session.connection().execute(no_longer, [{"who": subscriber_id} for subscriber_id in preferring])
    return [Changed(who, PREFERRED, before.get(who), address) for who, address in preferring.items()]


def _subscribe_new_members(
    session: Session,
    portion: Sequence[Change],
    purposes: Mapping[int, ListPurpose],
    source: str,
    now: datetime,
) -> list[Changed]:
    """Put those who have become members on the members' lists, except where they have answered before."""
    joined = [change.subscriber_id for change in portion if change.becomes_member]
    if not joined:
        return []
    answered = {
        (who, list_id)
        for who, list_id in session.execute(
            select(Subscription.subscriber_id, Subscription.list_id).where(
                Subscription.subscriber_id.in_(joined)
            )
        )
    }
    new = [
        (who, list_id)
        for who in joined
        for list_id, purpose in purposes.items()
        if purpose in enrolment.MEMBERS_LISTS and (who, list_id) not in answered
    ]
    rows = [
        {"subscriber_id": who, "list_id": list_id, "active": True, "changed_at": now, "source": source}
        for who, list_id in new
    ]
    if rows:
        session.connection().execute(insert_into(session, Subscription).on_conflict_do_nothing(), rows)
    slugs = {found.id: found.slug for found in lists.all_lists(session)}
    return [Changed(who, f"list:{slugs[list_id]}", None, "1") for who, list_id in new]


def _end(session: Session, scope: Scope, ended: Sequence[Gone], author: Author, now: datetime) -> None:
    today = now.date()
    ids = [gone.subscriber_id for gone in ended]
    before: dict[int, date | None] = {}
    for portion in _portions(ids):
        theirs = select(Subscriber.id, Subscriber.member_until).where(Subscriber.id.in_(portion))
        before.update((who, until) for who, until in session.execute(theirs))
    session.execute(
        update(Subscriber), [{"id": who, "member_until": today, "updated_at": now} for who in before]
    )
    said = [Changed(who, "member_until", _text(until), _text(today)) for who, until in before.items()]
    changes.record(session, scope=scope, changed=said, author=author, now=now)


def _text(value: str | date | None) -> str | None:
    """Return a value as a file has it; nothing is None."""
    return str(value) if value else None


def _portions(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[begin : begin + _PORTION] for begin in range(0, len(rows), _PORTION))
