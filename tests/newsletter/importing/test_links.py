"""Links, addresses and telephone numbers are found as they are written."""

import pytest

from newsletter.importing.links import find_links


def urls(text: str) -> list[str]:
    return [link.url for link in find_links([text])]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Läs på https://forening.example/a_(b).", "https://forening.example/a_(b)"),
        ("(se https://forening.example/x)", "https://forening.example/x"),
        ("www.forening.example/kurser.", "https://www.forening.example/kurser"),
        ("Skriv till info@forening.example!", "mailto:info@forening.example"),
        ("sms till 070-174 06 12.", "tel:+46701740612"),
        ("ring 08-465 004 21", "tel:+46846500421"),
        ("ring 0980-319 211", "tel:+46980319211"),
        ("ring +46 (0)70 174 06 12", "tel:+46701740612"),
        ("ring 0046 70 174 06 12", "tel:+46701740612"),
        ("ring 0701740612", "tel:+46701740612"),
    ],
)
def test_links_are_found(text: str, url: str) -> None:
    assert urls(text) == [url]


@pytest.mark.parametrize(
    "text",
    [
        "den 2022-11-21",
        "org.nr 802001-1234",
        "bankgiro 123-4567",
        "klockan 08.00-17.00",
        "barn 0-3 år",
        "123 45 Överby",
        "@rektor_linnea",
        "t.ex. bl.a. m.fl.",
        "polisens nummer är 114 14",
        "012345678901234567890",
    ],
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert urls(text) == []


def test_each_link_is_named_once_in_the_order_of_the_text() -> None:
    text = "Ring 070-174 06 12, skriv till a@b.example eller se www.b.example. Igen: a@b.example"

    assert urls(text) == ["tel:+46701740612", "mailto:a@b.example", "https://www.b.example"]


def test_a_label_is_the_words_of_the_text() -> None:
    assert [link.label for link in find_links(["Ring 070-174 06 12 eller se www.b.example."])] == [
        "070-174 06 12",
        "www.b.example",
    ]
