"""The two parts of a mail say the same: X17."""

import pytest

from newsletter.core.preflight import parity
from newsletter.core.preflight.findings import Finding, Place
from tests.newsletter.core.preflight.mails import LINK, article, rules, version

URL = "https://museum.example/katalog?id=7&s=sv"
HREF = URL.replace("&", "&amp;")


def found(body: str, words: str, titles: dict[int, str] | None = None) -> list[Finding]:
    titles = titles or {}
    return list(parity.check(version(body, words, article_ids=tuple(titles)), titles))


def link(url: str = HREF, words: str = "museets katalog") -> str:
    return f'<p><a href="{url}" {LINK}>{words}</a></p>'


def test_parts_that_say_the_same() -> None:
    assert found(link() + "<h2>Först</h2>", f"Först\n-----\nmuseets katalog [1]\n\n[1] {URL}") == []


def test_an_article_must_be_in_both() -> None:
    body = article(1, "").replace("Rubrik 1", "Linsen som kom hem")

    assert found(body, "Linsen som\nkom hem", {1: "Linsen som kom hem"}) == []
    (one,) = found(body, "Något annat", {1: "Linsen som kom hem"})
    assert (one.article_id, one.place, "textdel" in one.sentence) == (1, Place.TITLE, True)
    (one,) = found("", "Linsen som kom hem", {1: "Linsen som kom hem"})
    assert "HTML-del" in one.sentence


def test_an_article_that_is_hidden_in_the_html_is_missing() -> None:
    assert len(found('<p style="display:none">Linsen här</p>', "Linsen här", {1: "Linsen här"})) == 1


@pytest.mark.parametrize(
    "words", ["A keeper’s “letter”", 'A keeper\'s "letter"', "A  keeper’s\n“letter”", "A KEEPER’S LETTER"]
)
def test_quotes_case_and_line_ends_make_no_difference(words: str) -> None:
    assert found("<h2>A keeper's “letter”</h2>", words) == []


def test_a_heading_that_the_text_lacks_is_told() -> None:
    (one,) = found("<h2>Hittad under <b>en</b> trappa</h2>", "Hittad under trappan")

    assert one.facts == {"words": "Hittad under en trappa"}


def test_a_number_of_a_note_is_no_part_of_a_heading() -> None:
    assert (
        found(f'<h2>Se <a href="{HREF}" {LINK}>katalogen</a> nu</h2>', f"Se katalogen [1] nu\n[1] {URL}")
        == []
    )


@pytest.mark.parametrize("words", [f"Se {URL}.", f"({URL})", f"[1] {URL}", f"”{URL}”", f"{URL}, och mer"])
def test_a_sentence_may_go_on_around_an_address(words: str) -> None:
    assert found(link(), words) == []


@pytest.mark.parametrize("words", ["", "museets katalog", f"{URL}x", URL[:-1], "https://museum.example/"])
def test_a_link_that_the_text_lacks_is_told(words: str) -> None:
    lacking = [one for one in found(link(), words) if one.facts["url"] == URL]

    assert rules(lacking) == ["X17"]


def test_a_link_that_the_html_lacks_is_told() -> None:
    (one,) = found("", f"Se {URL}.")

    assert one.facts == {"url": URL}


def test_an_address_that_the_html_shows_without_a_link_is_there() -> None:
    assert (
        found(
            "<p>Skriv https://a.example/x i fältet, eller b@a.example.</p>", "https://a.example/x b@a.example"
        )
        == []
    )


@pytest.mark.parametrize(
    ("url", "label", "words"),
    [
        ("mailto:linsen@a.example", "linsen@a.example", "Skriv till linsen@a.example."),
        ("mailto:linsen@a.example", "Skriv till oss", "Skriv till oss [1]\n[1] linsen@a.example"),
        (
            "mailto:linsen@a.example?subject=Hej",
            "Skriv",
            "Skriv [1]\n[1] mailto:linsen@a.example?subject=Hej",
        ),
        ("tel:+46701740655", "070-174 06 55", "Ring 070-174 06 55."),
        ("tel:+46701740655", "Ring oss", "Ring oss [1]\n[1] +46701740655"),
    ],
)
def test_addresses_and_numbers_stand_as_the_text_writes_them(url: str, label: str, words: str) -> None:
    assert found(link(url, label), words) == []
    assert rules(found(link(url, label), "Hör av er.")) == ["X17"]


def test_a_mail_address_that_the_html_lacks_is_told() -> None:
    assert [one.facts for one in found("", "Skriv till linsen@a.example.")] == [{"url": "linsen@a.example"}]


def test_links_within_the_mail_and_hidden_ones_need_no_place_in_the_text() -> None:
    assert found(link("#artikel-1") + f'<div style="display:none">{link()}</div>', "") == []
