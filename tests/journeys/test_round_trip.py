"""Letters go out through a real Postfix to real mailboxes, and everything that comes back is understood.

    an issue -> Postfix -> Dovecot: one reads, one is not there, one is full, one leaves by an answer and one
    by the mailto link, one asks, one is away (Sieve) -> what they and the servers write -> Postfix
    -> LMTP, or a mailbox that is read over IMAP -> what follows

``docs/round-trip.md`` is what it came to. It is written anew by running this file with
``RUNDBREV_WRITE_DOCUMENTS=1`` in the environment.
"""

import os
import re
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from newsletter import doors, jobs, sending
from newsletter.app import App
from newsletter.core.inbound.kinds import What
from newsletter.models import Acknowledgement, AddressFailure, Delivery, InboundMail, Way
from newsletter.services import releases
from subscribers.core.authority import Everything
from subscribers.models import Address, ConsentEntry, RoleName, Suppression
from subscribers.services import roles
from tests import office
from tests.letterpress import set_issue
from tests.mailhosts import Dovecot, Person, Postfix, dovecot, free_ports, postfix, wait_for
from tests.office import on_sqlite
from tests.project import ROOT

DOCUMENT = ROOT / "docs" / "round-trip.md"
ALL = Everything("a test")

#: How the first issue's answers and reports came in, and the second's.
WAYS = (Way.LMTP, Way.MAILBOX)

#: Answers whatever comes, once a week, as careless programs do; Sieve's own rule leaves lists alone.
CARELESS = (
    'require ["vacation", "editheader"];\n'
    'deleteheader "List-Unsubscribe"; deleteheader "List-Unsubscribe-Post";\n'
    'vacation :days 7 :subject "Automatiskt svar" "Jag är ledig till den 10 mars.";\n'
)
CAREFUL = 'require ["vacation"];\nvacation :days 7 "Jag är ledig.";\n'

#: Who gets the first issue: the local part of their address, and what happens.
PEOPLE = {
    "anna": "is the association's officer, and reads it",
    "fragar": "asks how somebody else leaves",
    "borta": "has no mailbox any more",
    "full": "has a mailbox that is full",
    "nej": "answers “avsluta”",
    "lank": "uses the mailto link",
    "ledig": "is away, and a program answers whatever comes",
    "semester": "is away, and a program knows what a list is",
}
MAILBOXES = [
    Person("anna@many.example"),
    Person("full@many.example", octets=100),
    Person("fragar@many.example"),
    Person("nej@many.example"),
    Person("lank@many.example"),
    Person("ledig@many.example", sieve=CARELESS),
    Person("semester@many.example", sieve=CAREFUL),
    Person("studs@brevlada.example"),
]
SETTINGS = {
    "ASSOCIATION_NAME": "Eken",
    "FROM_ADDRESS": "nytt@eken.example",
    "CONTACT_ADDRESS": "kontakt@eken.example",
    "INBOUND_ADDRESS": "svar@eken.example",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_SECURITY": "none",
    "BASE_URL": "https://brev.eken.example",
}


@dataclass
class Town:
    """The mail servers, and where ours listens."""

    dovecot: Dovecot
    postfix: Postfix
    lmtp: int

    def write(self, sender: str, recipient: str, mail: EmailMessage) -> None:
        """Hand a person's mail to their mail server."""
        with smtplib.SMTP("127.0.0.1", self.postfix.port) as client:
            client.sendmail(sender, [recipient], mail.as_bytes())

    def mailbox(self, name: str) -> list[EmailMessage]:
        raw = self.dovecot.mails(f"{name}@many.example")
        return [message_from_bytes(each, policy=policy.default) for each in raw]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    smtp, lmtp = free_ports(2)
    with dovecot(MAILBOXES, relay=smtp) as box:
        ways = {"many.example": box.lmtp, "brevlada.example": box.lmtp, "eken.example": lmtp}
        transports = {domain: f"lmtp:inet:127.0.0.1:{port}" for domain, port in ways.items()}
        with postfix(transports, port=smtp) as relay:
            yield Town(box, relay, lmtp)
            print(relay.log, box.log, sep="\n")  # shown where something failed


def now() -> datetime:
    return datetime.now(UTC)


def send_issue(app: App, list_id: int) -> int:
    """Release an issue and hand all its letters to the relay; return its id."""
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=list_id, now=app.now(), regions=["skane"])
        releases.release(session, scope=ALL, issue_id=issue_id, now=app.now())
    with sending.open_sender(app) as sender:
        while sending.send_due(sender, limit=100).claimed:
            pass
    return issue_id


def working_until(app: App, condition: Callable[[], bool], what: str) -> None:
    """Let the clock's jobs run until something has come to pass."""

    def look() -> bool:
        jobs.take_in_mail(app)
        jobs.post_notes(app)
        return condition()

    wait_for(look, what)


def took(app: App) -> list[InboundMail]:
    with app.readers() as session:
        return list(session.scalars(select(InboundMail).order_by(InboundMail.id)))


def kinds(app: App) -> dict[What, int]:
    found = [row.kind for row in took(app)]
    return {kind: found.count(kind) for kind in found}


def answer(letter: EmailMessage, who: str, words: str) -> EmailMessage:
    """Answer as a mail program does: to Reply-To, with the thread, the letter quoted below."""
    reply = EmailMessage()
    reply["From"] = f"{who.capitalize()} <{who}@many.example>"
    reply["To"] = letter["Reply-To"]
    reply["Subject"] = f"SV: {letter['Subject']}"
    reply["In-Reply-To"] = reply["References"] = letter["Message-ID"]
    reply["Message-ID"] = f"<svar.{who}@many.example>"
    quoted = "\n".join(f"> {line}" for line in letter.get_content().splitlines())
    reply.set_content(f"{words}\n\n/{who.capitalize()}\n\nDen 1 mars skrev Eken:\n{quoted}\n")
    return reply


def mailto(letter: EmailMessage, who: str) -> tuple[str, EmailMessage]:
    """Use the mailto link of a letter, as a mail program does."""
    link = re.search(r"<mailto:([^?>]+)\?subject=([^>]+)>", letter["List-Unsubscribe"])
    assert link is not None
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{who}@many.example", unquote(link[1]), unquote(link[2])
    mail["Message-ID"] = f"<lank.{who}@many.example>"
    mail.set_content("")
    return unquote(link[1]), mail


def states(app: App, issue_id: int) -> dict[str, str]:
    with app.readers() as session:
        rows = session.execute(
            select(Address.address, Delivery.state, Delivery.why)
            .join(Address, Address.subscriber_id == Delivery.subscriber_id)
            .where(Delivery.issue_id == issue_id)
        )
        return {
            each.address.partition("@")[0]: f"{each.state.value} {each.why or ''}".strip() for each in rows
        }


def suppressed(app: App) -> dict[str, str]:
    with app.readers() as session:
        rows = session.scalars(select(Suppression))
        return {row.canonical.partition("@")[0]: row.reason.value for row in rows}


def said_no(app: App) -> list[str]:
    with app.readers() as session:
        return sorted(session.scalars(select(ConsentEntry.how).where(~ConsentEntry.given)))


def acknowledged(app: App) -> list[str]:
    with app.readers() as session:
        return sorted(session.scalars(select(Acknowledgement.canonical)))


@on_sqlite
def test_what_comes_back_from_real_servers_is_understood(
    town: Town, tmp_path: Path, database_url: str
) -> None:
    listening = {"BOUNCE_ADDRESS": "studs@eken.example", "ENVELOPE": "plus", "INBOUND_LMTP_PORT": town.lmtp}
    plain = {
        "BOUNCE_ADDRESS": "studs@brevlada.example", "ENVELOPE": "fixed", "INBOUND_IMAP_HOST": "127.0.0.1",
        "INBOUND_IMAP_PORT": town.dovecot.imap, "INBOUND_IMAP_SECURITY": "none",
        "INBOUND_IMAP_USER": "studs@brevlada.example", "INBOUND_IMAP_PASSWORD": "hemligt",
    }  # fmt: skip
    relay = {**SETTINGS, "SMTP_PORT": town.postfix.port}

    with office.opened(tmp_path, database_url, **relay, **listening) as app:
        first = _first_issue(app, town)
    with office.opened(tmp_path, database_url, **relay, **plain) as app:
        second = _second_issue(app, town)
        text = _document(app, first, second)

    if os.environ.get("RUNDBREV_WRITE_DOCUMENTS"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text("utf-8") == text, "write it anew: see the head of this test"


def _first_issue(app: App, town: Town) -> int:
    """By LMTP, with a token in the envelope."""
    with app.sessions.begin() as session:
        list_id = office.crowd(session, list(PEOPLE), now=app.now())
        anna = select(Address.subscriber_id).where(Address.canonical == "anna@many.example")
        officer = session.scalars(anna).one()
        roles.give(session, scope=ALL, subscriber_id=officer, role=RoleName.OFFICER)
    with doors.standing_open(app):
        issue_id = send_issue(app, list_id)
        assert set(states(app, issue_id).values()) == {"accepted"}, "Postfix takes all of them"

        came = {What.BOUNCE: 2, What.AUTOMATIC: 1}
        working_until(app, lambda: kinds(app) == came, "for two reports and an automatic reply")
        for who in ("nej", "lank", "fragar", "semester", "anna"):
            wait_for(lambda who=who: len(town.mailbox(who)) == 1, f"for the letter to {who}")
        letter = town.mailbox("nej")[0]
        town.write("nej@many.example", "kontakt@eken.example", answer(letter, "nej", "Avsluta"))
        town.write("lank@many.example", *mailto(town.mailbox("lank")[0], "lank"))
        working_until(app, lambda: kinds(app).get(What.UNSUBSCRIBE) == 2, "for both who leave")
        asked = answer(town.mailbox("fragar")[0], "fragar", "Hur gör en kollega för att avsluta?")
        town.write("fragar@many.example", "kontakt@eken.example", asked)
        twice = ("lank", "nej", "anna")
        working_until(app, lambda: all(len(town.mailbox(who)) == 2 for who in twice), "for the notes")
        wait_for(town.postfix.queue_is_empty, "for Postfix to be done")
        jobs.take_in_mail(app)

    gone = "refused bounced"
    assert states(app, issue_id) == {
        "anna": "accepted", "borta": gone, "full": gone, "nej": "accepted", "lank": "accepted",
        "fragar": "accepted", "ledig": "accepted", "semester": "accepted",
    }  # fmt: skip
    assert suppressed(app) == {"borta": "bounced"}
    assert said_no(app) == ["mailto", "reply"]
    assert acknowledged(app) == ["lank@many.example", "nej@many.example"]
    assert kinds(app) == {What.BOUNCE: 2, What.AUTOMATIC: 1, What.UNSUBSCRIBE: 2, What.REPLY: 1}
    assert {row.way for row in took(app)} == {Way.LMTP}
    for who in ("nej", "lank"):
        told = town.mailbox(who)[1]
        assert (told["Return-Path"], told["Auto-Submitted"]) == ("<>", "auto-replied")
        assert told["To"].addresses[0].addr_spec == f"{who}@many.example"
        assert told["From"].addresses[0].addr_spec == "nytt@eken.example"
    forwarded = town.mailbox("anna")[1]
    assert forwarded["Reply-To"].addresses[0].addr_spec == "fragar@many.example"
    assert forwarded["From"].addresses[0].addr_spec == "nytt@eken.example"
    assert "Hur gör en kollega" in forwarded.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert [len(town.mailbox(who)) for who in ("fragar", "ledig", "semester")] == [1, 1, 1]
    return issue_id


def _second_issue(app: App, town: Town) -> int:
    """With a plain mailbox for reports, and nothing in the envelope that says whose letter it was."""
    with app.sessions.begin() as session:
        list_id = office.crowd(session, ["flyttat"], now=app.now())
    before = len(took(app))
    with doors.standing_open(app):
        issue_id = send_issue(app, list_id)
        working_until(app, lambda: len(took(app)) >= before + 3, "for the reports in the mailbox")
        wait_for(town.postfix.queue_is_empty, "for Postfix to be done")

    assert states(app, issue_id) == {
        "anna": "accepted", "borta": "left-out suppressed", "full": "refused bounced",
        "nej": "left-out unsubscribed", "lank": "left-out unsubscribed", "ledig": "accepted",
        "fragar": "accepted", "semester": "accepted", "flyttat": "refused bounced",
    }  # fmt: skip
    assert suppressed(app) == {"borta": "bounced", "flyttat": "bounced"}
    assert {row.way for row in took(app)[before:]} == {Way.MAILBOX}
    assert said_no(app) == ["mailto", "reply"]
    assert acknowledged(app) == ["lank@many.example", "nej@many.example"]
    return issue_id


HEAD = """# A round trip with real mail servers

What came back when two issues went out through Postfix to Dovecot, on one machine: the first with reports
and answers by LMTP and a token in the envelope, the second with a plain mailbox that is read over IMAP and an
envelope that tells nothing.
A test does it anew each time (`tests/journeys/test_round_trip.py`) and compares it with this page.

"""


def _document(app: App, *issue_ids: int) -> str:
    """Return what came of it: what does not change from one run to the next."""
    lines = [HEAD]
    with app.readers() as session:
        for number, (issue_id, way) in enumerate(
            zip(issue_ids, (Way.LMTP, Way.MAILBOX), strict=True), start=1
        ):
            lines.append(f"## Issue {number}\n\n| letter to | who | the ledger says |\n|---|---|---|\n")
            lines += [
                f"| {who}@many.example | {PEOPLE.get(who, 'has moved, nobody knows where')} | {state} |\n"
                for who, state in sorted(states(app, issue_id).items())
            ]
            lines.append("\n| came by | what it is | about | done |\n|---|---|---|---|\n")
            rows = session.scalars(select(InboundMail).where(InboundMail.way == way)).all()
            lines += sorted(
                f"| {way.value} | {row.kind.value} | {_whose(session, row)} | {row.outcome or 'filed'} |\n"
                for row in rows
            )
            lines.append("\n")
        lines.append(
            "## What the servers said\n\n| address | kind | status | in their words |\n|---|---|---|---|\n"
        )
        failures = session.scalars(select(AddressFailure).order_by(AddressFailure.canonical)).all()
        lines += dict.fromkeys(
            f"| {row.canonical} | {row.kind.value} | {row.status} | {_words(row.diagnostic)} |\n"
            for row in failures
        )
    lines.append("\n## In the end\n\n")
    lines.append(
        f"- suppressed: {', '.join(f'{who} ({why})' for who, why in sorted(suppressed(app).items()))}\n"
    )
    lines.append(f"- said no in the ledger of consents, by: {', '.join(said_no(app))}\n")
    lines.append(f"- were answered by a machine, once: {', '.join(acknowledged(app))}\n")
    return "".join(lines)


def _whose(session: object, row: InboundMail) -> str:
    found = session.scalars(select(Address.address).where(Address.subscriber_id == row.subscriber_id))  # type: ignore[attr-defined]
    return ", ".join(found)


def _words(said: str) -> str:
    return re.sub(r"\s+", " ", said).replace("|", "/").replace("<", "").replace(">", "")
