"""When people are asked to come: read as a form writes it, and refused where it cannot be."""

from datetime import date, datetime, timedelta

import pytest

from newsletter.core.meetings import Meeting, check, read_wall
from newsletter.errors import ArticleError

TEN = datetime(2027, 3, 13, 10, 0)  # noqa: DTZ001 - a wall time


@pytest.mark.parametrize("written", ["2027-03-13T10:00", "2027-03-13 10:00", "2027-03-13T10:00:59"])
def test_a_wall_time_is_read_to_the_minute(written: str) -> None:
    assert read_wall(written) == TEN


@pytest.mark.parametrize("written", ["", "i morgon", "2027-02-30T10:00", "2027-03-13T10:00+01:00", "\x00"])
def test_anything_else_is_no_wall_time(written: str) -> None:
    assert read_wall(written) is None


@pytest.mark.parametrize(
    "meeting",
    [
        Meeting(TEN, ends=TEN),
        Meeting(TEN, ends=TEN - timedelta(hours=1)),
        Meeting(TEN, answer_by=date(2027, 3, 14)),
        Meeting(TEN, place="x" * 201),
        Meeting(TEN, address="x" * 301),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(meeting: Meeting) -> None:
    with pytest.raises(ArticleError):
        check(meeting)


def test_an_answer_may_be_due_on_the_day_itself_and_the_end_may_be_open() -> None:
    check(Meeting(TEN, answer_by=TEN.date()))
    check(Meeting(TEN, ends=TEN + timedelta(days=2), place="x" * 200, address="x" * 300))
