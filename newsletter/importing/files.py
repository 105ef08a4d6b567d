"""A file of articles, whatever it is written in: read, decoded and handed to the importer that fits."""

from pathlib import Path

from newsletter.errors import TextRefused
from newsletter.importing.decoding import read_file
from newsletter.importing.markdown import is_markdown, read_markdown
from newsletter.importing.outline import Correction
from newsletter.importing.text import read_text
from newsletter.importing.values import Proposal

_MARKDOWN = (".md", ".markdown")


def read(path: Path, correction: Correction | None = None) -> Proposal:
    """Propose the articles of a text file. ``correction`` is what an edited outline says of a plain text.

    Raises ``TextRefused`` for what cannot be read (see ``decoding``), for Markdown that cannot be understood,
    and for an outline of something else.
    """
    text = read_file(path)
    if not says_titles(text, path.name):
        return read_text(text, path.name, correction)
    if correction is not None:
        raise TextRefused(
            "Filen {file} är Markdown: dess titlar står i den själv, och den behöver ingen disposition.",
            file=path.name,
        )
    return read_markdown(text, path.name)


def says_titles(text: str, name: str) -> bool:
    """Tell whether a decoded text is Markdown, which says itself what its titles are."""
    return name.lower().endswith(_MARKDOWN) or is_markdown(text)
