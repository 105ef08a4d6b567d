"""The register of articles: texts come in once, are changed with revisions, and go out as values.

import   proposals -> known by source or by fingerprint? -> new, changed or left as they are
change   values -> a revision of what the article is now
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.core import fingerprints, meetings
from newsletter.core.articles import ArticleKind, ArticleText, Attachment, Picture
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import ArticleChanged, ArticleError
from newsletter.importing.markdown import links_of
from newsletter.importing.values import Proposal, Proposed
from newsletter.models import Article, ArticleRevision, ArticleStatus, Item
from newsletter.services.article_records import (
    content_of,
    set_attachments,
    set_links,
    set_pictures,
    to_text,
    write,
)
from subscribers.services import regions

__all__ = [
    "CHANGEABLE", "Imported", "Outcome", "audience_of", "change", "create", "find_by_title", "get",
    "import_texts", "list_articles", "restore", "revisions", "set_files", "set_images", "to_text",
]  # fmt: skip

#: Who made a revision that no person made.
IMPORT = "import"

#: What can be changed, and the most characters where the database sets a limit.
CHANGEABLE: Mapping[str, int | None] = {
    "title": 300,
    "kicker": 200,
    "dateline": None,
    "lead": None,
    "body": None,
    "byline_name": 200,
    "byline_role": 400,
    "language": 5,
    "audience": None,
    "status": None,
    "expires_on": None,
    "kind": None,
    "starts": 16,
    "ends": 16,
    "place": meetings.LONGEST_PLACE,
    "address": meetings.LONGEST_ADDRESS,
    "answer_by": None,
    "years": 60,
}


class Outcome(enum.Enum):
    """What an import did with an article."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    CHANGED = "changed"  # a corrected split gave it another text
    ARCHIVED = "archived"  # a corrected split has it no more
    KEPT = "kept"  # a corrected split would change it, but a person has, or an issue uses it


@dataclass(frozen=True, slots=True)
class Imported:
    """An article and what the import did with it."""

    article: Article
    outcome: Outcome


def import_texts(
    session: Session,
    proposals: Iterable[Proposal],
    *,
    now: datetime,
    by: str = IMPORT,
    only_adds: bool = False,
) -> list[Imported]:
    """Put proposed articles in the register, as drafts unless their file says otherwise.

    The same text again changes nothing, whether it was split the same way or not. A text that comes again
    with a
    *corrected* split replaces what it gave before: articles with the same title get the new text as a
    revision, those that are no more are archived. What a person has changed, or an issue uses, stays as it
    is. With ``only_adds`` each article is new or in the register already, and no other one changes.
    Raises ``NotFound`` for a region that does not exist.
    """
    done: list[Imported] = []
    for proposal in proposals:
        known = [] if only_adds else _of_source(session, proposal.source)
        if known and not proposal.corrected:
            done += [Imported(a, Outcome.UNCHANGED) for a in known if a.status is not ArticleStatus.ARCHIVED]
        else:
            done += _import_one(session, proposal, known, now, by)
    return done


def get(session: Session, article_id: int) -> Article:
    """Return an article. Raises ``ArticleError`` when there is none of that id."""
    article = session.get(Article, article_id)
    if article is None:
        raise ArticleError(
            "Artikel {article} finns inte. Se vilka som finns med rundbrev articles list.", article=article_id
        )
    return article


def list_articles(session: Session, *, status: ArticleStatus | None = None) -> Sequence[Article]:
    """Return the articles, the newest first; without ``status`` all but the archived ones."""
    query = select(Article).order_by(Article.id.desc())
    if status is None:
        return session.scalars(query.where(Article.status != ArticleStatus.ARCHIVED)).all()
    return session.scalars(query.where(Article.status == status)).all()


def find_by_title(session: Session, *, title: str, origin: str = "") -> Article | None:
    """Return the newest article of exactly this title (and origin, if one is given), or None."""
    query = select(Article).where(Article.title == title).order_by(Article.id.desc()).limit(1)
    if origin:
        query = query.where(Article.origin == origin)
    return session.scalar(query)


def create(
    session: Session, *, text: ArticleText, audience: Audience = EVERYONE, now: datetime, by: str = ""
) -> Article:
    """Put a text in the register as a draft, written here. Raises ``ArticleError`` as ``change`` does."""
    for name in ("title", "kicker", "byline_name", "byline_role"):
        _check(name, getattr(text, name))
    article = Article(
        audience=audience, status=ArticleStatus.DRAFT, revision=0, created_at=now, updated_at=now
    )
    write(article, text)
    set_links(article, links_of(f"{article.lead}\n\n{article.body}"))
    session.add(article)
    session.flush()
    _revise(session, article, now, by)
    return article


def restore(session: Session, *, article_id: int, number: int, now: datetime, by: str = "") -> Article:
    """Make an article say again what it said in a revision, as a new one. Raises ``ArticleError``."""
    found = next((r for r in revisions(session, article_id=article_id) if r.number == number), None)
    if found is None:
        raise ArticleError("Artikel {article} har ingen version {number}.", article=article_id, number=number)
    content = found.content
    said = {
        "title": content["title"],
        "kicker": content["kicker"],
        "dateline": date.fromisoformat(content["date"]) if content["date"] else None,
        "lead": content["lead"],
        "body": content["body"],
        "byline_name": content["byline"]["name"],
        "byline_role": content["byline"]["role"],
        "language": content["language"],
        # Revisions that are older than these fields do not have them.
        "kind": ArticleKind(content.get("kind", ArticleKind.ORDINARY.value)),
        **{name: content.get(name, "") for name in ("starts", "ends", "place", "address", "years")},
        "answer_by": date.fromisoformat(content["answer_by"]) if content.get("answer_by") else None,
    }
    change(session, article_id=article_id, values=said, now=now, by=by)
    pictures = [
        Picture(p["caption"], p["credit"], p["alt"], p["file"], p.get("film", "")) for p in content["images"]
    ]
    set_images(session, article_id=article_id, pictures=pictures, now=now, by=by)
    files = [Attachment(a["label"], a["file"], a.get("size")) for a in content["attachments"]]
    return set_files(session, article_id=article_id, attachments=files, now=now, by=by)


def change(
    session: Session,
    *,
    article_id: int,
    values: Mapping[str, object],
    now: datetime,
    by: str = "",
    if_revision: int | None = None,
) -> Article:
    """Change an article's ``values`` (names as in ``CHANGEABLE``) and keep a revision of it as it is then.

    ``audience`` is an ``Audience``, ``status`` an ``ArticleStatus``, ``kind`` an ``ArticleKind``, dates are
    dates or None, ``starts`` and ``ends`` wall times (``core.meetings.WALL``) or "", the rest is
    text. Values that are the same already make no revision. With ``if_revision`` it is changed only while it
    is in that revision. Raises ``ArticleChanged`` else, ``ArticleError`` for an article that does not exist,
    an empty title and a value that is too long, ``KeyError`` for an unknown name.
    """
    article = get(session, article_id)
    if if_revision is not None:
        session.refresh(article, with_for_update=True)  # two who save at once, one after the other
        if article.revision != if_revision:
            raise ArticleChanged(
                "Någon annan sparade artikeln medan du skrev. Din text finns kvar här. "
                "Jämför, och spara igen."
            )
    changed = {name: value for name, value in values.items() if getattr(article, name) != value}
    for name, value in changed.items():
        _check(name, value)
        setattr(article, name, value)
    _check_kind(article)
    if changed:
        if changed.keys() & {"lead", "body"}:
            set_links(article, links_of(f"{article.lead}\n\n{article.body}"))
        _revise(session, article, now, by)
    return article


def set_images(
    session: Session, *, article_id: int, pictures: Sequence[Picture], now: datetime, by: str = ""
) -> Article:
    """Give an article these pictures in place of those it has, as a revision."""
    article = get(session, article_id)
    if to_text(article).pictures != tuple(pictures):
        set_pictures(article, pictures)
        _revise(session, article, now, by)
    return article


def set_files(
    session: Session, *, article_id: int, attachments: Sequence[Attachment], now: datetime, by: str = ""
) -> Article:
    """Give an article these attachments in place of those it has, as a revision."""
    article = get(session, article_id)
    if to_text(article).attachments != tuple(attachments):
        set_attachments(article, attachments)
        _revise(session, article, now, by)
    return article


def revisions(session: Session, *, article_id: int) -> Sequence[ArticleRevision]:
    """Return an article's revisions, the first one first. Raises ``ArticleError`` for no such article."""
    get(session, article_id)
    query = select(ArticleRevision).where(ArticleRevision.article_id == article_id)
    return session.scalars(query.order_by(ArticleRevision.number)).all()


def audience_of(session: Session, names: Iterable[str]) -> Audience:
    """Return the audience of regions as people name them ("Skåne", "skane"); none: everyone.

    Raises ``NotFound``, which names the regions that exist.
    """
    slugs = [regions.find_region(session, text=name).slug for name in names]
    return Audience.of(slugs) if slugs else EVERYONE


# --- Importing ---


def _of_source(session: Session, source: str) -> list[Article]:
    """Return the articles that a text of this fingerprint gave when it came in, in their order."""
    query = (
        select(Article)
        .join(ArticleRevision, ArticleRevision.article_id == Article.id)
        .where(ArticleRevision.number == 1, ArticleRevision.content["source"].as_string() == source)
        .order_by(Article.id)
    )
    return list(session.scalars(query).unique())


def _import_one(
    session: Session, proposal: Proposal, known: Sequence[Article], now: datetime, by: str
) -> list[Imported]:
    left = {article.id: article for article in known}
    done: list[Imported] = []
    for proposed in proposal.articles:
        done.append(_settle(session, proposed, proposal.source, left, now, by))
        left.pop(done[-1].article.id, None)
    return done + [_retire(session, article, now, by) for article in left.values()]


def _settle(
    session: Session, proposed: Proposed, source: str, left: Mapping[int, Article], now: datetime, by: str
) -> Imported:
    """Find the article that this is, or make it. ``left`` are those of an earlier split of the same text."""
    fingerprint = fingerprints.of_article(proposed.text)
    same = session.scalar(select(Article).where(Article.fingerprint == fingerprint))
    if same is not None:
        return _come_back(session, same, left, now, by)
    namesake = next((a for a in left.values() if a.title == proposed.text.title), None)
    if namesake is None:
        return Imported(_create(session, proposed, source, fingerprint, now, by), Outcome.IMPORTED)
    if not _is_untouched(session, namesake):
        return Imported(namesake, Outcome.KEPT)
    write(namesake, proposed.text)
    namesake.fingerprint = fingerprint
    namesake.status = ArticleStatus(proposed.status)
    _revise(session, namesake, now, by)
    return Imported(namesake, Outcome.CHANGED)


def _come_back(
    session: Session, article: Article, left: Mapping[int, Article], now: datetime, by: str
) -> Imported:
    """Take an article back that an earlier correction archived; any other stays as it is."""
    if article.id not in left or article.status is not ArticleStatus.ARCHIVED:
        return Imported(article, Outcome.UNCHANGED)
    article.status = ArticleStatus.DRAFT
    _revise(session, article, now, by)
    return Imported(article, Outcome.CHANGED)


def _retire(session: Session, article: Article, now: datetime, by: str) -> Imported:
    if article.status is ArticleStatus.ARCHIVED:
        return Imported(article, Outcome.ARCHIVED)
    if not _is_untouched(session, article):
        return Imported(article, Outcome.KEPT)
    article.status = ArticleStatus.ARCHIVED
    _revise(session, article, now, by)
    return Imported(article, Outcome.ARCHIVED)


def _is_untouched(session: Session, article: Article) -> bool:
    """Tell whether only imports have written the article, and no issue uses it."""
    by_people = exists().where(ArticleRevision.article_id == article.id, ArticleRevision.created_by != IMPORT)
    used = exists().where(Item.article_id == article.id)
    return not session.scalar(select(by_people | used))


def _create(
    session: Session, proposed: Proposed, source: str, fingerprint: str, now: datetime, by: str
) -> Article:
    article = Article(
        fingerprint=fingerprint,
        audience=audience_of(session, proposed.audience),
        status=ArticleStatus(proposed.status),
        expires_on=proposed.expires_on,
        revision=0,
        created_at=now,
        updated_at=now,
    )
    write(article, proposed.text)
    session.add(article)
    session.flush()
    _revise(session, article, now, by, source=source)
    return article


# --- Revisions ---


def _revise(session: Session, article: Article, now: datetime, by: str, source: str = "") -> None:
    article.revision += 1
    article.updated_at = now
    session.add(
        ArticleRevision(
            article_id=article.id,
            number=article.revision,
            content=content_of(article, source),
            created_at=now,
            created_by=by[:120],
        )
    )
    session.flush()


def _check_kind(article: Article) -> None:
    """Raise ``ArticleError`` for an invitation to no day, or with times that cannot be."""
    if article.kind is not ArticleKind.INVITATION:
        return
    text = to_text(article)
    if text.meeting is None:
        raise ArticleError(
            "En inbjudan behöver en dag och en tid då den börjar. Fyll i dem, eller välj en annan sorts "
            "artikel."
        )
    if article.ends and text.meeting.ends is None:
        raise ArticleError("Tiden då träffen slutar går inte att läsa. Rätta den, eller lämna den tom.")
    meetings.check(text.meeting)


def _check(name: str, value: object) -> None:
    most = CHANGEABLE[name]
    if name == "title" and not str(value).strip():
        raise ArticleError("En artikel måste ha en titel. Skriv en.")
    if most is not None and len(str(value)) > most:
        raise ArticleError(
            "{value} … är längre än {most} tecken. Korta det.", value=str(value)[:40], most=most
        )
