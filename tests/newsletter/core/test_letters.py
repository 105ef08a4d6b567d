"""From a claimed copy to a letter: for this person, and for nobody else."""

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

import pytest

from newsletter.core import headers, letters
from newsletter.core.letters import Claim, Copy, House
from newsletter.core.verp import EnvelopeMode
from newsletter.errors import HeaderRefused
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose
from tests.conftest import NOON
from tests.letterpress import template

RING = Keyring((b"k" * 32,))
HOUSE = House(
    name="Föreningen Eken",
    from_address="brev@eken.example",
    contact_address="kontakt@eken.example",
    base_url="https://eken.example/brev",
    envelope=EnvelopeMode.PLUS,
    bounce_address="studs@eken.example",
)
COPY = Copy(
    claim=Claim(4711, 1, None),
    issue_id=2,
    subscriber_id=12,
    list_id=3,
    variant_id=5,
    language="sv",
    address="familjen@lund.example",
    name="Cecilia Ärlig",
    greeted=("Cecilia", "David"),
)


def write(copy: Copy = COPY, house: House = HOUSE) -> letters.Letter:
    return letters.write(
        copy, template(), house=house, ring=RING, reply_to=house.reply_to(), date=headers.date(NOON)
    )


def read(letter: letters.Letter) -> EmailMessage:
    return email.message_from_bytes(letter.content, policy=email.policy.default)


def test_a_letter_is_addressed_to_its_reader_and_greets_everyone_it_is_for() -> None:
    letter = write()
    mail = read(letter)

    assert letter.claim == COPY.claim
    assert letter.recipient == "familjen@lund.example"
    assert mail["To"] == "Cecilia Ärlig <familjen@lund.example>"
    assert mail["Reply-To"] == "Föreningen Eken <kontakt@eken.example>"
    assert mail["Date"].datetime == NOON
    assert mail.get_content().startswith("Hej Cecilia och David!")


def test_the_envelope_tells_whose_delivery_it_is() -> None:
    """F2."""
    local = write().sender.partition("@")[0]

    base, _, token = local.partition("+")
    assert base == "studs"
    assert tokens.read(RING, Purpose.ENVELOPE, token) == (4711,)
    assert write(house=replace(HOUSE, envelope=EnvelopeMode.FIXED)).sender == "studs@eken.example"


def test_the_same_delivery_is_the_same_message_however_often_it_is_sent() -> None:
    """P10."""
    first, again = write(), write(COPY._replace(claim=Claim(4711, 2, NOON)))
    other = write(COPY._replace(claim=Claim(4712, 1, None)))

    assert read(first)["Message-ID"] == read(again)["Message-ID"]
    assert read(first)["Message-ID"] != read(other)["Message-ID"]
    token, _, domain = read(first)["Message-ID"].strip("<>").partition("@")
    assert tokens.read(RING, Purpose.MESSAGE, token) == (4711,)
    assert domain == "eken.example"


def test_the_way_out_is_one_link_that_knows_the_reader_and_the_list() -> None:
    """U1, U3."""
    (link,) = read(write())["List-Unsubscribe"].split(", ")

    address, _, token = link.strip("<>").rpartition("/u/")
    assert address == "https://eken.example/brev"
    assert tokens.read(RING, Purpose.LETTERS, token) == (12, 3, 4711)


def test_where_mail_is_read_the_way_out_has_an_address_too() -> None:
    """U1."""
    link, mailto = read(write(house=replace(HOUSE, inbound_address="ut+lämna@eken.example")))[
        "List-Unsubscribe"
    ].split(", ")

    token = link.rpartition("/u/")[2].strip(">")
    assert mailto == f"<mailto:ut+l%C3%A4mna@eken.example?subject={token}>"


def test_a_name_that_no_mail_can_carry_is_refused() -> None:
    with pytest.raises(HeaderRefused):
        write(COPY._replace(name="Anna\r\nBcc: alla@lund.example"))


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(HeaderRefused):
        write(COPY._replace(address="anna lund.example"))


def test_a_domain_with_swedish_letters_goes_in_ascii() -> None:
    """I1."""
    assert write(COPY._replace(address="anna@sjöbo.example")).recipient == "anna@xn--sjbo-6qa.example"


def test_good_settings_pass_the_check() -> None:
    letters.check(HOUSE, RING)


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://eken.example"},
        {"contact_address": "ingen"},
        {"from_address": "brev@"},
        {"bounce_address": f"{'studs' * 12}@eken.example"},
        {"inbound_address": "ut"},
    ],
)
def test_settings_by_which_no_letter_can_be_written_are_found_before_any_is(wrong: dict[str, str]) -> None:
    with pytest.raises((HeaderRefused, ValueError)):
        letters.check(replace(HOUSE, **wrong), RING)


def test_answers_go_to_a_role_or_to_what_rundbrev_reads() -> None:
    read_by_us = replace(HOUSE, inbound_address="svar@eken.example")
    assert read_by_us.reply_to("skane@eken.example").endswith("<skane@eken.example>")
    here = replace(read_by_us, answers_here=True)
    assert here.reply_to("skane@eken.example").endswith("<svar@eken.example>")
    assert replace(here, inbound_address="").reply_to().endswith(f"<{HOUSE.contact_address}>")
