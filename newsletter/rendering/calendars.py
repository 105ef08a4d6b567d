"""The calendar file of an invitation: one event that any calendar takes (RFC 5545), published and not asked.

The wall time becomes an instant in UTC, so that no calendar has to know our zone (RFC 5545 3.3.5, form 2).
METHOD:PUBLISH asks nobody for an answer: no calendar sends mails of its own accord (RFC 5546 3.2.1).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsletter.core.meetings import Meeting
from newsletter.rendering.cleaning import one_line
from newsletter.rendering.values import Enclosure, IssueView, ItemView

KIND = "text/calendar; method=PUBLISH; charset=utf-8"


def enclosed(view: IssueView) -> tuple[Enclosure, ...]:
    """Return the calendar files of the invitations in a variant, in their order."""
    return tuple(
        Enclosure(f"inbjudan-{item.article_id}.ics", KIND, calendar(view, item, item.article.meeting))
        for item in view.items
        if item.article.meeting is not None
    )


def calendar(view: IssueView, item: ItemView, meeting: Meeting) -> bytes:
    """Return an item's occasion as a calendar of one event: CRLF, at most 75 octets a line, escaped.

    The same article keeps its UID, and a later revision has a higher SEQUENCE, so a calendar that has the
    event moves it instead of adding another (RFC 5545 3.8.4.7, 3.8.7.4).
    """
    from icalendar import Calendar, Event  # here: it is slow to load, and most letters invite nobody

    frame, zone = view.frame, ZoneInfo(view.frame.zone)
    host = urlsplit(frame.base_url).hostname or "localhost"
    event = Event()
    event.add("uid", f"artikel-{item.article_id}@{host}")
    event.add("dtstamp", (item.revised or _instant(meeting.starts, zone)).astimezone(UTC))
    event.add("sequence", max(item.revision - 1, 0))
    event.add("dtstart", _instant(meeting.starts, zone))
    if meeting.ends is not None:
        event.add("dtend", _instant(meeting.ends, zone))
    event.add("summary", one_line(item.article.title))
    if where := _joined((meeting.place, meeting.address)):
        event.add("location", where)
    # The association is who invites; a mail address alone would ask calendars to answer it.
    event.add("contact", one_line(f"{frame.association}, {frame.contact}"))
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//Rundbrev//Inbjudan//SV")
    made.add("method", "PUBLISH")
    made.add_component(event)
    return bytes(made.to_ical())


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return a wall time's moment; of two in autumn the first, in spring's gap the one after it (3.3.5)."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _joined(words: Iterable[str]) -> str:
    return ", ".join(filter(None, map(one_line, words)))
