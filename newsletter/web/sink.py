"""The practice mailbox: what the local sink has kept, looked at as a reader would.

/sink                 the mails, the newest first; ?q= looks for a recipient or a subject
/sink/{name}          one mail: ?view=html, text, source or headers
/sink/{name}/frame    its HTML, for the frame: nothing in it can run, and nothing can be fetched
/sink/{name}/mail.eml the file as it came

At this machine everything is shown: whoever sits there owns the files. Whoever runs the house from elsewhere
sees the letters of issues while practice lasts, and no notes: their links are keys to what is one person's
alone, such as a sign-in. Nor do they see the members' own links in letters, which would speak for the member.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.mail import folder
from newsletter.mail.folder import Kept, Mail
from newsletter.web import anatomy, guard, media, menu, preview
from newsletter.web.anatomy import Anatomy
from newsletter.web.gate import LocalOnly, LocalOr, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import Whoever

pages = Pages()

PER_PAGE = 50
#: How many of the newest mails a search looks through.
SEARCHED = 2_000
MOST_SOURCE = 200_000

VIEWS = ("html", "text", "source", "headers")
WIDTHS = ("desktop", "phone")

#: A token in a member's own link or address (see ``subscribers.core.tokens``): nothing else looks like it.
_TOKEN = re.compile(r"\b[a-z2-7]{30,}\b")
_HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the list. ``number`` counts from 1; ``total`` is how many mails all pages hold.

    ``notes`` is how many more there are that are not for the viewer.
    """

    mails: list[Kept]
    number: int
    total: int
    notes: int = 0

    @property
    def newer(self) -> int | None:
        """The page before, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        """The page after, or None."""
        return self.number + 1 if self.number * PER_PAGE < self.total else None


@pages.shows("/sink", to=LocalOr(menu.SINK))
def mailbox(request: Request, site: TheSite, visit: Whoever, q: str = "", page: str = "1") -> Response:
    """List the mails."""
    here = guard.from_this_machine(request.scope)
    if not here and not site.app.current().practice:
        return site.page(request, "sink/off.html", visit=visit)
    wanted = q.strip()[:200]
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 8 else 1
    sheet = sheet_of(site.app.paths.sink, wanted, max(number, 1), letters_only=not here)
    return site.page(
        request,
        "sink/list.html",
        visit=visit,
        at_machine=here,
        sheet=sheet,
        q=wanted,
        searched=SEARCHED,
        elsewhere="" if site.app.settings.uses_own_sink else site.app.settings.hosts,
    )


@pages.shows("/sink/{name}", to=LocalOr(menu.SINK))
def one(
    request: Request, site: TheSite, visit: Whoever, name: str, view: str = "", width: str = "desktop",
    scheme: str = "light",
) -> Response:  # fmt: skip
    """Show one mail in one of its views."""
    here = guard.from_this_machine(request.scope)
    mail, inside = _opened(request, site, name)
    views = VIEWS if here else tuple(each for each in VIEWS if each != "source")
    view = view if view in views else _first_view(inside, views)
    links = preview.links(inside.html) if view == "html" and inside.html else []
    members_pages = tuple(f"{site.app.settings.base_url}/{place}/" for place in ("u", "p"))
    return site.page(
        request,
        "sink/mail.html",
        visit=visit,
        at_machine=here,
        mail=mail,
        inside=inside,
        view=view,
        width=_one_of(WIDTHS, width),
        scheme=_one_of(preview.SCHEMES, scheme),
        own=[link for link in links if here and link.target.startswith(members_pages)],
        links=[link for link in links if not link.target.startswith(members_pages)],
        source=_source(mail) if view == "source" else "",
        cut=len(mail.raw) > MOST_SOURCE,
    )


@pages.shows("/sink/{name}/frame", to=LocalOr(menu.SINK))
def frame(request: Request, site: TheSite, name: str, scheme: str = "light") -> Response:
    """Give a mail's HTML alone, with a policy under which nothing runs and nothing is fetched."""
    _mail, inside = _opened(request, site, name)
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


def sheet_of(place: Path, wanted: str, number: int, *, letters_only: bool = False) -> Sheet:
    """Return one page of the mails; with ``wanted``, of those among the newest that hold the word.

    ``letters_only`` leaves notes out, and looks among the newest, too.
    """
    first = (number - 1) * PER_PAGE
    if not wanted and not letters_only:
        return Sheet(list(folder.messages(place, offset=first, limit=PER_PAGE)), number, folder.count(place))
    looked_through = folder.messages(place, limit=SEARCHED)
    shown = [kept for kept in looked_through if kept.is_letter or not letters_only]
    found = [kept for kept in shown if _holds(kept, wanted.casefold())]
    notes = len(looked_through) - len(shown)
    return Sheet(found[first : first + PER_PAGE], number, len(found), notes)


def _opened(request: Request, site: Site, name: str) -> tuple[Mail, Anatomy]:
    """Return a mail as the asker may see it. Raises ``HTTPException`` for one that is not theirs to see."""
    place = site.app.paths.sink
    here = guard.from_this_machine(request.scope)
    if not here and not (site.app.current().practice and folder.is_letter(place, name)):
        raise HTTPException(404)
    mail = folder.read(place, name)
    inside = anatomy.read(mail.raw)
    return mail, inside if here else _without_own_links(inside)


def _without_own_links(inside: Anatomy) -> Anatomy:
    """Blot out the tokens by which a member's choices are made: they are the member's alone."""
    return replace(
        inside,
        html=_blotted(inside.html),
        text=_blotted(inside.text),
        headers=tuple((name, _blotted(value) or "") for name, value in inside.headers),
    )


def _blotted(text: str | None) -> str | None:
    return None if text is None else _TOKEN.sub(_HIDDEN, text)


def _holds(kept: Kept, word: str) -> bool:
    words = (kept.subject, kept.to, kept.sender, *kept.envelope.rcpt_tos)
    return any(word in text.casefold() for text in words)


def _first_view(inside: Anatomy, views: tuple[str, ...]) -> str:
    if inside.html is not None:
        return "html"
    if inside.text is not None:
        return "text"
    return "source" if "source" in views else "headers"


def _source(mail: Mail) -> str:
    return mail.raw[:MOST_SOURCE].decode("utf-8", errors="replace").replace("\r\n", "\n")


def _one_of(choices: tuple[str, ...], wanted: str) -> str:
    return wanted if wanted in choices else choices[0]
