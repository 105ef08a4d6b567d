"""What somebody copied in Word, Google Docs, LibreOffice or on a web page, as Markdown that we render.

    HTML from the clipboard -> blocks of runs (reading) -> Markdown (writing), its links judged (addresses)

Words, headings, bold, italics, links, lists, quotations and small tables come along. Styles, scripts, hidden
and deleted words, comments and pictures do not: a picture on somebody else's server would tell them who
reads the mail.
"""

from dataclasses import dataclass

from newsletter.errors import TextRefused
from newsletter.importing.pasted.reading import read
from newsletter.importing.pasted.writing import write

#: The longest HTML that is read, in characters; Word wraps a page of text in some 100,000.
MOST_CHARACTERS = 5_000_000
#: More tags than this no text has that somebody means to paste: a hundred pages from Word are some 30,000.
MOST_TAGS = 60_000


@dataclass(frozen=True, slots=True)
class Pasted:
    """``markdown`` is the text. ``pictures`` counts those that stood in it and did not come along."""

    markdown: str
    pictures: int = 0


def clean(html: str) -> Pasted:
    """Return copied HTML as Markdown. Raises ``TextRefused`` beyond the bounds above."""
    if len(html) > MOST_CHARACTERS or html.count("<") > MOST_TAGS:
        raise TextRefused(
            "Det du klistrade in är för stort för att göras om. Klistra in det i mindre bitar, eller utan "
            "formatering med Ctrl+Skift+V."
        )
    found = read(html)
    return Pasted(write(found.blocks), found.pictures)
