"""What people call an issue when they are asked for their part of it: "juninumret", by its month."""

from datetime import date

from babel.dates import format_date

from newsletter.language import _, current
from newsletter.models import Issue
from newsletter.services import plans
from newsletter.services.issue_states import name_of


def issue_called(issue: Issue) -> str:
    """Return "juninumret", by the day it goes or else its last day for texts; its name with neither."""
    day = plans.day_of(issue) or issue.deadline
    if day is None:
        return name_of(issue)
    return _("{month}numret").format(month=format_date(day, "LLLL", locale=current()))


def day_called(day: date) -> str:
    """Return "18 juni"."""
    return format_date(day, "d MMMM", locale=current())
