"""What happens at the desk where a block is written, whether somebody came by a link or is signed in."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from newsletter.core import differences
from newsletter.core.articles import Picture
from newsletter.errors import ArticleError, BlockChanged, NewsletterError
from newsletter.importing import pictures
from newsletter.language import sentence
from newsletter.models import Block, BlockState
from newsletter.services import block_previews, block_words, blocks
from newsletter.services.blocks import Standing, Writer, Written
from newsletter.web import guard, media, numbers, preview
from newsletter.web.forms import Form
from newsletter.web.pages import Site
from newsletter.web.visits import Visit
from subscribers.core.authority import Act, OnePerson
from subscribers.services import members

#: A photo as a telephone takes it, and the words around it.
MOST_BYTES = pictures.MOST_BYTES + 300_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who writes one block. ``at`` is the path of its pages; ``visit`` is None behind a link."""

    block_id: int
    writer: Writer
    at: str
    language: str
    visit: Visit | None = None

    def own(self, session: Any) -> Block:
        """Return the block; for whoever is signed in it must be of a region that they write for."""
        block = blocks.get(session, block_id=self.block_id)
        if self.visit is not None:
            self.visit.must(Act.WRITE, block.region)
        return block


def save(request: Request, site: Site, seat: Seat, form: Form) -> Response:
    """Keep the words, and the photos that can be read; a photo that cannot takes no words with it."""
    added, trouble = _photos(site, form)
    try:
        with site.app.sessions.begin() as session:
            seat.own(session)
            blocks.save(
                session,
                block_id=seat.block_id,
                writer=seat.writer,
                seen=numbers.whole(form.get("seen", "")) or 0,
                written=_written(form, added),
                today=site.today(),
                now=site.app.now(),
            )
    except BlockChanged as error:
        return write_page(request, site, seat, form=form, wrong=sentence(error), status=409)
    except NewsletterError as error:
        return write_page(request, site, seat, form=form, wrong=sentence(error), status=422)
    if trouble:
        return write_page(request, site, seat, wrong=trouble, status=422)
    if form.get("do") == "look":
        return site.back(f"/{seat.at}/titta")
    return site.back(f"/{seat.at}/skriv", done="sparat")


def act(request: Request, site: Site, seat: Seat, form: Form) -> Response:
    """Hand in, or take back."""
    which: dict[str, Any] = {
        "block_id": seat.block_id,
        "writer": seat.writer,
        "today": site.today(),
        "now": site.app.now(),
    }
    back = form.get("do") == "back"
    try:
        with site.app.sessions.begin() as session:
            seat.own(session)
            if back:
                blocks.take_back(session, **which)
            else:
                blocks.hand_in(session, seen=numbers.whole(form.get("seen", "")) or 0, **which)
    except NewsletterError as error:
        status = 409 if isinstance(error, BlockChanged) else 422
        return look_page(request, site, seat, wrong=sentence(error), status=status)
    return site.back(f"/{seat.at}/{'skriv' if back else 'titta'}", done="tillbaka" if back else "inlamnat")


def write_page(
    request: Request, site: Site, seat: Seat, *, form: Form | None = None, wrong: str = "", status: int = 200
) -> Response:
    """Show the form; where nothing can be written, the way leads to the page that says so."""
    with site.app.readers() as session:
        block = seat.own(session)
        standing = blocks.standing(session, block, today=site.today(), officer=seat.writer.officer)
        if (standing is not Standing.OPEN or block.state is BlockState.HANDED_IN) and form is None:
            return site.back(f"/{seat.at}/titta")
        text = blocks.text_of(block)
        words = {"title": text.title, "body": text.body, "byline": text.byline_name}
        if block.article is None and not seat.writer.officer:
            words["byline"] = _name_of(session, seat)
        if form is not None:
            words = {name: form.get(name, "") for name in words}
        return _page(
            request,
            site,
            seat,
            block,
            "blocks/write.html",
            words=words,
            pictures=text.pictures,
            wrong=wrong,
            differing=differences.words(text.body, words["body"]) if status == 409 else (),
            status=status,
        )


def look_page(request: Request, site: Site, seat: Seat, *, wrong: str = "", status: int = 200) -> Response:
    """Show the block as it will be, and what can be done with it."""
    with site.app.readers() as session:
        block = seat.own(session)
        standing = blocks.standing(session, block, today=site.today(), officer=seat.writer.officer)
        return _page(
            request,
            site,
            seat,
            block,
            "blocks/look.html",
            standing=standing.value,
            wrong=wrong,
            status=status,
        )


def _page(
    request: Request, site: Site, seat: Seat, block: Block, template: str, *, status: int, **values: Any
) -> Response:
    answer = site.page(
        request,
        template,
        status=status,
        speaks=seat.language,
        visit=seat.visit,
        frame="_layout/work.html" if seat.visit else "_layout/page.html",
        block=block,
        region=block.named.name,
        called=partial(block_words.issue_called, block.issue),
        seen=blocks.revision_of(block),
        at=seat.at,
        officer=seat.writer.officer,
        **values,
    )
    answer.headers.update(guard.WORK_HEADERS)
    return answer


def letter(site: Site, seat: Seat) -> Response:
    """Render the block alone in its letter: nothing in it can run, and nothing be fetched."""
    with site.app.readers() as session:
        block = seat.own(session)
        try:
            html = block_previews.html_of(
                block, blocks.text_of(block), frame=site.app.frame(), today=site.today()
            )
        except NewsletterError as error:
            html = f"<!DOCTYPE html><p>{preview.plain(sentence(error))}</p>"
    content = preview.framed(
        html,
        scheme="light",
        carried={},
        base_url=site.app.settings.base_url,
        media=partial(media.picture, site.app.paths.media),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


def _photos(site: Site, form: Form) -> tuple[list[Picture], str]:
    """Make new photos ready and keep them; return them, and what is wrong with the first that will not do."""
    added, trouble = [], ""
    for upload in form.files.get("photo", [])[:10]:
        try:
            ready = pictures.prepare(upload.content, name=upload.filename[:80])
        except ArticleError as error:
            trouble = trouble or sentence(error)
            continue
        name = media.keep(site.app.paths.media, ready.content, ready.suffix)
        added.append(Picture(alt=form.get("photo_alt", "").strip()[:2000], file=name))
    return added, trouble


def _written(form: Form, added: list[Picture]) -> Written:
    removed = {number for each in form.getlist("remove") if (number := numbers.whole(each)) is not None}
    return Written(
        title=form.get("title", ""),
        body=form.get("body", "").replace("\r\n", "\n"),
        byline=form.get("byline", ""),
        alts=form.getlist("alt"),
        removed=removed,
        added=added,
    )


def _name_of(session: Any, seat: Seat) -> str:
    person = seat.writer.person_id
    return members.get(session, scope=OnePerson(person), subscriber_id=person).name
