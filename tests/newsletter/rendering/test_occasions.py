"""An occasion in words, in the language of its article."""

from dataclasses import replace
from datetime import datetime

from newsletter.core.meetings import Meeting
from newsletter.language import using
from newsletter.rendering.occasions import set_meeting
from tests.newsletter.rendering.samples import INVITATION

MEETING = INVITATION.meeting
assert MEETING is not None


def test_day_hours_and_last_day_are_written_out() -> None:
    with using("sv"):
        said = set_meeting(MEETING, "sv")

    assert said.day == "Lördag den 21 augusti 2027"
    assert said.hours == "kl. 10.00–21.30"
    assert said.answer == "Svara senast söndag den 1 augusti 2027."
    assert said.map_url == "https://www.openstreetmap.org/search?query=Utklippan+1%2C+371+37+Karlskrona"


def test_an_english_article_has_english_days() -> None:
    with using("en"):
        said = set_meeting(MEETING, "en")

    assert (said.day, said.hours) == ("Saturday 21 August 2027", "10:00–21:30")


def test_what_is_not_known_is_not_said() -> None:
    with using("sv"):
        said = set_meeting(Meeting(MEETING.starts), "sv")

    assert (said.hours, said.place, said.address, said.map_url, said.answer) == ("kl. 10.00", "", "", "", "")


def test_some_days_have_a_first_and_a_last() -> None:
    longer = replace(MEETING, ends=datetime(2027, 8, 22, 15, 0))  # noqa: DTZ001 - a wall time
    with using("sv"):
        said = set_meeting(longer, "sv")

    assert said.day == "Lördag den 21 augusti 2027 – söndag den 22 augusti 2027"
