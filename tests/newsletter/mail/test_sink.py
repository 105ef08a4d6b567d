"""The local mailbox takes what is sent to it, and fails as it is told to."""

import smtplib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.errors import PlaceTaken
from newsletter.mail import folder, sink
from newsletter.mail.sink import Failing, Sink, failing_of
from tests.conftest import NOON

RAW = b"Subject: Hej\r\n\r\n.En rad med punkt\r\n..tv\xc3\xa5\r\n" + b"\xff\r\n"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path, 0, now=lambda: NOON) as running:
        yield running


@pytest.fixture
def client(running: Sink) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", running.port, "localhost") as client:
        client.ehlo()
        yield client


def send(client: smtplib.SMTP, to: str, raw: bytes = RAW, *options: str) -> tuple[int, bytes]:
    client.mail("studs+abc@eken.example", options)
    client.rcpt(to)
    return client.data(raw)


def test_a_mail_is_kept_byte_for_byte_with_its_envelope(client: smtplib.SMTP, tmp_path: Path) -> None:
    code, said = send(client, "anna@lund.example")

    (kept,) = folder.messages(tmp_path)
    mail = folder.read(tmp_path, kept.name)
    assert mail.raw == RAW
    assert mail.envelope.mail_from == "studs+abc@eken.example"
    assert mail.envelope.rcpt_tos == ("anna@lund.example",)
    assert mail.envelope.smtputf8 is False
    assert mail.envelope.received_at == NOON
    assert (code, kept.name.encode() in said) == (250, True)


def test_it_speaks_smtputf8_and_tells_its_size(client: smtplib.SMTP, tmp_path: Path) -> None:
    """I1."""
    assert client.has_extn("smtputf8")
    assert client.esmtp_features["size"] == str(25 * 1024 * 1024)
    client.command_encoding = "utf-8"

    send(client, "åsa@lund.example", RAW, "SMTPUTF8", "BODY=8BITMIME")

    (kept,) = folder.messages(tmp_path)
    assert kept.envelope.rcpt_tos == ("åsa@lund.example",)
    assert kept.envelope.smtputf8 is True


def test_one_mail_to_two_is_kept_once(client: smtplib.SMTP, tmp_path: Path) -> None:
    client.sendmail("a@eken.example", ["anna@lund.example", "bo@lulea.example"], RAW)

    (kept,) = folder.messages(tmp_path)
    assert kept.envelope.rcpt_tos == ("anna@lund.example", "bo@lulea.example")


def test_a_mail_above_its_size_is_refused(client: smtplib.SMTP, tmp_path: Path) -> None:
    assert client.docmd("MAIL FROM:<a@eken.example> SIZE=26214401")[0] == 552
    assert folder.count(tmp_path) == 0


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("tempfail", Failing.TEMPFAIL),
        ("TempFail+brev", Failing.TEMPFAIL),
        ("permfail.anna", Failing.PERMFAIL),
        ("drop-1", Failing.DROP),
        ("slow7", Failing.SLOW),
        ("slow_and_steady", Failing.SLOW),
        ("slowly", None),
        ("drops", None),
        ("anna.drop", None),
        ("åsa", None),
        ("", None),
    ],
)
def test_the_first_word_of_an_address_says_how_to_fail(local: str, expected: Failing | None) -> None:
    assert failing_of(f"{local}@lund.example") is expected


@pytest.mark.parametrize(("local", "code"), [("tempfail", 451), ("permfail", 550)])
def test_a_recipient_is_refused_and_the_others_are_not(
    client: smtplib.SMTP, tmp_path: Path, local: str, code: int
) -> None:
    refused = client.sendmail("a@eken.example", [f"{local}@lund.example", "anna@lund.example"], RAW)

    assert refused[f"{local}@lund.example"][0] == code
    assert folder.messages(tmp_path)[0].envelope.rcpt_tos == ("anna@lund.example",)


def test_a_dropped_mail_leaves_its_sender_without_a_reply(client: smtplib.SMTP, tmp_path: Path) -> None:
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(client, "drop@lund.example")

    assert folder.count(tmp_path) == 0


def test_a_slow_mail_is_kept_after_two_seconds(client: smtplib.SMTP, tmp_path: Path) -> None:
    begun = time.monotonic()

    assert send(client, "slow@lund.example")[0] == 250

    assert time.monotonic() - begun >= sink.SLOW_SECONDS
    assert folder.count(tmp_path) == 1


def test_a_full_disk_is_a_temporary_refusal(
    client: smtplib.SMTP, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "keep", full)

    assert send(client, "anna@lund.example")[0] == 452


def test_a_port_that_is_taken_is_told_in_a_sentence(running: Sink, tmp_path: Path) -> None:
    with pytest.raises(PlaceTaken, match=rf"Porten {running.port} används"):
        Sink(tmp_path, running.port, now=lambda: NOON).start()


def test_it_stops_while_a_client_is_connected_and_starts_again_on_the_same_port(tmp_path: Path) -> None:
    first = Sink(tmp_path, 0, now=lambda: NOON)
    first.start()
    with socket.create_connection(("127.0.0.1", first.port)) as client:
        assert client.recv(100).startswith(b"220 ")
        first.stop()
        first.stop()

    with Sink(tmp_path, first.port, now=lambda: NOON) as second:
        assert second.port == first.port


def test_it_listens_on_this_machine_only(running: Sink) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", running.port), timeout=1)


def test_a_sink_is_recognised_by_its_folder(running: Sink, tmp_path: Path) -> None:
    assert sink.is_running(tmp_path, running.port)
    assert not sink.is_running(tmp_path / "another", running.port)

    running.stop()
    assert not sink.is_running(tmp_path, running.port)
