"""What a form says to a list: stop, start, or pause until a day; and how that is carried out and told.

form -> wish_of -> Wish -> carry_out: services.preferences | services.confirmations, in one transaction
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi.exceptions import HTTPException

from newsletter.services import confirmations, preferences
from newsletter.services.confirmations import Choice
from newsletter.services.preferences import Effect
from newsletter.web import numbers
from newsletter.web.keys import Facts
from newsletter.web.pages import Site
from subscribers.core import tokens
from subscribers.core.pauses import longest, months_on
from subscribers.core.tokens import Purpose

#: What a form can choose, in months; beside them a day of one's own.
MONTHS = (1, 3)


class Do(enum.Enum):
    """What is to be done."""

    STOP = "stop"
    START = "start"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants. ``until`` is the day to which a list is paused; None for all else."""

    do: Do
    until: date | None = None


def wish_of(fields: Mapping[str, str], today: date) -> Wish:
    """Return what a form asks for. Raises ``HTTPException`` 400 for one that asks for nothing we know.

    A pause says ``for``: a number of months, or "day" with the day in ``day``. That the day is one that can
    be chosen is for ``services.pauses`` to say.
    """
    do = next((each for each in Do if each.value == fields.get("do")), None)
    if do is None:
        raise HTTPException(400)
    if do is not Do.PAUSE:
        return Wish(do)
    span = fields.get("for", "")
    if span == "day":
        return Wish(do, numbers.day(fields.get("day", "")) or today)  # which is refused in a sentence
    if span not in map(str, MONTHS):
        raise HTTPException(400)
    return Wish(do, months_on(today, int(span)))


def spans(today: date) -> dict[str, object]:
    """Return what a form for a pause offers: (months, the day it would end), and the first and last day."""
    return {
        "months": [(months, months_on(today, months)) for months in MONTHS],
        "first": today.fromordinal(today.toordinal() + 1),
        "last": longest(today),
    }


def carry_out(site: Site, facts: Facts, *, list_id: int, wish: Wish, source: str) -> Effect:
    """Do what was wished for, at once, and tell the mailbox where that was news.

    ``source`` says how it was said, for the ledger. Raises as the services of ``preferences`` do.
    """
    now = site.app.now()
    with site.app.sessions.begin() as session:
        said = {**facts, "list_id": list_id, "now": now}
        if wish.until is not None:
            today = site.today()
            effect = preferences.pause(session, **said, until=wish.until, source=source, today=today)  # type: ignore[arg-type]
        elif wish.do is Do.START:
            effect = preferences.start(session, **said, source=source)  # type: ignore[arg-type]
        else:
            effect = preferences.stop(session, **said, source=source)  # type: ignore[arg-type]
        if effect.changed:
            confirmations.tell(
                session,
                **said,  # type: ignore[arg-type]
                choice=_TOLD[wish.do],
                until=wish.until,
                link=_link(site, facts, list_id),
            )
    return effect


_TOLD = {Do.STOP: Choice.STOPPED, Do.PAUSE: Choice.PAUSED, Do.START: Choice.STARTED}


def _link(site: Site, facts: Facts, list_id: int) -> str:
    """Return the page of a letter's link: it shows what stands now, and one button to change it."""
    token = tokens.make(
        site.app.keyring, Purpose.LETTERS, facts["subscriber_id"], list_id, facts["delivery_id"]
    )
    return f"{site.app.settings.base_url}/u/{token}"
