"""A person who asks to be forgotten is: in every table and file, and after a restored copy, too."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from newsletter import erased, jobs, rights
from newsletter.app import App, build
from newsletter.errors import NewsletterError
from newsletter.mail import folder, spool
from newsletter.models import Delivery, DeliveryState
from newsletter.services import deliveries, extracts
from newsletter.settings import load
from subscribers.core.addresses import parse
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Address, Base, SetBy, Subscriber
from subscribers.services import acts, changes, enrolment, imports, ledger, members
from subscribers.services.changes import Author, Changed
from subscribers.services.enrolment import NewAddress, NewPerson
from tests import office
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import set_issue

ALL = Everything("test")


@pytest.fixture
def app(tmp_path: Path, database_url: str, cast: Cast) -> Iterator[App]:
    with office.opened(tmp_path / "var", database_url) as opened:
        yield opened


def everything_written(app: App) -> str:
    """Every value of every table, and every file of the data directory, as one text."""
    with app.readers() as session:
        rows = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    files = [
        file.read_bytes().decode("utf-8", "replace")
        for file in app.paths.root.rglob("*")
        if file.suffix in (".eml", ".json", ".txt")
    ]
    return "\n".join(rows + files).lower()


def read_in(session: Session, register: str) -> imports.ImportReport:
    return imports.import_register(session, scope=ALL, name="r.csv", content=register.encode(), now=NOON)


def live(app: App, cast: Cast) -> None:
    """Give Anna a delivery, a history, and a mail in the sink."""
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.add(
            Delivery(
                issue_id=issue_id, subscriber_id=cast.anna, address="anna@lund.example",
                canonical="anna@lund.example", state=DeliveryState.REFUSED,
                reply="550 5.1.1 <anna@lund.example>: unknown", settled_at=NOON,
            )
        )  # fmt: skip
        changed = [Changed(cast.anna, "street", "Åkessons gränd 4", "Storgatan 1")]
        changes.record(session, scope=ALL, changed=changed, author=Author(SetBy.FILE), now=NOON)
    for to in ("anna@lund.example", "bo@lulea.example"):
        envelope = folder.Envelope("x@y.example", (to,), False, NOON)
        folder.keep(app.paths.sink, f"To: {to}\r\n\r\nHej\r\n".encode(), envelope)


def test_nothing_of_anna_is_left_and_the_ledger_still_adds_up(app: App, cast: Cast) -> None:
    """L5."""
    live(app, cast)
    before = everything_written(app)
    assert all(trace in before for trace in ("anna@lund.example", "åkesson", "m001", "storgatan"))
    with app.readers() as session:
        [issue_id] = session.scalars(select(Delivery.issue_id))
        counted = deliveries.status(session, scope=ALL, issue_id=issue_id)

    forgotten, mails = rights.erase(app, subscriber_id=cast.anna, actor="redaktören")

    assert (forgotten.addresses, mails) == (("anna@lund.example",), 1)
    after = everything_written(app)
    for trace in ("anna@lund.example", "åkesson", "'anna'", "m001", "storgatan", "gränd"):
        assert trace not in after
    assert "bo@lulea.example" in after
    with app.readers() as session:
        assert deliveries.status(session, scope=ALL, issue_id=issue_id) == counted
        assert session.scalars(select(Delivery.reply)).one() == "550 5.1.1"
        with pytest.raises(NotFound):
            members.get(session, scope=ALL, subscriber_id=cast.anna)
        assert members.count_members(session, scope=ALL) == 7
        assert members.count_members(session, scope=SomeRegions(frozenset({"skane"}))) == 2


def test_the_ledger_of_consents_stays_and_gives_nothing_back(app: App, cast: Cast) -> None:
    rights.erase(app, subscriber_id=cast.anna, actor="redaktören")

    with app.sessions.begin() as session:
        assert ledger.rebuild(session, scope=ALL) == 0
        assert session.get_one(Subscriber, cast.anna).subscriptions == []


def test_nobody_else_brings_an_erased_person_back(app: App, cast: Cast) -> None:
    rights.erase(app, subscriber_id=cast.anna, actor="redaktören")
    anna = NewPerson(given_name="Anna", addresses=[NewAddress(parse("Anna@LUND.example"))])

    with app.sessions.begin() as session:
        with pytest.raises(SubscribersError, match="raderad"):
            enrolment.add(session, scope=ALL, person=anna, source="command", now=NOON)
        with pytest.raises(SubscribersError, match="raderad"):
            members.add_address(
                session, scope=ALL, subscriber_id=cast.bo, address="anna@lund.example", now=NOON
            )
        register = "Förnamn;Efternamn;E-post\nAnna;Åkesson;anna@lund.example\nNy;Person;ny@lund.example\n"
        report = imports.import_register(
            session, scope=ALL, name="r.csv", content=register.encode(), now=NOON
        )

        assert (report.new, report.skipped) == (1, 1)
        assert "anna@lund.example" not in session.scalars(select(Address.canonical)).all()


def test_david_still_gets_his_letters_when_cecilia_who_shared_his_address_is_erased(
    app: App, cast: Cast
) -> None:
    rights.erase(app, subscriber_id=cast.cecilia, actor="redaktören")
    register = (
        "Förnamn;Efternamn;E-post\nDavid;Ärlig;familjen@lund.example\nCecilia;Ärlig;familjen@lund.example\n"
    )

    with app.sessions.begin() as session:
        report = imports.import_register(
            session, scope=ALL, name="r.csv", content=register.encode(), now=NOON
        )
        assert (report.new, report.skipped) == (0, 1)
        assert [a.canonical for a in session.get_one(Subscriber, cast.david).addresses] == [
            "familjen@lund.example"
        ]


def test_a_letter_on_the_wire_must_land_first(app: App, cast: Cast) -> None:
    live(app, cast)
    with app.sessions.begin() as session:
        session.scalars(select(Delivery)).one().state = DeliveryState.SENDING

    with pytest.raises(NewsletterError, match="på väg ut"):
        rights.erase(app, subscriber_id=cast.anna, actor="redaktören")
    assert erased.hashes(app.paths.root) == frozenset()


@office.on_sqlite
def test_a_restored_copy_honours_who_was_erased_since(tmp_path: Path, database_url: str, cast: Cast) -> None:
    """The copy lies beside; the file of hashes is not in it."""
    directory = tmp_path / "var"
    directory.mkdir()
    copy = tmp_path / "copy.db"
    with create_engine(database_url).connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{copy}'")
    with office.opened(directory, database_url) as app:
        rights.erase(app, subscriber_id=cast.cecilia, actor="redaktören")
        rights.erase(app, subscriber_id=cast.elsa, actor="redaktören")  # she has no address

    with build(load(directory, office.environment(f"sqlite:///{copy}"))) as app:
        with app.readers() as session:
            people = members.list_members(session, scope=ALL)
        assert {cast.cecilia, cast.elsa}.isdisjoint(person.id for person in people)
        assert cast.david in {person.id for person in people}
        assert "cecilia" not in everything_written(app)


def test_the_last_word_of_the_file_counts(tmp_path: Path) -> None:
    erased.note(tmp_path, ["a", "b"], now=NOON)
    erased.note(tmp_path, ["a"], now=NOON + timedelta(days=1), lifted=True)

    assert erased.hashes(tmp_path) == {"b"}
    assert (tmp_path / "erased.txt").stat().st_mode & 0o777 == 0o600


def test_an_extract_holds_every_table_that_points_at_the_person(app: App, cast: Cast) -> None:
    """L5: within a month; here at once."""
    live(app, cast)
    with app.readers() as session:
        held = extracts.extract(session, scope=ALL, subscriber_id=cast.anna)
        pointing = {
            table.name
            for table in Base.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table.name == "subscribers"
        }
        assert pointing <= held.keys()
        assert held["addresses"][0]["address"] == "anna@lund.example"
        assert held["subscribers"][0]["family_name"] == "Åkesson"
        assert held["field_changes"][0]["new"] == "Storgatan 1"
        assert held["deliveries"][0]["state"] == "refused"
        assert held["consents"][0]["how"] == "register"
        assert "bo@lulea.example" not in str(held)
        with pytest.raises(NotFound):
            extracts.extract(session, scope=SomeRegions(frozenset({"norra"})), subscriber_id=cast.anna)


def test_the_daily_job_prunes_once_a_day_and_says_so_in_the_log(app: App, cast: Cast) -> None:
    for days in (1, 100):
        envelope = folder.Envelope(
            "x@y.example", ("bo@lulea.example",), False, app.now() - timedelta(days=days)
        )
        folder.keep(app.paths.sink, b"Subject: x\r\n\r\n", envelope)

        came = spool.Envelope("", (), "smtp", app.now() - timedelta(days=4 * days))
        spool.set_aside(app.paths.inbound, spool.put(app.paths.inbound, b"%d" % days, came))

    done = jobs.prune(app)
    assert (done["sink-mails"], done["inbound-mails"]) == (1, 1)
    assert jobs.prune(app) == {}
    assert folder.count(app.paths.sink) == 1
    with app.readers() as session:
        last = acts.last(session, act="prune")
    assert last is not None
    assert (last.actor, last.details["sink-mails"]) == ("daily job", 1)
