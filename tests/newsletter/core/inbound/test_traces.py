"""Our tokens are found wherever they were left, and forged ones are none."""

import pytest

from newsletter.core.inbound import traces
from newsletter.core.inbound.mail import read
from newsletter.core.inbound.traces import Choice, Traces
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose

RING = Keyring((b"x" * 32,))
OTHER = Keyring((b"y" * 32,))
LETTER = (7, 1, 42)


def token(purpose: Purpose, *numbers: int, ring: Keyring = RING) -> str:
    return tokens.make(ring, purpose, *numbers)


def find(*fields: str, to: tuple[str, ...] = (), returned: str = "") -> Traces:
    raw = "\n".join(("From: a@example.net", *fields, "", "Hej")).encode()
    return traces.find(
        read(raw), recipients=to, bounce_address="studs@example.org", returned=returned, ring=RING
    )


@pytest.mark.parametrize("separator", ["+", "-"])
def test_a_bounce_is_known_by_the_address_it_came_to(separator: str) -> None:
    address = f"Studs{separator}{token(Purpose.ENVELOPE, 42)}@Example.org"

    assert find(to=(address,)).delivery_id == 42
    assert find(f"Delivered-To: {address}").delivery_id == 42


@pytest.mark.parametrize(
    "field", ["In-Reply-To: <{}@example.org>", "References: <1@x>\n <{}@example.org> <2@y>"]
)
def test_an_answer_is_known_by_what_it_answers(field: str) -> None:
    assert find(field.format(token(Purpose.MESSAGE, 42))).delivery_id == 42
    assert find(field.format(token(Purpose.NOTE, 9, 1_900_000_000))).note_id == 9


@pytest.mark.parametrize("change", [str, str.upper])
def test_a_mailto_link_is_known_by_its_subject(change) -> None:
    choice = token(Purpose.LETTERS, *LETTER)

    assert find(f"Subject: {change(choice)}").choice == Choice(*LETTER)
    assert find(f"Subject: Re: {choice}").choice == Choice(*LETTER)


def test_what_came_back_tells_whose_it_was_and_gives_no_leave_to_choose() -> None:
    page = f"https://brev.example.org/u/{token(Purpose.LETTERS, *LETTER)}"
    returned = f"Message-ID: <x@y>\nList-Unsubscribe:\n <{page}>"

    found = find(returned=returned)

    assert (found.choice, found.returned_choice, found.delivery_id) == (None, Choice(*LETTER), 42)
    assert find(returned=f"Message-ID: <{token(Purpose.MESSAGE, 43)}@example.org>").delivery_id == 43


@pytest.mark.parametrize(
    "forged",
    [
        token(Purpose.LETTERS, *LETTER, ring=OTHER),
        token(Purpose.MESSAGE, 42),
        token(Purpose.LETTERS, *LETTER)[:-1] + "a" * 2,
        "a" * 48,
        "a" * 10_000,
        "",
    ],
)
def test_a_forged_token_is_none(forged: str) -> None:
    envelope = token(Purpose.ENVELOPE, 42, ring=OTHER)

    assert (
        find(f"Subject: {forged}", to=(f"studs+{envelope}@example.org", "studs+@example.org", "@", ""))
        == Traces()
    )


def test_a_trial_that_came_back_is_nobodys_letter() -> None:
    """The number in its token is no delivery's."""
    nobodys = token(Purpose.LETTERS, 0, 1, 42)

    found = find(returned=f"List-Unsubscribe: <https://brev.appel.example/u/{nobodys}>\n")

    assert (found.returned_choice, found.delivery_id) == (None, None)
