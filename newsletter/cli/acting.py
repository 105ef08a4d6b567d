"""Who acts at the command line, and for whom: what commands that change something write in the log."""

import os
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.app import App
from subscribers.core.authority import Everything
from subscribers.models import SetBy
from subscribers.services.changes import Author

AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="NAMN", help="Vem som gör det, för loggen; annars datorns användare."),
]

#: A name in the log is at most this long.
_LONGEST = 120


def name_of(given: str | None) -> str:
    """Return who acts: the name given with ``--as``, or else the user that the system knows."""
    return ((given or "").strip() or _user())[:_LONGEST]


def author(given: str | None) -> Author:
    """Return who acts, as the author of a change."""
    return Author(SetBy.PERSON, name_of(given))


def everyone(application: App) -> Everything:
    """Return the scope of the command line."""
    return application.everything("whoever may use this command line owns the database file")


def local_now(application: App) -> datetime:
    """Return the moment in the association's zone, whose date is the one that roles and deaths go by."""
    return application.now().astimezone(ZoneInfo(application.settings.time_zone))


def _user() -> str:
    # Not by the environment, which anybody can set; where the system knows no name, a number will do.
    try:
        import pwd  # not on every system

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "command"
