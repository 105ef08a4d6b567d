"""The officer's side of the regions' blocks: who is asked, who has handed in, and what goes in instead.

GET, HEAD /nummer/{id}/inslag             all regions, and how far each has come
POST      /nummer/{id}/inslag/be-om       asks the regions now, or again after it was closed
POST      /nummer/{id}/inslag/stang       asks nobody any more
POST      /nummer/{id}/inslag/paminn      reminds whoever has not handed in
POST      /nummer/{id}/inslag/sista-dag   moves the last day, and tells those who were asked
POST      /nummer/{id}/inslag/annars      what goes in for a region when nothing comes
POST      /nummer/{id}/inslag/lagg-in     puts a block in again that is handed in and was taken out
GET, HEAD /staende-inslag/{region}        a region's standing text; POST saves it, or takes it away
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.errors import BlockChanged, NewsletterError
from newsletter.language import mark, sentence
from newsletter.models import Block, BlockFallback
from newsletter.services import (
    block_overviews,
    block_requests,
    block_words,
    blocks,
    issues,
    plans,
    standing_blocks,
)
from newsletter.services.block_requests import Mailing
from newsletter.services.compositions import Hand
from newsletter.web import numbers, secrets
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts, regions

pages = Pages(
    done={
        "bett": mark("Regionerna är tillfrågade. De som går att nå får ett brev nu."),
        "stangt": mark("Inga fler inslag tas emot, och ingen påminns. Det som är inlämnat står kvar."),
        "paminda": mark("De som inte har lämnat in får en påminnelse nu."),
        "paminda-redan": mark("Alla som går att nå har lämnat in, eller är påminda redan i dag."),
        "dag": mark("Sista dagen är flyttad. De som har fått frågan får veta det."),
        "annars": mark("Sparat."),
        "inlagt": mark("Inslaget ligger i numret igen."),
        "staende": mark("Den stående texten är sparad. Den går in när inget annat kommer."),
        "ingen-staende": mark("Regionen har ingen stående text längre."),
    }
)

WRITES = May(Act.WRITE)
#: What a form does; returns the word for what is done.
Doing = Callable[[Any, Site, Visit, int, Form], str]


@pages.shows("/nummer/{issue_id:int}/inslag", to=WRITES)
def overview(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Show how all regions stand."""
    return _page(request, site, visit, issue_id)


@pages.takes("/nummer/{issue_id:int}/inslag/be-om", to=WRITES)
def ask(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Ask the regions."""
    return _do(request, site, visit, form, issue_id, _ask)


@pages.takes("/nummer/{issue_id:int}/inslag/stang", to=WRITES)
def close(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Ask nobody any more."""
    return _do(request, site, visit, form, issue_id, _close)


@pages.takes("/nummer/{issue_id:int}/inslag/paminn", to=WRITES)
def remind(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Remind whoever has not handed in."""
    return _do(request, site, visit, form, issue_id, _remind)


@pages.takes("/nummer/{issue_id:int}/inslag/sista-dag", to=WRITES)
def move(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Move the last day."""
    return _do(request, site, visit, form, issue_id, _move)


@pages.takes("/nummer/{issue_id:int}/inslag/annars", to=WRITES)
def otherwise(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Choose what goes in when nothing comes."""
    return _do(request, site, visit, form, issue_id, _choose)


@pages.takes("/nummer/{issue_id:int}/inslag/lagg-in", to=WRITES)
def put_in(request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: int) -> Response:
    """Put a block in again."""
    return _do(request, site, visit, form, issue_id, _put_in)


@pages.shows("/staende-inslag/{region}", to=WRITES)
def standing(request: Request, site: TheSite, visit: TheVisit, region: str) -> Response:
    """Show a region's standing text."""
    return _standing(request, site, visit, region)


@pages.takes("/staende-inslag/{region}", to=WRITES)
def save_standing(request: Request, site: TheSite, visit: TheVisit, form: TheForm, region: str) -> Response:
    """Save a region's standing text, or take it away."""
    visit.must(Act.WRITE, region)
    removes = form.get("do") == "remove"
    try:
        with site.app.sessions.begin() as session:
            if removes:
                standing_blocks.remove(session, region=region)
            else:
                standing_blocks.save(
                    session,
                    region=region,
                    title=form.get("title", ""),
                    body=form.get("body", "").replace("\r\n", "\n"),
                    seen=numbers.whole(form.get("seen", "")) or 0,
                    actor=visit.actor,
                    now=site.app.now(),
                )
            act = "standing text removed" if removes else "standing text saved"
            acts.log(session, actor=visit.actor, act=act, details={"region": region}, now=site.app.now())
    except NewsletterError as error:
        status = 409 if isinstance(error, BlockChanged) else 422
        return _standing(request, site, visit, region, form=form, wrong=sentence(error), status=status)
    return site.back(f"/staende-inslag/{region}", done="ingen-staende" if removes else "staende")


def _do(request: Request, site: Site, visit: Visit, form: Form, issue_id: int, doing: Doing) -> Response:
    visit.must(Act.WRITE)
    try:
        with site.app.sessions.begin() as session:
            done = doing(session, site, visit, issue_id, form)
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, visit, issue_id, wrong=sentence(error), status=422)
    return site.back(f"/nummer/{issue_id}/inslag", done=done)


def _mailing(site: Site, visit: Visit) -> dict[str, Any]:
    """Return what mails need. An officer sees everybody, and so every region's lead."""
    return {
        "scope": visit.scope,
        "mailing": Mailing(secrets.new, site.app.settings.base_url),
        "today": site.today(),
        "now": site.app.now(),
    }


def _ask(session: Any, site: Site, visit: Visit, issue_id: int, _form: Form) -> str:
    block_requests.open_round(session, issue_id=issue_id, today=site.today(), now=site.app.now())
    block_requests.tell(session, issue_id=issue_id, **_mailing(site, visit))
    _log(session, site, visit, "blocks asked for", issue_id)
    return "bett"


def _close(session: Any, site: Site, visit: Visit, issue_id: int, _form: Form) -> str:
    block_requests.close_round(session, issue_id=issue_id, now=site.app.now())
    _log(session, site, visit, "blocks closed", issue_id)
    return "stangt"


def _remind(session: Any, site: Site, visit: Visit, issue_id: int, _form: Form) -> str:
    queued = block_requests.remind(session, issue_id=issue_id, **_mailing(site, visit))
    return "paminda" if queued else "paminda-redan"


def _move(session: Any, site: Site, visit: Visit, issue_id: int, form: Form) -> str:
    block_requests.move_deadline(
        session, issue_id=issue_id, deadline=numbers.day(form.get("deadline", "")), **_mailing(site, visit)
    )
    return "dag"


def _choose(session: Any, site: Site, _visit: Visit, issue_id: int, form: Form) -> str:
    for block in block_requests.of_issue(session, issue_id=issue_id):
        chosen = next((each for each in BlockFallback if each.value == form.get(f"r-{block.region}")), None)
        if chosen is not None:
            standing_blocks.choose(session, block_id=block.id, fallback=chosen)
    standing_blocks.settle(session, issue_id=issue_id, today=site.today(), now=site.app.now())
    return "annars"


def _put_in(session: Any, site: Site, visit: Visit, issue_id: int, form: Form) -> str:
    block = _block(session, issue_id, form)
    blocks.put_in(session, block, hand=Hand(visit.person_id), now=site.app.now())
    return "inlagt"


def _block(session: Any, issue_id: int, form: Form) -> Block:
    block = blocks.get(session, block_id=numbers.whole(form.get("block", "")) or 0)
    if block.issue_id != issue_id:
        raise NotFound("Inslaget finns inte.")
    return block


def _log(session: Any, site: Site, visit: Visit, act: str, issue_id: int) -> None:
    acts.log(session, actor=visit.actor, act=act, details={"issue": issue_id}, now=site.app.now())


def _page(
    request: Request, site: Site, visit: Visit, issue_id: int, *, wrong: str = "", status: int = 200
) -> Response:
    visit.must(Act.WRITE)
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        rows = block_overviews.of_issue(session, scope=visit.scope, issue=issue, today=site.today())
        return site.page(
            request,
            "blocks/round.html",
            visit=visit,
            status=status,
            issue=issue,
            name=issues.name_of(issue),
            called=partial(block_words.issue_called, issue),
            rows=rows,
            asked=block_overviews.is_asked(session, issue_id=issue_id),
            phase=block_requests.phase(session, issue, today=site.today()),
            handed_in=sum(row.placed for row in rows),
            rests=plans.is_break(session, site.today()),
            wrong=wrong,
        )


def _standing(
    request: Request,
    site: Site,
    visit: Visit,
    region: str,
    *,
    form: Form | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    visit.must(Act.WRITE, region)
    with site.app.readers() as session:
        name = {each.slug: each.name for each in regions.all_regions(session)}.get(region)
        if name is None:
            raise NotFound("Det finns ingen region som heter {region}.", region=region)
        article = standing_blocks.of_region(session, region=region)
        return site.page(
            request,
            "blocks/standing.html",
            visit=visit,
            status=status,
            region=region,
            name=name,
            title=form.get("title", "") if form is not None else article.title if article else "",
            body=form.get("body", "") if form is not None else article.body if article else "",
            seen=article.revision if article else 0,
            exists=article is not None,
            wrong=wrong,
        )
