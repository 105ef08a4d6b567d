"""The links of a text: web addresses, mail addresses and Swedish telephone numbers, as they stand in it."""

import re
from collections.abc import Iterable, Iterator

from newsletter.core.articles import Link

_WEB = re.compile(
    r"(?<![\w@./-])(?:https?://[^\s<>\"”“»«]{2,2000}|www\.[\w-]{1,63}\.[^\s<>\"”“»«]{2,2000})", re.IGNORECASE
)
_MAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,63}"
)
#: From a zero or +46 to the last of eight to thirteen digits, with the signs that people put between them.
_PHONE = re.compile(
    r"(?<![\w./:-])(?:\+46 ?(?:\(0\) ?)?|0046 ?|0)\d{1,3}(?:[ \u00a0]?[-–/] ?"
    r"|[ \u00a0])?\d(?:[ \u00a0-]?\d){4,8}(?![\w-]|[.,]\d)"
)
_CLOSING = {")": "(", "]": "["}


def find_links(texts: Iterable[str]) -> tuple[Link, ...]:
    """Return the links in these texts, in order, each once. Labels are the words in the text."""
    found: dict[str, Link] = {}
    for text in texts:
        for _start, link in sorted(_in(text), key=lambda pair: pair[0]):
            found.setdefault(link.url, link)
    return tuple(found.values())


def _in(text: str) -> Iterator[tuple[int, Link]]:
    taken: list[tuple[int, int]] = []
    for match in _WEB.finditer(text):
        label = _trimmed(match[0])
        taken.append((match.start(), match.start() + len(label)))
        yield match.start(), Link(label if "://" in label else f"https://{label}", label)
    for match in _MAIL.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            yield match.start(), Link(f"mailto:{match[0]}", match[0])
    for match in _PHONE.finditer(text):
        number = _dialled(match[0])
        if number and not any(start <= match.start() < end for start, end in taken):
            yield match.start(), Link(f"tel:{number}", match[0])


def _trimmed(url: str) -> str:
    """Take away the punctuation that ends the sentence and not the address."""
    while url:
        last = url[-1]
        if last in _CLOSING and url.count(_CLOSING[last]) >= url.count(last):
            return url
        if last not in ".,:;!?'’*_~)]…–-":
            return url
        url = url[:-1]
    return url


def _dialled(written: str) -> str:
    """Return the number as it is dialled from abroad; empty when it has too few or too many digits."""
    digits = re.sub(r"\D", "", written.replace("(0)", ""))
    national = (
        digits.removeprefix("0046").removeprefix("46")
        if written[0] == "+" or digits.startswith("0046")
        else digits[1:]
    )
    return f"+46{national}" if 7 <= len(national) <= 10 else ""
