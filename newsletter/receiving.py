"""Taking in what the spool holds: each mail read, written down and acted on, once.

    take_in   spool.waiting -> (spool.read -> core.inbound.classify -> services.inbound) of a few | commit
              -> spool.remove

A few mails share a transaction, each in a savepoint: what one costs is the commit's wait for the disk. The
files go after the commit: killed in between, the next run finds the mails' rows and changes nothing. A mail
that makes trouble is tried again later, and at last set aside; the others go on. When the database does not
answer, all of them wait.
"""

import errno
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.core.inbound.classifying import Addresses, classify
from newsletter.core.letters import House
from newsletter.language import _, using
from newsletter.mail import spool
from newsletter.mail.spool import Waiting
from newsletter.models import Way
from newsletter.services import boomerangs, inbound
from newsletter.services.inbound import Received
from newsletter.services.taken_mails import Circumstances
from newsletter.settings import Settings

#: What says that no mail could be taken in now, whichever it is.
_THE_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE})
#: Mails of one transaction: nobody else writes in SQLite until it ends.
TOGETHER = 25

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a look into the spool led to.

    ``taken`` mails are new, ``known`` had come before, ``later`` are tried again; ``aside`` names those that
    were set aside now. ``home`` of the new ones we had sent ourselves.
    """

    taken: int = 0
    known: int = 0
    later: int = 0
    aside: Sequence[str] = ()
    home: int = 0

    def sentences(self, language: str) -> list[str]:
        """Tell in this language (sv, en) what somebody must see to."""
        with using(language):
            told = _(
                "Ett mejl som kom in gick inte att läsa in. Det är kvar som {name}; "
                "se rundbrev inbound aside."
            )
            return [told.format(name=name) for name in self.aside]


def ours(settings: Settings) -> Addresses:
    """Return the addresses at which mail is taken, as the classifier wants them."""
    return Addresses(bounces=settings.envelope_address, articles=settings.articles_address)


def circumstances(app: App, *, house: House, settings: Settings) -> Circumstances:
    """Return what decides, besides a mail, what follows from it: as of now."""
    return Circumstances(
        app.everything("mail is about whoever wrote it, or was written to"),
        house,
        app.keyring,
        settings.time_zone,
        app.now(),
        settings.failing,
        media=app.paths.media,
    )


def take_in(app: App, *, house: House, settings: Settings, limit: int) -> TakenIn:
    """Take in at most ``limit`` mails that are due, the oldest first.

    Raises what the database raises when it does not answer: then nothing is counted against a mail.
    """
    now = app.now()
    due = [each for each in spool.waiting(app.paths.inbound) if each.due <= now][:limit]
    found = [
        one
        for start in range(0, len(due), TOGETHER)
        for one in _take_group(app, due[start : start + TOGETHER], house, settings)
    ]
    aside = [each.name for each, how in found if _see_to(app, each, how)]
    counted = Counter(how for each, how in found if each.name not in aside)
    return TakenIn(
        counted[_How.NEW] + counted[_How.HOME],
        counted[_How.KNOWN],
        counted[_How.TROUBLE],
        tuple(aside),
        counted[_How.HOME],
    )


class _How(Enum):
    """What became of a mail."""

    NEW = "new"
    HOME = "home"
    KNOWN = "known"
    GONE = "gone"
    BROKEN = "broken"
    TROUBLE = "trouble"


def _take_group(
    app: App, group: Sequence[Waiting], house: House, settings: Settings
) -> Sequence[tuple[Waiting, _How]]:
    """Take a few mails in, in one transaction, and their files away; one by one where that fails.

    So what one of them fails at, the others do not feel, and none pays for a savepoint.
    """
    try:
        with app.sessions.begin() as session:
            found = [(each, _take(app, session, each, house, settings)) for each in group]
    except Exception as error:
        if _is_the_houses(app, error):
            raise
        if len(group) == 1:
            _log.exception("%s cannot be taken in", group[0].name)
            return [(group[0], _How.TROUBLE)]
        return [one for each in group for one in _take_group(app, [each], house, settings)]
    for each, how in found:
        if how in (_How.NEW, _How.HOME, _How.KNOWN):
            spool.remove(app.paths.inbound, each.name)
    return found


def _see_to(app: App, each: Waiting, how: _How) -> bool:
    """Try a mail that made trouble again later, or set it aside; True for one that was set aside."""
    if how is _How.BROKEN:
        spool.set_aside(app.paths.inbound, each.name)
        return True
    return how is _How.TROUBLE and spool.postpone(app.paths.inbound, each)


def _take(app: App, session: Session, each: Waiting, house: House, settings: Settings) -> _How:
    """Take one mail in. Raises what the database or a handler raises, and then none of the group is in."""
    try:
        spooled = spool.read(app.paths.inbound, each.name)
    except FileNotFoundError:  # another process was quicker
        return _How.GONE
    except spool.Broken:
        _log.error("%s is no mail of the spool", each.name)
        return _How.BROKEN
    came = spooled.envelope
    around = circumstances(app, house=house, settings=settings)
    read = classify(
        spooled.raw,
        sender=came.sender,
        recipients=came.recipients,
        ours=ours(settings),
        ring=app.keyring,
        today=came.at.astimezone(ZoneInfo(settings.time_zone)).date(),
    )
    received = Received(spooled.raw, each.fingerprint, Way(came.way), came.sender, came.recipients, came.at)
    row = inbound.take_in(session, received=received, read=read, circumstances=around)
    if row is None:
        return _How.KNOWN
    return _How.HOME if row.outcome == boomerangs.HOME else _How.NEW


def _is_the_houses(app: App, error: Exception) -> bool:
    """Tell whether an error says something of the database rather than of the mail."""
    if isinstance(error, OSError):
        return error.errno in _THE_DISKS
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if app.engine.dialect.name == "sqlite":  # locked, full or damaged
        return True
    try:
        with app.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError:
        return True
    return False
