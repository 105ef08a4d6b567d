"""A letter filled from pieces says the same as one built the slow way, for every person and text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.core import headers, messages
from newsletter.core.messages import MARKERS, MessageTemplate
from newsletter.errors import HeaderRefused, TemplateError
from newsletter.rendering import mime

GREETING, UNSUBSCRIBE, PREFERENCES = (
    MARKERS[name] for name in (messages.GREETING, messages.UNSUBSCRIBE_URL, messages.PREFERENCES_URL)
)


@dataclass(frozen=True)
class Parts:
    subject: str
    html: str
    text: str
    language: str = "sv"


PARTS = Parts(
    subject="Sommarbrev från föreningen",
    text=f"{GREETING}\n\nVälkommen till årets brev.\n\nAvsluta: {UNSUBSCRIBE}\nÄndra: {PREFERENCES}\n",
    html=f'<!DOCTYPE html><html lang="sv"><body><p>{GREETING}</p><p>Välkommen</p>'
    f'<a href="{UNSUBSCRIBE}">Avsluta</a> <a href="{PREFERENCES}">Ändra</a></body></html>\n',
)
FROZEN = mime.FrozenHeaders(
    sender_name="Äppelvännerna",
    sender_address="brev@example.org",
    list_id=headers.list_id("Nyhetsbrevet", "nyhetsbrev", "example.org"),
)
VALUES = {
    messages.TO: headers.address("Åsa Öberg", "asa@example.org"),
    messages.REPLY_TO: headers.address("Region Skåne", "skane@example.org"),
    messages.DATE: "Fri, 01 Mar 2030 12:00:00 +0000",
    messages.MESSAGE_ID: "<abc234@example.org>",
    messages.LIST_UNSUBSCRIBE: "<https://example.org/u/abc234>, <mailto:avsluta+abc234@example.org>",
    messages.GREETING: "Hej Åsa!",
    messages.UNSUBSCRIBE_URL: "https://example.org/u/abc234",
    messages.PREFERENCES_URL: "https://example.org/p/abc234?a=1&b=2",
    messages.WEB_URL: "https://example.org/las/abc234",
}

CHARACTERS = st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])
WORDS = st.text(CHARACTERS, max_size=150)
AWKWARD = st.text(st.sampled_from('.=F rom\tåA?_<>&"'), max_size=200)
NAMES = (
    WORDS
    | AWKWARD
    | st.sampled_from(
        [
            "Åsa Öberg",
            "Анна Иванова",
            "山田太郎" * 40,
            "أنا محمد",
            "שרה לוי",
            "नमस्ते",
            "👩‍👩‍👧‍👦 " * 30,
            '"Anna" <evil@x>, other@y',
            "=?utf-8?q?x?=",
            "Anna " * 100,
            "x" * 500,
            ".",
            "",
        ]
    )
)
BODIES = st.lists(
    WORDS | AWKWARD | st.sampled_from([".", "..", "From me", "-- ", "=20 ", "x" * 2000]), max_size=6
).map("\n".join)
LOCAL_PARTS = st.text(st.sampled_from("abcxyz019.+-_'åß山"), min_size=1, max_size=18).filter(
    lambda local: ".." not in local and local[0] != "." != local[-1]
)


def fill(parts: Parts = PARTS, frozen: mime.FrozenHeaders = FROZEN, **values: str) -> bytes:
    return mime.compile(parts, frozen).fill(VALUES | values)


def parsed(message: bytes) -> EmailMessage:
    result = message_from_bytes(message, policy=policy.default)
    assert isinstance(result, EmailMessage)
    return result


def content(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None
    assert not body.defects
    text = body.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def merged(template: str, values: Mapping[str, str]) -> str:
    for name, marker in MARKERS.items():
        template = template.replace(marker, values[name])
    return template


def slow_way(parts: Parts, name: str, address: str, values: Mapping[str, str]) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTPUTF8)
    message["From"] = Address(FROZEN.sender_name, addr_spec=FROZEN.sender_address)
    message["To"] = Address(headers.clean(name), *address.split("@"))
    message["Subject"] = headers.clean(parts.subject)
    for slot in (messages.DATE, messages.MESSAGE_ID):
        message[slot] = values[slot]
    escaped = {slot: escape(value) for slot, value in values.items()}
    message.set_content(merged(parts.text, values), cte="quoted-printable")
    message.add_alternative(merged(parts.html, escaped), subtype="html", cte="quoted-printable")
    return message


@settings(deadline=None)  # the first letter of a process loads what the others find
@given(name=NAMES, greeting=NAMES, subject=NAMES, local=LOCAL_PARTS, before=BODIES, after=BODIES)
@example("Åsa", ".", ".", "asa", ".", ".")
@example("Åsa", "From ", "From ", "asa", "From ", "From \n.\n \n\t")
@example("Åsa", "", "", "asa", "", "")
@example("Åsa", "trailing ", "trailing ", "asa", "trailing ", " ")
def test_a_filled_letter_says_the_same_as_one_built_the_slow_way(
    name: str, greeting: str, subject: str, local: str, before: str, after: str
) -> None:
    """F1, I2."""
    parts = Parts(
        subject=subject,
        text=f"{before}{GREETING}{after}\n{UNSUBSCRIBE}{PREFERENCES}\n{GREETING}\n{before}.\n",
        html=f'<p title="{GREETING}">{escape(before)}{GREETING}{escape(after)}</p>\n'
        f'<a href="{UNSUBSCRIBE}">.</a>\n',
    )
    address = f"{local}@example.org"
    values = VALUES | {messages.TO: headers.address(name, address), messages.GREETING: greeting}

    message = mime.compile(parts, FROZEN).fill(values)

    fast, slow = parsed(message), slow_way(parts, name, address, values)
    assert fast["Subject"] == headers.clean(subject)
    if "=?" not in subject:  # The slow way decodes what a person wrote.
        assert fast["Subject"] == slow["Subject"]
    assert fast["From"] == slow["From"]
    assert fast["Date"] == slow["Date"]
    assert fast["Message-ID"] == slow["Message-ID"]
    assert content(fast, "plain") == content(slow, "plain")
    assert content(fast, "html") == content(slow, "html")
    assert_same_person(message, headers.clean(name), address)
    assert_safe_lines(message)


def assert_same_person(message: bytes, name: str, address: str) -> None:
    (mailbox,) = parsed(message)["To"].addresses
    # The parser of Python before 3.13.2 puts spaces between encoded-words (RFC 2047 6.2 says none) ...
    assert mailbox.display_name.replace(" ", "") == name.replace(" ", "")
    # ... and shows raw UTF-8 in an address as surrogates. Its older parser does the first right.
    assert mailbox.addr_spec.encode("utf-8", "surrogateescape").decode() == address
    if address.isascii():
        phrase, addr = parseaddr(message_from_bytes(message)["To"].replace("\r\n", ""))
        assert str(make_header(decode_header(phrase))) == name
        assert addr == address


def assert_safe_lines(message: bytes) -> None:
    """F1: CRLF only, lines of 998 and in bodies 76 octets, nothing to stuff, nothing for mbox to quote."""
    assert message.count(b"\r") == message.count(b"\n") == message.count(b"\r\n")
    assert message.endswith(b"\r\n")
    lines = message.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(line.startswith((b".", b"From ")) for line in lines)
    body = message.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body)) <= 76


def test_the_letter_is_text_first_and_html_last() -> None:
    """F1: a valid multipart/alternative in both of Python's parsers, without a defect."""
    for rules in (policy.default, policy.compat32):
        message = message_from_bytes(fill(), policy=rules)
        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.get_payload()] == ["text/plain", "text/html"]
        assert [part.get_content_charset() for part in message.get_payload()] == ["utf-8", "utf-8"]
        assert not message.defects
        assert not any(part.defects for part in message.walk())
        texts = [part.get_payload(decode=True).decode() for part in message.get_payload()]
        assert "Hej Åsa!" in texts[0]
        assert 'href="https://example.org/p/abc234?a=1&amp;b=2"' in texts[1]


def test_each_header_stands_once_and_says_who_writes_to_whom() -> None:
    """P10, F1."""
    message = parsed(fill())
    assert len(message.keys()) == len({name.lower() for name in message})
    assert str(message["From"]) == "Äppelvännerna <brev@example.org>"
    assert str(message["To"]) == "Åsa Öberg <asa@example.org>"
    assert str(message["Reply-To"]) == "Region Skåne <skane@example.org>"
    assert message["Subject"] == "Sommarbrev från föreningen"
    assert message["Date"].datetime.isoformat() == "2030-03-01T12:00:00+00:00"
    assert message["Message-ID"] == "<abc234@example.org>"
    assert message["Content-Language"] == "sv"
    assert message["MIME-Version"] == "1.0"


def test_a_newsletter_can_be_left_with_one_click() -> None:
    """U1, U8, U9, U12: as RFC 8058, 2369 and 2919 want it, in one line."""
    raw = fill().partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert f"List-Unsubscribe: {VALUES[messages.LIST_UNSUBSCRIBE]}".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert b"List-Id: Nyhetsbrevet <nyhetsbrev.example.org>" in raw
    assert b"List-Post: NO" in raw


def test_a_long_address_to_leave_by_stays_in_one_line() -> None:
    """U12."""
    value = headers.list_unsubscribe(
        "https://example.org/u/" + "a" * 500, "mailto:" + "b" * 300 + "@example.org"
    )
    assert f"\r\nList-Unsubscribe: {value}\r\n".encode() in fill(**{messages.LIST_UNSUBSCRIBE: value})


def test_a_member_notice_has_no_way_to_leave_it() -> None:
    notice = replace(FROZEN, can_unsubscribe=False)
    parts = replace(
        PARTS,
        text=PARTS.text.replace(UNSUBSCRIBE, PREFERENCES),
        html=PARTS.html.replace(UNSUBSCRIBE, PREFERENCES),
    )
    message = fill(parts, notice)
    assert b"list-unsubscribe" not in message.lower()
    assert VALUES[messages.UNSUBSCRIBE_URL].encode() not in message
    with pytest.raises(TemplateError, match=UNSUBSCRIBE):
        mime.compile(PARTS, notice)


@pytest.mark.parametrize("part", ["text", "html"])
def test_a_newsletter_that_cannot_be_left_is_refused(part: str) -> None:
    """L3, P7: the link stands in both parts."""
    changed = getattr(PARTS, part).replace(UNSUBSCRIBE, "")
    with pytest.raises(TemplateError, match=f"(?i)brevets {part}"):
        mime.compile(replace(PARTS, **{part: changed}), FROZEN)


def test_optional_list_headers_are_links_in_brackets() -> None:
    """U8."""
    frozen = replace(
        FROZEN,
        help_url="https://example.org/hjalp",
        owner_url="mailto:brev@example.org",
        archive_url="https://example.org/arkiv",
    )
    message = parsed(fill(PARTS, frozen))
    assert message["List-Help"] == "<https://example.org/hjalp>"
    assert message["List-Owner"] == "<mailto:brev@example.org>"
    assert message["List-Archive"] == "<https://example.org/arkiv>"


def test_the_same_letter_gives_the_same_bytes_and_another_one_another_boundary() -> None:
    other = replace(PARTS, text=PARTS.text + "PS: Glöm inte mötet.\n")
    assert mime.compile(PARTS, FROZEN) == mime.compile(PARTS, FROZEN)
    boundaries = {parsed(fill(parts)).get_boundary() for parts in (PARTS, PARTS, other)}
    assert len(boundaries) == 2


def test_no_name_can_end_a_part() -> None:
    """The boundary holds "=_", which quoted-printable cannot write."""
    boundary = parsed(fill()).get_boundary()
    assert boundary is not None
    assert boundary.startswith("=_")
    message = fill(greeting=f"--{boundary}--")
    assert parsed(message).get_boundary() == boundary
    assert f"--{boundary}--" in content(parsed(message), "plain")
    assert f"--{boundary}--" in content(parsed(message), "html")


def test_line_ends_of_all_kinds_become_crlf() -> None:
    parts = replace(PARTS, text=PARTS.text.replace("\n", "\r\n") + "gammal\rMac")
    assert content(parsed(fill(parts)), "plain").endswith("gammal\nMac\n")
    assert_safe_lines(fill(parts))


def test_a_subject_with_a_marker_or_a_line_break_stays_a_subject() -> None:
    assert parsed(fill(replace(PARTS, subject=f"Om {GREETING}")))["Subject"] == f"Om {GREETING}"
    for harm in ("Brev\r\nBcc: all@example.org", "Brev\0"):
        with pytest.raises(HeaderRefused):
            mime.compile(replace(PARTS, subject=harm), FROZEN)


@pytest.mark.parametrize(
    "frozen",
    [
        replace(FROZEN, sender_name="Brev\nBcc: all@example.org"),
        replace(FROZEN, sender_address="brev@example.org, other@example.org"),
        replace(FROZEN, sender_address="bröv@example.org"),
        replace(FROZEN, list_id="<brev.example.org>\r\nX: y"),
        replace(FROZEN, owner_url="mailto:a@example.org>, <mailto:b@example.org"),
    ],
)
def test_settings_that_make_no_header_are_refused(frozen: mime.FrozenHeaders) -> None:
    with pytest.raises(HeaderRefused):
        mime.compile(PARTS, frozen)


def test_a_compiled_letter_survives_the_database() -> None:
    template = mime.compile(PARTS, FROZEN)
    assert MessageTemplate.load(template.dump()).fill(VALUES) == template.fill(VALUES)
