"""The blocks below a title become an article: kicker, date, lead, Markdown body, byline, pictures, links.

Each block goes to one place and none is left over; what belongs to the page and not to the text is returned
beside the article, so that it can be shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.core import swedish
from newsletter.core.articles import ArticleText, Attachment, Picture
from newsletter.importing import markup, people
from newsletter.importing.blocks import Block, Kind, split_kicker
from newsletter.importing.lines import ends_sentence
from newsletter.importing.links import find_links

#: A lead has at most this many words.
_LONGEST_LEAD = 60
#: Lines shorter than this that follow each other keep their breaks: addresses, calendars, verse.
_SHORT_LINE = 70
_LONGEST_CREDIT = 200
_LONGEST_NAME = 200
_LONGEST_FALLBACK = 70

_SPEAKS = re.compile(r"\w+ har ordet\b", re.IGNORECASE)
_QUOTED = re.compile(r"[”\"“»][^”\"“»«]+[”\"“«»][.!?]?")


@dataclass(slots=True)
class _Parts:
    """An article being put together."""

    title: str
    kicker: str = ""
    dateline: date | None = None
    byline: tuple[str, str] | None = None
    pictures: list[Picture] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def assemble(title: Block | None, blocks: Sequence[Block], origin: str) -> tuple[ArticleText, list[str]]:
    """Return the article of a title (None: there is none) and its blocks, and the lines that were dropped."""
    parts = _Parts(title.text if title else "")
    if title is not None:
        _read_kicker(parts, title.kicker)
        if _SPEAKS.match(title.text):  # other dates in titles are those of meetings to come
            parts.dateline = parts.dateline or swedish.find_date(title.text)
    for place, block in enumerate(blocks):
        _PLACES.get(block.kind, _keep)(parts, block, place)
    parts.title = parts.title or _title_from(parts)
    return _article(parts, origin), parts.dropped


def _article(parts: _Parts, origin: str) -> ArticleText:
    lead, body = _set(parts)
    shown = [block.text for block in parts.body]
    return ArticleText(
        title=parts.title,
        kicker=parts.kicker,
        dateline=parts.dateline,
        lead=lead,
        body=body,
        byline_name=parts.byline[0] if parts.byline else "",
        byline_role=parts.byline[1] if parts.byline else "",
        language=swedish.language_of(" ".join([parts.title, *shown])),
        pictures=tuple(parts.pictures),
        links=find_links([*shown, *(parts.byline or ())]),
        attachments=tuple(parts.attachments),
        origin=origin,
    )


# --- Where each kind of block goes ---


def _keep(parts: _Parts, block: Block, _place: int) -> None:
    parts.body.append(block)


def _drop(parts: _Parts, block: Block, _place: int) -> None:
    parts.dropped.append(block.line.text)


def _take_kicker(parts: _Parts, block: Block, place: int) -> None:
    found = split_kicker(block.text)
    if found is None or parts.kicker or any(b.kind is not Kind.CAPTION for b in parts.body):
        _keep(parts, block, place)
        return
    _read_kicker(parts, block.text[: found.start("rest")])
    parts.body.append(Block(block.line, found["rest"], Kind.KICKER))


def _read_kicker(parts: _Parts, words: str) -> None:
    """Split ”KRÖNIKA 7 JULI 2022: ” into the label and the date; a date that does not exist stays a label."""
    found = split_kicker(f"{words} x") if words else None
    if found is None:
        parts.kicker = parts.kicker or words.strip(" :–—")
        return
    dated = swedish.find_date(found["date"] or "")
    parts.kicker = found["label"] if dated else words.strip(" :–—")
    parts.dateline = dated or parts.dateline


def _take_date(parts: _Parts, block: Block, place: int) -> None:
    if parts.dateline is None and (day := swedish.find_date(block.text)):
        parts.dateline = day
        parts.dropped.append(block.text)
    else:
        _keep(parts, block, place)


def _take_byline(parts: _Parts, block: Block, place: int) -> None:
    found = people.byline(block.text)
    if found is None or parts.byline is not None or len(found[1]) > _LONGEST_NAME:
        _keep(parts, block, place)
        return
    mark, name, role = found
    if mark.lower() in ("av", "by", "skrivet av"):
        parts.dropped.append(mark)
        parts.byline = (name, role)
    else:
        parts.byline = (name, ", ".join(filter(None, (role, mark))))


def _take_signature(parts: _Parts, block: Block, place: int) -> None:
    text, credit = people.split_credit(block.text)
    found = people.after_greeting(text)
    if parts.byline is not None or found is None or len(found[0]) > _LONGEST_NAME:
        _keep(parts, block, place)
        return
    parts.byline = found
    if credit:
        parts.pictures.append(Picture(credit=credit))


def _take_role(parts: _Parts, block: Block, place: int) -> None:
    if parts.byline is None or parts.byline[1] or len(block.text) > 400:
        _keep(parts, block, place)
    else:
        parts.byline = (parts.byline[0], block.text)


def _take_caption(parts: _Parts, block: Block, _place: int) -> None:
    caption, credit = people.split_credit(block.text)
    if len(credit) > _LONGEST_CREDIT:
        caption, credit = block.text, ""
    last = parts.pictures[-1] if parts.pictures else None
    if not caption and last is not None and last.caption and not last.credit:
        parts.pictures[-1] = Picture(caption=last.caption, credit=credit)
    else:
        parts.pictures.append(Picture(caption=caption, credit=credit))


def _take_attachment(parts: _Parts, block: Block, place: int) -> None:
    parts.attachments.append(Attachment(block.text))
    _keep(parts, block, place)


_PLACES = {
    Kind.CHROME: _drop,
    Kind.RULE: _drop,
    Kind.LETTERHEAD: _drop,
    Kind.KICKER: _take_kicker,
    Kind.DATED: _take_date,
    Kind.BYLINE: _take_byline,
    Kind.SIGNATURE: _take_signature,
    Kind.ROLE: _take_role,
    Kind.CAPTION: _take_caption,
    Kind.CREDIT: _take_caption,
    Kind.ATTACHMENT: _take_attachment,
}


# --- Setting the body in Markdown ---


def _set(parts: _Parts) -> tuple[str, str]:
    blocks = parts.body
    count = 1 if _begins_with_lead(blocks) else 0
    lead = "\n\n".join(_groups(blocks[:count]))
    return lead, "\n\n".join(_groups(blocks[count:]))


def _begins_with_lead(blocks: Sequence[Block]) -> bool:
    """Tell whether the first paragraph is a lead: short, with more text after it than in it."""
    if len(blocks) < 2 or blocks[0].kind is not Kind.PARAGRAPH:
        return False
    count = len(blocks[0].text.split())
    rest = sum(len(block.text.split()) for block in blocks[1:])
    joined = blocks[1].kind is Kind.PARAGRAPH and not blocks[1].line.gap
    return (
        count <= min(_LONGEST_LEAD, rest)
        and blocks[0].text[-1] not in ":,"
        and not (joined and _is_short(blocks[0]))
    )


def _groups(blocks: Sequence[Block]) -> list[str]:
    """Set blocks as Markdown: runs of list items and of short lines together, each other block by itself."""
    groups: list[str] = []
    place = 0
    while place < len(blocks):
        end = _end_of_run(blocks, place)
        groups.append(_set_run(blocks[place:end]))
        place = end
    return groups


def _end_of_run(blocks: Sequence[Block], start: int) -> int:
    end = start + 1
    while end < len(blocks) and _belong_together(blocks[end - 1], blocks[end]):
        end += 1
    return end


def _belong_together(before: Block, block: Block) -> bool:
    if before.kind is not block.kind:
        return before.kind is Kind.GREETING and block.kind is Kind.SIGNATURE
    if block.kind is Kind.BULLET:
        return True
    if block.kind is Kind.NUMBER:
        return block.ordered == before.ordered + 1
    if block.kind is Kind.PARAGRAPH and not block.line.gap:
        return _is_short(before) and _is_short(block)
    return False


def _is_short(block: Block) -> bool:
    return len(block.text) <= _SHORT_LINE and (not ends_sentence(block.text) or block.text[-1] == ":")


def _set_run(run: Sequence[Block]) -> str:
    first = run[0]
    texts = [block.text for block in run]
    if first.kind is Kind.HEADING:
        return markup.heading(f"{first.kicker}{first.text}")
    if first.kind is Kind.BULLET:
        return markup.bullets(texts)
    if first.kind is Kind.NUMBER:
        return markup.numbered(texts, first.ordered)
    if len(run) > 1:
        return markup.lines(texts)
    if _QUOTED.fullmatch(first.text):
        return markup.quotation(first.text)
    return markup.paragraph(first.text)


def _title_from(parts: _Parts) -> str:
    """Make a title of the first words, for a text that has none; the words stay where they are too."""
    shown = [block.text for block in parts.body]
    shown += [parts.kicker, *(f"{picture.caption} {picture.credit}" for picture in parts.pictures)]
    shown += parts.byline or ()
    words = next((text for text in shown if text.strip()), "").split()
    title = ""
    for word in words:
        if title and len(title) + len(word) + 1 > _LONGEST_FALLBACK:
            return f"{title} …"
        title = f"{title} {word}".strip()[: _LONGEST_FALLBACK * 2]
    return title
