"""Plain text becomes articles.

    text -> lines -> blocks -> (a person's outline) -> sections -> which headings open articles? -> articles

Nothing is lost: each word of the text is in an article, or in a dropped line that is reported.
"""

from collections.abc import Sequence
from dataclasses import replace

from newsletter.core import fingerprints, outlines
from newsletter.errors import TextRefused
from newsletter.importing.assembling import assemble
from newsletter.importing.blocks import Block, Kind, contents_follow
from newsletter.importing.lines import bare, read_lines
from newsletter.importing.outline import Correction, apply
from newsletter.importing.recognising import read_blocks
from newsletter.importing.sections import read_sections
from newsletter.importing.values import Heading, Proposal, Proposed

#: More lines than this, blank ones too, no newsletter has.
MOST_LINES = 100_000

_FURNITURE = (Kind.CHROME, Kind.RULE, Kind.LETTERHEAD)


def read_text(text: str, origin: str, correction: Correction | None = None) -> Proposal:
    """Propose how a decoded text (see ``decoding``) splits into articles. ``origin`` is its file's name.

    ``correction`` is a person's outline of this text. Raises ``TextRefused`` when it does not fit the text,
    and for a text of far too many lines.
    """
    if text.count("\n") > MOST_LINES:
        raise TextRefused(
            "Filen {file} har fler än {most} rader och är inget nyhetsbrev. Dela upp den.",
            file=origin,
            most=MOST_LINES,
        )
    blocks = read_blocks(read_lines(text))
    forced: dict[int, bool] = {}
    if correction is not None:
        blocks, forced = apply(correction, blocks, origin)
    opens = _openings(blocks, forced)
    articles, dropped = _assembled(blocks, opens, origin)
    opening = set(opens)
    return Proposal(
        origin=origin,
        source=fingerprints.of_text(text),
        articles=articles,
        dropped=dropped,
        outline=[_entry(block, place in opening) for place, block in enumerate(blocks) if _is_listed(block)],
        corrected=correction is not None,
    )


def _openings(blocks: Sequence[Block], forced: dict[int, bool]) -> list[int]:
    """Return the places of the headings that open articles."""
    places, sections = read_sections(blocks)
    known = [replace(s, forced=forced.get(place)) for place, s in zip(places, sections, strict=True)]
    return [place for place, opens in zip(places, outlines.split(known), strict=True) if opens]


def _assembled(
    blocks: Sequence[Block], opens: Sequence[int], origin: str
) -> tuple[list[Proposed], list[str]]:
    articles: list[Proposed] = []
    start = opens[0] if opens else len(blocks)
    carried, dropped = _before_first(blocks[:start])
    if carried and (not opens or _is_text(carried)):
        text, left = assemble(None, carried, origin)
        if text.title:  # a line that only dates is no article
            articles.append(Proposed(text=text, number=carried[0].number))
        dropped += left
        carried = []
    for place, end in zip(opens, [*opens[1:], len(blocks)], strict=False):
        text, left = assemble(blocks[place], [*carried, *blocks[place + 1 : end]], origin)
        articles.append(Proposed(text=text, number=blocks[place].number))
        dropped += left
        carried = []
    return articles, dropped


def _before_first(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """Take what stands above the first title apart: lines of the page, a list of contents, and the rest."""
    dropped = [block.line.text for block in blocks if block.kind in _FURNITURE]
    rest = [block for block in blocks if block.kind not in _FURNITURE]
    if _is_contents(rest):
        return [], dropped + [block.line.text for block in rest]
    return rest, dropped


def _is_contents(blocks: Sequence[Block]) -> bool:
    """Tell whether these lines only list what is in the letter: ”I detta nummer:” and items."""
    items = sum(block.kind in (Kind.BULLET, Kind.NUMBER) for block in blocks)
    return items >= 2 and items == len(blocks) - 1 and contents_follow(blocks[0].text)


def _is_text(blocks: Sequence[Block]) -> bool:
    """Tell whether these are an article of their own, and not a date or a photo's line above a title."""
    return any(
        block.kind not in (Kind.DATED, Kind.CAPTION, Kind.CREDIT, Kind.BYLINE, Kind.SIGNATURE, Kind.ROLE)
        for block in blocks
    )


def _is_listed(block: Block) -> bool:
    return block.kind in (Kind.HEADING, Kind.CHROME, Kind.LETTERHEAD)


def _entry(block: Block, opens: bool) -> Heading:
    if block.kind is not Kind.HEADING:
        return Heading(block.number, "dropped", bare(block.line.text))
    return Heading(block.number, "article" if opens else "subhead", bare(block.text))
