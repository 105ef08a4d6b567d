"""Segments: rules that select people, written in a short form, shown in words, and counted as one types.

GET, HEAD /urval             all of them, and a form; ?namn= opens one to be changed
GET, HEAD /urval/prova       ?regel=: what a rule means and whom it selects now, as one types
POST      /urval             keeps a rule under its name
POST      /urval/ta-bort     takes one away
"""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.language import mark, sentence, using
from newsletter.services import segment_conditions
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core import segment_text
from subscribers.core.authority import Act
from subscribers.core.segment_words import in_words
from subscribers.errors import SubscribersError
from subscribers.models import Subscriber
from subscribers.services import acts, segments

pages = Pages(
    done={"sparat": mark("Urvalet är sparat."), "borta": mark("Urvalet är borta. Personerna finns kvar.")}
)

_EXAMPLES = 10
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved segment: its short form, and what it means in words."""

    name: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule means and whom it selects, or what is wrong with it."""

    text: str
    words: str = ""
    count: int = 0
    people: tuple[Subscriber, ...] = ()
    wrong: str = ""


@pages.shows("/urval", to=May(Act.SEND))
def all_segments(request: Request, site: TheSite, visit: TheVisit, namn: str = "") -> Response:
    """Show all segments, and a form for one."""
    visit.must(Act.SEND)
    rule = next((each.text for each in _kept(site, visit) if each.name == namn), "")
    return _page(request, site, visit, name=namn[:120], rule=rule)


@pages.shows("/urval/prova", to=May(Act.SEND))
def attempt(request: Request, site: TheSite, visit: TheVisit, regel: str = "") -> Response:
    """Show a rule's meaning and count, as a part of the page."""
    visit.must(Act.SEND)
    tried = _tried(site, visit, regel) if regel.strip() else None
    return site.page(request, "segments/tried.html", visit=visit, tried=tried)


@pages.takes("/urval", to=May(Act.SEND))
def save(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Keep a rule, or only try it."""
    visit.must(Act.SEND)
    name, rule = form.get("name", ""), form.get("regel", "")[:_LONGEST]
    if form.get("do") == "try":
        return _page(request, site, visit, name=name, rule=rule)
    try:
        with site.app.sessions.begin() as session:
            words = segment_conditions.vocabulary(session)
            read = segment_text.parse(rule, words, language=visit.language)
            segments.save(session, scope=visit.scope, name=name, rule=read, now=site.app.now())
            acts.log(session, actor=visit.actor, act="segment saved", now=site.app.now())
    except SubscribersError as error:
        return _page(request, site, visit, name=name, rule=rule, wrong=sentence(error), status=422)
    return site.back("/urval", done="sparat")


@pages.takes("/urval/ta-bort", to=May(Act.SEND))
def delete(site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Take a segment away. Raises ``SegmentRefused`` while a letter has it."""
    visit.must(Act.SEND)
    name = form.get("name", "")
    with site.app.sessions.begin() as session:
        if segments.exists(session, scope=visit.scope, name=name):  # twice is as good as once
            segments.delete(session, scope=visit.scope, name=name)
            acts.log(session, actor=visit.actor, act="segment deleted", now=site.app.now())
    return site.back("/urval", done="borta")


def _page(
    request: Request, site: Site, visit: Visit, *, name: str, rule: str, wrong: str = "", status: int = 200
) -> Response:
    return site.page(
        request,
        "segments/page.html",
        status=status,
        visit=visit,
        kept=_kept(site, visit),
        name=name[:120],
        rule=rule,
        tried=_tried(site, visit, rule) if rule.strip() else None,
        wrong=wrong,
    )


def _kept(site: Site, visit: Visit) -> list[Kept]:
    with site.app.readers() as session:
        words = segment_conditions.vocabulary(session)
        rules = [
            (each.name, segments.rule_of(each)) for each in segments.all_segments(session, scope=visit.scope)
        ]
    return [
        Kept(
            name,
            segment_text.write(rule, words, language=visit.language),
            in_words(rule, words, visit.language),
        )
        for name, rule in rules
    ]


def _tried(site: Site, visit: Visit, text: str) -> Tried:
    given = text[:_LONGEST]
    try:
        with site.app.readers() as session, using(visit.language):
            words = segment_conditions.vocabulary(session)
            rule = segment_text.parse(given, words, language=visit.language)
            asked: dict[str, Any] = {
                "scope": visit.scope,
                "rule": rule,
                "today": site.today(),
                "builders": segment_conditions.BUILDERS,
            }
            return Tried(
                given,
                in_words(rule, words, visit.language),
                segments.count(session, **asked),
                tuple(segments.examples(session, limit=_EXAMPLES, **asked)),
            )
    except SubscribersError as error:
        with using(visit.language):
            return Tried(given, wrong=sentence(error))
