"""Imports that were applied: what they did, and how one is undone as a whole.

the run's changes | has anybody said anything since? | then list it and leave all as it is
                                                     | else put back, and take new people away
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Date, and_, delete, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from subscribers.core import names
from subscribers.core.authority import Everything, Scope
from subscribers.core.plans import PREFERRED
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Address, FieldChange, ImportRun, MailingList, SetBy, Subscriber, Subscription
from subscribers.services import acts, changes
from subscribers.services.changes import Author, Changed
from subscribers.services.dialects import table_of

T = TypeVar("T")

_PORTION = 5_000

#: Tables whose rows an import writes itself; a row anywhere else means that a person has been used since.
_OWN_TABLES = frozenset({"addresses", "subscriptions", "field_changes"})


@dataclass(frozen=True, slots=True)
class Later:
    """Something that was said or done after an import, which undoing it would overwrite.

    ``field`` is what was said (``FieldChange.field``), or a table that the person stands in by now.
    """

    subscriber_id: int
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing an import did; with anything ``later`` it did nothing."""

    run_id: int
    people_removed: int
    fields_restored: int
    later: tuple[Later, ...]


def list_runs(session: Session, *, scope: Scope, limit: int = 50) -> Sequence[ImportRun]:
    """Return the newest imports first. Raises ``SubscribersError`` for a scope over less than everything."""
    _check_everything(scope)
    return session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(limit)).all()


def get(session: Session, *, scope: Scope, run_id: int) -> ImportRun:
    """Return an import that was applied. Raises ``NotFound`` for an unknown one, else as ``list_runs``."""
    _check_everything(scope)
    run = session.get(ImportRun, run_id)
    if run is None:
        raise NotFound("Det finns ingen inläsning {run}. Se vilka som finns med members imports.", run=run_id)
    return run


def undo(session: Session, *, scope: Scope, run_id: int, actor: str = "", now: datetime) -> Undoing:
    """Undo an import as a whole: put back what it changed, and take away the people that it made.

    Does nothing, and returns what stands in the way, when any of it has been changed since, or a person that
    it made has been used (has got a letter, has said no). Raises ``NotFound`` for an unknown import and
    ``SubscribersError`` for one that is undone already, or a scope over less than everything.
    """
    run = get(session, scope=scope, run_id=run_id)
    if run.undone_at is not None:
        raise SubscribersError("Inläsning {run} är redan ångrad.", run=run_id)
    session.flush()
    done = session.scalars(select(FieldChange).where(FieldChange.import_run_id == run_id)).all()
    made = [change.subscriber_id for change in done if change.field == "person"]
    set_there = [change for change in done if change.field != "person"]
    later = _later(session, run, made, set_there)
    if later:
        return Undoing(run_id, 0, 0, tuple(later))
    _restore(session, scope, run, set_there, now)
    for portion in _portions(made):
        session.execute(delete(Subscriber).where(Subscriber.id.in_(portion)))
    run.undone_at = now
    subject = f"import {run_id}"
    acts.log(
        session, actor=actor, act="import undone", subject=subject, details={"people": len(made)}, now=now
    )
    session.expire_all()
    return Undoing(run_id, len(made), len(set_there), ())


def _check_everything(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Medlemsregistret läses in av den som ansvarar för hela föreningen.")


def _later(
    session: Session, run: ImportRun, made: Sequence[int], set_there: Sequence[FieldChange]
) -> list[Later]:
    found = set(_said_since(session, run))
    found.update(_used_since(session, run, made))
    found.update(_different_now(session, run, set_there))
    called = {
        who: f"{given} {family}".strip()
        for portion in _portions(sorted({who for who, _ in found}))
        for who, given, family in session.execute(
            select(Subscriber.id, Subscriber.given_name, Subscriber.family_name).where(
                Subscriber.id.in_(portion)
            )
        )
    }
    return [Later(who, called.get(who, ""), field) for who, field in sorted(found)]


def _said_since(session: Session, run: ImportRun) -> Iterator[tuple[int, str]]:
    """Yield person and field of each change after the import: of what it set, or of people it made."""
    since = aliased(FieldChange)
    same = and_(
        since.subscriber_id == FieldChange.subscriber_id,
        (since.field == FieldChange.field) | (FieldChange.field == "person"),
        since.id > FieldChange.id,
        since.import_run_id.is_distinct_from(run.id),
    )
    rows = session.execute(
        select(since.subscriber_id, since.field)
        .join(FieldChange, same)
        .where(FieldChange.import_run_id == run.id)
    )
    yield from rows


def _used_since(session: Session, run: ImportRun, made: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the people made who have got something since, with the table that they stand in."""
    for portion in _portions(made):
        for table in Subscriber.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column.table.name == "subscribers" and table.name not in _OWN_TABLES:
                    held = select(key.parent).where(key.parent.in_(portion)).distinct()
                    yield from ((who, table.name) for who in session.scalars(held))
        for own, moment in ((Address, Address.created_at), (Subscription, Subscription.changed_at)):
            newer = select(own.subscriber_id).where(own.subscriber_id.in_(portion), moment > run.applied_at)
            yield from ((who, own.__tablename__) for who in session.scalars(newer.distinct()))


def _different_now(
    session: Session, run: ImportRun, set_there: Sequence[FieldChange]
) -> Iterator[tuple[int, str]]:
    """Yield person and field of what no longer is as the import set it, whoever changed it."""
    for portion in _portions(set_there):
        ids = sorted({change.subscriber_id for change in portion})
        people = {p.id: p for p in session.scalars(select(Subscriber).where(Subscriber.id.in_(ids)))}
        addresses = session.execute(
            select(Address.subscriber_id, Address.address, Address.preferred).where(
                Address.subscriber_id.in_(ids)
            )
        )
        held = {(who, address, preferred) for who, address, preferred in addresses}
        answers = set(_answers(session, run, ids))
        for change in portion:
            person = people.get(change.subscriber_id)
            if person is None or not _as_set(change, person, held, answers):
                yield change.subscriber_id, change.field


def _answers(session: Session, run: ImportRun, ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    rows = session.execute(
        select(Subscription.subscriber_id, MailingList.slug)
        .join(MailingList, MailingList.id == Subscription.list_id)
        .where(Subscription.subscriber_id.in_(ids))
        .where(Subscription.active, Subscription.changed_at == run.applied_at)
    )
    return ((who, f"list:{slug}") for who, slug in rows)


def _as_set(
    change: FieldChange, person: Subscriber, held: set[tuple[int, str, bool]], answers: set[tuple[int, str]]
) -> bool:
    if change.field == PREFERRED:
        return (person.id, change.new, True) in held
    if change.field.startswith("address:"):
        return any((person.id, change.new, preferred) in held for preferred in (True, False))
    if change.field.startswith("list:"):
        return (person.id, change.field) in answers
    value = getattr(person, change.field)
    return (str(value) if value else None) == change.new


def _restore(
    session: Session, scope: Scope, run: ImportRun, set_there: Sequence[FieldChange], now: datetime
) -> None:
    for portion in _portions(sorted(set_there, key=lambda change: change.subscriber_id)):
        _take_back_addresses(session, portion)
        _take_back_answers(session, portion)
        _restore_columns(session, [change for change in portion if ":" not in change.field], now)
        _say_who_had_set_it(session, scope, run, portion, now)


def _take_back_addresses(session: Session, portion: Sequence[FieldChange]) -> None:
    preferred = [c for c in portion if c.field == PREFERRED]
    added = [
        (c.subscriber_id, c.new) for c in portion if c.field.startswith("address:") and c not in preferred
    ]
    if added:
        theirs = tuple_(Address.subscriber_id, Address.address).in_(added)
        session.execute(delete(Address).where(theirs).execution_options(synchronize_session=False))
    before = [(c.subscriber_id, c.old) for c in preferred if c.old]
    if before:
        theirs = tuple_(Address.subscriber_id, Address.address).in_(before)
        again = update(Address).where(theirs).values(preferred=True)
        session.execute(again.execution_options(synchronize_session=False))


def _take_back_answers(session: Session, portion: Sequence[FieldChange]) -> None:
    ids = dict(session.execute(select(MailingList.slug, MailingList.id)).all())
    taken = [
        (c.subscriber_id, ids[c.field.removeprefix("list:")]) for c in portion if c.field.startswith("list:")
    ]
    if taken:
        theirs = tuple_(Subscription.subscriber_id, Subscription.list_id).in_(taken)
        session.execute(delete(Subscription).where(theirs).execution_options(synchronize_session=False))


def _restore_columns(session: Session, changed: Sequence[FieldChange], now: datetime) -> None:
    columns = table_of(Subscriber).columns
    values: dict[int, dict[str, Any]] = {}
    for change in changed:
        column = columns[change.field]
        old: Any = change.old
        if isinstance(column.type, Date):
            old = date.fromisoformat(change.old) if change.old else None
        elif change.old is None and not column.nullable:
            old = ""
        values.setdefault(change.subscriber_id, {})[change.field] = old
    for person in session.scalars(select(Subscriber).where(Subscriber.id.in_(values))):
        restored = values[person.id]
        restored["sort_key"] = names.sort_key(
            restored.get("given_name", person.given_name), restored.get("family_name", person.family_name)
        )
    if values:
        rows = [{"id": who, "updated_at": now, **restored} for who, restored in values.items()]
        session.execute(update(Subscriber), rows)


def _say_who_had_set_it(
    session: Session, scope: Scope, run: ImportRun, portion: Sequence[FieldChange], now: datetime
) -> None:
    """Write the old values down under those who had set them: a member's word is a member's again."""
    ids = {change.subscriber_id for change in portion}
    first = min(change.id for change in portion)
    newest = (
        select(func.max(FieldChange.id))
        .where(FieldChange.subscriber_id.in_(ids), FieldChange.id < first)
        .where(FieldChange.import_run_id.is_distinct_from(run.id))
        .group_by(FieldChange.subscriber_id, FieldChange.field)
    )
    before = {
        (c.subscriber_id, c.field): Author(c.set_by, c.actor)
        for c in session.scalars(select(FieldChange).where(FieldChange.id.in_(newest)))
    }
    nobody = Author(SetBy.SYSTEM, f"import {run.id} undone")
    by_author: dict[Author, list[Changed]] = {}
    for change in portion:
        author = before.get((change.subscriber_id, change.field), nobody)
        said = Changed(change.subscriber_id, change.field, change.new, change.old)
        by_author.setdefault(author, []).append(said)
    for author, said_by in by_author.items():
        changes.record(session, scope=scope, changed=said_by, author=author, now=now)


def _portions(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[begin : begin + _PORTION] for begin in range(0, len(rows), _PORTION))
