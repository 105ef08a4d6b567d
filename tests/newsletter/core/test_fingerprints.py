"""The same words are the same text."""

from dataclasses import replace
from datetime import date

from newsletter.core import fingerprints
from newsletter.core.articles import ArticleText, Attachment, Picture

ARTICLE = ArticleText("Resan", "PÅ GÅNG", date(2026, 3, 1), "Vi åker.", "Båten går.", "Anna Berg", "kassör")


def test_layout_case_and_punctuation_do_not_count() -> None:
    assert fingerprints.of_text("Hej, ALLA\n\nbarn!") == fingerprints.of_text("hej alla barn")


def test_letters_that_are_composed_differently_are_the_same() -> None:
    assert fingerprints.of_text("a\u030a") == fingerprints.of_text("å")


def test_every_part_that_a_reader_sees_counts() -> None:
    others = [
        replace(ARTICLE, title="Resor"),
        replace(ARTICLE, kicker=""),
        replace(ARTICLE, dateline=None),
        replace(ARTICLE, lead="Vi flyger."),
        replace(ARTICLE, body="Båten står."),
        replace(ARTICLE, byline_name="Bo Ek"),
        replace(ARTICLE, byline_role=""),
        replace(ARTICLE, pictures=(Picture(credit="Foto: Bo Ek"),)),
        replace(ARTICLE, attachments=(Attachment("Program"),)),
    ]

    assert len({fingerprints.of_article(article) for article in [ARTICLE, *others]}) == 10


def test_where_an_article_came_from_does_not_count() -> None:
    assert fingerprints.of_article(replace(ARTICLE, origin="b.txt")) == fingerprints.of_article(ARTICLE)
