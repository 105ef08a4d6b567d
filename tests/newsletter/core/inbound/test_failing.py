"""When an address that fails is stopped, by the rules alone (rules D1 and D2)."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core.inbound.bounces import Failure
from newsletter.core.inbound.failing import (
    Failed,
    Rules,
    Verdict,
    Weight,
    may_move,
    of_letter,
    refused,
    verdict,
    weight_of,
)
from newsletter.core.inbound.kinds import Kind
from newsletter.core.replies import Reply

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
RULES = Rules(soft_bounces=5, soft_bounce_days=60)


def failed(
    kind: Kind, *, letter: int | None = 1, days_ago: int = 0, permanent: bool = False, status: str = ""
) -> Failed:
    return Failed(NOW - timedelta(days=days_ago), letter, kind, permanent, status)


def judged(*failures: Failed, rules: Rules = RULES) -> Verdict:
    return verdict(failures, rules=rules, now=NOW)


def test_the_first_hard_bounce_stops_an_address() -> None:
    assert judged(failed(Kind.ADDRESS, permanent=True, status="5.1.1")) is Verdict.GONE


@pytest.mark.parametrize("kind", [Kind.FULL, Kind.TEMPORARY, Kind.UNKNOWN, Kind.ADDRESS])
def test_a_soft_one_stops_nothing(kind: Kind) -> None:
    assert judged(failed(kind)) is Verdict.NOTHING


def test_five_letters_on_different_days_stop_it_and_four_do_not() -> None:
    five = [failed(Kind.FULL, letter=number, days_ago=number) for number in range(5)]
    assert judged(*five) is Verdict.FAILING
    assert judged(*five[1:]) is Verdict.NOTHING


def test_what_is_older_than_the_window_counts_no_more() -> None:
    five = [failed(Kind.FULL, letter=number, days_ago=number * 15) for number in range(5)]  # 0 to 60 days
    assert judged(*five) is Verdict.NOTHING
    assert judged(*five, rules=Rules(5, 61)) is Verdict.FAILING


def test_five_reports_on_one_letter_are_one_letter() -> None:
    assert judged(*(failed(Kind.FULL, days_ago=each) for each in range(5))) is Verdict.NOTHING


def test_five_letters_in_one_bad_day_are_one_trouble() -> None:
    assert judged(*(failed(Kind.FULL, letter=each) for each in range(5))) is Verdict.NOTHING


def test_one_is_enough_where_that_is_set() -> None:
    assert judged(failed(Kind.FULL), rules=Rules(1, 60)) is Verdict.FAILING


@pytest.mark.parametrize("kind", [Kind.POLICY, Kind.SIZE])
def test_what_says_something_of_us_never_stops_an_address(kind: Kind) -> None:
    many = [failed(kind, letter=each, days_ago=each, permanent=True, status="5.7.1") for each in range(20)]
    assert judged(*many) is Verdict.SHOWN
    assert judged(many[0]) is Verdict.NOTHING


def test_a_vague_status_of_addresses_needs_words_that_are_not() -> None:
    vague = Failed(NOW, 1, Kind.ADDRESS, True, "5.1.0", "550 5.1.0 Sorry")
    plain = Failed(NOW, 1, Kind.ADDRESS, True, "5.1.0", "550 5.1.0 User unknown")
    assert (weight_of(vague), weight_of(plain)) == (Weight.SOFT, Weight.HARD)


def test_of_several_recipients_the_letters_own_counts_first_and_then_the_worst() -> None:
    full = Failure("anna@lund.example", Kind.FULL, permanent=False)
    gone = Failure("anna@gmail.example", Kind.ADDRESS, permanent=True)
    assert of_letter([gone, full], "anna@lund.example") is full
    assert of_letter([full, gone], "info@lund.example") is gone
    assert of_letter([], "info@lund.example") is None


def test_a_refusal_while_sending_reads_as_a_report_does() -> None:
    no = refused(Reply.of(550, "5.1.1 No such user here"))
    assert no is not None
    assert (no.kind, no.permanent, no.status) == (Kind.ADDRESS, True, (5, 1, 1))
    spam = refused(Reply.of(554, "5.7.1 Message rejected as spam"))
    assert spam is not None
    assert spam.kind is Kind.POLICY
    assert refused(Reply.of(250, "2.0.0 Ok")) is None


def test_a_provider_of_millions_never_moves_and_a_municipality_may() -> None:
    assert not may_move("gmail.com")
    assert not may_move("telia.com")
    assert may_move("lund.se")
