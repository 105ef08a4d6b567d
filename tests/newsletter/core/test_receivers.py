"""A large provider counts our letters to all of its domains together."""

import pytest

from newsletter.core.receivers import receiver_of


@pytest.mark.parametrize(
    ("address", "receiver"),
    [
        ("anna@gmail.com", "gmail.com"),
        ("Anna@GoogleMail.com", "gmail.com"),
        ("bo@hotmail.se", "outlook.com"),
        ("bo@hotmail.co.uk", "outlook.com"),
        ("live.se", "outlook.com"),
        ("yahoo.co.uk", "yahoo.com"),
        ("aol.com", "yahoo.com"),
        ("me.com", "icloud.com"),
        ("bo@forening.example", "forening.example"),
        ("bo@live.of.us.example", "live.of.us.example"),
        ("bo@gmail.com.example", "gmail.com.example"),
        ("å@åäö.example", "åäö.example"),
        ("", ""),
    ],
)
def test_domains_of_one_provider_are_one_receiver(address: str, receiver: str) -> None:
    assert receiver_of(address) == receiver
