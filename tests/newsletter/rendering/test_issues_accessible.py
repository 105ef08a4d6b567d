"""What is sent can be read by everyone: the rules X1 to X18 on the rendered HTML."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from lxml.html import HtmlElement, document_fromstring

from newsletter.core.articles import ArticleText
from newsletter.rendering.issues import render
from newsletter.rendering.values import IssueView
from tests.newsletter.rendering.samples import (
    CHAIR,
    ENGLISH,
    FILM,
    FRAME,
    INVITATION,
    LEAD,
    OBITUARY,
    VIEW,
    with_articles,
)

#: Above this a client may cut the mail off (rule X14).
MOST_BYTES = 102 * 1024

VIEWS = {
    "a whole issue": VIEW,
    "in English": replace(VIEW, language="en"),
    "a member notice": replace(VIEW, can_unsubscribe=False),
    "one article": with_articles(CHAIR),
    "articles without sections": with_articles(LEAD, CHAIR, ENGLISH),
    "an invitation": with_articles(INVITATION),
    "an obituary and a film": with_articles(OBITUARY, FILM),
    "other typefaces and a foot": replace(VIEW, frame=replace(FRAME, typeface="round", footer="Org.nr 8")),
    "Arabic": with_articles(ArticleText(title="العربية", body="## عنوان\n\nمرحبا", language="ar"), CHAIR),
}


@pytest.fixture(params=VIEWS.values(), ids=VIEWS.keys())
def view(request: pytest.FixtureRequest) -> IssueView:
    """Each kind of issue in turn."""
    return request.param


@pytest.fixture
def html(view: IssueView) -> str:
    return render(view).html


@pytest.fixture
def document(html: str) -> HtmlElement:
    return document_fromstring(html)


def test_everything_in_the_body_has_a_language_and_a_direction(
    document: HtmlElement, view: IssueView
) -> None:
    """X1, X2, X6: the preheader too."""
    assert document.get("lang") == view.language
    children = [child for child in document.find("body") if isinstance(child.tag, str)]
    assert children
    for child in children:
        assert child.get("lang") == view.language
        assert child.get("dir") == "ltr"


def test_an_article_in_another_language_says_so(document: HtmlElement, view: IssueView) -> None:
    """X2."""
    for item in view.items:
        (heading,) = document.xpath(f"//*[@id='artikel-{item.article_id}']")
        closest = heading.xpath("ancestor::*[@lang][1]")[0]
        assert closest.get("lang") == item.article.language
        assert closest.get("dir") == ("rtl" if item.article.language == "ar" else "ltr")


def test_tables_that_only_place_things_say_so_also_for_outlook(html: str, document: HtmlElement) -> None:
    """X3."""
    with_comments = re.findall(r"<table[^>]*>", html)
    data_tables = len(document.xpath("//*[contains(@class, 'body')]//table"))

    assert len([tag for tag in with_comments if 'role="presentation"' not in tag]) == data_tables
    for table in document.xpath("//*[contains(@class, 'body')]//table"):
        assert table.xpath(".//th")


def test_there_is_one_first_heading_and_no_rank_is_skipped(document: HtmlElement) -> None:
    """X4."""
    ranks = [int(heading.tag[1]) for heading in document.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]

    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(rank <= before + 1 for before, rank in pairwise(ranks))


def test_every_link_says_where_it_leads_and_is_underlined(document: HtmlElement) -> None:
    """X5, X10, X11."""
    for link in document.xpath("//a[@href]"):
        said = f"{link.text_content()} {' '.join(link.xpath('.//img/@alt'))}".strip().lower()
        assert said not in ("", "här", "klicka här", "läs mer", "mer", "here")
        assert "text-decoration:underline" in link.get("style", "")


def test_every_picture_is_described_sized_and_at_our_own_address(document: HtmlElement) -> None:
    """X8, X18. And no pixel: there is no picture but those of the articles."""
    pictures = list(document.iter("img"))

    assert len(pictures) == len(document.xpath("//img[contains(@class, 'picture')]"))
    for picture in pictures:
        assert picture.get("alt") is not None
        assert picture.get("src", "").startswith(f"{FRAME.base_url}/media/")
        size = int(picture.get("width", "0")), int(picture.get("height", "0"))
        assert size == ((216, 144) if "Ravn" in picture.get("alt", "") else (552, 368))


def test_the_page_has_a_title(document: HtmlElement, view: IssueView) -> None:
    """X9."""
    assert document.findtext("head/title") == view.subject


def test_zooming_is_allowed_and_no_name_stands_twice(document: HtmlElement) -> None:
    """X12."""
    (viewport,) = document.xpath("//meta[@name='viewport']/@content")
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_the_html_is_far_from_where_clients_cut_it_off(html: str) -> None:
    """X14."""
    assert len(html.encode()) < MOST_BYTES / 2


def test_dark_mode_is_declared_and_every_ground_has_its_ink(html: str, document: HtmlElement) -> None:
    """X16."""
    metas = {meta.get("name"): meta.get("content") for meta in document.iter("meta")}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    assert "@media (prefers-color-scheme: dark)" in html
    for pure in ("#000", "#000000", "#fff", "#ffffff", "black", "white"):
        assert not re.search(rf"color:\s*{pure}\b", html)


def test_nothing_is_fetched_but_the_pictures(html: str, document: HtmlElement) -> None:
    """X18, and no web fonts, scripts, forms or styles from elsewhere."""
    for element in ("link", "script", "iframe", "form", "object", "embed", "base", "audio", "video", "svg"):
        assert not list(document.iter(element))
    for reference in document.xpath("//@href | //@src | //@background"):
        assert re.match(r"https://|mailto:|tel:|#artikel-\d+$|__[A-Z_]+__$", reference), reference
    for loading in ("url(", "@import", "@font-face", "data:", "cid:"):
        assert loading not in html


def test_the_region_is_told_in_words_and_not_by_colour_alone(document: HtmlElement, view: IssueView) -> None:
    """X11, and the design: a rule and the region's name."""
    told = [p.text_content() for p in document.xpath("//p[@class='region']")]

    assert len(told) == len({item.regions for item in view.items if item.regions})
    for words in told:
        assert words.startswith("Skåne")
