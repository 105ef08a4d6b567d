"""Which servers letters are handed to, and how they are signed in to."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsletter import relaying
from newsletter.core.pacing import parse
from newsletter.errors import SendingRefused
from newsletter.mail import smtp
from newsletter.settings import check_sending, load
from tests import office
from tests.mailservers import ScriptedServer
from tests.newsletter.mail.test_smtp import QUICK

REAL = {"BASE_URL": "https://eken.example", "POSTAL_ADDRESS": "Box 1"}


def test_without_a_relay_mail_goes_to_our_own_sink(tmp_path: Path) -> None:
    (own,) = relaying.relays_of(load(tmp_path, {"SINK_PORT": "2599", "SMTP_CONNECTIONS": "7"}))

    assert (own.host, own.port, own.security, own.stays_here) == ("127.0.0.1", 2599, "none", True)
    assert own.connections == 7


def test_one_relay_is_set_in_single_settings(tmp_path: Path) -> None:
    given = {"SMTP_HOST": "smtp.a.example", "SMTP_USER": "u", "SMTP_PASSWORD": "p"}
    (only,) = relaying.relays_of(load(tmp_path, given))

    assert (only.name, only.security, only.user, only.password) == (
        "smtp.a.example:587",
        "starttls",
        "u",
        "p",
    )
    assert (only.connections, only.messages, only.weight) == (4, 0, 1)
    assert not only.stays_here


def test_a_relay_keeps_its_own_rates_and_others_keep_everybodys(tmp_path: Path) -> None:
    relays = "smtp://smtp.a.example?rate=14/second smtp://smtp.b.example"
    limits = relaying.limits_of(load(tmp_path, {"SMTP_RELAYS": relays, "RELAY_RATE": "500/hour"}))

    assert limits.relay("smtp.a.example:587") == parse("14/second")
    assert limits.relay("smtp.b.example:587") == parse("500/hour")


def test_several_relays_replace_the_single_one(tmp_path: Path) -> None:
    """Two users at one host are two relays, and no name tells a password."""
    settings = load(
        tmp_path,
        {
            "SMTP_HOST": "smtp.old.example",
            "SMTP_RELAYS": "smtps://a:x@smtp.a.example?weight=2&messages=50 smtps://b:x@smtp.a.example "
            "smtp://127.0.0.1:2525?security=none&connections=1",
        },
    )
    relays = relaying.relays_of(settings)

    assert [each.name for each in relays] == [
        "a@smtp.a.example:465",
        "b@smtp.a.example:465",
        "127.0.0.1:2525",
    ]
    assert [(each.weight, each.connections, each.messages) for each in relays] == [
        (2, 4, 50),
        (1, 4, 0),
        (1, 1, 0),
    ]
    assert [each.stays_here for each in relays] == [False, False, True]
    assert settings.elsewhere == "smtp.a.example"
    assert not settings.stays_here
    assert not settings.uses_own_sink


def test_one_relay_elsewhere_is_enough_for_real_sending_and_its_conditions(tmp_path: Path) -> None:
    here = "smtp://127.0.0.1:2525?security=none"
    assert load(tmp_path, {"SMTP_RELAYS": here}).practice

    both = {"SMTP_RELAYS": f"{here} smtp://smtp.a.example"}
    with pytest.raises(SendingRefused, match=r"smtp\.a\.example"):
        check_sending(load(tmp_path, both))
    assert not load(tmp_path, both | REAL).practice


def test_plain_text_to_another_machine_needs_somebodys_explicit_word(tmp_path: Path) -> None:
    """P5."""
    plain = {"SMTP_RELAYS": "smtp://smtp.a.example?security=none"}
    with pytest.raises(SendingRefused):
        smtp.check(relaying.relays_of(load(tmp_path, plain))[0])

    smtp.check(relaying.relays_of(load(tmp_path, plain | {"SMTP_PLAINTEXT": "allowed"}))[0])


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SMTP_RELAYS": "smtp://u@smtp.a.example?auth=xoauth2"}, "SMTP_OAUTH_URL"),
        (
            {"SMTP_HOST": "smtp.a.example", "SMTP_OAUTH_URL": "https://login.example/t"},
            "SMTP_OAUTH_REFRESH_TOKEN",
        ),
        (
            {
                "SMTP_HOST": "smtp.a.example",
                "SMTP_OAUTH_URL": "https://login.example/t",
                "SMTP_OAUTH_REFRESH_TOKEN": "r",
            },
            "SMTP_USER",
        ),
    ],
)
def test_a_sign_in_by_token_needs_where_and_for_what(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    with pytest.raises(SendingRefused, match=missing):
        check_sending(load(tmp_path, given | REAL))


def test_short_mails_go_to_the_first_relay_that_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        nobody = listening.getsockname()[1]
    with ScriptedServer({"EHLO": "250 second.example"}) as server:
        both = f"smtp://127.0.0.1:{nobody}?security=none smtp://127.0.0.1:{server.port}?security=none"
        with office.opened(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", SMTP_RELAYS=both) as app:
            connection = relaying.connect(app, timeouts=QUICK)
            connection.close()
    assert connection.greeting == "second.example"

    with (
        office.opened(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", SMTP_RELAYS=both) as app,
        pytest.raises(smtp.Unreachable, match="refused"),
    ):
        relaying.connect(app, timeouts=QUICK)


@contextmanager
def endpoint(tokens: list[str]) -> Iterator[str]:
    """A token endpoint that gives these access tokens, one a time."""

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            said = json.dumps({"access_token": tokens.pop(0), "expires_in": 3600}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        server.server_close()


OFFERS = {"EHLO": "250-a.example\r\n250 AUTH XOAUTH2"}
#: user=brev@a.example, the token "one", as base64 (the host's own description of XOAUTH2).
FIRST = "AUTH XOAUTH2 dXNlcj1icmV2QGEuZXhhbXBsZQFhdXRoPUJlYXJlciBvbmUBAQ=="


def by_token(tmp_path: Path, url: str, port: int) -> smtp.Connection:
    given = {
        "SMTP_RELAYS": f"smtp://brev%40a.example@127.0.0.1:{port}?security=none&auth=xoauth2",
        "SMTP_OAUTH_URL": url,
        "SMTP_OAUTH_CLIENT_ID": "rundbrev",
        "SMTP_OAUTH_REFRESH_TOKEN": "refresh",
    }
    with office.opened(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", **given) as app:
        return relaying.connect(app, timeouts=QUICK)


def test_a_relay_that_takes_no_password_is_signed_in_to_by_an_access_token(tmp_path: Path) -> None:
    with endpoint(["one"]) as url, ScriptedServer({**OFFERS, "AUTH": "235 2.7.0 Ok"}) as server:
        by_token(tmp_path, url, server.port).close()

    assert [each for each in server.commands if each.startswith("AUTH")] == [FIRST]


@pytest.mark.parametrize("refusal", [["334 eyJzdGF0dXMiOiI0MDAifQ=="], ["535 5.7.3 Expired"]])
def test_a_token_that_has_ended_early_is_replaced_once(tmp_path: Path, refusal: list[str]) -> None:
    """A 334 holds the host's error; it is answered with nothing, and then comes the "no"."""
    script = {**OFFERS, "AUTH": [*refusal, "235 2.7.0 Ok"], "": ["535 5.7.8 No"]}
    with endpoint(["one", "two"]) as url, ScriptedServer(script) as server:
        by_token(tmp_path, url, server.port).close()

    asked = [each for each in server.commands if each.startswith("AUTH")]
    assert len(asked) == 2
    assert asked[0] == FIRST
    assert asked[0] != asked[1]


def test_a_token_that_is_refused_twice_says_so_and_is_not_shown(tmp_path: Path) -> None:
    script = {**OFFERS, "AUTH": "535 5.7.8 Not you"}
    with (
        endpoint(["one", "two"]) as url,
        ScriptedServer(script) as server,
        pytest.raises(smtp.Unreachable, match=r"535 5\.7\.8 Not you"),
    ):
        by_token(tmp_path, url, server.port)
