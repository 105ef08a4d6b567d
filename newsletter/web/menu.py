"""The menu: one line per noun, in sections. People see what their roles let them use, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.language import mark
from subscribers.core.authority import Act

if TYPE_CHECKING:
    from newsletter.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu. ``act`` is what it is for; ``own`` pages are for those who do it in their regions.

    ``anywhere``: for whoever may do it in any region. None as ``act`` is for everybody who is signed in.
    """

    path: str
    word: str
    act: Act | None = None
    own: bool = False
    anywhere: bool = False

    def is_for(self, visit: "Visit") -> bool:
        """Tell whether the person can use the page."""
        if self.act is None:
            return True
        if self.anywhere:
            return visit.may_anywhere(self.act)
        return bool(visit.regions) if self.own else visit.may(self.act)


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together, under one word."""

    word: str
    entries: tuple[Entry, ...]


#: Whoever runs the house may see what would have gone to anybody, while nothing goes.
SINK = Act.EDIT_REGIONS

#: In the order in which they are shown.
MENU = (
    Section(mark("Start"), (Entry("/", mark("Start")),)),
    Section(
        mark("Skriva"),
        (
            Entry("/nummer", mark("Nummer"), Act.WRITE),
            Entry("/artiklar", mark("Artiklar"), Act.WRITE),
            Entry("/arsplan", mark("Årsplan"), Act.WRITE),
            Entry("/brev", mark("Brev"), Act.SEND, anywhere=True),
        ),
    ),
    Section(
        mark("Utskick"),
        (
            Entry("/utskick", mark("På väg"), Act.COUNT_PEOPLE, anywhere=True),
            Entry("/inkorg", mark("Inkorg"), Act.SEE_PEOPLE, anywhere=True),
            Entry("/kallelser", mark("Kallelser"), Act.COUNT_PEOPLE, anywhere=True),
            Entry("/rapporter", mark("Rapporter"), Act.COUNT_PEOPLE, anywhere=True),
        ),
    ),
    Section(
        mark("Personer"),
        (
            Entry("/personer", mark("Personer"), Act.SEE_PEOPLE),
            Entry("/min-region", mark("Dina medlemmar"), Act.SEE_PEOPLE, own=True),
            Entry("/personer/importera", mark("Läs in"), Act.IMPORT),
            Entry("/urval", mark("Urval"), Act.SEND),
            Entry("/adressbyten", mark("Adressbyten"), Act.CHANGE_PEOPLE, anywhere=True),
            Entry("/ringlista", mark("Ring eller skriv till"), Act.SUPPRESS, anywhere=True),
            Entry("/sparrade", mark("Spärrade adresser"), Act.SUPPRESS),
            Entry("/listor", mark("Listor"), Act.COUNT_PEOPLE),
        ),
    ),
    Section(
        mark("Föreningen"),
        (
            Entry("/forening", mark("Föreningen"), Act.EDIT_REGIONS),
            Entry("/forening/avregistrering", mark("Avregistreringen"), Act.EDIT_REGIONS),
            Entry("/forening/halsa", mark("Kontroll"), Act.EDIT_REGIONS),
            Entry("/uppdrag", mark("Uppdrag"), Act.GIVE_ROLES),
            Entry("/regioner", mark("Regioner"), Act.EDIT_REGIONS),
            Entry("/brevregler", mark("Brevregler"), Act.SEND),
            Entry("/logg", mark("Loggen"), Act.READ_LOG),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the menu. ``path`` has no slash in front: it is below the root."""

    path: str
    word: str
    here: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """What one person sees: the sections, and the pages of the section that they are in.

    ``sees_sink``: whether they may look at the letters of practice mode, which its banner leads to.
    """

    sections: tuple[Link, ...]
    pages: tuple[Link, ...]
    sees_sink: bool


def of(visit: "Visit", path: str) -> Menu:
    """Return the menu for somebody who looks at this path."""
    mine = [(section, entries) for section in MENU if (entries := tuple(_for(visit, section)))]
    here = _closest([entry for _, entries in mine for entry in entries], path)
    sections = tuple(_link(entries[0], section.word, here in entries) for section, entries in mine)
    pages = next((entries for _, entries in mine if here in entries), ())
    links = tuple(_link(entry, entry.word, entry == here) for entry in pages)
    return Menu(sections, links, sees_sink=visit.may(SINK))


def _for(visit: "Visit", section: Section) -> Iterator[Entry]:
    return (entry for entry in section.entries if entry.is_for(visit))


def _closest(entries: list[Entry], path: str) -> Entry | None:
    """Return the entry whose path the address begins with, the longest one; None far from all."""
    under = [e for e in entries if path == e.path or path.startswith(e.path.rstrip("/") + "/")]
    return max(under, key=lambda entry: len(entry.path), default=None)


def _link(entry: Entry, word: str, here: bool) -> Link:
    return Link(entry.path.removeprefix("/") or "./", word, here)
