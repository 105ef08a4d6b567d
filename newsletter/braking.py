"""A brake on a sender: what a person stops must not go on because a sender holds it already.

claim -> batch -> before each message: is its issue paused or stopped by now? -> not begun, back to the queue
"""

import logging
import threading
import time
from collections.abc import Iterable

from newsletter.app import App
from newsletter.core.letters import Claim, Copy
from newsletter.services import claims

#: How long an answer of the database counts, in seconds: a pause is felt well within one.
_LOOK_EVERY_SECONDS = 0.25

_log = logging.getLogger(__name__)


class Brake:
    """Says of the copies of one batch, from any thread, whether their messages may still begin."""

    def __init__(self, app: App, copies: Iterable[Copy]) -> None:
        self._app = app
        self._issues = {copy.claim.delivery_id: copy.issue_id for copy in copies}
        self._one_at_a_time = threading.Lock()
        self._halted: frozenset[int] = frozenset()
        self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS  # the claim has just looked

    def lets_go(self, held: Claim) -> bool:
        """Tell whether the message of this delivery may go on the wire now."""
        with self._one_at_a_time:
            if time.monotonic() >= self._look_at:
                self._look()
            return self._issues[held.delivery_id] not in self._halted

    def _look(self) -> None:
        try:
            with self._app.readers() as session:
                self._halted = claims.halted(session, issue_ids=set(self._issues.values()))
        except Exception:  # settling will tell of a database that is gone; no message is lost for it here
            _log.exception("the brake cannot look")
        self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
