"""A notice of a meeting has dates that mean something, and every member a standing."""

from datetime import date

import pytest

from newsletter.core import notices
from newsletter.core.notices import Member, Standing
from newsletter.errors import IssueError

RECORD, LAST = date(2027, 2, 1), date(2027, 2, 14)


def test_a_newsletter_has_no_record_date_and_no_last_date() -> None:
    notices.check_dates(None, None, is_notice=False)

    for dates in ((RECORD, None), (None, LAST)):
        with pytest.raises(IssueError, match="hör till medlemsmeddelanden"):
            notices.check_dates(*dates, is_notice=False)


def test_the_record_date_is_not_after_the_last_date() -> None:
    notices.check_dates(LAST, LAST, is_notice=True)

    with pytest.raises(IssueError, match="2027-02-14 ligger efter sista dagen 2027-02-01"):
        notices.check_dates(LAST, RECORD, is_notice=True)


def test_a_notice_may_go_on_its_last_date_and_not_a_day_later() -> None:
    notices.check_in_time(LAST, LAST, name="Kallelsen")
    notices.check_in_time(LAST, None, name="Kallelsen")

    with pytest.raises(IssueError, match="Kallelsen måste gå senast 2027-02-14, men tiden är 2027-02-15"):
        notices.check_in_time(date(2027, 2, 15), LAST, name="Kallelsen")


@pytest.mark.parametrize(
    ("today", "urgent"),
    [(date(2027, 2, 10), False), (date(2027, 2, 11), True), (LAST, True), (date(2027, 2, 17), True)],
)
def test_three_days_before_the_last_date_it_becomes_urgent(today: date, urgent: bool) -> None:
    assert notices.is_urgent(today, LAST) is urgent
    assert not notices.is_urgent(today, None)


def test_everyone_is_reached_on_the_way_or_gets_a_letter_on_paper() -> None:
    assert {*notices.REACHED, Standing.ON_ITS_WAY, *notices.ON_PAPER} == set(Standing)
    assert Standing.DECEASED not in notices.ON_PAPER
    assert Standing.UNKNOWN in notices.ON_PAPER


def test_a_postal_code_and_a_town_are_enough_for_the_post() -> None:
    def member(street: str, postal_code: str, city: str) -> Member:
        return Member(1, "Elsa", "M1", Standing.NO_ADDRESS, street=street, postal_code=postal_code, city=city)

    assert member("", "905 80", "Umeå").has_postal_address
    assert not member("Storgatan 1", "", "Umeå").has_postal_address
