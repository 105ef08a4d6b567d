"""An invitation's occasion in words: day, hours, place, and the last day to answer."""

from datetime import date, datetime
from urllib.parse import quote_plus

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from newsletter.core.meetings import Meeting
from newsletter.language import _
from newsletter.rendering.cleaning import one_line
from newsletter.rendering.typeset import SetMeeting

#: A map that asks nobody for a name and follows nobody around.
_MAP = "https://www.openstreetmap.org/search?query="


def set_meeting(meeting: Meeting, language: str) -> SetMeeting:
    """Set an occasion; the words that we add are in the current language, days in the article's own."""
    locale = locale_of(language)
    address = one_line(meeting.address)
    return SetMeeting(
        day=_days(meeting, locale),
        hours=_hours(meeting, locale),
        place=one_line(meeting.place),
        address=address,
        map_url=_MAP + quote_plus(address) if address else "",
        map_label=_("Se adressen på OpenStreetMap"),
        answer=_("Svara senast {day}.").format(day=_day(meeting.answer_by, locale))
        if meeting.answer_by
        else "",
        calendar=_("Kalenderfilen som följer med brevet lägger in dagen i din kalender."),
    )


def locale_of(language: str) -> Locale:
    """Return how a language writes days and times; Swedish where it is not known."""
    try:
        return Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("sv")


def _days(meeting: Meeting, locale: Locale) -> str:
    first = _day(meeting.starts, locale)
    if meeting.ends is None or meeting.ends.date() == meeting.starts.date():
        return first[:1].upper() + first[1:]
    return f"{first[:1].upper()}{first[1:]} – {_day(meeting.ends, locale)}"


def _day(day: date, locale: Locale) -> str:
    pattern = "EEEE 'den' d MMMM y" if locale.language == "sv" else "EEEE d MMMM y"
    return format_date(day, pattern, locale=locale)


def _hours(meeting: Meeting, locale: Locale) -> str:
    begins = _hour(meeting.starts, locale)
    if meeting.ends is None:
        return _("kl. {time}").format(time=begins)
    return _("kl. {begins}–{ends}").format(begins=begins, ends=_hour(meeting.ends, locale))


def _hour(moment: datetime, locale: Locale) -> str:
    return format_time(moment, "H.mm" if locale.language == "sv" else "HH:mm", locale=locale)
