"""The practice mailbox: what the local sink has kept, looked at as a reader would.

/sink                 the mails, the newest first; ?q= looks for a recipient or a subject
/sink/{name}          one mail: ?view=html, text, source or headers
/sink/{name}/frame    its HTML, for the frame: nothing in it can run, and nothing can be fetched
/sink/{name}/mail.eml the file as it came
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.mail import folder
from newsletter.mail.folder import Kept, Mail
from newsletter.web import anatomy, media, preview
from newsletter.web.gate import LocalOnly, Pages
from newsletter.web.pages import TheSite

pages = Pages()

PER_PAGE = 50
#: How many of the newest mails a search looks through.
SEARCHED = 2_000
MOST_SOURCE = 200_000

VIEWS = ("html", "text", "source", "headers")
WIDTHS = ("desktop", "phone")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the list. ``number`` counts from 1; ``total`` is how many mails all pages hold."""

    mails: list[Kept]
    number: int
    total: int

    @property
    def newer(self) -> int | None:
        """The page before, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        """The page after, or None."""
        return self.number + 1 if self.number * PER_PAGE < self.total else None


@pages.shows("/sink", to=LocalOnly())
def mailbox(request: Request, site: TheSite, q: str = "", page: str = "1") -> Response:
    """List the mails."""
    wanted = q.strip()[:200]
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 8 else 1
    sheet = sheet_of(site.app.paths.sink, wanted, max(number, 1))
    return site.page(
        request, "sink/list.html", sheet=sheet, q=wanted, searched=SEARCHED, port=site.app.settings.sink_port
    )


@pages.shows("/sink/{name}", to=LocalOnly())
def one(
    request: Request, site: TheSite, name: str, view: str = "", width: str = "desktop", scheme: str = "light"
) -> Response:
    """Show one mail in one of its views."""
    mail = folder.read(site.app.paths.sink, name)
    inside = anatomy.read(mail.raw)
    view = view if view in VIEWS else _first_view(inside)
    links = preview.links(inside.html) if view == "html" and inside.html else []
    members_pages = tuple(f"{site.app.settings.base_url}/{place}/" for place in ("u", "p"))
    return site.page(
        request,
        "sink/mail.html",
        mail=mail,
        inside=inside,
        view=view,
        width=_one_of(WIDTHS, width),
        scheme=_one_of(preview.SCHEMES, scheme),
        own=[link for link in links if link.target.startswith(members_pages)],
        links=[link for link in links if not link.target.startswith(members_pages)],
        source=_source(mail) if view == "source" else "",
        cut=len(mail.raw) > MOST_SOURCE,
    )


@pages.shows("/sink/{name}/frame", to=LocalOnly())
def frame(site: TheSite, name: str, scheme: str = "light") -> Response:
    """Give a mail's HTML alone, with a policy under which nothing runs and nothing is fetched."""
    inside = anatomy.read(folder.read(site.app.paths.sink, name).raw)
    if inside.html is None:
        raise HTTPException(404)
    content = preview.framed(
        inside.html,
        scheme=_one_of(preview.SCHEMES, scheme),
        carried=inside.pictures,
        base_url=site.app.settings.base_url,
        media=partial(media.picture, site.app.paths.media),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


@pages.shows("/sink/{name}/mail.eml", to=LocalOnly())
def file(site: TheSite, name: str) -> Response:
    """Give the mail byte for byte, to be saved."""
    mail = folder.read(site.app.paths.sink, name)
    return Response(
        mail.raw,
        media_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{mail.name}.eml"'},
    )


def sheet_of(place: Path, wanted: str, number: int) -> Sheet:
    """Return one page of the mails; with ``wanted``, of those among the newest that hold the word."""
    first = (number - 1) * PER_PAGE
    if not wanted:
        return Sheet(list(folder.messages(place, offset=first, limit=PER_PAGE)), number, folder.count(place))
    looked_through = folder.messages(place, limit=SEARCHED)
    found = [kept for kept in looked_through if _holds(kept, wanted.casefold())]
    return Sheet(found[first : first + PER_PAGE], number, len(found))


def _holds(kept: Kept, word: str) -> bool:
    words = (kept.subject, kept.to, kept.sender, *kept.envelope.rcpt_tos)
    return any(word in text.casefold() for text in words)


def _first_view(inside: anatomy.Anatomy) -> str:
    if inside.html is not None:
        return "html"
    return "source" if inside.text is None else "text"


def _source(mail: Mail) -> str:
    return mail.raw[:MOST_SOURCE].decode("utf-8", errors="replace").replace("\r\n", "\n")


def _one_of(choices: tuple[str, ...], wanted: str) -> str:
    return wanted if wanted in choices else choices[0]
