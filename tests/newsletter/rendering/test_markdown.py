"""Markdown becomes clean HTML, and no word of it is lost."""

import html
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import TemplateError
from newsletter.rendering.cleaning import clean
from newsletter.rendering.markdown import DEEPEST, Source, hrefs, parse, to_html


def rendered(text: str, **more: object) -> str:
    return to_html(parse(Source(text, **more)))  # type: ignore[arg-type]


def words(markup: str) -> list[str]:
    text = html.unescape(re.sub("<[^>]*>", " ", markup))
    return re.findall(r"\w+", text)


def test_html_in_an_article_is_read_as_text() -> None:
    assert rendered("<script>alert(1)</script> <b>fet</b>") == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;fet&lt;/b&gt;</p>"
    )


def test_template_language_in_an_article_is_read_as_text() -> None:
    assert rendered("{{ 7*7 }} {% raw %}") == "<p>{{ 7*7 }} {% raw %}</p>"


def test_a_link_that_could_run_something_leaves_its_words_behind() -> None:
    assert rendered("Tryck [på knappen](javascript:alert(1)) nu") == "<p>Tryck på knappen nu</p>"


def test_a_picture_in_the_text_leaves_its_description_and_fetches_nothing() -> None:
    """Design: no pixel. Pictures come from the article's record only."""
    assert rendered("![En fyr](https://spy.example/pixel.gif)") == "<p>En fyr</p>"


def test_addresses_that_stand_bare_become_links() -> None:
    text = "Se https://x.example/__init__.py?a=*b*&c=1, eller skriv till anna_b@x.example."

    assert list(hrefs(parse(Source(text)))) == [
        "https://x.example/__init__.py?a=*b*&c=1",
        "mailto:anna_b@x.example",
    ]


def test_a_link_in_a_link_is_not_made() -> None:
    assert rendered("[se https://a.example](https://b.example/)").count("<a ") == 1


def test_quotation_marks_follow_the_language_of_the_article() -> None:
    assert rendered('Hon sa "hej".') == "<p>Hon sa ”hej”.</p>"
    assert rendered('She said "hello".', language="en") == "<p>She said “hello”.</p>"


def test_headings_begin_where_the_article_stands_and_skip_no_rank() -> None:
    """Rule X4."""
    ranks = re.findall(r"<h(\d)", rendered("#### A\n\n## B\n\n#### C\n\n### D\n\n# E\n\n###### F", level=3))

    assert ranks == ["3", "3", "4", "4", "3", "4"]


def test_what_people_say_keeps_its_dash_and_stands_close_to_the_answer() -> None:
    assert rendered("– Hej!\n\n– Hej själv.\n\nDe gick.") == (
        '<p class="talk">–\u00a0Hej!</p>\n<p>–\u00a0Hej själv.</p>\n<p>De gick.</p>'.replace(
            "\u00a0", "&nbsp;"
        )
    )


def test_who_said_a_quotation_is_set_apart_from_it() -> None:
    assert '<p class="source">Åsa Öländer</p>' in rendered("> Den luktade hav.\n>\n> Åsa Öländer")
    assert "source" not in rendered("> Ett enda stycke")
    assert "source" not in rendered("> Ett stycke.\n>\n> Ett till.")


def test_an_indented_line_is_text_and_not_code() -> None:
    assert rendered("Först.\n\n    Sedan.") == "<p>Först.</p>\n<p>Sedan.</p>"


def test_a_line_that_looks_like_a_reference_does_not_vanish() -> None:
    assert "Ida Åberg" in rendered("[Foto]: Ida Åberg")
    assert rendered("Se [kartan][k].\n\n[k]: https://x.example/") == (
        '<p>Se <a href="https://x.example/">kartan</a>.</p>'
    )


def test_quotations_within_quotations_without_end_are_refused_with_the_articles_name() -> None:
    with pytest.raises(TemplateError, match="”Ekot”, rad 1 i brödtexten"):
        parse(Source(">" * (DEEPEST + 1) + " x", title="Ekot"))
    assert "x" in rendered(">" * DEEPEST + " x")
    assert "x" in rendered("\n".join("  " * n + "- x" for n in range(DEEPEST)))


def test_a_text_of_two_hundred_thousand_characters_is_set_within_seconds() -> None:
    text = ("Ett stycke med *kursiv* text, [en länk](https://x.example) och ord. " * 20 + "\n\n") * 150
    started = time.perf_counter()

    assert rendered(text).count("<em>") == 3000
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    "evil", ["[x](" * 5000, "*a_ " * 5000, "https://" * 9000, "`" * 20_000, "a@b." * 20_000]
)
def test_no_text_takes_long_to_read(evil: str) -> None:
    started = time.perf_counter()

    rendered(evil)

    assert time.perf_counter() - started < 5


PIECES = st.sampled_from(
    [
        "ord", "Åsa", "*", "_", "**", "`", "[", "]", "(", ")", "<", ">", "#", "- ", "1. ", "\n", "\n\n",
        "    ", "> ", "|", "---", "&amp;", "&#95;", "\\", "!", "~~", "```", "https://x.example/a",
        "a@x.example", '"', "'", "– ", ":", "[k]: ", "{{ x }}", "<b>", "<!-- ", "-->", "\t",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(" ".join))
@example("``` ord")
@example("``` ord\nÅsa\n```")
def test_no_word_is_lost_whatever_the_signs_around_it(text: str) -> None:
    text = clean(text)
    said = {word: len(re.findall(rf"(?<!\w){word}(?!\w)", text)) for word in ("ord", "Åsa")}
    try:
        shown = words(rendered(text))
    except TemplateError:
        return  # too deep: refused, not lost

    for word, times in said.items():
        assert shown.count(word) >= times


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_the_html_of_any_text_holds_no_element_but_those_of_an_article(text: str) -> None:
    markup = rendered(clean(text))

    assert set(re.findall(r"<\s*([a-zA-Z0-9]+)", markup)) <= {
        "p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code", "hr",
        "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("Ring 070-174 06 55 i dag", "tel:+46701740655"),
        ("Ring 08-465 004 12.", "tel:+46846500412"),
        ("(0455-123 45)", "tel:+4645512345"),
        ("Ring +46 70 174 06 55", "tel:+46701740655"),
        ("Ring +46 (0)70-174 06 55", "tel:+46701740655"),
        ("Ring +358 40 123 4567", "tel:+358401234567"),
    ],
)
def test_a_telephone_number_can_be_touched_without_being_marked(written: str, url: str) -> None:
    assert f'<a href="{url}">' in rendered(written)


@pytest.mark.parametrize(
    "written",
    [
        "Organisationsnummer 802400-1234", "Bankgiro 123-4567", "Den 05-12 2026 kl. 10", "2026-05-01",
        "Plusgiro 12 34 56-7", "ISBN 978-91-0-012345-6", "1+46 70", "070-1", "Artikel 0701740655123-4",
    ],
)  # fmt: skip
def test_other_numbers_are_no_telephones(written: str) -> None:
    assert "tel:" not in rendered(written)


def test_a_national_number_is_a_swedish_one_only_in_a_swedish_text() -> None:
    assert "tel:" not in to_html(parse(Source("Call 020-794 60 00", "en")))


def test_a_quotation_in_a_quotation_alone_is_lifted_out() -> None:
    assert rendered("Före.\n\n>> Den luktade hav.\n\nEfter.") == (
        '<p>Före.</p>\n<blockquote class="lifted">\n<p>Den luktade hav.</p>\n</blockquote>\n<p>Efter.</p>'
    )
    assert "lifted" not in rendered("> Han sa:\n>\n>> Den luktade hav.")
    assert "lifted" not in rendered("- >> Den luktade hav.")
    assert rendered(">> En.\n>>\n>> Två.").count("<p>") == 2


def test_a_lone_link_to_a_film_becomes_a_card_that_names_its_target() -> None:
    card = rendered("https://www.youtube.com/watch?v=abc")

    assert card.startswith('<p class="film">')
    assert ">Se filmen på YouTube</a>" in card
    assert ">Linsen rullar</a>" in rendered("[Linsen rullar](https://vimeo.com/123)")
    assert "film" not in rendered("Se https://vimeo.com/123 i kväll.")
    assert "<iframe" not in card + rendered('<iframe src="https://vimeo.com/123"></iframe>')
