"""Which short lines are headings. What follows a line decides, so the last ones are settled first."""

import re
from collections.abc import Sequence

from newsletter.core import swedish
from newsletter.importing import people
from newsletter.importing.blocks import Block, Kind, is_attachment, is_body, is_letterhead, split_kicker
from newsletter.importing.lines import bare, ends_sentence

_MOST_WORDS = 16
_MOST_LETTERS = 120

_ASKS = re.compile(
    r"(?:titta|läs|klicka|se|ladda|hör|gå|besök|lyssna|kontakta|ring|mejla|maila|boka|svara|följ"
    r"|missa inte|kolla|passa på|kom|ta del"
    r"|hej|kära|bästa|anmäl|sprid|dela|hjälp|hoppas|vi ses|vi hörs|glad|trevlig|god|ha en|ha det"
    r"|lycka till|varmt|hjärtligt|stort tack|read|click|see)\b",
    re.IGNORECASE,
)


def settle(blocks: list[Block]) -> None:
    """Turn the lines that are headings into such, and others into what they are. Changes the blocks."""
    gapless = _is_gapless(blocks)
    _open_kickers(blocks)
    waiting = 0  # headings in a row below this one that have no text between them
    for place in range(len(blocks) - 1, -1, -1):
        block = blocks[place]
        if block.kind is Kind.HEADING:
            waiting += 1
        elif (
            block.kind is Kind.PARAGRAPH
            and _may_be(blocks, place, gapless)
            and _has_text(blocks, place, waiting)
        ):
            waiting += 1
            block.kind = Kind.HEADING
            block.attached = place + 1 < len(blocks) and not blocks[place + 1].line.gap
        elif block.kind is not Kind.RULE:
            waiting = 0
            _settle_other(blocks, place)
    _settle_first(blocks, gapless)
    _settle_letterhead(blocks)


def _open_kickers(blocks: list[Block]) -> None:
    """Make a kicker a title where none stands before it, and take it off a title that it stands before."""
    for place in range(len(blocks) - 1, -1, -1):
        block = blocks[place]
        found = split_kicker(block.text) if block.kind is Kind.KICKER else None
        if found is None:
            continue
        if _is_title(found["rest"]) and place + 1 < len(blocks) and is_body(blocks[place + 1]):
            block.kind, block.kicker, block.text = (
                Kind.HEADING,
                block.text[: found.start("rest")],
                found["rest"],
            )
        elif not _stands_below_heading(blocks, place):
            title = Block(block.line, block.text[: found.start("rest")].rstrip(" :–—"), Kind.HEADING)
            blocks[place : place + 1] = [title, Block(block.line, found["rest"])]


def _stands_below_heading(blocks: Sequence[Block], place: int) -> bool:
    before = next((b for b in reversed(blocks[max(0, place - 3) : place]) if b.kind is not Kind.DATED), None)
    if before is None:
        return False
    return before.kind is Kind.HEADING or (
        before.kind is Kind.PARAGRAPH and _may_be(blocks, blocks.index(before, max(0, place - 3)), False)
    )


def _is_title(text: str) -> bool:
    return _is_short(text) and _ends_well(text)


def _is_gapless(blocks: Sequence[Block]) -> bool:
    """Tell whether the text has hardly any blank lines: then each line is a paragraph or a heading."""
    gaps = sum(block.line.gap for block in blocks[1:])
    return gaps * 5 < len(blocks) - 1


def _may_be(blocks: Sequence[Block], place: int, gapless: bool) -> bool:
    block = blocks[place]
    text = bare(block.text)
    if not (block.line.gap or gapless) or not _is_short(text) or not _starts_well(text):
        return False
    if swedish.ENTRY.match(text) or "@" in text or "://" in text:
        return False
    before = blocks[place - 1] if place else None
    if before is not None and before.kind is Kind.PARAGRAPH and before.text.endswith(","):
        return not gapless and block.line.gap
    return _ends_well(text) or _is_label(blocks, place)


def _is_label(blocks: Sequence[Block], place: int) -> bool:
    """”Nästa möte.” right above its text is a heading too, for those who put a full stop after everything."""
    text = bare(blocks[place].text)
    attached = place + 1 < len(blocks) and not blocks[place + 1].line.gap
    return (
        attached
        and text.endswith(".")
        and len(text.split()) <= 4
        and blocks[place].line.gap
        and not re.search(r"\. ", text)
        and not swedish.has_finite_verb(text)
    )


def _is_short(text: str) -> bool:
    return len(text) <= _MOST_LETTERS and len(text.split()) <= _MOST_WORDS


def _starts_well(text: str) -> bool:
    """Tell whether it begins with a capital, a figure, or a letter of a script that has no capitals."""
    first = text.lstrip("”\"“»'’¿(")[:1]
    return bool(first) and not first.islower() and first not in "/@&%+.,;:!?)"


def _ends_well(text: str) -> bool:
    if not any(character.isalpha() for character in text):
        return False
    if text.endswith(("…", "...")):
        return True
    if text[-1] in ".,;:":
        return False
    if re.search(r"[.!] [A-ZÅÄÖ]|[.!][”\"]$", text):
        return False
    if text.endswith("!"):
        return _exclaims(text)
    return True


def _exclaims(text: str) -> bool:
    """Tell whether ”Tack Rune!” is a heading and not somebody's last words."""
    count = len(text.split())
    short = count <= 5 or (count <= 9 and not swedish.has_finite_verb(text))
    return short and _ASKS.match(text) is None and not people.is_greeting(text)


def _has_text(blocks: Sequence[Block], place: int, waiting: int) -> bool:
    """Tell whether text stands below it, or one other heading with text: a title above a subhead."""
    after = next((b for b in blocks[place + 1 : place + 4] if b.kind is not Kind.RULE), None)
    if after is None:
        return False
    if after.kind is Kind.HEADING:
        return (
            waiting == 1
            and not is_attachment(blocks[place], blocks, place)
            and not _looks_like_label(blocks, place)
        )
    if blocks[place].text.endswith("!") and len(after.text.split()) < 8 and after.kind is not Kind.BULLET:
        return False
    return is_body(after) or (after.line.gap and _is_run(blocks, blocks.index(after, place)))


def _is_run(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether several lines stand close together here: a table, an address, verse."""
    pair = blocks[place : place + 2]
    return len(pair) == 2 and all(b.kind is Kind.PARAGRAPH for b in pair) and not pair[1].line.gap


def _looks_like_label(blocks: Sequence[Block], place: int) -> bool:
    """In the middle of a text a line above a heading is rather what is left of a photo or a link."""
    before = blocks[place - 1] if place else None
    return before is not None and is_body(before) and people.starts_with_name(blocks[place].text) is not None


def _settle_other(blocks: Sequence[Block], place: int) -> None:
    block = blocks[place]
    if block.kind is not Kind.PARAGRAPH or place == 0 or is_body(block):
        return
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    if (after is None or after.kind is Kind.HEADING) and is_attachment(block, blocks, place):
        block.kind = Kind.ATTACHMENT


def _settle_first(blocks: Sequence[Block], gapless: bool) -> None:
    """Take a short first line for the title, whatever stands below it."""
    for place, block in enumerate(blocks):
        if block.kind not in (Kind.CHROME, Kind.RULE, Kind.DATED):
            if block.kind is Kind.PARAGRAPH and not is_body(block) and _may_be(blocks, place, gapless):
                block.kind = Kind.HEADING
            return


def _settle_letterhead(blocks: Sequence[Block]) -> None:
    """Take the name of the letter above its first heading for what it is: no article."""
    shown = [block for block in blocks if block.kind not in (Kind.CHROME, Kind.RULE)][:2]
    if len(shown) < 2 or shown[1].kind is not Kind.HEADING or not is_letterhead(shown[0].text):
        return
    if shown[0].kind in (Kind.HEADING, Kind.PARAGRAPH) and not ends_sentence(shown[0].text):
        shown[0].kind = Kind.LETTERHEAD
