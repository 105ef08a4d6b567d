"""A mail to ourselves, and what relays do to mail: a pixel, counted links, fields that are gone."""

import base64
from email import message_from_bytes, policy

import pytest

from newsletter.core import boomerangs
from newsletter.core.boomerangs import Words
from newsletter.core.health.checks import Level
from newsletter.core.health.comparing import compare
from tests.incoming import HOUSE, RING

WENT = boomerangs.write(
    house=HOUSE,
    words=Words("Prov", "Så här ser ett brev ut: åäö.", "Våra sidor"),
    token=boomerangs.token(RING, 7),
    date="Fri, 01 Mar 2030 13:00:00 +0100",
)
#: What every server on the way adds.
TRACE = b"Received: from relay.example by appel.example; Fri, 01 Mar 2030 13:00:01 +0100\r\n"


def found(came: bytes) -> dict[str, Level]:
    checks = compare(WENT, came)
    for each in checks:
        assert each.says.format(**each.facts)
        assert each.do.format(**each.facts)
    return {each.name.removeprefix("came-"): each.level for each in checks}


def swapped(old: bytes, new: bytes) -> bytes:
    assert old in WENT
    return TRACE + WENT.replace(old, new)


def test_a_mail_that_arrives_as_it_went_gets_no_remark() -> None:
    assert found(WENT) == {}
    assert found(TRACE + WENT.replace(b"\r\n", b"\n")) == {}


def test_another_encoding_is_no_change() -> None:
    """A relay may decode quoted-printable, or make base64 of it (RFC 6376 5.3 warns signers of it)."""
    message = message_from_bytes(WENT, policy=policy.SMTP)
    for part in message.walk():
        if not part.is_multipart():
            text = part.get_payload(decode=True)
            assert isinstance(text, bytes)
            part.replace_header("Content-Transfer-Encoding", "base64")
            part.set_payload(base64.encodebytes(text).decode())

    assert b"base64" in message.as_bytes()
    assert found(TRACE + message.as_bytes()) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"</body>", b'<img src=3D"https://t.relay.example/o.gif" width=3D"1"></body>', "pictures"),
        (b"</body>", b'<div style=3D"background:url(//t.relay.example/o)"></div></body>', "pictures"),
        (b"</head>", b"<style>p{background:url('https://t.relay.example/o')}</style></head>", "pictures"),
        (b"<html ", b'<html background=3D"https://t.relay.example/o" ', "pictures"),
        (b'href=3D"https://brev.appel.example/"', b'href=3D"https://k.relay.example/c/1"', "links"),
        (b'<a href=3D"https://brev.appel.example/">', b"<a>", "links"),
        (b": https://brev.appel.example/\r\n", b": https://k.relay.example/c/2\r\n", "links"),
        (b"Message-ID: <", b"Message-ID: <relay.", "message-id"),
        (b"Message-ID: ", b"X-Old-Message-ID: ", "message-id"),
        (b"Message-ID: ", b"Message-ID: <1@relay.example>\r\nMessage-ID: ", "message-id"),
        (b"List-Unsubscribe: <https://brev.", b"List-Unsubscribe: <https://relay.", "list-unsubscribe"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b"", "list-unsubscribe-post"),
        (b"Reply-To: ", b"X-Reply-To: ", "reply-to"),
        (b"<nytt@appel.example>", b"<studs@relay.example>", "from"),
        (b"text/html", b"application/x-gone", "parts"),
    ],
)
def test_what_harms_is_red(old: bytes, new: bytes, expected: str) -> None:
    assert found(swapped(old, new)) == {expected: Level.RED}


def test_a_list_unsubscribe_that_is_gone_is_red() -> None:
    lines = WENT.split(b"\r\n")
    came = b"\r\n".join(line for line in lines if not line.startswith(b"List-Unsubscribe: "))

    assert found(TRACE + came) == {"list-unsubscribe": Level.RED}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"Subject: ", b"Subject: [EXTERN] ", "subject"),
        (b"</body>", b"<p>Skickat genom Relay.</p></body>", "words"),
        (b"</body>", b'<p><a href=3D"https://relay.example/">Relay</a></p></body>', "links"),
        (b"h=C3=A4r ser", b"d=C3=A4r ser", "words"),
        (b"text/plain", b"application/x-gone", "parts"),
    ],
)
def test_what_does_little_harm_is_amber(old: bytes, new: bytes, expected: str) -> None:
    assert found(swapped(old, new))[expected] is Level.AMBER


def test_a_foot_that_was_added_is_quoted() -> None:
    [words] = compare(WENT, swapped(b"</body>", b"<p>Skickat genom Relay.</p></body>"))

    assert "Skickat genom Relay." in words.says.format(**words.facts)


@pytest.mark.parametrize("came", [b"", b"\x00\xff" * 50, b"Subject: x\r\n\r\n", b"From: " + b"<" * 5000])
def test_whatever_comes_is_compared(came: bytes) -> None:
    assert "message-id" in found(came)
