"""What the pages of articles share: which articles one reaches, and how a form becomes an article."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from newsletter.core.articles import ArticleKind, ArticleText
from newsletter.core.meetings import Meeting, read_wall
from newsletter.errors import ArticleError, TemplateError
from newsletter.models import Article, ArticleStatus
from newsletter.rendering import markdown, text
from newsletter.services import articles, blocks
from newsletter.web import numbers
from newsletter.web.forms import Form
from newsletter.web.visits import Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound

MOST_BYTES = 2_000_000
#: So many characters of an article are enough for a taste of it.
_TASTED = 400
#: The form's fields that hold an article's words, and all its fields but the regions.
TEXTS = ("title", "kicker", "lead", "body", "byline_name", "byline_role", "years")
#: What an invitation says of its occasion.
OCCASION = ("starts", "ends", "place", "address", "answer_by")
FIELDS = (*TEXTS, *OCCASION, "kind", "language", "dateline", "status", "expires_on")


def reach(visit: Visit) -> frozenset[str] | None:
    """Return the regions whose articles the visitor may write; None for all articles."""
    return None if visit.may(Act.WRITE) else visit.regions


def mine(session: Any, visit: Visit, article_id: int) -> Article:
    """Return an article within the visitor's reach. Raises ``NotFound`` for all others."""
    try:
        article = articles.get(session, article_id)
    except ArticleError:
        raise NotFound("Den artikeln finns inte.") from None
    own = reach(visit)
    if own is not None and not (article.audience.regions and article.audience.regions <= own):
        raise NotFound("Den artikeln finns inte.")
    return article


def mine_to_change(session: Any, visit: Visit, article_id: int, *, today: date) -> Article:
    """Return an article that the visitor may change on this day.

    Raises as ``mine`` does, and ``BlockError`` for a region's block that is no longer its lead's to write:
    the register is no way around the last day.
    """
    article = mine(session, visit, article_id)
    if reach(visit) is not None:
        blocks.check_article(session, article_id=article_id, today=today)
    return article


def text_of(form: Mapping[str, str]) -> ArticleText:
    """Return the words in a form as an article's."""
    said: dict[str, Any] = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in TEXTS}
    language = form.get("language", "sv")
    return ArticleText(
        **said,
        kind=kind_of(form),
        meeting=_meeting_of(form) if kind_of(form) is ArticleKind.INVITATION else None,
        language=language if language in ("sv", "en") else "sv",
        dateline=numbers.day(form.get("dateline", "")),
    )


def kind_of(form: Mapping[str, str]) -> ArticleKind:
    """Return the kind of article that a form names; an ordinary one where it names none."""
    return next((each for each in ArticleKind if each.value == form.get("kind")), ArticleKind.ORDINARY)


def occasion_of(form: Mapping[str, str]) -> dict[str, object]:
    """Return what a form says of an occasion, by the names of ``articles.CHANGEABLE``."""
    said: dict[str, object] = {name: " ".join(form.get(name, "").split()) for name in OCCASION}
    return {**said, "answer_by": numbers.day(form.get("answer_by", ""))}


def _meeting_of(form: Mapping[str, str]) -> Meeting | None:
    starts = read_wall(form.get("starts", "").strip())
    if starts is None:
        return None
    said = occasion_of(form)
    return Meeting(
        starts,
        read_wall(str(said["ends"])),
        str(said["place"]),
        str(said["address"]),
        numbers.day(form.get("answer_by", "")),
    )


def taste(article: Article) -> str:
    """Return the first words of an article as one reads them, without the marks of their form."""
    return _plain((article.lead or article.body)[:_TASTED], article.language)


@lru_cache(maxsize=1024)  # the register shows the same forty again and again
def _plain(source: str, language: str) -> str:
    try:
        tokens = markdown.parse(markdown.Source(source, language))
    except TemplateError:
        return source
    return " ".join(text.plain([token]) for token in tokens if token.type == "inline")


def check_length(form: Mapping[str, str]) -> None:
    """Raise ``ArticleError`` for more words than an article can have; its files are no part of them."""
    if sum(len(form.get(name, "")) for name in FIELDS) > MOST_BYTES:
        raise ArticleError("Texten är för lång för en artikel. Dela upp den.")


def filled(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what stood in a form, so that it comes back as it was."""
    empty = dict.fromkeys((*TEXTS, *OCCASION, "dateline", "expires_on"), "")
    said = {
        **empty,
        "kind": ArticleKind.ORDINARY.value,
        "language": "sv",
        "status": ArticleStatus.DRAFT.value,
        **form,
    }
    return {**said, "regions_chosen": form.getlist("regions")} if isinstance(form, Form) else said


def as_form(article: Article | None) -> dict[str, Any]:
    """Return an article as the form shows it; None: an empty form."""
    if article is None:
        return filled({})
    return {
        **{name: getattr(article, name) for name in (*TEXTS, "language", *OCCASION)},
        "kind": article.kind.value,
        "answer_by": article.answer_by.isoformat() if article.answer_by else "",
        "status": article.status.value,
        "dateline": article.dateline.isoformat() if article.dateline else "",
        "expires_on": article.expires_on.isoformat() if article.expires_on else "",
    }
