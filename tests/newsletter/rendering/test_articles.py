"""An article's record made ready for the templates."""

from dataclasses import replace
from datetime import date

import pytest

from newsletter.core.articles import ArticleText, Attachment, Link, Picture
from newsletter.errors import TemplateError
from newsletter.rendering import articles
from newsletter.rendering.typeset import SetArticle, SetLink, SetPicture
from newsletter.rendering.values import ItemView
from tests.newsletter.rendering.samples import ENGLISH, FRAME, LEAD, TEASED

PLACE = articles.Place(2, "sv", FRAME.base_url)


def prepared(article: ArticleText, *, teaser: bool = False) -> SetArticle:
    return articles.prepare(
        ItemView(article_id=7, article=article, teaser=teaser), PLACE, FRAME.picture_sizes
    )


def test_a_picture_gets_an_absolute_address_and_the_size_it_is_shown_in() -> None:
    """Rule X18: no relative address, width and height where they are known."""
    assert prepared(LEAD).opening == SetPicture(
        "https://brev.fyrvannerna.example/media/fyr.jpg",
        "En barnvagn på en kaj i motljus.",
        "Sista biten hem.",
        "Foto: Ida Åberg",
        552,
        368,
    )


def test_a_caption_whose_picture_is_missing_is_kept_as_words() -> None:
    (picture,) = prepared(LEAD).pictures

    assert picture.url is None
    assert picture.caption == "Fyrmästaren (till vänster) håller andan."
    assert picture.credit == "Foto: Ida Åberg"


def test_a_credit_that_stands_in_the_caption_already_is_not_said_twice() -> None:
    article = ArticleText(title="T", pictures=(Picture(caption="Vinga. Foto: Bo", credit="Foto: Bo"),))

    assert prepared(article).pictures[0].credit == ""


@pytest.mark.parametrize("file", ["../hemligt.jpg", "/etc/passwd", "a/../../b.jpg", "..\\b.jpg"])
def test_a_picture_outside_the_media_folder_is_refused_with_the_articles_name(file: str) -> None:
    with pytest.raises(TemplateError, match="Artikeln ”Fyren”"):
        prepared(ArticleText(title="Fyren", pictures=(Picture(file=file),)))


def test_links_that_stand_in_the_text_are_not_listed_again() -> None:
    assert prepared(LEAD).links == (SetLink("https://karta.example/fyrar", "Karta över alla fyrar"),)


@pytest.mark.parametrize("label", ["", "här", "Klicka här!", "Läs mer", "read more"])
def test_a_link_whose_label_says_nothing_says_where_it_leads(label: str) -> None:
    """Rules X5 and X10."""
    article = ArticleText(title="T", links=(Link("https://www.karta.example/fyrar/", label),))

    assert prepared(article).links == (SetLink("https://www.karta.example/fyrar/", "karta.example/fyrar"),)


def test_a_link_that_may_not_stand_in_a_mail_keeps_its_words() -> None:
    assert prepared(ArticleText(title="T", links=(Link("javascript:x", "Knappen"),))).links == (
        SetLink(None, "Knappen"),
    )


def test_an_attachment_leads_to_its_file_and_one_without_a_file_is_named() -> None:
    assert prepared(LEAD).attachments == (
        SetLink("https://brev.fyrvannerna.example/media/ritning%201887.pdf", "Ritningen från 1887"),
        SetLink(None, "Gästboken"),
    )
    assert prepared(ArticleText(title="T", attachments=(Attachment("", "a/karta.pdf"),))).attachments == (
        SetLink("https://brev.fyrvannerna.example/media/a/karta.pdf", "karta.pdf"),
    )


@pytest.mark.parametrize(
    ("file", "size", "told"),
    [
        ("a/Program.pdf", 119_600, "Program (PDF, 120 kB)"),
        ("a/Program.docx", 12, "Program (Word, 1 kB)"),
        ("a/karta.jpg", 1_240_000, "Program (bild, 1,2 MB)"),
        ("a/x.zip", 999_700, "Program (ZIP, 1 MB)"),
        (None, 5, "Program"),
    ],
)
def test_an_attachment_says_what_it_is_and_how_large(file: str | None, size: int, told: str) -> None:
    [link] = prepared(ArticleText(title="T", attachments=(Attachment("Program", file, size),))).attachments

    assert link.label.replace("\N{NO-BREAK SPACE}", " ") == told


def test_a_number_of_the_record_can_be_touched_in_the_text() -> None:
    assert '<a href="tel:+46701740655">070-174 06 55</a>' in prepared(LEAD).body


def test_an_article_in_english_is_marked_dated_and_quoted_in_english() -> None:
    article = prepared(ENGLISH)

    assert (article.language, article.foreign, article.direction) == ("en", True, "ltr")
    assert article.dateline == "2 May 2027"
    assert "“the lamp is lit”" in article.body


def test_an_article_in_arabic_runs_from_the_right() -> None:
    assert prepared(ArticleText(title="العربية", language="ar")).direction == "rtl"


def test_an_article_in_a_language_nobody_knows_is_dated_in_swedish() -> None:
    article = ArticleText(title="T", language="x-hemligt", dateline=date(2027, 5, 1))

    assert prepared(article).dateline == "1 maj 2027"


def test_a_teaser_is_the_lead_and_a_way_on_where_there_is_one() -> None:
    article = prepared(TEASED, teaser=True)

    assert article.lead == "<p>Tolv turer, en tidtabell.</p>"
    assert article.body == ""
    assert article.more == SetLink("https://fyrvannerna.example/turer", "Läs vidare på fyrvannerna.example")
    assert prepared(replace(TEASED, body="Ingen länk."), teaser=True).more is None


def test_a_teaser_without_a_lead_quotes_whole_sentences() -> None:
    body = "Den första meningen är kort. Den andra är det inte, för den " + "går på och " * 30 + "slutar."

    assert (
        prepared(ArticleText(title="T", body=body), teaser=True).lead == "<p>Den första meningen är kort.</p>"
    )


def test_a_teaser_of_one_endless_sentence_ends_between_words() -> None:
    lead = prepared(ArticleText(title="T", body="ordet " * 200), teaser=True).lead

    assert lead.endswith("ordet…</p>")
    assert len(lead) < 2 * articles.TEASER_LENGTH + 10


def test_a_teaser_shows_no_picture_and_no_attachment() -> None:
    article = prepared(LEAD, teaser=True)

    assert (article.opening, article.pictures, article.attachments, article.links) == (None, (), (), ())
