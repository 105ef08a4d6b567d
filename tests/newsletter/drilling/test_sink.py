"""The counting sink writes a letter down before it says that it has it."""

import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.drilling.sink import HOST, CountingSink


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[CountingSink]:
    with CountingSink(tmp_path / "log") as sink:
        yield sink


def letter(name: str) -> bytes:
    return f"Message-ID: <{name}@eken.example>\r\nSubject: Hej\r\n\r\n.Ett brev.\r\n".encode()


def send(sink: CountingSink, *names: str) -> None:
    with smtplib.SMTP(HOST, sink.port, timeout=10) as client:
        for name in names:
            client.sendmail("brev@eken.example", "a@many.example", letter(name))


def test_it_counts_each_message_id_and_one_that_comes_twice_as_two(sink: CountingSink) -> None:
    send(sink, "one", "two")
    send(sink, "one")

    assert sink.taken() == {"<one@eken.example>": 2, "<two@eken.example>": 1}


def test_it_offers_what_a_modern_server_offers(sink: CountingSink) -> None:
    with smtplib.SMTP(HOST, sink.port, timeout=10) as client:
        client.ehlo()

        assert {"pipelining", "8bitmime", "size", "smtputf8"} <= client.esmtp_features.keys()


def test_commands_that_come_together_are_answered_in_their_order(sink: CountingSink) -> None:
    with socket.create_connection((HOST, sink.port), timeout=10) as conversation:
        replies = conversation.makefile("rb")
        replies.readline()
        conversation.sendall(b"MAIL FROM:<>\r\nRCPT TO:<a@many.example>\r\nDATA\r\n")
        asked = [replies.readline()[:3] for _ in range(3)]
        conversation.sendall(letter("one") + b".\r\nMAIL FROM:<>\r\nQUIT\r\n")

        assert asked == [b"250", b"250", b"354"]
        assert [line[:3] for line in replies] == [b"250", b"250", b"221"]


def test_a_letter_is_counted_though_its_sender_never_hears_of_it(sink: CountingSink) -> None:
    sink.behave(delay=0, allow=0)
    with socket.create_connection((HOST, sink.port), timeout=10) as conversation:
        conversation.sendall(b"MAIL FROM:<>\r\nRCPT TO:<a@many.example>\r\nDATA\r\n")
        while conversation.recv(1024)[-8:] != b" Go on\r\n":
            pass
        conversation.sendall(letter("one") + b".\r\n")
        while not sink.taken():
            time.sleep(0.005)

    assert sink.taken() == {"<one@eken.example>": 1}


def test_a_letter_that_was_cut_off_is_not_taken(sink: CountingSink) -> None:
    with socket.create_connection((HOST, sink.port), timeout=10) as conversation:
        conversation.sendall(b"MAIL FROM:<>\r\nRCPT TO:<a@many.example>\r\nDATA\r\n" + letter("one"))
    send(sink, "two")

    assert sink.taken() == {"<two@eken.example>": 1}


def test_who_is_ahead_of_what_is_allowed_waits_for_the_answer(sink: CountingSink) -> None:
    sink.behave(delay=0, allow=1)
    sending = threading.Thread(target=send, args=(sink, "one", "two", "three"))
    sending.start()
    while len(sink.taken()) < 2:
        time.sleep(0.005)
    sending.join(0.1)
    waited = sending.is_alive(), sum(sink.taken().values())

    sink.behave(delay=0, allow=None)
    sending.join(10)

    assert waited == (True, 2)
    assert sum(sink.taken().values()) == 3
