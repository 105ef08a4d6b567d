"""Is everything ready for real letters? The last check-up, and a button that makes one.

GET, HEAD /forening/halsa   what was found, the worst first, and what to tell whom; how far it is
POST      /forening/halsa   makes one, and may send a mail to ourselves; nobody else is written to

It goes on beside the page: servers that do not answer take longer than anybody should wait.
"""

import logging
import threading

from fastapi import Request
from starlette.responses import Response

from newsletter import doctoring
from newsletter.core.health.checks import Level
from newsletter.doctoring import CheckUp
from newsletter.services.check_up_words import GROUPS, LEVELS
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act

pages = Pages()

_PLACE = "/forening/halsa"
#: How long the page waits, in seconds: where everything answers, it is done by then.
_PATIENCE = 2.0

_log = logging.getLogger(__name__)


@pages.shows(_PLACE, to=May(Act.EDIT_REGIONS))
def show(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the last check-up as it stands."""
    visit.must(Act.EDIT_REGIONS)
    found = doctoring.latest(site.app)
    checks = found.checks if found is not None else ()
    return site.page(
        request,
        "organisation/health.html",
        visit=visit,
        found=found,
        wrong=[each for each in checks if each.level is Level.RED],
        unsure=[each for each in checks if each.level is Level.AMBER],
        good=[each for each in checks if each.level is Level.GREEN],
        groups=GROUPS,
        levels=LEVELS,
    )


@pages.takes(_PLACE, to=May(Act.EDIT_REGIONS))
def begin(site: TheSite, visit: TheVisit) -> Response:
    """Begin a check-up, wait a moment, and show how far it is. A second one at a time is not begun."""
    visit.must(Act.EDIT_REGIONS)
    check_up = doctoring.begin(site.app, actor=visit.actor)
    if check_up is not None:
        work = threading.Thread(target=_work, args=(site, check_up), name="check-up", daemon=True)
        work.start()
        work.join(_PATIENCE)
    return site.back(_PLACE)


def _work(site: Site, check_up: CheckUp) -> None:
    try:
        doctoring.examine(site.app, check_up)
    except Exception:  # the page says that it died
        _log.exception("the check-up failed")
