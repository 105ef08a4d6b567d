"""Addresses of films are known by their form; nothing is ever fetched from them."""

import pytest

from newsletter.rendering import films


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://www.youtube.com/watch?v=fyr1887", "YouTube"),
        ("https://www.youtube.com/watch?list=x&v=fyr1887", "YouTube"),
        ("https://youtu.be/fyr1887?t=3", "YouTube"),
        ("https://vimeo.com/123456", "Vimeo"),
        ("https://www.svtplay.se/video/eabc12/fyrarna", "SVT Play"),
        ("https://urplay.se/program/123-fyrar", "UR Play"),
    ],
)
def test_a_link_to_a_film_says_where_it_is_seen(url: str, place: str) -> None:
    found = films.known(url)

    assert found is not None
    assert found.label == f"Se filmen på {place}"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@fyrvannerna",
        "https://www.youtube.com/",
        "https://youtube.com.example.org/watch?v=fyr1887",
        "https://vimeo.com/om-oss",
        "https://fyrvannerna.example/watch?v=1",
        "mailto:film@vimeo.com",
    ],
)
def test_other_links_are_no_films(url: str) -> None:
    assert films.known(url) is None


def test_where_somebody_says_that_it_is_a_film_any_web_address_will_do() -> None:
    found = films.film("https://www.kommunen.example/filmer/7")

    assert found is not None
    assert found.label == "Se filmen på kommunen.example"
    assert films.film("javascript:alert(1)") is None
    assert films.film("film på vår sida") is None
    assert films.film("") is None
