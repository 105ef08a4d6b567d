"""The third step of a region's own letter, and where it stands afterwards.

GET, HEAD /brev/{key}/skicka    step 3: who gets it, when, from whom; POST sends it, or asks for a yes
GET, HEAD /brev/{key}           where it stands; POST takes it back, and for the officer says yes or no
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.core import clocks
from newsletter.core import letter_rules as rules
from newsletter.errors import IssueError
from newsletter.language import mark, sentence
from newsletter.models import LeftOutReason, RegionalLetter
from newsletter.permitting import check_permitted
from newsletter.relaying import rules_of
from newsletter.services import (
    courses,
    forecasts,
    holding,
    letter_notes,
    letter_rules,
    letter_sending,
    letterheads,
    passing,
    progress,
    regional_letters,
    sendings,
)
from newsletter.services.letter_sending import Sent
from newsletter.services.passing import NotPassed
from newsletter.services.regional_letters import Stage, stage_of
from newsletter.services.state_words import REASONS
from newsletter.web import asking, desks, letter_desks
from newsletter.web.asking import Asking
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.letter_desks import found, letters_of
from newsletter.web.pages import Site, TheSite
from newsletter.web.pulse import View
from newsletter.web.sending_views import shown
from newsletter.web.sendings import counted
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts

pages = Pages(
    done={
        "skickas": mark("Brevet är på väg. Du kan ångra dig en stund till."),
        "tid": mark("Brevet går av sig självt på den tid som står här."),
        "natt": mark("Tiden ligger i de tysta timmarna, så brevet går när de är slut."),
        "fraga": mark("Brevet är skickat för godkännande. Du får ett mejl när redaktören har svarat."),
        "redan": mark("Brevet var redan skickat. Det går bara en gång."),
        "tillbaka": mark("Brevet är ditt igen, och inget har gått."),
        "ja": mark("Brevet är godkänt, och den som skrev får veta det."),
        "nej": mark("Brevet är tillbaka hos den som skrev, med din kommentar."),
        "angrat": mark("Utskicket är ångrat. Inget brev gick, och brevet är ett utkast igen."),
        "pausat": mark("Utskicket är pausat. Det som var på linjen går färdigt, inget mer börjar."),
        "fortsatt": mark("Utskicket går vidare."),
        "avbrutet": mark("Utskicket är avbrutet, och det som var kvar är återkallat."),
    }
)

_SENDABLE = (Stage.DRAFT, Stage.RETURNED, Stage.MISSED)


@pages.shows("/brev/{key}/skicka", to=May(Act.SEND))
def ask(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Show who gets the letter, and ask when."""
    query = request.query_params
    asks = asking.unlooked(query)
    with site.app.readers() as session:
        letter = found(session, visit, key)
        if stage_of(letter) not in _SENDABLE:
            return site.back(f"/brev/{key}")
        if asking.wanted(query):
            asks = asking.look(session, site, visit, letter.issue, because=asks.because)
    return _send_page(request, site, visit, key, {}, asks)


@pages.takes("/brev/{key}/skicka", to=May(Act.SEND))
def send(request: Request, site: TheSite, visit: TheVisit, form: TheForm, key: str) -> Response:
    """Send the letter, or ask for the yes that it needs; or choose who in the region gets it."""
    with site.app.readers() as session:
        found(session, visit, key)
    try:
        if form.get("do") == "segment":
            with site.app.sessions.begin() as session:
                regional_letters.choose_segment(
                    session,
                    scope=letters_of(visit),
                    key=key,
                    segment=form.get("segment", "")[:200],
                    now=site.app.now(),
                )
            return site.back(f"/brev/{key}/skicka")
        return site.back(f"/brev/{key}", done=_done(_send(site, visit, key, form)))
    except NotFound:
        raise
    except NotPassed as error:
        asks = asking.after(error, visit, _issue_of(site, visit, key), form.get("because", ""))
        return _send_page(request, site, visit, key, form, asks, wrong=sentence(error), status=422)
    except SentenceError as error:
        asks = asking.unlooked(form)
        return _send_page(request, site, visit, key, form, asks, wrong=sentence(error), status=422)


@pages.shows("/brev/{key}", to=May(Act.SEND))
def standing(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Show where a letter stands."""
    return _page(request, site, visit, key)


@pages.takes("/brev/{key}", to=May(Act.SEND))
def act(request: Request, site: TheSite, visit: TheVisit, form: TheForm, key: str) -> Response:
    """Take a letter back; or, for the officer, say yes or no to it."""
    wish = form.get("do", "")
    if wish not in ("back", "approve", "return"):
        raise HTTPException(400)
    with site.app.readers() as session:
        found(session, visit, key)
    try:
        if wish == "back":
            return _take_back(site, visit, key)
        return _answer(site, visit, form, key, approve=wish == "approve")
    except NotFound:
        raise
    except SentenceError as error:
        comment = form.get("comment", "")
        asks = asking.unlooked(form)
        if isinstance(error, NotPassed):
            asks = asking.after(error, visit, _issue_of(site, visit, key), asks.because)
        return _page(request, site, visit, key, asks=asks, wrong=sentence(error), comment=comment, status=422)


def _issue_of(site: Site, visit: Visit, key: str) -> int:
    with site.app.readers() as session:
        return found(session, visit, key).issue_id


def _send(site: Site, visit: Visit, key: str, form: Form) -> Sent:
    app, now = site.app, site.app.now()
    with app.sessions.begin() as session:
        check_permitted(session, app.current())
        sent = letter_sending.send(
            session,
            scope=letters_of(visit),
            key=key,
            at=_wanted(form),
            zone=app.settings.time_zone,
            frame=app.frame(),
            pace=app.pace(),
            actor=visit.actor,
            asked=asking.asked(visit, form),
            now=now,
        )
        if sent.is_new:
            _log(session, site, visit, "ask for approval" if sent.waits else "send letter", sent)
        if sent.is_new and sent.waits:
            letter_notes.ask(
                session,
                scope=app.everything("the officers are asked to approve a region's letter"),
                key=key,
                base_url=app.settings.base_url,
                today=site.today(),
                now=now,
            )
    return sent


def _done(sent: Sent) -> str:
    if not sent.is_new:
        return "redan"
    if sent.waits:
        return "fraga"
    if sent.is_quiet:
        return "natt"
    return "skickas" if sent.letter.issue.send_at == sent.letter.issue.updated_at else "tid"


def _take_back(site: Site, visit: Visit, key: str) -> Response:
    with site.app.sessions.begin() as session:
        letter = letter_sending.take_back(session, scope=letters_of(visit), key=key, now=site.app.now())
        _log(session, site, visit, "take letter back", letter)
    return site.back(f"/brev/{key}", done="tillbaka")


def _answer(site: Site, visit: Visit, form: Form, key: str, *, approve: bool) -> Response:
    visit.must(Act.SEND)
    app, now = site.app, site.app.now()
    with app.sessions.begin() as session:
        done: Sent | RegionalLetter
        if approve:
            check_permitted(session, app.current())
            done = letter_sending.approve(
                session,
                scope=letters_of(visit),
                key=key,
                seen=form.get("seen", ""),
                zone=app.settings.time_zone,
                frame=app.frame(),
                pace=app.pace(),
                actor=visit.actor,
                asked=asking.asked(visit, form),
                now=now,
            )
        else:
            done = letter_sending.give_back(
                session, scope=letters_of(visit), key=key, comment=form.get("comment", ""), now=now
            )
        letter_notes.answer(
            session,
            scope=app.everything("whoever wrote a letter is told of the answer"),
            key=key,
            base_url=app.settings.base_url,
            now=now,
        )
        _log(session, site, visit, "approve letter" if approve else "give letter back", done)
    return site.back(f"/brev/{key}", done="ja" if approve else "nej")


def _wanted(form: Mapping[str, str]) -> str:
    """Return the time that was asked for, as ``core.issues`` reads it."""
    if form.get("when") == "now":
        return "nu"
    day, hour = form.get("day", "")[:10], form.get("hour", "")[:5]
    if form.get("when") != "later" or not day or not hour:
        raise IssueError("Välj om brevet ska gå nu, eller ange både datum och klockslag.")
    return f"{day} {hour}"


def _send_page(
    request: Request,
    site: Site,
    visit: Visit,
    key: str,
    filled: Mapping[str, str],
    asks: Asking,
    *,
    wrong: str = "",
    status: int = 200,
) -> Response:
    now, zone = site.app.now(), site.app.settings.time_zone
    with site.app.readers() as session:
        letter = found(session, visit, key)
        own = letter_rules.of(session, letter.region_slug)
        told = forecasts.forecast(session, scope=counted(visit), issue=letter.issue, now=now)
        pace = site.app.pace()
        at_once = rules.goes_at(now, own, zone, spread=pace.grace + pace.head_start)
        names = {letter.region_slug: letter.region.name}
        return site.page(
            request,
            "regional_letters/send.html",
            status=status,
            visit=visit,
            letter=letter,
            told=told,
            reasons=[(REASONS[why], told.left_out[why]) for why in LeftOutReason if told.left_out.get(why)],
            segments=regional_letters.usable_segments(session, scope=letters_of(visit), key=key, now=now),
            rules=own,
            room=letter_desks.room(session, site, names)[0],
            must_ask=own.approval and not visit.may(Act.SEND) and not letter_rules.is_approved(letter),
            waits_until=at_once if at_once > now else None,
            turn=clocks.next_turn(zone, now),
            grace=pace.grace_minutes,
            filled={name: filled.get(name, "") for name in ("when", "day", "hour")},
            asking=asks,
            wrong=wrong,
            **_heads(session, site, letter),
        )


def _heads(session: Any, site: Site, letter: RegionalLetter) -> dict[str, Any]:
    today = site.today()
    answers = letterheads.answers_to(session, letter.issue, today=today)
    return {
        "sender": letterheads.framed(session, letter.issue, site.app.frame(), today=today),
        "answers": answers or site.app.current().contact_address,
    }


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    key: str,
    *,
    asks: Asking | None = None,
    wrong: str = "",
    comment: str = "",
    status: int = 200,
) -> Response:
    with site.app.readers() as session:
        letter = found(session, visit, key)
        issue = letter.issue
        scope, now = counted(visit), site.app.now()
        how = progress.counts(session, scope=scope, issue_id=issue.id, now=now)
        course = courses.courses(session, scope=scope, issue_id=issue.id)
        held = holding.holding(session, issue, rules=rules_of(site.app.settings), now=now)
        view = View(issue, how, sendings.may_undo(session, issue), now, course, held)
        stage = stage_of(letter)
        return site.page(
            request,
            "regional_letters/standing.html",
            status=status,
            visit=visit,
            letter=letter,
            issue=issue,
            stage=stage,
            word=letter_desks.STAGES[stage],
            told=shown(site, visit, view, desks.names_of_regions(session)),
            decides=visit.may(Act.SEND) and stage is Stage.WAITING,
            digest=letter.asked_digest,
            comment=comment,
            asking=asks,
            passed=passing.kept(session, issue_id=issue.id),
            wrong=wrong,
            **_heads(session, site, letter),
        )


def _log(session: Any, site: Site, visit: Visit, act: str, done: Sent | RegionalLetter) -> None:
    letter, passed = (done.letter, done.passed) if isinstance(done, Sent) else (done, None)
    subject = f"issue {letter.issue_id}, {letter.region.name}"[:200]
    details = {"region": letter.region_slug, **passing.details(passed)}
    acts.log(session, actor=visit.actor, act=act, subject=subject, details=details, now=site.app.now())
