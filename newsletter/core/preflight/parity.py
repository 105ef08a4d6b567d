"""The text part says what the HTML part says: the same articles, headings and links (X17)."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml.html import HtmlElement

from newsletter.core.preflight import documents
from newsletter.core.preflight.documents import finding
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.links import name_of
from newsletter.core.preflight.matter import Version
from newsletter.core.preflight.wording import addresses, bare, holds, mail_addresses

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def check(version: Version, titles: Mapping[int, str]) -> Iterator[Finding]:
    """Give what stands in one part of a variant and not in the other. ``titles`` are the articles' by id."""
    root = documents.document(version.html)
    text = bare(version.text)
    for found in (
        *_articles(version, titles, root, text),
        *_headings(root, text),
        *_links_of_html(root, version.text),
        *_links_of_text(root, version.text),
    ):
        yield found.in_variant(version.name)


def _articles(version: Version, titles: Mapping[int, str], root: HtmlElement, text: str) -> Iterator[Finding]:
    html = bare(documents.words(root, hidden=False))
    for number in version.article_ids:
        title = titles.get(number, "")
        for part, sentence in ((html, _NOT_IN_HTML), (text, _NOT_IN_TEXT)):
            if title and not holds(part, bare(title)):
                yield Finding("X17", Severity.WARNING, sentence, {"title": title}, Place.TITLE, number)


_NOT_IN_HTML = mark("Artikeln ”{title}” saknas i brevets HTML-del. Öppna artikeln och spara den igen.")
_NOT_IN_TEXT = mark("Artikeln ”{title}” saknas i brevets textdel. Öppna artikeln och spara den igen.")


def _headings(root: HtmlElement, text: str) -> Iterator[Finding]:
    for heading in documents.elements(root, *_HEADINGS):
        words = documents.words(heading, hidden=False)
        # An article's own title has been looked for by its name.
        if bare(words) and (heading.get("id") or "")[:8] != "artikel-" and not holds(text, bare(words)):
            yield finding(
                "X17",
                Severity.WARNING,
                mark(
                    "Rubriken ”{words}” saknas i brevets textdel, så den som läser brevet som ren text "
                    "missar den. Rätta mallen."
                ),
                heading,
                words=" ".join(words.split()),
            )


def _links_of_html(root: HtmlElement, text: str) -> Iterator[Finding]:
    web, mail, words = _web(text), set(mail_addresses(text)), bare(text)
    for link in documents.elements(root, "a"):
        url = link.get("href") or ""
        if not url or url.startswith("#") or not documents.is_shown(link):
            continue
        said = url in web or _said_without_scheme(url, name_of(link), text, mail, words)
        if not said:
            yield finding(
                "X17",
                Severity.WARNING,
                mark(
                    "Länken ”{words}” till {url} saknas i brevets textdel, så den som läser brevet som ren "
                    "text missar den. Rätta mallen."
                ),
                link,
                words=name_of(link),
                url=url,
            )


def _said_without_scheme(url: str, name: str, text: str, mail: set[str], words: str) -> bool:
    """Tell whether a text has an address or a number: in its own form, or as the link calls it."""
    scheme, _, rest = url.partition(":")
    if scheme.lower() == "mailto":
        return url in text or rest.partition("?")[0] in mail
    return scheme.lower() == "tel" and (rest in text or holds(words, bare(name)))


def _links_of_text(root: HtmlElement, text: str) -> Iterator[Finding]:
    hrefs = {link.get("href") or "" for link in documents.elements(root, "a")}
    shown = documents.words(root, hidden=False)
    to = {url[len("mailto:") :].partition("?")[0] for url in hrefs if url.lower().startswith("mailto:")}
    lost = [ways[-1] for ways in addresses(text) if hrefs.isdisjoint(ways) and ways[-1] not in shown]
    lost += [address for address in mail_addresses(text) if address not in to and address not in shown]
    for address in dict.fromkeys(lost):
        yield finding(
            "X17",
            Severity.WARNING,
            mark("Länken {url} står i brevets textdel men inte i HTML-delen. Rätta mallen."),
            url=address,
        )


@lru_cache(maxsize=8)
def _web(text: str) -> frozenset[str]:
    return frozenset(way for ways in addresses(text) for way in ways)
