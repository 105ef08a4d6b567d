"""Somebody tells of a new address: a proposal for the officer, and nothing that happens by itself."""

import re

from newsletter.core.inbound.mail import addresses

_TELLS = re.compile(
    r"(?:har|fått|bytt|byter|bytte|ny|nya|byta|ändra|ändrat|uppdatera|använd|skicka|anmäl)\b.{0,60}?"
    r"(?:e-?post|mejl|mail|adress)"
    r"|\b(?:new|changed?|update|use)\b.{0,40}?\b(?:e-?mail|address)"
    r"|(?:uusi|vaihtunut|muuttunut|vaihdoin).{0,40}?(?:osoite|sähköposti)|(?:osoitteeni|sähköpostini) on"
    r"|(?:ny|byttet|bytte|endret|endre|skiftet|skifte|ændre)\b.{0,40}?(?:e-?post|mail|adress)",
    re.IGNORECASE | re.DOTALL,
)
_OLD = re.compile(
    r"(?:gamla|gammal|tidigare|inte|old|previous|instead of|vanha|gamle|i stället för|istället för)"
    r"[^@\n]{0,40}$",
    re.IGNORECASE,
)


def new_address(sender: str, words: str) -> str:
    """Return the address that somebody asks us to write to from now on, in lower case; "" where none is told.

    ``words`` are the writer's own. An address that is called old, and the one that the mail came from when
    there is another, is not the new one; of two that remain neither is guessed.
    """
    told = _TELLS.search(words[:2_000])
    if told is None:
        return ""
    named = [each for each in addresses([words[:2_000]]) if not _is_old(each, words)]
    others = [each for each in named if each != sender] or named
    return others[0] if len(others) == 1 else ""


def _is_old(address: str, words: str) -> bool:
    return bool(_OLD.search(words[: max(0, words.lower().find(address))]))
