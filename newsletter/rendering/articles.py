"""An article made ready for the templates: every part of its record as HTML, links and plain text.

The same article in the same place is made ready once, however many variants it stands in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote

from babel.dates import format_date
from babel.numbers import format_decimal
from markdown_it.token import Token
from markupsafe import Markup

from newsletter.core.articles import ArticleKind, ArticleText, Attachment, Link, Picture
from newsletter.errors import TemplateError
from newsletter.language import LANGUAGES, _, current, mark, using
from newsletter.rendering import films, links, markdown, occasions, text
from newsletter.rendering.article_text import as_text
from newsletter.rendering.cleaning import one_line
from newsletter.rendering.typeset import AddedWords, SetArticle, SetLink, SetPicture
from newsletter.rendering.values import ItemView

#: The width of a picture as it is shown, in CSS pixels: the column without its margins.
PICTURE_WIDTH = 552

#: A portrait above an obituary is quieter.
PORTRAIT_WIDTH = 216

#: A teaser without a lead quotes whole sentences up to about this many characters.
TEASER_LENGTH = 240

_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
_SAYS_CREDIT = re.compile(r"(foto|photo|bild|image|illustration)\w*\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][”\")])\s+")
_SAYS_NOTHING = re.compile(
    r"(klicka |click )?(här|here)|(läs |read )?(mer|more)( här| here)?|länk|link", re.IGNORECASE
)

#: What people call a file of each kind; others are called by their suffix.
_KINDS = {
    "docx": "Word",
    "xlsx": "Excel",
    "pptx": "PowerPoint",
    "odt": "OpenDocument",
    "ods": "OpenDocument",
    "odp": "OpenDocument",
    "jpg": mark("bild"),
    "png": mark("bild"),
}

Sizes = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: the rank of its title (2 or 3), and what is the same for the whole issue.

    ``on_web``: the whole of it can be read in the issue's web version.
    """

    level: int
    language: str
    base_url: str
    on_web: bool = False


@dataclass(frozen=True, slots=True)
class _Parts:
    lead: list[Token]
    body: list[Token]

    def hrefs(self) -> set[str]:
        return {*markdown.hrefs(self.lead), *markdown.hrefs(self.body)}


def prepare(item: ItemView, place: Place, sizes: Mapping[str, tuple[int, int]]) -> SetArticle:
    """Make an article ready. ``item`` has been cleaned (``cleaning.cleaned``); ``sizes`` as in ``Frame``.

    Raises ``TemplateError``, which names the article, for what no mail can show.
    """
    files = (picture.file for picture in item.article.pictures if picture.file)
    known = tuple((file, *sizes[file]) for file in files if file in sizes)
    return _prepared(item.article, item.article_id, item.teaser, place, known)


@lru_cache(maxsize=256)
def _prepared(article: ArticleText, article_id: int, teaser: bool, place: Place, sizes: Sizes) -> SetArticle:
    # The words that we add to an article are in the article's own language where we speak it.
    with using(article.language if article.language in LANGUAGES else place.language):
        parts = _read(article, place, teaser=teaser)
        ready = _words(article, article_id, teaser, place, parts)
        if teaser:
            more = leads_to(article)
            leads_home = place.on_web and more is None and bool(article.body.strip())
            ready = replace(ready, more=more, whole=_("Läs hela artikeln på webben") if leads_home else "")
        else:
            ready = _completed(ready, article, place, sizes, parts)
        return replace(ready, text="\n".join(as_text(ready, parts.lead, parts.body)))


def _words(article: ArticleText, article_id: int, teaser: bool, place: Place, parts: _Parts) -> SetArticle:
    language = article.language or place.language
    return SetArticle(
        anchor=f"artikel-{article_id}",
        title=one_line(article.title),
        tag=f"h{place.level}",
        teaser=teaser,
        language=language,
        direction="rtl" if language.split("-")[0] in _RIGHT_TO_LEFT else "ltr",
        foreign=language != place.language,
        kicker=one_line(article.kicker),
        dateline=_day(article.dateline, language) if article.dateline else "",
        lead=Markup(markdown.to_html(parts.lead)),  # noqa: S704 - nh3 has cleaned it
        body=Markup(markdown.to_html(parts.body)),  # noqa: S704 - nh3 has cleaned it
        byline_name=one_line(article.byline_name),
        byline_role=one_line(article.byline_role),
        meeting=occasions.set_meeting(article.meeting, language) if article.meeting else None,
        subdued=article.kind is ArticleKind.OBITUARY,
        years=one_line(article.years),
        added=AddedWords(picture=_("Bild"), links=_("Länkar"), attachments=_("Bilagor")),
    )


def _read(article: ArticleText, place: Place, *, teaser: bool) -> _Parts:
    numbers = tuple((one_line(n.label), n.url) for n in article.links if n.url.startswith("tel:") and n.label)

    def tokens(source: str) -> list[Token]:
        return markdown.parse(
            markdown.Source(source, article.language, numbers, place.level + 1, one_line(article.title))
        )

    lead = tokens(article.lead)
    if not teaser:
        return _Parts(lead, tokens(article.body))
    return _Parts(lead or _opening(tokens(article.body)), [])


def _opening(body: list[Token]) -> list[Token]:
    """Return the first sentences of the first paragraph, as a paragraph of their own."""
    for opening, inline in pairwise(body):
        if opening.type == "paragraph_open" and opening.level == 0:
            words = Token("text", "", 0, content=_first_sentences(text.plain([inline])))
            return [opening, Token("inline", "", 0, children=[words]), Token("paragraph_close", "p", -1)]
    return []


def _first_sentences(words: str) -> str:
    kept = ""
    for sentence in _SENTENCE_END.split(words):
        if kept and len(kept) + len(sentence) >= TEASER_LENGTH:
            break
        kept = f"{kept} {sentence}".strip()
    if len(kept) <= 2 * TEASER_LENGTH:
        return kept
    return kept[: 2 * TEASER_LENGTH].rpartition(" ")[0].rstrip(" ,;:–") + "…"


def leads_to(record: ArticleText) -> SetLink | None:
    """Find where a teaser leads: the first web address of the article, if it has one at all."""
    body = markdown.parse(markdown.Source(record.body, record.language))
    candidates = [*(links.allowed(link.url) for link in record.links), *markdown.hrefs(body)]
    url = next((url for url in candidates if url and links.host(url)), None)
    return SetLink(url, _("Läs vidare på {host}").format(host=links.host(url))) if url else None


def _completed(
    article: SetArticle, record: ArticleText, place: Place, sizes: Sizes, parts: _Parts
) -> SetArticle:
    pictures = tuple(_picture(picture, record, place, sizes) for picture in record.pictures)
    opens = bool(pictures and pictures[0].url)
    return replace(
        article,
        opening=pictures[0] if opens else None,
        pictures=pictures[1:] if opens else pictures,
        links=tuple(_other_links(record.links, parts)),
        attachments=tuple(_attachment(attachment, record, place) for attachment in record.attachments),
    )


def _picture(picture: Picture, article: ArticleText, place: Place, sizes: Sizes) -> SetPicture:
    caption, credit = one_line(picture.caption), _credit(one_line(picture.credit))
    url = _media_url(picture.file, article, place) if picture.file else None
    width, height = next(((w, h) for file, w, h in sizes if file == picture.file), (PICTURE_WIDTH, 0))
    shown = min(width, PORTRAIT_WIDTH if article.kind is ArticleKind.OBITUARY else PICTURE_WIDTH)
    film = films.film(picture.film)
    return SetPicture(
        url=url,
        alt=one_line(picture.alt),
        caption=caption,
        credit="" if credit in caption else credit,
        width=shown,
        height=round(height * shown / width) if height else None,
        film=SetLink(film.url, film.label) if film else None,
    )


def _credit(credit: str) -> str:
    """Return the credit as a whole: a name alone gets the word that says what the name is for."""
    return credit if not credit or _SAYS_CREDIT.match(credit) else _("Foto: {name}").format(name=credit)


def _attachment(attachment: Attachment, article: ArticleText, place: Place) -> SetLink:
    file = attachment.file
    label = one_line(attachment.label) or (file or "").rpartition("/")[2]
    said = kind_and_size(attachment)
    return SetLink(_media_url(file, article, place) if file else None, f"{label} ({said})" if said else label)


def kind_and_size(attachment: Attachment) -> str:
    """Say what a file is and how large, as ``PDF, 120 kB``: so nobody fetches it unawares. "" if unknown."""
    if attachment.file is None or attachment.size is None:
        return ""
    suffix = attachment.file.rpartition(".")[2].lower()
    thousands = max(1, round(attachment.size / 1000))
    size = (
        f"{thousands}\N{NO-BREAK SPACE}kB"
        if thousands < 1000
        else format_decimal(round(attachment.size / 1_000_000, 1), locale=current()) + "\N{NO-BREAK SPACE}MB"
    )
    return f"{_(_KINDS[suffix]) if suffix in _KINDS else suffix.upper()}, {size}"


def _media_url(file: str, article: ArticleText, place: Place) -> str:
    """Return the absolute address of a file under ``DIR/media`` (rule X18)."""
    if file.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", file):
        raise TemplateError(
            "Artikeln ”{article}” pekar på filen ”{file}”, som ligger utanför mappen media. "
            "Lägg filen i mappen media och ange bara dess namn.",
            article=one_line(article.title),
            file=one_line(file),
        )
    url = links.allowed(f"{place.base_url}/media/{quote(file)}")
    return url or ""


def _other_links(given: tuple[Link, ...], parts: _Parts) -> Iterator[SetLink]:
    """Give the links of the record that the text does not hold already."""
    seen = parts.hrefs()
    for link in given:
        url = links.allowed(link.url)
        label = one_line(link.label)
        if url is None and label:
            yield SetLink(None, label)
        elif url is not None and url not in seen:
            seen.add(url)
            says_nothing = not label or _SAYS_NOTHING.fullmatch(label.rstrip(".!:"))
            yield SetLink(url, links.display(url) if says_nothing else label)


def _day(day: date, language: str) -> str:
    return format_date(day, "long", locale=occasions.locale_of(language))
