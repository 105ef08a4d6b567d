"""The association itself: what it is called, its colour and addresses, and how letters leave.

GET, HEAD /forening             what is set, the mail server, and what is missing before letters really go
POST      /forening             sets it
POST      /forening/logotyp     takes its logo, or takes it away
POST      /forening/anslutning  asks the mail server whether it would take letters; sends nothing
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from newsletter import permitting, relaying
from newsletter.core import colours
from newsletter.core.logos import Logo
from newsletter.errors import SettingsError
from newsletter.importing import logos
from newsletter.language import _, mark, sentence
from newsletter.mail import smtp
from newsletter.services import organisation
from newsletter.web import media
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import SentenceError
from subscribers.services import acts

pages = Pages(
    done={
        "sparat": mark("Sparat. Det gäller genast."),
        "logotyp": mark("Logotypen är sparad. Nya brev bär den överst."),
        "utan-logotyp": mark("Logotypen är borttagen. Nya brev bär föreningens namn, som förut."),
    }
)

#: Somebody waits for the answer at the page.
_PATIENCE = smtp.Timeouts(connect=10, command=10)
#: The choices of ``core.typefaces``, as people call them.
_TYPEFACES = {
    "journal": mark("Tidskrift: rubriker med seriffer, text utan"),
    "book": mark("Bok: allt med seriffer"),
    "plain": mark("Rak: allt utan seriffer"),
    "old-style": mark("Gammal stil: rubriker i Palatino"),
    "round": mark("Rund: Trebuchet och Verdana"),
}
_LONGEST_ANSWER = 300
#: What a form has beside its file.
_FORM_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Specimen:
    """The accent on one of the two papers: what was wished, what is drawn, and their contrasts."""

    paper: str
    wish: str
    chosen: float
    drawn: str
    contrast: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking the mail server."""

    open: bool
    said: str


@pages.shows("/forening", to=May(Act.EDIT_REGIONS))
def show(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show what is set."""
    visit.must(Act.EDIT_REGIONS)
    return _page(request, site, visit)


@pages.takes("/forening", to=May(Act.EDIT_REGIONS))
def keep(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Set it, for all letters, notes and pages from now on."""
    visit.must(Act.EDIT_REGIONS)
    standing = {name: getattr(site.app.settings, name) for name in organisation.NAMES}
    now = site.app.now()
    try:
        with site.app.sessions.begin() as session:
            changed = organisation.keep(session, given=form, standing=standing, now=now)
            if changed:
                details = {"changed": ", ".join(changed)}
                acts.log(session, actor=visit.actor, act="organisation", details=details, now=now)
    except SentenceError as error:
        written = {name: form.get(name, "")[:400] for name in organisation.NAMES}
        return _page(request, site, visit, written=written, wrong=sentence(error), status=422)
    return site.back("/forening", done="sparat")


@pages.takes("/forening/logotyp", to=May(Act.EDIT_REGIONS), most_bytes=logos.MOST_BYTES + _FORM_BYTES)
def set_logo(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Take a logo, or take it away, for all letters, notes and pages from now on."""
    visit.must(Act.EDIT_REGIONS)
    chosen = None
    if form.get("do") != "remove":
        try:
            chosen = _taken(site, form)
        except SentenceError as error:
            return _page(request, site, visit, logo_wrong=sentence(error), status=422)
    now = site.app.now()
    with site.app.sessions.begin() as session:
        if organisation.set_logo(session, chosen=chosen, now=now):
            acts.log(session, actor=visit.actor, act="organisation", details={"changed": "logo"}, now=now)
    return site.back("/forening", done="logotyp" if chosen else "utan-logotyp")


def _taken(site: Site, form: TheForm) -> Logo:
    """Make the file ready and keep it. Raises ``SettingsError`` for one that will not do, or for none."""
    uploads = form.files.get("file", [])
    if not uploads:
        raise SettingsError("Välj en fil först: logotypen som PNG, JPEG eller WebP.")
    ready = logos.prepare(uploads[0].content, name=uploads[0].filename[:100])
    return Logo(media.keep(site.app.paths.media, ready.content, ".png"), ready.width, ready.height)


@pages.takes("/forening/anslutning", to=May(Act.EDIT_REGIONS))
def try_connection(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Connect as posting does, secured and signed in, and take leave again."""
    visit.must(Act.EDIT_REGIONS)
    try:
        connection = relaying.connect(site.app, timeouts=_PATIENCE)
    except smtp.Unreachable as error:
        answer = Answer(False, _printable(str(error)))
    except SentenceError as error:
        answer = Answer(False, sentence(error))
    else:
        answer = Answer(True, _printable(connection.greeting))
        connection.close()
    return _page(request, site, visit, answer=answer)


def _page(
    request: Request,
    site: Site,
    visit: Visit,
    *,
    written: Mapping[str, str] | None = None,
    wrong: str = "",
    answer: Answer | None = None,
    logo_wrong: str = "",
    status: int = 200,
) -> Response:
    current = site.app.current()
    values = written or {name: str(getattr(current, name)) for name in organisation.NAMES}
    colour = values["accent_color"].strip()
    return site.page(
        request,
        "organisation/page.html",
        status=status,
        visit=visit,
        values=values,
        wrong=wrong,
        answer=answer,
        logo_wrong=logo_wrong,
        typefaces=_TYPEFACES,
        specimens=_specimens(colour if re.fullmatch("#[0-9a-fA-F]{6}", colour) else current.accent_color),
        relays=current.relays,
        own_sink=current.uses_own_sink,
        missing=_missing(site),
    )


def _specimens(accent: str) -> tuple[Specimen, Specimen]:
    day, night = colours.day(accent), colours.night(accent)
    light, dark = (
        Specimen(each.paper, accent.lower(), colours.contrast(accent, each.paper), each.accent,
                 colours.contrast(each.accent, each.paper))
        for each in (day, night)
    )  # fmt: skip
    return light, dark


def _missing(site: Site) -> list[str]:
    """Say what stands between the association and real letters; nothing where they go."""
    settings = site.app.current()
    told = []
    if settings.stays_here:
        told.append(_("En server för utgående post: SMTP_HOST i inställningsfilen."))
    if not settings.base_url.startswith("https://"):
        told.append(_("En webbadress med https, så att avregistreringen fungerar: BASE_URL."))
    if not settings.postal_address:
        told.append(_("Föreningens postadress. Skriv den här ovanför."))
    if not told:
        try:
            permitting.check_sending(site.app)
        except SentenceError as error:
            told.append(sentence(error))
    return told


def _printable(text: str) -> str:
    """Make a line of what a server answers, which may be anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_LONGEST_ANSWER]
