"""What somebody meant to fill in stops an issue, or is told."""

from dataclasses import replace

import pytest

from newsletter.core.messages import MARKERS
from newsletter.core.preflight import placeholders
from newsletter.core.preflight.findings import Finding, Place, Severity
from tests.newsletter.core.preflight.mails import FIELDS, LINK, article, page, version

PLACES = [
    "{{ namn }}",
    "{{namn}}",
    "{% if x %}",
    "*|FNAME|*",
    "*|IF:X|*",
    "[[förnamn]]",
    "%NAMN%",
    "%FÖR_NAMN%",
]
PLACES += ["${name}", "<% name %>", "%%namn%%", *MARKERS.values()]
WORDS = ["Lorem ipsum", "lorem IPSUM", "XXX", "XXXXX", "TODO", "[rubrik]", "[Rubrik]", "[datum]", "TBD"]
FINE = [
    "{ ett }",
    "100 % NATUR %",
    "%C3%A5",
    "**FET**",
    "[1]",
    "[sic]",
    "todo",
    "XX",
    "XXXL",
    "Todor",
    "{}",
    "__init__",
]
FINE += ["[rubriken här]", "50 %, 60 %", "[[]]", "_\u2060_GREETING__"]


def found(words: str) -> list[Finding]:
    escaped = words.replace("<", "&lt;")
    return list(placeholders.check(version(html=page(article(5, f"<p>Hej {escaped} du</p>")))))


@pytest.mark.parametrize("words", PLACES)
def test_a_place_left_over_stops_the_issue(words: str) -> None:
    (one,) = found(words)

    assert (one.severity, one.facts, one.article_id, one.place) == (
        Severity.STOP,
        {"words": words},
        5,
        Place.BODY,
    )


@pytest.mark.parametrize("words", WORDS)
def test_words_that_wait_for_others_are_told(words: str) -> None:
    (one,) = found(words)

    assert (one.severity, one.facts, one.article_id) == (Severity.WARNING, {"words": words}, 5)


@pytest.mark.parametrize("words", FINE)
def test_what_only_looks_like_it_is_fine(words: str) -> None:
    assert found(words) == []


def test_one_in_the_text_part_alone_is_found() -> None:
    (one,) = placeholders.check(replace(version(), text="Hej {{ namn }}"))

    assert (one.severity, one.place, one.article_id) == (Severity.STOP, Place.TEMPLATE, None)


def test_one_in_the_subject_alone_is_found_however_it_is_encoded() -> None:
    fields = {**FIELDS, "Subject": "=?utf-8?q?Hej_=7B=7B_namn_=7D=7D?="}

    assert [one.place for one in placeholders.check(version(fields=fields))] == [Place.SUBJECT]


def test_one_in_the_preheader_alone_is_found() -> None:
    html = page('<div class="preheader" style="display:none">Hej *|FNAME|*</div>')

    assert [one.place for one in placeholders.check(version(html=html))] == [Place.PREHEADER]


@pytest.mark.parametrize("url", ["https://a.example/?n=%7B%7Bnamn%7D%7D", "https://a.example/*|UNSUB|*"])
def test_one_in_a_link_alone_is_found(url: str) -> None:
    assert len(list(placeholders.check(version(f'<a href="{url}" {LINK}>Hej</a>')))) == 1


def test_one_that_markup_parts_is_found() -> None:
    html = page("<p>{{ <b>namn</b> }}</p>")
    assert len(list(placeholders.check(version(html=html)))) == 1


def test_one_that_stands_in_many_places_is_told_once() -> None:
    html = page(article(5, "<p>TODO</p>") + article(6, "<p>TODO</p>"))

    assert len(list(placeholders.check(replace(version(html=html), text="TODO")))) == 1
