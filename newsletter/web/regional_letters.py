"""The first two steps of a region's own letter: write it, and look at it as its members get it.

GET, HEAD /brev                 the letters of one's own regions, and what to do first
GET, HEAD /brev/ny              an empty one; ?region= where there are several. POST makes it
GET, HEAD /brev/{key}/skriv     step 1: heading, text, photo; POST keeps them
GET, HEAD /brev/{key}/titta     step 2: as ``web.looks`` says; POST mails it to oneself
GET, HEAD /brev/{key}/brevet    the letter itself, for the frame

Its key is no number, so no letter can be guessed; whom it reaches is never taken from a form unchecked.
"""

from functools import partial
from secrets import token_hex
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from newsletter.core.articles import Picture
from newsletter.errors import ArticleError, NewsletterError
from newsletter.importing import pictures
from newsletter.language import mark, sentence
from newsletter.services import articles, letterheads, previews, regional_letters, trial_letters
from newsletter.services.previews import Reader
from newsletter.services.regional_letters import Stage, stage_of
from newsletter.web import desks, letter_desks, looks, media, numbers, preview
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.letter_desks import found, letters_of
from newsletter.web.looks import Look
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act, OnePerson, SomeRegions
from subscribers.errors import NotFound, SentenceError
from subscribers.services import acts, members

pages = Pages(
    done={
        "sparat": mark("Brevet är sparat."),
        "kastat": mark("Utkastet är borta."),
        "prov": mark("Ett provbrev är på väg till dig. Länken för att avregistrera sig är avstängd i det."),
    }
)

#: A photo as a telephone takes it, and the words around it.
MOST_BYTES = pictures.MOST_BYTES + 300_000
_EXAMPLES = 8


@pages.shows("/brev", to=May(Act.SEND))
def register(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the letters of the visitor's regions, and how many they may send."""
    with site.app.readers() as session:
        names = letter_desks.regions_of(session, visit)
        letters = regional_letters.find_all(session, scope=letters_of(visit))
        rows = letter_desks.rows(session, visit, letters)
        return site.page(
            request,
            "regional_letters/list.html",
            visit=visit,
            drafts=[row for row in rows if row.stage in (Stage.DRAFT, Stage.RETURNED)],
            waiting=[row for row in rows if row.stage in (Stage.WAITING, Stage.SCHEDULED, Stage.MISSED)],
            sent=[row for row in rows if row.stage is Stage.RELEASED],
            regions=names,
            room=letter_desks.room(session, site, names) if visit.regions else [],
            decides=visit.may(Act.SEND),
        )


@pages.shows("/brev/ny", to=May(Act.SEND))
def blank(request: Request, site: TheSite, visit: TheVisit, region: str = "") -> Response:
    """Show an empty letter, or ask for which region it is."""
    with site.app.readers() as session:
        chosen = letter_desks.only_own(session, visit, region[:40])
    return _write_page(request, site, visit, region=chosen, words={"key": token_hex(16)})


@pages.takes("/brev/ny", to=May(Act.SEND), most_bytes=MOST_BYTES)
def make(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Make the letter; the same form twice makes one."""
    key = form.get("key", "")
    added, trouble = _photos(site, form)
    with site.app.readers() as session:
        region = letter_desks.only_own(session, visit, form.get("region", "")[:40])
    if not region:
        raise NotFound("Det finns ingen sådan region.")
    try:
        with site.app.sessions.begin() as session:
            letter = regional_letters.create(
                session,
                scope=letters_of(visit),
                region=region,
                key=key,
                heading=form.get("heading", ""),
                text=_text(form),
                writer_id=visit.person_id,
                actor=visit.actor,
                now=site.app.now(),
            )
            if added and not articles.to_text(letter.article).pictures:
                _keep_pictures(session, site, visit, key, added)
    except NewsletterError as error:
        return _write_page(request, site, visit, region=region, words=form, wrong=sentence(error), status=422)
    if trouble:
        return _write_page(request, site, visit, key=key, wrong=trouble, status=422)
    return site.back(f"/brev/{key}/titta")


@pages.shows("/brev/{key}/skriv", to=May(Act.SEND))
def write(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Show the form; a letter that is on its way is shown where it stands."""
    with site.app.readers() as session:
        if stage_of(found(session, visit, key)) not in (Stage.DRAFT, Stage.RETURNED, Stage.WAITING):
            return site.back(f"/brev/{key}")
    return _write_page(request, site, visit, key=key)


@pages.takes("/brev/{key}/skriv", to=May(Act.SEND), most_bytes=MOST_BYTES)
def save(request: Request, site: TheSite, visit: TheVisit, form: TheForm, key: str) -> Response:
    """Keep the words and the photos; a photo that cannot be read takes no words with it."""
    with site.app.readers() as session:
        found(session, visit, key)
    if form.get("do") == "discard":
        return _discard(request, site, visit, key)
    added, trouble = _photos(site, form)
    try:
        with site.app.sessions.begin() as session:
            letter = regional_letters.change(
                session,
                scope=letters_of(visit),
                key=key,
                heading=form.get("heading", ""),
                text=_text(form),
                actor=visit.actor,
                now=site.app.now(),
            )
            had = list(articles.to_text(letter.article).pictures)
            wanted = _with(had, added, form)
            if wanted != had:
                _keep_pictures(session, site, visit, key, wanted)
    except NewsletterError as error:
        return _write_page(request, site, visit, key=key, words=form, wrong=sentence(error), status=422)
    if trouble:
        return _write_page(request, site, visit, key=key, wrong=trouble, status=422)
    return (
        site.back(f"/brev/{key}/titta")
        if form.get("do") != "save"
        else site.back(f"/brev/{key}/skriv", done="sparat")
    )


@pages.shows("/brev/{key}/titta", to=May(Act.SEND))
def look(request: Request, site: TheSite, visit: TheVisit, key: str, q: str = "") -> Response:
    """Show the letter as its members get it."""
    asked = looks.read(dict(request.query_params))
    with site.app.readers() as session:
        letter = found(session, visit, key)
        own = SomeRegions(frozenset({letter.region_slug}))
        person = _member(session, own, asked)
        shown = None
        wrong = ""
        try:
            shown = _preview(session, site, letter, asked, own)
        except NewsletterError as error:
            wrong = sentence(error)
        answers = letterheads.answers_to(session, letter.issue, today=site.today())
        sender = letterheads.framed(session, letter.issue, site.app.frame(), today=site.today())
        wanted = " ".join(q.split())[:200]
        return site.page(
            request,
            "regional_letters/look.html",
            visit=visit,
            letter=letter,
            stage=stage_of(letter),
            look=asked,
            person=person,
            people=members.find(session, scope=own, text=wanted, limit=_EXAMPLES) if wanted else (),
            q=wanted,
            text=shown.text if shown and asked.view == "text" else "",
            wrong=wrong,
            sender=sender,
            answers=answers or site.app.current().contact_address,
        )


@pages.takes("/brev/{key}/titta", to=May(Act.SEND))
def try_it(site: TheSite, visit: TheVisit, key: str) -> Response:
    """Mail the letter to whoever asks, marked as a trial; nobody else gets it."""
    with site.app.sessions.begin() as session:
        letter = found(session, visit, key)
        trial_letters.send(
            session,
            scope=OnePerson(visit.person_id),
            issue=letter.issue,
            people=[visit.person_id],
            regions=[letter.region_slug],
            frame=site.app.frame(),
            actor=visit.actor,
            now=site.app.now(),
        )
    return site.back(f"/brev/{key}/titta", done="prov")


@pages.shows("/brev/{key}/brevet", to=May(Act.SEND))
def letter_itself(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Give the letter alone, with a policy under which nothing runs and nothing is fetched."""
    asked = looks.read(dict(request.query_params))
    with site.app.readers() as session:
        letter = found(session, visit, key)
        try:
            html = _preview(session, site, letter, asked, SomeRegions(frozenset({letter.region_slug}))).html
        except NewsletterError as error:
            html = f"<!DOCTYPE html><p>{preview.plain(sentence(error))}</p>"
    content = preview.framed(
        html,
        scheme=asked.scheme,
        carried={},
        base_url=site.app.settings.base_url,
        media=partial(media.picture, site.app.paths.media),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


def _preview(session: Any, site: Site, letter: Any, asked: Look, own: SomeRegions) -> previews.Preview:
    now = site.app.now()
    who = Reader(letter.region_slug, asked.language)
    if asked.person is not None:
        who = previews.reader(session, letter.issue, scope=own, subscriber_id=asked.person, now=now)
    return previews.preview(session, letter.issue, who, frame=site.app.frame(), now=now)


def _member(session: Any, own: SomeRegions, asked: Look) -> Any:
    if asked.person is None:
        return None
    return members.get(session, scope=own, subscriber_id=asked.person)


def _discard(request: Request, site: Site, visit: Visit, key: str) -> Response:
    try:
        with site.app.sessions.begin() as session:
            regional_letters.discard(session, scope=letters_of(visit), key=key)
            acts.log(session, actor=visit.actor, act="discard letter", now=site.app.now())
    except NotFound:
        raise
    except SentenceError as error:
        return _write_page(request, site, visit, key=key, wrong=sentence(error), status=422)
    return site.back("/brev", done="kastat")


def _write_page(
    request: Request,
    site: Site,
    visit: Visit,
    *,
    key: str = "",
    region: str = "",
    words: Any = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    with site.app.readers() as session:
        letter = found(session, visit, key) if key else None
        names = letter_desks.regions_of(session, visit)
        chosen = letter.region_slug if letter else region
        text = articles.to_text(letter.article) if letter else None
        said = {"heading": text.title if text else "", "text": text.body if text else "", "key": key}
        if words is not None:
            said = {name: words.get(name, "") for name in said}
        return site.page(
            request,
            "regional_letters/write.html" if chosen else "regional_letters/choose.html",
            status=status,
            visit=visit,
            letter=letter,
            stage=stage_of(letter) if letter else Stage.DRAFT,
            pictures=text.pictures if text else (),
            words=said,
            region=chosen,
            region_name=desks.names_of_regions(session).get(chosen, ""),
            regions=names,
            room=letter_desks.room(session, site, {chosen: names[chosen]})[0] if chosen else None,
            wrong=wrong,
        )


def _keep_pictures(session: Any, site: Site, visit: Visit, key: str, wanted: list[Picture]) -> None:
    regional_letters.set_pictures(
        session,
        scope=letters_of(visit),
        key=key,
        pictures=wanted,
        actor=visit.actor,
        now=site.app.now(),
    )


def _photos(site: Site, form: Form) -> tuple[list[Picture], str]:
    """Make new photos ready and keep them; return them, and what is wrong with the first that will not do."""
    added, trouble = [], ""
    for upload in form.files.get("photo", [])[: regional_letters.MOST_PICTURES]:
        try:
            ready = pictures.prepare(upload.content, name=upload.filename[:80])
        except ArticleError as error:
            trouble = trouble or sentence(error)
            continue
        name = media.keep(site.app.paths.media, ready.content, ready.suffix)
        added.append(Picture(alt=form.get("photo_alt", "").strip()[:2000], file=name))
    return added, trouble


def _with(had: list[Picture], added: list[Picture], form: Form) -> list[Picture]:
    removed = {numbers.whole(each) for each in form.getlist("remove")}
    return [each for number, each in enumerate(had) if number not in removed] + added


def _text(form: Form) -> str:
    return form.get("text", "").replace("\r\n", "\n")
