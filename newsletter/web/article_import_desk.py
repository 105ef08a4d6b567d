"""How a form becomes texts to take in: files and what was pasted first, then the texts that the form carries.

Between the steps nothing is kept on the server: the form brings the texts along, within bounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.core import fingerprints
from newsletter.errors import TextRefused
from newsletter.importing import choosing
from newsletter.importing.decoding import decode
from newsletter.importing.files import says_titles
from newsletter.importing.values import Heading, Proposal, Proposed
from newsletter.language import _, sentence
from newsletter.web.forms import Form
from subscribers.errors import SentenceError

#: All texts together, in bytes of UTF-8, and how many there may be.
MOST_TEXT = 2_000_000
MOST_TEXTS = 20
#: Three texts too large still get a sentence; what is larger is not read.
MOST_BYTES = 3 * MOST_TEXT
#: Lines to choose about and articles (three fields each) in all; forms have ``forms.MOST_WORK_FIELDS``.
_MOST_QUESTIONS = 4_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what it is chosen to be. ``offered`` are the kinds that it may be."""

    number: int
    text: str
    kind: str
    suggested: str
    offered: Sequence[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """An article of a text as it would come in. ``first`` is the title that the text itself gives it."""

    number: int
    first: str
    proposed: Proposed
    fingerprint: str
    words: int
    is_left_out: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A text, the lines to choose about, and what becomes of it."""

    name: str
    text: str
    lines: Sequence[Line]
    pieces: Sequence[Piece]
    proposal: Proposal
    is_markdown: bool

    @property
    def taken(self) -> Proposal:
        """The proposal without what is left out."""
        kept = [piece.proposed for piece in self.pieces if not piece.is_left_out]
        return replace(self.proposal, articles=kept)


def brought(form: Form) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the texts in a form, each with its name, and a sentence for each that cannot be read.

    Raises ``TextRefused`` when they are too much together.
    """
    given = [(_named(form.get(f"name-{at}", "")), text.encode()) for at, text in _carried(form)]
    given += [(_named(upload.filename), upload.content) for upload in form.files.get("files", [])]
    if form.get("pasted", "").strip():
        given.append((_("Inklistrad text"), form["pasted"].encode("utf-8", "replace")))
    if len(given) > MOST_TEXTS:
        raise TextRefused("Det är fler än {most} texter. Ta dem i flera omgångar.", most=MOST_TEXTS)
    if sum(len(data) for _name, data in given) > MOST_TEXT:
        raise TextRefused(
            "Texterna är större än {most} MB tillsammans. Ta dem i flera omgångar.",
            most=MOST_TEXT // 1_000_000,
        )
    texts, refused = [], [_told_empty(name) for name in form.empty_files]
    for name, data in given:
        try:
            texts.append((name, decode(name, data)))
        except TextRefused as error:
            refused.append(sentence(error))
    return texts, refused


def sources(
    texts: Sequence[tuple[str, str]], form: Form, regions: Sequence[str] | None
) -> tuple[list[Source], list[str]]:
    """Split each text as the form chooses; ``regions`` are whom all articles are for, None as they say.

    Returns them, and a sentence for each text that cannot be split. Raises ``TextRefused`` when there are too
    many lines to choose about.
    """
    found: list[Source] = []
    refused: list[str] = []
    questions = 0
    for name, text in texts:
        try:
            source = _source(len(found), name, text, form, regions)
        except SentenceError as error:
            refused.append(sentence(error))
            continue
        questions += len(source.lines) + 3 * len(source.pieces)
        if questions > _MOST_QUESTIONS:
            raise TextRefused(
                "Texterna har för många korta rader att välja om. Dela upp dem, och ta dem i flera omgångar."
            )
        found.append(source)
    return found, refused


def seen(found: Sequence[Source]) -> str:
    """Return what the split is, as a mark in the form: it tells whether somebody has seen it like this."""
    kinds = [f"{source.name} {line.number} {line.kind}" for source in found for line in source.lines]
    return fingerprints.of_text("\n".join(kinds))[:16]


def _source(at: int, name: str, text: str, form: Form, regions: Sequence[str] | None) -> Source:
    suggested = choosing.suggested(text, name)
    lines = [_line(heading, form.get(f"line-{at}-{heading.number}", "")) for heading in suggested]
    proposal = choosing.split(text, name, suggested, {line.number: line.kind for line in lines})
    pieces = [_piece(at, proposed, form, regions) for proposed in proposal.articles]
    return Source(name, text, lines, pieces, proposal, says_titles(text, name))


def _line(heading: Heading, chosen: str) -> Line:
    offered = choosing.KINDS if heading.kind == "dropped" else choosing.KINDS[:3]
    kind = chosen if chosen in offered else heading.kind
    return Line(heading.number, heading.text, kind, heading.kind, offered)


def _piece(at: int, proposed: Proposed, form: Mapping[str, str], regions: Sequence[str] | None) -> Piece:
    key = f"{at}-{proposed.number}"
    title = " ".join(form.get(f"title-{key}", "").split())
    # A title that nobody has written over follows the text.
    given = title if f"title-{key}" in form and title != form.get(f"first-{key}", "") else proposed.text.title
    text = replace(proposed.text, title=given)
    audience = proposed.audience if regions is None else tuple(regions)
    return Piece(
        number=proposed.number,
        first=proposed.text.title,
        proposed=replace(proposed, text=text, audience=audience),
        fingerprint=fingerprints.of_article(text),
        words=len(f"{text.lead} {text.body}".split()),
        is_left_out=f"leave-{key}" in form,
    )


def _carried(form: Form) -> list[tuple[int, str]]:
    return [(at, form[f"text-{at}"]) for at in range(MOST_TEXTS) if f"text-{at}" in form]


def _named(filename: str) -> str:
    """Return a file's name without its folder and what cannot be shown."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in name if character.isprintable()).strip()
    return shown[-120:] or _("Text")


def _told_empty(name: str) -> str:
    return sentence(TextRefused("Filen {file} är tom. Välj en fil med text i.", file=_named(name)))
