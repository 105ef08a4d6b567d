"""Lists of those who have left, as other services of newsletters export them. Never a register of members.

Mailchimp       one file for those who unsubscribed (UNSUB_TIME), one for addresses that bounced (CLEAN_TIME)
Paloma          a workbook with a sheet "Avregistrerade"
Get a Newsletter, and others   a column with the day or the word, in Swedish or English
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from subscribers.core import addresses
from subscribers.core.addresses import MailAddress
from subscribers.core.fields import ADDRESS_FIELDS, Field
from subscribers.core.tables import Row, Table
from subscribers.errors import BadAddress

_MAILCHIMP = {"unsub_time": "unsubscribed", "clean_time": "cleaned"}

#: Headers of a column that is only filled for those who have left, letters only.
_LEFT = frozenset(
    [
        "avregistrerad",
        "avregistreringsdatum",
        "avregistrerat",
        "avanmäld",
        "avanmälningsdatum",
        "unsubscribed",
        "unsubscribedat",
        "unsubscribedate",
        "unsubscribedon",
        "optoutdate",
        "optedout",
        "cancelled",
        "cancelledat",
        "canceled",
    ]
)

#: Words in a column of states that say that somebody has left, or that their mail came back.
_LEFT_STATES = frozenset(
    [
        "unsubscribed",
        "cleaned",
        "bounced",
        "cancelled",
        "canceled",
        "complained",
        "optedout",
        "avregistrerad",
        "avanmäld",
        "studsad",
    ]
)

_STATES = frozenset({"status", "state", "prenumerationsstatus", "subscriptionstatus"})

_LEFT_SHEETS = frozenset({"avregistrerade", "avregistrerad", "avanmälda", "unsubscribed", "unsubscribes"})

_NO = frozenset({"", "nej", "no", "false", "falskt", "0", "-"})


@dataclass(frozen=True, slots=True)
class Departures:
    """That a table lists people who have left, as ``service`` has it. ``kind``: "unsubscribed", "cleaned"."""

    service: str
    kind: str
    counts: Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Departed:
    """A row of such a list: the addresses, or why a cell holds none."""

    row: int
    addresses: tuple[MailAddress, ...]
    errors: tuple[BadAddress, ...]


def recognise(table: Table) -> Departures | None:
    """Tell whether a table lists those who have left; None for a register.

    A table with member numbers is a register, whatever else it says of its members.
    """
    if Field.MEMBER_NUMBER in table.columns:
        return None
    plain = [_plain(header) for header in table.headers]
    for header, kind in _MAILCHIMP.items():
        if header in (h.casefold() for h in table.headers):
            return Departures("Mailchimp", kind, _every)
    if _plain(table.sheet) in _LEFT_SHEETS:
        return Departures("Paloma", "unsubscribed", _every)
    for at, header in enumerate(plain):
        if header in _LEFT:
            return Departures(_service(table), "unsubscribed", _filled(at))
        if header in _STATES and any(_state(row, at) in _LEFT_STATES for row in table.rows):
            return Departures(_service(table), "unsubscribed", _says_left(at))
    return None


def everybody() -> Departures:
    """Take each row of a table for somebody who has left, because somebody says so."""
    return Departures("", "unsubscribed", _every)


def read(table: Table, departures: Departures) -> Iterator[Departed]:
    """Yield those of a table who have left."""
    columns = [at for at, what in enumerate(table.columns) if what in ADDRESS_FIELDS]
    for row in table.rows:
        if departures.counts(row):
            cells = [row.cells[at] for at in columns if at < len(row.cells) and row.cells[at]]
            yield _departed(row, cells)


def _departed(row: Row, cells: list[str]) -> Departed:
    found, errors = [], []
    for cell in cells:
        for part in re.split(r"[;,\s]+", cell):
            try:
                found.append(addresses.parse(part)) if part else None
            except BadAddress as error:
                errors.append(error)
    return Departed(row.number, tuple(found), tuple(errors))


def _service(table: Table) -> str:
    name = _plain(table.name)
    known = {"paloma": "Paloma", "getanewsletter": "Get a Newsletter", "gan": "Get a Newsletter"}
    return next((service for key, service in known.items() if name.startswith(key)), "")


def _every(row: Row) -> bool:  # noqa: ARG001 - one of the ways to count
    return True


def _filled(at: int) -> Callable[[Row], bool]:
    return lambda row: _state(row, at) not in _NO


def _says_left(at: int) -> Callable[[Row], bool]:
    return lambda row: _state(row, at) in _LEFT_STATES


def _state(row: Row, at: int) -> str:
    return row.cells[at].casefold() if at < len(row.cells) else ""


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalpha())
