"""Who wrote it, and who is seen: signatures at the end of articles, captions in the middle of them.

”Anna Berg, ordförande” may be either. Someone whom the text just spoke of by name is in a photo; someone whom
it did not mention, or who writes in the first person, has signed.
"""

from collections.abc import Iterator, Sequence

from newsletter.core import swedish
from newsletter.importing import people
from newsletter.importing.blocks import Block, Kind, is_body
from newsletter.importing.lines import bare, ends_sentence

_LONGEST = 400
#: How many blocks above a line are searched for a name.
_REACH = 12


def settle(blocks: list[Block]) -> None:
    """Find greetings, signatures with roles, and captions that start with a name. Changes the blocks."""
    for place, block in enumerate(blocks):  # which may grow behind the place
        if block.kind in (Kind.PARAGRAPH, Kind.CAPTION) and len(block.text) <= _LONGEST:
            _settle_one(blocks, place)


def _settle_one(blocks: list[Block], place: int) -> None:
    block = blocks[place]
    before = blocks[place - 1] if place else None
    if before is not None and before.kind is Kind.SIGNATURE and _is_role_below(blocks, place):
        _take_role(blocks, place)
    elif people.is_greeting(block.text) and _is_signed_next(blocks, place):
        block.kind = Kind.GREETING
    elif before is not None and before.kind is Kind.GREETING and people.after_greeting(block.text):
        block.kind = Kind.SIGNATURE
    elif block.kind is Kind.CAPTION:
        block.kind = Kind.SIGNATURE if _signs_with_photo(blocks, place) else Kind.CAPTION
    elif people.starts_with_name(block.text):
        block.kind = _named(blocks, place)
    elif _board_signs(blocks, place):
        block.kind = Kind.SIGNATURE


def _take_role(blocks: list[Block], place: int) -> None:
    """Make the line under a name its role; a telephone number or an address on the same line stays text."""
    block = blocks[place]
    role, contact = people.without_contact(block.text)
    if contact:
        blocks.insert(place + 1, Block(block.line, contact))
    block.kind, block.text = (Kind.ROLE, role) if role else (Kind.PARAGRAPH, contact)


def _named(blocks: list[Block], place: int) -> Kind:
    """Say what a line is that begins with a name: signature, caption or text."""
    block = blocks[place]
    text = bare(block.text)
    if people.is_names_only(text):
        return Kind.SIGNATURE if _name_signs(blocks, place) else Kind.PARAGRAPH
    known = _is_spoken_of(blocks, place)
    if people.signature(text) and not ends_sentence(text):
        return Kind.CAPTION if known else Kind.SIGNATURE
    if known and not ends_sentence(text) and len(text.split()) <= 20:
        return Kind.CAPTION
    return Kind.PARAGRAPH


def _name_signs(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether a name alone signs: no text follows it, or a line that can be its role."""
    if place == 0:
        return False
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    if after is None or after.kind in (Kind.RULE, Kind.CREDIT, Kind.CHROME, Kind.POSTSCRIPT, Kind.CAPTION):
        return True
    if not after.line.gap:
        return people.is_role(people.without_contact(after.text)[0]) and not ends_sentence(after.text)
    return not is_body(after)


def _is_role_below(blocks: Sequence[Block], place: int) -> bool:
    block, before = blocks[place], blocks[place - 1]
    role, _contact = people.without_contact(block.text)
    if not people.is_names_only(before.text) or not role or not people.is_role(bare(role)):
        return False
    if not block.line.gap:
        return True
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    return len(block.text.split()) <= 6 and (after is None or not is_body(after))


def _is_signed_next(blocks: Sequence[Block], place: int) -> bool:
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    return after is not None and people.after_greeting(bare(after.text)) is not None


def _board_signs(blocks: Sequence[Block], place: int) -> bool:
    text = bare(blocks[place].text)
    if place == 0 or (people.board(text) is None and not text.startswith("/")):
        return False
    if text.startswith("/"):
        return people.signature(text) is not None
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    return after is None or not is_body(after)


def _signs_with_photo(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether ”Anna Berg, rektor (foto: privat)” signs too: the text above does not speak of her."""
    text, credit = people.split_credit(bare(blocks[place].text))
    if not credit or people.signature(text) is None:
        return False
    return not _is_spoken_of(blocks, place) and not _is_text_after(blocks, place)


def _is_text_after(blocks: Sequence[Block], place: int) -> bool:
    return place + 1 < len(blocks) and is_body(blocks[place + 1])


def _is_spoken_of(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether the text above names this person, and is not that person's own."""
    name = people.starts_with_name(blocks[place].text)
    if name is None:
        return False
    family = swedish.stem(name.split()[-1])
    above = list(_section_above(blocks, place))
    if any(swedish.speaks_of_itself(b.text) for b in above if b.kind is not Kind.TALK):
        return False
    return any(family in map(swedish.stem, swedish.words(b.text)) for b in above)


def _section_above(blocks: Sequence[Block], place: int) -> Iterator[Block]:
    """Give the text above a line, up to what is probably its heading, but not more than a few blocks."""
    for before in reversed(blocks[max(0, place - _REACH) : place]):
        if before.kind in (Kind.CAPTION, Kind.CREDIT):
            continue
        if not is_body(before):
            return
        yield before
