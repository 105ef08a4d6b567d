"""Short mails on their way out: to those who sign up, and the notes that people who work here are sent.

    post   notes.due | commit -> rendering.notes -> core.notes.write -> mail.smtp -> notes.accepted | commit

The try after next is planned before a mail goes, so whatever dies on the way costs a second one at most.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from newsletter import relaying
from newsletter.app import App
from newsletter.core import headers, notes
from newsletter.core.letters import Claim, House, Letter
from newsletter.core.replies import Reply
from newsletter.errors import NewsletterError
from newsletter.mail import smtp
from newsletter.services import notes as queue
from newsletter.services.notes import DueNote
from newsletter.settings import check_sending
from subscribers.core import tokens
from subscribers.core.tokens import Purpose

_log = logging.getLogger(__name__)

#: Nobody waits for these longer than for a page.
_TIMEOUTS = smtp.Timeouts(connect=20, command=30, data=30, content=60, end=60)


@contextmanager
def connected(app: App) -> Iterator[smtp.Connection | None]:
    """Give a connection for short mails, to the first relay that answers; None where none does: they wait."""
    try:
        connection = relaying.connect(app, timeouts=_TIMEOUTS)
    except smtp.Unreachable as error:
        _log.debug("notes wait: %s", error)
        yield None
        return
    try:
        yield connection
    finally:
        connection.close()


def post(app: App, *, house: House) -> int:
    """Send the notes that are due, and return how many were accepted.

    What was not is tried again later. Raises ``SendingRefused`` when the settings do not allow sending.
    """
    check_sending(app.current())
    with app.readers() as session:
        if not queue.is_due(session, now=app.now()):
            return 0
    with app.sessions.begin() as session:
        due = queue.due(session, now=app.now())
    with connected(app) as connection:
        return sum(_send(app, connection, note, house) for note in due) if connection else 0


def _send(app: App, connection: smtp.Connection, note: DueNote, house: House) -> bool:
    try:
        outcome = connection.deliver(letter(app, note, house))
    except NewsletterError:  # an address that no mail can carry, or a template that is broken
        _log.exception("a note of the kind %s cannot be written", note.kind)
        return False
    if not isinstance(outcome, Reply) or 400 <= outcome.code < 500:
        return False
    taken = outcome.code < 300
    with app.sessions.begin() as session:
        if taken:
            queue.accepted(session, note_id=note.note_id, now=app.now())
        else:
            queue.give_up(session, note_id=note.note_id)
    return taken


def letter(app: App, note: DueNote, house: House) -> Letter:
    """Write a note as it goes out. Raises ``TemplateError`` and ``HeaderRefused``."""
    # Here, so that a process that only sends never loads rendering.
    from newsletter.rendering import notes as rendering

    settings = app.current()
    if note.message is not None:
        recipient = headers.wire_address(note.address)
        return Letter(Claim(0, 1, None), settings.envelope_address, recipient, house.seal(note.message))
    zone = settings.time_zone
    rendered = rendering.render(note.kind, note.values, frame=app.frame(), speaks=note.language, zone=zone)
    token = tokens.make(app.keyring, Purpose.NOTE, note.note_id, int(note.created_at.timestamp()))
    content = notes.write(
        sender=headers.address(settings.association_name, settings.from_address),
        to=headers.address("", note.address),
        reply_to=headers.address("", note.reply_to) if note.reply_to else house.reply_to(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        boundary=f"=_{token}",
        date=headers.date(app.now().astimezone(ZoneInfo(zone))),
        message_id=headers.message_id(token, settings.from_address.rpartition("@")[2]),
        answers=note.answers or "",
        auto_replied=note.answers is not None,
    )
    # What answers a mail is itself never answered, not even by a bounce (RFC 3834 3.3).
    sender = settings.envelope_address if note.answers is None else ""
    return Letter(Claim(0, 1, None), sender, headers.wire_address(note.address), house.seal(content))
