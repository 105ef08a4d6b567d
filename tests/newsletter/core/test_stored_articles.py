"""What is kept of an article is all of it."""

from newsletter.core.articles import ArticleText
from newsletter.core.stored_articles import dump, load
from tests.newsletter.rendering.samples import CHAIR, INVITATION, LEAD, OBITUARY, TEASED


def test_an_article_comes_back_as_it_was() -> None:
    for text in (LEAD, CHAIR, TEASED, INVITATION, OBITUARY, ArticleText(title="", body='"\\')):
        assert load(dump(text)) == text


def test_its_words_can_be_searched_for_as_they_are() -> None:
    assert "Åsa Öländer" in dump(LEAD)
