"""A register in a file becomes people in the database: all of it or nothing, and twice changes nothing.

    bytes | table | rows | match with whom we know | plan | apply

The file never takes anything away. Who has unsubscribed stays unsubscribed, and a suppressed address stays
suppressed, also when the file has the person anew under another name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, Scope
from subscribers.core.importing import Problem, read_register
from subscribers.core.matching import Change, Enrolment, KnownPerson, Plan, make_plan
from subscribers.core.tables import read_table
from subscribers.errors import SubscribersError
from subscribers.models import Address, AddressKind, ListPurpose, Subscriber, Subscription, Suppression
from subscribers.services import enrolment, erased_rows, ledger, lists, regions
from subscribers.services.dialects import insert_into, table_of
from subscribers.services.enrolment import NewAddress, NewPerson

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do (``dry_run``).

    ``rows`` counts the rows with text below the header; each is ``new``, ``changed``, ``unchanged`` or
    ``skipped``. ``kept_silent`` counts the people of the file who stay unsubscribed from something, or
    whose every address is suppressed: the file does not change that.
    """

    file: str
    encoding: str
    delimiter: str
    dry_run: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    skipped: int
    kept_silent: int
    ignored_columns: tuple[str, ...]
    problems: tuple[Problem, ...]


def import_register(
    session: Session, *, scope: Scope, name: str, content: bytes, now: datetime, dry_run: bool = False
) -> ImportReport:
    """Bring the people of a CSV file into the register, in the caller's transaction.

    ``content`` is the whole file, ``name`` what people call it. People are known again by their member
    number, else by name and address together. New ones become members, from today (the date of ``now`` in
    its own zone) where the file does not say since when, and are put on all lists. Of those who are known,
    what the file says is taken over, and what it leaves empty stays. With ``dry_run`` nothing is written.

    Raises ``ImportRefused`` when the file cannot be read as a register, and ``SubscribersError`` for a
    scope over less than everything: a register is about everyone.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Medlemsregistret läses in av den som ansvarar för hela föreningen.")
    table = read_table(name, content)
    places = regions.gazetteer(session)
    register = erased_rows.leave_out(session, read_register(table, places), scope=scope)
    plan = make_plan(
        register.rows,
        _known_people(session),
        suppressed=frozenset(session.scalars(select(Suppression.canonical))),
        places=places,
        today=now.date(),
    )
    if not dry_run:
        _apply(session, scope, plan, source=f"register: {name}"[:80], now=now)
    return ImportReport(
        file=name,
        encoding=table.encoding,
        delimiter=table.delimiter,
        dry_run=dry_run,
        rows=register.rows_in_file,
        new=len(plan.new),
        changed=len(plan.changes),
        unchanged=plan.unchanged,
        skipped=register.rows_in_file - len(plan.new) - len(plan.changes) - plan.unchanged,
        kept_silent=plan.kept_silent,
        ignored_columns=register.ignored_columns,
        problems=tuple(sorted((*register.problems, *plan.problems), key=lambda problem: problem.row)),
    )


def _known_people(session: Session) -> list[KnownPerson]:
    addresses = _grouped(session.execute(select(Address.subscriber_id, Address.canonical)))
    said_no = select(Subscription.subscriber_id, Subscription.list_id).where(Subscription.active.is_(False))
    declined = _grouped(session.execute(said_no))
    columns = (
        Subscriber.id,
        Subscriber.given_name,
        Subscriber.family_name,
        Subscriber.language,
        Subscriber.member_number,
        Subscriber.member_since,
        Subscriber.member_until,
        Subscriber.workplace,
        Subscriber.municipality_code,
        Subscriber.region_slug,
    )
    return [
        KnownPerson(
            **row,
            addresses=frozenset(addresses.get(row["id"], ())),
            declined=frozenset(declined.get(row["id"], ())),
        )
        for row in session.execute(select(*columns).where(Subscriber.erased_at.is_(None))).mappings()
    ]


def _grouped(rows: Iterable[Row[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = {}
    for key, value in rows:
        groups.setdefault(key, []).append(value)
    return groups


def _apply(session: Session, scope: Scope, plan: Plan, *, source: str, now: datetime) -> None:
    session.flush()
    purposes = {found.id: found.purpose for found in lists.all_lists(session)}
    people = [_new_person(enrolled, purposes, now.date()) for enrolled in plan.new]
    enrolment.add_many(session, scope=scope, people=people, source=source, now=now)
    if plan.changes:
        _change_people(session, plan.changes, now)
        _add_addresses(session, plan.changes, now)
        _subscribe_new_members(session, plan.changes, purposes, source, now)
        ledger.write_down(
            session,
            scope=scope,
            subscriber_ids=[c.subscriber_id for c in plan.changes if c.becomes_member],
            how=source,
        )
    # What the caller has loaded is no longer what stands in the database.
    session.expire_all()


def _new_person(enrolled: Enrolment, purposes: Mapping[int, ListPurpose], today: date) -> NewPerson:
    row = enrolled.row
    return NewPerson(
        given_name=row.given_name,
        family_name=row.family_name,
        language=row.language or "sv",
        member_number=row.member_number,
        member_since=row.member_since or today,
        member_until=row.member_until,
        workplace=row.workplace,
        municipality_code=row.municipality_code,
        region=row.region,
        addresses=[NewAddress(new.address, AddressKind(new.kind)) for new in row.addresses],
        declined=frozenset(purposes[list_id] for list_id in enrolled.declined),
    )


def _change_people(session: Session, changes: Sequence[Change], now: datetime) -> None:
    rows = [{"id": c.subscriber_id, **c.values, "updated_at": now} for c in changes]
    session.execute(update(Subscriber), rows)


def _add_addresses(session: Session, changes: Sequence[Change], now: datetime) -> None:
    preferring = [{"who": c.subscriber_id} for c in changes if c.prefer_first]
    if preferring:
        table = table_of(Address)
        no_longer = update(table).where(table.c.subscriber_id == bindparam("who")).values(preferred=False)
        session.connection().execute(no_longer, preferring)
    rows = [
        {
            "subscriber_id": change.subscriber_id,
            "address": new.address.written,
            "canonical": new.address.canonical,
            "kind": AddressKind(new.kind),
            "preferred": change.prefer_first and position == 0,
            "created_at": now,
        }
        for change in changes
        for position, new in enumerate(change.new_addresses)
    ]
    if rows:
        session.execute(insert(Address), rows)


def _subscribe_new_members(
    session: Session,
    changes: Sequence[Change],
    purposes: Mapping[int, ListPurpose],
    source: str,
    now: datetime,
) -> None:
    """Put those who have become members on the members' lists, except where they have answered before."""
    rows = [
        {
            "subscriber_id": change.subscriber_id,
            "list_id": list_id,
            "active": True,
            "changed_at": now,
            "source": source,
        }
        for change in changes
        if change.becomes_member
        for list_id, purpose in purposes.items()
        if purpose in enrolment.MEMBERS_LISTS
    ]
    if rows:
        session.connection().execute(insert_into(session, Subscription).on_conflict_do_nothing(), rows)
