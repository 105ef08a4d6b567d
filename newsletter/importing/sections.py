"""What the rule that tells titles from subheads needs to know of each section, read off the blocks.

blocks -> a run of blocks per heading -> core.outlines.Section
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from newsletter.core import swedish
from newsletter.core.outlines import Section
from newsletter.importing.blocks import Block, Kind, contents_follow, is_body, is_letterhead
from newsletter.importing.lines import bare

#: A section's words beyond these say nothing more about its subject.
_MOST_TERMS = 150
_MOST_TEXT = 6_000

_LABEL = re.compile(
    r"(?:[A-ZÅÄÖ]?\w+ ?[–—] |\w+: )|.* [–—] (?:FILM|VIDEO|PODD|film|video|podd|inställt|uppdaterat)$"
    r"|save the date|inbjudan|kallelse|påminnelse",
    re.IGNORECASE,
)
_BOXED = re.compile(
    r"(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio) (?:\w+ )?(?:råd|tips|frågor|saker|punkter|skäl|steg)\b"
    r"(?! till (?-i:[A-ZÅÄÖ]))"
    r"|(?:fakta|bakgrund|fotnot|så gör du|kort om|checklista|packlista|mer om|det här är)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"(?:ny|nya|nytt|välkommen|välkomna|grattis|vi gratulerar|tack|dags|nu|snart|äntligen|(?:missa|glöm) inte"
    r"|sista (?:chansen|dag|dagen att|anmälningsdag)|god jul|(?:glad|trevlig) (?:sommar|påsk))\b"
    r"|\w*hälsning(?:ar)?$|.* sökes$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"://|www\.|@|\b0\d{1,3}[- ]\d|\b(?:läs|se|hör|lyssna|titta)\b.{0,40}\b(?:mer|här|artikeln|på webben"
    r"|filmen)\b|\b(?:anmäl|boka|kontakta|ring|mejla)\b",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\b(?:välkom(?:men|na)|vi ses|väl mött|hör av dig|hör gärna av|lycka till|trevlig (?:sommar|helg"
    r"|läsning)|god jul|glad)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"(?:som (?:till exempel|en)|men|och|han|hon|de|därför|dessutom|samtidigt|även|också|sedan dess|där|denna"
    r"|detta|dessa|båda|efteråt|slutligen|vidare|å andra sidan)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:allt om|referat|nedan|följande|här (?:är|finns|kan du|ser du|kommer|följer)|så här|på gång"
    r"|sammanfatt\w+|rapport från|läs igenom"
    r"|några (?:av|saker|glimtar|punkter)|dessa (?:är|frågor|områden))\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:(?:mån|tis|ons|tors|fre|lör|sön)dag\w*|den) (?:den )?\d{1,2}\b.{0,60}\b(?:kl|klockan)\b\.? ?\d",
    re.IGNORECASE,
)


def read_sections(blocks: Sequence[Block]) -> tuple[list[int], list[Section]]:
    """Return the places of the headings among the blocks, and what is known of each one's section."""
    places = [place for place, block in enumerate(blocks) if block.kind is Kind.HEADING]
    listed = _listed_titles(blocks)
    sections = []
    for index, place in enumerate(places):
        end = places[index + 1] if index + 1 < len(places) else len(blocks)
        start = places[index - 1] + 1 if index else 0
        sections.append(_section(blocks, place, blocks[start:place], blocks[place + 1 : end], listed))
    return places, _ranked(sections, [blocks[place] for place in places])


def _section(
    blocks: Sequence[Block],
    place: int,
    before: Sequence[Block],
    below: Sequence[Block],
    listed: frozenset[str],
) -> Section:
    heading = blocks[place]
    text = [b for b in below if b.kind not in (Kind.CHROME, Kind.RULE, Kind.CAPTION, Kind.CREDIT)]
    paragraphs = [b for b in text if is_body(b)]
    joined = " ".join(b.text for b in text)[:_MOST_TEXT]
    title = bare(heading.text)
    return Section(
        words=len(title.split()),
        paragraphs=len(paragraphs),
        length=sum(len(b.text.split()) for b in text),
        title=title.lower(),
        items=_items(paragraphs),
        heading=frozenset(swedish.stems(title)),
        terms=frozenset(swedish.stems(f"{title} {joined}")[:_MOST_TERMS]),
        lead=frozenset(swedish.stems(" ".join(b.text for b in paragraphs[:2])[:_MOST_TEXT])),
        closing=_closing(before),
        opening=_opening(heading, below),
        is_clause=swedish.has_finite_verb(title) and not title.endswith("?"),
        is_question=title.endswith("?"),
        is_answered=title.endswith("?") and bool(paragraphs) and paragraphs[0].kind is Kind.TALK,
        is_labelled=_LABEL.match(title) is not None,
        is_boxed=_BOXED.match(title) is not None,
        is_news=_NEWS.match(title) is not None,
        is_calendar=_is_calendar(paragraphs),
        is_event=bool(paragraphs) and _EVENT.search(paragraphs[0].text[:300]) is not None,
        is_letterhead=is_letterhead(title),
        has_contact=any(_CONTACT.search(b.text) for b in below),
        is_listed=title.lower() in listed,
        continues=bool(paragraphs) and _CONTINUES.match(paragraphs[0].text) is not None,
        open_before=_is_open(before),
        announces=_ANNOUNCES.search(f"{title} {' '.join(b.text for b in paragraphs)}"[:_MOST_TEXT])
        is not None,
        first_person=any(swedish.speaks_of_itself(b.text) for b in paragraphs if b.kind is not Kind.TALK),
        attached=heading.attached,
    )


def _is_calendar(text: Sequence[Block]) -> bool:
    entries = sum(swedish.ENTRY.match(b.text) is not None for b in text)
    return entries >= 2 and entries * 2 > len(text)


def _closing(before: Sequence[Block]) -> float:
    kinds = {b.kind for b in before}
    if kinds & {Kind.SIGNATURE, Kind.ROLE}:
        return 5.0
    if kinds & {Kind.RULE}:
        return 3.0
    if kinds & {Kind.POSTSCRIPT, Kind.ATTACHMENT}:
        return 2.5
    if before and before[-1].kind is Kind.BYLINE:
        return 3.0
    last = next((b for b in reversed(before) if b.kind not in (Kind.CAPTION, Kind.CREDIT)), None)
    score = 1.0 if before and before[-1].kind is Kind.CREDIT else 0.0
    if last is not None and _CONTACT.search(last.text[-300:]):
        score += 1.7
    elif last is not None and _FAREWELL.search(last.text[-120:]):
        score += 1.5
    return score


def _opening(heading: Block, below: Sequence[Block]) -> float:
    if heading.kicker:
        return 4.0
    first = next(iter(below), None)
    return 4.0 if first is not None and first.kind in (Kind.KICKER, Kind.BYLINE, Kind.DATED) else 0.0


def _is_open(before: Sequence[Block]) -> bool:
    return bool(before) and is_body(before[-1]) and before[-1].text[-1] in ",:"


def _listed_titles(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the lines of a list of contents that come back as headings.

    It stands above the first heading, below the name of the letter, or below a line that says what it is.
    """
    places = [place for place, b in enumerate(blocks) if b.kind is Kind.HEADING][:2]
    first, second = (*places, len(blocks), len(blocks))[:2]
    is_contents = any(contents_follow(b.text) for b in blocks[:second])
    if places and (is_contents or is_letterhead(blocks[first].text)):
        first = second
    headings = {bare(b.text).lower() for b in blocks if b.kind is Kind.HEADING}
    return _items(blocks[:first]) & headings


def _items(blocks: Sequence[Block]) -> frozenset[str]:
    listed = (b for b in blocks if b.kind in (Kind.BULLET, Kind.NUMBER))
    return frozenset(bare(b.text).lower().rstrip(".") for b in listed)


def _ranked(sections: list[Section], headings: Sequence[Block]) -> list[Section]:
    """Give headings without marks a rank by their style: capitals above others, where both are in use."""
    if any(block.rank for block in headings):
        return [replace(s, rank=block.rank) for s, block in zip(sections, headings, strict=True)]
    capitals = [_is_capitals(block.text) for block in headings]
    if sum(capitals) < 2 or all(capitals):
        return sections
    return [replace(s, rank=1 if big else 2) for s, big in zip(sections, capitals, strict=True)]


def _is_capitals(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 4 and sum(letter.isupper() for letter in letters) > 0.85 * len(letters)
