"""What a person may demand: everything that we have of them (GDPR 15 and 20), and to be forgotten (GDPR 17).

GET, HEAD /mina-uppgifter/utdrag        everything, to be read
GET, HEAD /mina-uppgifter/utdrag.json   the same, for other programs
GET, HEAD /mina-uppgifter/glom          what goes, what stays and why; POST erases, when it is said a second
time
"""

import json
from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from newsletter import rights
from newsletter.language import _, sentence, using
from newsletter.rendering import extract_page
from newsletter.services import extracts, preferences
from newsletter.services.extracts import Rows
from newsletter.web import owners
from newsletter.web.forms import TheForm
from newsletter.web.gate import Pages, Themselves
from newsletter.web.owners import PLACE, OpenPage, TheOwner
from newsletter.web.pages import Site, TheSite
from newsletter.web.people_words import column_name
from subscribers.core.retention import of
from subscribers.errors import SentenceError, SubscribersError
from subscribers.services import members, roles

pages = Pages()

#: What stays of an erased person, by the table of retention.
_KEPT = ("consents", "acts")


@pages.shows(PLACE + "/utdrag", to=Themselves())
def extract(request: Request, site: TheSite, owner: TheOwner) -> Response:
    """Show everything that we have of the person."""
    held = _held(site, owner)
    with using(owner.language):
        sections = [(extract_page.title_of(name), rows) for name, rows in held.items() if rows]
    return site.page(
        request, "own/extract.html", speaks=owner.language, sections=sections, column_name=column_name
    )


@pages.shows(PLACE + "/utdrag.json", to=Themselves())
def download(site: TheSite, owner: TheOwner) -> Response:
    """Give everything that we have of the person in a form that machines read."""
    content = json.dumps(_held(site, owner), ensure_ascii=False, indent=2, default=str)
    return Response(
        content,
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="mina-uppgifter.json"'},
    )


@pages.shows(PLACE + "/glom", to=Themselves())
def ask(request: Request, site: TheSite, owner: TheOwner) -> Response:
    """Say what goes and what stays, before anything is done."""
    return _ask(request, site, owner)


@pages.takes(PLACE + "/glom", to=Themselves())
def forget(request: Request, site: TheSite, owner: TheOwner, form: TheForm) -> Response:
    """Erase the person, when they have said so a second time."""
    if form.get("sure") != "yes":
        wrong = _("Sätt krysset i rutan först: det som raderas går inte att få tillbaka.")
        return _ask(request, site, owner, wrong=wrong, status=422)
    try:
        _check_no_role(site, owner)
        rights.erase(site.app, subscriber_id=owner.person_id, actor="the person themselves")
    except SentenceError as error:
        return _ask(request, site, owner, wrong=sentence(error), status=422)
    answer = site.page(request, "own/forgotten.html", speaks=owner.language)
    owners.take_cookie(answer, site)
    return answer


def _held(site: Site, owner: OpenPage) -> Mapping[str, Rows]:
    with site.app.readers() as session:
        return extracts.extract(session, scope=owner.scope, subscriber_id=owner.person_id)


def _check_no_role(site: Site, owner: OpenPage) -> None:
    """Raise ``SubscribersError`` while others rely on what the person does here."""
    with site.app.readers() as session:
        held = roles.held(session, scope=owner.scope, subscriber_id=owner.person_id, today=site.today())
    if held:
        raise SubscribersError(
            "Du har ett uppdrag i föreningen här. Lämna över det först, eller skriv till oss, så hjälper "
            "vi dig."
        )


def _ask(
    request: Request,
    site: Site,
    owner: OpenPage,
    *,
    wrong: str = "",
    status: int = 200,
) -> Response:
    with site.app.readers() as session:
        person = members.get(session, scope=owner.scope, subscriber_id=owner.person_id)
        is_member = preferences.is_member_on(person, site.today())
    return site.page(
        request,
        "own/forget.html",
        status=status,
        speaks=owner.language,
        token=owner.token,
        is_member=is_member,
        kept=[of(kind).sentence for kind in _KEPT],
        wrong=wrong,
    )
