"""What dead senders held is settled by what is known of it; and living ones write down what they know.

recover   journals of dead senders -> core.journals.verdict -> services.settling | commit
leases that are over     -> services.senders: what was held is unknown  | commit
"""

import logging
from collections.abc import Sequence

from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.core import journals
from newsletter.core.letters import Claim
from newsletter.core.outcomes import Outcome, Unanswered
from newsletter.mail import journal as journal_files
from newsletter.services import claims, failures, senders, settling

_log = logging.getLogger(__name__)


def recover(app: App) -> int:
    """Settle what dead senders of this machine held, by what their journals prove; return how many.

    What is known of senders of other machines is that their leases are over (``give_up_lost``).
    """
    with app.readers() as session:
        holders = claims.holders(session)
    abandoned = sorted({*holders, *journal_files.found(app.paths.journal)})
    return sum(_recover(app, sender) for sender in abandoned) + give_up_lost(app)


def give_up_lost(app: App) -> int:
    """Let what senders hold whose leases are over become unknown; return how many letters."""
    if _is_local(app):
        return 0  # there the locks of journals say who lives
    now = app.now()
    with app.readers() as session:
        lost = senders.lapsed(session, now=now)
    given_up = 0
    for name in lost:
        with app.sessions.begin() as session:
            unknown = senders.lapse(session, name=name, now=now)
        _log.warning("a sender is lost", extra={"unknown": unknown})
        given_up += unknown
    return given_up


def _recover(app: App, sender: str) -> int:
    folder = app.paths.journal
    try:
        with journal_files.abandoned(folder, sender) as found:
            # On SQLite there is one machine. On PostgreSQL it may be another's, whatever it is called.
            if found is None and not _is_local(app):
                return 0
            return _settle_abandoned(app, sender, found)
    except journal_files.Alive:
        return 0


def _settle_abandoned(app: App, sender: str, found: journals.Journal | None) -> int:
    boot_id = journal_files.boot_id()
    with app.sessions.begin() as session:
        senders.take_back(session, name=sender)
        results = [
            (held, journals.verdict(found, (held.delivery_id, held.attempt), boot_id=boot_id))
            for held in claims.claims_of(session, sender=sender)
        ]
        unknown = sum(isinstance(outcome, Unanswered) for _, outcome in results)
        level = logging.WARNING if unknown else logging.INFO
        _log.log(level, "letters of a dead sender", extra={"held": len(results), "unknown": unknown})
        settled = settle(app, session, results, sender)
        senders.leave(session, name=sender, now=app.now())
        return settled


def settle(app: App, session: Session, results: Sequence[tuple[Claim, Outcome]], sender: str) -> int:
    """Write down what became of letters, and do what follows where servers refused one for good.

    Returns how many were still the sender's to settle.
    """
    now, scope = app.now(), app.everything("what follows where servers refuse letters")
    settled = settling.settle(session, results, sender=sender, now=now)
    if settled < len(results) and senders.take_back(session, name=sender):
        settled += settling.settle(session, results, sender=sender, now=now)
    failures.refused(session, results, scope=scope, rules=app.settings.failing, now=now)
    return settled


def _is_local(app: App) -> bool:
    return app.engine.dialect.name == "sqlite"
