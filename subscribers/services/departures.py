"""Those who have left another service's letters are never written to: their addresses become suppressions.

Whether such a list was read in, or somebody has stated that there is none, is a stated fact (``known``).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, Scope
from subscribers.core.departures import Departed, Departures, read
from subscribers.core.tables import Table
from subscribers.errors import ImportRefused, SubscribersError
from subscribers.models import Fact, Suppression, SuppressionReason
from subscribers.services import acts
from subscribers.services.dialects import insert_into, table_of

#: What ``Fact`` is kept under: the file that was read in, or that there is none.
FACT = "earlier unsubscribes"

NONE_THERE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureReport:
    """What reading such a list did, or would do: ``new`` addresses suppressed, ``known`` already were."""

    table: Table
    service: str
    kind: str
    dry_run: bool
    rows: int
    new: int
    known: int
    broken: tuple[Departed, ...]


def suppress_departed(
    session: Session,
    *,
    scope: Scope,
    table: Table,
    departures: Departures,
    actor: str = "",
    now: datetime,
    dry_run: bool = False,
) -> DepartureReport:
    """Suppress every address of a list of those who have left; what is suppressed already stays as it is.

    Raises ``ImportRefused`` for a list without any address, and ``SubscribersError`` for a scope over less
    than everything.
    """
    _check_everything(scope)
    departed = list(read(table, departures))
    canonicals = {address.canonical for each in departed for address in each.addresses}
    if not canonicals:
        raise ImportRefused("I {file} finns ingen adress att spärra. Välj en annan fil.", file=table.name)
    known = canonicals.intersection(session.scalars(select(Suppression.canonical)))
    new = sorted(canonicals - known)
    if not dry_run:
        _write(session, new, table.name, departures, now)
        _state(session, table.name, actor, now)
        details = {"suppressed": len(new), "service": departures.service, "kind": departures.kind}
        acts.log(session, actor=actor, act="departures imported", details=details, now=now)
    return DepartureReport(
        table=table,
        service=departures.service,
        kind=departures.kind,
        dry_run=dry_run,
        rows=len(departed),
        new=len(new),
        known=len(known),
        broken=tuple(each for each in departed if each.errors),
    )


def state_none(session: Session, *, scope: Scope, actor: str, now: datetime) -> None:
    """Write down that nobody has left any earlier letters. Raises ``SubscribersError`` without a name."""
    _check_everything(scope)
    if not actor.strip():
        raise SubscribersError("Skriv vem som intygar att det inte finns någon lista.")
    _state(session, NONE_THERE, actor.strip(), now)
    acts.log(session, actor=actor.strip(), act="no departures stated", now=now)


def known(session: Session) -> Fact | None:
    """Return who has said what about those who had left before; None while nobody has."""
    return session.get(Fact, FACT)


def _check_everything(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SubscribersError("Listor över avregistrerade läses in av den som ansvarar för hela föreningen.")


def _write(session: Session, new: list[str], file: str, departures: Departures, now: datetime) -> None:
    note = f"{departures.service}: {departures.kind}".removeprefix(": ")
    rows = [
        {
            "canonical": canonical,
            "reason": SuppressionReason.IMPORTED,
            "note": note,
            "source": file[:120],
            "created_at": now,
        }
        for canonical in new
    ]
    if rows:
        session.flush()
        session.connection().execute(insert(table_of(Suppression)), rows)


def _state(session: Session, value: str, actor: str, now: datetime) -> None:
    said = {"value": value, "stated_by": actor[:120], "stated_at": now}
    statement = insert_into(session, Fact).values(key=FACT, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=said))
    session.expire_all()
