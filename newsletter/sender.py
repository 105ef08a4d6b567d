"""The sender: a process of its own that sends what is due, until it is told to stop.

    python -m newsletter.sender --dir DIR    recover | send_due, send_due, ... | give back what is left

It imports neither pages nor rendering, so it stays small and pages stay quick. SIGTERM and SIGINT end it:
what is on the wire may finish within ten seconds, what has not begun goes back to the queue. A sender that
is killed leaves a journal, from which the next one knows what happened.

Exit status: 0 told to stop, or nothing left with ``--until-done``; 2 the settings do not allow sending;
anything else is an accident, and its keeper starts another.
"""

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from newsletter import jobs, language, logs
from newsletter.app import App, build
from newsletter.core import batches
from newsletter.errors import NewsletterError
from newsletter.language import _, sentence
from newsletter.settings import load
from newsletter.stopping import Stop

FAILED, REFUSED = 1, 2

#: How long to look away while there is nothing to send, in seconds.
_POLL_SECONDS = 0.25
#: How long without work before it takes leave of the mail server, and how often it looks for dead senders.
_REST_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 60.0

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sender process and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m newsletter.sender", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="the data directory")
    parser.add_argument("--until-done", action="store_true", help="end when nothing is left to send")
    parser.add_argument("--parent", type=int, help="end when this process does")
    given = parser.parse_args(arguments)
    try:
        settings = load(given.dir)
        language.choose(settings.interface_language)
        logs.begin(settings.log_format, settings.log_level)
        with build(settings, migrate=False) as app:
            return run(app, until_done=given.until_done, parent=given.parent)
    except NewsletterError as error:
        print(sentence(error), file=sys.stderr)
        return REFUSED
    except Exception as error:
        # One line: what an error says further down may name people. Its keeper starts another sender.
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        _log.debug("the sender failed", exc_info=True)
        return FAILED


def run(app: App, *, until_done: bool = False, parent: int | None = None) -> int:
    """Send until told to stop; with ``until_done``, until no issue is due and no delivery is open.

    ``parent`` is a process whose end ends this one. Raises ``SendingRefused`` as ``jobs.open_sender`` does.
    """
    with jobs.open_sender(app) as sender:
        loop = _Loop(app, sender, until_done=until_done, parent=parent)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.stop())
        loop.run()
    return 0


class _Loop:
    def __init__(self, app: App, sender: jobs.Sender, *, until_done: bool, parent: int | None) -> None:
        self._app = app
        self._sender = sender
        self._until_done = until_done
        self._parent = parent
        self._stopping = Stop()
        self._size = batches.SMALLEST
        self._pause_seconds = 0.0

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()
        self._sender.courier.stop()

    def run(self) -> None:
        jobs.recover(self._app)
        last_work = last_look = time.monotonic()
        while not self._is_over():
            if self._send():
                last_work = time.monotonic()
                continue
            if self._until_done and jobs.is_done(self._app):
                return
            if time.monotonic() - last_work > _REST_SECONDS:
                self._sender.courier.rest()
            if time.monotonic() - last_look > _REST_SECONDS:
                jobs.recover(self._app)
                last_look = time.monotonic()
            self._stopping.wait(_POLL_SECONDS)

    def _is_over(self) -> bool:
        if self._parent is not None and os.getppid() != self._parent:
            self.stop()
        return self._stopping.is_set()

    def _send(self) -> bool:
        """Send a batch; return whether there was one."""
        begun = time.monotonic()
        sent = jobs.send_due(self._app, self._sender, limit=self._size)
        took = timedelta(seconds=time.monotonic() - begun)
        if sent.trouble:
            self._size = batches.SMALLEST
        elif sent.claimed == self._size:
            self._size = batches.next_size(self._size, took)
        self._pause(sent)
        return sent.claimed > 0

    def _pause(self, sent: jobs.Sent) -> None:
        """Leave a server alone that would not talk to us: longer each time, up to a minute."""
        if not sent.trouble:
            if sent.claimed:
                self._pause_seconds = 0.0
            return
        self._pause_seconds = min(max(1.0, self._pause_seconds * 2), _LONGEST_PAUSE_SECONDS)
        told = _("Mejlservern {host}:{port} tar inte emot brev just nu ({reason}). Nytt försök om {wait} s.")
        relay = self._sender.courier.relay
        print(
            told.format(host=relay.host, port=relay.port, reason=sent.trouble, wait=int(self._pause_seconds)),
            file=sys.stderr,
            flush=True,
        )
        self._stopping.wait(self._pause_seconds)


if __name__ == "__main__":
    sys.exit(main())
