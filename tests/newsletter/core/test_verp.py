"""A bounce finds the delivery that it is about (rule F2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.verp import EnvelopeMode, envelope_sender, read
from newsletter.errors import HeaderRefused
from subscribers.core import tokens

OURS = "studs@example.org"
TOKEN = "abcdefghijklmnopqrstuvwxyz234"


@pytest.mark.parametrize(
    ("mode", "address"),
    [
        (EnvelopeMode.VERP, f"studs-{TOKEN}@example.org"),
        (EnvelopeMode.PLUS, f"studs+{TOKEN}@example.org"),
        (EnvelopeMode.FIXED, "studs@example.org"),
    ],
)
def test_the_envelope_sender_carries_the_token_where_the_mail_host_allows(
    mode: EnvelopeMode, address: str
) -> None:
    assert envelope_sender(mode, bounce_address=OURS, token=TOKEN) == address
    expected = None if mode is EnvelopeMode.FIXED else TOKEN
    assert read(address, bounce_address=OURS) == expected


@given(st.integers(0, 2**48 - 1), st.sampled_from([EnvelopeMode.VERP, EnvelopeMode.PLUS]))
def test_a_real_token_comes_home_even_in_capitals(delivery: int, mode: EnvelopeMode) -> None:
    ring = tokens.Keyring((b"k" * 32,))
    token = tokens.make(ring, tokens.Purpose.ENVELOPE, delivery)

    address = envelope_sender(mode, bounce_address="studs@föreningen.se", token=token)

    assert len(address.partition("@")[0]) <= 64
    assert address.isascii()
    shouted = f" <{address.upper()}> "
    read_back = read(shouted, bounce_address="Studs@Föreningen.SE")
    assert read_back == token
    assert tokens.read(ring, tokens.Purpose.ENVELOPE, read_back) == (delivery,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "studs",
        "@example.org",
        "studs@example.org",
        "studs-@example.org",
        "studs-åäö@example.org",
        "studs-abc!@example.org",
        f"studs-{TOKEN}@example.com",
        f"info-{TOKEN}@example.org",
        f"studs{TOKEN}@example.org",
    ],
)
def test_an_address_that_we_did_not_make_gives_no_token(address: str) -> None:
    assert read(address, bounce_address=OURS) is None


def test_a_bounce_address_that_has_no_room_for_a_token_is_refused() -> None:
    envelope_sender(EnvelopeMode.VERP, bounce_address=f"{'x' * 34}@example.org", token=TOKEN)
    with pytest.raises(ValueError, match="too long"):
        envelope_sender(EnvelopeMode.VERP, bounce_address=f"{'x' * 35}@example.org", token=TOKEN)


@pytest.mark.parametrize("token", ["", "ABC", "a b", "a\r\nb", "a@b"])
def test_what_is_no_token_stays_out_of_the_envelope(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        envelope_sender(EnvelopeMode.VERP, bounce_address=OURS, token=token)


def test_what_is_no_address_cannot_take_bounces() -> None:
    with pytest.raises(HeaderRefused):
        envelope_sender(EnvelopeMode.FIXED, bounce_address="studs@example.org>\r\nRCPT TO:<x@y", token="")
    with pytest.raises(ValueError, match="ASCII"):
        envelope_sender(EnvelopeMode.FIXED, bounce_address="stöds@example.org", token="")
