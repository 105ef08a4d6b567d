"""No variant holds a word of an article that its readers may not see: not in a part, not in a header.

A phrase of a hidden article is no leak where an article that may be seen holds it as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from functools import lru_cache
from urllib.parse import quote

from lxml import etree
from lxml.html import HtmlElement

from newsletter.core.articles import ArticleText
from newsletter.core.preflight import documents, message
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.matter import Part, Version
from newsletter.core.preflight.wording import (
    addresses,
    bare,
    holds,
    mail_addresses,
    plain,
    same_address,
    set_of,
)

#: A sentence with fewer words may well be said by two who know nothing of each other.
LEAST_WORDS = 6
#: A phrase with fewer words is looked for as a line of its own only: "Kalender" is in many a sentence.
_SOON_A_PHRASE = 3

#: Parts of the frame that name sections, regions and the association: they tell nothing of an article.
_FRAME = ("section", "toc-label", "region-name", "name", "foot-name", "flag", "label")
_FOOT = "foot"
#: What is read as the variant's HTML and text; anything else in a mail is something that it carries.
_THE_PARTS = ("text/html", "text/plain")
_TARGETS = "//@href | //@src | //@background"
_ADDED = set_of("bild bilder länkar bilagor picture pictures image links attachments files")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"’')\]]*\s+|\n+|\|")
_LINE_END = re.compile(r"[\n:•·|\[\]()]|[.!?]\s|\s[–-]\s")
_RULE = re.compile(r"^(?:={3}|-{3}).*$", re.MULTILINE)
#: Fields that name people and lists, and are the same whatever the articles say: a title may be a list's
#: name, but no sentence, link or file has any business there.
_NAMES = (
    "from",
    "to",
    "reply-to",
    "list-id",
    "list-help",
    "list-owner",
    "list-archive",
    "list-unsubscribe",
    "sender",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: its words, its lines and the addresses in it, each in a form to compare."""

    words: str
    lines: frozenset[str]
    links: frozenset[str]

    def has(self, phrase: str) -> bool:
        """Tell whether a bare phrase is said: anywhere, or as a whole line when it is short."""
        if phrase.count(" ") + 1 < _SOON_A_PHRASE:
            return phrase in self.lines
        return holds(self.words, phrase)

    def has_file(self, file: str) -> bool:
        """Tell whether an address leads to a file under the media folder."""
        return any(link.endswith("/" + same_address(file)) for link in self.links)


@dataclass(frozen=True, slots=True)
class _Secret:
    """Something of a hidden article; ``link`` or ``file`` instead of bare words for what is no phrase."""

    sentence: str
    shown: str
    phrase: str = ""
    link: str = ""
    file: str = ""

    @property
    def is_no_name(self) -> bool:
        """Whether it can't be what a list or a sender is called: a link, a file, or a whole sentence."""
        return not self.phrase or self.phrase.count(" ") + 1 >= LEAST_WORDS

    def is_in(self, said: Said) -> bool:
        """Tell whether a text gives it away."""
        if self.link:
            return same_address(self.link) in said.links
        return said.has_file(self.file) if self.file else said.has(self.phrase)


def check(version: Version, parts: tuple[Part, ...]) -> Iterator[Finding]:
    """Give what a variant tells of articles that its readers may not see: each kind of thing once."""
    seen = [part.text for part in parts if part.article_id in version.article_ids]
    places, names = _places(version), _names_of(version)
    for part in parts:
        if part.article_id in version.article_ids:
            continue
        told: set[str] = set()
        for secret in _secrets(part.text):
            told_by = names if secret.is_no_name else []
            place = next((place for place, said in (*places, *told_by) if secret.is_in(said)), None)
            if place is not None and secret.sentence not in told and not _is_seen(secret, seen):
                told.add(secret.sentence)
                facts = {"title": part.text.title, "words": secret.shown}
                yield Finding(
                    "leak", Severity.STOP, secret.sentence, facts, place, part.article_id
                ).in_variant(version.name)


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a text, without markup, that are long enough to be told from others."""
    parted = (sentence.strip() for sentence in _SENTENCE_END.split(plain(_unfolded(markdown))))
    return [sentence for sentence in parted if len(bare(sentence).split()) >= LEAST_WORDS]


@lru_cache(maxsize=256)  # as many as an issue has articles; each is asked for every variant
def _secrets(text: ArticleText) -> tuple[_Secret, ...]:
    return tuple(_told_by(text))


def _where(text: ArticleText) -> list[str]:
    """Return where an invitation asks people to come."""
    meeting = text.meeting
    return [words for words in (meeting.place, meeting.address) if bare(words)] if meeting else []


def _told_by(text: ArticleText) -> Iterator[_Secret]:
    if bare(text.title) and bare(text.title) not in _ADDED:
        yield _Secret(_TITLE, text.title, phrase=bare(text.title))
    yield from (_Secret(_SENTENCE, words, phrase=bare(words)) for words in _where(text))
    for sentence in (*sentences(text.lead), *sentences(text.body)):
        yield _Secret(_SENTENCE, sentence, phrase=bare(sentence))
    for link in _links_of(text):
        yield _Secret(_LINK, link, link=link)
    for picture in text.pictures:
        if picture.file:
            yield _Secret(_PICTURE, picture.file, file=picture.file)
        yield from (
            _Secret(_CAPTION, words, phrase=bare(words))
            for words in (picture.alt, picture.caption)
            if _is_telling(words)
        )
    for attachment in text.attachments:
        if attachment.file:
            yield _Secret(_ATTACHMENT, attachment.label or attachment.file, file=attachment.file)
        if _is_telling(attachment.label):
            yield _Secret(_ATTACHMENT, attachment.label, phrase=bare(attachment.label))


_TITLE = mark(
    "Rubriken ”{words}” står i ett brev vars läsare inte ska se artikeln. Ta bort den ur ämnesrad, "
    "förhandstext och andra artiklar."
)
_SENTENCE = mark(
    "En mening ur ”{title}” står i ett brev vars läsare inte ska se artikeln: ”{words}” Ta bort den."
)
_LINK = mark("En länk ur ”{title}” står i ett brev vars läsare inte ska se artikeln: {words}. Ta bort den.")
_PICTURE = mark(
    "En bild ur ”{title}” finns i ett brev vars läsare inte ska se artikeln: {words}. Ta bort den."
)
_CAPTION = mark(
    "En bildtext ur ”{title}” står i ett brev vars läsare inte ska se artikeln: ”{words}”. Ta bort den."
)
_ATTACHMENT = mark(
    "En bilaga ur ”{title}” finns i ett brev vars läsare inte ska se artikeln: {words}. Ta bort den."
)


def _is_telling(words: str) -> bool:
    """Tell whether a caption or a label can be told from others: one word alone cannot."""
    return " " in bare(words)


def _links_of(text: ArticleText) -> list[str]:
    written = f"{text.lead}\n{text.body}"
    targets = re.findall(r"\]\(\s*<?((?:https?|mailto|tel):[^)\s>]+)", written, re.IGNORECASE)
    bare_ones = [ways[-1] for ways in addresses(written)]
    mails = [f"mailto:{address}" for address in mail_addresses(written)]
    return list(dict.fromkeys((*(link.url for link in text.links), *targets, *bare_ones, *mails)))


def _is_seen(secret: _Secret, seen: list[ArticleText]) -> bool:
    return any(secret.is_in(_said_by(text)) for text in seen)


@lru_cache(maxsize=256)
def _said_by(text: ArticleText) -> Said:
    written = [
        *_where(text),
        text.title,
        text.kicker,
        plain(_unfolded(text.lead)),
        plain(_unfolded(text.body)),
        text.byline_name,
    ]
    written += [words for p in text.pictures for words in (p.alt, p.caption, p.credit)]
    written += [link.label for link in text.links] + [attachment.label for attachment in text.attachments]
    named = [*(p.file for p in text.pictures), *(attachment.file for attachment in text.attachments)]
    files = [file for file in named if file]
    links = [*_links_of(text), *(f"https://media.invalid/{quote(file)}" for file in files)]
    return _said("\n".join(written), links)


def _places(version: Version) -> list[tuple[Place, Said]]:
    """Return what each part and header of a variant says, the most telling place first."""
    root = documents.document(version.html)
    mail = message.read(version.message)
    others = [value for name, value in mail.fields if name.lower() not in (*_NAMES, "subject")]
    places = [(Place.SUBJECT, _said(mail.decoded("Subject"), []))]
    preheaders = root.xpath("//*[contains(concat(' ', @class, ' '), ' preheader ')]")
    places += [(Place.PREHEADER, _said(documents.words(one), [])) for one in preheaders]
    # The association's own address stands in every foot: an article that has it, too, is not told by it.
    foot = {same_address(str(link)) for link in root.xpath(f"//*[@class='{_FOOT}']//@href")}
    words = f"{documents.words(root, without=_FRAME)}\n{_beside_the_text(root)}"
    html = _said(words, [str(link) for link in root.xpath(_TARGETS)])
    text = _said(_RULE.sub("", version.text), [])
    places += [(Place.ITEMS, replace(said, links=said.links - foot)) for said in (html, text)]
    places += [(Place.TEMPLATE, _said(message.readable(value), [])) for value in others]
    places += [(Place.TEMPLATE, _said(words, [])) for words in _beside_the_parts(mail.message)]
    places += [(Place.ITEMS, _said(words, [])) for words in message.calendars(mail)]
    return places


def _names_of(version: Version) -> list[tuple[Place, Said]]:
    """Return what the fields say that name people and lists."""
    mail = message.read(version.message)
    named = (value for name, value in mail.fields if name.lower() in _NAMES)
    return [(Place.TEMPLATE, _said(message.readable(value), [])) for value in named]


def _beside_the_parts(mail: Message) -> Iterator[str]:
    """Give what a mail carries beside its two parts: files, their names, and what no program shows.

    That is the preamble and the epilogue (RFC 2046 5.1.1), and the fields of its parts.
    """
    for part in mail.walk():
        yield from (words for words in (part.preamble, part.epilogue) if words)
        if part is not mail:
            yield from (message.readable(str(value)) for value in part.values())
        if name := part.get_filename():
            yield f"https://media.invalid/{quote(name)}\n{name}"
        if part.get_content_maintype() == "text" and part.get_content_type() not in _THE_PARTS:
            carried = part.get_payload(decode=True)
            yield carried.decode("utf-8", "replace") if isinstance(carried, bytes) else str(carried)


def _beside_the_text(root: HtmlElement) -> str:
    """Return what a page says where few look: its title, labels of elements, comments."""
    said = [str(words) for words in root.xpath("//title/text() | //@title | //@aria-label")]
    comments = [re.sub("<[^>]*>", " ", comment.text or "") for comment in root.iter(etree.Comment)]
    return "\n".join((*said, *comments))


def _said(text: str, links: list[str]) -> Said:
    found = [*links, *(way for ways in addresses(text) for way in ways)]
    found += [f"mailto:{address}" for address in mail_addresses(text)]
    lines = frozenset(bare(line) for line in _LINE_END.split(text))
    return Said(bare(text), lines - {""}, frozenset(map(same_address, found)))


def _unfolded(markdown: str) -> str:
    """Return a text whose paragraphs are lines: a single line feed is a space in Markdown."""
    return re.sub(r"(?<!\n)\n(?![\n#>|*+-]|\s*\d+[.)]|\s*[-*+]\s)", " ", markdown)
