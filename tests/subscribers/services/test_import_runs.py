"""An import is remembered with all that it changed, and is undone as a whole or not at all."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.plans import PREFERRED
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import (
    Act,
    Address,
    FieldChange,
    Role,
    RoleName,
    SetBy,
    Subscriber,
    Subscription,
    Suppression,
)
from subscribers.services import changes, consents, import_runs, members
from subscribers.services.changes import Author, Changed
from subscribers.services.imports import Decisions, ImportReport, import_register
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
NONE = Decisions()
LATER = NOON + timedelta(hours=1)
HEADER = "Medlemsnr;Förnamn;Efternamn;E-post;E-post privat;Kommun;Arbetsplats;Medlem till"
FILE = (
    HEADER,
    "M001;Anna;Ek;ny@lund.example;;Luleå;Växthuset;2031-12-31",
    "M005;Elsa;Norén;elsa@umea.example;elsa@hemma.example;;;",
    "8;Hilma;Virtanen;hilma@borta.example;;Umeå;;",
    "9;Cia;Ås;cia@lund.example;;Lund;;",
)

Import = Callable[..., ImportReport]


@pytest.fixture
def read(sessions: sessionmaker[Session], cast: Cast) -> Import:
    """Import these lines, by the treasurer."""

    def read(*lines: str, decisions: Decisions = NONE, dry_run: bool = False) -> ImportReport:
        with sessions.begin() as session:
            return import_register(
                session,
                scope=ALL,
                name="medlemmar.csv",
                content="\n".join(lines).encode(),
                now=NOON,
                decisions=decisions,
                actor="kassören",
                dry_run=dry_run,
            )

    return read


def register(sessions: sessionmaker[Session]) -> list[tuple[object, ...]]:
    """Return the register as it stands, without times of change and ids that are given anew."""
    people = [c for c in Subscriber.__table__.columns if c.name != "updated_at"]
    addresses = [Address.subscriber_id, Address.address, Address.kind, Address.preferred]
    answers = [Subscription.subscriber_id, Subscription.list_id, Subscription.active, Subscription.source]
    with sessions() as session:
        return [
            tuple(row)
            for columns in (people, addresses, answers, [Suppression.canonical])
            for row in sorted(session.execute(select(*columns)).all(), key=repr)
        ]


def undo(sessions: sessionmaker[Session], run_id: int | None) -> import_runs.Undoing:
    assert run_id is not None
    with sessions.begin() as session:
        return import_runs.undo(session, scope=ALL, run_id=run_id, actor="kassören", now=LATER)


def test_each_change_that_a_file_made_is_written_down(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    report = read(*FILE)

    with sessions() as session:
        newest = changes.latest(session, scope=ALL, subscriber_id=cast.anna)
        assert {f: (c.old, c.new) for f, c in newest.items()} == {
            "family_name": ("Åkesson", "Ek"),
            "municipality_code": ("1281", "2580"),
            "region_slug": ("skane", "norra"),
            "workplace": (None, "Växthuset"),
            "member_until": (None, "2031-12-31"),
            "address:other": (None, "ny@lund.example"),
            PREFERRED: ("anna@lund.example", "ny@lund.example"),
        }
        assert {(c.set_by, c.actor, c.import_run_id) for c in newest.values()} == {
            (SetBy.FILE, "kassören", report.run_id)
        }
        [cia] = members.find(session, scope=ALL, text="9")
        assert set(changes.latest(session, scope=ALL, subscriber_id=cia.id)) == {"person"}
        [run] = import_runs.list_runs(session, scope=ALL)
        assert (run.id, run.file_name, run.applied_by) == (report.run_id, "medlemmar.csv", "kassören")
        assert (run.counts["new"], run.counts["changed"]) == (1, 3)
        assert [act.act for act in session.scalars(select(Act))] == ["import"]


def test_a_file_that_changes_nothing_leaves_no_trace(read: Import, sessions: sessionmaker[Session]) -> None:
    read(*FILE)

    assert read(*FILE).run_id is None
    assert read(*FILE, dry_run=True).run_id is None
    with sessions() as session:
        assert len(import_runs.list_runs(session, scope=ALL)) == 1


def test_an_import_is_undone_as_a_whole(read: Import, sessions: sessionmaker[Session], cast: Cast) -> None:
    before = register(sessions)
    report = read(*FILE)
    assert register(sessions) != before

    done = undo(sessions, report.run_id)

    assert register(sessions) == before
    assert (done.people_removed, done.later) == (1, ())
    with sessions() as session:
        assert [run.undone_at for run in import_runs.list_runs(session, scope=ALL)] == [LATER]
        assert [act.act for act in session.scalars(select(Act).order_by(Act.id))] == [
            "import",
            "import undone",
        ]
    with pytest.raises(SubscribersError, match="redan ångrad"):
        undo(sessions, report.run_id)


def test_an_undone_import_can_be_read_in_again(read: Import, sessions: sessionmaker[Session]) -> None:
    first = read(*FILE)
    undo(sessions, first.run_id)

    again = read(*FILE)

    assert (again.new, again.changed, again.plan.conflicts) == (1, 3, [])


@pytest.mark.parametrize("field", ["family_name", "list:nyhetsbrev", "roles", PREFERRED, "silent"])
def test_an_import_is_not_undone_over_later_changes(
    read: Import, sessions: sessionmaker[Session], cast: Cast, field: str
) -> None:
    report = read(*FILE)
    with sessions.begin() as session:
        [cia] = members.find(session, scope=ALL, text="9")
        if field == "family_name":
            said = Changed(cast.anna, field, "Ek", "Ek-Ås")
            changes.record(session, scope=ALL, changed=[said], author=Author(SetBy.MEMBER), now=LATER)
        elif field == "list:nyhetsbrev":
            consents.unsubscribe(
                session, scope=ALL, subscriber_id=cia.id, list_id=cast.newsletter, source="link", now=LATER
            )
        elif field == "roles":
            session.add(Role(subscriber_id=cia.id, role=RoleName.OFFICER))
        elif field == PREFERRED:
            members.add_address(
                session, scope=ALL, subscriber_id=cast.anna, address="x@y.example", prefer=True, now=LATER
            )
        else:
            session.get_one(Subscriber, cast.anna).workplace = "Ladan"
    before = register(sessions)

    done = undo(sessions, report.run_id)

    assert register(sessions) == before
    assert (done.people_removed, done.fields_restored) == (0, 0)
    expected = {"list:nyhetsbrev": "subscriptions", "silent": "workplace"}.get(field, field)
    assert expected in {later.field for later in done.later}
    assert {later.name for later in done.later} <= {"Anna Ek", "Cia Ås"}


def test_a_members_word_is_the_members_again_after_undoing(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.anna).family_name = "Ås"
        said = Changed(cast.anna, "family_name", "Åkesson", "Ås")
        changes.record(session, scope=ALL, changed=[said], author=Author(SetBy.MEMBER), now=NOON)
    assert [c.column for c in read(*FILE, dry_run=True).plan.conflicts] == ["family_name"]
    report = read(*FILE, decisions=Decisions(take_file=frozenset({(2, "family_name")})))
    assert report.plan.conflicts == []

    undo(sessions, report.run_id)

    [conflict] = read(*FILE).plan.conflicts
    assert (conflict.here, conflict.in_file, conflict.word.said_by) == ("Ås", "Ek", "member")


def test_an_address_that_a_member_has_chosen_stays(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        members.add_address(
            session,
            scope=ALL,
            subscriber_id=cast.anna,
            address="min@hemma.example",
            prefer=True,
            author=Author(SetBy.MEMBER),
            now=NOON,
        )

    report = read(*FILE)

    assert [(c.column, c.in_file) for c in report.plan.conflicts] == [(PREFERRED, "ny@lund.example")]
    with sessions() as session:
        anna = session.get_one(Subscriber, cast.anna)
        assert [(a.address, a.preferred) for a in anna.addresses] == [
            ("anna@lund.example", False),
            ("min@hemma.example", True),
        ]


def test_members_who_are_gone_are_listed_and_ended_only_when_asked_to(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    before = register(sessions)

    report = read(*FILE[:2], decisions=Decisions(complete=True), dry_run=True)

    assert register(sessions) == before
    assert {gone.name for gone in report.plan.gone} == {
        "Bo Öberg",
        "Cecilia Ärlig",
        "David Ärlig",
        "Elsa Norén",
        "Farid Haddad",
        "Greta Ek",
    }
    ended = read(*FILE[:2], decisions=Decisions(end_gone=True))
    assert ended.ended == 6
    with sessions() as session:
        assert session.get_one(Subscriber, cast.bo).member_until == NOON.date()
        assert session.get_one(Subscriber, cast.hilma).member_until is None
    undo(sessions, ended.run_id)
    assert register(sessions) == before


def test_memberships_are_not_ended_by_a_file_with_rows_that_cannot_be_read(
    read: Import, sessions: sessionmaker[Session]
) -> None:
    before = register(sessions)

    with pytest.raises(SubscribersError, match="rad 3"):
        read(*FILE[:2], "M002;Bo;Öberg;;;;;;;trasig", decisions=Decisions(end_gone=True))
    assert register(sessions) == before


def test_thousands_are_undone_too(read: Import, sessions: sessionmaker[Session], cast: Cast) -> None:
    lines = [f"{at};Åsa{at};Öberg;a{at}@lund.example;;Lund;;" for at in range(6_000)]
    read(HEADER, *lines)
    before = register(sessions)
    moved = read(HEADER, *(line.replace("@lund", "@malmo").replace("Lund", "Malmö") for line in lines))
    assert moved.changed == 6_000

    assert undo(sessions, moved.run_id).later == ()
    assert register(sessions) == before


def test_only_who_may_see_all_sees_and_undoes_imports(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    run_id = read(*FILE).run_id
    skane = SomeRegions(frozenset({"skane"}))
    with sessions.begin() as session:
        for ask in (
            lambda: import_runs.list_runs(session, scope=skane),
            lambda: import_runs.undo(session, scope=skane, run_id=run_id or 0, now=LATER),
        ):
            with pytest.raises(SubscribersError, match="hela föreningen"):
                ask()
        with pytest.raises(NotFound):
            import_runs.undo(session, scope=ALL, run_id=999, now=LATER)


def test_what_is_recorded_for_dates_and_empty_values_is_text(
    read: Import, sessions: sessionmaker[Session], cast: Cast
) -> None:
    read(HEADER, "M001;;;;;;;2031-12-31")
    with sessions() as session:
        [change] = session.scalars(select(FieldChange))
        assert (change.field, change.old, change.new) == ("member_until", None, "2031-12-31")
        assert session.get_one(Subscriber, cast.anna).member_until == date(2031, 12, 31)
