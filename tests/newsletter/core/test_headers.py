"""What people are called and what a letter is about arrives as it was written, and as nothing more."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_string, policy
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.core import headers
from newsletter.errors import HeaderRefused

ANY_TEXT = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=200)
SCRIPTS = st.sampled_from(
    [
        "Åsa Öberg",
        "Анна Иванова",
        "山田 太郎",
        "أنا محمد",
        "שרה לוי",
        "นางสาวสมหญิง",
        "Zoë 👩‍👩‍👧 Ñandú",
        '"Anna" <evil@x>, other@y',
        "Larsson, Bo (ordförande)",
        "A. B. \\ C",
        "=?utf-8?q?evil?=",
        "Ökna " * 60,
        "山" * 200,
        "x" * 400,
        "a  b   c",
        "tab\there",
        ".",
        "@",
    ]
)


def as_people_read(value: str) -> str:
    return str(make_header(decode_header(value.replace("\r\n", ""))))


@given(ANY_TEXT | SCRIPTS)
@example("From me")
def test_a_name_stays_a_name_whatever_it_says(name: str) -> None:
    """P10, I2: one address, and the name in encoded-words where it is not ASCII."""
    value = headers.address(name, "asa@example.org")

    assert value.isascii()
    ((phrase, addr),) = getaddresses([value])
    assert addr == "asa@example.org"
    assert as_people_read(phrase) == headers.clean(name)
    message = message_from_string(headers.fold("To", value) + "\n", policy=policy.default)
    (mailbox,) = message["To"].addresses
    assert mailbox.addr_spec == "asa@example.org"
    # The parser of Python before 3.13.2 puts spaces between encoded-words (RFC 2047 6.2 says none).
    assert mailbox.display_name.replace(" ", "") == headers.clean(name).replace(" ", "")


@given(ANY_TEXT | SCRIPTS)
@example(" leading and trailing ")
@example("x" * 900)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    """I2, in both of Python's parsers."""
    folded = headers.fold("Subject", headers.unstructured(subject))

    message = message_from_string(folded + "\n", policy=policy.default)
    assert message["Subject"] == headers.clean(subject)
    assert as_people_read(message_from_string(folded + "\n")["Subject"]) == headers.clean(subject)


@given(ANY_TEXT | SCRIPTS)
def test_header_lines_and_encoded_words_keep_their_lengths(text: str) -> None:
    """F1, I2: lines of 78 octets, words of 75, each with whole characters."""
    for field, value in (
        ("Subject", headers.unstructured(text)),
        ("Reply-To", headers.address(text, "asa@example.org")),
    ):
        lines = headers.fold(field, value).removesuffix("\r\n").split("\r\n")
        assert all(len(line) <= 78 for line in lines)
        assert all(line.strip(" ") for line in lines)
        assert all(line.startswith(" ") for line in lines[1:])
        for word in value.split(" "):
            if word.startswith("=?"):
                assert len(word) <= 75
                as_people_read(word).encode()  # A character cut in two would not decode.


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\r\n", "\ud800"])
def test_nobody_writes_headers_by_their_name(character: str) -> None:
    name = f"Anna{character}Bcc: everyone@example.org"
    for write in (
        lambda: headers.address(name, "anna@example.org"),
        lambda: headers.address("Anna", f"anna{character}@example.org"),
        lambda: headers.address("Anna", f"anna@example.org{character}"),
        lambda: headers.unstructured(name),
        lambda: headers.list_id(name, "brev", "example.org"),
        lambda: headers.list_id("Brev", name, "example.org"),
        lambda: headers.list_id("Brev", "brev", f"example.org{character}"),
        lambda: headers.message_id(name, "example.org"),
        lambda: headers.message_id("abc", f"example.org{character}"),
        lambda: headers.list_unsubscribe(f"https://example.org/{character}"),
        lambda: headers.list_unsubscribe("https://example.org/", f"mailto:a@example.org{character}"),
        lambda: headers.uri(f"https://example.org/{character}"),
        lambda: headers.fold("Subject", name),
    ):
        with pytest.raises(HeaderRefused):
            write()


def test_a_domain_with_a_ring_is_written_in_ascii_and_a_local_part_is_not() -> None:
    """I1: A-labels on the wire; only the local part asks for SMTPUTF8."""
    assert headers.wire_address("anna@exämple.se") == "anna@xn--exmple-cua.se"
    assert headers.wire_address("åke@exämple.se") == "åke@xn--exmple-cua.se"
    assert headers.wire_address("anna@faß.de") == "anna@xn--fa-hia.de"  # IDNA 2008, not "fass"
    assert headers.address("", "åke@exämple.se") == "åke@xn--exmple-cua.se"
    assert headers.needs_smtputf8("åke@example.org")
    assert not headers.needs_smtputf8("ake@exämple.se")


@pytest.mark.parametrize(
    "addr", ["a@b", '"anna andersson"@example.org', "a+b@[192.0.2.1]", "o'neill@x_y.test"]
)
def test_unusual_addresses_are_addresses(addr: str) -> None:
    assert headers.address("Anna", addr) == f"Anna <{addr}>"


@pytest.mark.parametrize(
    "addr",
    [
        *(
            "",
            "anna",
            "@example.org",
            "anna@",
            "a b@example.org",
            "a@b, c@d",
            "a@b>",
            "<a@b>",
            "a..b@c",
            ".a@b",
        ),
        *("evil@x>, <other@y", "a@-b", "a@b c", "\u202ea@b", "å\u2028@b", f"{'x' * 65}@b", "a@exä mple.se"),
    ],
)
def test_what_is_not_one_address_is_refused(addr: str) -> None:
    with pytest.raises(HeaderRefused):
        headers.address("Anna", addr)


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2030, 3, 1, 12, 0, tzinfo=UTC), "Fri, 01 Mar 2030 12:00:00 +0000"),
        (
            datetime(2030, 7, 9, 8, 5, 3, tzinfo=ZoneInfo("Europe/Stockholm")),
            "Tue, 09 Jul 2030 08:05:03 +0200",
        ),
        (
            datetime(2030, 1, 6, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "Sun, 06 Jan 2030 00:00:00 -0330",
        ),
    ],
)
def test_the_date_carries_its_zone(moment: datetime, written: str) -> None:
    assert headers.date(moment) == written
    assert parsedate_to_datetime(written) == moment


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        headers.date(datetime(2030, 3, 1))  # noqa: DTZ001 - the mistake itself


def test_the_same_delivery_has_the_same_message_id() -> None:
    assert headers.message_id("abc234", "exämple.se") == "<abc234@xn--exmple-cua.se>"


def test_list_unsubscribe_is_one_https_address_and_perhaps_a_mail_address() -> None:
    """U1, U8, U12."""
    link, mail = "https://example.org/u/abc", "mailto:avsluta+abc@example.org?subject=avsluta"
    assert headers.list_unsubscribe(link) == f"<{link}>"
    assert headers.list_unsubscribe(link, mail) == f"<{link}>, <{mail}>"
    headers.list_unsubscribe("http://127.0.0.1:8080/u/abc")  # practice letters stay on this machine
    headers.list_unsubscribe("https://example.org/" + "x" * (998 - 18 - 2 - 20))


@pytest.mark.parametrize(
    ("link", "mail"),
    [
        ("http://example.org/u", None),
        ("http://127.0.0.1.example.org/u", None),
        ("mailto:a@example.org", None),
        ("https:///u", None),
        ("https://example.org/a b", None),
        ("https://example.org/>,<https://evil.example", None),
        ("https://example.org/å", None),
        ("https://example.org/" + "x" * (998 - 18 - 2 - 19), None),
        ("https://example.org/u", "avsluta@example.org"),
        ("https://example.org/u", "https://example.org/other"),
    ],
)
def test_other_ways_to_unsubscribe_are_refused(link: str, mail: str | None) -> None:
    """U1."""
    with pytest.raises(HeaderRefused):
        headers.list_unsubscribe(link, mail)


def test_each_list_has_an_identifier_of_its_own() -> None:
    """U9."""
    assert headers.list_id("Brev", "skane.brev", "exämple.se") == "Brev <skane.brev.xn--exmple-cua.se>"
    assert headers.list_id("", "brev", "example.org") == "<brev.example.org>"
    name = headers.list_id("Nyhetsbrevet i Skåne", "brev", "example.org")
    assert as_people_read(name) == "Nyhetsbrevet i Skåne <brev.example.org>"
    headers.list_id("Brev", "x" * 243, "example.org")
    for label in ("x" * 244, "två ord", "a>", ""):
        with pytest.raises(HeaderRefused):
            headers.list_id("Brev", label, "example.org")


def test_a_line_that_no_server_takes_is_refused() -> None:
    """F1: 998 octets, counted in UTF-8."""
    assert headers.fold("X", "a" * 995) == f"X: {'a' * 995}\r\n"
    with pytest.raises(HeaderRefused):
        headers.fold("X", "a" * 996)
    with pytest.raises(HeaderRefused):
        headers.fold("X", "å" * 498)


def test_readable_letters_stay_readable_in_the_source() -> None:
    assert (
        headers.address("Åsa Öberg", "asa@example.org") == "=?utf-8?q?=C3=85sa_=C3=96berg?= <asa@example.org>"
    )
    assert headers.unstructured("Sommarbrev") == "Sommarbrev"
    assert headers.unstructured("山田").startswith("=?utf-8?b?")
