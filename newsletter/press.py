"""Writes the letters of a sender, each when its turn comes: one template filled for one person."""

import logging
import time
from zoneinfo import ZoneInfo

from newsletter.app import App
from newsletter.core import headers, letters
from newsletter.core.letters import Copy, House, Letter
from newsletter.core.messages import MessageTemplate
from newsletter.core.outcomes import Unfit
from newsletter.errors import HeaderRefused

_log = logging.getLogger(__name__)


class Press:
    """Writes letters: the house as it is now, the date of the moment, the templates of the copies."""

    def __init__(self, app: App, house: House) -> None:
        self._house = house
        self._reply_to: dict[str, str] = {}
        self.templates: dict[int, MessageTemplate] = {}
        self._app = app
        self._zone = ZoneInfo(app.settings.time_zone)
        self._date = ""
        self._date_until = 0.0

    @property
    def house(self) -> House:
        """What all letters have in common now."""
        return self._house

    @house.setter
    def house(self, house: House) -> None:
        if house != self._house:
            self._house, self._reply_to = house, {}

    def write(self, copy: Copy) -> Letter | Unfit:
        """Write one person's letter; that theirs cannot be written must not keep back the others'."""
        house = self._house
        try:
            reply_to = self._reply_to.get(copy.reply_to)
            if reply_to is None:
                reply_to = self._reply_to[copy.reply_to] = house.reply_to(copy.reply_to)
            return letters.write(
                copy,
                self.templates[copy.variant_id],
                house=house,
                ring=self._app.keyring,
                reply_to=reply_to,
                date=self._now(),
            )
        except HeaderRefused as error:
            return Unfit(str(error))
        except (ValueError, KeyError, OverflowError) as error:
            _log.exception("delivery %d cannot be written", copy.claim.delivery_id)
            return Unfit(f"{type(error).__name__}: {error}")

    def _now(self) -> str:
        if time.monotonic() >= self._date_until:
            self._date = headers.date(self._app.now().astimezone(self._zone))
            self._date_until = time.monotonic() + 1
        return self._date
