"""Taking in what the spool holds: each mail read, written down and acted on, once.

    take_in   spool.waiting -> spool.read -> core.inbound.classify -> services.inbound | commit
              -> spool.remove

The file goes after the commit: killed in between, the next run finds the mail's row and changes nothing. A
mail that makes trouble is tried again later, and at last set aside; the others go on. When the database
does not answer, all of them wait.
"""

import errno
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from newsletter.app import App
from newsletter.core.inbound.classifying import Addresses, classify
from newsletter.core.letters import House
from newsletter.language import _, using
from newsletter.mail import spool
from newsletter.mail.spool import Waiting
from newsletter.models import Way
from newsletter.services import inbound
from newsletter.services.inbound import Received
from newsletter.services.taken_mails import Circumstances
from newsletter.settings import Settings

#: What says that no mail could be taken in now, whichever it is.
_THE_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a look into the spool led to.

    ``taken`` mails are new, ``known`` had come before, ``later`` are tried again; ``aside`` names those that
    were set aside now.
    """

    taken: int = 0
    known: int = 0
    later: int = 0
    aside: Sequence[str] = ()

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
    taken, known, later, aside = 0, 0, 0, []
    now = app.now()
    due = [each for each in spool.waiting(app.paths.inbound) if each.due <= now]
    for each in due[:limit]:
        try:
            new = _take(app, each, house, settings)
        except FileNotFoundError:  # another process was quicker
            continue
        except spool.Broken:
            _log.error("%s is no mail of the spool", each.name)
            spool.set_aside(app.paths.inbound, each.name)
            aside.append(each.name)
        except Exception as error:
            if _is_the_houses(app, error):
                raise
            _log.exception("%s cannot be taken in", each.name)
            if spool.postpone(app.paths.inbound, each):
                aside.append(each.name)
            else:
                later += 1
        else:
            taken, known = taken + new, known + (not new)
    return TakenIn(taken, known, later, tuple(aside))


def _take(app: App, each: Waiting, house: House, settings: Settings) -> bool:
    """Take one mail in; True if it is new."""
    spooled = spool.read(app.paths.inbound, each.name)
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
    with app.sessions.begin() as session:
        row = inbound.take_in(session, received=received, read=read, circumstances=around)
    spool.remove(app.paths.inbound, each.name)
    return row is not None


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
