"""Rows of a file about people who were erased: left out, and said so without a name."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.core import names
from subscribers.core.authority import Scope
from subscribers.core.importing import Problem, Register, RegisterRow, Weight
from subscribers.errors import mark
from subscribers.models import Address, Subscriber
from subscribers.services import erasures
from subscribers.services.scopes import people_within


def leave_out(session: Session, register: Register, *, scope: Scope) -> Register:
    """Return the register without the rows that have an erased person's address, each with its problem.

    Whoever shared that address, and is still here under the name of the row, stays.
    """
    everybody = {each.address.canonical for row in register.rows for each in row.addresses}
    erased = erasures.erased_among(session, canonicals=everybody)
    if not erased:
        return register
    holders = session.execute(
        select(Address.canonical, Subscriber.given_name, Subscriber.family_name)
        .join(Address.subscriber)
        .where(Address.canonical.in_(erased), people_within(scope))
    )
    here = {(canonical, names.same_name_key(given, family)) for canonical, given, family in holders}

    def is_out(row: RegisterRow) -> bool:
        theirs = {each.address.canonical for each in row.addresses} & erased
        return any((canonical, row.name_key) not in here for canonical in theirs)

    out = [row for row in register.rows if is_out(row)]
    return replace(
        register,
        rows=tuple(row for row in register.rows if row not in out),
        problems=(*register.problems, *(_problem(row) for row in out)),
    )


def _problem(row: RegisterRow) -> Problem:
    return Problem(
        row=row.row,
        column="",
        weight=Weight.ROW_SKIPPED,
        why=mark("personen har bett att bli raderad"),
        mend=mark("ta bort raden ur filen; bara personen själv kan anmäla sig igen"),
        doubtful=True,
    )
