"""Mail comes in over SMTP and LMTP: ours only, on the disk before the yes, and in no way larger than said."""

import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from newsletter.core.inbound.accepting import accepting
from newsletter.errors import PlaceTaken, SettingsError
from newsletter.mail import spool
from newsletter.mail.listener import Listener, Ports, tls_context
from newsletter.mail.peers import Limits
from tests.conftest import NOON

OURS = accepting(bounces="studs@eken.example", inbound="svar@eken.example", others=["skåne@eken.example"])
RAW = b"From: anna@lund.example\r\nSubject: Hej\r\n\r\n.Tack\r\n..\r\nHej!\r\n"


@contextmanager
def listening(
    folder: Path, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Listener]:
    ports = Ports("127.0.0.1", smtp=0, lmtp=0)
    with Listener(folder, ports, accepting=lambda: OURS, now=lambda: NOON, limits=limits, tls=tls) as running:
        yield running


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    with listening(tmp_path) as running:
        yield running


class Talk:
    """A conversation in octets: what the other side says, no library in between."""

    def __init__(self, listener: Listener, way: str = "smtp") -> None:
        self._socket = socket.create_connection(("127.0.0.1", listener.ports[way]), timeout=10)
        self._lines = self._socket.makefile("rb")
        self.reply()
        self.ask("LHLO mx.example" if way == "lmtp" else "EHLO mx.example")

    def ask(self, line: str | bytes) -> str:
        self.say((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.reply()

    def say(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def reply(self) -> str:
        while True:
            line = self._lines.readline().decode()
            if line[3:4] != "-":
                return line.rstrip("\r\n")

    def data(self, content: bytes, *to: str, sender: str = "anna@lund.example") -> str:
        assert self.ask(f"MAIL FROM:<{sender}>").startswith("250")
        for each in to or ("svar@eken.example",):
            assert self.ask(f"RCPT TO:<{each}>").startswith("250")
        assert self.ask("DATA").startswith("354")
        self.say(content)
        return self.reply()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def talk(listener: Listener) -> Iterator[Callable[..., Talk]]:
    talks: list[Talk] = []

    def begin(way: str = "smtp") -> Talk:
        talks.append(Talk(listener, way))
        return talks[-1]

    yield begin
    for each in talks:
        each.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate that signs itself, and its key, as two files."""
    folder = tmp_path_factory.mktemp("tls")
    pem, key = str(folder / "cert.pem"), str(folder / "key.pem")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", *curve, "-subj", "/CN=mx.eken.example", "-keyout", key, "-out", pem]
    subprocess.run(command, check=True, capture_output=True)
    return pem, key


def kept(folder: Path) -> list[spool.Spooled]:
    return [spool.read(folder, each.name) for each in spool.waiting(folder)]


@pytest.mark.parametrize("way", ["smtp", "lmtp"])
def test_a_mail_is_in_the_spool_byte_for_byte_with_its_envelope(
    listener: Listener, tmp_path: Path, way: str
) -> None:
    kind = smtplib.LMTP if way == "lmtp" else smtplib.SMTP
    with kind("127.0.0.1", listener.ports[way]) as client:
        client.sendmail("", ["studs+abc234@eken.example"], RAW)

    (mail,) = kept(tmp_path)
    assert mail.raw == RAW
    assert mail.envelope == spool.Envelope("", ("studs+abc234@eken.example",), way, NOON)


def test_what_is_not_ours_is_refused_in_the_session(talk: Callable[..., Talk], tmp_path: Path) -> None:
    with closing(talk()) as other:
        other.ask("MAIL FROM:<x@annan.example>")
        assert other.ask("RCPT TO:<anna@annan.example>") == "550 5.1.1 No such address here"
        assert other.ask("RCPT TO:<svar%annan.example@eken.example>").startswith("550 5.1.1")
        assert other.ask("RCPT TO:<@eken.example:x@annan.example>").startswith("55")
        assert other.ask("DATA").startswith("503")
        assert other.ask("RCPT TO:<SVAR+x@EKEN.example>").startswith("250")
    assert kept(tmp_path) == []


def test_over_lmtp_each_recipient_gets_a_reply(talk: Callable[..., Talk], tmp_path: Path) -> None:
    other = talk("lmtp")
    to = ["svar@eken.example", "studs+a@eken.example", "studs+b@eken.example"]

    replies = [other.data(RAW + b".\r\n", *to), other.reply(), other.reply()]

    assert all(reply.startswith("250 2.0.0") for reply in replies)
    assert other.ask("NOOP") == "250 OK"
    assert kept(tmp_path)[0].envelope.recipients == tuple(to)


def test_over_lmtp_each_recipient_is_told_what_is_wrong(talk: Callable[..., Talk]) -> None:
    other = talk("lmtp")
    assert other.data(b"a\nb\r\n.\r\n", "svar@eken.example", "studs@eken.example").startswith("550 5.6.0")
    assert other.reply().startswith("550 5.6.0")
    assert other.ask("RSET") == "250 OK"


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\r.\r\n", b"\n.\n", b"\r\n.\n", b"\r\n.\r", b"\r\n\x00.\r\n"])
def test_only_a_dot_between_whole_line_ends_ends_a_mail(
    talk: Callable[..., Talk], tmp_path: Path, end: bytes
) -> None:
    """As with SMTP smuggling: the second mail would bear a sender that nobody has checked."""
    other = talk()
    smuggled = b"MAIL FROM:<x@annan.example>\r\nRCPT TO:<svar@eken.example>\r\nDATA\r\n\r\nb\r\n"

    reply = other.data(b"Subject: a\r\n\r\na" + end + smuggled + b".\r\n")

    assert other.ask("NOOP") == "250 OK"
    if b"\n" in end.replace(b"\r\n", b""):
        assert reply == "550 5.6.0 Lines must end with CR LF"
        assert kept(tmp_path) == []
    else:
        assert reply.startswith("250")
        (mail,) = kept(tmp_path)
        assert mail.raw.endswith(b"b\r\n")
        assert b"MAIL FROM" in mail.raw


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"a.\r\n.b\r\n...\r\n.\r\n", b"a.\r\nb\r\n..\r\n"),
        (b"x" * 200_000 + b"\r\n.\r\n", b"x" * 200_000 + b"\r\n"),
        (b"x" * 65_531 + b"\r\n.\r\n", b"x" * 65_531 + b"\r\n"),
    ],
)
def test_dots_are_unstuffed_and_long_lines_are_whole(
    talk: Callable[..., Talk], tmp_path: Path, content: bytes, expected: bytes
) -> None:
    assert talk().data(content).startswith("250")
    assert kept(tmp_path)[0].raw == expected


def test_a_mail_that_comes_in_pieces_is_the_same(talk: Callable[..., Talk], tmp_path: Path) -> None:
    other = talk()
    other.data(b".\r\n")
    other.ask("MAIL FROM:<>")
    other.ask("RCPT TO:<svar@eken.example>")
    other.ask("DATA")
    for octet in b"Subject: a\r\n\r\n..a\r\n.\r\nNOOP\r\n":
        other.say(bytes([octet]))

    assert other.reply().startswith("250 2.0.0")
    assert other.reply() == "250 OK"
    assert kept(tmp_path)[-1].raw == b"Subject: a\r\n\r\n.a\r\n"


def test_size_is_announced_and_held_and_the_conversation_goes_on(tmp_path: Path) -> None:
    with listening(tmp_path, Limits(octets=100_000)) as running, closing(Talk(running)) as other:
        assert other.ask("MAIL FROM:<a@lund.example> SIZE=100001").startswith("552")
        assert other.data(b"x" * 99_998 + b"\r\n.\r\n").startswith("250")
        assert other.data(b"x\r\n" * 400_000 + b".\r\n").startswith("552 5.3.4")
        assert other.data(b"y" * 1_200_000 + b"\r\n.\r\n").startswith("552 5.3.4")
        assert other.ask("NOOP") == "250 OK"

    assert len(kept(tmp_path)) == 1


def test_ten_megabytes_is_the_size_that_is_announced(listener: Listener) -> None:
    with smtplib.SMTP("127.0.0.1", listener.ports["smtp"]) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(10 * 1024 * 1024)
        assert not client.has_extn("auth")


def test_addresses_beyond_ascii_are_taken(listener: Listener, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", listener.ports["smtp"]) as client:
        client.sendmail("åsa@lund.example", ["skåne@eken.example"], RAW, ["SMTPUTF8", "BODY=8BITMIME"])

    envelope = kept(tmp_path)[0].envelope
    assert (envelope.sender, envelope.recipients) == ("åsa@lund.example", ("skåne@eken.example",))


def test_a_disk_that_fails_is_told_as_temporary(
    talk: Callable[..., Talk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "put", full)
        assert talk().data(RAW + b".\r\n").startswith("451 4.3.1")
    assert kept(tmp_path) == []


def test_a_mistake_of_ours_is_temporary_and_not_shown(
    talk: Callable[..., Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> str:
        raise KeyError("a secret")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "put", wrong)
        reply = talk().data(RAW + b".\r\n")
    assert reply.startswith("451 4.3.0")
    assert "secret" not in reply


def test_a_mail_that_goes_in_circles_is_refused(talk: Callable[..., Talk]) -> None:
    head = b"Received: from a by b; Fri, 1 Mar 2030 12:00:00 +0000\r\n"
    assert talk().data(head * 100 + b"\r\nhej\r\n.\r\n").startswith("250")
    assert talk().data(head * 101 + b"\r\nhej\r\n.\r\n").startswith("554 5.4.6")


def test_more_recipients_than_a_mail_may_have_must_come_again(tmp_path: Path) -> None:
    with listening(tmp_path, Limits(recipients=2)) as running, closing(Talk(running)) as other:
        other.ask("MAIL FROM:<>")
        replies = [other.ask(f"RCPT TO:<studs+{each}@eken.example>")[:9] for each in "abc"]
    assert replies == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


def test_a_peer_with_too_many_connections_or_mails_is_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Loopback is this machine's own mail server; here it plays a stranger.
    monkeypatch.setattr("newsletter.mail.peers.is_local", lambda _: False)
    with (
        listening(tmp_path, Limits(connections=1, mails_a_minute=2)) as running,
        closing(Talk(running)) as first,
    ):
        with socket.create_connection(("127.0.0.1", running.ports["smtp"]), timeout=10) as second:
            assert second.makefile("rb").read().startswith(b"421 4.7.0")
        assert first.data(RAW + b".\r\n").startswith("250")
        assert first.data(RAW + b".\r\n").startswith("250")
        assert first.ask("MAIL FROM:<>").startswith("450 4.7.1")


def test_whoever_only_talks_is_sent_away(talk: Callable[..., Talk]) -> None:
    other = talk()
    replies = [other.ask("VRFY anna") for _ in range(51)]
    assert replies[-1].startswith("421")


def test_who_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with listening(tmp_path, Limits(idle_seconds=0.2)) as running, closing(Talk(running)) as other:
        assert other.reply() == ""


def test_tls_is_offered_where_there_is_a_certificate(tmp_path: Path, certificate: tuple[str, str]) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with listening(tmp_path / "spool", tls=tls_context(*certificate)) as running:
        with smtplib.SMTP("127.0.0.1", running.ports["smtp"]) as client:
            assert client.starttls(context=trusting)[0] == 220
            client.sendmail("a@lund.example", ["svar@eken.example"], RAW)
            assert not client.has_extn("auth")
        with closing(Talk(running)) as other:
            # What comes in the clear behind STARTTLS is not taken for a command (CVE-2011-0411).
            other.say(b"STARTTLS\r\nNOOP\r\n")
            assert other.reply().startswith("220")
    assert [mail.raw for mail in kept(tmp_path / "spool")] == [RAW]


def test_a_certificate_that_cannot_be_read_is_named_in_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pem", tmp_path / "text.pem"):
        (tmp_path / "text.pem").write_text("no certificate", encoding="utf-8")
        with pytest.raises(SettingsError, match=r"INBOUND_TLS_CERT .*\.pem"):
            tls_context(str(path), "")
    assert tls_context("", "") is None


def test_a_port_that_is_taken_is_told_in_a_sentence(listener: Listener, tmp_path: Path) -> None:
    ports = Ports("127.0.0.1", smtp=0, lmtp=listener.ports["lmtp"])
    other = Listener(tmp_path, ports, accepting=lambda: OURS, now=lambda: NOON)
    with pytest.raises(PlaceTaken, match="INBOUND_LMTP_PORT"):
        other.start()


def test_it_stops_in_the_middle_of_a_mail_and_starts_again(tmp_path: Path) -> None:
    with listening(tmp_path) as first:
        other = Talk(first)
        other.ask("MAIL FROM:<>")
        other.ask("RCPT TO:<svar@eken.example>")
        other.ask("DATA")
        other.say(RAW)
    with closing(other):
        assert other.reply() == ""
    assert kept(tmp_path) == []
    with listening(tmp_path) as second, closing(Talk(second)) as again:
        assert again.data(RAW + b".\r\n").startswith("250")
