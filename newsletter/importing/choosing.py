"""The lines of a text that a person chooses about: title of an article, subhead, or text.

Those that the splitter takes for headings or drops, and other short lines, which it could have taken.
"""

from collections.abc import Mapping
from dataclasses import replace

from newsletter.importing.blocks import Kind
from newsletter.importing.files import says_titles
from newsletter.importing.lines import bare, read_lines
from newsletter.importing.markdown import read_markdown
from newsletter.importing.recognising import read_blocks
from newsletter.importing.text import read_text
from newsletter.importing.values import Heading, Proposal

KINDS = ("article", "subhead", "text", "dropped")
_MOST_WORDS = 16
_MOST_LETTERS = 120


def suggested(text: str, origin: str) -> list[Heading]:
    """Return the lines that a person may choose about, in order, each once, with what we take them for.

    ``text`` is decoded (see ``decoding``). Markdown has none. Raises as ``text.read_text`` does.
    """
    if says_titles(text, origin):
        return []
    found: dict[int, Heading] = {}
    for heading in read_text(text, origin).outline:
        found.setdefault(heading.number, heading)
    for block in read_blocks(read_lines(text)):
        if block.kind in (Kind.PARAGRAPH, Kind.ATTACHMENT) and _could_be(bare(block.text)):
            found.setdefault(block.number, Heading(block.number, "text", bare(block.text)))
    return [found[number] for number in sorted(found)]


def split(text: str, origin: str, lines: list[Heading], chosen: Mapping[int, str]) -> Proposal:
    """Propose articles as a person chose: by a line's number one of ``KINDS``; others stay as suggested.

    Only ``lines`` (from ``suggested``) can be chosen about. Files that the text names do not come along:
    pictures and attachments keep their words. Raises as ``suggested`` does, and as ``read_markdown`` does.
    """
    if says_titles(text, origin):
        proposal = read_markdown(text, origin)
    else:
        said = [replace(line, kind=chosen.get(line.number, line.kind), text="") for line in lines]
        outline = [line for line in said if line.kind != "text"]
        proposal = read_text(text, origin, outline)
    articles = [
        replace(
            article,
            text=replace(
                article.text,
                pictures=tuple(replace(picture, file=None) for picture in article.text.pictures),
                attachments=tuple(replace(each, file=None) for each in article.text.attachments),
            ),
        )
        for article in proposal.articles
    ]
    return replace(proposal, articles=articles)


def _could_be(text: str) -> bool:
    return (
        len(text) <= _MOST_LETTERS
        and len(text.split()) <= _MOST_WORDS
        and any(character.isalpha() for character in text)
        and text[-1:] not in (".", ",", ";")
        and "@" not in text
        and "://" not in text
    )
