"""Trying whether leaving a list works: from outside, as a mail program does it.

begin   POST to our own public one-click address (RFC 8058 3.2) | services.unsubscribe_trials.begin
latest  the trial as it stands: the mail is sent by post_notes and taken in by take_in_mail
"""

import http.client
import urllib.error
import urllib.request
from typing import Any

from newsletter.app import App
from newsletter.core import unsubscribe_trials as trials
from newsletter.core.unsubscribe_trials import Click, Trial
from newsletter.services import unsubscribe_trials

_BODY = b"List-Unsubscribe=One-Click"
_SECONDS = 15
_LONGEST_ANSWER = 120


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: mail programs do not either."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


def begin(app: App, *, actor: str) -> None:
    """Ask at the one-click address, with no transaction open meanwhile, and send the mail.

    Never raises for what a server does.
    """
    now, settings = app.now(), app.current()
    number = int(now.timestamp())
    token = trials.token(app.keyring, number)
    click, said = press(f"{settings.base_url}/u/{token}", number=number)
    with app.sessions.begin() as session:
        unsubscribe_trials.begin(
            session,
            number=number,
            token=token,
            click=click,
            said=said,
            inbound_address=settings.inbound_address,
            language=settings.interface_language,
            actor=actor,
            now=now,
        )


def latest(app: App) -> Trial | None:
    """Return the last trial as it stands now; None where there was none."""
    with app.readers() as session:
        return unsubscribe_trials.latest(session, now=app.now())


def press(url: str, *, number: int) -> tuple[Click, str]:
    """Ask an address as mail programs do (rule P9); return what that means, and what was answered."""
    # The address is the association's own setting: http or https (settings.py).
    request = urllib.request.Request(url, data=_BODY, method="POST")  # noqa: S310
    request.add_header("Content-Type", "application/x-www-form-urlencoded")
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            field = str(answer.headers.get(trials.FIELD) or "")
            return trials.click_of(answer.status, field, number), _said(answer.status, answer.reason)
    except urllib.error.HTTPError as error:
        with error:
            return trials.click_of(error.code, "", number), _said(error.code, str(error.reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        return Click.NO_ANSWER, str(reason)[:_LONGEST_ANSWER]


def _said(status: int, reason: str) -> str:
    printable = "".join(each for each in reason if each.isprintable())
    return f"{status} {printable}"[:_LONGEST_ANSWER]
