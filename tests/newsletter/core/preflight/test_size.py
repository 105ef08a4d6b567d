"""The size above which Gmail cuts a mail off, and what would bring it under: X14."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.preflight import size
from newsletter.core.preflight.findings import Finding, Severity
from newsletter.core.preflight.matter import Version
from tests.newsletter.core.preflight.mails import version

TITLES = {1: "Linsen", 2: "Bänken", 3: "Vinga"}


def of_size(wanted: int, gains: dict[int, int] | None = None) -> Version:
    """Return a variant whose HTML is of this size decoded, with a smaller mail around."""
    return replace(version(), html="x" * wanted, gains=gains or {})


def found(wanted: int, gains: dict[int, int] | None = None) -> list[Finding]:
    return list(size.check(of_size(wanted, gains), TITLES))


@pytest.mark.parametrize(
    ("wanted", "severities"),
    [
        (92_159, []),
        (92_160, [Severity.WARNING]),
        (104_448, [Severity.WARNING]),
        (104_449, [Severity.STOP]),
    ],
)
def test_the_limits_are_kept_to_the_byte(wanted: int, severities: list[Severity]) -> None:
    assert [one.severity for one in found(wanted)] == severities


def test_the_encoded_size_counts_where_it_is_larger() -> None:
    """Each å is two bytes as UTF-8 and six in quoted-printable, soft line breaks not counted."""
    mail = version("å" * 20_000)

    assert len(mail.html.encode()) < 50_000
    assert size.html_size(mail) > 120_000
    assert [one.severity for one in size.check(mail, TITLES)] == [Severity.STOP]


def test_it_names_the_fewest_articles_that_bring_it_under_the_limit() -> None:
    (one,) = found(104_448 + 6_000, {1: 4_000, 2: 5_000, 3: 2_000})

    assert one.facts["articles"] == "”Bänken” (−5 kB), ”Linsen” (−4 kB)"
    assert one.sentence.format(**one.facts).startswith("Brevet är för stort, 108 kB")


def test_a_size_above_the_limit_never_reads_as_the_limit() -> None:
    assert found(104_449)[0].facts["size"] == 103
    assert found(104_448)[0].facts["size"] == 102


def test_one_is_enough_where_one_is_enough() -> None:
    (one,) = found(104_448 + 5_000, {1: 4_000, 2: 5_000, 3: 2_000})

    assert one.facts["articles"] == "”Bänken” (−5 kB)"


def test_a_warning_is_about_its_own_limit() -> None:
    (one,) = found(92_160 + 3_000, {1: 4_000})

    assert (one.severity, one.facts["articles"]) == (Severity.WARNING, "”Linsen” (−4 kB)")


@pytest.mark.parametrize("wanted", [93_000, 160_000])
def test_where_teasers_do_not_help_it_says_something_else(wanted: int) -> None:
    (too_little,), (unknown,) = found(wanted, {1: 1}), found(wanted)

    assert "articles" not in {**too_little.facts, **unknown.facts}
    assert too_little.sentence != unknown.sentence


@given(st.dictionaries(st.integers(1, 6), st.integers(-100, 5000), max_size=6), st.integers(1, 12_000))
def test_no_smaller_set_of_articles_would_do(gains: dict[int, int], over: int) -> None:
    chosen = size.fewest_changes(gains, over)

    saved = [
        sum(gains[n] for n in some) for k in range(7) for some in combinations(gains, k) if k < len(chosen)
    ]
    assert all(one < over for one in saved)
    if chosen:
        assert sum(gains[n] for n in chosen) >= over
    else:
        assert sum(gain for gain in gains.values() if gain > 0) < over
