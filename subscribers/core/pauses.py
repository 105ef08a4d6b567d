"""Pauses: how long a list may rest."""

import calendar
from datetime import date, timedelta

#: Whoever wants to rest for longer means no.
LONGEST = timedelta(days=366)


def months_on(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def longest(today: date) -> date:
    """Return the last day until which a pause may last."""
    return today + LONGEST
