"""What the clock and the sender do: plain functions of the application, each safe to repeat.

    release_issues  due issues -> services.releases                    | one transaction an issue
    notice_warnings notices near their last date -> services.notices   | reads only
    remind_of_roles roles near their last day -> services.role_reminders -> notes | one transaction
    remind_of_answers  mail that waits for days -> services.answer_reminders -> notes | once each
    ask_for_blocks  regions due to be asked or reminded -> services.block_requests -> notes | once each
    settle_blocks   issues whose last day is over -> services.standing_blocks | one transaction an issue
    summarise       finished issues -> services.summaries              | one transaction an issue
    take_in_mail    the spool -> receiving                             | one transaction for a few mails

Nothing holds a transaction while it talks to a server. What a job did comes back as a value.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from newsletter import homing, permitting, posting, receiving, recovering, rights, waiting, waking, welcoming
from newsletter.app import App
from newsletter.core import blocks
from newsletter.language import _, using
from newsletter.mail import spool
from newsletter.services import (
    answer_reminders,
    block_requests,
    notices,
    releases,
    role_reminders,
    standing_blocks,
    summaries,
)
from newsletter.services.block_requests import Mailing
from newsletter.services.releases import DueIssue, Released

#: A few issues' variants at a time: a sender lives for months, and a template is as large as a mail.
_MOST_TEMPLATES = 100

#: Mails taken in by one tick: a clock that is to stop waits for the tick under way.
_MOST_TAKEN_IN = 500
#: A process that writes a mail to the spool takes a moment; what is left after so long, nobody writes at.
_UNFINISHED_AFTER = timedelta(hours=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What a look at the clock led to: issues released, missed, and failed (with what failed)."""

    released: Sequence[tuple[DueIssue, Released]] = ()
    missed: Sequence[DueIssue] = ()
    failed: Sequence[tuple[DueIssue, Exception]] = ()

    def sentences(self, language: str) -> list[str]:
        """Tell it in this language (sv, en), a sentence or two for each issue."""
        with using(language):
            return [
                *(_told_released(due, released) for due, released in self.released),
                *(_told_missed(due) for due in self.missed),
                *(_told_failed(due, error) for due, error in self.failed),
            ]


def release_issues(app: App) -> ReleaseReport:
    """Release every issue whose time has come; one that is too late asks instead of sending."""
    now = app.now()
    waiting.end(app, now=now)
    with app.readers() as session:
        due = releases.due(session, now=now)
    released: list[tuple[DueIssue, Released]] = []
    missed: list[DueIssue] = []
    failed: list[tuple[DueIssue, Exception]] = []
    for each in due:
        try:
            if each.expired or each.late > timedelta(minutes=app.settings.release_window_minutes):
                missed += _miss(app, each, now)
                _log.info("issue missed its time", extra={"issue": each.issue_id})
            else:
                released += _release(app, each, now)
        except Exception as error:  # one issue's trouble must not keep the others back
            _log.info("release failed", extra={"issue": each.issue_id}, exc_info=True)
            failed.append((each, error))
    if released:
        waking.ring(app.paths.bells)
    return ReleaseReport(released, missed, failed)


def give_up_lost(app: App) -> int:
    """Let what senders hold whose leases are over become unknown; return how many letters."""
    return recovering.give_up_lost(app)


def summarise(app: App) -> int:
    """Count the issues that are finished and not counted yet, or not any more; return how many."""
    with app.readers() as session:
        due = summaries.due(session)
    scope = app.everything("counting how issues ended")
    counted = 0
    for issue_id in due:
        with app.sessions.begin() as session:
            counted += summaries.write(session, scope=scope, issue_id=issue_id, now=app.now())
    return counted


def notice_warnings(app: App) -> list[str]:
    """Return a sentence for each notice near its last date with members who are not reached."""
    today = app.now().astimezone(ZoneInfo(app.settings.time_zone)).date()
    scope = app.everything("counting whom notices have not reached")
    with app.readers() as session, using(app.settings.interface_language):
        return [each.sentence for each in notices.warnings(session, scope=scope, today=today)]


def remind_of_roles(app: App) -> int:
    """Queue notes about roles that end soon, and return how many; once for each last day."""
    now = app.now()
    today = now.astimezone(ZoneInfo(app.settings.time_zone)).date()
    with app.readers() as session:
        if not role_reminders.is_due(session, today=today):
            return 0
    scope = app.everything("roles are the whole association's")
    with app.sessions.begin() as session:
        return role_reminders.remind(session, scope=scope, today=today, now=now)


def remind_of_answers(app: App) -> int:
    """Remind people of mail that waits for their answer, once each; return how many notes were queued."""
    now, settings = app.now(), app.current()
    with app.readers() as session:
        if not answer_reminders.is_due(session, now=now):
            return 0
    scope = app.everything("every mail that waits for an answer has an owner")
    with app.sessions.begin() as session:
        return answer_reminders.remind(
            session,
            scope=scope,
            base_url=settings.base_url,
            ring=app.keyring,
            zone=settings.time_zone,
            now=now,
        )


def ask_for_blocks(app: App) -> int:
    """Queue requests and reminders about the regions' blocks, by day only; return how many notes."""
    now, settings = app.now(), app.settings
    if not blocks.is_awake(now, settings.time_zone):
        return 0
    scope = app.everything("every region is asked for its block")
    when: dict[str, Any] = {
        "scope": scope,
        "today": now.astimezone(ZoneInfo(settings.time_zone)).date(),
        "ask_days": settings.block_request_days,
    }
    with app.readers() as session:
        if not block_requests.is_due(session, **when):
            return 0
    mailing = Mailing(lambda: secrets.token_urlsafe(32), settings.base_url)
    with app.sessions.begin() as session:
        return block_requests.tell_due(session, mailing=mailing, now=now, **when)


def settle_blocks(app: App) -> int:
    """Put standing texts into issues whose last day for texts is over; return how many."""
    now = app.now()
    today = now.astimezone(ZoneInfo(app.settings.time_zone)).date()
    with app.readers() as session:
        due = standing_blocks.to_settle(session, today=today)
    put_in = 0
    for issue_id in due:
        with app.sessions.begin() as session:
            put_in += standing_blocks.settle(session, issue_id=issue_id, today=today, now=now)
    return put_in


def mail_sign_ups(app: App) -> int:
    """Send what people who sign up wait for, and return how many mails were accepted.

    Raises ``SendingRefused`` when the settings do not allow sending.
    """
    return welcoming.mail_sign_ups(app, house=permitting.sending_house(app))


def post_notes(app: App) -> int:
    """Send the notes that are due, and return how many were accepted.

    Raises ``SendingRefused`` when the settings do not allow sending.
    """
    return posting.post(app, house=permitting.sending_house(app))


def take_in_mail(app: App) -> receiving.TakenIn:
    """Take in what has come to the spool; a mail that was taken in before changes nothing.

    Raises what the database raises when it does not answer.
    """
    place = app.paths.inbound
    if not spool.waiting(place):
        spool.sweep(place, app.now() - _UNFINISHED_AFTER)
        return receiving.TakenIn()
    settings = app.current()
    taken = receiving.take_in(
        app, house=permitting.house_of(settings), settings=settings, limit=_MOST_TAKEN_IN
    )
    if taken.home:
        homing.compare(app)
    return taken


def prune(app: App) -> Mapping[str, int]:
    """Take away what has been kept long enough, once a day; return how much of each kind."""
    return {} if rights.pruned_within(app, timedelta(days=1)) else rights.prune(app)


def _miss(app: App, due: DueIssue, now: datetime) -> Sequence[DueIssue]:
    with app.sessions.begin() as session:
        return [due] if releases.miss(session, issue_id=due.issue_id, now=now) else []


def _release(app: App, due: DueIssue, now: datetime) -> Sequence[tuple[DueIssue, Released]]:
    scope = app.everything("an officer scheduled this issue")
    with app.sessions.begin() as session:
        released = releases.release(session, scope=scope, issue_id=due.issue_id, now=now)
    if released is not None:
        facts = {"letters": released.queued, "left_out": sum(released.left_out.values())}
        _log.info(
            "issue released", extra={"issue": due.issue_id, "late_s": due.late.total_seconds(), **facts}
        )
    return [(due, released)] if released is not None else []


def _told_released(due: DueIssue, released: Released) -> str:
    told = _("{issue} är släppt: {queued} brev ligger i kön, {left_out} personer får inget eget.")
    return told.format(issue=due.name, queued=released.queued, left_out=sum(released.left_out.values()))


def _told_missed(due: DueIssue) -> str:
    if due.expired:
        told = _("{issue} har inte gått, och sista dagen har passerat. Det skickas inte av sig självt.")
        return told.format(issue=due.name)
    told = _(
        "{issue} missade sin tid och skickas inte av sig självt. "
        "Skicka det ändå med rundbrev issues send {id}."
    )
    return told.format(issue=due.name, id=due.issue_id)


def _told_failed(due: DueIssue, error: Exception) -> str:
    told = _("{issue} kunde inte släppas ({reason}). Ett nytt försök görs.")
    return told.format(issue=due.name, reason=error)
