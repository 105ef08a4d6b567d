"""An issue's letter as its readers get it, before it goes: in a frame, and all versions at once.

GET, HEAD /nummer/{id}/brev     the letter's HTML, for the frame: nothing in it can run, or be fetched
GET, HEAD /nummer/{id}/matris   which item stands in which version, and what each version looks like

Only the version that is looked at is rendered.
"""

from dataclasses import dataclass
from functools import partial
from html import escape

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from newsletter.language import sentence
from newsletter.models import Item
from newsletter.services import issues, previews, variants
from newsletter.web import audience_words, desks, preview
from newsletter.web.files import picture_within
from newsletter.web.gate import May, Pages
from newsletter.web.looks import Look, read
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError

pages = Pages()


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the matrix: whom it is for in words, and whether each version has it, in their order."""

    item: Item
    seen_by: str
    stands: tuple[bool, ...]


@pages.shows("/nummer/{issue_id:int}/brev", to=May(Act.WRITE))
def letter(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Give the letter alone, with a policy under which nothing runs and nothing is fetched."""
    visit.must(Act.WRITE)
    look = read(dict(request.query_params))
    try:
        with site.app.readers() as session:
            issue = issues.get(session, issue_id)
            reader = desks.reader_of(session, site, visit, issue, look)
            shown = previews.preview(session, issue, reader, frame=site.app.frame(), now=site.app.now())
    except NotFound:
        raise
    except SentenceError as error:
        return _framed(f"<!DOCTYPE html><html lang=sv><title>–</title><p>{escape(sentence(error))}</p>")
    content = preview.framed(
        shown.html,
        scheme=look.scheme,
        carried={},
        base_url=site.app.settings.base_url,
        media=partial(_picture, site),
    )
    return _framed(content)


@pages.shows("/nummer/{issue_id:int}/matris", to=May(Act.WRITE))
def matrix(request: Request, site: TheSite, visit: TheVisit, issue_id: int) -> Response:
    """Show all versions at once."""
    visit.must(Act.WRITE)
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        names = desks.names_of_regions(session)
        planned = variants.planned(session, issue)
        lines = [
            Line(
                item,
                audience_words.said(item.audience.within(item.article.audience), names),
                tuple(item.id in variant.item_ids for variant in planned),
            )
            for item in issue.items
        ]
        reached = {slug for variant in planned for slug in variant.regions}
        return site.page(
            request,
            "issues/matrix.html",
            visit=visit,
            issue=issue,
            name=issues.name_of(issue),
            versions=[(variant, Look(region=variant.regions[0])) for variant in planned],
            lines=lines,
            without=[name for slug, name in names.items() if slug not in reached],
        )


def _framed(content: str) -> Response:
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


def _picture(site: Site, name: str) -> preview.Picture:
    return picture_within(site.app.paths.media, name, most_bytes=preview.MOST_PICTURE_BYTES)
