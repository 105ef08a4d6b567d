"""A send begins slowly, and skipping that needs a reason."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core import pace
from newsletter.core.pace import AT_ONCE, STANDARD, Pace
from newsletter.errors import IssueError

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def test_nothing_leaves_for_ten_minutes_and_the_rest_a_quarter_of_an_hour_later() -> None:
    waves = pace.waves(NOON, STANDARD.grace_minutes, STANDARD.head_start_minutes)

    assert waves.first == NOON + timedelta(minutes=10)
    assert waves.rest == NOON + timedelta(minutes=25)


def test_a_wait_is_skipped_with_a_reason_and_the_other_stays() -> None:
    skipped = pace.skipping(STANDARD, grace=False, head_start=True, reason="  dödsannons,\n ska ut i dag ")

    assert skipped == Pace(STANDARD.grace, timedelta(), "dödsannons, ska ut i dag")
    assert pace.skipping(STANDARD, grace=True, head_start=True, reason="x").grace == AT_ONCE.grace


@pytest.mark.parametrize(("grace", "head_start"), [(True, False), (False, True), (True, True)])
def test_nothing_is_skipped_without_a_reason(grace: bool, head_start: bool) -> None:
    with pytest.raises(IssueError, match="Skriv varför"):
        pace.skipping(STANDARD, grace=grace, head_start=head_start, reason=" \n")


def test_a_reason_alone_skips_nothing() -> None:
    assert pace.skipping(STANDARD, grace=False, head_start=False, reason="bråttom") is STANDARD
