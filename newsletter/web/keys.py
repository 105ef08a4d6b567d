"""The key in a letter's link: what it opens, and for whom."""

from dataclasses import dataclass
from typing import Annotated, TypedDict
from zoneinfo import ZoneInfo

from fastapi import Depends

from newsletter.core.unsubscribe_trials import NOBODY
from newsletter.services import preferences
from newsletter.services.preferences import Letters
from newsletter.web.pages import Site, TheSite
from subscribers.core import tokens
from subscribers.core.authority import OnePerson, Scope
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken, NotFound


class Facts(TypedDict):
    """What the services of ``preferences`` ask of every caller."""

    scope: Scope
    subscriber_id: int
    delivery_id: int


class NoSuchKey(Exception):
    """A token that opens nothing: forged, cut off, or about someone or something that is gone."""


@dataclass(frozen=True, slots=True)
class LetterKey:
    """A token that we made, and the ids in it."""

    token: str
    subscriber_id: int
    list_id: int
    delivery_id: int

    @property
    def facts(self) -> Facts:
        """Return whom and which letter the key is about; the letter proves one person and no more."""
        return Facts(
            scope=OnePerson(self.subscriber_id),
            subscriber_id=self.subscriber_id,
            delivery_id=self.delivery_id,
        )

    @property
    def is_trial(self) -> bool:
        """Whether it is nobody's, made to try the way out with."""
        return self.subscriber_id == NOBODY

    def letters(self, site: Site) -> Letters:
        """Read what the holder may see. Raises ``NoSuchKey`` when person or list are gone."""
        today = site.app.now().astimezone(ZoneInfo(site.app.settings.time_zone)).date()
        try:
            with site.app.readers() as session:
                letters = preferences.letters(session, **self.facts, today=today)
            letters.of(self.list_id)
        except NotFound:
            raise NoSuchKey from None
        return letters


def read_key(token: str, site: TheSite) -> LetterKey:
    """Return the key that a link holds. Raises ``NoSuchKey`` for one that we have not made."""
    try:
        subscriber_id, list_id, delivery_id = tokens.read(site.app.keyring, Purpose.LETTERS, token)
    except (BadToken, ValueError):  # ValueError: a token with fewer or more numbers than a letter's
        raise NoSuchKey from None
    return LetterKey(token, subscriber_id, list_id, delivery_id)


#: For the signature of a page; read before the form is.
TheKey = Annotated[LetterKey, Depends(read_key)]
