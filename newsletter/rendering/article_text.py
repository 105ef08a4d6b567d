"""An article as plain text: title, kicker, lead, body, captions, byline, and its links by number."""

from collections.abc import Iterator, Sequence
from itertools import chain

from markdown_it.token import Token

from newsletter.rendering import links, text
from newsletter.rendering.typeset import SetArticle, SetLink, SetPicture


def as_text(article: SetArticle, lead: Sequence[Token], body: Sequence[Token]) -> list[str]:
    """Set an article as lines of at most 72 characters (a longer word stands alone)."""
    notes = text.Notes()
    return text.joined(
        _heading(article),
        text.flow(lead, notes),
        _picture(article.opening, article),
        text.flow(body, notes),
        *(_picture(picture, article) for picture in article.pictures),
        _byline(article),
        _more(article),
        _listed(article.added.links, article.links),
        _listed(article.added.attachments, article.attachments),
        notes.lines(),
    )


def _heading(article: SetArticle) -> list[str]:
    above = " · ".join(filter(None, (article.kicker, article.dateline)))
    return [*text.wrap(above), *text.underlined(article.title)]


def _picture(picture: SetPicture | None, article: SetArticle) -> list[str]:
    if picture is None:
        return []
    words = " ".join(filter(None, (picture.caption or picture.alt, picture.credit)))
    return text.wrap(f"[{article.added.picture}: {words}]", rest=" ") if words else []


def _byline(article: SetArticle) -> list[str]:
    return [*text.wrap(article.byline_name), *text.wrap(article.byline_role)]


def _more(article: SetArticle) -> list[str]:
    if article.more is None or article.more.url is None:
        return []
    return [*text.wrap(f"{article.more.label}:"), links.in_text(article.more.url)]


def _listed(name: str, entries: Sequence[SetLink]) -> list[str]:
    return [f"{name}:", *chain.from_iterable(_entry(entry) for entry in entries)] if entries else []


def _entry(entry: SetLink) -> Iterator[str]:
    if entry.url is None:
        yield from text.wrap(entry.label, first="• ", rest="  ")
        return
    target = links.in_text(entry.url)
    if entry.label in (target, links.display(entry.url)):
        yield f"• {target}"
        return
    yield from text.wrap(entry.label, first="• ", rest="  ")
    yield f"  {target}"
