"""The clock process: one tick a second that calls the jobs. It keeps no state; the issue table is the truth.

Once an hour it also looks for notices that must be warned of, for roles that end soon, and for regions to be
asked for their blocks. Of several clocks on one PostgreSQL, on as many machines, one leads and does all this;
each takes in the mail that came to its own machine. Where workers share the work, the leading clock only
hands it out.

    python -m scheduler --dir DIR    the clock alone, where the sender runs elsewhere

A tick that comes late runs once, however many were missed, and is never dropped: APScheduler's own default
would drop a job that is more than a second late, and with it an issue.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any, cast

from apscheduler.schedulers.background import BackgroundScheduler

from newsletter import jobs, logs
from newsletter.app import App, build
from newsletter.leading import Leadership
from newsletter.settings import load
from newsletter.stopping import told_by_signals

TICK_SECONDS = 1
MAIL_SECONDS = 5
#: Somebody waits for the link to sign in with.
NOTES_SECONDS = 1
#: Who writes that they want no more letters may be in the queue of the next one.
INBOUND_SECONDS = 1
#: It looks once an hour, and prunes once a day: a clock that is started anew each day prunes, too.
PRUNE_LOOK_SECONDS = 3600
REMIND_SECONDS = 3600
SUMMARISE_SECONDS = 2
LOST_SECONDS = 5

#: What the leading clock does, and how often: names of methods of ``Running``.
LED = {
    "tick": TICK_SECONDS,
    "remind": REMIND_SECONDS,
    "remind_of_roles": REMIND_SECONDS,
    "remind_of_answers": REMIND_SECONDS,
    "blocks": REMIND_SECONDS,
    "mail": MAIL_SECONDS,
    "post": NOTES_SECONDS,
    "prune": PRUNE_LOOK_SECONDS,
    "summarise": SUMMARISE_SECONDS,
    "lost": LOST_SECONDS,
}

_log = logging.getLogger("scheduler")


class Running:
    """A clock that ticks in a thread of its own, until ``stop``.

    With ``hand_out`` it does not do the work that one clock leads, but gives its name, a key of ``LED``.
    """

    def __init__(
        self,
        app: App,
        tell: Callable[[str], None],
        *,
        only_reading: bool = False,
        hand_out: Callable[[str], None] | None = None,
    ) -> None:
        self._app = app
        self._tell = tell
        self._hand_out = hand_out
        self._told: set[str] = set()
        self._trouble: dict[str, str] = {}
        self._reminded: set[str] = set()
        self._leadership = Leadership(app.engine)
        # A tick that is skipped because the one before is still at work is no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        made = BackgroundScheduler(timezone=UTC)  # type: ignore[no-untyped-call]
        self._clock = cast(Any, made)  # APScheduler has no types
        self._every(self.take_in, INBOUND_SECONDS)
        if not only_reading:
            for name, seconds in LED.items():
                self._every(partial(self._lead, name), seconds)
        self._clock.start()

    def work(self) -> Mapping[str, Callable[[], None]]:
        """Return what there is to do at each name of ``LED``."""
        return {name: getattr(self, name) for name in LED}

    def _lead(self, name: str) -> None:
        """Do what is named, or hand it out, unless another machine's clock leads."""
        if not self._leadership.leads():
            return
        if self._hand_out is None:
            self.work()[name]()
        else:
            self._try("hand out", partial(self._hand_out, name))

    def tick(self) -> None:
        """Do what is due. An error is told in one line, and the next tick tries again."""
        try:
            sentences = jobs.release_issues(self._app).sentences(self._app.settings.interface_language)
        except Exception as error:
            _log.debug("tick", exc_info=True)
            sentences = [f"{type(error).__name__}: {error}".splitlines()[0]]
        for sentence in sentences:
            if sentence not in self._told:  # what fails each second is told once
                self._tell(sentence)
        self._told = set(sentences)

    def remind(self) -> None:
        """Warn of notices whose members are not reached in time; each warning is told once."""
        try:
            sentences = jobs.notice_warnings(self._app)
        except Exception:  # the next one tries again, and the tick tells what is wrong with the database
            _log.debug("remind", exc_info=True)
            return
        for sentence in sentences:
            if sentence not in self._reminded:
                self._tell(sentence)
        self._reminded = set(sentences)

    def remind_of_roles(self) -> None:
        """Queue notes about roles that end soon."""
        self._try("roles", lambda: jobs.remind_of_roles(self._app))

    def remind_of_answers(self) -> None:
        """Queue notes about mail that waits for an answer."""
        self._try("answers", lambda: jobs.remind_of_answers(self._app))

    def blocks(self) -> None:
        """Ask the regions for their blocks, and put standing texts in for those that did not come."""
        self._try("blocks", lambda: jobs.ask_for_blocks(self._app))
        self._try("standing blocks", lambda: jobs.settle_blocks(self._app))

    def mail(self) -> None:
        """Send what people who sign up wait for; beside the tick, which a slow server must not hold."""
        self._try("mail", lambda: jobs.mail_sign_ups(self._app))

    def post(self) -> None:
        """Send the notes that are due, such as links to sign in with."""
        self._try("post", lambda: jobs.post_notes(self._app))

    def take_in(self) -> None:
        """Take in the mail that has come; a mail that had to be set aside is told of."""

        def job() -> None:
            for sentence in jobs.take_in_mail(self._app).sentences(self._app.settings.interface_language):
                self._tell(sentence)

        self._try("take in", job)

    def prune(self) -> None:
        """Take away what has been kept long enough; jobs.prune does it once a day at most."""
        self._try("prune", lambda: jobs.prune(self._app))

    def summarise(self) -> None:
        """Count what has gone out, once; reports read it."""
        self._try("summarise", lambda: jobs.summarise(self._app))

    def lost(self) -> None:
        """Give up senders of other machines that have not shown themselves for too long."""
        self._try("lost", lambda: jobs.give_up_lost(self._app))

    def _try(self, name: str, job: Callable[[], object]) -> None:
        """Do a job; the same trouble is told once in a row."""
        trouble = ""
        try:
            job()
        except Exception as error:
            _log.debug("job", exc_info=True)
            trouble = f"{type(error).__name__}: {error}".splitlines()[0]
        if trouble and trouble != self._trouble.get(name):
            self._tell(trouble)
        self._trouble[name] = trouble

    def _every(self, job: Callable[[], None], seconds: int) -> None:
        # The first time at once, for a clock that a cron job starts for a few seconds only.
        self._clock.add_job(
            job,
            "interval",
            seconds=seconds,
            next_run_time=self._app.now(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def stop(self) -> None:
        """Let the tick under way end, and begin no other. Another machine's clock may lead from now on."""
        self._clock.shutdown(wait=True)
        self._leadership.close()


def start(
    app: App,
    tell: Callable[[str], None] = _log.warning,
    *,
    only_reading: bool = False,
    hand_out: Callable[[str], None] | None = None,
) -> Running:
    """Start the clock. ``tell`` gets a sentence for each issue that was released, missed, or failed.

    With ``only_reading`` it takes in mail that comes, and nothing more; ``hand_out`` as in ``Running``.
    """
    return Running(app, tell, only_reading=only_reading, hand_out=hand_out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the clock alone until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m scheduler", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="the data directory")
    given = parser.parse_args(arguments)
    settings = load(given.dir)
    logs.begin(settings.log_format, settings.log_level)
    with told_by_signals() as stopping, build(settings) as app:
        clock = start(app, partial(print, file=sys.stderr, flush=True))
        stopping.wait()
        clock.stop()


if __name__ == "__main__":
    main()
