"""Those who have left other letters are never written to, and their list is never a register."""

import io

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core import departures as lists_of_departed
from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.tables import Reading
from subscribers.errors import ImportRefused, SubscribersError
from subscribers.models import Subscriber, Suppression, SuppressionReason
from subscribers.services import departures, workbooks
from subscribers.services.departures import DepartureReport
from subscribers.services.imports import import_register
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")

UNSUBSCRIBED = (
    '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,REGION,LAST_CHANGED,'
    "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID,EUID\n"
    "Asa@Lund.example,Åsa,Öberg,2,,,,2024-01-01 10:00:00,Nummer 4,NORMAL,1,a\n"
    "bo.lund.example,Bo,Ek,2,,,,2024-01-01 10:00:00,,,2,b\n"
)
CLEANED = (
    "Email Address,First Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\ngreta@studsar.example,Greta,2024-01-01,x\n"
)
WITH_DAY = "E-post;Namn;Avregistrerad\nasa@lund.example;Åsa;2024-01-01\nbo@lund.example;Bo;\n"
WITH_STATE = "Email,Status\nasa@lund.example,Unsubscribed\nbo@lund.example,Active\nc@x.example,bounced\n"


def paloma() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Kontakter"
    book.active.append(["E-post", "Namn"])
    book.active.append(["kvar@lund.example", "Kvar"])
    left = book.create_sheet("Avregistrerade")
    left.append(["E-post", "Datum"])
    left.append(["asa@lund.example", "2024-01-01"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def suppress(sessions: sessionmaker[Session], name: str, content: bytes, **options) -> DepartureReport:
    table = workbooks.read_file(name, content, Reading(sheet=options.pop("sheet", None)))
    found = lists_of_departed.recognise(table)
    assert found is not None
    with sessions.begin() as session:
        return departures.suppress_departed(
            session, scope=ALL, table=table, departures=found, actor="Åsa", now=NOON, **options
        )


@pytest.mark.parametrize(
    ("name", "content", "service", "kind", "addresses"),
    [
        ("unsub.csv", UNSUBSCRIBED, "Mailchimp", "unsubscribed", {"asa@lund.example"}),
        ("cleaned.csv", CLEANED, "Mailchimp", "cleaned", {"greta@studsar.example"}),
        ("getanewsletter-kontakter.csv", WITH_DAY, "Get a Newsletter", "unsubscribed", {"asa@lund.example"}),
        ("x.csv", WITH_STATE, "", "unsubscribed", {"asa@lund.example", "c@x.example"}),
    ],
)
def test_each_services_list_is_recognised_and_only_those_who_left_are_suppressed(
    sessions: sessionmaker[Session], name: str, content: str, service: str, kind: str, addresses: set[str]
) -> None:
    report = suppress(sessions, name, content.encode())

    assert (report.service, report.kind, report.new) == (service, kind, len(addresses))
    with sessions() as session:
        found = session.scalars(select(Suppression)).all()
        assert {s.canonical for s in found} == addresses
        assert {(s.reason, s.source) for s in found} == {(SuppressionReason.IMPORTED, name)}
        assert {s.note for s in found} == {f"{service}: {kind}" if service else kind}
        assert departures.known(session).value == name


def test_palomas_sheet_of_those_who_left_is_read_when_asked_for(sessions: sessionmaker[Session]) -> None:
    assert lists_of_departed.recognise(workbooks.read_file("p.xlsx", paloma(), Reading())) is None

    report = suppress(sessions, "p.xlsx", paloma(), sheet="Avregistrerade")

    assert (report.service, report.new) == ("Paloma", 1)


def test_what_cannot_be_read_is_told_and_twice_changes_nothing(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    first = suppress(sessions, "u.csv", UNSUBSCRIBED.encode())
    again = suppress(sessions, "u.csv", UNSUBSCRIBED.encode())

    assert [each.row for each in first.broken] == [3]
    assert (first.new, again.new, again.known) == (1, 0, 1)
    assert suppress(sessions, "c.csv", CLEANED.encode()).known == 1  # an earlier reason stays


def test_a_dry_run_suppresses_nobody(sessions: sessionmaker[Session]) -> None:
    assert suppress(sessions, "u.csv", UNSUBSCRIBED.encode(), dry_run=True).new == 1
    with sessions() as session:
        assert session.scalars(select(Suppression)).all() == []
        assert departures.known(session) is None


@pytest.mark.parametrize("content", [UNSUBSCRIBED, CLEANED, WITH_DAY, WITH_STATE])
def test_a_list_of_departed_is_never_read_in_as_members(
    sessions: sessionmaker[Session], content: str
) -> None:
    with sessions.begin() as session:
        with pytest.raises(ImportRefused, match="har lämnat"):
            import_register(session, scope=ALL, name="u.csv", content=content.encode(), now=NOON)
        assert session.scalars(select(Subscriber)).all() == []


@pytest.mark.parametrize(
    "content",
    [
        "Namn;E-post\nÅsa;asa@lund.example\n",
        "Namn;E-post;Status\nÅsa;asa@lund.example;aktiv\n",
        "Medlemsnr;Namn;Status\n1;Åsa;bounced\n",
    ],
)
def test_a_register_is_no_list_of_departed(content: str) -> None:
    assert lists_of_departed.recognise(workbooks.read_file("r.csv", content.encode(), Reading())) is None


def test_somebody_may_state_that_there_is_no_list(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        assert departures.known(session) is None
        with pytest.raises(SubscribersError, match="vem som intygar"):
            departures.state_none(session, scope=ALL, actor=" ", now=NOON)
        with pytest.raises(SubscribersError, match="hela föreningen"):
            departures.state_none(session, scope=SomeRegions(frozenset({"skane"})), actor="Bo", now=NOON)
        departures.state_none(session, scope=ALL, actor="Bo", now=NOON)
    with sessions() as session:
        stated = departures.known(session)
        assert stated is not None
        assert (stated.value, stated.stated_by, stated.stated_at) == (departures.NONE_THERE, "Bo", NOON)


def test_a_list_without_addresses_is_refused(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(ImportRefused, match="ingen adress"):
        suppress(sessions, "u.csv", b"Email Address,UNSUB_TIME\n,2024\n")
