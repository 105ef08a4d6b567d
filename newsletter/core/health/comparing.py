"""A mail that we sent ourselves: what came against what went, decoded, so that another encoding is no change.

    fields   From, Reply-To, Message-ID, List-Unsubscribe and the like: as they were (P10, U1, U8)
    links    each one leads where it led; none goes by way of somebody who counts
    pictures none is added: a mail of ours has no pixel
    words    what we wrote stands there; a foot that was added is told

A signature over what was changed cannot hold, so this tells why one does not.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from newsletter.core.health.checks import Check, Group, Level, mark, printable
from newsletter.core.inbound import mail
from newsletter.core.inbound.mail import Mail
from newsletter.core.preflight import documents

#: Fields that must arrive as they were: each once, with the same value.
_KEPT = ("From", "Reply-To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
#: Fields whose change does little harm.
_WANTED = ("Subject", "List-Id", "Date")

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_STYLED = re.compile(r"url\(\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)
_FETCHING = ("img", "input", "video", "audio", "source", "embed", "iframe", "script", "link", "object")


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail as its reader has it. ``html`` is None where it has no such part."""

    mail: Mail
    text: str
    html: HtmlElement | None

    @property
    def links(self) -> list[str]:
        """Where its links lead, in order."""
        if self.html is None:
            return []
        found = (each.get("href") or "" for each in documents.elements(self.html, "a", "area"))
        return [each.strip() for each in found if each.strip() and not each.startswith("#")]

    @property
    def fetched(self) -> list[str]:
        """What is fetched from elsewhere when it is opened."""
        return list(_fetched(self.html)) if self.html is not None else []

    @property
    def words(self) -> str:
        """What its HTML says, on one line."""
        return " ".join(documents.words(self.html).split()) if self.html is not None else ""


def compare(went: bytes, came: bytes) -> list[Check]:
    """Return what was done to a mail on the way; nothing where it arrived as it went. Never raises.

    ``went`` is what followed DATA, ``came`` the mail as it was received, trace fields and all.
    """
    ours, theirs = _read(went), _read(came)
    return [
        *_fields(ours.mail, theirs.mail),
        *_links(ours, theirs),
        *_pictures(ours, theirs),
        *_parts(ours, theirs),
    ]


def _read(raw: bytes) -> _Read:
    read = mail.read(raw)
    own = [part for part in read.parts if not part.attached and not part.name]
    html = next((part for part in own if part.type == "text/html"), None)
    text = next((part for part in own if part.type == "text/plain"), None)
    return _Read(
        read,
        mail.characters(text.content, text.charset) if text else "",
        documents.document(mail.characters(html.content, html.charset)) if html else None,
    )


def _fields(ours: Mail, theirs: Mail) -> Iterator[Check]:
    for name in (*_KEPT, *_WANTED):
        went, came = ours.values(name), theirs.values(name)
        if went and went != came:
            level = Level.RED if name in _KEPT else Level.AMBER
            yield _field(name, level, went[0], came)


def _field(name: str, level: Level, went: str, came: list[str]) -> Check:
    facts = {"field": name, "went": printable(went, 200), "came": printable(" | ".join(came), 200)}
    if not came:
        says = mark("Fältet {field} försvann på vägen.")
        do = mark("Säg till mejlserverns leverantör: ta inte bort {field}. Det gick som ”{went}”.")
        return _check(name.lower(), level, says, do, **facts)
    if len(came) > 1:
        says = mark("Fältet {field} kom flera gånger, och ska stå en gång.")
    else:
        says = mark("Fältet {field} ändrades på vägen.")
    do = mark(
        "Säg till mejlserverns leverantör: ändra inget i brevhuvudet. {field} gick som ”{went}” och kom som "
        "”{came}”."
    )
    return _check(name.lower(), level, says, do, **facts)


def _links(ours: _Read, theirs: _Read) -> Iterator[Check]:
    lost = _missing(ours.links, theirs.links) if theirs.html is not None else []
    new = _missing(theirs.links, ours.links)
    if lost:
        yield _link(lost, new)
        return
    lost = _missing(_URL.findall(ours.text), _URL.findall(theirs.text)) if theirs.text else []
    if lost:
        yield _link(lost, _missing(_URL.findall(theirs.text), _URL.findall(ours.text)))
    elif new:
        yield _check(
            "links",
            Level.AMBER,
            mark("En länk lades till på vägen: {came}."),
            mark("Säg till mejlserverns leverantör: lägg inte till något i våra brev."),
            came=printable(new[0], 200),
        )


def _link(lost: list[str], new: list[str]) -> Check:
    return _check(
        "links",
        Level.RED,
        mark("Länkar ändrades på vägen. {went} leder nu till {came}.")
        if new
        else mark("Länkar försvann på vägen. {went} finns inte kvar."),
        mark(
            "Säg till mejlserverns leverantör: stäng av länkspårning (click tracking) för vårt konto. "
            "Länkarna ska stå som vi skrev dem."
        ),
        went=printable(lost[0], 200),
        came=printable(new[0], 200) if new else "",
    )


def _pictures(ours: _Read, theirs: _Read) -> Iterator[Check]:
    new = _missing(theirs.fetched, ours.fetched)
    if new:
        yield _check(
            "pictures",
            Level.RED,
            mark("Något som hämtas från nätet lades till på vägen: {came}. Så märks vem som öppnar brevet."),
            mark(
                "Säg till mejlserverns leverantör: stäng av öppningsspårning (open tracking) för vårt konto."
            ),
            came=printable(new[0], 200),
        )


def _parts(ours: _Read, theirs: _Read) -> Iterator[Check]:
    do = mark("Säg till mejlserverns leverantör: skicka våra brev som de är, utan sidfot och omskrivning.")
    if ours.html is not None and theirs.html is None:
        yield _check("parts", Level.RED, mark("Brevets HTML försvann på vägen."), do)
    if ours.text and not theirs.text:
        yield _check("parts", Level.AMBER, mark("Brevets textdel försvann på vägen."), do)
    for went, came in ((ours.text, theirs.text), (ours.words, theirs.words)):
        said, heard = _on_a_line(went), _on_a_line(came)
        if heard and said != heard:
            if said in heard:
                added = printable(heard.replace(said, " … ", 1).strip(), 200)
                yield _check(
                    "words", Level.AMBER, mark("Text lades till på vägen: ”{came}”."), do, came=added
                )
            else:
                yield _check("words", Level.AMBER, mark("Texten ändrades på vägen."), do)
            return
    more = [part for part in theirs.mail.parts if part.name and not part.attached]
    if more and not any(part.name for part in ours.mail.parts):
        says = mark("En fil bifogades på vägen: {came}.")
        yield _check("parts", Level.AMBER, says, do, came=printable(more[0].name))


def _fetched(html: HtmlElement) -> Iterator[str]:
    for element in documents.elements(html):
        if element.tag in _FETCHING:
            yield from filter(None, (element.get(name) for name in ("src", "href", "data", "srcset")))
        yield from filter(None, (element.get(name) for name in ("background", "poster")))
        yield from _STYLED.findall(element.get("style") or "")
        if element.tag == "style":
            yield from _STYLED.findall(element.text or "")


def _on_a_line(text: str) -> str:
    """Return a text without its links, which are told of apart."""
    return " ".join(_URL.sub("", text).split())


def _missing(wanted: list[str], there: list[str]) -> list[str]:
    """Return what of ``wanted`` is not there, as often as it is not."""
    return list((Counter(wanted) - Counter(there)).elements())


def _check(name: str, level: Level, says: str, do: str, **facts: str | int) -> Check:
    return Check(Group.BOOMERANG, f"came-{name}", level, says, do, facts)
