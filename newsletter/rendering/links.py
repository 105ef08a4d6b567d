"""Links: which may stand in a mail, how they are written, and how bare ones are found in a text."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink

from newsletter.rendering.slots import escape_in_url

#: Whatever else a link may begin with has no business in a newsletter (rules X18, P10).
_SCHEMES = ("http", "https", "mailto", "tel")

#: From the colon of "https://" to the first character that cannot belong to an address.
#: The length is bound, as is that of all that follows, so that no text takes long to search.
WEB_REST = re.compile(r"://[^\s<>\"”“„«»`|\\^{}]{1,2000}")
_BARE = re.compile(
    r"(?<![\w@./+-])(?:(?P<www>www\.[\w-]{1,63}\.[^\s<>\"”“„«»`|\\^{}]{1,2000})"
    r"|(?P<mail>[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@(?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_]{2,63}))"
)
#: A telephone number that is written as people in Sweden do: an area, a hyphen, groups; or with its country.
_NUMBER = re.compile(
    r"(?<![\w+/.,:-])"
    r"(?:\+[1-9]\d{0,2}(?:[ -]?\(0\))?(?:[ -]?\d){6,12}|(?:08|0[1-9]\d{1,2})-\d(?: ?\d){4,7})(?![\w-])"
)
_CLOSING = {")": "(", "]": "["}


def allowed(url: str) -> str | None:
    """Return the link as it is written into HTML and text alike, or None when it may not stand in a mail.

    Allowed are absolute ``http``, ``https``, ``mailto`` and ``tel``. Spaces and non-ASCII become percent
    signs, a host in Unicode becomes A-labels.
    """
    url = re.sub(r"[\x00-\x20\x7f]+", lambda found: "" if "\n" in found[0] else " ", url).strip()
    try:
        normal = normalizeLink(url)
        parts = urlsplit(normal)
    except ValueError:  # such as an unclosed bracket in the host
        return None
    if parts.scheme.lower() not in _SCHEMES:
        return None
    if parts.scheme.lower() in ("http", "https") and not parts.hostname:
        return None
    return escape_in_url(normal.replace("'", "%27").replace('"', "%22"))


def display(url: str) -> str:
    """Return what a person calls the place: the address itself for mail and telephone, host and path else."""
    scheme, _, rest = url.partition(":")
    if scheme.lower() in ("mailto", "tel"):
        return rest.partition("?")[0]
    return rest.removeprefix("//").removeprefix("www.").rstrip("/")


def host(url: str) -> str:
    """Return the host without ``www.``; empty for mail and telephone."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def in_text(url: str) -> str:
    """Return the link as the plain-text part writes it: addresses and numbers without their scheme."""
    return display(url) if url.lower().startswith(("mailto:", "tel:")) and "?" not in url else url


def trim(found: str) -> str:
    """Take away the punctuation that ends the sentence and not the address."""
    while found:
        last = found[-1]
        if last in _CLOSING and found.count(_CLOSING[last]) >= found.count(last):
            return found
        if last not in ".,:;!?'’*_~)]…–-":
            return found
        found = found[:-1]
    return found


def bare(
    text: str, numbers: tuple[tuple[str, str], ...] = (), *, country: str = ""
) -> list[tuple[int, int, str]]:
    """Find what can be touched and stands bare in a text: ``www.``, mail addresses, telephone numbers.

    ``numbers`` are (label, ``tel:`` link) pairs that are known; others are found by their form, those without
    a country only where ``country`` (its code, such as "46") says which is meant. Returns
    (start, end, url), in order, without overlap.
    ``https://`` is found earlier, by a rule of the Markdown parser.
    """
    found = [(m.start(), m.start() + len(trim(m[0])), _url_of(m)) for m in _BARE.finditer(text)]
    for label, url in numbers:
        found += [(m.start(), m.end(), url) for m in re.finditer(rf"(?<!\w){re.escape(label)}(?!\w)", text)]
    found += _numbers(text, country)
    kept: list[tuple[int, int, str]] = []
    for start, end, url in sorted(found):
        if allowed(url) and (not kept or start >= kept[-1][1]):
            kept.append((start, end, url))
    return kept


def _numbers(text: str, country: str) -> Iterator[tuple[int, int, str]]:
    for m in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", m[0].replace("(0)", ""))
        if m[0].startswith("+"):
            yield m.start(), m.end(), f"tel:+{digits}"
        elif country:
            yield m.start(), m.end(), f"tel:+{country}{digits[1:]}"


def _url_of(found: re.Match[str]) -> str:
    return f"https://{trim(found['www'])}" if found["www"] else f"mailto:{trim(found['mail'])}"


def parser_accepts_all(md: MarkdownIt) -> None:
    """Let the parser see every link as a link; ``allowed`` decides later, and the label always stays."""
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
