"""In which zone an issue's day is told: where it is sent, or where the association is."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from newsletter.models import Issue

#: Under this word a session carries the association's zone (``Session.info``), by the setting.
KEY = "zone"


def of_issue(issue: Issue) -> ZoneInfo:
    """Return the zone that an issue is sent in; the association's while it has none, or else UTC."""
    session = object_session(issue)
    carried = session.info.get(KEY) if session is not None else None
    return ZoneInfo(issue.send_zone or carried or "UTC")
