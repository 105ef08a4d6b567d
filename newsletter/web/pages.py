"""What all pages share: the templates, the frame around a page, and the language it speaks."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from fastapi import Depends, Request
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from starlette.responses import HTMLResponse, RedirectResponse

import newsletter
from newsletter import language
from newsletter.app import App
from newsletter.web import guard, menu
from subscribers.core import tokens
from subscribers.core.tokens import Purpose

if TYPE_CHECKING:
    from newsletter.web.visits import Visit

STATIC = Path(__file__).parent / "static"
#: Other people's scripts, put there when the package is built (build_assets.py).
ASSETS = Path(newsletter.__file__).parent / "_assets"

#: The methods of a page that only shows.
SHOWN = ["GET", "HEAD"]


class _Compiled(BytecodeCache):
    """What templates were compiled to, kept as long as the process: its next site need not do it again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


@dataclass(frozen=True)
class Site:
    """The application as the pages see it."""

    app: App

    @property
    def behind_tls(self) -> bool:
        """Whether people reach the pages by https."""
        return self.app.settings.base_url.startswith("https://")

    def today(self) -> date:
        """Return the date in the association's zone, which roles and deadlines go by."""
        return self.app.now().astimezone(ZoneInfo(self.app.settings.time_zone)).date()

    @cached_property
    def environment(self) -> Environment:
        """The page templates: autoescaped, strict about missing names, translated."""
        made = Environment(
            loader=FileSystemLoader(_templates()),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            bytecode_cache=_COMPILED,
        )
        made.install_gettext_callables(language._, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
        made.filters.update(when=self._when, clock=self.clock, day=_day, number=_number, size=_size)
        made.filters["key"] = pass_context(lambda context, number: self.key(context["visit"], number))
        made.globals.update(static=_static_address)
        made.globals.update(style=_fingerprint(STATIC / "style.css"))
        return made

    def page(
        self,
        request: Request,
        template: str,
        /,
        *,
        status: int = 200,
        speaks: str | None = None,
        visit: "Visit | None" = None,
        **values: Any,
    ) -> HTMLResponse:
        """Render ``templates/web/<template>`` into a page.

        ``speaks`` is the reader's language (``sv``, ``en``), where it is known; else that of ``visit``, who
        is signed in, or the setting's. ``done`` in the address says which act has just been done: the page
        shows the sentence that its routes have for it.
        """
        spoken = speaks or (visit.language if visit else self.app.settings.interface_language)
        with language.using(spoken):
            content = self.environment.get_template(template).render(
                **{**self.association(), "done": _done(request), **values},
                archive_open=visit is None and self.app.archive_is_open(),
                visit=visit,
                menu=menu.of(visit, request.url.path) if visit else None,
                speaks=language.current(),
                root=way_up(request),
                local=guard.from_this_machine(request.scope),
            )
        answer = HTMLResponse(content, status_code=status)
        if visit is not None:
            answer.headers.update(guard.WORK_HEADERS)
        return answer

    def association(self) -> dict[str, Any]:
        """Return what every page says of the association, as it is set now."""
        settings = self.app.current()
        return {
            "association": settings.association_name,
            "contact": settings.contact_address,
            "practice": settings.practice,
            "accent": settings.accent_color.removeprefix("#"),
            "logo": self.app.logo(),
        }

    def key(self, visit: "Visit", number: int) -> str:
        """Return what names a row to this visitor: its number, or a key that stands for it (``web.rows``)."""
        return str(number) if visit.counts_all else tokens.make(self.app.keyring, Purpose.ROW, number)

    def back(self, path: str, *, done: str = "", **query: str) -> RedirectResponse:
        """Send the browser to a page of ours after an act (303), which then shows the word for ``done``.

        ``path`` begins with one slash; it is ours, or has been through ``guard.own_path``.
        """
        given = {**({"klart": done} if done else {}), **query}
        # Relative to the root as browsers see it, whatever path a web server in front puts us at.
        base = urlsplit(self.app.settings.base_url).path.rstrip("/")
        return RedirectResponse(f"{base}{path}{'?' + urlencode(given) if given else ''}", status_code=303)

    def date_of(self, moment: datetime) -> date:
        """Return the date of a moment in the association's zone."""
        return moment.astimezone(ZoneInfo(self.app.settings.time_zone)).date()

    def clock(self, moment: datetime, *, seconds: bool = False) -> str:
        """Write a moment as short as it can be said: ``kl. 14.10``, with the date on another day."""
        hours = "HH:mm" if language.current() == "en" else "'kl.' HH.mm"
        if seconds:
            hours += ":ss" if language.current() == "en" else ".ss"
        is_today = self.date_of(moment) == self.today()
        return self._when(moment, hours if is_today else f"d MMMM {hours}")

    def _when(self, moment: datetime, pattern: str = "d MMMM y, HH:mm") -> str:
        """Write a moment in the association's own zone and the reader's language."""
        zone = ZoneInfo(self.app.settings.time_zone)
        return format_datetime(moment.astimezone(zone), pattern, locale=language.current())


def site_of(request: Request) -> Site:
    """Return the site that a request came to."""
    site: Site = request.app.state.site
    return site


async def _site(request: Request) -> Site:
    return site_of(request)


#: For the signature of a page.
TheSite = Annotated[Site, Depends(_site)]


def _templates() -> Path:
    """Find the page templates: inside the installed package, else beside it in the checkout."""
    package = Path(newsletter.__file__).parent
    installed = package / "_templates"
    return (installed if installed.is_dir() else package.parent / "templates") / "web"


def way_up(request: Request) -> str:
    """Return the way from a page up to the root, as a relative link.

    So the pages work below any path that a web server in front may put them at (``BASE_URL``).
    """
    return "../" * (request.url.path.count("/") - 1) or "./"


def _fingerprint(file: Path) -> str:
    """Return a short digest, so that browsers may keep a file for long and still get each new one."""
    return sha256(file.read_bytes()).hexdigest()[:10]


@cache
def _static_address(name: str) -> str:
    """Return the address of a file of ours below the root, with its fingerprint."""
    folder = ASSETS if name == "htmx.js" else STATIC
    return f"static/{name}?{_fingerprint(folder / name)}"


def _done(request: Request) -> str:
    """Return the sentence for the act that the address says was done; empty for none that the page knows."""
    words: dict[str, str] = getattr(request.state, "done_words", {})
    return language._(words.get(request.query_params.get("klart", ""), ""))


def _day(day: date, pattern: str = "d MMMM y") -> str:
    return format_date(day, pattern, locale=language.current())


def _number(count: int) -> str:
    return format_decimal(count, locale=language.current())


def _size(count: int) -> str:
    """Write a number of bytes for people, in kB of 1000."""
    text = f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{round(count / 1_000_000, 1):g} MB"
    return text if language.current() == "en" else re.sub(r"\.", ",", text)
