"""Does leaving work? A trial from outside of the one-click address and the mailto, for the association.

GET, HEAD /forening/avregistrering   the last trial: a tick, or what to ask of the web host
POST      /forening/avregistrering   makes one; nobody's letters are stopped by it
"""

from fastapi import Request
from starlette.responses import Response

from newsletter import trying
from newsletter.core.unsubscribe_trials import Click, Mailed
from newsletter.services.unsubscribe_trial_words import CLICKS, MAILS
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act

pages = Pages()


@pages.shows("/forening/avregistrering", to=May(Act.EDIT_REGIONS))
def show(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the last trial as it stands."""
    visit.must(Act.EDIT_REGIONS)
    trial, settings = trying.latest(site.app), site.app.current()
    halves, offered = [], False
    if trial is not None:
        offered = trial.mailed is not Mailed.NOT_SET_UP
        halves = [
            (trial.click is Click.WORKS, False, *CLICKS[trial.click], trial.said),
            (trial.mailed is Mailed.WORKS, not trial.is_over or not offered, *MAILS[trial.mailed], ""),
        ]
    return site.page(
        request,
        "organisation/unsubscribing.html",
        visit=visit,
        trial=trial,
        halves=halves,
        offered=offered,
        address=f"{settings.base_url}/u/",
        inbound=settings.inbound_address,
        own_sink=settings.uses_own_sink,
    )


@pages.takes("/forening/avregistrering", to=May(Act.EDIT_REGIONS))
def begin(site: TheSite, visit: TheVisit) -> Response:
    """Make a trial, and show it."""
    visit.must(Act.EDIT_REGIONS)
    trying.begin(site.app, actor=visit.actor)
    return site.back("/forening/avregistrering")
