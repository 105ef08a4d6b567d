"""An issue from articles: the sample's own composition, or any texts with the sample's regional blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from sqlalchemy.orm import Session

from newsletter.demo.setting import sample
from newsletter.importing.files import read
from newsletter.models import Article, ItemForm
from newsletter.services import articles, issues, items

#: Beyond this many characters of body text the rest of the articles become teasers, so that no mail client
#: cuts the letter off (Gmail shows 102 kB of HTML).
_FULL_TEXT = 30_000

_LONGEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Composed:
    """A draft of an issue: its id, and how many articles stand in it."""

    issue_id: int
    articles: int


@dataclass(frozen=True, slots=True)
class _Placed:
    article: Article
    section: str
    form: ItemForm


def compose(session: Session, *, texts: Sequence[Path], now: datetime) -> Composed:
    """Read the articles in (again: nothing changes) and put the next issue together. Does not commit.

    ``texts`` replace the sample's general articles; its ten regional blocks stay, so that there is something
    for each region. Raises ``TextRefused`` for a file that cannot be read.
    """
    placed = list(_of_texts(session, texts, now) if texts else _of_sample(session, now))
    words = _words(placed) if texts else sample()["issue"]
    issue = issues.create(
        session, title=words["title"], subject=words["subject"], preheader=words["preheader"], now=now
    )
    for item in placed:
        items.add(
            session,
            issue_id=issue.id,
            article_id=item.article.id,
            section=item.section,
            form=item.form,
            now=now,
        )
    return Composed(issue.id, len(placed))


def _of_sample(session: Session, now: datetime) -> Iterator[_Placed]:
    found = _import(session, _sample_files(), now)
    for section in sample()["sections"]:
        for item in section["items"]:
            [article] = [
                article
                for article in found
                if Path(article.origin).stem == item["article"]
                and item.get("title", article.title) == article.title
            ]
            yield _Placed(article, section["name"], ItemForm(item["form"]))


def _of_texts(session: Session, texts: Sequence[Path], now: datetime) -> Iterator[_Placed]:
    written = 0
    for article in _import(session, texts, now):
        written += len(article.body)
        yield _Placed(article, "", ItemForm.FULL if written <= _FULL_TEXT else ItemForm.TEASER)
    blocks = [path for path in _sample_files() if path.stem.startswith("region-")]
    for block in _import(session, blocks, now):
        yield _Placed(block, _region_section(), ItemForm.FULL)


def _import(session: Session, paths: Sequence[Path], now: datetime) -> list[Article]:
    imported = articles.import_texts(session, [read(path) for path in paths], now=now)
    session.flush()
    return list(dict.fromkeys(done.article for done in imported))


def _sample_files() -> list[Path]:
    folder = Path(str(files("newsletter.demo").joinpath("articles")))
    return sorted(path for path in folder.iterdir() if path.suffix in (".md", ".txt"))


def _region_section() -> str:
    for section in sample()["sections"]:
        if any(item["article"].startswith("region-") for item in section["items"]):
            return str(section["name"])
    return ""


def _words(placed: Sequence[_Placed]) -> dict[str, str]:
    titles = [item.article.title[:_LONGEST_SUBJECT] for item in placed]
    return {"title": titles[0], "subject": titles[0], "preheader": " · ".join(titles[1:3])}
