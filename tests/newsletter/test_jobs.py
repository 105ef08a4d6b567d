"""The jobs: release what is due, send it, and settle what dead senders left."""

import email
import email.policy
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsletter import bookkeeping, jobs, permitting, recovering, sending
from newsletter.app import App
from newsletter.core import journals
from newsletter.core.replies import Reply
from newsletter.errors import SendingRefused
from newsletter.mail import folder, journal
from newsletter.mail.journal import Journal
from newsletter.mail.sink import Sink
from newsletter.models import AddressFailure, Call, Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import claims, releases, settling
from subscribers.core.departures import everybody
from subscribers.core.tables import Reading
from subscribers.models import Address, Subscriber
from subscribers.services import departures
from subscribers.services.workbooks import read_file
from tests import office
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue


class Clock:
    def __init__(self) -> None:
        self.now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "sink").mkdir(exist_ok=True)
    with Sink(tmp_path / "sink", 0, now=lambda: NOON) as sink:
        yield sink


@pytest.fixture
def app(tmp_path: Path, database_url: str, sink: Sink, clock: Clock, cast: Cast) -> Iterator[App]:
    with office.opened(tmp_path, database_url, SINK_PORT=sink.port, ASSOCIATION_NAME="Eken") as app:
        yield app


@pytest.fixture
def issue_id(app: App, cast: Cast) -> int:
    with app.sessions.begin() as session:
        return set_issue(session, list_id=cast.newsletter, now=NOON)


def send_all(app: App) -> sending.Sent:
    with sending.open_sender(app) as sender:
        return sending.send_due(sender, limit=100)


def states(app: App, issue_id: int) -> dict[int, DeliveryState]:
    with app.readers() as session:
        return {who: row.state for who, row in rows(session, issue_id).items()}


def status(app: App, issue_id: int) -> IssueStatus:
    with app.readers() as session:
        return session.get_one(Issue, issue_id).status


# --- The clock ----------------------------------------------------------------------------------------------


def test_an_issue_whose_time_has_come_is_released(app: App, issue_id: int, clock: Clock) -> None:
    clock.now = NOON - timedelta(seconds=1)
    assert jobs.release_issues(app) == jobs.ReleaseReport([], [], [])

    clock.now = NOON
    report = jobs.release_issues(app)

    assert [released.queued for _, released in report.released] == [4]
    assert report.sentences("sv") == [
        "Nyhetsbrevet 1/2030 är släppt: 4 brev ligger i kön, 4 personer får inget eget."
    ]
    assert status(app, issue_id) is IssueStatus.RELEASED
    assert jobs.release_issues(app).released == []


def test_an_issue_that_is_far_too_late_asks_instead_of_going(app: App, issue_id: int, clock: Clock) -> None:
    clock.now = NOON + timedelta(minutes=120, seconds=1)

    report = jobs.release_issues(app)

    assert status(app, issue_id) is IssueStatus.MISSED
    assert report.released == []
    (told,) = report.sentences("sv")
    assert told.startswith("Nyhetsbrevet 1/2030 missade sin tid")
    assert f"rundbrev issues send {issue_id}" in told
    assert bookkeeping.is_done(app)


def test_an_issue_that_is_a_little_late_goes(app: App, issue_id: int, clock: Clock) -> None:
    clock.now = NOON + timedelta(minutes=120)

    jobs.release_issues(app)

    assert status(app, issue_id) is IssueStatus.RELEASED


def test_one_issues_trouble_does_not_keep_the_next_one_back(
    app: App, issue_id: int, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.sessions.begin() as session:
        good = set_issue(session, list_id=cast.newsletter, now=NOON)
    real = releases.release

    def fails_for_the_first(session: object, *, issue_id: int, **more: object) -> object:
        if issue_id != good:
            raise RuntimeError("the disk is full")
        return real(session, issue_id=issue_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(releases, "release", fails_for_the_first)

    report = jobs.release_issues(app)

    assert [due.issue_id for due, _ in report.released] == [good]
    assert "the disk is full" in report.sentences("sv")[1]
    assert status(app, issue_id) is IssueStatus.SCHEDULED


def test_of_three_processes_that_release_at_once_one_does(
    tmp_path: Path, database_url: str, app: App, issue_id: int
) -> None:
    program = (
        "import os, sys, time; from datetime import UTC, datetime; from pathlib import Path;"
        "from newsletter import jobs; from newsletter.app import App, build;"
        "from newsletter.settings import load;"
        "App.now = lambda self: datetime(2030, 3, 1, 12, tzinfo=UTC);"
        "app = build(load(Path(sys.argv[1])), migrate=False); print('ready', flush=True);"
        "sys.stdin.readline(); print(len(jobs.release_issues(app).released))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            env={"PATH": "", **office.environment(database_url)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    released = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sorted(released) == [0, 0, 1]
    assert len(states(app, issue_id)) == 8


# --- Sending ------------------------------------------------------------------------------------------------


def test_everyone_with_an_address_gets_their_letter_and_the_ledger_knows(
    app: App, issue_id: int, cast: Cast, tmp_path: Path
) -> None:
    jobs.release_issues(app)

    sent = send_all(app)

    assert sent == sending.Sent(claimed=4, accepted=4)
    letters = {
        mail["To"].addresses[0].addr_spec: mail
        for kept in folder.messages(tmp_path / "sink")
        for mail in [
            email.message_from_bytes(
                folder.read(tmp_path / "sink", kept.name).raw, policy=email.policy.default
            )
        ]
    }
    assert set(letters) == {
        "anna@lund.example",
        "bo@lulea.example",
        "familjen@lund.example",
        "hilma@borta.example",
    }
    shared = letters["familjen@lund.example"]
    assert shared.get_content().startswith("Hej Cecilia och David!")
    assert shared["Reply-To"] == "Eken <kontakt@forening.example>"
    with app.readers() as session:
        anna = rows(session, issue_id)[cast.anna]
    assert anna.state is DeliveryState.ACCEPTED
    assert anna.reply.startswith("250 2.0.0 Ok: kept as ")
    assert (anna.attempts, anna.settled_at) == (1, NOON)
    assert bookkeeping.is_done(app)
    assert list(app.paths.journal.iterdir()) == []


def test_each_trouble_stays_with_its_own_recipient(app: App, issue_id: int, cast: Cast) -> None:
    with app.sessions.begin() as session:
        for who, name in ((cast.anna, "tempfail"), (cast.bo, "permfail"), (cast.hilma, "drop")):
            for address in session.scalars(select(Address).where(Address.subscriber_id == who)):
                address.address = f"{name}@lund.example"
    jobs.release_issues(app)

    send_all(app)

    with app.readers() as session:
        found = rows(session, issue_id)
        # Who was refused for good is written down, and by the rules rung; who waits is not.
        assert [each.delivery_id for each in session.scalars(select(AddressFailure))] == [found[cast.bo].id]
        assert [each.subscriber_id for each in session.scalars(select(Call))] == [cast.bo]
    assert (found[cast.anna].state, found[cast.anna].due_at) == (
        DeliveryState.WAITING,
        NOON + timedelta(minutes=15),
    )
    assert found[cast.anna].reply == "451 4.7.1 Come back later"
    assert (found[cast.bo].state, found[cast.bo].why) == (DeliveryState.REFUSED, "refused-for-good")
    assert found[cast.hilma].state is DeliveryState.UNKNOWN
    assert found[cast.cecilia].state is DeliveryState.ACCEPTED
    assert not bookkeeping.is_done(app)


def test_a_letter_that_waits_goes_when_its_time_comes(
    app: App, issue_id: int, cast: Cast, clock: Clock
) -> None:
    with app.sessions.begin() as session:
        (address,) = session.scalars(select(Address).where(Address.subscriber_id == cast.anna))
        address.address = "tempfail@lund.example"
    jobs.release_issues(app)
    send_all(app)
    with app.sessions.begin() as session:
        rows(session, issue_id)[cast.anna].address = "anna@lund.example"

    assert send_all(app) == sending.Sent()
    clock.now = NOON + timedelta(minutes=15)
    assert send_all(app) == sending.Sent(claimed=1, accepted=1)

    with app.readers() as session:
        assert rows(session, issue_id)[cast.anna].attempts == 2


def test_a_name_that_no_mail_can_carry_costs_nobody_else_their_letter(
    app: App, issue_id: int, cast: Cast
) -> None:
    with app.sessions.begin() as session:
        session.get_one(Subscriber, cast.anna).given_name = "Anna\r\nBcc: alla@lund.example\r\n"
    jobs.release_issues(app)

    sent = send_all(app)

    assert (sent.claimed, sent.accepted) == (4, 3)
    with app.readers() as session:
        anna = rows(session, issue_id)[cast.anna]
    assert (anna.state, anna.why) == (DeliveryState.REFUSED, "unfit")
    assert "radbrytning" in anna.reply


def test_without_a_server_everything_waits_and_then_goes(
    app: App, issue_id: int, sink: Sink, clock: Clock
) -> None:
    jobs.release_issues(app)
    sink.stop()

    sent = send_all(app)
    assert (sent.claimed, sent.accepted) == (4, 0)
    assert "refused" in sent.trouble
    with app.readers() as session:
        waiting = [row for row in rows(session, issue_id).values() if row.state is DeliveryState.WAITING]
    assert [row.attempts for row in waiting] == [0] * 4

    sink.start()
    clock.now += settling.SHORTLY
    assert send_all(app).accepted == 4


def test_who_unsubscribes_before_the_letter_goes_gets_none(
    app: App, issue_id: int, cast: Cast, tmp_path: Path
) -> None:
    """P8."""
    jobs.release_issues(app)
    with app.sessions.begin() as session:
        from newsletter.services import deliveries

        deliveries.withdraw(
            session,
            scope=app.everything("a test"),
            subscriber_id=cast.anna,
            list_id=cast.newsletter,
            why="unsubscribed",
            now=NOON,
        )

    send_all(app)

    to = {each for kept in folder.messages(tmp_path / "sink") for each in kept.envelope.rcpt_tos}
    assert "anna@lund.example" not in to
    assert len(to) == 3


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SMTP_HOST": "smtp.example"}, "BASE_URL"),
        ({"SMTP_HOST": "smtp.example", "BASE_URL": "https://eken.example"}, "POSTAL_ADDRESS"),
        (
            {
                "SMTP_HOST": "smtp.example",
                "BASE_URL": "https://eken.example",
                "POSTAL_ADDRESS": "Box 1",
                "SMTP_SECURITY": "none",
            },
            "SMTP_SECURITY",
        ),
        ({"BASE_URL": "http://192.0.2.1:8040"}, "BASE_URL"),
        ({"ENVELOPE": "verp", "BOUNCE_ADDRESS": f"{'s' * 60}@eken.example"}, "BOUNCE_ADDRESS"),
    ],
)
def test_nothing_is_sent_by_settings_that_do_not_allow_it(
    tmp_path: Path, database_url: str, settings: dict[str, str], named: str
) -> None:
    """P5, L3."""
    with (
        office.opened(tmp_path, database_url, **settings) as app,
        pytest.raises(SendingRefused, match=named),
        sending.open_sender(app),
    ):
        pass
    assert list((tmp_path / "journal").iterdir()) == []


REAL = {"SMTP_HOST": "smtp.example", "BASE_URL": "https://eken.example", "POSTAL_ADDRESS": "Box 1"}


def test_nobody_is_written_to_for_real_until_those_who_have_left_are_known(
    tmp_path: Path, database_url: str, clock: Clock, cast: Cast
) -> None:
    with office.opened(tmp_path, database_url, **REAL) as app:
        with pytest.raises(SendingRefused, match="no-unsubscribed --by NAMN"), sending.open_sender(app):
            pass
        with app.sessions.begin() as session:
            departures.state_none(session, scope=app.everything("a test"), actor="Kim", now=NOON)
        with sending.open_sender(app):
            pass


def test_a_list_of_those_who_have_left_makes_them_known(
    tmp_path: Path, database_url: str, clock: Clock, cast: Cast
) -> None:
    with office.opened(tmp_path, database_url, **REAL) as app:
        with app.sessions.begin() as session:
            departures.suppress_departed(
                session,
                scope=app.everything("a test"),
                table=read_file("lämnat.csv", b"E-post\nnej@lund.example\n", Reading()),
                departures=everybody(),
                now=NOON,
            )
        permitting.check_sending(app)


# --- After a death ------------------------------------------------------------------------------------------


@pytest.fixture
def dies(app: App, issue_id: int, cast: Cast) -> Callable[[], tuple[str, dict[int, int]]]:
    """A sender that claims everything and dies: one letter accepted, one refused for now, one on the wire."""

    def die() -> tuple[str, dict[int, int]]:
        jobs.release_issues(app)
        name = journal.new_sender(app.paths.journal)
        living = Journal.open(app.paths.journal, name)
        with app.sessions.begin() as session:
            copies = claims.claim(session, sender=name, now=NOON, limit=100)
        ids = {copy.subscriber_id: copy.claim.delivery_id for copy in copies}
        living.write([journals.begun(ids[who], 1) for who in (cast.anna, cast.bo)])
        taken, put_off = Reply.of(250, "2.0.0 Ok: queued as 4F1"), Reply.of(451, "4.7.1 Later")
        living.write([journals.replied(ids[cast.anna], 1, taken), journals.replied(ids[cast.bo], 1, put_off)])
        living.write([journals.begun(ids[cast.cecilia], 1)])
        living.close(settled=False)
        return name, ids

    return die


def test_what_the_journal_proves_is_settled_and_only_the_wire_is_unknown(
    app: App, issue_id: int, cast: Cast, dies: Callable[[], object]
) -> None:
    dies()

    assert recovering.recover(app) == 4

    with app.readers() as session:
        found = rows(session, issue_id)
    assert (found[cast.anna].state, found[cast.anna].reply) == (
        DeliveryState.ACCEPTED,
        "250 2.0.0 Ok: queued as 4F1",
    )
    assert (found[cast.bo].state, found[cast.bo].attempts) == (DeliveryState.WAITING, 1)
    assert found[cast.cecilia].state is DeliveryState.UNKNOWN
    assert (found[cast.hilma].state, found[cast.hilma].attempts) == (DeliveryState.QUEUED, 0)
    assert list(app.paths.journal.iterdir()) == []
    assert recovering.recover(app) == 0


def test_after_a_restart_of_the_machine_what_is_not_written_is_unknown(
    app: App,
    issue_id: int,
    cast: Cast,
    dies: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dies()
    monkeypatch.setattr(journal, "boot_id", lambda: "another boot")

    recovering.recover(app)

    found = states(app, issue_id)
    assert found[cast.anna] is DeliveryState.ACCEPTED
    assert found[cast.cecilia] is found[cast.hilma] is DeliveryState.UNKNOWN


def test_a_lost_journal_makes_everything_that_its_sender_held_unknown(
    app: App, issue_id: int, cast: Cast, dies: Callable[[], tuple[str, object]]
) -> None:
    name, _ = dies()
    (app.paths.journal / f"{name}.log").unlink()
    with app.sessions.begin() as session:  # on PostgreSQL it may be of another machine, and have no lease
        session.execute(update(Delivery).values(claimed_at=app.now() - timedelta(minutes=11)))

    recovering.recover(app)

    assert Counter(states(app, issue_id).values())[DeliveryState.UNKNOWN] == 4


def test_a_living_sender_keeps_what_it_holds(app: App, issue_id: int) -> None:
    jobs.release_issues(app)
    with sending.open_sender(app) as sender:
        with app.sessions.begin() as session:
            claims.claim(session, sender=sender.name, now=NOON, limit=100)

        assert recovering.recover(app) == 0
        assert Counter(states(app, issue_id).values())[DeliveryState.SENDING] == 4

    # It went away without settling: its journal stays for whoever recovers it.
    assert len(list(app.paths.journal.iterdir())) == 1
    assert recovering.recover(app) == 4
    assert Counter(states(app, issue_id).values())[DeliveryState.QUEUED] == 4


def test_another_machines_sender_is_its_own_affair(app: App, issue_id: int) -> None:
    """On SQLite there is no other machine, whatever this one is called by now."""
    jobs.release_issues(app)
    with app.sessions.begin() as session:
        claims.claim(session, sender="elsewhere.0a0a0a0a~1~aa", now=NOON, limit=100)

    recovered = recovering.recover(app)

    assert recovered == (4 if app.engine.dialect.name == "sqlite" else 0)


def test_a_journal_of_a_sender_that_held_nothing_is_cleared_away(app: App) -> None:
    name = journal.new_sender(app.paths.journal)
    Journal.open(app.paths.journal, name).close(settled=False)

    assert recovering.recover(app) == 0
    assert list(app.paths.journal.iterdir()) == []


def test_a_sender_whose_ledger_fails_leaves_the_truth_in_its_journal(
    app: App, issue_id: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jobs.release_issues(app)

    def gone(*_: object, **__: object) -> int:
        raise RuntimeError("the database is gone")

    with monkeypatch.context() as broken:
        broken.setattr(settling, "settle", gone)
        with pytest.raises(RuntimeError):
            send_all(app)

    assert recovering.recover(app) == 4
    assert Counter(states(app, issue_id).values())[DeliveryState.ACCEPTED] == 4
    assert folder.count(tmp_path / "sink") == 4


def test_two_senders_at_once_send_every_letter_once(app: App, tmp_path: Path, cast: Cast) -> None:
    with app.sessions.begin() as session:
        office.crowd(session, [f"p{n}" for n in range(60)], now=NOON)
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
    jobs.release_issues(app)

    with sending.open_sender(app) as first, sending.open_sender(app) as second:
        while sending.send_due(first, limit=7).claimed + sending.send_due(second, limit=5).claimed:
            pass

    with app.readers() as session:
        ids = session.scalars(
            select(Delivery.id).where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.ACCEPTED)
        ).all()
    assert len(ids) == folder.count(tmp_path / "sink") == 64
