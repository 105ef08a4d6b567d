"""What is kept of people, why, how long and who sees it: read from the tables that the program goes by.

GET, HEAD /om/personuppgifter   for everybody; ?sprak=en is in English (GDPR 13 and 14; rules L1 to L9)
"""

from fastapi import Request
from starlette.responses import Response

from newsletter.services.role_words import ROLES
from newsletter.web.gate import Everyone, Pages
from newsletter.web.pages import TheSite
from subscribers.core.authority import Act, Reach, RoleName, reach_of
from subscribers.core.fields import Field, header_of
from subscribers.core.purposes import GROUNDS
from subscribers.core.retention import RETENTION
from subscribers.services import lists

pages = Pages()

#: Columns of a register that say the same as others.
_TWICE = {Field.NAME, Field.EMAIL_WORK, Field.EMAIL_PRIVATE, Field.EMAIL_OTHER, Field.MEMBERSHIP}


@pages.shows("/om/personuppgifter", to=Everyone())
def show(request: Request, site: TheSite, sprak: str = "") -> Response:
    """Show it all, on one page."""
    settings = site.app.settings
    with site.app.readers() as session:
        found = lists.all_lists(session)
    return site.page(
        request,
        "about/privacy.html",
        speaks=sprak if sprak in ("sv", "en") else None,
        fields=[header_of(field) for field in Field if field not in _TWICE],
        lists=found,
        grounds=GROUNDS,
        seen_by=[(ROLES[role], reach) for role in RoleName if (reach := _sees(role)) is not Reach.NOWHERE],
        retention=RETENTION,
        relay=settings.elsewhere,
        postal_address=settings.postal_address,
    )


def _sees(role: RoleName) -> Reach:
    return reach_of(role, Act.SEE_PEOPLE)
