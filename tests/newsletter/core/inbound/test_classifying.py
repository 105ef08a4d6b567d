"""Each kind of mail becomes one value, and none makes it fail."""

import time
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from newsletter.core.inbound.classifying import Addresses, Inbound, What, classify
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose
from tests.newsletter.core.inbound import test_bounces, test_complaints
from tests.newsletter.core.inbound.hostile import HOSTILE

RING = Keyring((b"x" * 32,))
#: Cyrillic.
_LOOK_ALIKE = dict(zip("aeocpx", "\u0430\u0435\u043e\u0441\u0440\u0445", strict=True))
OURS = Addresses(bounces="studs@example.org", articles="artiklar@example.org")
ANSWERS = f"In-Reply-To: <{tokens.make(RING, Purpose.MESSAGE, 42)}@example.org>"


def _other_letter(place: int) -> str:
    other = "b" if _CHOICE[place] == "a" else "a"
    return _CHOICE[:place] + other + _CHOICE[place + 1 :]


def told(
    body: str | bytes, *fields: str, sender: str | None = "asa@example.net", to: str = "brev@example.org"
) -> Inbound:
    head = "\n".join(("From: Åsa <asa@example.net>", f"To: {to}", *fields, "", "")).encode()
    raw = body if isinstance(body, bytes) else head + body.encode()
    return classify(raw, sender=sender, recipients=[to], ours=OURS, ring=RING, today=date(2030, 6, 1))


@pytest.mark.parametrize(
    ("body", "fields", "what"),
    [
        ("Avregistrera mig", ("Subject: Re: Nyhetsbrev", ANSWERS), What.UNSUBSCRIBE),
        ("", (f"Subject: {tokens.make(RING, Purpose.LETTERS, 7, 1, 42)}",), What.UNSUBSCRIBE),
        ("Jag vill gå ur föreningen.", ("Subject: Re: Nyhetsbrev", ANSWERS), What.LEAVING),
        ("Jag är borta.", ("Subject: Autosvar: Nyhetsbrev",), What.AUTOMATIC),
        ("Avregistrera mig", ("Subject: Nyhetsbrev", "Auto-Submitted: auto-replied"), What.AUTOMATIC),
        ("Jag har bytt mejladress till asa.ek@example.com.", ("Subject: Hej",), What.NEW_ADDRESS),
        ("Tack för brevet! När är mötet?", ("Subject: Re: Nyhetsbrev", ANSWERS), What.REPLY),
        ("Hej, när är mötet?", ("Subject: Mötet",), What.REPLY),
    ],
)
def test_what_people_and_their_machines_write(body: str, fields: tuple[str, ...], what: What) -> None:
    assert told(body, *fields).what is what


def test_an_answer_tells_what_it_answers_and_what_was_said() -> None:
    found = told("Tack!\n\n> Hej", "Subject: Re: Nyhetsbrev", ANSWERS)

    assert (found.traces.delivery_id, found.words) == (42, "Tack!")


def test_a_new_address_is_told() -> None:
    assert told("Min nya adress är asa.ek@example.com.").new_address == "asa.ek@example.com"
    assert told("Ny mejladress: a@example.com eller b@example.com").what is What.REPLY
    assert told("Använd inte den gamla mejladressen asa@example.net").what is What.REPLY


def test_mail_to_the_articles_address_is_an_article() -> None:
    assert told("Avregistrera mig", "Subject: Notis", to="Artiklar@example.org").what is What.ARTICLE


def test_reports_are_told_before_all_else() -> None:
    raw = test_bounces.report(test_bounces.failed("asa@example.net", "5.1.1"))

    assert told(raw, sender="").what is What.BOUNCE
    assert told(test_complaints.REPORT.format(kind="abuse").encode()).what is What.COMPLAINT


def test_a_mail_over_a_cap_is_read_for_its_token_alone() -> None:
    choice = tokens.make(RING, Purpose.LETTERS, 7, 1, 42)
    huge = "x" * (11 * 1024 * 1024)

    assert told(huge, f"Subject: {choice}").what is What.UNSUBSCRIBE
    assert told("Avregistrera mig\n" + huge, "Subject: Re: Nyhetsbrev").what is What.UNKNOWN


def test_where_no_envelope_is_known_the_return_path_tells_of_the_null_sender() -> None:
    assert told("Hej", "Return-Path: <>", sender=None).what is What.AUTOMATIC
    assert told("Hej", "Return-Path: <asa@example.net>", sender=None).what is What.REPLY


@settings(deadline=None)  # as below
@given(st.binary(max_size=1_500), st.sampled_from([None, "", "a@example.org"]))
def test_no_bytes_make_it_fail(raw: bytes, sender: str | None) -> None:
    classify(raw, sender=sender, recipients=["", "@"], ours=OURS, ring=RING, today=date(2030, 6, 1))


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_bait_takes_more_than_time_in_proportion(kind: str) -> None:
    """Half a megabyte of each, in seconds of the processor: what takes the square of it takes many.

    The whole 10 MB within a second and 100 MB is measured by ``benchmarks/inbound.py``.
    """
    raw = HOSTILE[kind](500_000)
    started = time.process_time()

    told(raw, sender="")

    assert time.process_time() - started < 2


_CHOICE = tokens.make(RING, Purpose.LETTERS, 7, 1, 42)
_FORGED = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=25, max_size=90),
    st.integers(0, len(_CHOICE) - 2).map(lambda cut: _CHOICE[:cut]),  # cut
    st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=20).map(lambda more: _CHOICE + more),
    st.integers(0, len(_CHOICE) - 2).map(_other_letter),
    st.sampled_from([each for each in Purpose if each is not Purpose.LETTERS]).map(
        lambda purpose: tokens.make(RING, purpose, 7, 1, 42)
    ),
    st.binary(min_size=32, max_size=32).map(
        lambda secret: tokens.make(Keyring((secret,)), Purpose.LETTERS, 7, 1, 42)
    ),
    st.sampled_from("aeocpx").map(lambda letter: _CHOICE.replace(letter, _LOOK_ALIKE[letter])),
)


@settings(deadline=None)  # the first mail of a process makes the patterns
@given(_FORGED)
def test_a_forged_token_of_any_shape_is_none(forged: str) -> None:
    """Cut, padded, changed, of another purpose or another key, or of letters that only look the same."""
    assume(forged != _CHOICE)
    found = told(
        "Hej", f"Subject: {forged}", f"References: <{forged}@example.org>", to=f"a+{forged}@example.org"
    )

    assert found.traces.choice is None
    assert found.traces.returned_choice is None


def test_our_token_is_found_in_any_case_and_among_ten_thousand_others() -> None:
    assert told("", f"Subject: {_CHOICE.upper()}").what is What.UNSUBSCRIBE
    forged = "\n ".join("b" * 48 for _ in range(10_000))

    started = time.process_time()
    found = told(
        "Hej", f"Subject: x {forged}", f"References: <{'> <'.join(['b' * 29 + '@x'] * 10_000)}>", ANSWERS
    )

    assert (found.traces.choice, found.traces.delivery_id) == (None, 42)
    assert time.process_time() - started < 2
