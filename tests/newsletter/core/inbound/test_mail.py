"""Strangers' mail is read, whatever they send."""

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.inbound.mail import read


def message(**fields: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"From": "Åsa Ek <asa@example.org>", "Subject": "Hör av er", **fields}.items():
        mail[name] = value
    mail.set_content("Hej på er!")
    return mail


def test_an_ordinary_mail_is_read() -> None:
    mail = read(bytes(message()))

    assert (mail.sender, mail.name, mail.subject) == ("asa@example.org", "Åsa Ek", "Hör av er")
    assert mail.text.strip() == "Hej på er!"


@pytest.mark.parametrize(
    "charset", ["iso-8859-1", "utf-8", "us-ascii", "unknown-8bit", "punycode", "hex", ""]
)
def test_a_wrong_label_costs_no_letter(charset: str) -> None:
    head = f"From: a@example.org\nContent-Type: text/plain; charset={charset}\n\n".encode()

    assert read(head + "Hälsningar från Öland".encode("windows-1252")).text == "Hälsningar från Öland"
    assert read(head + "Hälsningar från Öland".encode()).text == "Hälsningar från Öland"


def test_a_label_of_another_alphabet_is_believed() -> None:
    body = base64.b64encode("Hej".encode("utf-16"))
    head = b"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"

    assert read(head + body).text == "Hej"


def test_html_without_a_text_part_is_read_without_its_markup_and_what_it_answers() -> None:
    html = "<p>Ta bort mig<br>tack</p><blockquote><p>Avregistrera</p></blockquote>"
    mail = read(b"From: a@example.org\nContent-Type: text/html\n\n" + html.encode())

    assert mail.text.split() == ["Ta", "bort", "mig", "tack"]


def test_the_ids_and_addresses_that_a_mail_names_are_found() -> None:
    mail = read(b"From: a@example.org\nTo: B <B@Example.org>\nReferences: <1@x> <2@y>\n <3@z>\n\nHej")

    assert mail.message_ids("In-Reply-To", "References") == ["<1@x>", "<2@y>", "<3@z>"]
    assert mail.recipients() == ["b@example.org"]


@given(st.binary(max_size=2_000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    read(raw)


@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=b\n",
                b"Content-Type: multipart/mixed\n",
                b"--b\n",
                b"--b--\n",
                b"\n",
                b"Content-Type: message/rfc822\n",
                b"Content-Type: text/plain; charset*=x''%ff\n",
                b"Content-Disposition: attachment; filename*0*=a''%zz; filename*2=b\n",
                b"From: \xff <a@b>\n",
                b"Content-Transfer-Encoding: base64\n",
                b"=?utf-8?b?%%%?=",
                b"Subject: =?x?q?=ff?=\n",
                b"AAA=A\n",
                b"Content-Type: message/delivery-status\n",
                b'From: "\n',
                b"Content-Type: =?q?\n",
            ]
        ),
        max_size=30,
    )
)
def test_no_pieces_of_mail_make_it_fail_however_put_together(pieces: list[bytes]) -> None:
    read(b"".join(pieces))


@pytest.mark.parametrize(
    "said",
    [
        "multipart/mixed; boundary*=a; boundary*0=b",
        "text/plain; charset*=a; charset*0=b; charset*1*=c",
        "text/plain; name*=a; name*0=b",
        "text/plain; charset*=no-such''%E5",
    ],
)
def test_a_parameter_told_whole_and_in_pieces_costs_nothing_but_itself(said: str) -> None:
    """Python's parser raises TypeError for it; a fuzzer found that."""
    mail = read(f"From: a@example.org\nSubject: Hej\nContent-Type: {said}\n\nHej".encode())

    assert (mail.sender, mail.subject) == ("a@example.org", "Hej")


def test_what_html_hides_is_not_read_and_an_end_that_is_missing_hides_nothing() -> None:
    def said(html: str) -> str:
        return read(f"From: a@example.org\nContent-Type: text/html\n\n{html}".encode()).text

    assert (
        said("<HEAD><title>x</title></head ><style>y</STYLE>Hej<!-- z --> du<script>1</script>!") == "Hej du!"
    )
    assert said("Hej <!-- du <style> där") == "Hej <!-- du  där"


def test_an_attached_message_is_not_the_writers_own_words() -> None:
    """A person who passes on somebody's wish has none of their own."""
    raw = (
        'From: a@example.org\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nSe bilagan.\n'
        "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nAvregistrera mig\n--b--\n"
    )

    mail = read(raw.encode())

    assert mail.text == "Se bilagan."
    assert [part.attached for part in mail.parts] == [False, True]
