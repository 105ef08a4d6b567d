"""Servers and lines as bad as they come: the letters' outcomes say what is sure, and the others go on."""

import contextlib
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import NoReply, Reply
from newsletter.mail.courier import Courier
from newsletter.mail.smtp import Relay, Timeouts
from tests.mailservers import ScriptedServer
from tests.newsletter.mail.test_courier import ONE_BY_ONE, PIPELINING, Bag, Lines, letters, run, to
from tests.newsletter.mail.test_smtp import QUICK

#: More than fits into the buffers between two sockets of this machine.
HUGE = (b"y" * 70 + b"\r\n") * 150_000
HASTY = Timeouts(connect=0.3, command=0.3, data=0.3, block=0.3, content=0.6, end=0.3, quit=0.2)


@contextmanager
def server(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that greets, offers PIPELINING, takes an envelope with 354, and then behaves so."""

    def talk(conversation: socket.socket) -> None:
        with conversation, contextlib.suppress(OSError):
            lines = conversation.makefile("rb", buffering=0)
            conversation.sendall(b"220 hi\r\n")
            lines.readline()
            conversation.sendall(b"250-hi\r\n250 PIPELINING\r\n")
            for _ in range(3):
                lines.readline()
            conversation.sendall(b"250 ok\r\n250 ok\r\n354 go\r\n")
            behave(conversation)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listening.accept()[0],), daemon=True).start()

    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def first_outcome(
    port: int, content: bytes, *, timeouts: Timeouts = QUICK, lines: Lines | None = None
) -> object:
    """Send one letter over one connection, and return what became of it."""
    carrying = Courier([to(port)], timeouts=timeouts)
    bag = Bag(letters(1, content=content))
    run(carrying, bag, lines, until=lambda: bool(bag.outcomes))
    carrying.close()
    return bag.outcomes[1]


def killed(conversation: socket.socket) -> None:
    """Die as a killed process on a machine that lives: the line is reset."""
    conversation.recv(100)
    conversation.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_closed(conversation: socket.socket) -> None:
    """Say no more, but go on listening."""
    conversation.recv(100)
    conversation.shutdown(socket.SHUT_WR)
    time.sleep(0.2)


def stalled(conversation: socket.socket) -> None:
    """Read nothing, say nothing."""
    time.sleep(1.5)


@pytest.mark.parametrize("behave", [killed, half_closed, stalled])
def test_a_letter_that_did_not_get_through_whole_cannot_have_been_taken(
    behave: Callable[[socket.socket], None],
) -> None:
    lines = Lines()
    with server(behave) as port:
        outcome = first_outcome(port, HUGE, timeouts=HASTY, lines=lines)

    assert isinstance(outcome, NoReply)
    assert lines.lines == ["> 1 1", "- 1 1"]


@pytest.mark.parametrize("behave", [killed, half_closed, stalled])
def test_a_letter_that_went_whole_and_has_no_reply_is_unknown(
    behave: Callable[[socket.socket], None],
) -> None:
    lines = Lines()
    with server(behave) as port:
        outcome = first_outcome(port, b"Subject: Hej\r\n\r\nKort.\r\n", timeouts=HASTY, lines=lines)

    assert isinstance(outcome, Unanswered)
    assert lines.lines == ["> 1 1"]


def test_a_server_that_reads_octet_by_octet_is_waited_for_no_longer_than_a_letter_may_take() -> None:
    def trickle(conversation: socket.socket) -> None:
        while conversation.recv(20_000):
            time.sleep(0.02)

    begun = time.monotonic()
    with server(trickle) as port:
        outcome = first_outcome(port, HUGE, timeouts=HASTY)

    assert isinstance(outcome, NoReply)
    assert time.monotonic() - begun < 3


def test_a_no_in_the_middle_of_a_letter_is_heard() -> None:
    """Some servers say that a letter is too large as soon as they know, and hang up."""

    def refuse(conversation: socket.socket) -> None:
        conversation.recv(100)
        conversation.sendall(b"552 5.3.4 Too large\r\n")
        time.sleep(0.2)

    with server(refuse) as port:
        assert first_outcome(port, HUGE) == Reply(552, (5, 3, 4), "Too large")


def test_garbage_without_end_is_not_listened_to() -> None:
    def babble(conversation: socket.socket) -> None:
        conversation.sendall(b"x" * 200_000)
        time.sleep(0.5)

    begun = time.monotonic()
    with server(babble) as port:
        outcome = first_outcome(port, b"Kort.\r\n", timeouts=Timeouts(connect=5))

    assert isinstance(outcome, Unanswered | NoReply)
    assert time.monotonic() - begun < 3


def test_a_server_that_accepts_and_never_speaks_does_not_hold_up_the_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ScriptedServer(PIPELINING) as good:
        carrying = Courier([to(silent.getsockname()[1], 2), to(good.port, 2)], timeouts=HASTY)
        bag = run(carrying, Bag(letters(50)), seconds=5)
        run(carrying, bag, until=lambda: carrying.states()[0].trouble != "")
        carrying.close()

    assert bag.kinds == {"250": 50}
    assert len(good.messages) == 50
    assert carrying.trouble == ""


def test_letters_are_shared_by_weight_between_real_servers() -> None:
    with ScriptedServer(PIPELINING) as large, ScriptedServer(PIPELINING) as small:
        relays = [to(large.port, 2, weight=3, name="large"), to(small.port, 2, name="small")]
        carrying = Courier(relays, timeouts=QUICK)
        bag = run(carrying, Bag(letters(200)))
        carrying.close()

    assert bag.kinds == {"250": 200}
    assert bag.by["large"] == pytest.approx(150, abs=12)


def test_a_relay_that_is_down_is_left_alone_and_comes_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with ScriptedServer(PIPELINING) as good:
        carrying = Courier([to(port, 2, name="down"), to(good.port, 2, name="good")], timeouts=QUICK)
        bag = run(carrying, Bag(letters(40)))
        assert bag.by == {"good": 40}
        assert carrying.trouble == ""
        assert "refused" in carrying.states()[0].trouble

        with ScriptedServer(PIPELINING, port=port) as back:
            again = Bag([])
            carrying.turn(again, Lines(), seconds=1.1)  # it is tried again after a second
            again.left.extend(letters(40))
            run(carrying, again)
            while not back.messages:  # the other one may have been quicker
                again = run(carrying, Bag(letters(40)))
            carrying.close()
        assert again.kinds == {"250": 40}


def test_tls_with_letters_that_do_not_fit_into_its_buffers(certificate: Path) -> None:
    """Partial writes, of records that must be offered again as they were."""
    speaks = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    speaks.load_cert_chain(certificate)
    trusts = ssl.create_default_context(cafile=str(certificate))
    with ScriptedServer(PIPELINING, tls=speaks) as secure:
        relay = Relay("localhost", secure.port, "tls", connections=2)
        carrying = Courier([relay], timeouts=QUICK, context=trusts)
        large = HUGE[: 72 * 20_000]
        bag = run(carrying, Bag(letters(4, content=large)), seconds=10)
        carrying.close()

    assert bag.kinds == {"250": 4}
    assert all(content == large for _, content in secure.messages)
    assert secure.commands.count("QUIT") == 2


@pytest.mark.parametrize("speaks", [PIPELINING, ONE_BY_ONE], ids=["pipelining", "one by one"])
def test_a_server_that_dribbles_its_replies_is_understood(speaks: dict[str, str]) -> None:
    """The scripted server is asked over a line that lets few octets through at a time."""
    with ScriptedServer(speaks) as behind, dribbling(behind.port) as port:
        carrying = Courier([to(port)], timeouts=QUICK)
        bag = run(carrying, Bag(letters(5)))
        carrying.close()

    assert bag.kinds == {"250": 5}


@contextmanager
def dribbling(port: int) -> Iterator[int]:
    """Pass on what goes to a server as it comes, and what comes from it in pieces of three octets."""

    def copy(source: socket.socket, sink: socket.socket, piece: int) -> None:
        with contextlib.suppress(OSError):
            while octets := source.recv(piece):
                sink.sendall(octets)
            sink.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with contextlib.suppress(OSError):
            near = listening.accept()[0]
            far = socket.create_connection(("127.0.0.1", port))
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with near, far:
                back = threading.Thread(target=copy, args=(far, near, 3), daemon=True)
                back.start()
                copy(near, far, 65_536)
                back.join()

    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@pytest.fixture
def smtp_sink() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Postfix's smtp-sink, which offers PIPELINING."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    command = ["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "100"]
    with subprocess.Popen(command) as process:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        try:
            yield port, process
        finally:
            process.kill()


def test_postfix_takes_a_thousand_letters_pipelined(smtp_sink: tuple[int, object]) -> None:
    lines = Lines()
    carrying = Courier([to(smtp_sink[0], 10)], timeouts=QUICK)
    bag = run(carrying, Bag(letters(1000)), lines)
    carrying.close()

    assert bag.kinds == {"250": 1000}
    assert len(lines.lines) == 2000


def test_a_server_that_is_killed_leaves_unknown_what_was_on_the_wire_and_nothing_else(
    smtp_sink: tuple[int, subprocess.Popen[bytes]],
) -> None:
    port, process = smtp_sink
    lines, bag = Lines(), Bag(letters(100_000))
    carrying = Courier([to(port, 4)], timeouts=QUICK)
    run(carrying, bag, lines, until=lambda: len(bag.outcomes) > 200)
    process.kill()
    run(carrying, bag, lines, until=lambda: carrying.trouble != "" and not carrying.on_the_wire)
    carrying.close()

    kinds = bag.kinds
    assert kinds.keys() <= {"250", "Unanswered", "NoReply"}
    assert kinds["Unanswered"] <= 4
    assert kinds.total() + len(bag.left) == 100_000
    begun = {line[2:] for line in lines.lines if line.startswith(">")}
    replied = {" ".join(line.split()[1:3]) for line in lines.lines if line.startswith("<")}
    assert len(begun - replied) <= 4
