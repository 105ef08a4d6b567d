"""A member's own page: language, region, lists, and the ways to a new address, the extract and erasure.

GET, HEAD /mina-uppgifter/mig         what we have, and what can be changed
POST      /mina-uppgifter/mig/{what}  sprak, region, listor, stang
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.language import mark, sentence
from newsletter.services import own_pages, preferences
from newsletter.web import choosing, numbers, owners
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import Pages, Themselves
from newsletter.web.keys import Facts
from newsletter.web.owners import PLACE, OpenPage, TheOwner
from newsletter.web.pages import Site, TheSite
from subscribers.errors import NotFound, SubscribersError
from subscribers.services import acts, life, members, regions

pages = Pages(
    done={
        "sprak": mark("Språket är ändrat."),
        "region": mark("Din region är ändrad."),
        "listor": mark("Valet är sparat, och gäller genast."),
        "adress": mark(
            "Vi har skickat en länk till den nya adressen. Den gäller i ett dygn. Tills du har tryckt på "
            "knappen bakom den går breven till den gamla."
        ),
    }
)


@pages.shows(PLACE + "/mig", to=Themselves())
def show(request: Request, site: TheSite, owner: TheOwner) -> Response:
    """Show what we have, and what can be changed."""
    return page(request, site, owner)


@pages.takes(PLACE + "/mig/{what}", to=Themselves())
def change(request: Request, site: TheSite, owner: TheOwner, form: TheForm, what: str) -> Response:
    """Change one thing. What cannot be done is said on the page."""
    do = _CHANGES.get(what)
    if do is None:
        raise HTTPException(404)
    try:
        return do(site, owner, form)
    except SubscribersError as error:
        return page(request, site, owner, wrong=sentence(error), status=422)


def page(
    request: Request, site: Site, owner: OpenPage, *, wrong: str = "", wished: str = "", status: int = 200
) -> Response:
    """Return the page; ``wished`` is the new address that was written, where something was wrong with it."""
    with site.app.readers() as session:
        person = members.get(session, scope=owner.scope, subscriber_id=owner.person_id)
        used = members.best_address(session, scope=owner.scope, subscriber_id=owner.person_id)
        known = regions.gazetteer(session)
        letters = preferences.letters(
            session, scope=owner.scope, subscriber_id=owner.person_id, delivery_id=0, today=site.today()
        )
        return site.page(
            request,
            "own/page.html",
            status=status,
            speaks=owner.language,
            token=owner.token,
            person=person,
            used=used,
            others=[each for each in person.addresses if used is None or each.id != used.id],
            region=next((each.name for each in known.regions if each.slug == person.region_slug), ""),
            regions=known.regions,
            municipalities=regions.all_municipalities(session),
            letters=letters,
            spans=choosing.spans(site.today()),
            wrong=wrong,
            wished=wished,
        )


def _speak(site: Site, owner: OpenPage, form: Form) -> Response:
    return _changed(site, owner, "sprak", "language", life.speak, language=form.get("language", ""))


def _move(site: Site, owner: OpenPage, form: Form) -> Response:
    region = form.get("region", "")
    if form.get("do") != "choose":
        code = form.get("municipality", "")
        return _changed(site, owner, "region", "municipality", life.move_to, municipality_code=code)
    if not region:
        raise NotFound("Välj en region.")
    return _changed(
        site,
        owner,
        "region",
        "place",
        life.place,
        scope=site.app.everything("a person chose their own region, by a fresh link"),
        region=region,
        reason="valt på sin egen sida",
    )


def _changed(
    site: Site, owner: OpenPage, done: str, act: str, do: Callable[..., bool], **values: Any
) -> Response:
    asked = {"scope": owner.scope, "subscriber_id": owner.person_id, "author": owner.author, **values}
    now = site.app.now()
    with site.app.sessions.begin() as session:
        if do(session, **asked, now=now):
            person = members.get(session, scope=owner.scope, subscriber_id=owner.person_id)
            subject = f"person {person.pseudonym}"
            acts.log(session, actor=subject, act=f"own page: {act}", subject=subject, now=now)
    return site.back(PLACE + "/mig", done=done)


def _choose(site: Site, owner: OpenPage, form: Form) -> Response:
    list_id = numbers.whole(form.get("list", ""))
    wish = choosing.wish_of(form, site.today())
    if list_id is None:
        raise HTTPException(400)
    facts = Facts(scope=owner.scope, subscriber_id=owner.person_id, delivery_id=0)
    choosing.carry_out(site, facts, list_id=list_id, wish=wish, source="own page")
    return site.back(PLACE + "/mig", done="listor")


def _close(site: Site, owner: OpenPage, _form: Form) -> Response:
    with site.app.sessions.begin() as session:
        own_pages.close(session, secret=owner.secret)
    answer = site.back(PLACE, done="stangd")
    owners.take_cookie(answer, site)
    return answer


_CHANGES: Mapping[str, Callable[[Site, OpenPage, Form], Response]] = {
    "sprak": _speak,
    "region": _move,
    "listor": _choose,
    "stang": _close,
}
