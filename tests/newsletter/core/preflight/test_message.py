"""Headers, lines and parts: F1, P10, U1, U8, U9, U12."""

from dataclasses import replace

import pytest

from newsletter.core.preflight import message
from newsletter.core.preflight.findings import Finding, Place, Severity
from newsletter.core.preflight.matter import Version
from tests.newsletter.core.preflight.mails import FIELDS, STOP, page, rules, text, version, without


def found(fields: dict[str, str] | None = None, more: str = "") -> list[Finding]:
    return list(message.check(version(fields=fields, more=more)))


def with_wire(old: bytes, new: bytes) -> list[Finding]:
    mail = version()
    assert old in mail.message
    return list(message.check(replace(mail, message=mail.message.replace(old, new))))


def test_a_mail_as_it_should_be() -> None:
    assert found() == []
    assert found({**FIELDS, "List-Unsubscribe": f"<{STOP}>, <mailto:avsluta@fyrvannerna.example>"}) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"List-Post: NO\r\n", b"List-Post: NO\n"),
        (b"Ljuset\r\n", b"Ljuset\r"),
        (b"Ljuset\r\n", b"Ljuset\r\n" + 999 * b"x" + b"\r\n"),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"text/plain", b"text/calendar"),
        (b"text/plain; charset=utf-8", b"text/plain"),
        (b"Date: Fri, 01 Mar 2030 12:00:00 +0000", b"Date: i fredags"),
        (b"Date: Fri, 01 Mar 2030 12:00:00 +0000\r\n", b""),
        (b"<abc234@fyrvannerna.example>", b"abc234"),
        (b"<abc234@fyrvannerna.example>", b"<abc234@another.example>"),
        (b"<abc234@fyrvannerna.example>", b"<abc234@ondfyrvannerna.example>"),
    ],
)
def test_what_breaks_a_mail_is_told(old: bytes, new: bytes) -> None:
    assert rules(with_wire(old, new)) == ["F1"]


def test_a_line_may_have_998_octets() -> None:
    assert with_wire(b"Ljuset\r\n", b"Ljuset\r\n" + 998 * b"x" + b"\r\n") == []


def test_a_message_id_may_be_of_a_domain_below_or_above() -> None:
    assert with_wire(b"<abc234@fyrvannerna.example>", b"<abc234@brev.fyrvannerna.example>") == []


def test_html_comes_last() -> None:
    mail = version()
    head, first, second, end = mail.message.split(b"--x=_", 3)

    turned = replace(mail, message=b"--x=_".join((head, second, first, end)))

    assert rules(list(message.check(turned))) == ["F1"]


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID", "Reply-To"])
def test_a_field_that_stands_twice_is_told(name: str) -> None:
    value = FIELDS.get(name, "Asa <asa@lasare.example>")
    more = f"{name.lower()}: {value}\r\n" * (1 if name in FIELDS else 2)

    assert "P10" in rules(found(more=more))


@pytest.mark.parametrize("name", ["List-Id", "List-Post", "List-Unsubscribe", "List-Unsubscribe-Post"])
def test_a_list_field_that_stands_twice_is_told(name: str) -> None:
    assert "U8" in rules(found(more=f"{name}: {FIELDS[name]}\r\n"))


@pytest.mark.parametrize(
    "fields", [without("From"), {**FIELDS, "From": "Fyrvannerna"}, {**FIELDS, "From": ""}]
)
def test_without_a_sender_the_issue_stops(fields: dict[str, str]) -> None:
    assert [(one.rule, one.severity, one.place) for one in found(fields)] == [
        ("P10", Severity.STOP, Place.SETTINGS)
    ]


def test_two_senders_are_one_too_many() -> None:
    two = {**FIELDS, "From": "A <a@fyrvannerna.example>, B <b@fyrvannerna.example>"}

    assert [(one.rule, one.severity) for one in found(two)] == [("P10", Severity.WARNING)]


@pytest.mark.parametrize(
    "name", ['"brev@bank.example"', '"www.bank.example"', '"Re: Fyrvannerna"', "=?utf-8?q?Fyr_=E2=9C=93?="]
)
def test_a_senders_name_is_only_a_name(name: str) -> None:
    assert rules(found({**FIELDS, "From": f"{name} <brev@fyrvannerna.example>"})) == ["P10"]


@pytest.mark.parametrize(
    "name", ['"Fyrvännerna & Co"', "=?utf-8?q?=C3=84ppelv=C3=A4nner?=", '"Region: Väst"', ""]
)
def test_names_that_are_names(name: str) -> None:
    assert found({**FIELDS, "From": f"{name} <brev@fyrvannerna.example>"}) == []


@pytest.mark.parametrize("start", ["Re:", "RE :", "Fwd:", "FW:", "Sv:", "VB:", "Re[2]:", "=?utf-8?q?Sv=3A?="])
def test_a_subject_does_not_pretend_to_be_an_answer(start: str) -> None:
    (one,) = found({**FIELDS, "Subject": f"{start} Linsen"})

    assert (one.rule, one.place) == ("P10", Place.SUBJECT)


@pytest.mark.parametrize("subject", ["Svar på tal", "Reportage: linsen", "Vbyte", "Forward"])
def test_a_subject_may_begin_with_the_same_letters(subject: str) -> None:
    assert found({**FIELDS, "Subject": subject}) == []


@pytest.mark.parametrize(
    "value",
    [
        "<mailto:avsluta@fyrvannerna.example>",
        f"<{STOP}>, <{STOP}2>",
        "<ftp://fyrvannerna.example/avsluta>",
        STOP.replace("https", "http").join("<>"),
    ],
)
def test_one_click_needs_precisely_one_https_address(value: str) -> None:
    assert [(one.rule, one.severity) for one in found({**FIELDS, "List-Unsubscribe": value})] == [
        ("U1", Severity.WARNING)
    ]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:80"])
def test_practice_is_told_as_practice(host: str) -> None:
    (one,) = found({**FIELDS, "List-Unsubscribe": f"<http://{host}/avsluta>"})

    assert (one.severity, one.sentence.split(":")[0]) == (Severity.ADVICE, "Övningsläge")


@pytest.mark.parametrize(
    "value", ["list-unsubscribe=one-click", "List-Unsubscribe=One-Click; x", "One-Click", None]
)
def test_the_field_for_one_click_is_written_to_the_letter(value: str | None) -> None:
    fields = without("List-Unsubscribe-Post") | ({} if value is None else {"List-Unsubscribe-Post": value})

    assert rules(found(fields)) == ["U1"]


def no_way_out() -> dict[str, Version]:
    mail = version()
    return {
        "no field": version(fields=without("List-Unsubscribe", "List-Unsubscribe-Post")),
        "no link in the HTML": replace(
            mail, html=page().replace(STOP, "x").replace("Avsluta prenumerationen", "Hej")
        ),
        "a hidden link": replace(mail, html=page().replace('class="foot"', 'style="display:none"')),
        "nothing in the text": replace(mail, text="Ljuset"),
    }


@pytest.mark.parametrize("mail", no_way_out().values(), ids=no_way_out().keys())
def test_without_a_way_out_the_issue_stops(mail: Version) -> None:
    assert [(one.rule, one.severity) for one in message.check(mail)] == [("U1", Severity.STOP)]


def test_a_member_notice_has_no_way_out_and_does_not_pretend_to() -> None:
    notice = version(fields=without("List-Unsubscribe", "List-Unsubscribe-Post"))

    assert list(message.check(replace(notice, html="", text="", can_unsubscribe=False))) == []
    assert rules(list(message.check(replace(version(), can_unsubscribe=False)))) == ["U1"]


@pytest.mark.parametrize("value", ["no", "<mailto:alla@fyrvannerna.example>", "YES"])
def test_nobody_can_write_to_the_list(value: str) -> None:
    assert rules(found({**FIELDS, "List-Post": value})) == ["U8"]


@pytest.mark.parametrize(
    "value", ["mailto:hej@a.example", "<hej@a.example>", "<mailto:a@a.example> <mailto:b@a.example>"]
)
def test_list_fields_hold_addresses_in_angle_brackets(value: str) -> None:
    assert rules(found({**FIELDS, "List-Owner": value})) == ["U8"]


@pytest.mark.parametrize(
    "value", ["Nyhetsbrevet", "<nyhetsbrev>", "<a b.example>", f"<{'a' * 250}.a.example>"]
)
def test_the_lists_id_is_one(value: str) -> None:
    assert rules(found({**FIELDS, "List-Id": value})) == ["U9"]


def test_the_lists_id_may_have_255_octets_and_no_name() -> None:
    assert found({**FIELDS, "List-Id": f"<{'a' * 245}.a.example>"}) == []


def test_without_an_id_of_the_list() -> None:
    assert rules(found(without("List-Id"))) == ["U9"]


def test_the_field_to_unsubscribe_is_never_folded() -> None:
    folded = f"<{STOP}>,\r\n <mailto:avsluta@fyrvannerna.example>"

    assert rules(found({**FIELDS, "List-Unsubscribe": folded})) == ["U12"]


@pytest.mark.parametrize("value", ["=?utf-8?b?a?=", "=?no-such-charset?q?a?=", "=?utf-8?q?=FF?="])
def test_a_subject_that_cannot_be_read_is_no_error(value: str) -> None:
    assert found({**FIELDS, "Subject": value}) == []


def test_the_parts_given_are_the_mails_own() -> None:
    """What the tests above build on: the text part says what ``text`` says."""
    assert text().splitlines()[0] == "Ljuset"
