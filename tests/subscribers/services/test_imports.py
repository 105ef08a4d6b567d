"""The treasurer's file becomes the register, as often as it is read, and takes no "no" away."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.core.importing import Weight
from subscribers.errors import ImportRefused, SubscribersError
from subscribers.models import Address, Subscriber, Subscription, Suppression, SuppressionReason
from subscribers.services.consents import subscriptions_of, unsubscribe
from subscribers.services.imports import ImportReport, import_register
from subscribers.services.members import find, list_members
from subscribers.services.suppressions import suppress
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")

HEADER = "Medlemsnr;Förnamn;Efternamn;E-post;E-post privat;Kommun;Språk;Medlem sedan"
FILE = (
    HEADER,
    "1;Åsa;Öberg;asa@lund.example;asa@hemma.example;Lunds kommun;;2019-05-01",
    "2;Émile;Ärlig;emile@malmö.example;;Malmö stad;engelska;",
    "3;Bo;Ek;;;Falu kommun;;",
)

Import = Callable[..., ImportReport]


@pytest.fixture
def read(sessions: sessionmaker[Session]) -> Import:
    """Import a file of these lines, as Excel on a Swedish Windows writes it."""

    def read(*lines: str, scope: Scope = ALL, dry_run: bool = False) -> ImportReport:
        content = "\r\n".join(lines).encode("cp1252")
        with sessions.begin() as session:
            return import_register(
                session, scope=scope, name="medlemmar.csv", content=content, now=NOON, dry_run=dry_run
            )

    return read


def everything_in(sessions: sessionmaker[Session]) -> list[tuple[object, ...]]:
    """Return every row of every table of people, so that two moments can be compared."""
    with sessions() as session:
        return [
            (table.__tablename__, *row)
            for table in (Subscriber, Address, Subscription, Suppression)
            for row in sorted(session.execute(select(table.__table__)).all(), key=repr)
        ]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.skipped


def test_a_register_from_excel_becomes_people(read: Import, sessions: sessionmaker[Session]) -> None:
    report = read(*FILE)

    assert counts(report) == (3, 0, 0, 0)
    assert (report.encoding, report.delimiter, report.rows) == ("cp1252", ";", 3)
    assert report.problems == ()
    with sessions() as session:
        bo, emile, asa = list_members(session, scope=ALL)
        assert [p.name for p in (bo, emile, asa)] == ["Bo Ek", "Émile Ärlig", "Åsa Öberg"]
        assert (asa.region_slug, emile.region_slug, bo.region_slug) == ("skane", "skane", "gavle-dala")
        assert (asa.member_since, emile.member_since) == (date(2019, 5, 1), NOON.date())
        assert (asa.language, emile.language) == ("sv", "en")
        assert [(a.address, a.preferred) for a in asa.addresses] == [
            ("asa@lund.example", True),
            ("asa@hemma.example", False),
        ]
        standings = subscriptions_of(session, scope=ALL, subscriber_id=asa.id)
        assert [(s.active, s.source) for s in standings] == [(True, "register: medlemmar.csv")] * 4


def test_reading_it_twice_changes_nothing(read: Import, sessions: sessionmaker[Session]) -> None:
    read(*FILE)
    before = everything_in(sessions)

    report = read(*FILE)

    assert counts(report) == (0, 0, 3, 0)
    assert everything_in(sessions) == before


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    before = everything_in(sessions)
    lines = (*FILE, "M001;Anna;Åkesson;ny@lund.example;;Luleå;;", "M002;Bo;Öberg;;;;;", ";;;;;Lund;;")

    promised = read(*lines, dry_run=True)

    assert everything_in(sessions) == before
    assert counts(promised) == counts(read(*lines)) == (3, 1, 1, 1)


def test_what_changed_is_changed_and_the_rest_stays(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    report = read(
        HEADER,
        "M001;Anna;Åkesson-Ärlig;Ny@lund.example;;Luleå;;",
        "M002;;;bo@lulea.example;bo@hemma.example;;;",
        "M005;Elsa;Norén;elsa@umea.example;;;engelska;",
    )

    assert counts(report) == (0, 2, 1, 0)
    with sessions() as session:
        [anna] = find(session, scope=ALL, text="M001")
        assert (anna.name, anna.region_slug, anna.member_since) == (
            "Anna Åkesson-Ärlig",
            "norra",
            date(2020, 1, 1),
        )
        assert anna.sort_key == "zbkesson0zcrlig00anna"
        assert [(a.address, a.preferred) for a in anna.addresses] == [
            ("anna@lund.example", False),
            ("Ny@lund.example", True),
        ]
        [elsa] = find(session, scope=ALL, text="M005")
        assert elsa.language == "en"
        assert [(a.address, a.preferred) for a in elsa.addresses] == [("elsa@umea.example", True)]


def test_a_no_and_a_suppression_win_over_the_file(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    lines = (
        HEADER,
        "M006;Farid;Haddad;farid@goteborg.example;;Göteborg;;",
        "M007;Greta;Ek;greta@studsar.example;;Göteborg;;",
        "99;Farid;Hadad;Farid@Goteborg.example;;Göteborg;;",
    )

    report = read(*lines)

    assert counts(report) == (1, 0, 2, 0)
    assert report.kept_silent == 3
    with sessions() as session:
        for who in find(session, scope=ALL, text="farid@goteborg.example"):
            standings = subscriptions_of(session, scope=ALL, subscriber_id=who.id)
            assert standings[0].active is False, who.name
        assert session.get(Suppression, "greta@studsar.example") is not None


def test_who_unsubscribes_between_two_imports_stays_so(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    read(*FILE)
    with sessions.begin() as session:
        [asa] = find(session, scope=ALL, text="Åsa")
        unsubscribe(
            session,
            scope=ALL,
            subscriber_id=asa.id,
            list_id=cast.newsletter,
            source="one-click",
            now=NOON,
        )
        suppress(
            session,
            scope=ALL,
            address="emile@malmö.example",
            reason=SuppressionReason.COMPLAINED,
            now=NOON,
        )
    before = everything_in(sessions)

    report = read(*FILE)

    assert everything_in(sessions) == before
    assert report.kept_silent == 2


def test_a_subscriber_who_joins_gets_the_members_lists_but_keeps_her_no(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        unsubscribe(
            session,
            scope=ALL,
            subscriber_id=cast.hilma,
            list_id=cast.newsletter,
            source="one-click",
            now=NOON,
        )

    assert counts(read(HEADER, "8;Hilma;Virtanen;hilma@borta.example;;Umeå;;")) == (0, 1, 0, 0)

    with sessions() as session:
        hilma = session.get_one(Subscriber, cast.hilma)
        assert (hilma.member_number, hilma.member_since, hilma.language) == ("8", NOON.date(), "en")
        standings = subscriptions_of(session, scope=ALL, subscriber_id=cast.hilma)
        assert [s.active for s in standings] == [False, True, True, True]


def test_rows_without_numbers_are_known_by_name_and_address(
    read: Import, sessions: sessionmaker[Session]
) -> None:
    lines = ("Namn;E-post", "Åsa Öberg;a@lund.example", "Bo Öberg;a@lund.example", "Cia Ås;")

    assert counts(read(*lines)) == (3, 0, 0, 0)
    before = everything_in(sessions)
    assert counts(read(*lines)) == (0, 0, 3, 0)
    assert everything_in(sessions) == before


def test_what_is_wrong_is_told_row_by_row_and_the_rest_is_read(
    read: Import, sessions: sessionmaker[Session]
) -> None:
    report = read(
        HEADER + ";Skostorlek",
        "1;Åsa;Öberg;asa.lund.example;;Lund;;;39",
        "1;Åsa;Öberg;asa@lund.example;;Lund;;;39",
        "2;Bo;Ek;bo@lund.example;;Norrland;;;43",
        "3;=1+1;;;;;;;",
        "4;Cia;Ås;;;Lund;;;39;extra",
        "",
        "5;Dan;Ås;bo@lund.example;;;;;",
    )

    assert counts(report) == (3, 0, 0, 3)
    assert report.rows == 6
    assert report.ignored_columns == ("Skostorlek",)
    assert [(p.row, p.column, p.weight) for p in report.problems] == [
        (2, "E-post", Weight.VALUE_SKIPPED),
        (3, "", Weight.ROW_SKIPPED),
        (4, "Kommun", Weight.VALUE_SKIPPED),
        (5, "Förnamn", Weight.VALUE_SKIPPED),
        (5, "", Weight.ROW_SKIPPED),
        (6, "", Weight.ROW_SKIPPED),
        (8, "", Weight.LOOK),
    ]


def test_a_file_that_is_no_register_changes_nothing(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    before = everything_in(sessions)
    with sessions.begin() as session, pytest.raises(ImportRefused):
        import_register(session, scope=ALL, name="x.csv", content=b"%PDF-1.7", now=NOON)
    with pytest.raises(ImportRefused):
        read(HEADER, "1;Åsa;Öberg;;;Lund;;", '2;"Bo;Ek;;;Lund;;')

    assert everything_in(sessions) == before


@pytest.mark.parametrize("scope", [SomeRegions(frozenset({"skane"})), OnePerson(1)])
def test_nobody_but_the_officer_reads_a_register_in(
    read: Import, sessions: sessionmaker[Session], cast: Cast, scope: Scope
) -> None:
    before = everything_in(sessions)
    for number in ("M002", "M999"):
        with pytest.raises(SubscribersError, match="hela föreningen"):
            read(HEADER, f"{number};Bo;Öberg;;;Lund;;", scope=scope)

    assert everything_in(sessions) == before


def test_thousands_of_rows_are_read_in_one_go(read: Import, sessions: sessionmaker[Session]) -> None:
    lines = [HEADER]
    lines += [f"{at};Åsa {at};Öberg;asa{at}@lund.example;p{at}@hemma.example;Lund;;" for at in range(4_000)]

    assert counts(read(*lines)) == (4_000, 0, 0, 0)
    assert counts(read(*(line.replace(";Lund;", ";Luleå;") for line in lines))) == (0, 4_000, 0, 0)
    assert counts(read(*(line.replace("p", "q") for line in lines))) == (0, 4_000, 0, 0)

    with sessions() as session:
        assert session.scalar(select(func.count(Address.id)).where(Address.preferred)) == 4_000
