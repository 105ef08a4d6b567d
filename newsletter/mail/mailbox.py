"""A mailbox that is read over IMAP (RFC 3501, RFC 2177), where no mail server can hand mail over.

    Watcher   connect -> each folder: what is not seen -> mail.spool -> seen | IDLE, or wait | again
              trouble -> told once -> wait longer and longer -> connect

A mail is marked as seen when it is on the disk, and stays in its folder. Killed in between, it is fetched
again and is the same file. The library's own reading of mails is not used: a parser has no limits here.
"""

import imaplib
import logging
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from newsletter.mail import spool
from newsletter.mail.oauth import TokenRefused, Tokens
from newsletter.stopping import Stop

#: Octets of a mail that is fetched; a larger one stays unseen, for a person.
LARGEST_MAIL = 30 * 1024 * 1024
_TIMEOUT_SECONDS = 60
#: IDLE tells of one folder only, and what came just before it began may go untold.
_IDLE_SECONDS = 60.0
_POLL_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 300.0

_LITERAL = re.compile(rb"BODY\[\] \{\d+\}$")

_log = logging.getLogger(__name__)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox and how to sign in: ``security`` is tls, starttls or none, ``tokens`` replace a password."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False, default="")
    tokens: Tokens | None = None
    folders: Sequence[str] = ("INBOX",)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait for news, in seconds: with IDLE, without it, and after the first trouble."""

    idle: float = _IDLE_SECONDS
    poll: float = _POLL_SECONDS
    first_pause: float = _FIRST_PAUSE_SECONDS


class Unreadable(Exception):
    """The mailbox cannot be read now. Says why."""


class Watcher:
    """Reads a mailbox in a thread of its own. Use it in ``with``.

    ``tell`` gets why the mailbox cannot be read, once in a row. ``now`` says when a mail came.
    """

    def __init__(
        self,
        folder: Path,
        account: Account,
        *,
        now: Callable[[], datetime],
        tell: Tell,
        waits: Waits | None = None,
    ) -> None:
        self._folder = folder
        self._account = account
        self._now = now
        self._tell = tell
        self._waits = waits or Waits()
        self._stopping = Stop()
        self._box: BaseMailBox | None = None
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)
        self._told = ""

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if (box := self._box) is not None:  # wakes it where it waits for the server
            _close(box)
        self._thread.join()

    def _run(self) -> None:
        pause = self._waits.first_pause
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                self._read()
            except Exception as error:
                self._trouble(error)
            if time.monotonic() - begun > _LONGEST_PAUSE_SECONDS:
                pause = self._waits.first_pause
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _read(self) -> None:
        """Connect and read until something goes wrong or it is to stop."""
        self._box = box = connect(self._account)
        try:
            waits_idle = "IDLE" in box.client.capabilities
            while not self._stopping.is_set():
                for name in reversed(self._account.folders):  # the first is open when it waits
                    fetch(box, name, self._keep)
                self._told = ""
                if waits_idle:
                    box.idle.wait(timeout=self._waits.idle)
                else:
                    self._stopping.wait(self._waits.poll)
        finally:
            self._box = None
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                box.logout()
            _close(box)

    def _keep(self, raw: bytes) -> None:
        # Who it was from and to on the wire is not known any more; its own fields say it.
        spool.put(self._folder, raw, spool.Envelope(None, (), "mailbox", self._now()))

    def _trouble(self, error: Exception) -> None:
        if self._stopping.is_set():
            return
        _log.debug("mailbox", exc_info=error)
        said = str(error) or type(error).__name__
        if said != self._told:
            self._tell(said)
        self._told = said


def fetch(box: BaseMailBox, folder: str, keep: Callable[[bytes], None]) -> int:
    """Give every mail of a folder that is not seen to ``keep``, then mark it as seen; return how many.

    Raises what ``keep`` raises, and then the mail is not marked.
    """
    box.folder.set(folder)
    count = 0
    for uid in box.uids(f"UNSEEN SMALLER {LARGEST_MAIL}", charset=None):
        for raw in _fetched(box, uid):
            keep(raw)
            count += 1
        # Not the library's flag(): it expunges, too, and what others have marked as deleted is theirs.
        box.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    return count


def _fetched(box: BaseMailBox, uid: str) -> Iterator[bytes]:
    """Give the mail's octets; nothing where somebody has deleted it meanwhile."""
    status, answer = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
    if status != "OK":
        raise Unreadable(f"FETCH {status}")
    for part in answer:
        if isinstance(part, tuple) and _LITERAL.search(part[0]):
            yield part[1]


def connect(account: Account) -> BaseMailBox:
    """Open a mailbox and sign in. Raises ``Unreadable``."""
    try:
        box = _open(account)
    except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError) as error:
        raise Unreadable(_said(error)) from error
    try:
        if account.security == "starttls":
            box.client.starttls(ssl.create_default_context())
        _sign_in(box, account)
    except (OSError, imaplib.IMAP4.error, ImapToolsError, TokenRefused) as error:
        _close(box)
        raise Unreadable(_said(error)) from error
    return box


def _open(account: Account) -> BaseMailBox:
    host, port = account.host, account.port
    if account.security == "tls":
        return MailBox(host, port, timeout=_TIMEOUT_SECONDS, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(host, port, timeout=_TIMEOUT_SECONDS)


def _close(box: BaseMailBox) -> None:
    with suppress(OSError):
        box.client.shutdown()


def _sign_in(box: BaseMailBox, account: Account) -> None:
    if account.tokens is None:
        sign_in = box.login if (account.user + account.password).isascii() else box.login_utf8
        sign_in(account.user, account.password, initial_folder=None)
    else:
        try:
            box.xoauth2(account.user, account.tokens.access(), initial_folder=None)
        except (imaplib.IMAP4.error, MailboxLoginError):  # ended before its time; once more, with another
            box.xoauth2(account.user, account.tokens.access(anew=True), initial_folder=None)
    # What is offered to those who have signed in may be more.
    status, said = box.client.capability()
    if status == "OK" and said and said[0]:
        box.client.capabilities = tuple(said[0].decode("ascii", "replace").upper().split())


def _said(error: Exception) -> str:
    """Return a server's or the system's own words; the sign-in itself is not among them."""
    result = getattr(error, "command_result", None)
    if isinstance(result, tuple) and len(result) == 2 and result[1]:
        last = result[1][-1]
        return last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last)
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or str(error) or type(error).__name__
