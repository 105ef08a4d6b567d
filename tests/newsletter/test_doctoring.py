"""A check-up over real servers: a DNS of our own, our sink as the relay, and relays that tamper with mail."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import doctoring, homing, jobs
from newsletter.app import App
from newsletter.core.health.checks import Check, Group, Level
from newsletter.doctoring import web
from newsletter.doctoring.at_once import Task, at_once
from newsletter.mail import folder, signing, spool
from newsletter.mail.sink import Sink
from newsletter.models import InboundMail
from newsletter.services import check_ups
from newsletter.services.check_ups import Found
from newsletter.settings import load
from tests.cast import Cast
from tests.mailservers import ScriptedServer
from tests.nameserver import NameServer
from tests.newsletter.mail.conftest import certificate
from tests.office import on_sqlite, opened

__all__ = ["certificate"]

DOMAIN = "applen.example"
ZONE = {
    f"{DOMAIN} TXT": ["v=spf1 a:smtp.relay.example -all"],
    f"{DOMAIN} MX": ["10 mx.applen.example."],
    "mx.applen.example A": ["192.0.2.25"],
    "smtp.relay.example A": ["192.0.2.9"],
    f"_dmarc.{DOMAIN} TXT": ["v=DMARC1; p=none; rua=mailto:dmarc@applen.example"],
}


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with NameServer(ZONE) as serving:
        yield serving


@pytest.fixture
def app(database_url: str, tmp_path: Path, dns: NameServer, cast: Cast) -> Iterator[App]:
    """An association that signs its mail, reads an address, and asks our DNS."""
    settings = {
        "FROM_ADDRESS": f"brev@{DOMAIN}", "CONTACT_ADDRESS": f"hej@{DOMAIN}", "DKIM": "own",
        "INBOUND_ADDRESS": f"svar@{DOMAIN}", "DNS_SERVER": dns.address, "BASE_URL": "http://127.0.0.1:1",
    }  # fmt: skip
    with opened(tmp_path / "var", database_url, **settings) as built:
        key = signing.make(built.paths.dkim, address=f"brev@{DOMAIN}", selector="brev", ed25519=False)
        dns.zone[f"{key.name} TXT"] = [key.record]
        yield built


def by_way_of(app: App, port: int) -> App:
    """Return the application with a relay on this machine."""
    relay = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    return replace(app, settings=replace(app.settings, **relay))  # type: ignore[arg-type]


def check_up(app: App) -> Found:
    begun = doctoring.begin(app, actor="Bo")
    assert begun is not None
    doctoring.examine(app, begun)
    found = doctoring.latest(app)
    assert found is not None
    assert (found.done, found.is_running) == (found.planned, False)
    return found


def levels(found: Found, group: Group | None = None) -> dict[str, Level]:
    for each in found.checks:
        assert each.says.format(**each.facts)
        assert each.do.format(**each.facts) or not each.do
    return {each.name: each.level for each in found.checks if group in (None, each.group)}


def bring_home(app: App) -> None:
    """Hand what the sink has over to whoever takes mail in, as a mail server with our address would."""
    [kept] = folder.messages(app.paths.sink)
    envelope = spool.Envelope(kept.envelope.mail_from, kept.envelope.rcpt_tos, "lmtp", app.now())
    spool.put(app.paths.inbound, folder.read(app.paths.sink, kept.name).raw, envelope)
    jobs.take_in_mail(app)


def test_all_that_real_sending_needs_is_looked_at_and_a_mail_comes_home_whole(app: App) -> None:
    """P1-P5, P12, U2, on both databases; the mail goes through our own sink."""
    with Sink(app.paths.sink, 0, now=app.now) as sink:
        sending = by_way_of(app, sink.port)
        found = check_up(sending)

        assert found.is_waiting
        assert levels(found, Group.BOOMERANG) == {"boomerang": Level.AMBER}
        bring_home(sending)

    home = doctoring.latest(sending)
    assert home is not None
    told = levels(home)
    assert levels(home, Group.BOOMERANG) == {"came-whole": Level.GREEN, "came-dkim": Level.GREEN}
    assert not home.is_waiting
    assert {name for name, level in told.items() if level is Level.GREEN} >= {
        "disk", "zone", "relay", "tls", "size", "dmarc", "dkim", "alignment", "mx",
    }  # fmt: skip
    # The PostgreSQL of tests may well promise less than it should.
    assert told.get("database") is Level.GREEN or told.get("durability") is Level.RED
    assert told["settings"] is Level.AMBER, "practice: the relay is this machine"
    with sending.readers() as session:
        assert session.scalars(select(InboundMail.outcome)).one() == "boomerang"


def _rewritten(raw: bytes, old: str, new: str) -> bytes:
    """Change the HTML as services do: decoded, changed and encoded anew."""
    message = message_from_bytes(raw, policy=policy.SMTP)
    [html] = [part for part in message.walk() if part.get_content_type() == "text/html"]
    decoded = html.get_content()
    assert old in decoded
    html.set_content(decoded.replace(old, new), subtype="html", cte="base64")
    return message.as_bytes()


def _pixel(raw: bytes) -> bytes:
    return _rewritten(raw, "</body>", '<img src="https://t.relay.example/o" width="1"></body>')


def _counted(raw: bytes) -> bytes:
    return _rewritten(raw, 'href="http://127.0.0.1:1/"', 'href="https://k.relay.example/1"')


def _stripped(raw: bytes) -> bytes:
    return b"\r\n".join(line for line in raw.split(b"\r\n") if not line.startswith(b"List-Unsubscribe"))


def _renamed(raw: bytes) -> bytes:
    return raw.replace(b"\r\nMessage-ID: <", b"\r\nMessage-ID: <relay.")


@on_sqlite
@pytest.mark.parametrize(
    ("change", "names"),
    [
        (_pixel, {"came-pictures"}),
        (_counted, {"came-links"}),
        (_stripped, {"came-list-unsubscribe", "came-list-unsubscribe-post"}),
        (_renamed, {"came-message-id"}),
    ],
    ids=["a pixel", "counted links", "stripped fields", "another Message-ID"],
)
def test_a_relay_that_meddles_is_caught(app: App, change: Callable[[bytes], bytes], names: set[str]) -> None:
    with ScriptedServer({}) as relay:
        sending = by_way_of(app, relay.port)
        check_up(sending)
        [(recipient, raw)] = relay.messages
    assert change(raw) != raw
    envelope = spool.Envelope(None, (recipient,), "mailbox", app.now())
    spool.put(app.paths.inbound, change(raw), envelope)
    jobs.take_in_mail(sending)

    found = doctoring.latest(sending)
    assert found is not None
    told = levels(found, Group.BOOMERANG)
    # Whatever was changed, the signature does not hold any more.
    assert told == dict.fromkeys(names | {"came-dkim"}, Level.RED)
    assert found.level is Level.RED


@on_sqlite
def test_a_relay_that_signs_is_known_to_when_a_letter_has_come_home(app: App, dns: NameServer) -> None:
    """P2, U2: the signature is of a domain below ours, and its key is in the DNS."""
    key = signing.make(app.paths.root / "relays", address=f"x@post.{DOMAIN}", selector="relay", ed25519=False)
    dns.zone[f"{key.name} TXT"] = [key.record]
    unsigned = replace(app, settings=replace(app.settings, dkim="relay"))
    with ScriptedServer({}) as relay:
        sending = by_way_of(unsigned, relay.port)
        assert levels(check_up(sending))["dkim"] is Level.AMBER
        [(recipient, raw)] = relay.messages
    assert b"DKIM-Signature" not in raw
    signed = signing.signed(raw, [key], at=int(app.now().timestamp()))
    spoken = b"Authentication-Results: mx.applen.example; spf=pass\r\n" + signed
    spool.put(app.paths.inbound, spoken, spool.Envelope(None, (recipient,), "mailbox", app.now()))
    jobs.take_in_mail(sending)

    found = doctoring.latest(sending)
    assert found is not None
    assert levels(found, Group.BOOMERANG) == {
        "came-whole": Level.GREEN, "came-dkim": Level.GREEN, "came-spf": Level.GREEN,
    }  # fmt: skip
    assert not {"dkim", "spf"} & levels(found, Group.DOMAIN).keys(), "it is known now"


@on_sqlite
def test_each_of_several_relays_is_looked_at_and_gets_a_mail_of_its_own(app: App) -> None:
    with ScriptedServer({}) as one, ScriptedServer({"END": "554 5.7.1 Spam"}) as other:
        urls = " ".join(f"smtp://127.0.0.1:{each.port}?security=none" for each in (one, other))
        environment = {"SMTP_RELAYS": urls, "INBOUND_ADDRESS": f"svar@{DOMAIN}"}
        environment["DNS_SERVER"] = app.settings.dns_server
        found = check_up(replace(app, settings=load(app.paths.root, environment)))

    said = {each.about: (each.level, each.said) for each in found.checks if each.name == "boomerang"}
    assert len(one.messages) == len(other.messages) == 1
    assert said[f"127.0.0.1:{one.port}"][0] is Level.AMBER
    assert said[f"127.0.0.1:{other.port}"] == (Level.RED, "554 5.7.1 Spam")
    assert sum(each.name == "relay" and each.level is Level.GREEN for each in found.checks) == 2


@on_sqlite
def test_a_relay_that_refuses_it_is_red_and_its_words_are_told(app: App) -> None:
    with ScriptedServer({"RCPT": "550 5.7.1 Not from you"}) as relay:
        found = check_up(by_way_of(app, relay.port))

    [refused] = [each for each in found.checks if each.group is Group.BOOMERANG]
    assert (refused.level, refused.said) == (Level.RED, "550 5.7.1 Not from you")


@on_sqlite
def test_a_mail_that_does_not_come_home_is_lost_in_the_end(app: App) -> None:
    with Sink(app.paths.sink, 0, now=app.now) as sink:
        sending = by_way_of(app, sink.port)
        check_up(sending)

    later = app.now() + check_ups.boomerangs.PATIENCE
    with app.readers() as session:
        found = check_ups.latest(session, now=later)
    assert found is not None
    assert levels(found, Group.BOOMERANG) == {"boomerang": Level.RED}
    assert not found.is_waiting


@on_sqlite
def test_a_relay_that_does_not_answer_is_red(app: App) -> None:
    found = check_up(by_way_of(app, 1))

    assert levels(found, Group.RELAY) == {"relay": Level.RED}
    assert levels(found, Group.BOOMERANG) == {"boomerang": Level.RED}


@on_sqlite
def test_in_practice_mode_nothing_is_sent_and_nothing_is_red_but_the_dns(app: App) -> None:
    found = check_up(app)

    assert levels(found, Group.RELAY) == {}
    assert levels(found, Group.BOOMERANG) == {"boomerang": Level.AMBER}
    assert found.count(Level.RED) == 0
    assert not found.is_waiting
    assert folder.count(app.paths.sink) == 0


@on_sqlite
def test_nobody_is_asked_about_examples(app: App, dns: NameServer) -> None:
    example = replace(app, settings=replace(app.settings, dns_server=""))

    found = check_up(example)

    assert levels(found, Group.DOMAIN) == {"domain": Level.AMBER}
    assert dns.asked == []


@on_sqlite
def test_one_check_up_goes_on_at_a_time_and_one_that_died_is_told(app: App) -> None:
    begun = doctoring.begin(app, actor="Bo")
    assert begun is not None
    assert doctoring.begin(app, actor="Anna") is None
    running = doctoring.latest(app)
    assert running is not None
    assert (running.is_running, running.done) == (True, 0)

    with app.readers() as session:
        died = check_ups.latest(session, now=app.now() + check_ups.LONGEST * 2)
    assert died is not None
    assert (died.died, died.is_running, died.level) == (True, False, Level.RED)


@on_sqlite
def test_a_mail_of_an_older_check_up_is_not_taken_for_a_newer_one(app: App) -> None:
    with ScriptedServer({}) as relay:
        sending = by_way_of(app, relay.port)
        check_up(sending)
        check_up(sending)
        [(recipient, older), _newer] = relay.messages
    spool.put(app.paths.inbound, older, spool.Envelope(None, (recipient,), "mailbox", app.now()))
    jobs.take_in_mail(sending)

    found = doctoring.latest(app)
    assert found is not None
    assert levels(found, Group.BOOMERANG) == {"boomerang": Level.AMBER}
    assert found.is_waiting
    assert homing.compare(app) == 0


def test_what_is_late_or_breaks_takes_nothing_else_along() -> None:
    good = Check(Group.MACHINE, "good", Level.GREEN, "Bra.")

    def slow() -> list[Check]:
        time.sleep(0.3)
        return [good]

    def broken() -> list[Check]:
        raise ZeroDivisionError("oj")

    began = time.monotonic()
    found = [
        check
        for checks in at_once(
            [
                Task(Group.RELAY, "slow", "relay.example", 0.05, slow),
                Task(Group.DOMAIN, "broken", "applen.example", 5, broken),
                Task(Group.MACHINE, "good", "disk", 5, lambda: [good]),
            ]
        )
        for check in checks
    ]

    assert time.monotonic() - began < 0.25
    assert {each.name: each.level for each in found} == {
        "slow": Level.RED, "broken": Level.AMBER, "good": Level.GREEN,
    }  # fmt: skip
    assert "ZeroDivisionError: oj" in {each.said for each in found}


class _Healthy(BaseHTTPRequestHandler):
    """A web server in front of us."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def secure_web(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), _Healthy) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://localhost:{listening.server_port}/brev"
        listening.shutdown()
        thread.join()


def test_the_web_server_shows_its_clock_and_how_long_its_certificate_lasts(
    secure_web: str, certificate: Path
) -> None:
    now = datetime.now(UTC)

    seen = web.look(secure_web, now=now, context=ssl.create_default_context(cafile=str(certificate)))

    assert seen.certificate_days == 1
    assert seen.date is not None
    assert abs(seen.date - now) < timedelta(minutes=1)
    assert web.look(secure_web, now=now) == web.Seen(), "nobody vouches for it"
    assert web.look("http://127.0.0.1:1", now=now) == web.Seen()
