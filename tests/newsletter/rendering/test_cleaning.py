"""What breaks parsers is taken out, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsletter.core.articles import ArticleText, Picture
from newsletter.rendering.cleaning import clean, cleaned, one_line


def test_a_text_pasted_from_anywhere_loses_its_controls_and_keeps_its_words() -> None:
    assert clean("Hej\x00 på\x1b dig\r\nÅsa\rÖrjan\u2028Ä") == "Hej på dig\nÅsa\nÖrjan\nÄ"


def test_half_a_character_becomes_a_mark_that_something_is_missing() -> None:
    assert clean("\ud83d och \udc4b") == "\ufffd och \ufffd"
    assert clean("👋 å ä ö") == "👋 å ä ö"


def test_a_title_in_two_lines_becomes_one_line() -> None:
    assert one_line("  Två\n\trader ") == "Två rader"


def test_every_text_in_an_article_is_cleaned_also_in_its_pictures() -> None:
    article = ArticleText(title="A\x00", pictures=(Picture(caption="B\x07"),))

    assert cleaned(article) == ArticleText(title="A", pictures=(Picture(caption="B"),))


@given(st.text(alphabet=st.characters()))
def test_whatever_is_left_may_stand_in_xml(text: str) -> None:
    element = etree.Element("p")
    element.text = clean(text)  # lxml refuses what XML has no place for
