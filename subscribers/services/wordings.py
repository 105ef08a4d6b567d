"""The texts that people say yes or no to: as data, with versions, stored once each.

What a page shows beside its button stands here. A text that has been shown is never changed: it is followed
by one with the next version, and the old one stays for those who saw it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.models import ConsentWording
from subscribers.services.dialects import insert_into

SIGN_UP = "sign-up"
SIGN_UP_INVITATIONS = "sign-up-invitations"
UNSUBSCRIBE_PAGE = "unsubscribe-page"
PREFERENCES_PAGE = "preferences-page"
PAUSE = "pause"
OWN_PAGE = "own-page"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in all languages. ``{list}`` and ``{association}`` stand for the names on the page."""

    version: int
    sv: str
    en: str

    def text(self, language: str) -> str:
        """Return the text in a language: English for ``en``, else Swedish."""
        return self.en if language == "en" else self.sv


#: The text of each key that is shown now. To change one, change it and count its version up.
WORDINGS: Mapping[str, Wording] = {
    SIGN_UP: Wording(
        1,
        "Ja, jag vill få {list} från {association} till min e-postadress. Jag kan när som helst säga nej, "
        "med länken i varje brev. Adressen används bara till detta och lämnas inte vidare.",
        "Yes, I want to get {list} from {association} at my e-mail address. I can say no at any time, "
        "with the link in every letter. The address is used for this only and is not passed on.",
    ),
    SIGN_UP_INVITATIONS: Wording(
        1,
        "Ja, jag vill också få {list}: möten, kurser och träffar.",
        "Yes, I also want to get {list}: meetings, courses and gatherings.",
    ),
    UNSUBSCRIBE_PAGE: Wording(1, "Sluta få {list}", "Stop getting {list}"),
    PREFERENCES_PAGE: Wording(1, "Varje val gäller genast.", "Each choice counts at once."),
    PAUSE: Wording(1, "Pausa {list}", "Pause {list}"),
    OWN_PAGE: Wording(1, "Varje val gäller genast.", "Each choice counts at once."),
}


def current(key: str, language: str) -> str:
    """Return the text that is shown now, with its places still open."""
    return WORDINGS[key].text(language)


def wording_id(session: Session, *, key: str, language: str) -> int:
    """Return the id of the text that is shown now, storing it where that is the first time.

    Raises ``ValueError`` when a text was changed and its version was not.
    """
    wording, spoken = WORDINGS[key], "en" if language == "en" else "sv"
    values = {"key": key, "language": spoken, "version": wording.version}
    new = insert_into(session, ConsentWording).values(**values, text=wording.text(spoken))
    session.execute(new.on_conflict_do_nothing())
    found = session.scalars(select(ConsentWording).filter_by(**values)).one()
    if found.text != wording.text(spoken):
        raise ValueError(f"the wording {key} was changed: give it a new version")
    return found.id
