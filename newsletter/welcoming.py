"""Mails to people who sign up: each with a link to confirm by, or the word that they are on the list already.

    mail_sign_ups   sign_ups.due | commit -> rendering.notes -> core.notes.write -> mail.smtp
                    -> sign_ups.mailed | commit

The try after next is planned before a mail goes, so whatever dies on the way costs a second mail at most.
"""

from contextlib import suppress
from zoneinfo import ZoneInfo

from newsletter.app import App
from newsletter.core import headers, notes
from newsletter.core.letters import Claim, House, Letter
from newsletter.core.replies import Reply
from newsletter.errors import NewsletterError
from newsletter.posting import connected
from newsletter.settings import check_sending
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.services import sign_ups
from subscribers.services.sign_ups import DueMail


def mail_sign_ups(app: App, *, house: House) -> int:
    """Send what is due to people who have signed up, and return how many mails were accepted.

    What was not is tried again later, five times in all. Raises ``SendingRefused`` when the settings do not
    allow sending.
    """
    check_sending(app.current())
    scope = app.everything("people who sign up are told whether they are on the list already")
    with app.readers() as session:
        if not sign_ups.is_due(session, now=app.now()):
            return 0
    with app.sessions.begin() as session:
        mails = sign_ups.due(session, scope=scope, now=app.now())
    return _send(app, mails, house) if mails else 0


def link(app: App, sign_up_id: int) -> str:
    """Return the address of the page where a sign-up is confirmed."""
    token = tokens.make(app.keyring, Purpose.SIGN_UP, sign_up_id)
    return f"{app.settings.base_url}/prenumerera/{token}"


def _send(app: App, mails: list[DueMail], house: House) -> int:
    accepted = 0
    with connected(app) as connection:
        if connection is None:
            return 0
        for mail in mails:
            with suppress(NewsletterError):  # an address that no mail can carry is not tried for ever
                outcome = connection.deliver(_letter(app, mail, house))
                if isinstance(outcome, Reply) and 200 <= outcome.code < 300:
                    accepted += 1
                    with app.sessions.begin() as session:
                        sign_ups.mailed(session, sign_up_id=mail.sign_up_id)
    return accepted


def _letter(app: App, mail: DueMail, house: House) -> Letter:
    # Here, so that a process that only sends never loads rendering.
    from newsletter.rendering import notes as rendering

    settings = app.current()
    now = app.now()
    rendered = rendering.render(
        "sign-up-known" if mail.known else "sign-up",
        {"link": link(app, mail.sign_up_id)},
        frame=app.frame(),
        speaks=mail.language,
        zone=settings.time_zone,
    )
    token = tokens.make(app.keyring, Purpose.SIGN_UP, mail.sign_up_id, int(now.timestamp()))
    content = notes.write(
        sender=headers.address(settings.association_name, settings.from_address),
        to=headers.address("", mail.address),  # no name: it is whatever somebody typed into a form
        reply_to=house.reply_to(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        boundary=f"=_{token}",
        date=headers.date(now.astimezone(ZoneInfo(settings.time_zone))),
        message_id=headers.message_id(token, settings.from_address.rpartition("@")[2]),
    )
    recipient = headers.wire_address(mail.address)
    return Letter(Claim(0, 1, None), settings.envelope_address, recipient, house.seal(content))
