"""The inbox: mail that came in, who sees to it, and what was done.

GET, HEAD /inkorg             mails, by who sees to them and by kind
GET, HEAD /inkorg/{mail}      one mail: the writer's own words, and what is known of it
GET, HEAD /inkorg/{mail}/ra   the mail as it came, for those who see everything
POST      /inkorg/{mail}      it is answered, or not yet; somebody else sees to it

A mail is shown as text, never as the HTML that a stranger wrote. Its address holds a key where a number
would tell how many others there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter import permitting, receiving
from newsletter.core.inbound.kinds import What
from newsletter.errors import NewsletterError
from newsletter.language import mark, sentence
from newsletter.models import InboundMail, Issue
from newsletter.services import inboxes, issues
from newsletter.services.inboxes import View
from newsletter.services.mail_words import KINDS, OUTCOMES, VIEWS
from newsletter.services.taken_mails import Circumstances
from newsletter.web import numbers, rows
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.tables import attached
from newsletter.web.visits import TheVisit, Visit
from subscribers.core import tokens
from subscribers.core.authority import Act
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken, NotFound, SentenceError
from subscribers.services import acts, regions

pages = Pages(
    done={
        "besvarat": mark("Brevet är besvarat. Blev det fel kan du ta tillbaka det på brevets sida."),
        "obesvarat": mark("Brevet väntar på svar igen."),
        "lamnat": mark("Brevet är lämnat vidare, och en kopia är på väg."),
        "ditt": mark("Brevet är ditt. En kopia är på väg till din brevlåda, och därifrån kan du svara."),
        "redan": mark("Det var redan så. Inget har ändrats."),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A mail in the list: whose it is, to whom it falls, and a taste of its words."""

    mail: InboundMail
    owner: str
    taste: str


def _mail(mail: str, site: TheSite, visit: TheVisit) -> int:
    """Read which mail an address names: links in our mails hold a key for everybody."""
    try:
        (found,) = tokens.read(site.app.keyring, Purpose.ROW, mail)
    except (BadToken, ValueError):
        named = rows.number(site, visit, mail)
        if named is None:
            raise HTTPException(404) from None
        return named
    return found


TheMail = Annotated[int, Depends(_mail)]


@pages.shows("/inkorg", to=May(Act.SEE_PEOPLE))
def listed(
    request: Request, site: TheSite, visit: TheVisit, visa: str = "", slag: str = "", fore: str = ""
) -> Response:
    """Show a page of mails."""
    view = next((each for each in View if each.value == visa), View.WAITING)
    kind = next((each for each in What if each.value == slag), None)
    before = rows.number(site, visit, fore) if fore else None
    with site.app.readers() as session:
        page = inboxes.listed(
            session, scope=visit.scope, view=view, kind=kind, person_id=visit.person_id, before_id=before
        )
        found = _lines(session, visit, page.mails)
        names = {region.slug: region.name for region in regions.all_regions(session)}
    asked = {"visa": view.value, **({"slag": kind.value} if kind else {})}
    older = urlencode({**asked, "fore": site.key(visit, page.before_id)}) if page.before_id else ""
    return site.page(
        request,
        "inbox/list.html",
        visit=visit,
        lines=found,
        view=view,
        views=VIEWS,
        kind=kind,
        kinds=KINDS,
        regions=names,
        older=older,
        is_first=before is None,
    )


@pages.shows("/inkorg/{mail}", to=May(Act.SEE_PEOPLE))
def show(request: Request, site: TheSite, visit: TheVisit, mail: TheMail) -> Response:
    """Show one mail."""
    return _page(request, site, visit, mail)


@pages.shows("/inkorg/{mail}/ra", to=May(Act.SEE_PEOPLE))
def raw(site: TheSite, visit: TheVisit, mail: TheMail) -> Response:
    """Give the mail as it came, as a file: a browser must not show what a stranger wrote."""
    if not visit.scope_is_all:
        raise NotFound("Det finns inte, eller så får du inte se det.")
    with site.app.readers() as session:
        content = inboxes.get(session, scope=visit.scope, mail_id=mail).raw
    return Response(content, media_type="application/octet-stream", headers=attached("brev.eml"))


@pages.takes("/inkorg/{mail}", to=May(Act.SEE_PEOPLE))
def act(request: Request, site: TheSite, visit: TheVisit, form: TheForm, mail: TheMail) -> Response:
    """Do what the button says."""
    do = form.get("do", "")
    if do not in _ACTS:
        raise HTTPException(400)
    try:
        with site.app.sessions.begin() as session:
            changed = _done(session, site, visit, form, mail)
            if changed:
                name, subject = _ACTS[do][0], f"mail {mail}"
                acts.log(session, actor=visit.actor, act=name, subject=subject, now=site.app.now())
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, visit, mail, wrong=sentence(error), status=422)
    return site.back(f"/inkorg/{site.key(visit, mail)}", done=_ACTS[do][1] if changed else "redan")


#: What a button does: how the log calls it, and the word after which the page says so.
_ACTS = {
    "answered": ("answer mail", "besvarat"),
    "reopen": ("reopen mail", "obesvarat"),
    "take": ("hand over mail", "ditt"),
    "hand": ("hand over mail", "lamnat"),
    "officers": ("hand over mail", "lamnat"),
}


def _done(session: Any, site: Site, visit: Visit, form: Form, mail: int) -> bool:
    which: dict[str, Any] = {"scope": visit.scope, "mail_id": mail}
    match form.get("do"):
        case "answered":
            return inboxes.answer(session, **which, person_id=visit.person_id, now=site.app.now())
        case "reopen":
            return inboxes.reopen(session, **which)
        case "officers":
            return inboxes.hand_to_officers(session, **which, circumstances=_circumstances(site))
    taker = visit.person_id if form.get("do") == "take" else rows.number(site, visit, form.get("to", ""))
    if taker is None:
        raise NewsletterError("Välj vem som ska svara.")
    return inboxes.hand_over(session, **which, subscriber_id=taker, circumstances=_circumstances(site))


def _page(
    request: Request, site: Site, visit: Visit, mail: int, *, wrong: str = "", status: int = 200
) -> Response:
    with site.app.readers() as session:
        row = inboxes.get(session, scope=visit.scope, mail_id=mail)
        issue = session.get(Issue, row.issue_id) if row.issue_id is not None else None
        people = [each for each in (row.subscriber_id, row.owner_id, row.answered_by_id) if each is not None]
        takers = inboxes.takers(session, scope=visit.scope, mail_id=mail, today=site.today())
        names = {region.slug: region.name for region in regions.all_regions(session)}
        return site.page(
            request,
            "inbox/mail.html",
            visit=visit,
            mail=row,
            kind=KINDS[row.kind],
            outcome=OUTCOMES.get(row.outcome, ""),
            back_on=numbers.day(row.facts.get("back_on", "")),
            letter=issues.name_of(issue) if issue else "",
            region=names.get(row.region or "", ""),
            people=inboxes.names(session, scope=visit.scope, subscriber_ids=people),
            takers=[each for each in takers if each.id not in (row.owner_id, visit.person_id)],
            may_take=any(each.id == visit.person_id for each in takers) and row.owner_id != visit.person_id,
            sees_all=visit.scope_is_all,
            writes=visit.may_anywhere(Act.WRITE),
            wrong=wrong,
            status=status,
        )


def _lines(session: Any, visit: Visit, mails: Sequence[InboundMail]) -> list[Line]:
    owners = {each.owner_id for each in mails if each.owner_id is not None}
    names = inboxes.names(session, scope=visit.scope, subscriber_ids=owners)
    return [
        Line(each, names.get(each.owner_id or 0, ""), " ".join(each.words.split())[:200]) for each in mails
    ]


def _circumstances(site: Site) -> Circumstances:
    settings = site.app.current()
    return receiving.circumstances(site.app, house=permitting.house_of(settings), settings=settings)
