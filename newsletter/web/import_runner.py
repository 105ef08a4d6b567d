"""A register is read in beside the page: a large one takes longer than anybody should wait for an answer.

    begin (once) -> a thread: services.imports, told to staged.tell -> the page asks how it goes

All of it is one transaction: a restart in the middle leaves the register as it was, and the file where it is.
"""

import logging
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter import staged
from newsletter.language import sentence, using
from newsletter.staged import Run, Staged
from newsletter.web.pages import Site
from newsletter.web.visits import Visit
from subscribers.core.tables import Reading
from subscribers.errors import SentenceError
from subscribers.services import imports
from subscribers.services.imports import Decisions

_log = logging.getLogger(__name__)

#: How long the page waits, in seconds: a register of some hundred people is done by then.
_PATIENCE = 2.0


def start(
    site: Site, visit: Visit, file: Staged, *, decisions: Decisions, reading: Reading, seen: str
) -> Run | None:
    """Begin to read a file in, wait a moment, and return how far it has come.

    Twice does no harm: the second only looks. ``seen`` is the plan that was agreed to.
    """
    place = site.app.paths.staged
    content = staged.content(place, file)
    if staged.begin(place, file, now=site.app.now()):
        work = threading.Thread(
            target=_work, args=(site, visit, file, content, decisions, reading, seen), daemon=True
        )
        work.start()
        work.join(_PATIENCE)
    return staged.get(place, file.key, person_id=visit.person_id, now=site.app.now()).run


def _work(
    site: Site,
    visit: Visit,
    file: Staged,
    content: bytes,
    decisions: Decisions,
    reading: Reading,
    seen: str,
) -> None:
    now, place = site.app.now, site.app.paths.staged

    def hear(what: str, done: int, of: int) -> None:
        staged.tell(place, file.key, Run(at=now(), what=what, done=done, of=of))

    try:
        with site.app.sessions.begin() as session:
            report = imports.import_register(
                session, scope=visit.scope, name=file.name, content=content, reading=reading,
                decisions=decisions, seen=seen, actor=visit.actor, progress=hear,
                now=_in_zone(now(), site.app.settings.time_zone),
            )  # fmt: skip
        staged.tell(place, file.key, Run(at=now(), ended=True, run_id=report.run_id))
    except SentenceError as error:
        with using(visit.language):
            staged.tell(place, file.key, Run(at=now(), ended=True, wrong=sentence(error)))
    except Exception:
        _log.exception("reading a register in failed")
        with using(visit.language):
            staged.tell(place, file.key, Run(at=now(), ended=True, wrong=sentence(_our_fault())))


def _our_fault() -> SentenceError:
    return SentenceError("Något gick fel hos oss. Inget är inläst. Försök igen om en stund.")


def _in_zone(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
