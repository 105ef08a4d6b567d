"""kill -9 at any moment loses no mail that we said yes to, and applies none twice (real processes)."""

import json
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.app import build
from newsletter.core.inbound.mail import read
from newsletter.mail import spool
from newsletter.models import InboundMail, Note
from newsletter.settings import load
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import ConsentEntry
from tests import office
from tests.conftest import NOON
from tests.mailhosts import wait_for
from tests.mortal import POINTS
from tests.office import on_sqlite

PEOPLE = [f"p{number}" for number in range(6)]
#: A message costs two calls: for its content, and for the folder's names.
OF_THE_THIRD_MAIL = {"file not on the disk": 5, "file on the disk": 5}


class Mortals:
    """Processes that can be started, and that die (see ``tests.mortal``)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mortal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def at(self, directory: Path, database_url: str) -> "Mortals":
        self._place = {"dir": str(directory), "url": database_url}
        return self

    def ask(self, **said: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(said | self._place), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture(scope="module")
def started() -> Iterator[Mortals]:
    started = Mortals()
    yield started
    started.close()


@pytest.fixture
def mortals(started: Mortals, tmp_path: Path, database_url: str) -> Mortals:
    return started.at(tmp_path, database_url)


@pytest.fixture
def mails(sessions: sessionmaker[Session], tmp_path: Path, database_url: str) -> dict[str, bytes]:
    """A mail by which each of some people leaves the list, by their subject."""
    with sessions.begin() as session:
        list_id = office.crowd(session, PEOPLE, now=NOON)
        people = session.execute(select(office.Address.canonical, office.Address.subscriber_id)).all()
    with build(load(tmp_path, office.environment(database_url)), migrate=False) as app:
        ring = app.keyring
    found = {}
    for address, subscriber_id in people:
        token = tokens.make(ring, Purpose.LETTERS, subscriber_id, list_id, 0)
        found[token] = (
            f"From: {address}\r\nTo: svar@eken.example\r\nSubject: {token}\r\n"
            f"Message-ID: <{subscriber_id}@many.example>\r\n\r\n"
        ).encode()
    return found


def hand_over(port: int, mails: dict[str, bytes]) -> set[str]:
    """Hand mails over as a mail server does, until the other side dies; return those it said yes to."""
    taken: set[str] = set()
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
            for subject, raw in mails.items():
                client.sendmail("a@many.example", ["svar@eken.example"], raw)
                taken.add(subject)
    except (OSError, smtplib.SMTPException):
        pass
    return taken


def subjects(sessions: sessionmaker[Session]) -> list[str]:
    """Return the subjects as they came: the column has none of our tokens."""
    with sessions() as session:
        return sorted(read(raw).subject for raw in session.scalars(select(InboundMail.raw)))


def check(
    mortals: Mortals, folder: Path, sessions: sessionmaker[Session], mails: dict[str, bytes], taken: set[str]
) -> None:
    """Start anew: what was taken is applied; what was not comes again; in the end each counts once."""
    alive = mortals.ask(do="serve", die=None)
    wait_for(lambda: not spool.waiting(folder), "for the spool to empty")
    assert taken <= set(subjects(sessions)), "a mail that we said yes to is lost"
    again = {subject: raw for subject, raw in mails.items() if subject not in taken}
    some_twice = dict(list(mails.items())[:2])
    assert hand_over(alive["port"], again | some_twice) == {*again, *some_twice}
    wait_for(lambda: not spool.waiting(folder), "for the spool to empty")
    wait_for(lambda: subjects(sessions) == sorted(mails))
    os.kill(alive["pid"], signal.SIGKILL)
    assert mortals.ask(do="end", pid=alive["pid"]) == {"status": -signal.SIGKILL}
    with sessions() as session:
        said_no = session.scalars(select(func.count(ConsentEntry.id))).one()
        told = session.scalars(select(func.count(Note.id)).where(Note.kind == "left")).one()
    assert (said_no, told) == (len(mails), len(mails))


@on_sqlite
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_step_it_loses_nothing_and_applies_nothing_twice(
    mortals: Mortals, tmp_path: Path, sessions: sessionmaker[Session], mails: dict[str, bytes], point: str
) -> None:
    mortal = mortals.ask(do="serve", die=[point, OF_THE_THIRD_MAIL.get(point, 3)])
    taken = hand_over(mortal["port"], mails)
    assert mortals.ask(do="end", pid=mortal["pid"]) == {"status": -signal.SIGKILL}

    check(mortals, tmp_path / "inbound", sessions, mails, taken)


@on_sqlite
def test_killed_at_moments_of_chance_it_loses_nothing_and_applies_nothing_twice(
    mortals: Mortals, tmp_path: Path, sessions: sessionmaker[Session], mails: dict[str, bytes]
) -> None:
    taken: set[str] = set()
    chance = random.Random(4711)
    for _ in range(25):
        mortal = mortals.ask(do="serve", die=None)
        killing = threading.Timer(chance.uniform(0, 0.08), os.kill, (mortal["pid"], signal.SIGKILL))
        killing.start()
        taken |= hand_over(mortal["port"], {s: raw for s, raw in mails.items() if s not in taken})
        killing.join()
        mortals.ask(do="end", pid=mortal["pid"])

    check(mortals, tmp_path / "inbound", sessions, mails, taken)


@on_sqlite
def test_a_pipe_that_is_killed_leaves_the_mail_with_the_mail_server(
    mortals: Mortals, tmp_path: Path, sessions: sessionmaker[Session], mails: dict[str, bytes]
) -> None:
    """Whatever exit status but 0 a mail server sees, it has the mail still and tries again."""
    taken: set[str] = set()
    deaths = ["file not on the disk", "file on the disk", "renamed", "in the spool, not answered"]
    for number, (subject, raw) in enumerate(mails.items()):
        file = tmp_path / f"{number}.eml"
        file.write_bytes(raw)
        die = [deaths[number], 1] if number < len(deaths) else None
        status = mortals.ask(do="pipe", die=die, file=str(file))["status"]
        assert status == (-signal.SIGKILL if die else 0)
        if die:  # the mail server's next try
            assert mortals.ask(do="pipe", die=None, file=str(file))["status"] == 0
        taken.add(subject)
    assert len(spool.waiting(tmp_path / "inbound")) == len(mails)

    check(mortals, tmp_path / "inbound", sessions, mails, taken)


@on_sqlite
def test_the_memory_of_the_process_does_not_grow_by_the_mail(
    mortals: Mortals, tmp_path: Path, sessions: sessionmaker[Session], mails: dict[str, bytes]
) -> None:
    alive = mortals.ask(do="serve", die=None)

    def octets() -> int:
        pages = Path(f"/proc/{alive['pid']}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def many(start: int, count: int) -> None:
        body = b"x" * 200_000 + b"\r\n"
        head = b"From: a@b.example\r\nSubject: %d\r\n\r\n"
        hand_over(alive["port"], {str(n): head % n + body for n in range(start, start + count)})
        wait_for(lambda: not spool.waiting(tmp_path / "inbound"), "for the spool to empty")

    many(0, 20)
    before = octets()
    many(100, 40)
    assert octets() - before < 4 * 1024 * 1024, "of 8 MB of mail"
    os.kill(alive["pid"], signal.SIGKILL)
    mortals.ask(do="end", pid=alive["pid"])
