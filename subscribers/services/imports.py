"""A register in a file becomes people in the database: all of it or nothing, and twice changes nothing.

    bytes | table | rows | match with whom we know | plan | apply (services.import_writing)

The file never takes anything away. Who has unsubscribed stays unsubscribed, a suppressed address stays
suppressed, also when the file has the person anew under another name; and what the person or somebody with
a role has said here since goes before the file.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from subscribers.core import departures
from subscribers.core.authority import Everything, Scope
from subscribers.core.importing import Problem, Register, Weight, read_register
from subscribers.core.matching import make_plan
from subscribers.core.plans import KnownPerson, Plan, Word
from subscribers.core.regions import Gazetteer
from subscribers.core.tables import Reading, Sharing, Table
from subscribers.errors import ImportRefused, SubscribersError, mark
from subscribers.models import Address, FieldChange, SetBy, Subscriber, Subscription, Suppression
from subscribers.services import erased_rows, import_writing, regions, workbooks

T = TypeVar("T")

#: Hears what is going on (a Swedish sentence), how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

_STEP = 2_000

#: Columns in which many people have the same value; a hundred thousand copies of it would be megabytes.
_FEW_VALUES = frozenset(
    {
        "given_name",
        "language",
        "member_since",
        "workplace",
        "title",
        "city",
        "municipality_code",
        "region_slug",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What somebody has decided about a file.

    ``take_file`` are rows and columns (``plans.column_of``) where the file goes before what was said here;
    in ``take_columns`` it does so on every row.
    ``complete``: the file is the whole register. ``end_gone``: members that it lacks are members until today.
    """

    take_file: frozenset[tuple[int, str]] = frozenset()
    take_columns: frozenset[str] = frozenset()
    complete: bool = False
    end_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do (``dry_run``).

    ``table`` tells how the file was read. ``rows`` counts the rows with text below the header; each is
    ``new``, ``changed``, ``unchanged`` or ``skipped``. ``plan`` has them one by one. ``run_id`` names the
    import when it changed anything.
    """

    table: Table = field(repr=False)
    plan: Plan = field(repr=False)
    dry_run: bool
    rows: int
    ignored_columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    run_id: int | None = None
    ended: int = 0

    @property
    def file(self) -> str:
        """What people call the file."""
        return self.table.name

    @property
    def new(self) -> int:
        """How many rows are new people."""
        return len(self.plan.new)

    @property
    def changed(self) -> int:
        """How many rows change somebody."""
        return len(self.plan.changes)

    @property
    def unchanged(self) -> int:
        """How many rows say what is known."""
        return self.plan.unchanged

    @property
    def skipped(self) -> int:
        """How many rows are left out."""
        return self.rows - self.new - self.changed - self.unchanged

    @property
    def kept_silent(self) -> int:
        """How many people of the file stay unsubscribed, suppressed or dead: it does not change that."""
        return self.plan.kept_silent

    @property
    def encoding(self) -> str:
        """How the text was written; or the kind of workbook."""
        return self.table.encoding

    @property
    def delimiter(self) -> str:
        """What stands between the columns; empty for a workbook."""
        return self.table.delimiter


_UNDECIDED = Decisions()
_AS_FOUND = Reading()


def import_register(
    session: Session,
    *,
    scope: Scope,
    name: str,
    content: bytes,
    now: datetime,
    dry_run: bool = False,
    reading: Reading = _AS_FOUND,
    table: Table | None = None,
    decisions: Decisions = _UNDECIDED,
    seen: str | None = None,
    actor: str = "",
    progress: Progress = lambda what, done, of: None,  # noqa: ARG005 - nobody listens
) -> ImportReport:
    """Bring the people of a file (CSV, XLSX, XLS, ODS) into the register, in the caller's transaction.

    ``content`` is the whole file, ``name`` what people call it, ``actor`` who reads it in, ``table`` the file
    as it was read already. People are known
    again by their member number, else by name and address together. New ones become members, from today (the
    date of ``now`` in its own zone) where the file does not say since when, and are put on all lists. Of
    those who are known, what the file says is taken over, and what it leaves empty stays. With ``dry_run``
    nothing is written. ``seen`` is the plan (``Plan.fingerprint``) that somebody has looked at and agreed to.

    Raises ``ImportRefused`` when the file cannot be read as a register, when the plan is no longer the one
    that was ``seen``, or when it lacks members and is too broken to end memberships by, and
    ``SubscribersError`` for a scope over less than everything: a register is about everyone.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Medlemsregistret läses in av den som ansvarar för hela föreningen.")
    progress(mark("Läser filen"), 0, 1)
    table = table or workbooks.read_file(name, content, reading)
    _refuse_departures(table)
    places = regions.gazetteer(session)
    register = erased_rows.leave_out(session, read_register(table, places), scope=scope)
    table = replace(table, rows=())  # they have been read, and are as large as the register
    plan = _plan(session, register, places, decisions, now, progress)
    _check_seen(name, plan, seen)
    problems = (*register.problems, *plan.problems)
    if decisions.end_gone:
        _check_may_end(name, problems)
    run_id = None
    if not dry_run:
        file = import_writing.File(name, hashlib.sha256(content).hexdigest(), actor)
        run_id = import_writing.write(
            session,
            scope=scope,
            plan=plan,
            file=file,
            end_gone=decisions.end_gone,
            now=now,
            progress=progress,
        )
    return ImportReport(
        table=table,
        plan=plan,
        dry_run=dry_run,
        rows=register.rows_in_file,
        ignored_columns=register.ignored_columns,
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        run_id=run_id,
        ended=len(plan.gone) if decisions.end_gone else 0,
    )


def _refuse_departures(table: Table) -> None:
    if departures.recognise(table):
        raise ImportRefused(
            "{file} är en lista över dem som har lämnat ett nyhetsbrev, och inget medlemsregister. "
            "Adresserna i den ska spärras, inte läsas in som medlemmar.",
            file=table.name,
        )


def _plan(
    session: Session,
    register: Register,
    places: Gazetteer,
    decisions: Decisions,
    now: datetime,
    progress: Progress,
) -> Plan:
    return make_plan(
        _told(register.rows, progress),
        _known_people(session),
        suppressed=frozenset(session.scalars(select(Suppression.canonical))),
        places=places,
        today=now.date(),
        said_here=_said_here(session),
        take_file=decisions.take_file,
        take_columns=decisions.take_columns,
        complete=decisions.complete or decisions.end_gone,
    )


def _told(rows: Sequence[T], progress: Progress) -> Iterator[T]:
    for done, row in enumerate(rows):
        if done % _STEP == 0:
            progress(mark("Jämför med registret"), done, len(rows))
        yield row


def _check_seen(name: str, plan: Plan, seen: str | None) -> None:
    if seen is not None and seen != plan.fingerprint():
        raise ImportRefused(
            "Registret har ändrats sedan du såg vad {file} skulle ändra. Inget är inläst: se efter igen.",
            file=name,
        )


def _check_may_end(name: str, problems: Sequence[Problem]) -> None:
    """Refuse to end memberships by a file of which some rows were not understood."""
    lost = [p.row for p in problems if p.weight is Weight.ROW_SKIPPED and p.broken]
    if lost:
        raise ImportRefused(
            "I {file} finns rader som inte gick att läsa, den första är rad {row}. "
            "Rätta dem innan medlemskap avslutas: de kan handla om medlemmar som ser ut att saknas.",
            file=name,
            row=min(lost),
        )


def _said_here(session: Session) -> dict[int, dict[str, Word]]:
    """Return what people have said here after any file, by person and column."""
    newest = select(func.max(FieldChange.id)).group_by(FieldChange.subscriber_id, FieldChange.field)
    rows = session.execute(
        select(
            FieldChange.subscriber_id,
            FieldChange.field,
            FieldChange.set_by,
            FieldChange.actor,
            FieldChange.at,
        ).where(FieldChange.id.in_(newest), FieldChange.set_by.in_((SetBy.MEMBER, SetBy.PERSON)))
    )
    said: dict[int, dict[str, Word]] = {}
    for subscriber_id, column, set_by, actor, at in rows:
        said.setdefault(subscriber_id, {})[column] = Word(set_by.value, actor, at)
    return said


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
        Subscriber.title,
        Subscriber.street,
        Subscriber.postal_code,
        Subscriber.city,
        Subscriber.municipality_code,
        Subscriber.region_slug,
        Subscriber.placed_by_hand,
        Subscriber.deceased_on,
    )
    share = Sharing[Any]()
    people: list[KnownPerson] = []
    found = session.execute(
        select(*columns).where(Subscriber.erased_at.is_(None)), execution_options={"yield_per": _STEP}
    )
    for some in found.partitions():
        people += _people(some, [column.key for column in columns], share, addresses, declined)
    return people


def _people(
    rows: Sequence[Sequence[Any]],
    names: Sequence[str],
    share: Sharing[Any],
    addresses: dict[int, list[str]],
    declined: dict[int, list[int]],
) -> Iterable[KnownPerson]:
    """Make people of rows, a column at a time: a page waits while a whole register is compared."""
    by_name: dict[str, Sequence[Any]] = dict(zip(names, zip(*rows, strict=True), strict=True))
    for name in _FEW_VALUES:
        by_name[name] = share.all(by_name[name])
    nothing: frozenset[int] = frozenset()
    ids = by_name["id"]
    by_name["addresses"] = [tuple(addresses.pop(each, ())) for each in ids]
    by_name["declined"] = [frozenset(declined[each]) if each in declined else nothing for each in ids]
    return map(KnownPerson._make, zip(*(by_name[name] for name in KnownPerson._fields), strict=True))


def _grouped(rows: Iterable[Row[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = {}
    for key, value in rows:
        groups.setdefault(key, []).append(value)
    return groups
