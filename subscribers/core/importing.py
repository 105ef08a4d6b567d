"""A table read as a register of people: each row a person, each thing that is wrong told and placed.

A row is kept as far as it can be understood: a member with a misspelt address is still a member.
"""

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from subscribers.core import addresses, fields, names
from subscribers.core.addresses import MailAddress
from subscribers.core.fields import Field
from subscribers.core.regions import Gazetteer
from subscribers.core.tables import Row, Table
from subscribers.errors import BadAddress, mark

LONGEST = {
    Field.MEMBER_NUMBER: 40,
    Field.GIVEN_NAME: 120,
    Field.FAMILY_NAME: 120,
    Field.NAME: 240,
    Field.WORKPLACE: 200,
    Field.TITLE: 120,
    Field.STREET: 200,
    Field.POSTAL_CODE: 20,
    Field.CITY: 120,
}

#: Fields that are left out when they are too long; without the others nobody knows who the row is.
_SPARE = frozenset({Field.WORKPLACE, Field.TITLE, Field.STREET, Field.POSTAL_CODE, Field.CITY})

_MEMBERSHIPS = {
    **dict.fromkeys(("ja", "yes", "true", "sant", "1", "x", "medlem", "member", "aktiv", "active"), True),
    **dict.fromkeys(("nej", "no", "false", "falskt", "0", "icke-medlem", "non-member"), False),
}

_LANGUAGES = {
    **dict.fromkeys(("sv", "sve", "swe", "svenska", "swedish"), "sv"),
    **dict.fromkeys(("en", "eng", "engelska", "english"), "en"),
}

#: What people write for "nothing".
_NOTHING = frozenset({"-", "–", "—", "--", "?", "n/a", "#n/a", "#saknas!", "saknas", "ingen", "null"})

#: Names that no person has: the row below the last one, where the treasurer counts.
_SUMS = frozenset({"summa", "summa:", "totalt", "totalt:", "total", "antal", "antal:", "sum", "sum:"})

_FORMULA = re.compile(r"[=@]|[+-](?=[^\s\d])")


class Weight(enum.Enum):
    """What a problem did to its row."""

    ROW_SKIPPED = "row-skipped"
    VALUE_SKIPPED = "value-skipped"
    LOOK = "look"  # nothing was left out, but somebody should look


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file: in which row and column, why, and how to mend it.

    ``why`` and ``mend`` are Swedish sentences with ``{named}`` places that ``facts`` fill. ``doubtful``: it
    may well be as it should, but somebody who knows has to look.
    """

    row: int
    column: str
    weight: Weight
    why: str
    mend: str
    facts: Mapping[str, object] = field(default_factory=dict)
    doubtful: bool = False

    @property
    def broken(self) -> bool:
        """Whether something must be mended; else it is a thing to look at (``doubtful``)."""
        return not self.doubtful


@dataclass(frozen=True, slots=True)
class RegisterAddress:
    """An address in a row. ``kind`` is "work", "private" or "other"."""

    address: MailAddress
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A person as a row of the file has them. Empty and None say nothing about what is already known.

    The first address is the one that the register prefers. ``region`` (a slug) is only given without a
    municipality. ``member`` is False for somebody whom the file calls no member.
    """

    row: int
    member_number: str | None
    given_name: str
    family_name: str
    addresses: tuple[RegisterAddress, ...]
    municipality_code: str | None
    region: str | None
    workplace: str
    language: str | None
    member_since: date | None
    member_until: date | None
    member: bool | None = None
    title: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""

    @property
    def name_key(self) -> str:
        """The form that the name is compared by."""
        return names.same_name_key(self.given_name, self.family_name)


@dataclass(frozen=True, slots=True)
class Register:
    """A file as it was understood. ``rows_in_file`` counts the rows with any text in them."""

    rows: tuple[RegisterRow, ...]
    problems: tuple[Problem, ...]
    ignored_columns: tuple[str, ...]
    rows_in_file: int


def read_register(table: Table, known: Gazetteer) -> Register:
    """Read the rows of a table as people."""
    columns = [(at, *column) for at, column in enumerate(zip(table.headers, table.columns, strict=True))]
    problems: list[Problem] = []
    rows = []
    for row in table.rows:
        reader = _RowReader(row, columns, known)
        if person := reader.read():
            rows.append(person)
        problems += reader.problems
    ignored = tuple(header for _, header, what in columns if what is None and header)
    return Register(tuple(rows), tuple(problems), ignored, len(table.rows))


class _RowReader:
    """Reads one row, and gathers what is wrong with it."""

    def __init__(self, row: Row, columns: list[tuple[int, str, Field | None]], known: Gazetteer) -> None:
        self._row = row
        self._width = len(columns)
        self._known = known
        self.problems: list[Problem] = []
        self._cells: dict[Field, list[tuple[str, str]]] = {}
        for at, header, what in columns:
            if what and at < len(row.cells) and row.cells[at].casefold() not in _NOTHING | {""}:
                self._cells.setdefault(what, []).append((header, row.cells[at]))

    def read(self) -> RegisterRow | None:
        """Return the person, or None when the row cannot be used at all."""
        if any(self._row.cells[self._width :]):
            self._tell_skipped(
                "",
                mark("Raden har fler celler än rubrikraden: troligen står ett skiljetecken inne i en text."),
                mark("Sätt citattecken om texten, eller ta bort skiljetecknet."),
            )
            return None
        number = self._text(Field.MEMBER_NUMBER)
        given, family = self._name()
        found = tuple(self._addresses())
        if any(problem.weight is Weight.ROW_SKIPPED for problem in self.problems):
            return None
        if not (number or given or family or found):
            self._tell_skipped(
                "",
                mark("Raden har varken medlemsnummer, namn eller e-postadress."),
                mark("Fyll i något av dem, eller ta bort raden."),
            )
            return None
        if not found and f"{number}{given}{family}".casefold() in _SUMS:
            why = mark("Raden ser ut att vara en summering och ingen person.")
            mend = mark("Är det en person, så ge raden ett medlemsnummer eller en adress.")
            self.problems.append(Problem(self._row.number, "", Weight.ROW_SKIPPED, why, mend, doubtful=True))
            return None
        municipality = self._municipality()
        return RegisterRow(
            row=self._row.number,
            member_number=number or None,
            given_name=given,
            family_name=family,
            addresses=found,
            municipality_code=municipality,
            region=None if municipality else self._region(),
            workplace=self._text(Field.WORKPLACE),
            language=self._language(),
            member_since=self._date(Field.MEMBER_SINCE),
            member_until=self._date(Field.MEMBER_UNTIL),
            member=self._membership(),
            title=self._text(Field.TITLE),
            street=self._text(Field.STREET),
            postal_code=self._text(Field.POSTAL_CODE),
            city=self._text(Field.CITY),
        )

    def _cell(self, what: Field) -> tuple[str, str]:
        """Return header and text of the first filled cell of a field; the text is empty if none is."""
        return self._cells.get(what, [("", "")])[0]

    def _text(self, what: Field) -> str:
        column, value = self._cell(what)
        if _FORMULA.match(value):
            self._tell_formula(column, value)
            return ""
        if len(value) > LONGEST[what]:
            tell = self._tell if what in _SPARE else self._tell_skipped
            tell(
                column,
                mark("Texten är {length} tecken lång, och får vara högst {most}."),
                mark("Korta texten, och se efter om raden har blivit förskjuten."),
                length=len(value),
                most=LONGEST[what],
            )
            return ""
        return value

    def _name(self) -> tuple[str, str]:
        given, family = self._text(Field.GIVEN_NAME), self._text(Field.FAMILY_NAME)
        if given or family:
            return given, family
        given, family = names.split_name(self._text(Field.NAME))
        return given[: LONGEST[Field.GIVEN_NAME]], family[: LONGEST[Field.FAMILY_NAME]]

    def _addresses(self) -> Iterator[RegisterAddress]:
        seen = set()
        for what, kind in fields.ADDRESS_FIELDS.items():
            for column, cell in self._cells.get(what, ()):
                for parsed in self._parse_addresses(column, cell):
                    if parsed.canonical not in seen:
                        seen.add(parsed.canonical)
                        yield RegisterAddress(parsed, kind)

    def _parse_addresses(self, column: str, cell: str) -> Iterator[MailAddress]:
        if cell.startswith("=") and not _is_address(cell):
            self._tell_formula(column, cell)
            return
        parts = re.split(r"[;,/\s]+", cell) if cell.count("@") > 1 else [cell.rstrip(".,; ")]
        for part in filter(None, parts):
            try:
                yield addresses.parse(part)
            except BadAddress as error:
                mend = mark("Rätta adressen i filen, eller töm cellen, och läs in filen igen.")
                self._tell(column, error.sentence, mend, **error.facts)

    def _municipality(self) -> str | None:
        column, value = self._cell(Field.MUNICIPALITY)
        found = self._known.municipality(value) if value else None
        if value and not found:
            why = mark("Det finns ingen kommun som heter {value}.")
            mend = mark("Skriv en av de 290 kommunerna, till exempel Falun eller Falu kommun.")
            facts = {"value": _short(value)}
            self.problems.append(
                Problem(self._row.number, column, Weight.VALUE_SKIPPED, why, mend, facts, doubtful=True)
            )
        return found.code if found else None

    def _region(self) -> str | None:
        column, value = self._cell(Field.REGION)
        found = self._known.region(value) if value else None
        if value and not found:
            self._tell(
                column,
                mark("Det finns ingen region som heter {value}."),
                mark("Skriv en av {regions}."),
                value=_short(value),
                regions=", ".join(region.name for region in self._known.regions),
            )
        return found.slug if found else None

    def _language(self) -> str | None:
        column, value = self._cell(Field.LANGUAGE)
        found = _LANGUAGES.get(value.casefold())
        if value and not found:
            self._tell(
                column,
                mark("Språket {value} finns inte bland brevens språk."),
                mark("Skriv svenska eller engelska."),
                value=_short(value),
            )
        return found

    def _membership(self) -> bool | None:
        column, value = self._cell(Field.MEMBERSHIP)
        found = _MEMBERSHIPS.get(value.casefold())
        if value and found is None:
            self._tell(
                column,
                mark("{value} säger varken ja eller nej till medlemskap."),
                mark("Skriv ja eller nej."),
                value=_short(value),
            )
        return found

    def _date(self, what: Field) -> date | None:
        column, value = self._cell(what)
        found = read_date(value) if value else None
        if value and not found:
            self._tell(
                column,
                mark("{value} är inget datum som går att förstå säkert."),
                mark("Skriv datumet som 2020-01-31, eller bara året."),
                value=_short(value),
            )
        return found

    def _tell_formula(self, column: str, value: str) -> None:
        self._tell(
            column,
            mark("Cellen innehåller en formel: {value}."),
            mark("Byt formeln mot sitt värde (klistra in som värde) och läs in filen igen."),
            value=_short(value),
        )

    def _tell(self, column: str, why: str, mend: str, /, **facts: object) -> None:
        self.problems.append(Problem(self._row.number, column, Weight.VALUE_SKIPPED, why, mend, facts))

    def _tell_skipped(self, column: str, why: str, mend: str, /, **facts: object) -> None:
        self.problems.append(Problem(self._row.number, column, Weight.ROW_SKIPPED, why, mend, facts))


def read_date(text: str) -> date | None:
    """Read a date as Swedish spreadsheets write it; None when it may be misunderstood.

    ISO 8601 dates (2020-01-31, 20200131, 2020-01, 2020), with or without a time after them. A month or a
    year is its first day. 01/02/2020 may be two different days, and so is none.
    """
    match = re.fullmatch(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[ T]\d\d:\d\d.*)?)?)?", text)
    if not match:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(year, month, day) if year >= 1800 else None
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    """Tell whether a text is an address: "=" may begin one (RFC 5321, 4.1.2)."""
    try:
        addresses.parse(text)
    except BadAddress:
        return False
    return True


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
