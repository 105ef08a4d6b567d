"""How fast incoming mail is taken in, what it holds in memory, and what hostile mail costs.

    python benchmarks/inbound.py [MAILS]       mails of all kinds, 10,000 unless told
    python benchmarks/inbound.py MAILS --read  classified only, and what it holds in memory
    python benchmarks/inbound.py --hostile     each bait at 10 MB, in a process of its own

Mails are generated: reports of servers, answers with what they answer, wishes to leave, automatic replies.
Each is taken from the spool, classified, written down and acted on, a few in a transaction, in SQLite in a
file, as the job does it. Beside it Python's own parser reads the same mails and does nothing with them.
Seconds are the processor's but where the clock is named. No limit is tested here: machines differ.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email.parser import BytesParser
from email.policy import compat32
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import text

from newsletter import receiving
from newsletter.app import App, build
from newsletter.core.inbound.classifying import classify
from newsletter.core.inbound.fingerprints import fingerprint
from newsletter.mail import spool
from newsletter.mail.spool import Envelope
from newsletter.models import Delivery
from newsletter.permitting import house_of
from newsletter.services import releases
from newsletter.settings import load
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from tests.cast import settle_in
from tests.letterpress import rows, set_issue
from tests.newsletter.core.inbound.hostile import HOSTILE, SIZE
from tests.office import crowd

PEOPLE = 2_000
BATCH = 500
GOAL = 300
HOSTILE_SECONDS, HOSTILE_MEGABYTES = 1, 100
LETTER = "> Äppelträden står i blom, och på lördag ses vi i trädgården klockan tio för att räkna bin.\n" * 60
AUTOMATIC = "Auto-Submitted: auto-replied\r\n"
SAID = (
    "Tack för brevet! När är mötet, och var? Jag tar gärna med kaffe.",
    "Vilken sort är bäst om man har lerjord?\n\nMvh\nÅsa",
    "Jag har bytt mejladress till ny@annan.example.",
)
WISHES = (
    "Avregistrera mig tack",
    "Hej! Jag hinner inte läsa brevet längre, så ni kan ta bort mig från listan.\n\nHälsningar Åsa",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail and its envelope."""

    raw: bytes
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What of a letter's own marks comes back."""

    number: int
    address: str
    envelope: str
    message: str


def main() -> None:
    """Measure and print."""
    if "--hostile" in sys.argv:
        _all_hostile()
    elif "--one" in sys.argv:
        _one_hostile(sys.argv[-1])
    else:
        _speed(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)


def _speed(mails: int) -> None:
    with tempfile.TemporaryDirectory() as folder, build(load(Path(folder), {})) as app:
        letters = _letters(app)
        sample = list(islice(_mails(letters), 2_000))
        octets = sum(len(each.raw) for each in sample) / len(sample)
        print(f"mails of {octets / 1024:.1f} KB on average, {app.engine.dialect.name}; goal {GOAL} mails/s")
        bare = _bare(sample)
        print(f"{'Python parser alone':40} {bare:8,.0f} mails/s")
        only = len(sample) / _classify(app, sample)[0]
        print(f"{'classified':40} {only:8,.0f} mails/s {bare / only:6.1f} x the parser's time")
        work = _classify if "--read" in sys.argv else _taken_in
        done, processor, clock = 0, 0.0, 0.0
        for mark in [n for n in (1_000, 10_000, 100_000) if n < mails] + [mails]:
            while done < mark:
                took = work(app, list(islice(_mails(letters, start=done), min(BATCH, mark - done))))
                done, processor, clock = done + min(BATCH, mark - done), processor + took[0], clock + took[1]
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{f'{work.__name__[1:]}: {done:,}':40} {done / processor:8,.0f} mails/s of the processor, "
                f"{done / clock:,.0f} by the clock; {held:.0f} MB at most",
                flush=True,
            )


def _letters(app: App) -> Sequence[Letter]:
    """Send an issue to a crowd, and return what of each letter comes back."""
    now = app.now()
    with app.sessions.begin() as session:
        settle_in(session, now=now)
        list_id = crowd(session, [f"p{number}" for number in range(PEOPLE)], now=now)
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=list_id, now=now)
        scope = app.everything("a benchmark")
        releases.release(session, scope=scope, issue_id=issue_id, now=now)
        session.execute(text("UPDATE deliveries SET state = 'accepted', attempts = 1"))
        return [_letter(app, each) for each in rows(session, issue_id).values()]


def _letter(app: App, delivery: Delivery) -> Letter:
    def token(purpose: Purpose) -> str:
        return tokens.make(app.keyring, purpose, delivery.id)

    return Letter(delivery.id, delivery.address, token(Purpose.ENVELOPE), token(Purpose.MESSAGE))


def _mails(letters: Sequence[Letter], start: int = 0) -> Iterator[Sent]:
    """Give mails without end, as they come after an issue has gone out.

    Of twenty, nine are reports, seven automatic replies, three answers, and one is a wish to leave.
    """
    number = start
    while True:
        letter = letters[number % len(letters)]
        kind = number % 20
        if kind < 9:
            yield _report(letter, number)
        elif kind < 16:
            yield _answer(letter, number, "Jag är tillbaka den 3 juni.", AUTOMATIC, "")
        else:
            said = WISHES if kind == 19 else SAID
            yield _answer(letter, number, said[number // 20 % len(said)], "", letter.address)
        number += 1


def _report(letter: Letter, number: int) -> Sent:
    happened = "delayed" if number % 3 == 2 else "failed"
    status, said = (("5.1.1", "User unknown"), ("5.2.2", "Mailbox full"), ("4.4.7", "expired"))[number % 3]
    raw = (
        f"Received: from mx.annan.example\r\nFrom: MAILER-DAEMON@mx.annan.example\r\n"
        f"Subject: Undelivered Mail\r\nMessage-ID: <{number}@mx.annan.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.annan.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.address}\r\nAction: {happened}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} {said}\r\n\r\n--b\r\n"
        "Content-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{letter.message}@brev.example>\r\n\r\n--b--\r\n"
    )
    return Sent(raw.encode(), "", f"studs+{letter.envelope}@brev.example")


def _answer(letter: Letter, number: int, said: str, fields: str, sender: str) -> Sent:
    raw = (
        f"From: Åsa <{letter.address}>\r\nTo: svar@brev.example\r\nSubject: Re: Sommarbrev\r\n{fields}"
        f"Message-ID: <{number}@annan.example>\r\nIn-Reply-To: <{letter.message}@brev.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{said}\r\n\r\n"
        f"Den 3 mars 2030 kl. 10:00 skrev Föreningen <nytt@brev.example>:\r\n{LETTER}"
    )
    return Sent(raw.encode(), sender, "svar@brev.example")


def _bare(sample: Sequence[Sent]) -> float:
    started = process_time()
    for each in sample:
        BytesParser(policy=compat32).parsebytes(each.raw)
    return len(sample) / (process_time() - started)


def _classify(app: App, mails: Sequence[Sent]) -> tuple[float, float]:
    """Return the seconds that it takes to tell what mails are: processor, clock."""
    ours = receiving.ours(app.settings)
    clock, processor = perf_counter(), process_time()
    for each in mails:
        classify(
            each.raw,
            sender=each.sender,
            recipients=[each.recipient],
            ours=ours,
            ring=app.keyring,
            today=date(2030, 6, 1),
        )
    return process_time() - processor, perf_counter() - clock


def _taken_in(app: App, mails: Sequence[Sent]) -> tuple[float, float]:
    """Put mails into the spool, and return the seconds that taking them in takes: processor, clock."""
    came = app.now() - timedelta(seconds=1)
    app.paths.inbound.mkdir(parents=True, exist_ok=True)
    for each in mails:
        envelope = Envelope(each.sender, [each.recipient], "lmtp", came)
        # As spool.put does, without waiting for the disk: that is the listener's time.
        name = f"{came.strftime('%Y%m%dT%H%M%S%f')}Z-{fingerprint(each.raw)}.mail"
        (app.paths.inbound / name).write_bytes(spool._head(envelope) + each.raw)
    settings = app.current()
    clock, processor = perf_counter(), process_time()
    receiving.take_in(app, house=house_of(settings), settings=settings, limit=BATCH)
    return process_time() - processor, perf_counter() - clock


def _all_hostile() -> None:
    worst: list[tuple[float, float, str]] = []
    for kind in HOSTILE:
        command = [sys.executable, __file__, "--one", kind]
        seconds, megabytes = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.split()
        worst.append((float(seconds), float(megabytes), kind))
    print(f"{len(worst)} baits; goals {HOSTILE_SECONDS} s and {HOSTILE_MEGABYTES} MB; the slowest ten:")
    for seconds, megabytes, kind in sorted(worst, reverse=True)[:10]:
        print(f"{kind:40} {seconds:6.2f} s {megabytes:6.0f} MB")
    print(f"at most {max(megabytes for _, megabytes, _ in worst):.0f} MB")


def _one_hostile(kind: str) -> None:
    """Print the seconds of the processor, and the megabytes beyond the mail itself."""
    from newsletter.core.inbound.classifying import Addresses
    from subscribers.core.tokens import Keyring

    def go(raw: bytes) -> None:
        classify(
            raw,
            sender="",
            recipients=["svar@brev.example"],
            ours=Addresses(bounces="studs@brev.example"),
            ring=Keyring((b"x" * 32,)),
            today=date(2030, 6, 1),
        )

    go(b"From: a@b.example\nSubject: Re: x\n\navregistrera mig")  # the patterns are made
    go(b"From: MAILER-DAEMON@b.example\nSubject: failure notice\n\n<a@b.example>: 550 no")
    raw = HOSTILE[kind](SIZE)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
    go(raw)
    took = process_time() - started
    print(took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


if __name__ == "__main__":
    main()
