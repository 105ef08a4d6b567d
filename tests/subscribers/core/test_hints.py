"""Addresses that somebody should look at are pointed out, and no others."""

import pytest

from subscribers.core.hints import hint, is_shared, likely_domain


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.se", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("lund.example.con", "lund.example.com"),
    ],
)
def test_a_likely_slip_of_the_keyboard_is_pointed_out_with_what_was_probably_meant(
    written: str, meant: str
) -> None:
    assert likely_domain(written) == meant
    said = hint(f"anna@{written}")
    assert said is not None
    assert said[1] == {"address": f"anna@{written}", "meant": f"anna@{meant}"}


@pytest.mark.parametrize(
    "domain", ["gmail.com", "hotmail.se", "telia.com", "telia.se", "lund.se", "malmö.se", "x.net"]
)
def test_ordinary_domains_are_left_alone(domain: str) -> None:
    assert likely_domain(domain) is None
    assert hint(f"anna@{domain}") is None


@pytest.mark.parametrize("local", ["info", "kansli", "ordförande", "info+nyhetsbrev"])
def test_an_address_that_several_people_read_is_pointed_out(local: str) -> None:
    assert is_shared(local)
    assert hint(f"{local}@museum.example") is not None


@pytest.mark.parametrize("local", ["anna", "info.anna", "kanslin"])
def test_a_persons_own_address_is_left_alone(local: str) -> None:
    assert hint(f"{local}@museum.example") is None
