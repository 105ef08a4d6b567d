"""What a signature is made over: the examples of RFC 6376, and what may not be changed on the way."""

import hashlib
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import dkim, messages
from newsletter.core.dkim import Signer
from newsletter.core.messages import MARKERS
from newsletter.rendering import mime

#: RFC 6376 3.4.5, Example 1.
EXAMPLE = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n"
SIGNER = Signer("appel.example", "s", "rsa-sha256")


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def test_the_example_of_the_standard_comes_out_as_it_says() -> None:
    of = dkim.canonical(EXAMPLE)

    assert [line for _, line in of.fields] == [b"a:X", b"b:Y Z"]
    assert of.body_digest == digest(b" C\r\nD E\r\n")


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b" \t\r\n \r\n"])
def test_a_body_of_nothing_is_empty(body: bytes) -> None:
    assert dkim.canonical(b"A: X\r\n\r\n" + body).body_digest == digest(b"")


@given(st.lists(st.text(" \t", min_size=1, max_size=70), max_size=6))
def test_blanks_inside_become_one_however_many_there_are(gaps: list[str]) -> None:
    body = "a" + "".join(f"{gap}b" for gap in gaps) + "\r\n"
    wanted = "a" + " b" * len(gaps) + "\r\n"

    assert dkim.canonical(b"A: X\r\n\r\n" + body.encode()).body_digest == digest(wanted.encode())


def test_every_field_is_named_once_more_than_it_stands_there() -> None:
    of = dkim.canonical(b"From: a@b.example\r\nList-Unsubscribe: <x>\r\nTo: c@d.example\r\n\r\n")
    value = dkim.unsigned(of, SIGNER, at=1).decode().replace("\r\n ", "")
    names = value.partition("h=")[2].partition(";")[0].split(":")

    assert [names.count(name) for name in ("from", "list-unsubscribe", "to", "cc")] == [2, 2, 2, 1]
    assert {"list-unsubscribe-post", "reply-to", "subject"} <= set(names)


def test_of_two_fields_the_last_is_signed_first() -> None:
    """RFC 6376 5.4.2: so that it is clear which is meant."""
    of = dkim.canonical(b"To: a\r\nFrom: first\r\nFrom: last\r\n\r\n")

    octets = dkim.to_sign(of, dkim.unsigned(of, SIGNER, at=1))
    assert octets.startswith(b"from:last\r\nfrom:first\r\nto:a\r\n")


def test_no_line_of_the_field_is_long() -> None:
    of = dkim.canonical(b"From: a@b.example\r\n\r\nHej\r\n")
    whole = dkim.field(dkim.unsigned(of, SIGNER, at=1_900_000_000), b"\x00" * 512)

    assert whole.endswith(b"\r\n")
    assert max(map(len, whole.split(b"\r\n"))) <= 78


LEAVE = MARKERS[messages.UNSUBSCRIBE_URL]


@dataclass(frozen=True)
class Parts:
    """A letter as ``rendering.mime`` takes it."""

    text: str
    html: str
    subject: str = "Mars"
    language: str = "sv"


@given(
    st.text(st.sampled_from("Åsa \tö.=F"), min_size=1, max_size=90),
    st.sampled_from(["", "  två  blanka  ", "\tindrag"]),
)
def test_letters_are_relaxed_as_they_are_filled(name: str, text: str) -> None:
    parts = Parts(
        text=f"{MARKERS[messages.GREETING]}\n\n{text}\n  Indraget.   \n{LEAVE}\n\n\n",
        html=f"<p>{MARKERS[messages.GREETING]}</p>\n    <p>  {text}</p>\n    {LEAVE}\n",
    )
    frozen = mime.FrozenHeaders(
        sender_name="Eken", sender_address="brev@eken.example", list_id="<a.eken.example>"
    )
    template = mime.compile(parts, frozen)
    values = dict.fromkeys(messages.SLOTS, "x") | {messages.GREETING: name}
    content = template.fill(values)

    assert template.relaxed
    assert dkim.canonical(content, relaxed=True) == dkim.canonical(content)
