"""What all pages share: the templates, the frame around a page, and the language it speaks."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal
from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

import newsletter
from newsletter import language
from newsletter.app import App
from newsletter.web import guard

STATIC = Path(__file__).parent / "static"

#: The methods of a page that only shows.
SHOWN = ["GET", "HEAD"]


@dataclass(frozen=True)
class Site:
    """The application as the pages see it."""

    app: App

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
        )
        made.install_gettext_callables(language._, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
        made.filters.update(when=self._when, number=_number, size=_size)
        settings = self.app.settings
        made.globals.update(
            association=settings.association_name,
            contact=settings.contact_address,
            practice=settings.practice,
            style=_fingerprint(STATIC / "style.css"),
            accent=settings.accent_color.removeprefix("#"),
        )
        return made

    def page(
        self,
        request: Request,
        template: str,
        /,
        *,
        status: int = 200,
        speaks: str | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Render ``templates/web/<template>`` into a page.

        ``speaks`` is the reader's language (``sv``, ``en``), where it is known; else the setting's.
        """
        with language.using(speaks or self.app.settings.interface_language):
            content = self.environment.get_template(template).render(
                **values,
                speaks=language.current(),
                root=_way_up(request),
                local=guard.from_this_machine(request.scope),
            )
        return HTMLResponse(content, status_code=status)

    def _when(self, moment: datetime, pattern: str = "d MMMM y, HH:mm") -> str:
        """Write a moment in the association's own zone and the reader's language."""
        zone = ZoneInfo(self.app.settings.time_zone)
        return format_datetime(moment.astimezone(zone), pattern, locale=language.current())


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


#: For the signature of a page.
TheSite = Annotated[Site, Depends(_site)]


def _templates() -> Path:
    """Find the page templates: inside the installed package, else beside it in the checkout."""
    package = Path(newsletter.__file__).parent
    installed = package / "_templates"
    return (installed if installed.is_dir() else package.parent / "templates") / "web"


def _way_up(request: Request) -> str:
    """Return the way from a page up to the root, as a relative link.

    So the pages work below any path that a web server in front may put them at (``BASE_URL``).
    """
    return "../" * (request.url.path.count("/") - 1) or "./"


def _fingerprint(file: Path) -> str:
    """Return a short digest, so that browsers may keep a file for long and still get each new one."""
    return sha256(file.read_bytes()).hexdigest()[:10]


def _number(count: int) -> str:
    return format_decimal(count, locale=language.current())


def _size(count: int) -> str:
    """Write a number of bytes for people, in kB of 1000."""
    text = f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
    return text if language.current() == "en" else re.sub(r"\.", ",", text)
