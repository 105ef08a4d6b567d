"""The public address: whether it is there, safe, and lets people leave by one click (RFC 8058)."""

import http.client
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from newsletter import trying
from newsletter.app import App
from newsletter.core import unsubscribe_trials as trials
from newsletter.core.health.checks import Check, Group, Level, mark
from newsletter.core.health.domains import confusable
from newsletter.core.health.relays import certificate
from newsletter.core.unsubscribe_trials import Click
from newsletter.doctoring.at_once import Task
from newsletter.mail.examining import days_left
from newsletter.services.unsubscribe_trial_words import CLICKS
from newsletter.settings import Settings, is_loopback

#: Seconds for everything here, and for one step.
SECONDS = 20.0
_STEP = 8.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the web server in front of us shows: its Date (UTC), and how long its certificate lasts."""

    date: datetime | None = None
    certificate_days: int | None = None


def tasks(app: App) -> list[Task]:
    """Return what is looked at here."""
    return [Task(Group.WEB, "one-click", app.settings.base_url, SECONDS, lambda: _pages(app))]


def _pages(app: App) -> Iterator[Check]:
    settings, now = app.current(), app.now()
    host = urlsplit(settings.base_url).hostname or ""
    yield _scheme(settings, host)
    for each in confusable(host):
        yield Check(Group.WEB, each.name, each.level, each.says, each.do, each.facts, about=host)
    yield _click(app, settings, now)
    seen = look(settings.base_url, now=now)
    if seen.certificate_days is not None:
        yield certificate(Group.WEB, host, seen.certificate_days)


def _scheme(settings: Settings, host: str) -> Check:
    facts: dict[str, str | int] = {"address": settings.base_url}
    if settings.base_url.startswith("https://"):
        return Check(
            Group.WEB, "https", Level.GREEN, mark("{address} är en https-adress."), facts=facts, about=host
        )
    return Check(
        Group.WEB,
        "https",
        Level.AMBER if is_loopback(host) and settings.stays_here else Level.RED,
        mark("{address} är ingen https-adress, så avregistrering med ett klick fungerar inte."),
        mark("Säg till webbhotellet: vi behöver https till Rundbrev. Sätt sedan BASE_URL till den adressen."),
        facts,
        about=host,
    )


def _click(app: App, settings: Settings, now: datetime) -> Check:
    number = int(now.timestamp())
    place = f"{settings.base_url}/u/"
    click, said = trying.press(place + trials.token(app.keyring, number), number=number)
    says, do = CLICKS[click]
    level = Level.GREEN if click is Click.WORKS else _trouble(settings)
    return Check(
        Group.WEB, "one-click", level, says, do, {"address": place},
        said="" if click is Click.WORKS else said, about=settings.base_url,
    )  # fmt: skip


def _trouble(settings: Settings) -> Level:
    """Practice on one's own machine needs no pages; members' letters do."""
    here = is_loopback(urlsplit(settings.base_url).hostname or "") and settings.stays_here
    return Level.AMBER if here else Level.RED


def look(base_url: str, *, now: datetime, context: ssl.SSLContext | None = None) -> Seen:
    """Ask the public address for its health page; nothing where it does not answer.

    ``context`` replaces the system's certificates.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    talk: http.client.HTTPConnection
    if parts.scheme == "https":
        talk = http.client.HTTPSConnection(
            host, parts.port, timeout=_STEP, context=context or ssl.create_default_context()
        )
    else:
        talk = http.client.HTTPConnection(host, parts.port, timeout=_STEP)
    try:
        talk.request(
            "HEAD", f"{parts.path}/healthz", headers={"User-Agent": "Rundbrev", "Connection": "close"}
        )
        wire = talk.sock
        days = days_left(wire, now) if isinstance(wire, ssl.SSLSocket) else None
        return Seen(_date(talk.getresponse().getheader("Date")), days)
    except (OSError, http.client.HTTPException, ValueError):
        return Seen()
    finally:
        talk.close()


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
