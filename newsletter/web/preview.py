"""A mail's HTML made ready for a frame from which nothing can be fetched.

Scripts, forms and requests are refused by the frame and its policy (``POLICY``), not by taking the HTML
apart; only what a browser does before it asks the policy is made harmless here. Pictures that the mail
carries, or that lie in our own media folder, are put into the HTML itself.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

import lxml.html
from lxml.etree import LxmlError

#: Goes with the frame's content. ``sandbox`` with nothing allowed: no scripts, forms, popups or navigation
#: of the page around it, also for whoever opens the frame on its own.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)

SCHEMES = ("light", "dark")
MOST_PICTURE_BYTES = 12_000_000
MOST_LINKS = 200

_ASKS_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
#: Elements for which a browser opens a connection before it asks any policy (measured with Chromium:
#: preconnect, and frames of any kind). Nothing of theirs could be shown anyway.
_HASTY = re.compile(r"<(?=(?:link|i?frame|object|embed|applet|portal|fencedframe)\b)", re.IGNORECASE)
#: A press on a link makes a browser connect, too, before the policy of the page around keeps it back.
#: Links within the mail, such as a table of contents, go on working.
_TARGET = re.compile(r"""(?<![\w-])href\s*=\s*(?!["']?#)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_NOWHERE = 'href="#-"'
_CID = re.compile(r"(?<=[\"'(])cid:([^\"')\s]{1,300})", re.IGNORECASE)

#: A picture's type and bytes, or None where there is no such picture.
Picture = tuple[str, bytes] | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a mail: its text, and where it leads."""

    text: str
    target: str


def framed(
    html: str,
    *,
    scheme: str,
    carried: Mapping[str, tuple[str, bytes]],
    base_url: str,
    media: Callable[[str], Picture],
) -> str:
    """Return a mail's HTML with its pictures inside, as a reader in ``scheme`` (light or dark) sees it.

    ``carried`` are the mail's own pictures by Content-ID; ``media`` finds one of ours by its name below
    ``base_url``/media/. A browser tells a page its user's scheme and offers no way to ask for the other, so
    the questions are answered in the style sheets: true or false, whatever the browser thinks.
    """
    purse = _Purse(MOST_PICTURE_BYTES)
    own = re.compile(rf"(?<=[\"'(]){re.escape(base_url)}/media/([^\"')\s?#]{{1,600}})")
    html = _CID.sub(lambda found: purse.inlined(found[0], carried.get(unquote(found[1]))), html)
    html = own.sub(lambda found: purse.inlined(found[0], media(unquote(found[1]))), html)
    html = _ASKS_SCHEME.sub(
        lambda found: "(min-width: 0px)" if found[1].lower() == scheme else "(max-width: 0px)", html
    )
    html = _TARGET.sub(_NOWHERE, _HASTY.sub("<no-", html))
    return f"{html}\n<style>:root {{ color-scheme: only {scheme} !important }}</style>\n"


def plain(words: str) -> str:
    """Return words as HTML that says just them."""
    return escape(words)


def links(html: str) -> list[Link]:
    """Return the links that lead out of a mail, in their order, each target once, ``MOST_LINKS`` at most."""
    try:
        tree = lxml.html.document_fromstring(html.encode("utf-8", errors="replace"), parser=_parser())
    except (LxmlError, ValueError):
        return []
    found: dict[str, Link] = {}
    for anchor in tree.iter("a"):
        target = (anchor.get("href") or "").strip()
        if not target.startswith("#") and target and target not in found and len(found) < MOST_LINKS:
            text = " ".join("".join(map(str, anchor.itertext())).split())
            found[target] = Link(text[:200], target[:2000])
    return list(found.values())


class _Purse:
    """Spends a sum of bytes on pictures, so that no mail becomes a page of a gigabyte."""

    def __init__(self, size: int) -> None:
        self.left = size

    def inlined(self, address: str, picture: Picture) -> str:
        """Return the picture as a ``data:`` address; the address where there is none, or no room."""
        if picture is None or len(picture[1]) > self.left:
            return address
        self.left -= len(picture[1])
        return f"data:{picture[0]};base64,{base64.b64encode(picture[1]).decode('ascii')}"


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
