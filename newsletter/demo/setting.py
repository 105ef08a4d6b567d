"""Where the demo lives: a data directory of its own, with settings that stay on this machine."""

import socket
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from newsletter.app import DEMO_MARKER
from newsletter.database import make_engine, make_readers
from newsletter.errors import PlaceTaken, SendingRefused, SettingsError
from newsletter.settings import Settings, is_loopback, load
from subscribers.models import Subscriber

_HEAD = "# Skriven av ”rundbrev demo”. Föreningen och alla dess medlemmar är påhittade.\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo's pages, sink and relay are. ``relay`` is None for the sink."""

    web_port: int
    sink_port: int
    relay: tuple[str, int] | None = None


def parse_relay(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``. Raises ``SettingsError`` for anything else, ``SendingRefused`` for a far host."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise SettingsError("Servern ”{text}” går inte att tolka. Skriv som 127.0.0.1:2525.", text=text)
    if not is_loopback(host):
        raise SendingRefused(
            "Demon skickar bara till den här datorn, inte till {host}. Välj 127.0.0.1 eller localhost.",
            host=host,
        )
    return host.strip("[]"), int(port)


def free_port(wanted: int = 0) -> int:
    """Return this port of the loopback address, or another when somebody listens on it; 0: any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", wanted))
            port: int = probe.getsockname()[1]
            return port
    return free_port()


def sample() -> dict[str, Any]:
    """Return the sample issue's composition (``issue.toml``): association, issue and sections."""
    return tomllib.loads(files("newsletter.demo").joinpath("issue.toml").read_text(encoding="utf-8"))


def move_in(directory: Path, place: Place) -> Settings:
    """Claim a data directory for the demo, write its ``.env``, and return the settings.

    The settings file makes ``rundbrev work`` and ``serve`` go on where a demo was stopped. Raises
    ``PlaceTaken`` when the directory holds a real register, ``SendingRefused`` when the environment
    points at a mail server or at pages elsewhere.
    """
    _check_ours(directory)
    settings = _written(directory, place)
    if (settings.web_port, settings.sink_port) != (place.web_port, place.sink_port):
        # The environment comes first; the links in the mails must lead where the pages are.
        place = replace(place, web_port=settings.web_port, sink_port=settings.sink_port)
        settings = _written(directory, place)
    _check_stays_here(settings)
    return settings


def _written(directory: Path, place: Place) -> Settings:
    """Write the demo's settings, and read them as every command will."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (directory / DEMO_MARKER).write_text(_HEAD, encoding="utf-8")
        (directory / ".env").write_text(_HEAD + _lines(place), encoding="utf-8")
    except OSError as error:
        raise PlaceTaken(
            "Datamappen {path} går inte att skriva i ({reason}). Välj en annan med --dir.",
            path=directory,
            reason=error.strerror,
        ) from error
    return load(directory)


def _check_stays_here(settings: Settings) -> None:
    """Refuse what would send the demo's letters, or its click on their link, to another machine."""
    if not settings.stays_here:
        raise SendingRefused(
            "Demon skickar bara till den här datorn, men SMTP_HOST i miljön är {host}. Ta bort den.",
            host=settings.elsewhere,
        )
    if settings.base_url != _own_pages(settings.web_port):
        raise SendingRefused(
            "Demons brev ska leda till demons egna sidor, men BASE_URL i miljön är {url}. Ta bort den.",
            url=settings.base_url,
        )


def _own_pages(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _check_ours(directory: Path) -> None:
    if not (directory / DEMO_MARKER).exists() and _holds_people(load(directory)):
        raise PlaceTaken(
            "I {path} finns redan ett riktigt register, och demon rör det inte. "
            "Välj en annan mapp med --dir.",
            path=directory,
        )


def _holds_people(settings: Settings) -> bool:
    """Tell whether there is a register already; a database of ours without people is as good as none."""
    if not settings.database_url and not (settings.directory / "rundbrev.db").exists():
        return False
    engine = make_engine(settings.effective_database_url)
    try:
        if not inspect(engine).has_table(Subscriber.__tablename__):
            return False
        with make_readers(engine)() as session:
            return session.scalar(select(Subscriber.id).limit(1)) is not None
    finally:
        engine.dispose()


def _lines(place: Place) -> str:
    association = sample()["association"]
    values = {
        "ASSOCIATION_NAME": association["name"],
        "POSTAL_ADDRESS": association["postal_address"],
        "CONTACT_ADDRESS": association["contact_address"],
        "FROM_ADDRESS": association["from_address"],
        "ACCENT_COLOR": association["accent_color"],
        "BASE_URL": _own_pages(place.web_port),
        "WEB_PORT": place.web_port,
        "SINK_PORT": place.sink_port,
        "SMTP_HOST": place.relay[0] if place.relay else "",
        "SMTP_PORT": place.relay[1] if place.relay else 587,
        "SMTP_SECURITY": "none" if place.relay else "starttls",
        "SMTP_RELAYS": "",
    }
    return "".join(f"{name}='{value}'\n" for name, value in values.items())
