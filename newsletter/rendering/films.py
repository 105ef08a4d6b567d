"""Links to films: which addresses are known as one, and what such a link is called.

A mail shows no film: a link leads to it, with a picture that somebody has chosen or as a plain card. Nothing
is embedded, and nothing fetched from whoever shows the film.
"""

import re
from dataclasses import dataclass

from newsletter.language import _
from newsletter.rendering import links

#: Who shows films, by host, with the form that an address of one film has (the path and the query).
_SHOWN_BY = {
    "youtube.com": ("YouTube", r"/(?:watch\?(?:[^#]*&)?v=|live/|shorts/)[\w-]+"),
    "m.youtube.com": ("YouTube", r"/watch\?(?:[^#]*&)?v=[\w-]+"),
    "youtu.be": ("YouTube", r"/[\w-]+"),
    "vimeo.com": ("Vimeo", r"/\d+"),
    "svtplay.se": ("SVT Play", r"/(?:video|klipp)/\w+"),
    "urplay.se": ("UR Play", r"/program/\d+"),
}


@dataclass(frozen=True, slots=True)
class Film:
    """Where a film is seen, and the words that lead there."""

    url: str
    label: str


def film(url: str) -> Film | None:
    """Return a film that somebody says is at this address, wherever that is; None for no web address."""
    allowed = links.allowed(url) if url else None
    host = links.host(allowed) if allowed else ""
    if allowed is None or not host:
        return None
    return Film(allowed, _("Se filmen på {place}").format(place=_SHOWN_BY.get(host, (host, ""))[0]))


def known(url: str) -> Film | None:
    """Return the film at an address that is known to be one; None for any other address."""
    host = links.host(url)
    if host not in _SHOWN_BY:
        return None
    rest = url.partition("://")[2].partition("/")[2]
    return film(url) if re.match(_SHOWN_BY[host][1], f"/{rest}") else None
