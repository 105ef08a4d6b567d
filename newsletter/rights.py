"""A person's rights, carried out wherever something of them lies: the database, the sink, the file beside it.

erase   services.erasure | erased.txt | commit | the sink's mails, the spool's
prune   services.retention | the sink's mails, the spool's | staged files | the log | commit
"""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from newsletter import erased, staged
from newsletter.app import App
from newsletter.mail import folder, spool
from newsletter.services import (
    address_changes,
    block_links,
    erasure,
    own_pages,
    rates,
    retention,
    sessions,
)
from subscribers.core import retention as retention_table
from subscribers.services import acts
from subscribers.services.erasures import Forgotten


def erase(app: App, *, subscriber_id: int, actor: str) -> tuple[Forgotten, int]:
    """Erase a person for good, and return what is known of them still and how many mails went.

    Raises as ``services.erasure.erase`` does, and ``OSError`` when the file beside the database cannot be
    written; then nothing has changed.
    """
    now = app.now()
    scope = app.everything("a person asked to be erased, and whoever does it owns the database file")
    with app.sessions.begin() as session:
        forgotten = erasure.erase(session, scope=scope, subscriber_id=subscriber_id, actor=actor, now=now)
        erased.note(app.paths.root, forgotten.hashes, now=now)
    spool.forget(app.paths.inbound, forgotten.addresses)
    return forgotten, folder.forget(app.paths.sink, forgotten.addresses)


def prune(app: App, *, by_hand: bool = False, actor: str = "daily job") -> Mapping[str, int]:
    """Take away what has been kept long enough, and return how much of each kind; written down when any was.

    With ``by_hand`` also what the daily job leaves to people. ``actor`` is who the log says did it.
    """
    now = app.now()
    scope = app.everything("retention is the same for everyone")
    with app.sessions.begin() as session:
        done = dict(retention.carry_out(session, scope=scope, by_hand=by_hand, now=now))
        before = retention_table.of("sink-mails").before(now)
        done["sink-mails"] = folder.prune(app.paths.sink, before) if before else 0
        if before := retention_table.of("inbound-mails").before(now):
            done["inbound-mails"] = done.get("inbound-mails", 0) + spool.prune(app.paths.inbound, before)
        done["staged-files"] = staged.prune(app.paths.staged, now=now)
        today = now.astimezone(ZoneInfo(app.settings.time_zone)).date()
        done["block-links"] = block_links.forget(session, today=today)
        done["sessions"] = sessions.forget(session, now=now) + own_pages.forget(session, now=now)
        done["old-addresses"] = address_changes.settle(session, now=now)
        done["rate-windows"] = rates.forget(session, now=now)
        acts.log(session, actor=actor, act="prune", details=done, now=now)
    return done


def pruned_within(app: App, period: timedelta) -> bool:
    """Tell whether the daily job has run lately: the log knows, so nobody needs to remember."""
    with app.readers() as session:
        last = acts.last(session, act="prune")
    return last is not None and last.at > app.now() - period
