"""What waits before it is released: for an urgent issue to have gone, or for quiet hours to end.

end   urgent issue gone -> what it held may go; a region's letter in quiet hours -> goes when they end
"""

from datetime import datetime, timedelta

from newsletter.app import App
from newsletter.services import letter_rules, releases


def end(app: App, *, now: datetime) -> None:
    """Let go what has waited long enough, and let wait what must; nothing is written where there is none."""
    with app.readers() as session:
        held = releases.waits_for_urgent(session)
    if held:
        with app.sessions.begin() as session:
            releases.let_go(session, now=now)
    window = timedelta(minutes=app.settings.release_window_minutes)
    zone = app.settings.time_zone
    with app.readers() as session:
        waits = letter_rules.any_waits(session, zone=zone, window=window, now=now)
    if waits:
        with app.sessions.begin() as session:
            letter_rules.postpone(session, zone=zone, window=window, now=now)
