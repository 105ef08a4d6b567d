"""A relay is looked at step by step, and it is told which one fails. P5."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.core.health.checks import Group, Level
from newsletter.core.health.relays import Examined, Failure, Needs, checks
from newsletter.core.health.relays import certificate as how_long
from newsletter.mail import examining
from newsletter.mail.smtp import Relay
from tests.mailservers import CLOSE, SILENCE, ScriptedServer
from tests.newsletter.mail.test_smtp import tls_server

__all__ = ["tls_server"]

ACCOUNT = {"user": "a", "password": "b"}
NEEDS = Needs(largest=60_000, utf8=True)


def examine(port: int, host: str = "127.0.0.1", **relay: object) -> Examined:
    context = relay.pop("context", None)
    wanted = Relay(host, port, **{"stays_here": True, "security": "none", **relay})  # type: ignore[arg-type]
    return examining.examine(wanted, now=datetime.now(UTC), patience=0.3, context=context)  # type: ignore[arg-type]


def levels(seen: Examined, needs: Needs = NEEDS) -> dict[str, Level]:
    found = checks(seen, needs)
    for each in found:
        assert each.says.format(**each.facts)
        assert each.do.format(**each.facts) or each.level is Level.GREEN
    return {each.name: each.level for each in found}


@pytest.mark.parametrize(
    ("script", "relay", "failure"),
    [
        ({"CONNECT": SILENCE}, {}, Failure.SILENT),
        ({"CONNECT": CLOSE}, {}, Failure.NO_MAIL_SERVER),
        ({"CONNECT": "SSH-2.0-x"}, {}, Failure.NO_MAIL_SERVER),
        ({"CONNECT": "554 Not you"}, {}, Failure.NO_MAIL_SERVER),
        ({}, {"security": "starttls", "stays_here": False}, Failure.NO_TLS),
        ({}, {"security": "tls"}, Failure.NO_MAIL_SERVER),
        ({"EHLO": "250-x\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 No"}, ACCOUNT, Failure.NOT_SIGNED_IN),
        ({}, ACCOUNT, Failure.NOT_SIGNED_IN),
    ],
)  # fmt: skip
def test_the_step_that_fails_is_told(
    script: dict[str, str], relay: dict[str, object], failure: Failure
) -> None:
    with ScriptedServer(script) as server:
        seen = examine(server.port, **relay)

    assert seen.failure is failure, seen
    assert levels(seen)["relay"] is Level.RED


def test_nobody_there_and_no_such_name_are_told_apart() -> None:
    assert examine(1).failure is Failure.REFUSED
    assert examine(25, host="x" * 64 + ".invalid").failure is Failure.NO_NAME


def test_a_certificate_that_nobody_vouches_for_is_red(tls_server: int) -> None:
    seen = examine(tls_server, host="localhost", security="tls", stays_here=False)

    assert seen.failure is Failure.BAD_CERTIFICATE
    assert levels(seen) == {"relay": Level.RED}


def test_a_good_relay_is_seen_with_its_certificate_and_signed_in_to(
    tls_server: int, certificate: Path
) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    account = {"user": "åsa", "password": "lösen", "security": "tls", "stays_here": False}

    seen = examine(tls_server, host="localhost", context=context, **account)

    assert (seen.failure, seen.signs_in, seen.certificate_days) == (None, True, 1)
    assert seen.tls.startswith("TLSv1.")
    told = levels(seen)
    assert told == {
        "relay": Level.GREEN, "tls": Level.GREEN, "certificate": Level.AMBER, "auth": Level.GREEN,
        "size": Level.GREEN, "smtputf8": Level.AMBER, "pipelining": Level.GREEN,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("offered", "size", "utf8"),
    [
        ({"size": "50000", "smtputf8": ""}, Level.RED, Level.GREEN),
        ({"size": "0"}, Level.GREEN, Level.AMBER),
        ({"size": "35882577", "pipelining": ""}, Level.GREEN, Level.AMBER),
        ({"size": "many"}, Level.GREEN, Level.AMBER),
    ],
)
def test_what_our_letters_need_is_compared_with_what_is_offered(
    offered: dict[str, str], size: Level, utf8: Level
) -> None:
    told = levels(Examined("relay.example", 587, tls="TLSv1.3", extensions=offered))

    assert (told["size"], told["smtputf8"], told["auth"]) == (size, utf8, Level.AMBER)


def test_a_register_of_plain_addresses_needs_no_smtputf8() -> None:
    assert "smtputf8" not in levels(Examined("relay.example", 587, stays_here=True), Needs(0, utf8=False))


@pytest.mark.parametrize(("days", "level"), [(90, Level.GREEN), (14, Level.GREEN), (13, Level.AMBER)])
def test_a_certificate_is_told_of_in_good_time(days: int, level: Level) -> None:
    assert how_long(Group.WEB, "brev.applen.example", days).level is level
