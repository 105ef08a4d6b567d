"""Markers that no article can forge.

While a variant is rendered, its slots are held by secret words made from a digest of everything that goes
in. An article cannot contain the digest of itself. When all is done, whatever looks like one of the public
markers (``core.messages.MARKERS``) came from an article and is written otherwise, without changing what is
read; then the secret words become the public markers.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from newsletter.core.messages import (
    GREETING,
    MARKERS,
    PREFERENCES_URL,
    UNSUBSCRIBE_URL,
    WEB_URL,
    defuse,
)


@dataclass(frozen=True, slots=True)
class SecretMarkers:
    """What stands in for each slot during rendering. Letters, digits and underscores: safe in an href."""

    greeting: str
    unsubscribe_url: str
    preferences_url: str
    web_url: str

    @property
    def _public(self) -> Mapping[str, str]:
        return {
            self.greeting: MARKERS[GREETING],
            self.unsubscribe_url: MARKERS[UNSUBSCRIBE_URL],
            self.preferences_url: MARKERS[PREFERENCES_URL],
            self.web_url: MARKERS[WEB_URL],
        }

    def reveal_html(self, html: str) -> str:
        """Write look-alikes with a character reference, then put the public markers in."""
        for marker in MARKERS.values():
            html = html.replace(marker, f"&#95;{marker[1:]}")
        return self._reveal(html)

    def reveal_text(self, text: str) -> str:
        """Break look-alikes with an invisible word joiner, then put the public markers in."""
        return self._reveal(defuse(text))

    def used(self, *parts: str) -> frozenset[str]:
        """Return the names of the slots that stand in these parts, before they are revealed."""
        names = {marker: name for name, marker in MARKERS.items()}
        return frozenset(
            names[public] for secret, public in self._public.items() if any(secret in part for part in parts)
        )

    def _reveal(self, part: str) -> str:
        for secret, public in self._public.items():
            part = part.replace(secret, public)
        return part


def shown(html: str, *, greeting: str) -> str:
    """Return rendered HTML as somebody who writes is to see it: greeted, and with nothing to press."""
    for name, marker in MARKERS.items():
        html = html.replace(marker, escape(greeting) if name == GREETING else "#")
    return html


def secret_markers(content: object) -> SecretMarkers:
    """Make the markers for rendering ``content``; the same content gives the same ones."""
    digest = hashlib.sha256(repr(content).encode("utf-8", "backslashreplace")).hexdigest()
    words = ("greeting", "unsubscribe", "preferences", "web")
    return SecretMarkers(*(f"__{digest}_{word}__" for word in words))


def escape_in_url(url: str) -> str:
    """Write look-alikes in a link so that it leads to the same place: %5F is an underscore (RFC 3986 2.3)."""
    for marker in MARKERS.values():
        url = url.replace(marker, f"%5F{quote(marker[1:])}")
    return url
