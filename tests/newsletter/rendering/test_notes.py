"""A note says the same in HTML and in text, whatever stands in its values."""

from html import unescape

import pytest
from lxml import html as lxml_html

from newsletter.rendering import notes
from newsletter.rendering.values import Frame

FRAME = Frame(association="Äpplen & Co", contact="hej@applen.example", base_url="https://brev.applen.example")
LINK = "https://brev.applen.example/logga-in/abc?x=1&y=2"


def signed(**values: str) -> notes.RenderedNote:
    known = {"name": "Åsa", "link": LINK, **values}
    return notes.render("sign-in", known, frame=FRAME, speaks="sv", zone="Europe/Stockholm")


def test_both_parts_hold_the_same_words_and_the_link() -> None:
    note = signed()
    page = lxml_html.fromstring(note.html)

    assert note.subject == "Din länk till Äpplen & Co"
    assert LINK in note.text
    assert LINK in page.xpath("//a/@href")
    said = " ".join(unescape(page.text_content()).split())
    for paragraph in note.text.split("-- ")[0].split("\n\n"):
        words = " ".join(paragraph.replace(LINK, "").rstrip(":\n ").split())
        assert words in said


@pytest.mark.parametrize("name", ["<b>Åsa</b>", "{{ 7*7 }}", "a & b", '"><script>alert(1)</script>', "__X__"])
def test_a_name_is_a_name_and_nothing_else(name: str) -> None:
    note = signed(name=name)

    assert f"Hej {name}!" in note.text
    assert f"Hej {name}!" in lxml_html.fromstring(note.html).text_content()
    assert "<script" not in note.html


def test_a_reader_of_english_is_spoken_to_in_english() -> None:
    at = {"name": "Hilma", "device": "Firefox", "at": "2030-03-01T12:00:00+00:00"}
    note = notes.render("new-device", at, frame=FRAME, speaks="en", zone="Europe/Stockholm")

    assert "Hello Hilma!" in note.text
    assert "When: 1 March 2030, 13:00" in note.text
    assert 'lang="en"' in note.html


def test_no_line_of_text_is_longer_than_it_need_be() -> None:
    assert all(len(line) <= 72 or "://" in line for line in signed().text.split("\n"))
