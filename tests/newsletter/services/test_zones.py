"""An issue's day is told where it is sent, or where the association is: no zone stands in the code."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from newsletter.app import App
from newsletter.models import Issue
from newsletter.services import issues, plans, zones
from tests.conftest import NOON
from tests.newsletter.web.conftest import app

__all__ = ["app"]


def an_issue(session: Session) -> Issue:
    return issues.create(session, title="Ett", subject="Ett", now=NOON)


def test_it_is_the_issues_own_then_the_associations_then_utc(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        issue = an_issue(session)
        assert zones.of_issue(issue) == ZoneInfo("UTC")
        session.info[zones.KEY] = "America/New_York"
        assert zones.of_issue(issue) == ZoneInfo("America/New_York")
        issue.send_at = NOON.replace(hour=3)  # the evening before, over there
        assert plans.day_of(issue) == NOON.replace(day=28, month=2).date()
        issue.send_zone = "Asia/Tokyo"
        assert zones.of_issue(issue) == ZoneInfo("Asia/Tokyo")


def test_the_application_s_sessions_carry_the_setting(app: App) -> None:
    for factory in (app.sessions, app.readers):
        with factory() as session:
            assert session.info[zones.KEY] == app.settings.time_zone == "Europe/Stockholm"
