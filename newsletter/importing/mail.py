"""A mail becomes an article: its text or its Word file, its pictures, and the files that may lie beside it.

a Word file, where the mail itself says little -> word
formatted text that quotes nothing             -> pasted
plain text, the writer's own words             -> blocks, as of any text
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from newsletter.core import swedish
from newsletter.core.articles import ArticleText
from newsletter.core.inbound.mail import Mail, Part, characters
from newsletter.errors import ArticleError, TextRefused
from newsletter.importing import attachments, pasted, pictures, word
from newsletter.importing.assembling import assemble
from newsletter.importing.attachments import ReadyAttachment
from newsletter.importing.blocks import Kind
from newsletter.importing.lines import read_lines
from newsletter.importing.markup import plain
from newsletter.importing.pictures import ReadyPicture
from newsletter.importing.recognising import read_blocks

#: Where a mail says less than this many characters, its Word file is the article.
_LITTLE = 600
#: So much of a mail's text must be its writer's own, for its formatted text to be the article.
_OWN = 0.8
#: Smaller pictures (pixels, both ways) are marks in a signature.
_SMALL = 120
_MOST_FILES = 10
_LONGEST_TITLE = 300
_ANSWER = ("re:", "sv:", "vs:", "fw:", "fwd:", "vb:", "vidarebefordrat:", "ang:", "ang.")


@dataclass(frozen=True, slots=True)
class MailedArticle:
    """An article that came by mail. ``left_out`` are the names of files that could not come along."""

    text: ArticleText
    pictures: tuple[ReadyPicture, ...] = field(repr=False, default=())
    attachments: tuple[ReadyAttachment, ...] = field(repr=False, default=())
    left_out: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that anybody could read or see."""
        return not (self.text.lead or self.text.body or self.pictures or self.attachments)


def read(mail: Mail, *, words: str, plain_only: bool = False) -> MailedArticle:
    """Make an article of a mail. ``words`` are the writer's own.

    With ``plain_only`` formatted text is not looked at, as in an answer, which quotes. Never raises for what
    stands in the mail: what cannot be read is left out.
    """
    found = _Found()
    for part in _files(mail):
        found.sort(part)
    document = found.document if len(words) < _LITTLE else None
    if document is None and found.document is not None:
        found.attach(found.document_part)
    if document is not None:
        found.draw(document.pictures)
        text = _written(document.title, document.markdown)
    else:
        text = _text(mail, words or mail.text, plain_only=plain_only)
    title = (text.title or _subject(mail.subject) or _first_words(text))[:_LONGEST_TITLE]
    return MailedArticle(
        replace(text, title=title), tuple(found.pictures), tuple(found.attachments), tuple(found.left_out)
    )


class _Found:
    """The files of a mail, sorted by what they are good for."""

    def __init__(self) -> None:
        self.pictures: list[ReadyPicture] = []
        self.attachments: list[ReadyAttachment] = []
        self.left_out: list[str] = []
        self.document: word.Word | None = None
        self.document_part = Part("", "", b"")

    def sort(self, part: Part) -> None:
        """Put a file where it belongs: the first Word file may be the text."""
        if part.type.startswith("image/"):
            self.draw((part.content,), name=part.name)
        elif self.document is None and word.is_word(part.content):
            try:
                self.document, self.document_part = word.read(part.content, name=part.name), part
            except TextRefused:
                self.attach(part)
        else:
            self.attach(part)

    def draw(self, contents: tuple[bytes, ...], name: str = "") -> None:
        """Make pictures ready, but for marks in a signature."""
        for content in contents[: _MOST_FILES - len(self.pictures)]:
            try:
                ready = pictures.prepare(content, name=name)
            except ArticleError:
                self.left_out.append(name or "?")
            else:
                if ready.width > _SMALL or ready.height > _SMALL:
                    self.pictures.append(ready)

    def attach(self, part: Part) -> None:
        """Make a file ready that lies beside the article."""
        try:
            if len(self.attachments) < _MOST_FILES:
                self.attachments.append(attachments.prepare(part.content, name=part.name))
                return
        except ArticleError:
            pass
        self.left_out.append(part.name)


def _files(mail: Mail) -> Iterator[Part]:
    """Give what has a name, and pictures that have none; but not what comes along with formatted text."""
    for part in mail.parts:
        if part.content and (part.type.startswith("image/") or (part.name and part.type != "text/calendar")):
            yield replace(part, name="".join(c for c in part.name if c.isprintable())[:100] or "?")


def _text(mail: Mail, words: str, *, plain_only: bool) -> ArticleText:
    html = next((part for part in mail.parts if part.type == "text/html" and not part.name), None)
    if html is not None and not plain_only and len(words) >= _OWN * len(mail.text.strip()):
        try:
            return _written("", pasted.clean(characters(html.content, html.charset)).markdown)
        except TextRefused:
            pass
    blocks = read_blocks(read_lines(words))
    first = blocks[0] if blocks and blocks[0].kind is Kind.HEADING else None
    text, _dropped = assemble(first, blocks[1:] if first else blocks, "")
    return text if first else replace(text, title="")


def _written(title: str, markdown: str) -> ArticleText:
    """Return Markdown as an article; a heading that it begins with is its title."""
    first, _, rest = markdown.partition("\n")
    if not title and first.startswith("#"):
        title, markdown = plain(first).strip(), rest.strip()
    return ArticleText(title=title, body=markdown, language=swedish.language_of(f"{title} {markdown}"[:5000]))


def _subject(subject: str) -> str:
    words = subject.strip()
    while words.lower().startswith(_ANSWER):
        words = words.partition(":" if ":" in words[:20] else ".")[2].strip()
    return words


def _first_words(text: ArticleText) -> str:
    words = plain(text.lead or text.body).split()
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")
