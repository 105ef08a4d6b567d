"""A region's letter as it goes over the wire, and notes about roles that end, through a real server."""

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import jobs, permitting, sending
from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.pace import AT_ONCE
from newsletter.errors import SendingRefused
from newsletter.mail import folder
from newsletter.mail.sink import Sink
from newsletter.models import Note
from newsletter.services import scheduling
from subscribers.core.authority import Everything
from subscribers.models import ListPurpose, RoleName, Subscriber
from subscribers.services import role_addresses, roles
from tests import office
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.services.test_variants import make_issue, write

ALL = Everything("test")
TODAY = NOON.date()


class Clock:
    def __init__(self) -> None:
        self.now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


@pytest.fixture
def app(tmp_path: Path, database_url: str, clock: Clock, cast: Cast) -> Iterator[App]:
    (tmp_path / "sink").mkdir()
    settings = {
        "ASSOCIATION_NAME": "Eken",
        "FROM_ADDRESS": "brev@eken.example",
        "CONTACT_ADDRESS": "kontakt@eken.example",
    }
    with (
        Sink(tmp_path / "sink", 0, now=lambda: NOON) as sink,
        office.opened(tmp_path, database_url, SINK_PORT=sink.port, **settings) as app,
    ):
        yield app


def give(app: App, who: int, role: RoleName, *, region: str | None = None, days: int | None = None) -> None:
    ends_on = None if days is None else TODAY + timedelta(days=days)
    with app.sessions.begin() as session:
        roles.give(session, scope=ALL, subscriber_id=who, role=role, region=region, ends_on=ends_on)


def set_address(app: App, address: str, *, region: str = "skane") -> None:
    with app.sessions.begin() as session:
        role_addresses.give(
            session, scope=ALL, region=region, address=address, reason="", actor="Kim", now=NOON
        )


def mails(app: App) -> list[EmailMessage]:
    """Every mail that has come to the sink, oldest first."""
    kept = [folder.read(app.paths.sink, each.name).raw for each in folder.messages(app.paths.sink)]
    return [email.message_from_bytes(raw, policy=email.policy.default) for raw in reversed(kept)]


def send(app: App, audience: Audience, purpose: ListPurpose = ListPurpose.NEWSLETTER) -> None:
    with app.sessions.begin() as session:
        issue = make_issue(session, (write("Kullen"), EVERYONE), purpose=purpose, audience=audience)
        scheduling.schedule(
            session, issue_id=issue.id, at="2030-03-01 13:05", zone="Europe/Stockholm", frame=app.frame(),
            pace=AT_ONCE, now=NOON,
        )  # fmt: skip


def send_all(app: App, clock: Clock) -> None:
    clock.now = NOON + timedelta(minutes=6)
    jobs.release_issues(app)
    with sending.open_sender(app) as sender:
        sending.send_due(sender, limit=100)


def heads(app: App) -> set[tuple[str, str]]:
    return {(m["From"].addresses[0].addr_spec, m["Reply-To"].addresses[0].addr_spec) for m in mails(app)}


def test_skanes_letter_comes_from_skanes_address_and_answers_go_there(
    app: App, clock: Clock, cast: Cast
) -> None:
    give(app, cast.anna, RoleName.REGIONAL_LEAD, region="skane")
    set_address(app, "skane@eken.example")
    send(app, Audience.of(["skane"]))

    send_all(app, clock)

    assert heads(app) == {("skane@eken.example", "skane@eken.example")}
    assert len(mails(app)) == 2  # Anna, and the one that Cecilia and David share


def test_a_letter_to_everyone_comes_from_the_association_and_answers_go_there(
    app: App, clock: Clock, cast: Cast
) -> None:
    give(app, cast.anna, RoleName.REGIONAL_LEAD, region="skane")
    set_address(app, "skane@eken.example")
    send(app, EVERYONE)

    send_all(app, clock)

    assert heads(app) == {("brev@eken.example", "kontakt@eken.example")}


def test_a_region_without_a_lead_falls_to_the_association(app: App, clock: Clock, cast: Cast) -> None:
    set_address(app, "skane@eken.example")
    send(app, Audience.of(["skane"]))

    send_all(app, clock)

    assert heads(app) == {("brev@eken.example", "kontakt@eken.example")}


def test_a_lead_who_left_after_the_letter_was_made_ready_is_not_answered_to(
    app: App, clock: Clock, cast: Cast
) -> None:
    give(app, cast.anna, RoleName.REGIONAL_LEAD, region="skane")
    set_address(app, "skane@eken.example")
    send(app, Audience.of(["skane"]))
    with app.sessions.begin() as session:
        lead = RoleName.REGIONAL_LEAD
        roles.take(session, scope=ALL, subscriber_id=cast.anna, role=lead, region="skane")

    send_all(app, clock)

    assert {reply for _, reply in heads(app)} == {"kontakt@eken.example"}


def test_nothing_leaves_this_machine_from_somebodys_own_address(
    tmp_path: Path, database_url: str, cast: Cast, clock: Clock
) -> None:
    real = {
        "SMTP_HOST": "smtp.eken.example",
        "BASE_URL": "https://brev.eken.example",
        "POSTAL_ADDRESS": "Box 1, 123 45 Eken",
        "CONTACT_ADDRESS": "Anna@lund.example",
    }
    with office.opened(tmp_path, database_url, **real) as app:
        with app.readers() as session, pytest.raises(SendingRefused, match="egen adress"):
            permitting.check_permitted(session, app.settings)
        with app.sessions.begin() as session:
            role_addresses.allow(
                session, scope=ALL, address="anna@lund.example", reason="Den är delad", actor="Kim", now=NOON
            )
        with app.readers() as session, pytest.raises(SendingRefused, match="avregistrerat"):
            permitting.check_permitted(session, app.settings)


# --- Roles that end -----------------------------------------------------------------------------------------


def remind(app: App) -> list[tuple[str, str]]:
    """Let the clock do its work; return to whom mails went, and about what."""
    before = len(mails(app))
    jobs.remind_of_roles(app)
    jobs.post_notes(app)
    return sorted((mail["To"].addresses[0].addr_spec, mail["Subject"]) for mail in mails(app)[before:])


def test_a_role_that_ends_is_told_to_its_holder_and_to_those_who_can_pass_it_on_and_once(
    app: App, clock: Clock, cast: Cast, tmp_path: Path, database_url: str
) -> None:
    give(app, cast.anna, RoleName.REGIONAL_LEAD, region="skane", days=31)
    give(app, cast.bo, RoleName.ADMINISTRATOR)
    give(app, cast.bo, RoleName.OFFICER)
    give(app, cast.hilma, RoleName.OFFICER)
    give(app, cast.farid, RoleName.TREASURER)
    assert remind(app) == [], "a month and a day is too soon"

    clock.now = NOON + timedelta(days=1)

    assert remind(app) == [
        ("anna@lund.example", "Ditt uppdrag som regionansvarig slutar den 1 april 2030"),
        ("bo@lulea.example", "Anna Åkesson slutar som regionansvarig den 1 april 2030"),
        ("hilma@borta.example", "Anna Åkesson ends as regional lead on 1 April 2030"),
    ]
    [told, *_] = [m for m in mails(app) if m["To"].addresses[0].addr_spec == "anna@lund.example"]
    text = told.get_body(("plain",)).get_content()
    assert "Region: Skåne" in text
    assert "Sista dag: 1 april 2030" in text
    assert told["Reply-To"].addresses[0].addr_spec == "kontakt@eken.example"

    clock.now = NOON + timedelta(days=2)
    assert remind(app) == []
    with office.opened(tmp_path, database_url, SINK_PORT=app.settings.sink_port) as restarted:
        assert jobs.remind_of_roles(restarted) == 0


def test_an_end_that_is_moved_is_reminded_of_anew(app: App, clock: Clock, cast: Cast) -> None:
    give(app, cast.anna, RoleName.REVIEWER, days=10)
    assert len(remind(app)) == 1

    give(app, cast.anna, RoleName.REVIEWER, days=60)
    assert remind(app) == []
    clock.now = NOON + timedelta(days=40)

    assert [to for to, _ in remind(app)] == ["anna@lund.example"]


def test_nobody_is_reminded_of_what_has_ended_or_of_the_dead(app: App, clock: Clock, cast: Cast) -> None:
    give(app, cast.anna, RoleName.REVIEWER, days=-1)
    give(app, cast.bo, RoleName.REVIEWER, days=5)
    with app.sessions.begin() as session:
        session.get_one(Subscriber, cast.bo).deceased_on = TODAY

    assert jobs.remind_of_roles(app) == 0


def test_an_address_that_bounces_gets_no_reminder_and_the_others_do(
    app: App, clock: Clock, cast: Cast
) -> None:
    give(app, cast.greta, RoleName.READER, days=5)
    give(app, cast.elsa, RoleName.ADMINISTRATOR, days=5)
    give(app, cast.anna, RoleName.ADMINISTRATOR)

    assert [to for to, _ in remind(app)] == ["anna@lund.example", "anna@lund.example"]
    with app.readers() as session:
        assert len(session.scalars(select(Note)).all()) == 2
