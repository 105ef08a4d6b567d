"""A template is safe to fill by the way it is built, and survives its rest in the database."""

import hashlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import messages
from newsletter.core.messages import Context, MessageTemplate, Slot
from newsletter.errors import HeaderRefused

VALUES = {
    messages.TO: "Anna <anna@example.org>",
    messages.DATE: "Fri, 01 Mar 2030 12:00:00 +0000",
    messages.MESSAGE_ID: "<abc@example.org>",
    messages.GREETING: "Hej Anna!",
}


def template() -> MessageTemplate:
    return MessageTemplate(
        pieces=(
            b"From: brev@example.org\r\n",
            b"",
            b"",
            b"Subject: Brev\r\n\r\n",
            b"\r\nMera text.\r\n",
            b"=\r\n\r\n",
        ),
        slots=(
            Slot(messages.TO, Context.HEADER),
            Slot(messages.REPLY_TO, Context.HEADER),
            Slot(messages.MESSAGE_ID, Context.HEADER),
            Slot(messages.GREETING, Context.TEXT),
            Slot(messages.GREETING, Context.HTML),
        ),
    )


def filled(**values: str) -> bytes:
    return template().fill(VALUES | {messages.REPLY_TO: "", messages.GREETING: "Hej!"} | values)


def test_a_message_is_the_pieces_with_the_values_between() -> None:
    assert filled(greeting='Hej "Åsa" & Bo!') == (
        b"From: brev@example.org\r\n"
        b"To: Anna <anna@example.org>\r\n"
        b"Message-ID: <abc@example.org>\r\n"
        b"Subject: Brev\r\n"
        b"\r\n"
        b'Hej "=C3=85sa" & Bo!\r\n'
        b"Mera text.\r\n"
        b"Hej &quot;=C3=85sa&quot; &amp; Bo!=\r\n"
        b"\r\n"
    )


def test_answers_go_to_from_when_there_is_no_reply_to() -> None:
    assert b"Reply-To" not in filled()
    skane = "Bo <skane@example.org>"
    assert b"\r\nReply-To: Bo <skane@example.org>\r\n" in filled(**{messages.REPLY_TO: skane})


def test_a_template_says_what_it_needs_and_ignores_what_it_does_not() -> None:
    needed = {messages.TO, messages.REPLY_TO, messages.MESSAGE_ID, messages.GREETING}
    assert template().needs == needed
    assert filled() == filled(**{messages.LIST_UNSUBSCRIBE: "<https://example.org/u>"})


def test_a_missing_unknown_or_empty_value_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="to"):
        template().fill({messages.MESSAGE_ID: "<a@b>", messages.GREETING: "", messages.REPLY_TO: ""})
    with pytest.raises(ValueError, match="shoe-size"):
        filled(**{"shoe-size": "42"})
    with pytest.raises(ValueError, match="empty"):
        filled(to="")
    with pytest.raises(ValueError, match="Message-ID"):
        filled(**{messages.MESSAGE_ID: ""})
    with pytest.raises(ValueError, match="Message-ID"):
        filled(**{messages.MESSAGE_ID: "x" * 987})


@pytest.mark.parametrize("name", [messages.TO, messages.REPLY_TO, messages.MESSAGE_ID, messages.GREETING])
@pytest.mark.parametrize("harm", ["\r", "\n", "\0", "\r\n.\r\n", "\udcff"])
def test_no_value_breaks_a_line_in_header_or_body(name: str, harm: str) -> None:
    """F1: a name cannot write headers, nor end the message and start another one."""
    for value in (harm, f"Anna{harm}Bcc: all@example.org", f"Anna{harm}"):
        with pytest.raises(HeaderRefused):
            filled(**{name: value})


def test_a_template_comes_back_from_the_database_as_it_was() -> None:
    stored = template().dump()
    assert MessageTemplate.load(stored) == template()
    assert MessageTemplate.load(stored).dump() == stored
    assert template().sha256() == hashlib.sha256(stored).hexdigest()
    assert len(stored) < sum(map(len, template().pieces)) + 200


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"rundbrev message 1\n" + tail))
def test_strange_bytes_are_no_template(stored: bytes) -> None:
    with pytest.raises(ValueError, match="not a message template"):
        MessageTemplate.load(stored)


@given(st.data())
def test_a_damaged_template_is_refused_or_still_safe(data: st.DataObject) -> None:
    stored = bytearray(template().dump())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(stored) - 1))
        stored[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        damaged = MessageTemplate.load(bytes(stored))
    except ValueError:
        return
    message = damaged.fill(dict.fromkeys(messages.SLOTS, "x"))
    assert b"\r\n." not in message
    assert message.count(b"\r") == message.count(b"\n") == message.count(b"\r\n")


@pytest.mark.parametrize(
    "row",
    [
        b"1 to header",
        b"-1 to header",
        "²5 to header".encode(),
        b"24 to",
        b"24 to header x",
        b"24 to footer",
        b"24 nobody header",
        b"24 to text",
        b"24 greeting header",
        b"99999999999 to header",
    ],
)
def test_a_table_that_we_did_not_write_is_refused(row: bytes) -> None:
    stored = template().dump().replace(b"24 to header", row)
    assert stored != template().dump()
    with pytest.raises(ValueError, match="not a message template"):
        MessageTemplate.load(stored)


TO = Slot(messages.TO, Context.HEADER)
GREETING = Slot(messages.GREETING, Context.TEXT)


@pytest.mark.parametrize(
    ("pieces", "slots", "why"),
    [
        ((b"From: a@b\r\n",), (TO,), "one piece more"),
        ((b"From: a@b", b"\r\n"), (TO,), "does not start a line"),
        ((b"From: a@b\r\n", b" folded\r\n\r\n"), (TO,), "would belong to it"),
        ((b"From: a@b\r\n", b".\r\n"), (TO,), "dot"),
        ((b"", b".\r\n"), (TO,), "dot"),
        ((b".From: a@b\r\n",), (), "dot"),
        ((b"From: a@b\r\n\r\n.\r\n",), (), "dot"),
        ((b"From: a@b\n",), (), "CRLF"),
        ((b"From: a@b\r\r\n",), (), "CRLF"),
        ((b"From: a@b",), (), "CRLF"),
        ((b"From: \xc3\xa5@b\r\n",), (), "ASCII"),
        ((b"From: \0@b\r\n",), (), "ASCII"),
        ((b"X: " + b"x" * 996 + b"\r\n",), (), "998"),
        ((b"From: a@b\r\n\r\nHej ", b"\r\n"), (GREETING,), "does not start a line"),
        ((b"From: a@b\r\n\r\n", b"text\r\n"), (GREETING,), "nothing ends"),
        ((b"From: a@b\r\n\r\n", b"", b"\r\n"), (GREETING, GREETING), "nothing ends"),
        ((b"From: a@b\r\n\r\n", b"\r\n"), (TO,), "wrong side"),
        ((b"From: a@b\r\n", b"\r\n"), (GREETING,), "wrong side"),
        ((b"From: a@b\r\n\r\n", b"\r\n"), (Slot(messages.GREETING, Context.HEADER),), "no slot"),
    ],
)
def test_a_template_that_would_break_a_promise_cannot_be_made(
    pieces: tuple[bytes, ...], slots: tuple[Slot, ...], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        MessageTemplate(pieces, slots)


def test_what_an_article_says_never_becomes_a_slot() -> None:
    for marker in messages.MARKERS.values():
        assert marker.isascii()
        defused = messages.defuse(f"<p>{marker}{marker}</p>")
        assert marker not in defused
        assert defused.replace("\u2060", "") == f"<p>{marker}{marker}</p>"
    assert messages.defuse("__init__ and __greeting__") == "__init__ and __greeting__"


def test_the_sender_can_fill_without_rendering_or_database() -> None:
    """Memory of the sender's process: filling needs nothing but the standard library."""
    heavy = "'sqlalchemy', 'jinja2', 'mjml', 'premailer', 'lxml', 'idna', 'babel', 'newsletter.rendering'"
    code = f"import sys, newsletter.core.messages; sys.exit(not {{{heavy}}}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
