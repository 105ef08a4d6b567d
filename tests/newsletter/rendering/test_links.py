"""Links that may stand in a mail, and those that stand bare in a text."""

import time

import pytest

from newsletter.rendering import links


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "/om", "//x.example", "#artikel", "",
        "https:///utan-vard", "http://[::1", "cid:bild",
    ],
)  # fmt: skip
def test_only_whole_addresses_of_four_kinds_may_stand_in_a_mail(url: str) -> None:
    """Rule X18: no relative link, no data: link."""
    assert links.allowed(url) is None


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://x.example/å ä?q=ö", "https://x.example/%C3%A5%20%C3%A4?q=%C3%B6"),
        ("https://räksmörgås.example/", "https://xn--rksmrgs-5wao1o.example/"),
        ("HTTP://X.example", "http://x.example"),
        ("mailto:info@x.example", "mailto:info@x.example"),
        ("tel:+46701740655", "tel:+46701740655"),
        ("https://x.example/a'b\"c", "https://x.example/a%27b%22c"),
    ],
)
def test_a_link_is_written_in_plain_ascii(written: str, sent: str) -> None:
    assert (links.allowed(written) or "").lower() == sent.lower()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Skriv till info@x.example.", [("info@x.example", "mailto:info@x.example")]),
        ("(www.x.example/hej).", [("www.x.example/hej", "https://www.x.example/hej")]),
        ("anna_b@x.example, bo@y.example", [
            ("anna_b@x.example", "mailto:anna_b@x.example"), ("bo@y.example", "mailto:bo@y.example"),
        ]),
        ("@fyrvakten i a@b, 1@2.3", []),
        ("www. och www.a", []),
    ],
)  # fmt: skip
def test_bare_addresses_are_found_without_the_punctuation_around_them(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert [(text[start:end], url) for start, end, url in links.bare(text)] == found


def test_a_telephone_number_of_the_record_is_found_in_the_text() -> None:
    text = "Ring 070-174 06 55.Eller 070-174 06 551."

    assert links.bare(text, (("070-174 06 55", "tel:+46701740655"),)) == [(5, 18, "tel:+46701740655")]


def test_a_bracket_that_belongs_to_the_address_stays() -> None:
    assert links.trim("https://x.example/wiki/Fyr_(bok))") == "https://x.example/wiki/Fyr_(bok)"


def test_people_call_a_place_by_its_name() -> None:
    assert links.display("https://www.x.example/a/") == "x.example/a"
    assert links.display("mailto:a@x.example?subject=Hej") == "a@x.example"
    assert links.in_text("tel:+46701740655") == "+46701740655"
    assert links.in_text("mailto:a@x.example?subject=Hej") == "mailto:a@x.example?subject=Hej"


@pytest.mark.parametrize("evil", ["a@b." * 50_000, "www." * 50_000, "ab@" * 60_000, "a." * 90_000 + "@"])
def test_no_text_takes_long_to_search(evil: str) -> None:
    started = time.perf_counter()

    links.bare(evil)

    assert time.perf_counter() - started < 2.0
