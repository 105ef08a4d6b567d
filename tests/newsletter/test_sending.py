"""A send that a person pauses or stops ends within a second, also what a sender holds; nobody is lost."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from newsletter import jobs, sending
from newsletter.app import App
from newsletter.bookkeeping import Books, Entry
from newsletter.core.replies import Reply
from newsletter.desk import Result
from newsletter.leases import Lease
from newsletter.mail import folder
from newsletter.mail.sink import Sink
from newsletter.models import Delivery, Issue, SendingPace
from newsletter.services import pacing, sendings, unknowns
from newsletter.services.pacing import Heard, Standing
from subscribers.core.authority import Everything
from subscribers.models import Subscription, Suppression, SuppressionReason
from tests import office
from tests.letterpress import set_issue
from tests.mailservers import CLOSE, ScriptedServer
from tests.newsletter.test_sender import wait_for

ALL = Everything("a test")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "sink").mkdir(exist_ok=True)
    clock = App.now
    with Sink(tmp_path / "sink", 0, now=lambda: clock(None)) as sink:  # type: ignore[arg-type]
        yield sink


@pytest.fixture
def app(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[App]:
    with office.opened(tmp_path, database_url, SINK_PORT=sink.port) as app:
        yield app


@pytest.fixture
def start(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **settings: object) -> subprocess.Popen[str]:
        process = office.start(
            "newsletter.sender", *arguments, directory=tmp_path, database_url=database_url,
            **{"SINK_PORT": sink.port, **settings},
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def release(app: App, names: list[str]) -> int:
    with app.sessions.begin() as session:
        list_id = office.crowd(session, names, now=app.now())
        issue_id = set_issue(session, list_id=list_id, now=app.now())
    jobs.release_issues(app)
    return issue_id


def states(app: App) -> Counter[str]:
    with app.readers() as session:
        return Counter(state.value for state in session.scalars(select(Delivery.state)))


def pause(app: App, issue_id: int) -> None:
    with app.sessions.begin() as session:
        sendings.pause(session, issue_id=issue_id, actor="Kim", now=app.now())


def resume(app: App, issue_id: int) -> None:
    with app.sessions.begin() as session:
        sendings.resume(session, issue_id=issue_id)


def test_a_sender_that_holds_a_batch_finishes_only_what_is_on_the_wire(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    issue_id = release(app, [f"slow.{n}" for n in range(30)])  # each takes the sink two seconds
    start(SMTP_CONNECTIONS=2)
    wait_for(lambda: states(app)["sending"] >= 4)

    pause(app, issue_id)
    wait_for(lambda: states(app)["sending"] == 0)

    on_the_wire = states(app)["accepted"]
    assert on_the_wire <= 4  # two connections, of which each may just have begun its next one
    assert states(app)["queued"] == 30 - on_the_wire
    assert folder.count(tmp_path / "sink") == on_the_wire


@office.on_sqlite
def test_a_sender_that_is_killed_in_a_paused_send_costs_nobody_their_letter(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    issue_id = release(app, [*(f"slow.{n}" for n in range(4)), *(f"p{n}" for n in range(40))])
    process = start(SMTP_CONNECTIONS=2)
    wait_for(lambda: states(app)["sending"] > 0)
    pause(app, issue_id)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    resume(app, issue_id)
    start("--until-done").communicate(timeout=60)

    found = states(app)
    assert found["queued"] == found["sending"] == found["waiting"] == 0
    assert found["accepted"] + found["unknown"] == 44  # unknown: what was on the wire at that instant
    assert found["unknown"] <= 2
    got = Counter(to for kept in folder.messages(tmp_path / "sink") for to in kept.envelope.rcpt_tos)
    assert set(got.values()) == {1}  # no second copy
    assert len(got) >= found["accepted"]


@office.on_sqlite
def test_regret_before_the_first_letter_leaves_no_mail_at_all(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    issue_id = release(app, [f"p{n}" for n in range(5)])
    with app.sessions.begin() as session:
        sendings.undo(session, issue_id=issue_id, now=app.now())

    start("--until-done").communicate(timeout=60)

    assert folder.count(tmp_path / "sink") == 0
    assert states(app) == {}


def test_who_leaves_while_a_sender_holds_their_letter_gets_none(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    """One connection, letters of two seconds each: the last of those held is far from the wire."""
    release(app, [f"slow.{n}" for n in range(6)])
    start(SMTP_CONNECTIONS=1)
    wait_for(lambda: states(app)["sending"] == 6)
    with app.sessions.begin() as session:
        last, other = session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(2)).all()
        subscription = session.scalars(
            select(Subscription).where(Subscription.subscriber_id == last.subscriber_id)
        ).one()
        subscription.active = False
        session.add(
            Suppression(canonical=other.canonical, reason=SuppressionReason.COMPLAINED, created_at=app.now())
        )

    wait_for(lambda: states(app)["withdrawn"] == 2, seconds=3)

    with app.readers() as session:
        why = {row.id: row.why for row in session.execute(select(Delivery.id, Delivery.why))}
    assert (why[last.id], why[other.id]) == ("unsubscribed", "suppressed")


def test_a_letter_sent_again_on_a_persons_word_is_the_same_message(tmp_path: Path, database_url: str) -> None:
    """The server took it and died before it said so: the second copy has the first one's Message-ID."""
    with (
        ScriptedServer({"END": [CLOSE, "250 2.0.0 Ok"]}) as server,
        office.opened(
            tmp_path, database_url, SMTP_HOST="127.0.0.1", SMTP_PORT=server.port, SMTP_SECURITY="none"
        ) as app,
    ):
        release(app, ["p1"])
        send(app)
        assert states(app) == {"unknown": 1}
        assert send(app) == 0  # never again by itself

        with app.sessions.begin() as session:
            letter = session.scalars(select(Delivery.id)).one()
            assert unknowns.send_again(session, scope=ALL, delivery_id=letter, now=app.now())
        send(app)

        assert states(app) == {"accepted": 1}
    first, second = (message_from_bytes(content)["Message-ID"] for _, content in server.messages)
    assert first == second is not None


def send(app: App) -> int:
    with sending.open_sender(app) as sender:
        return sending.send_due(sender, limit=9).claimed


# --- Pace ---------------------------------------------------------------------------------------------------


@office.on_sqlite
def test_no_more_goes_than_the_pace_lets_out(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    release(app, [f"p{n}" for n in range(12)])

    start(SEND_RATE="5/hour")

    wait_for(lambda: states(app)["accepted"] == 5)
    time.sleep(0.6)  # it has asked again by then
    assert states(app) == {"accepted": 5, "queued": 7}


@office.on_sqlite
def test_looking_for_letters_that_are_not_there_spends_no_room(tmp_path: Path, database_url: str) -> None:
    with office.opened(tmp_path, database_url, SEND_RATE="20/hour") as app:
        release(app, ["p1", "p2", "p3"])
        books = Books(app, "host~1~aa", Lease(app, "host~1~aa"))
        first = books.keep(Entry(wanted=15, relays=["r"]))
        results = [Result(copy.claim, Reply.of(250, "Ok"), copy.address, "r") for copy in first.news.copies]
        books.keep(Entry(results, wanted=15, relays=["r"]))

        with app.readers() as session:
            spent = session.get_one(SendingPace, pacing.OVERALL).spent
    assert len(first.news.copies) == sum(spent["buckets"]["hour"].values()) == 3


@office.on_sqlite
def test_letters_that_wait_for_their_receiver_keep_nobody_back(tmp_path: Path, database_url: str) -> None:
    """Where a whole claim is put off, the next one follows at once, until it comes to the others."""
    with office.opened(tmp_path, database_url, SEND_RATE="14/second") as app:
        release(app, ["p1", "p2", "p3"])
        with app.sessions.begin() as session:
            slow = Heard("p1@many.example", "r", Reply.of(421, "4.7.28 Unusual rate"))
            pacing.heard(session, [slow], standing=Standing(app.now()), now=app.now())
        books = Books(app, "host~1~aa", Lease(app, "host~1~aa"))

        rounds = [books.keep(Entry(wanted=1, relays=["r"])) for _ in range(4)]

    assert [page.has_more for page in rounds] == [True, True, True, False]
    assert [page.again_at for page in rounds] == [None] * 4
    assert not any(page.news.copies for page in rounds)


@office.on_sqlite
def test_a_newsletter_waits_for_morning_and_an_urgent_issue_does_not(
    app: App, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    release(app, ["p1", "p2"])
    urgent = release(app, ["p3"])
    with app.sessions.begin() as session:
        session.get_one(Issue, urgent).urgent = True
    hour = app.now().astimezone(ZoneInfo(app.settings.time_zone)).hour

    start(QUIET_HOURS=f"{(hour - 1) % 24}-{(hour + 2) % 24}")

    wait_for(lambda: states(app)["accepted"] == 3)  # the urgent issue reaches all three
    time.sleep(0.4)
    assert states(app) == {"accepted": 3, "queued": 2}


@office.on_sqlite
def test_a_receiver_that_wants_fewer_letters_rests_and_nobody_is_given_up(
    tmp_path: Path, database_url: str
) -> None:
    said = "450 4.7.28 Our system has detected an unusual rate of mail"
    with (
        ScriptedServer({"RCPT": [said]}) as server,
        office.opened(
            tmp_path, database_url, SMTP_HOST="127.0.0.1", SMTP_PORT=server.port, SMTP_SECURITY="none"
        ) as app,
    ):
        release(app, ["p1", "p2", "p3"])
        with sending.open_sender(app) as sender:
            sending.send_due(sender, limit=1)  # refused: the domain rests
            sending.send_due(sender, limit=9)

        with app.readers() as session:
            rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        assert {row.state.value for row in rows} == {"waiting"}
        assert all(row.due_at - app.now() > timedelta(minutes=9) for row in rows if row.due_at)
        assert sorted(row.attempts for row in rows) == [0, 0, 1]
        assert len(server.messages) == 0
