"""Texts brought to a form in which what says the same is the same, and the addresses that a text holds."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

#: Characters that nobody sees: soft hyphen, joiners, marks of direction.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NOTE = re.compile(r"[ \u00a0\n]\[\d{1,3}\]")
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"”“„«»`|\\^{}]{1,2000}", re.IGNORECASE)
_MAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@(?:[^\W_][\w-]{0,62}\.){0,8}[^\W_][\w-]{0,62}"
)
_MARKDOWN = (
    (re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"<((?:https?|mailto|tel):[^>\s]+|[^>\s@]+@[^>\s]+)>", re.IGNORECASE), r"\1"),
    (re.compile(r"^[ \t]*(?:#{1,6}|[-*+]|\d{1,9}[.)]|>)[ \t]+", re.MULTILINE), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
    (re.compile(r"(?<![\w*])[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}(?![\w*])"), ""),
)


def set_of(listed: str, *, parted_by: str = r"\s+") -> frozenset[str]:
    """Return a list that is written as prose, as a set."""
    return frozenset(filter(None, (entry.strip() for entry in re.split(parted_by, listed))))


def plain(markdown: str) -> str:
    """Return the words of a text in Markdown, roughly: no links, marks of headings, lists or emphasis."""
    for mark, instead in _MARKDOWN:
        markdown = mark.sub(instead, markdown)
    return markdown


def bare(text: str) -> str:
    """Return the words alone, lower case, with one space between; no numbers of notes (`` [1]``)."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return " ".join(_WORD.findall(_NOTE.sub("", seen))).casefold()


def holds(text: str, phrase: str) -> bool:
    """Tell whether a bare text has a bare phrase in it, in whole words."""
    return bool(phrase) and f" {phrase} " in f" {text} "


def addresses(text: str) -> Iterator[tuple[str, ...]]:
    """Give each web address in a text as the ways to read it: with and without what may end a sentence."""
    for found in _ADDRESS.finditer(text):
        url = found[0]
        ways = [url]
        while url and url[-1] in ".,:;!?'’*_~)]…–-":
            url = url[:-1]
            ways.append(url)
        yield tuple(ways)


def mail_addresses(text: str) -> list[str]:
    """Return the mail addresses in a text; one in a web address is none."""
    return [found.rstrip(".-") for found in _MAIL.findall(_ADDRESS.sub(" ", text))]


def same_address(url: str) -> str:
    """Return a form in which two ways of writing one address are the same: for comparing, not for use."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return unquote(url).casefold()
    if not host:
        return unquote(url).casefold()
    rest = unquote(f"{parts.path.rstrip('/')}?{parts.query}" if parts.query else parts.path.rstrip("/"))
    return f"{host}{rest}" + (f"#{parts.fragment}" if parts.fragment else "")
