"""What is exported can be opened without danger, and importing it again changes nothing."""

import csv
import io
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.names import sort_key
from subscribers.models import Address, AddressKind, SetBy, Subscriber, Subscription
from subscribers.services import changes, exports, members
from subscribers.services.changes import Author, Changed
from subscribers.services.imports import import_register
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
SKANE = SomeRegions(frozenset({"skane"}))

# What a database may hold, by whatever way it came there: PostgreSQL has no NUL, and UTF-8 no surrogates.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
) | st.sampled_from(
    ["=1+1", "@SUM(A1)", "-", "+46", "'=1", '="017"', "ingen", "Summa", "a;b", '"', "Å\u030a", "1\t2", ""]
)
# A file cannot say a name that is a formula or a word for nothing; who has no number is known by the name.
NAMES = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=8).map(lambda n: f"{n}q")
NUMBERS = st.from_regex(r"[0-9A-Z][0-9A-Z-]{0,5}", fullmatch=True)
ADDRESSES = st.sampled_from(
    [
        "anna@lund.example",
        "Bo@Malmö.example",
        "a/b@x.example",
        "+c@x.example",
        "åke@x.example",
        "=d@x.example",
    ]
)
DATES = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "given_name": NAMES,
            "family_name": NAMES,
            "number": st.none() | NUMBERS,
            "workplace": TEXT,
            "title": TEXT,
            "street": TEXT,
            "postal_code": TEXT,
            "city": TEXT,
            "member_since": DATES,
            "member_until": DATES,
            "municipality_code": st.sampled_from([None, "1281", "2580"]),
            "region_slug": st.sampled_from([None, "skane", "norra"]),
            "language": st.sampled_from(["sv", "en"]),
            "addresses": st.lists(
                st.tuples(ADDRESSES, st.sampled_from(AddressKind)), max_size=3, unique_by=lambda a: a[0]
            ),
        }
    ),
    max_size=5,
    unique_by=lambda person: person["number"] or object(),
)


def as_csv(table: exports.Exported) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows([table.headers, *table.rows])
    return file.getvalue().encode("utf-8-sig")


def register(session: Session) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for table in (Subscriber, Address, Subscription)
        for row in sorted(session.execute(select(table.__table__)).all(), key=repr)
    ]


def settle(session: Session, people: list[dict[str, object]]) -> None:
    session.execute(delete(Subscriber))
    for facts in people:
        held = facts["addresses"]
        assert isinstance(held, list)
        columns = {name: value for name, value in facts.items() if name not in ("addresses", "number")}
        session.add(
            Subscriber(
                **columns,
                member_number=facts["number"],
                sort_key=sort_key(str(facts["given_name"]), str(facts["family_name"])),
                placed_by_hand=facts["municipality_code"] is not None,
                created_at=NOON,
                updated_at=NOON,
                addresses=[
                    Address(address=a, canonical=a.casefold(), kind=kind, preferred=at == 0, created_at=NOON)
                    for at, (a, kind) in enumerate(held)
                ],
            )
        )
    session.flush()
    session.expire_all()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(people=PEOPLE)
def test_importing_an_export_changes_nothing(
    sessions: sessionmaker[Session], people: list[dict[str, object]]
) -> None:
    with sessions() as session:
        settle(session, people)
        before = register(session)
        table = exports.export_register(session, scope=ALL)

        report = import_register(session, scope=ALL, name="register.csv", content=as_csv(table), now=NOON)

        assert register(session) == before
        assert (report.new, report.changed, report.run_id) == (0, 0, None)
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in table.rows for cell in row)
        session.rollback()


def test_the_cast_comes_back_as_it_was(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        table = exports.export_register(session, scope=ALL)

        report = import_register(
            session, scope=ALL, name="r.csv", content=as_csv(table), now=NOON, dry_run=True
        )

    assert (report.new, report.changed, report.unchanged) == (0, 0, 8)
    assert table.headers[-2:] == ("E-post", "E-post privat")
    assert [row[-2:] for row in table.rows if row[0] == "M002"] == [("bo@lulea.example", "bo@hemma.example")]


def test_a_lead_exports_their_region_and_sees_its_changes(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for who in (cast.anna, cast.bo):
            members.add_address(session, scope=ALL, subscriber_id=who, address="ny@x.example", now=NOON)

        assert {row[0] for row in exports.export_register(session, scope=SKANE).rows} == {
            "M001",
            "M003",
            "M004",
        }
        told = exports.changes_since(session, scope=SKANE, since=NOON)
        assert {change.subscriber_id for change in told} == {cast.anna}


def test_the_treasurer_is_told_what_people_changed_and_not_what_files_did(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for at, (set_by, new) in enumerate([(SetBy.MEMBER, "Ek"), (SetBy.FILE, "Ås"), (SetBy.PERSON, "Öst")]):
            changes.record(
                session,
                scope=ALL,
                changed=[Changed(cast.anna, "family_name", "Åkesson", new)],
                author=Author(set_by, "Bo" if set_by is SetBy.PERSON else ""),
                now=NOON + timedelta(hours=at),
            )
        told = exports.changes_since(session, scope=ALL, since=NOON)
        later = exports.changes_since(session, scope=ALL, since=NOON + timedelta(hours=1))

    assert [(c.member_number, c.field, c.new, c.actor) for c in told] == [
        ("M001", "family_name", "Ek", ""),
        ("M001", "family_name", "Öst", "Bo"),
    ]
    assert [c.new for c in later] == ["Öst"]
