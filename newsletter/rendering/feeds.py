"""The archive as a feed: an Atom document (RFC 4287) of issues, each with all that anybody may read of it.

An issue's id is a tag URI (RFC 4151) of our host, the day it went and its key: it stays whatever is put right
in it, and says nothing of who reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import lxml.html
from lxml import etree
from lxml.builder import ElementMaker
from lxml.html import HtmlElement

from newsletter.language import using
from newsletter.rendering import web_articles
from newsletter.rendering.archived import Section

MEDIA_TYPE = "application/atom+xml"

#: Readers ask for news, not for history; the archive has the rest.
MOST = 20

_ATOM = "http://www.w3.org/2005/Atom"
#: The day from which the feed's own id counts; a feed of nothing has not been updated since.
_BEGAN = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class FeedIssue:
    """An issue in a feed. ``key`` names it in the archive; times have a zone."""

    key: str
    title: str
    summary: str
    sent_at: datetime
    changed_at: datetime
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class Feed:
    """What the feed is called, where we are (without a slash at the end), and the issues, newest first."""

    title: str
    author: str
    base_url: str
    issues: Sequence[FeedIssue]


def write(feed: Feed) -> bytes:
    """Return the feed as XML in UTF-8; the same feed gives the same bytes."""
    atom: Any = ElementMaker(namespace=_ATOM, nsmap={None: _ATOM})  # type: ignore[no-untyped-call]
    home = f"{feed.base_url}/arkiv"
    updated = max((issue.changed_at for issue in feed.issues), default=None)
    began = datetime(_BEGAN.year, _BEGAN.month, _BEGAN.day, tzinfo=UTC)
    root = atom.feed(
        atom.id(_tag(feed.base_url, _BEGAN, "arkiv")),
        atom.title(_xml(feed.title)),
        atom.updated(_moment(updated or began)),
        atom.author(atom.name(_xml(feed.author))),
        atom.link(rel="self", type=MEDIA_TYPE, href=f"{home}/flode.xml"),
        atom.link(rel="alternate", type="text/html", href=home),
    )
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "sv")
    root.extend(_entry(atom, feed.base_url, issue) for issue in feed.issues)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _entry(atom: Any, base_url: str, issue: FeedIssue) -> etree._Element:
    url = f"{base_url}/arkiv/{issue.key}"
    entry: etree._Element = atom.entry(
        atom.id(_tag(base_url, issue.sent_at.date(), issue.key)),
        atom.title(_xml(issue.title)),
        atom.published(_moment(issue.sent_at)),
        atom.updated(_moment(issue.changed_at)),
        atom.link(rel="alternate", type="text/html", href=url),
    )
    if issue.summary:
        entry.append(atom.summary(_xml(issue.summary)))
    with using("sv"):
        said = web_articles.as_html(issue.sections, year=issue.sent_at.year)
    entry.append(atom.content(_xml(_absolute(said, base_url, url)), type="html"))
    return entry


def _tag(base_url: str, day: date, name: str) -> str:
    return f"tag:{urlsplit(base_url).hostname},{day.isoformat()}:{name}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _absolute(html: str, base_url: str, url: str) -> str:
    """Return HTML whose addresses hold wherever it is read."""
    tree = cast(HtmlElement, lxml.html.fragment_fromstring(html, create_parent="div"))
    for element in tree.iter("a", "img"):
        for name in ("href", "src"):
            target = element.get(name, "")
            if target.startswith(web_articles.ROOT):
                element.set(name, f"{base_url}/{target.removeprefix(web_articles.ROOT)}")
            elif target.startswith("#"):
                element.set(name, f"{url}{target}")
    return str(lxml.html.tostring(tree, encoding="unicode"))


def _xml(text: str) -> str:
    """Return text without what XML has no place for (XML 1.0, 2.2)."""
    return "".join(each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))
