"""What a careful reader found in newsletters (expected.toml), and how to compare it with what we find."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.core import swedish
from newsletter.core.articles import ArticleText
from newsletter.importing import markup
from newsletter.importing.files import read
from newsletter.importing.values import Proposal

OWN = Path(__file__).parents[2] / "data" / "newsletters"

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
    "oktober", "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A newsletter, what its key says of it, and what we make of it."""

    path: Path
    key: dict[str, Any]
    proposal: Proposal

    @property
    def titles(self) -> list[str]:
        """The titles that a careful reader found."""
        return [article["title"] for article in self.key["articles"]]

    @property
    def headings(self) -> list[str]:
        """The titles and subheads that a careful reader found, in order."""
        return [h for a in self.key["articles"] for h in (a["title"], *a.get("subheads", []))]

    @property
    def pairs(self) -> Iterator[tuple[dict[str, Any], ArticleText]]:
        """Each article of the key with ours of that title."""
        ours = {article.text.title: article.text for article in self.proposal.articles}
        return ((a, ours[a["title"]]) for a in self.key["articles"] if a["title"] in ours)


@dataclass(frozen=True)
class Score:
    """How well headings were told from text, and titles from subheads; all 0 to 1."""

    heading_recall: float
    heading_precision: float
    boundary_precision: float
    boundary_recall: float

    @property
    def boundary_f1(self) -> float:
        """The harmonic mean of both."""
        both = self.boundary_precision + self.boundary_recall
        return 2 * self.boundary_precision * self.boundary_recall / both if both else 0.0


def letters(folder: Path) -> list[Letter]:
    """Read every newsletter of a folder that has an expected.toml."""
    key = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    return [Letter(folder / name, found, read(folder / name)) for name, found in key.items()]


def subheads(article: ArticleText) -> list[str]:
    """Return the words of the ``##`` lines of an article."""
    lines = article.body.split("\n")
    return [markup.plain(line).strip() for line in lines if line.startswith("## ")]


def score(found: Sequence[Letter]) -> Score:
    """Compare, over all these letters together. A heading counts once for each time that it stands there."""
    wanted: Counter[tuple[str, str]] = Counter()
    got: Counter[tuple[str, str]] = Counter()
    wanted_titles: Counter[tuple[str, str]] = Counter()
    got_titles: Counter[tuple[str, str]] = Counter()
    for letter in found:
        name = letter.path.name
        wanted.update((name, heading) for heading in letter.headings)
        wanted_titles.update((name, title) for title in letter.titles)
        for article in letter.proposal.articles:
            got_titles[name, article.text.title] += 1
            got.update((name, heading) for heading in (article.text.title, *subheads(article.text)))
    right, right_titles = (wanted & got).total(), (wanted_titles & got_titles).total()
    return Score(
        heading_recall=right / wanted.total(),
        heading_precision=right / got.total(),
        boundary_precision=right_titles / got_titles.total(),
        boundary_recall=right_titles / wanted_titles.total(),
    )


def words(text: str) -> Counter[str]:
    """Count the words of a text; underscores are marks, as around a bold line."""
    return Counter(re.findall(r"[^\W_]+", text.casefold()))


def words_in(text: str) -> Counter[str]:
    """Count the words of a source; the letter "o" that some use as a bullet is a mark and no word."""
    return words(re.sub(r"^\s*o[ \t\u00a0]+(?=\S)", "", text, flags=re.MULTILINE))


def words_out(proposal: Proposal) -> Counter[str]:
    """Count the words of a proposal: of its articles as they are read when rendered, and of dropped lines."""
    counted: Counter[str] = Counter()
    for article in proposal.articles:
        counted += _words_of(article.text)
    for line in proposal.dropped:
        counted += words(line)
    return counted


def _words_of(text: ArticleText) -> Counter[str]:
    parts = [text.title, text.kicker, text.byline_name, text.byline_role]
    parts += [markup.plain(text.lead), markup.plain(text.body)]
    parts += [f"{picture.caption} {picture.credit}" for picture in text.pictures]
    if text.dateline and swedish.find_date(text.title) != text.dateline:  # else the title says it
        parts.append(f"{text.dateline.day} {_MONTHS[text.dateline.month - 1]} {text.dateline.year}")
    parts += re.findall(r"^(\d+)\. ", text.body, flags=re.MULTILINE)  # a rendered list draws its numbers
    return words("\n".join(parts))
