"""A variant as it is read on the web: each article whole, as clean HTML that holds nobody's own words.

articles in their sections -> the template that sets them in a mail -> links and pictures judged -> cleaned
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

import lxml.html
from babel.dates import format_date
from babel.lists import format_list
from markupsafe import Markup

from newsletter.core import stored_articles
from newsletter.core.articles import ArticleText
from newsletter.language import _, current, using
from newsletter.rendering import articles, cleaning
from newsletter.rendering.archived import Article, Place, Section, article_of, judge
from newsletter.rendering.merge import environment, templates_folder
from newsletter.rendering.typeset import SetArticle
from newsletter.rendering.values import Frame, IssueView, ItemView

#: Pages on which it is shown lie one folder below our first page, so that it need not be made for each.
ROOT = "../"


@dataclass(frozen=True, slots=True)
class WebItem:
    """An article in a web version. ``regions`` are the names it is limited to; none: everyone."""

    section: str
    article_id: int
    text: ArticleText
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What readers are told of a change: the day, and in words what was wrong. ``withdrawn``: all of it."""

    day: date
    note: str
    withdrawn: bool = False


def items_of(view: IssueView) -> tuple[WebItem, ...]:
    """Return what stands in a variant, in order."""
    return tuple(
        WebItem(cleaning.one_line(section.name), item.article_id, item.article, item.regions)
        for section in view.sections
        for item in section.items
    )


def dump(items: Sequence[WebItem]) -> list[dict[str, Any]]:
    """Return items as values that JSON knows."""
    return [{**asdict(item), "text": stored_articles.plain(item.text)} for item in items]


def load(stored: Sequence[Mapping[str, Any]]) -> tuple[WebItem, ...]:
    """Return what ``dump`` was made of."""
    return tuple(
        WebItem(**{**each, "text": stored_articles.read(each["text"]), "regions": tuple(each["regions"])})
        for each in stored
    )


def sections(
    items: Sequence[WebItem],
    *,
    language: str,
    frame: Frame,
    changes: Mapping[int, Sequence[Change]],
) -> list[dict[str, Any]]:
    """Set the items in their sections, as values that JSON knows. ``changes`` are by the article's id.

    Raises ``TemplateError`` and ``NotForEverybody``.
    """
    found = []
    for name, group in groupby(items, lambda item: item.section):
        place = articles.Place(3 if name else 2, language, frame.base_url)
        set_ones = [_set(item, place, frame, changes.get(item.article_id, ())) for item in group]
        found.append({"name": name, "articles": [_plain(one) for one in set_ones]})
    return found


def read(stored: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    """Return stored sections as they are shown."""
    return tuple(Section(each["name"], tuple(map(_read, each["articles"]))) for each in stored)


def as_html(shown: Sequence[Section], *, year: int) -> Markup:
    """Return what stands in a web version as clean HTML of its own, for feeds and for the checks.

    Days of changes are said with their year where it is not ``year``. Speaks the current language.
    """
    parts = []
    for section in shown:
        parts.append(Markup("<h2>{}</h2>").format(section.name) if section.name else Markup())
        parts += [_article_as_html(article, year) for article in section.articles]
    return Markup("\n").join(parts)


def _article_as_html(article: Article, year: int) -> Markup:
    told = [
        Markup("<p><strong>{}</strong> {}</p>").format(when_corrected(day, year), note)
        for day, note in article.corrected
    ]
    start = Markup('<div class="article" lang="{}" dir="{}">').format(article.language, article.direction)
    only = Markup("<p>{}</p>").format(article.regions) if article.regions else Markup()
    gone = Markup("<h2>{}</h2>").format(article.title) if article.withdrawn else Markup()
    return start + only + Markup().join(told) + gone + article.html + Markup("</div>")


def when_corrected(day: date, year: int) -> str:
    """Return ``Rättat den 4 juni:``, with the year where it is not ``year``."""
    pattern = "d MMMM" if day.year == year else "d MMMM y"
    return _("Rättat den {day}:").format(day=format_date(day, pattern, locale=current()))


def _set(item: WebItem, place: articles.Place, frame: Frame, changes: Sequence[Change]) -> Article:
    view = cleaning.cleaned(ItemView(article_id=item.article_id, article=item.text))
    prepared = articles.prepare(view, place, frame.picture_sizes)
    regions = format_list(list(item.regions), locale=place.language) if item.regions else ""
    told = tuple((change.day, change.note) for change in changes if change.note and not change.withdrawn)
    gone = next((change for change in changes if change.withdrawn), None)
    if gone is None:
        return replace(_clean(prepared, frame.base_url), regions=regions, corrected=told)
    with using(place.language):
        title = _("Artikeln är borttagen")
    words = Markup("<p>{}</p>").format(gone.note) if gone.note else Markup()
    return Article(title, prepared.anchor, place.language, "ltr", words, regions, (), gone.day)


@lru_cache(maxsize=256)
def _clean(prepared: SetArticle, base_url: str) -> Article:
    """Set an article as in a mail, and take what a page may hold: the same in each variant."""
    folder = templates_folder()
    macros: Any = environment(folder).get_template("_layout/article.mjml").make_module({})
    tree = lxml.html.fragment_fromstring(macros.article(prepared), create_parent=True)
    judge(tree, Place(ROOT, base_url))
    return article_of(tree.xpath(".//div[@lang]")[0])


def _plain(article: Article) -> dict[str, Any]:
    return {
        **asdict(article),
        "html": str(article.html),
        "corrected": [[day.isoformat(), note] for day, note in article.corrected],
        "withdrawn": article.withdrawn.isoformat() if article.withdrawn else None,
    }


def _read(stored: Mapping[str, Any]) -> Article:
    gone = stored["withdrawn"]
    return Article(
        **{
            **stored,
            "html": Markup(stored["html"]),  # noqa: S704 - it was cleaned before it was kept
            "corrected": tuple((date.fromisoformat(day), note) for day, note in stored["corrected"]),
            "withdrawn": date.fromisoformat(gone) if gone else None,
        }
    )
