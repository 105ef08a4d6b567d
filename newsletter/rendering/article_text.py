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
        _meeting(article),
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
    return [*text.wrap(above), *text.underlined(article.title), *text.wrap(article.years)]


def _meeting(article: SetArticle) -> list[str]:
    meeting = article.meeting
    if meeting is None:
        return []
    when = text.joined(text.wrap(f"{meeting.day}, {meeting.hours}"))
    where = [*text.wrap(meeting.place), *text.wrap(meeting.address)]
    if meeting.map_url:
        where += [f"{meeting.map_label}:", meeting.map_url]
    return text.joined([*when, *where], text.wrap(meeting.answer), text.wrap(meeting.calendar))


def _picture(picture: SetPicture | None, article: SetArticle) -> list[str]:
    if picture is None:
        return []
    words = " ".join(filter(None, (picture.caption or picture.alt, picture.credit)))
    shown = text.wrap(f"[{article.added.picture}: {words}]", rest=" ") if words else []
    if picture.film is not None and picture.film.url:
        shown += [f"{picture.film.label}:", picture.film.url]
    return shown


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
