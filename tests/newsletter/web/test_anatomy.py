"""A mail taken apart: what a reader would see of it, whatever somebody sent."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.web import anatomy

HEAD = b"From: a@b.example\r\nSubject: Hej\r\nMIME-Version: 1.0\r\n"


def test_the_parts_and_the_headers_are_found_and_decoded() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Äpplen från Skåne till Norrbotten, och årsmötet i Örebro som hålls i mars"
    mail["To"] = "Åsa Öberg <asa@lund.example>"
    mail.set_content("Hej Åsa\n")
    mail.add_alternative("<p>Hej Åsa <img src='cid:logo'></p>", subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Protokoll från mötet.pdf")

    inside = anatomy.read(mail.as_bytes())

    assert inside.whole
    assert inside.header("subject") == mail["Subject"]
    assert inside.header("To") == "Åsa Öberg <asa@lund.example>"
    assert inside.text == "Hej Åsa\n"
    assert inside.html is not None
    assert "Hej Åsa" in inside.html
    assert inside.pictures == {"logo": ("image/png", b"\x89PNG")}
    assert inside.attachments == ("Protokoll från mötet.pdf",)


def test_headers_in_raw_utf8_are_read_too() -> None:
    """I2: under SMTPUTF8 (RFC 6532)."""
    inside = anatomy.read("Subject: Smörgåsbord åt alla\r\n\r\nHej".encode())

    assert inside.header("subject") == "Smörgåsbord åt alla"


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "iso-8859-1", "windows-1252", "no-such-charset", "punycode", "zip", "idna", "utf-8\x00", '"'],
)
def test_no_charset_breaks_the_reading(charset: str) -> None:
    raw = HEAD + f"Content-Type: text/html; charset={charset}\r\n\r\n<p>Hej</p>".encode()

    assert "Hej" in (anatomy.read(raw).html or "")


def nested(levels: int) -> bytes:
    heads = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(levels)
    )
    return HEAD + heads + b"Content-Type: text/plain\r\n\r\nx\r\n"


HOSTILE = {
    "a thousand levels": nested(1000),
    "a hundred thousand parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n"
    + b"--y\r\n\r\nx\r\n" * 100_000,
    "a header of a megabyte": HEAD + b"To: " + b"a@b.example, " * 80_000 + b"\r\n\r\nx",
    "a header without an end": b"Subject: " + b"x" * 3_000_000,
    "a parameter without an end": HEAD + b"Content-Type: text/html" + b"; a=b" * 400_000 + b"\r\n\r\nx",
    "the same, folded": HEAD + b"Content-Type: text/html" + b";\r\n a=b" * 400_000 + b"\r\n\r\nx",
    "the same, in a part, with bare carriage returns": HEAD
    + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\rContent-Type: text/html"
    + b";\r a=b" * 200_000
    + b"\r\rx",
    "forwarded and forwarded": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000,
    "seven megabytes": HEAD + b"\r\n" + b"x" * 7_000_000,
    "a million lines": HEAD + b"\r\n" + b"\n" * 1_000_000,
    "five megabytes of brackets": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<" * 5_000_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_mail_is_so_hostile_that_it_stops_the_page(raw: bytes) -> None:
    """Python's parser alone takes a minute or a RecursionError for some of these."""
    began = time.process_time()

    inside = anatomy.read(raw)

    assert time.process_time() - began < 2
    assert inside.header("from") in ("a@b.example", "")


def test_a_mail_beyond_the_bounds_says_so_and_keeps_its_headers() -> None:
    inside = anatomy.read(nested(1000))

    assert not inside.whole
    assert inside.html is inside.text is None
    assert inside.header("subject") == "Hej"


#: What mails are made of, and what breaks them.
SHREDS = [
    b"Content-Type: ", b"multipart/mixed", b"; boundary=", b"y", b"\r\n", b"\n", b"\r", b"--y", b"--y--",
    b"text/html", b"; charset=", b"utf-8", b"=?utf-8?q?=C3?=", b"=?x?b?????=", b"\x00", b"\xff", b" ", b"\t",
    b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*0*=", b"Subject: ",
    b"%", b"message/rfc822", b"<p>", b'"', b"Content-ID: <>", b"image/png", b"'",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SHREDS), max_size=60))
def test_no_bytes_raise_anything(pieces: list[bytes]) -> None:
    inside = anatomy.read(b"".join(pieces))

    for name, value in inside.headers:
        (name + value).encode("utf-8", errors="strict")
