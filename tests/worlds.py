"""Two worlds that differ in one thing: in one of them there is nobody outside Skåne.

Who may see only Skåne must not be able to tell them apart: not by an answer, a count, an error, or what a
call leaves behind. The people of Skåne have the higher ids, so that new rows get the same ids in both worlds.
"""

import dataclasses
import enum
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, inspect, select, text
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from newsletter.core.inbound.kinds import What
from newsletter.models import (
    AddressChange,
    Call,
    CallReason,
    ChangeState,
    Delivery,
    DeliveryState,
    DomainHold,
    InboundMail,
    Issue,
    IssueChange,
    IssueStatus,
    LeftOutReason,
    Presence,
    Reviewer,
    Variant,
    VariantRegion,
    Way,
)
from subscribers.core.names import sort_key
from subscribers.errors import SentenceError
from subscribers.models import (
    Address,
    AddressKind,
    Base,
    ConsentEntry,
    FieldChange,
    FollowedRegion,
    ListPurpose,
    MailingList,
    Role,
    RoleName,
    SetBy,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionReason,
    SuppressionRelease,
    Tag,
)
from subscribers.services import erasures
from tests.conftest import NOON
from tests.letterpress import template

#: What the hashes of erased people are made with.
SECRET = b"a key of the tests"

#: Nothing in these changes, and they are long.
_STILL = {"municipalities", "counties", "regions", "alembic_version"}


@dataclass(frozen=True)
class Someone:
    """A person of the worlds, and everything by which they can be asked for."""

    id: int
    given: str
    family: str
    region: str | None
    municipality: str | None
    address: str
    number: str | None

    @property
    def pseudonym(self) -> str:
        return f"{self.id:032x}"


BO = Someone(1, "Bo", "Öberg", "norra", "2580", "bo@lulea.example", "M1")
ELSA = Someone(2, "Elsa", "Norén", "norra", "2480", "", "M2")
GRETA = Someone(3, "Greta", "Ek", "vast", "1480", "greta@studsar.example", "M3")
HILMA = Someone(4, "Hilma", "Virtanen", None, None, "hilma@borta.example", None)
ANNA = Someone(101, "Anna", "Åkesson", "skane", "1281", "anna@lund.example", "M101")
CECILIA = Someone(102, "Cecilia", "Ärlig", "skane", "1281", "familjen@lund.example", "M102")
DAVID = Someone(103, "David", "Ärlig", "skane", "1281", "familjen@lund.example", "M103")

SVEN = Someone(5, "Sven", "Gammal", "norra", "2580", "", "M5")  # a member no more, for many years

OTHERS = (BO, ELSA, GRETA, HILMA, SVEN)
PEOPLE_OF_SKANE = (ANNA, CECILIA, DAVID)

#: Ids of the issues: a newsletter on its way, one that is due, a member notice on its way, a newsletter that
#: has gone, but not to everybody, one of which nobody knows whether it arrived, and one that was accepted.
ON_ITS_WAY, DUE, NOTICE, GONE, UNSURE, TAKEN = 1, 2, 3, 4, 5, 6


def furnish(session: Session, people: Iterable[Someone]) -> None:
    """Fill an empty register with these people and with issues for everyone."""
    lists = {each.purpose: each.id for each in session.scalars(select(MailingList))}
    for issue_id, purpose, status in (
        (ON_ITS_WAY, ListPurpose.NEWSLETTER, IssueStatus.RELEASED),
        (DUE, ListPurpose.NEWSLETTER, IssueStatus.SCHEDULED),
        (NOTICE, ListPurpose.MEMBER_NOTICES, IssueStatus.RELEASED),
        (GONE, ListPurpose.NEWSLETTER, IssueStatus.RELEASED),
        (UNSURE, ListPurpose.NEWSLETTER, IssueStatus.RELEASED),
        (TAKEN, ListPurpose.NEWSLETTER, IssueStatus.RELEASED),
    ):
        _issue(session, issue_id, lists[purpose], status)
    for who in people:
        _person(session, who, lists)
        session.flush()


def _issue(session: Session, issue_id: int, list_id: int, status: IssueStatus) -> None:
    session.add(
        Issue(
            id=issue_id, list_id=list_id, year=2030, number=issue_id, title="Numret", subject="Numret",
            status=status, send_at=NOON, send_zone="Europe/Stockholm", frozen_at=NOON, created_at=NOON,
            updated_at=NOON, released_at=None if status is IssueStatus.SCHEDULED else NOON,
            record_date=date(2030, 1, 1) if issue_id == NOTICE else None,
            last_date=date(2030, 3, 2) if issue_id == NOTICE else None,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        Variant(
            id=issue_id, issue_id=issue_id, language="sv", name="Gemensam", item_ids=[], html="", text="",
            template=template().dump(), sha256="", created_at=NOON,
        )
    )  # fmt: skip
    session.flush()
    session.add_all(
        VariantRegion(issue_id=issue_id, region=region, language="sv", variant_id=issue_id)
        for region in ("", "skane", "norra", "vast")
    )
    session.flush()


def _person(session: Session, who: Someone, lists: Mapping[ListPurpose, int]) -> None:
    session.add(
        Subscriber(
            id=who.id, given_name=who.given, family_name=who.family, pseudonym=who.pseudonym,
            sort_key=sort_key(who.given, who.family), member_number=who.number,
            member_since=date(2020, 1, 1) if who.number else None, municipality_code=who.municipality,
            member_until=date(2010, 1, 1) if who is SVEN else None,
            region_slug=who.region, created_at=NOON, updated_at=NOON,
        )
    )  # fmt: skip
    session.flush()
    if who.address:
        session.add(
            Address(
                id=who.id, subscriber_id=who.id, address=who.address, canonical=who.address,
                kind=AddressKind.WORK, preferred=True, created_at=NOON,
            )
        )  # fmt: skip
    if who in (BO, GRETA, DAVID):
        reason = SuppressionReason.BOUNCED
        session.merge(Suppression(canonical=who.address, reason=reason, created_at=NOON))
    if who.address:
        session.add(SuppressionRelease(id=who.id, canonical=who.address, reason="x", actor="Kim", at=NOON))
    _consents(session, who, lists)
    session.add(
        FieldChange(
            id=who.id, subscriber_id=who.id, field="city", new=f"{who.given}stad", set_by=SetBy.MEMBER,
            at=NOON - timedelta(days=1),
        )
    )  # fmt: skip
    session.add(
        AddressChange(
            id=who.id, subscriber_id=who.id, state=ChangeState.WAITING, by_claim=True,
            address=f"ny{who.id}@eken.example", canonical=f"ny{who.id}@eken.example", old_address=who.address,
            old_canonical=who.address, name=who.given, confirm_hash=who.pseudonym, asked_at=NOON,
            confirm_until=NOON, confirmed_at=NOON,
        )
    )  # fmt: skip
    session.add(
        Call(
            id=who.id, subscriber_id=who.id, canonical=who.address, reason=CallReason.NEW_ADDRESS, facts={},
            proposal=f"nyare{who.id}@eken.example", opened_at=NOON,
        )
    )  # fmt: skip
    session.add(
        InboundMail(
            id=who.id, fingerprint=2 * who.pseudonym, way=Way.LMTP, received_at=NOON - timedelta(days=9),
            sender=who.address, recipients=[], raw=b"", kind=What.REPLY, from_address=who.address,
            from_name=who.given, subject="Hej", words=f"Hej från {who.given}", facts={},
            subscriber_id=who.id, region=who.region, owner_id=who.id,
        )
    )  # fmt: skip
    if who in (ANNA, BO):
        session.add(DomainHold(id=who.id, issue_id=GONE, domain=who.address.partition("@")[2], held_at=NOON))
    session.add(Tag(subscriber_id=who.id, tag="styrelse"))
    session.add(Presence(issue_id=ON_ITS_WAY, subscriber_id=who.id, seen_at=NOON))
    session.add(
        IssueChange(
            id=who.id, issue_id=ON_ITS_WAY, revision=1000 - who.id, what="added", facts={"title": who.given},
            before={}, by_id=who.id, at=NOON,
        )
    )  # fmt: skip
    session.add(FollowedRegion(subscriber_id=who.id, region_slug="vast"))
    if who.region and who is not SVEN:
        role = RoleName.REGIONAL_LEAD
        soon = NOON.date() + timedelta(days=14)
        session.add(Role(id=who.id, subscriber_id=who.id, role=role, region_slug=who.region, ends_on=soon))
        session.add(Role(id=500 + who.id, subscriber_id=who.id, role=RoleName.REVIEWER))
    session.add(Reviewer(id=who.id, issue_id=GONE, subscriber_id=who.id, asked_at=NOON))
    for issue_id in (ON_ITS_WAY, NOTICE):
        session.add(
            Delivery(
                id=delivery_of(who, issue_id), issue_id=issue_id, subscriber_id=who.id, variant_id=issue_id,
                address=who.address, canonical=who.address, state=DeliveryState.QUEUED, due_at=NOON,
            )
        )  # fmt: skip
    session.add(
        Delivery(
            id=delivery_of(who, UNSURE), issue_id=UNSURE, subscriber_id=who.id, variant_id=UNSURE,
            address=who.address, canonical=who.address, state=DeliveryState.UNKNOWN, settled_at=NOON,
        )
    )  # fmt: skip
    session.add(
        Delivery(
            id=delivery_of(who, TAKEN), issue_id=TAKEN, subscriber_id=who.id, variant_id=TAKEN, attempts=1,
            address=who.address, canonical=who.address, state=DeliveryState.ACCEPTED, settled_at=NOON,
        )
    )  # fmt: skip
    refused = who.id % 2 == 0
    session.add(
        Delivery(
            id=delivery_of(who, GONE), issue_id=GONE, subscriber_id=who.id, address=who.address,
            canonical=who.address, variant_id=GONE if refused else None, settled_at=NOON if refused else None,
            state=DeliveryState.REFUSED if refused else DeliveryState.LEFT_OUT,
            why="refused-for-good" if refused else LeftOutReason.NO_ADDRESS.value,
        )
    )  # fmt: skip


def _consents(session: Session, who: Someone, lists: Mapping[ListPurpose, int]) -> None:
    if who is SVEN:
        return
    if who.address:
        session.add(
            SignUp(
                id=who.id, address=who.address, canonical=who.address, list_slugs=["nyhetsbrev"],
                asked_at=NOON - timedelta(hours=1), mail_due_at=NOON,
            )
        )  # fmt: skip
    for list_id in lists.values():
        session.add(Subscription(subscriber_id=who.id, list_id=list_id, changed_at=NOON, source="register"))
    session.add(
        ConsentEntry(
            id=who.id, pseudonym=who.pseudonym, list_id=lists[ListPurpose.NEWSLETTER], given=True, at=NOON,
            how="file",
        )
    )  # fmt: skip


def delivery_of(who: Someone, issue_id: int = ON_ITS_WAY) -> int:
    """Return the id of a person's delivery of an issue."""
    return who.id if issue_id == ON_ITS_WAY else 1_000 * issue_id + who.id


Rows = dict[str, Counter[str]]


@dataclass(frozen=True)
class Outcome:
    """What a call answered (plain values, or its error), and every row that stood in the database after."""

    answer: Any
    rows: Rows

    @property
    def is_error(self) -> bool:
        return isinstance(self.answer, tuple) and self.answer[:1] == ("error",)


def ask(sessions: sessionmaker[Session], call: Any) -> Outcome:
    """Make a call in a world, and leave the world as it was. Errors that people are told are outcomes."""
    with sessions() as session:
        session.info[erasures.KEY] = SECRET
        _same_ids_next(session)
        try:
            value = call(session)
            session.flush()
            answer = plain(session, value)
        except SentenceError as error:
            facts = {name: str(fact) for name, fact in error.facts.items()}
            answer = ("error", type(error).__name__, error.sentence, facts)
        outcome = Outcome(answer, rows_of(session))
        session.rollback()
    return outcome


def rows_of(session: Session) -> Rows:
    """Return all rows of all tables, each as text."""
    session.expire_all()
    return {
        table.name: Counter(
            repr([plain(session, cell) for cell in row]) for row in session.execute(select(table))
        )
        for table in Base.metadata.sorted_tables
        if table.name not in _STILL
    }


def _same_ids_next(session: Session) -> None:
    """Sequences do not roll back; let the next ids be the same in both worlds."""
    if session.get_bind().dialect.name != "postgresql":
        return
    session.execute(
        text("SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 9000) FROM pg_sequences")
    )


_CHANCE = re.compile(r"[0-9a-f]{32}")


def plain(session: Session, value: Any) -> Any:  # noqa: C901 - one case for each kind of answer
    """Return any answer of a service as plain values that can be compared. Raises ``TypeError``."""
    match value:
        case enum.Enum():
            return value.value
        case str():
            # A new person's pseudonym is chance; those of the worlds begin with zeros.
            return "chance" if _CHANCE.fullmatch(value) and not value.startswith("000") else value
        case None | bool() | int() | float() | bytes() | datetime() | date() | timedelta():
            return value
        case Select():
            return plain(session, [tuple(row) for row in session.execute(value)])
        case ColumnElement():
            return plain(session, session.scalars(select(Subscriber.id).where(value).order_by("id")).all())
        case DeclarativeBase():
            return _columns(session, value)
        case Mapping():
            return {str(plain(session, key)): plain(session, each) for key, each in value.items()}
        case set() | frozenset():
            return sorted((plain(session, each) for each in value), key=repr)
        case _ if dataclasses.is_dataclass(value):
            return {f.name: plain(session, getattr(value, f.name)) for f in dataclasses.fields(value)}
        case Iterable():
            return [plain(session, each) for each in value]
    raise TypeError(f"the walk cannot read an answer of type {type(value)}: teach it to")


def _columns(session: Session, row: DeclarativeBase) -> dict[str, Any]:
    found = {
        attribute.key: plain(session, getattr(row, attribute.key))
        for attribute in inspect(type(row)).column_attrs
    }
    if isinstance(row, Subscriber):
        found["addresses"] = [address.address for address in row.addresses]
    return found
