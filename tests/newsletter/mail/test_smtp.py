"""One message over one connection: every way it can go has a value of its own."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from newsletter import language
from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import NoServer, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply
from newsletter.errors import SendingRefused
from newsletter.mail import smtp
from newsletter.mail.smtp import Relay, Timeouts
from newsletter.services.state_words import said
from tests.mailservers import CLOSE, SILENCE, ScriptedServer

QUICK = Timeouts(connect=2, command=0.3, data=0.3, content=0.5, end=0.3, quit=0.2)
CONTENT = b"Subject: Hej\r\n\r\nEtt brev.\r\n"


def letter(
    recipient: str = "anna@lund.example", content: bytes = CONTENT, sender: str = "studs@eken.example"
) -> Letter:
    return Letter(Claim(7, 2, None), sender, recipient, content)


def connect(port: int, **relay: object) -> smtp.Connection:
    wanted = Relay("127.0.0.1", port, **{"stays_here": True, **relay})  # type: ignore[arg-type]
    return smtp.connect(wanted, timeouts=QUICK)


def deliver(
    script: Mapping[str, str | Sequence[str]], given: Letter | None = None
) -> tuple[Outcome, smtp.Connection, ScriptedServer]:
    with ScriptedServer(script) as server:
        connection = connect(server.port)
        outcome = connection.deliver(given or letter())
        connection.close()
    return outcome, connection, server


def test_a_message_arrives_as_it_was_written_and_the_reply_is_kept() -> None:
    outcome, _, server = deliver({})

    assert outcome == Reply(250, (2, 0, 0), "Ok: queued as 4F1")
    assert server.messages == [("RCPT TO:<anna@lund.example>", CONTENT)]
    assert server.commands[0] == "ehlo localhost"
    assert server.commands[1:] == [
        "MAIL FROM:<studs@eken.example>",
        "RCPT TO:<anna@lund.example>",
        "DATA",
        "QUIT",
    ]


def test_a_line_that_starts_with_a_dot_arrives_with_one_dot() -> None:
    """F1: dots are stuffed (RFC 5321 4.5.2)."""
    content = b".first\r\n\r\nText\r\n.\r\n..two\r\nend.\r\n"

    outcome, _, server = deliver({}, letter(content=content))

    assert isinstance(outcome, Reply)
    unstuffed = b"".join(
        line[1:] if line.startswith(b".") else line
        for line in server.messages[0][1].splitlines(keepends=True)
    )
    assert unstuffed == content


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["451 4.7.1 Later", "550 5.1.1 Nobody here"])
def test_a_refusal_is_the_messages_own_and_the_next_one_goes(where: str, reply: str) -> None:
    with ScriptedServer({where: [reply]}) as server:
        connection = connect(server.port)
        first = connection.deliver(letter())
        second = connection.deliver(letter("bo@lulea.example"))
        connection.close()

    assert isinstance(first, Reply)
    assert first.line == reply
    assert isinstance(second, Reply)
    assert second.code == 250
    assert server.connections == 1
    assert "RSET" in server.commands
    assert [to for to, _ in server.messages] == ["RCPT TO:<bo@lulea.example>"]


def test_a_refusal_after_the_message_is_written_down_too() -> None:
    outcome, _, _ = deliver({"END": "554 5.7.1 Spam\r\n"})

    assert isinstance(outcome, Reply)
    assert outcome.code == 554


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", [CLOSE, SILENCE, "garbage", "999 What", "354 Go on then, I think"])
def test_a_line_that_dies_before_the_message_leaves_no_doubt(where: str, how: str) -> None:
    """Whatever happens before the end of the message: it cannot have been taken."""
    how = "250 Done already" if where == "DATA" and how.startswith("354") else how
    outcome, connection, server = deliver({where: how})

    assert isinstance(outcome, NoReply)
    assert not connection.usable
    assert server.messages == []


@pytest.mark.parametrize("how", [CLOSE, SILENCE, "garbage", "354 Go on"])
def test_a_line_that_dies_after_the_message_leaves_it_unknown(how: str) -> None:
    outcome, connection, server = deliver({"END": how})

    assert isinstance(outcome, Unanswered)
    assert not connection.usable
    assert len(server.messages) == 1  # and may well have been taken


def test_a_server_that_dies_in_the_middle_of_a_message_cannot_have_taken_it() -> None:
    """More than fits into the buffers: the end can never have left."""
    big = letter(content=b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 400_000)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def behave() -> None:
            conversation, _ = listening.accept()
            with conversation:
                lines = conversation.makefile("rb")
                conversation.sendall(b"220 hi\r\n")
                for reply in (b"250 hi", b"250 ok", b"250 ok", b"354 go"):
                    lines.readline()
                    conversation.sendall(reply + b"\r\n")
                lines.read(100_000)

        thread = threading.Thread(target=behave)
        thread.start()
        connection = connect(listening.getsockname()[1])
        outcome = connection.deliver(big)
        connection.close()
        thread.join()

    assert isinstance(outcome, NoReply)


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA", "END"])
def test_421_is_a_reply_and_the_end_of_the_connection(where: str) -> None:
    outcome, connection, _ = deliver({where: "421 4.3.2 Going down"})

    assert isinstance(outcome, Reply)
    assert outcome.line == "421 4.3.2 Going down"
    assert not connection.usable


def test_a_reply_in_many_lines_and_pieces_is_one_reply() -> None:
    outcome, _, _ = deliver({"END": "250-2.0.0 Taken\r\n250-2.0.0 with\r\n250 2.0.0 pleasure"})

    assert isinstance(outcome, Reply)
    assert outcome.line == "250 2.0.0 Taken with pleasure"


def test_a_reply_without_end_is_not_listened_to_for_ever() -> None:
    outcome, _, _ = deliver({"END": "250-and\r\n" * 30_000 + "250 done"})

    assert isinstance(outcome, Unanswered)
    assert "no end" in outcome.why


def test_a_server_that_wants_a_sign_in_refuses_us_and_not_the_message() -> None:
    outcome, connection, _ = deliver({"MAIL": "530 5.7.0 Authentication required"})

    assert outcome == NoServer("530 5.7.0 Authentication required")
    assert not connection.usable


def test_a_message_larger_than_the_server_takes_is_refused_here() -> None:
    outcome, _, server = deliver({"EHLO": "250-hi\r\n250 SIZE 20"})

    assert isinstance(outcome, Reply)
    assert (outcome.code, outcome.enhanced) == (552, (5, 3, 4))
    assert server.commands[1:] == ["QUIT"]
    assert "20" in outcome.text
    with language.using("sv"):
        assert said(outcome.line).startswith("Rundbrev avvisade brevet självt: det är större")
        assert "(20 byte)" in said(outcome.line)


def test_the_size_is_announced_where_the_server_asks_for_it() -> None:
    _, _, server = deliver({"EHLO": "250-hi\r\n250 SIZE"})

    assert f"MAIL FROM:<studs@eken.example> SIZE={len(CONTENT)}" in server.commands


def test_an_address_in_utf8_is_refused_where_the_server_cannot_take_it_and_others_go_on() -> None:
    """I1: that recipient fails with 5.6.7, the others go."""
    with ScriptedServer({}) as server:
        connection = connect(server.port)
        asa = connection.deliver(letter("åsa@lund.example"))
        anna = connection.deliver(letter())
        connection.close()

    assert isinstance(asa, Reply)
    assert (asa.code, asa.enhanced) == (553, (5, 6, 7))
    assert "Refused by Rundbrev" in asa.line
    with language.using("sv"):
        assert said(asa.line).startswith("Rundbrev avvisade brevet självt: nästa server")
    assert isinstance(anna, Reply)
    assert anna.code == 250


def test_an_address_in_utf8_is_sent_where_the_server_takes_it() -> None:
    """I1: SMTPUTF8 is asked for only when it is needed, and then 8BITMIME too."""
    with ScriptedServer({"EHLO": "250-hi\r\n250-SMTPUTF8\r\n250 8BITMIME"}) as server:
        connection = connect(server.port)
        connection.deliver(letter("åsa@lund.example"))
        connection.deliver(letter())
        connection.close()

    mails = [command for command in server.commands if command.startswith("MAIL")]
    assert mails == [
        "MAIL FROM:<studs@eken.example> SMTPUTF8 BODY=8BITMIME",
        "MAIL FROM:<studs@eken.example>",
    ]
    assert server.messages[0][0] == "RCPT TO:<åsa@lund.example>"


def test_a_bounce_address_may_be_empty() -> None:
    _, _, server = deliver({}, letter(sender=""))

    assert "MAIL FROM:<>" in server.commands


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"CONNECT": "554 5.3.2 Not today"}, "554 5.3.2 Not today"),
        ({"CONNECT": "421 4.3.2 Too many"}, "421 4.3.2 Too many"),
        ({"CONNECT": "hello"}, "the server's reply is no SMTP"),
        ({"CONNECT": CLOSE}, "Connection unexpectedly closed"),
        ({"EHLO": "554 No", "HELO": "554 5.0.0 Really not"}, "554 5.0.0 Really not"),
    ],
)
def test_no_connection_says_why(script: dict[str, str], words: str) -> None:
    with ScriptedServer(script) as server, pytest.raises(smtp.Unreachable, match=words):
        connect(server.port)


def test_a_server_that_accepts_and_never_speaks_is_left() -> None:
    with (
        ScriptedServer({"CONNECT": SILENCE}) as server,
        pytest.raises(smtp.Unreachable, match=r"timed out|too long"),
    ):
        smtp.connect(
            Relay("127.0.0.1", server.port, stays_here=True), timeouts=Timeouts(connect=0.3, command=0.3)
        )


def test_nobody_there_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(smtp.Unreachable, match="refused"):
        connect(port)


@pytest.mark.parametrize("host", ["", "..", "no such host", "x" * 300])
def test_a_host_that_is_none_says_so(host: str) -> None:
    with pytest.raises(smtp.Unreachable):
        smtp.connect(Relay(host or "\0", 25, stays_here=True), timeouts=QUICK)


def test_plain_text_goes_to_this_machine_only() -> None:
    """P5."""
    with pytest.raises(SendingRefused, match=r"smtp\.example"):
        smtp.connect(Relay("smtp.example", 25, security="none"))


def test_a_relay_that_offers_no_starttls_is_not_spoken_to() -> None:
    """P5: nor can somebody in between take the offer away."""
    with ScriptedServer({}) as server, pytest.raises(smtp.Unreachable, match="STARTTLS"):
        connect(server.port, stays_here=False)


def test_a_relay_on_this_machine_need_not_offer_starttls() -> None:
    with ScriptedServer({}) as server:
        connect(server.port, security="starttls").close()


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[int]:
    """A server that speaks TLS from the first octet, says hello, and takes one sign-in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def behave() -> None:
        try:
            while True:
                plain, _ = listening.accept()
                try:
                    with plain, context.wrap_socket(plain, server_side=True) as conversation:
                        _say_hello(conversation)
                except OSError:
                    continue
        except OSError:
            return

    thread = threading.Thread(target=behave, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def _say_hello(conversation: ssl.SSLSocket) -> None:
    lines = conversation.makefile("rb")
    conversation.sendall(b"220 tls.example\r\n")
    while line := lines.readline():
        verb = line[:4].upper()
        if verb == b"AUTH":
            right = line.split()[2] == b"AMOlc2EAbMO2c2Vu"  # \0åsa\0lösen
            conversation.sendall(b"235 2.7.0 Fine\r\n" if right else b"535 5.7.8 Wrong\r\n")
        elif verb == b"EHLO":
            conversation.sendall(b"250-tls.example\r\n250 AUTH PLAIN LOGIN\r\n")
        else:
            conversation.sendall(b"250 Ok\r\n")


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls_server: int) -> None:
    """P5."""
    with pytest.raises(smtp.Unreachable, match="certificate"):
        smtp.connect(Relay("localhost", tls_server, security="tls"), timeouts=QUICK)


def test_a_certificate_for_another_host_is_not_trusted(tls_server: int, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    with pytest.raises(smtp.Unreachable, match=r"(?i)mismatch|doesn't match|not valid for"):
        smtp.connect(Relay("127.0.0.1", tls_server, security="tls"), timeouts=QUICK, context=context)


def test_a_good_certificate_and_a_swedish_password_open_the_door(tls_server: int, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    relay = Relay("localhost", tls_server, security="tls", user="åsa", password="lösen")

    connection = smtp.connect(relay, timeouts=QUICK, context=context)

    assert connection.usable
    connection.close()


@pytest.mark.parametrize("password", ["fel", "plain-but-wrong"])
def test_a_wrong_password_is_told_without_being_shown(
    tls_server: int, certificate: Path, password: str
) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    relay = Relay("localhost", tls_server, security="tls", user="åsa", password=password)

    with pytest.raises(smtp.Unreachable) as told:
        smtp.connect(relay, timeouts=QUICK, context=context)

    assert "535" in str(told.value)
    assert password not in str(told.value) + repr(relay)


def test_a_self_signed_server_on_this_machine_is_fine(tls_server: int) -> None:
    smtp.connect(Relay("127.0.0.1", tls_server, security="tls", stays_here=True), timeouts=QUICK).close()


@pytest.mark.parametrize("line", ["553 5.6.7 The mailbox has a strange name", "550 5.1.1 No such user", ""])
def test_what_a_server_said_is_shown_as_it_said_it(line: str) -> None:
    assert said(line) == line
