"""The sender: a process of its own that sends what is due, until it is told to stop.

    python -m newsletter.sender --dir DIR    recover | sending.Run | give back what is left

It imports neither pages nor rendering, so it stays small and pages stay quick. SIGTERM and SIGINT end it:
what is on the wire may finish within ten seconds, what has not begun goes back to the queue. A sender that
is killed leaves a journal, from which the next one knows what happened.

Exit status: 0 told to stop, or nothing left with ``--until-done``; 2 the settings do not allow sending;
anything else is an accident, and its keeper starts another.
"""

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import OperationalError

from newsletter import language, logs, sending
from newsletter.app import App, build
from newsletter.errors import NewsletterError, database_refused
from newsletter.language import sentence
from newsletter.settings import load

FAILED, REFUSED = 1, 2

#: How long one thread may keep the processor from another, in seconds.
_SWITCH_SECONDS = 0.0005
#: New objects until the first look for garbage in cycles.
_COLLECT_AFTER = 50_000

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
    except OperationalError as error:  # at the start: later the engine waits for its ledger
        print(sentence(database_refused(error.orig)), file=sys.stderr)
        return FAILED
    except Exception as error:
        # One line: what an error says further down may name people. Its keeper starts another sender.
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        _log.debug("the sender failed", exc_info=True)
        return FAILED


def run(app: App, *, until_done: bool = False, parent: int | None = None) -> int:
    """Send until told to stop; with ``until_done``, until no issue is due and no delivery is open.

    ``parent`` is a process whose end ends this one. Raises ``SendingRefused`` (``sending.open_sender``).
    """
    # Two threads share the processor: the one that the wire waits for must not wait long for its turn.
    sys.setswitchinterval(_SWITCH_SECONDS)
    # What stands now stays, and letters leave no cycles: looking through all of it took a fifth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    with sending.open_sender(app) as sender:
        run = sending.Run(app, sender, until_done=until_done, tell=_tell)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: run.stop())
        run.run(lambda: parent is not None and os.getppid() != parent)
    return FAILED if run.lost else 0


def _tell(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
