"""Mail servers in one line of the settings."""

import pytest

from newsletter.core import pacing
from newsletter.core.relay_addresses import RelayAddress, parse


def test_an_address_says_all_that_there_is_to_say_of_a_server() -> None:
    first, second, third = parse(
        "smtps://brev:%C3%A4pple%3A%40@smtp.a.example:2465?weight=2&connections=8&messages=100 "
        "smtp://smtp.b.example  smtp://u@[::1]:25?security=none&auth=xoauth2"
    )

    assert first == RelayAddress(
        "smtp.a.example", 2465, "tls", "brev", "äpple:@", weight=2, connections=8, messages=100
    )
    assert second == RelayAddress("smtp.b.example", 587, "starttls")
    assert third == RelayAddress("::1", 25, "none", "u", by_token=True)
    assert "äpple" not in repr(first)


def test_a_server_may_have_rates_of_its_own() -> None:
    (address,) = parse("smtp://a.example?rate=14/second,2000/day")
    assert address.rates == pacing.parse("14/second, 2000/day")


def test_the_usual_ports_go_with_the_way_it_is_secured() -> None:
    assert [(each.port, each.security) for each in parse("smtp://a.example smtps://a.example")] == [
        (587, "starttls"),
        (465, "tls"),
    ]


@pytest.mark.parametrize(
    "value",
    ["smtp://a.example smtp://a.example:587", "a.example", "smtp://a.example?x=1", "smtp://a.example?rate=5"],
)
def test_what_is_no_address_or_stands_there_twice_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(value)


def test_nothing_is_no_server() -> None:
    assert parse("  ") == ()
