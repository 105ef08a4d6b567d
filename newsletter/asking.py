"""Asking the pages that an issue links to whether they are there, for command line and page alike."""

from newsletter import probing
from newsletter.app import App
from newsletter.probing import Reach
from newsletter.services import issues, link_answers, preflight


def ask_pages(app: App, issue: int | str, *, reach: Reach | None = None) -> int:
    """Ask, with no transaction open meanwhile, and keep the answers for a day; return how many were asked.

    Pages that answered today are not asked again. ``reach`` is where a probe may go. Raises what
    ``preflight.gather`` raises.
    """
    frame, now = app.frame(), app.now()
    with app.readers() as session:
        matter = preflight.gather(
            session, issues.get(session, issue), frame=frame, zone=app.settings.time_zone, now=now
        )
        wanted = link_answers.to_ask(session, matter, own=frame.base_url, now=now)
    agent = link_answers.agent(frame.association, frame.contact, frame.base_url)
    got = probing.ask_all(wanted, agent=agent, own=frame.base_url, reach=reach)
    with app.sessions.begin() as session:
        link_answers.keep(session, got, now=now)
    return len(got)
