"""The outline: which lines of a text are titles and subheads, as a short text that a person can edit.

    fil nyhetsbrev.txt
    artikel          1  Rekord i simhallen
    mellanrubrik    12  Så gick det till
    bort            40  Rulla till toppen

The word first on the line says what the line of that number in the file is: ``artikel``, ``mellanrubrik``,
``text`` (neither) or ``bort`` (of the web page, dropped). A line taken out of the outline is text too; one
that is put in becomes what it says. The words after the number are only there to be recognised.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.core import fingerprints
from newsletter.errors import TextRefused
from newsletter.importing.blocks import Block, Kind
from newsletter.importing.values import Heading, Proposal
from newsletter.language import _

_WORDS = {"article": "artikel", "subhead": "mellanrubrik", "text": "text", "dropped": "bort"}
_KINDS = {
    **{word: kind for kind, word in _WORDS.items()},
    "article": "article",
    "subhead": "subhead",
    "dropped": "dropped",
}
_ENTRY = re.compile(r"(?P<word>\w+)\s+(?P<number>\d{1,7})(?:\s+(?P<text>.*))?")
_FILE = re.compile(r"(?:fil|file)\s+(?P<name>.+)")
#: So many letters of a line must be those of the file, so that an outline of yesterday's text is noticed.
_RECOGNISED = 30

Correction = Sequence[Heading]


@dataclass(frozen=True, slots=True)
class Outline:
    """A parsed outline file: what it says of each text file, by the file's name."""

    files: dict[str, Correction]

    def of(self, name: str) -> Correction | None:
        """Return what it says of this file; None when it does not name it."""
        return self.files.get(name)


def write(proposals: Iterable[Proposal]) -> str:
    """Return the outline of these proposals, ready to be edited."""
    lines = [
        "# " + _("Första ordet på raden: artikel, mellanrubrik, text eller bort. Ändra det som blev fel."),
        "# " + _("Sedan: rundbrev articles import FIL --outline DENNA-FIL"),
    ]
    for proposal in proposals:
        lines += ["", f"fil {proposal.origin}"]
        lines += [f"{_WORDS[h.kind]:12} {h.number:6}  {h.text}" for h in proposal.outline]
    return "\n".join(lines) + "\n"


def parse(text: str, name: str) -> Outline:
    """Read an edited outline. ``name`` is the outline's own file name, for the sentences.

    Raises ``TextRefused``, which names the line, for what is no entry.
    """
    files: dict[str, list[Heading]] = {}
    current: list[Heading] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if found := _FILE.fullmatch(line):
            current = files.setdefault(found["name"].strip(), [])
        elif current is None:
            raise TextRefused(
                "Dispositionen {file}, rad {line}: först ska det stå en rad som ”fil nyhetsbrev.txt”.",
                file=name,
                line=number,
            )
        else:
            current.append(_parsed(line, name, number))
    return Outline(dict(files))


def _parsed(line: str, name: str, number: int) -> Heading:
    found = _ENTRY.fullmatch(line)
    kind = _KINDS.get(found["word"].lower()) if found else None
    if found is None or kind is None:
        raise TextRefused(
            "Dispositionen {file}, rad {line}: ”{text}” ska börja med artikel, mellanrubrik, text eller "
            "bort, och sedan radens nummer i textfilen.",
            file=name,
            line=number,
            text=line[:60],
        )
    return Heading(int(found["number"]), kind, found["text"] or "")


def apply(
    correction: Correction, blocks: Sequence[Block], origin: str
) -> tuple[list[Block], dict[int, bool]]:
    """Make the blocks what the outline says; return them, and of each heading's place if it opens an article.

    Raises ``TextRefused`` when a line that the outline names is not there, or is another one now.
    """
    said = {heading.number: heading for heading in correction}
    _refuse_strangers(said, blocks, origin)
    corrected = list(blocks)
    forced: dict[int, bool] = {}
    seen: set[int] = set()
    for place, block in enumerate(corrected):
        heading = said.get(block.number) if block.number not in seen else None
        seen.add(block.number)
        kind = heading.kind if heading else "text"
        _become(block, kind)
        if block.kind is Kind.HEADING:
            forced[place] = kind == "article"
    return corrected, forced


def _become(block: Block, kind: str) -> None:
    if kind in ("article", "subhead"):
        block.kind = Kind.HEADING
    elif kind == "dropped":
        block.kind = Kind.CHROME
    elif block.kind in (Kind.HEADING, Kind.CHROME, Kind.LETTERHEAD):
        block.kind = Kind.PARAGRAPH
        block.text = f"{block.kicker}{block.text}"
        block.kicker = ""


def _refuse_strangers(said: dict[int, Heading], blocks: Sequence[Block], origin: str) -> None:
    there = {block.number: block.line.text for block in reversed(blocks)}
    for heading in said.values():
        if heading.number not in there:
            raise TextRefused(
                "Dispositionen nämner rad {line} i {file}, men där börjar ingen text. Gör en ny disposition.",
                line=heading.number,
                file=origin,
            )
        if heading.text and not _is_same(heading.text, there[heading.number]):
            raise TextRefused(
                "Dispositionen säger att rad {line} i {file} är ”{said}”, men där står ”{there}”. "
                "Gör en ny disposition.",
                line=heading.number,
                file=origin,
                said=heading.text[:60],
                there=there[heading.number][:60],
            )


def _is_same(said: str, there: str) -> bool:
    beginning = fingerprints.words(said)[:_RECOGNISED]
    return beginning in fingerprints.words(there)
