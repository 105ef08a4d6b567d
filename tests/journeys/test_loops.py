"""Machines that answer machines stop at once: two of our systems, and ours against programs that never do.

Everything is real but the distance: databases, sinks on sockets, the spool and the jobs. A post office
carries each mail from a sink to whoever's it is, until nobody has anything to send.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import jobs, sending
from newsletter.app import App
from newsletter.core.inbound.kinds import What
from newsletter.mail import folder, spool
from newsletter.mail.sink import Sink
from newsletter.models import InboundMail, Note
from newsletter.services import releases
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose
from subscribers.models import Address, RoleName, Subscription
from subscribers.services import roles
from tests import office
from tests.cast import Cast, settle_in
from tests.conftest import NOON
from tests.incoming import written
from tests.letterpress import set_issue

ALL = Everything("a test")
pytestmark = office.on_sqlite

#: A mail on its way: the envelope's sender and recipient, and the octets.
Mail = tuple[str, str, bytes]


class Clock:
    now: datetime = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


@dataclass
class System:
    """One of our installations. Bo is its officer; Anna's address is what the test says."""

    app: App
    domain: str
    cast: Cast
    seen: set[str] = field(default_factory=set)

    def takes(self, mail: Mail) -> None:
        sender, recipient, raw = mail
        spool.put(self.app.paths.inbound, raw, spool.Envelope(sender, (recipient,), "lmtp", self.app.now()))

    def sends(self) -> list[Mail]:
        """Let the clock do its work once, and return the mails that have gone since the last time."""
        jobs.take_in_mail(self.app)
        jobs.post_notes(self.app)
        with sending.open_sender(self.app) as sender:
            while sending.send_due(sender, limit=100).claimed:
                pass
        fresh = [each for each in folder.messages(self.app.paths.sink) if each.name not in self.seen]
        self.seen |= {each.name for each in fresh}
        return [
            (
                each.envelope.mail_from.strip("<>"),
                each.envelope.rcpt_tos[0],
                folder.read(self.app.paths.sink, each.name).raw,
            )
            for each in reversed(fresh)
        ]

    def release(self) -> None:
        with self.app.sessions.begin() as session:
            issue_id = set_issue(session, list_id=self.cast.newsletter, now=self.app.now())
            releases.release(session, scope=ALL, issue_id=issue_id, now=self.app.now())

    def took(self) -> list[tuple[What, str]]:
        with self.app.readers() as session:
            return [(row.kind, row.outcome) for row in session.scalars(select(InboundMail))]

    def notes(self) -> list[str]:
        with self.app.readers() as session:
            return list(session.scalars(select(Note.kind).order_by(Note.id)))

    def gets_it(self, person: int) -> bool:
        with self.app.readers() as session:
            return session.get_one(Subscription, (person, self.cast.newsletter)).active


@pytest.fixture
def open_system(
    tmp_path: Path, sqlite_template: Path, database_url: str, clock: Clock
) -> Iterator[Callable[[str, str], System]]:
    with ExitStack() as stack:

        def open_one(domain: str, anna: str) -> System:
            home = tmp_path / domain
            (home / "sink").mkdir(parents=True)
            (home / "rundbrev.db").write_bytes(sqlite_template.read_bytes())
            sink = stack.enter_context(Sink(home / "sink", 0, now=lambda: clock.now))
            app = stack.enter_context(
                office.opened(
                    home, f"sqlite:///{home / 'rundbrev.db'}", SINK_PORT=sink.port, ASSOCIATION_NAME=domain,
                    FROM_ADDRESS=f"svar@{domain}", CONTACT_ADDRESS=f"svar@{domain}",
                    INBOUND_ADDRESS=f"svar@{domain}", BOUNCE_ADDRESS=f"studs@{domain}", ENVELOPE="plus",
                )
            )  # fmt: skip
            with app.sessions.begin() as session:
                cast = settle_in(session, now=clock.now)
                roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
                for row in session.scalars(select(Address).where(Address.subscriber_id == cast.anna)):
                    row.address = row.canonical = anna
            return System(app, domain, cast)

        yield open_one


class Responder:
    """A vacation program that obeys no rule: it answers whatever comes, as if its owner had written it."""

    def __init__(self, address: str, says: str, *, threads: bool = True) -> None:
        self.address, self.says, self.threads, self.number = address, says, threads, 0

    def answer(self, mail: Mail) -> Mail:
        self.number += 1
        sender, _, raw = mail
        got = message_from_bytes(raw, policy=policy.default)
        to = sender or parseaddr(got["Reply-To"] or got["From"])[1]
        answer = EmailMessage()
        answer["From"], answer["To"], answer["Subject"] = self.address, to, f"Re: {got['Subject']}"
        answer["Message-ID"] = f"<{self.number}.{self.address}>"
        if self.threads:
            answer["In-Reply-To"] = got["Message-ID"]
        answer.set_content(self.says)
        return self.address, to, answer.as_bytes()


def carry(
    systems: Sequence[System],
    responders: Sequence[Responder] = (),
    *,
    days: int = 1,
    clock: Clock | None = None,
) -> list[tuple[str, str]]:
    """Carry mails until nobody sends any more; return (from whose domain, to whom) of what went out.

    Over several days every answer of a responder comes a day late.
    """
    went: list[tuple[str, str]] = []
    for _ in range(days):
        late: list[Mail] = []
        for _round in range(20):
            mails = [(system, mail) for system in systems for mail in system.sends()]
            if not mails:
                break
            for system, mail in mails:
                went.append((system.domain, mail[1]))
                for other in (each for each in systems if mail[1].endswith(f"@{each.domain}")):
                    other.takes(mail)
                answers = [each.answer(mail) for each in responders if each.address == mail[1]]
                if days > 1:
                    late += answers
                    continue
                for answer in answers:
                    _deliver(systems, answer)
        else:
            raise AssertionError(f"they never stop: {went}")
        if clock is not None:
            clock.now += timedelta(days=1)
        for answer in late:
            _deliver(systems, answer)
    return went


def _deliver(systems: Sequence[System], mail: Mail) -> None:
    for system in systems:
        if mail[1].endswith(f"@{system.domain}"):
            system.takes(mail)


def test_two_of_our_systems_do_not_answer_each_other(
    open_system: Callable[[str, str], System], clock: Clock
) -> None:
    """U10. Each has the other's address in its register, writes to it, and is asked by it to stop."""
    one = open_system("ett.example", "svar@tva.example")
    two = open_system("tva.example", "svar@ett.example")
    for here, there in ((one, two), (two, one)):
        here.release()
        raw = written("Avregistrera mig.", sender=f"svar@{there.domain}", to=f"svar@{here.domain}")
        here.takes((f"svar@{there.domain}", f"svar@{here.domain}", raw))

    went = carry([one, two])

    for here, there in ((one, two), (two, one)):
        to_each_other = [to for domain, to in went if domain == here.domain and to == f"svar@{there.domain}"]
        assert len(to_each_other) == 2  # the newsletter, and one question
        assert here.notes() == ["leave-asked"]
        assert sorted(here.took(), key=str) == sorted(
            [(What.UNSUBSCRIBE, "asked"), (What.AUTOMATIC, "filed"), (What.AUTOMATIC, "filed")], key=str
        )
        assert here.gets_it(here.cast.anna)


def test_a_forwarded_answer_that_reaches_another_system_stays_there(
    open_system: Callable[[str, str], System], clock: Clock
) -> None:
    """The officer's own address is the other system's."""
    one = open_system("ett.example", "anna@lund.example")
    two = open_system("tva.example", "anna@lund.example")
    with one.app.sessions.begin() as session:
        for row in session.scalars(select(Address).where(Address.subscriber_id == one.cast.bo)):
            row.address = row.canonical = f"svar{row.id}@tva.example"
    raw = written("Hej! När är årsmötet?", sender="anna@lund.example", to="svar@ett.example")
    one.takes(("anna@lund.example", "svar@ett.example", raw))

    went = carry([one, two])

    assert [domain for domain, _ in went] == ["ett.example"]
    assert one.took() == [(What.REPLY, "forwarded")]
    assert two.took() == [(What.AUTOMATIC, "filed")]


def test_a_program_that_answers_everything_is_soon_alone(
    open_system: Callable[[str, str], System], clock: Clock
) -> None:
    """Anna's and the officer's programs answer letters, forwarded answers, and the null sender."""
    one = open_system("ett.example", "anna@lund.example")
    away = "Jag läser inte mejl den här veckan. Ring om det är bråttom."
    programs = [Responder("anna@lund.example", away), Responder("bo@lulea.example", away)]
    one.release()

    went = carry([one], programs)

    to = [address for _, address in went]
    assert to.count("anna@lund.example") == 1  # the newsletter
    assert to.count("bo@lulea.example") == 3  # the newsletter, Anna's answer, and his own
    # What the officer sends in answer to a forwarded mail is taken for their answer, and goes nowhere.
    assert Counter(one.took()) == {(What.REPLY, "forwarded"): 2, (What.REPLY, "answered"): 2}


@pytest.mark.parametrize(
    ("threads", "notes"), [(True, ["left"]), (False, ["left", *["leave-asked"] * 3, "answer"])]
)
def test_a_program_that_always_says_stop_hears_little_however_late_it_answers(
    open_system: Callable[[str, str], System], clock: Clock, threads: bool, notes: list[str]
) -> None:
    """U10. The first is the member's no; what names no mail of ours is asked about, and not for ever."""
    one = open_system("ett.example", "anna@lund.example")
    one.release()

    carry([one], [Responder("anna@lund.example", "Avregistrera mig.", threads=threads)], days=20, clock=clock)

    assert one.notes() == notes
    assert not one.gets_it(one.cast.anna)


def test_a_confirmation_on_the_wire_is_one_that_no_machine_answers(
    open_system: Callable[[str, str], System], clock: Clock
) -> None:
    """U10: RFC 3834 3. It goes to the member's own address, whoever sent the link."""
    one = open_system("ett.example", "anna@lund.example")
    token = tokens.make(one.app.keyring, Purpose.LETTERS, one.cast.anna, one.cast.newsletter, 0)
    raw = written(
        "", sender="vem@annan.example", to="svar@ett.example", subject=token,
        Message_ID="<2@annan.example>", References="<1@annan.example>",
    )  # fmt: skip
    one.takes(("vem@annan.example", "svar@ett.example", raw))

    [(sender, recipient, sent)] = one.sends()

    mail = message_from_bytes(sent, policy=policy.default)
    assert (sender, recipient) == ("", "anna@lund.example")
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == "<2@annan.example>"
    assert mail["References"] == "<1@annan.example> <2@annan.example>"
    assert (mail["To"], mail["Subject"]) == ("anna@lund.example", "Du får inte Nyhetsbrevet längre")
    assert [name for name in mail if name.lower().startswith(("list-", "precedence"))] == []
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"/u/{token}" in body.get_content()
