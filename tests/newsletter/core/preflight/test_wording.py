"""Texts brought to a form to compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.preflight.wording import addresses, bare, holds, mail_addresses, plain, same_address


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("## Hittad *under* en __trappa__", "Hittad under en trappa"),
        ('Se [museets katalog](https://a.example/x_y_z "titel").', "Se museets katalog."),
        ("![En fyr](fyr.jpg) tänds", "En fyr tänds"),
        ("- ett\n* två\n1. tre\n> fyra", "ett\ntvå\ntre\nfyra"),
        (
            "Skriv till <hej@a.example> eller <https://a.example/>",
            "Skriv till hej@a.example eller https://a.example/",
        ),
        (r"fem \* sex", "fem * sex"),
        ("2 * 3 och snake_case_namn", "2 * 3 och snake_case_namn"),
    ],
)
def test_markdown_becomes_words(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("”Hej”, sa HON – nu!", "hej sa hon nu"),
        ("katalogen [1] och\u00a0[12] mer", "katalogen och mer"),
        ("mjuk\u00adt av\u2060slut", "mjukt avslut"),
        ("A\u030angstro\u0308m", "ångström"),
        ("[1] i början", "1 i början"),
        ("snake_case", "snake case"),
        ("…", ""),
    ],
)
def test_words_alone(text: str, words: str) -> None:
    assert bare(text) == words


def test_a_phrase_is_whole_words() -> None:
    assert holds("kväll vid kullen", "vid kullen")
    assert not holds("kväll vid kullens fyr", "vid kullen")
    assert not holds("kväll", "")


@given(st.text(max_size=80))
def test_bare_is_bare_already(text: str) -> None:
    once = bare(text)
    assert bare(once) == once
    assert not once or holds(once, once)


def test_an_address_is_read_with_and_without_what_ends_a_sentence() -> None:
    assert list(addresses("Se https://a.example/x). Och HTTP://b.example/!")) == [
        ("https://a.example/x).", "https://a.example/x)", "https://a.example/x"),
        ("HTTP://b.example/!", "HTTP://b.example/"),
    ]
    assert list(addresses("a.example och ftp://b.example")) == []


def test_mail_addresses_are_found_outside_web_addresses() -> None:
    text = "Skriv till pia@molle.example. Se https://a.example/@namn, https://b@c.example/x, O.K@ö.example-"
    assert mail_addresses(text) == ["pia@molle.example", "O.K@ö.example"]


@pytest.mark.parametrize(
    "other", ["http://www.Museum.example/katalog/?id=å", "https://museum.example/katalog?id=%C3%A5"]
)
def test_ways_to_write_one_address(other: str) -> None:
    assert same_address(other) == same_address("https://museum.example/katalog?id=å")


@pytest.mark.parametrize(
    "other",
    [
        "https://museum.example/katalog?id=a",
        "https://museum.example/katalogen",
        "https://m.example/katalog?id=å",
    ],
)
def test_addresses_that_are_others(other: str) -> None:
    assert same_address(other) != same_address("https://museum.example/katalog?id=å")


def test_a_host_in_unicode_is_its_a_label() -> None:
    assert same_address("https://äpple.example/") == same_address("https://xn--pple-koa.example")


@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(text: str) -> None:
    assert isinstance(same_address(text), str)
    assert isinstance(plain(text), str)
    assert all(ways[0].startswith(ways[-1]) for ways in addresses(text))
