"""An address has four forms, and people write it in many more."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.core import addresses
from subscribers.core.addresses import canonical, mask, parse, wire
from subscribers.errors import BadAddress


@pytest.mark.parametrize(
    "written",
    [
        "Åsa.Öberg@Malmö.example",
        "åsa.öberg@malmö.example",
        "ÅSA.ÖBERG@XN--MALM-8QA.EXAMPLE",
        unicodedata.normalize("NFD", "Åsa.Öberg@Malmö.example"),
        "  Åsa.Öberg@malmö.example\u200b\n",
        "mailto:Åsa.Öberg@malmö.example",
        "Åsa Öberg <Åsa.Öberg@malmö.example>",
    ],
)
def test_it_is_the_same_woman_however_she_writes_her_address(written: str) -> None:
    assert canonical(written) == "åsa.öberg@malmö.example"


def test_the_case_of_the_local_part_is_kept_and_the_domain_is_read_by_people() -> None:
    address = parse("Anna.Berg@XN--MALM-8QA.example")

    assert address.written == "Anna.Berg@malmö.example"


def test_on_the_wire_the_domain_is_ascii() -> None:
    """I1: an IDN domain becomes an A-label."""
    address = parse("anna@malmö.example")

    assert address.wire == wire(address.written) == "anna@xn--malm-8qa.example"
    assert not address.needs_smtputf8


def test_a_local_part_outside_ascii_needs_smtputf8() -> None:
    """I1: only the local part does."""
    address = parse("åke@malmö.example")

    assert address.wire == wire(address.written) == "åke@xn--malm-8qa.example"
    assert address.needs_smtputf8


@pytest.mark.parametrize("domain", ["lund.example", "nagot.test", "example.com", "förening.example"])
def test_domains_reserved_for_examples_and_tests_are_accepted(domain: str) -> None:
    assert canonical(f"anna@{domain}") == f"anna@{domain}"


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("", "saknas"),
        (" \u00a0 ", "saknas"),
        ("anna.lund.example", "saknas ett @"),
        ("anna berg@lund.example", "mellanslag"),
        ("anna@lund", "saknas en punkt"),
        ("anna@localhost", "saknas en punkt"),
        ("anna@@lund.example", "Det går inte"),
        ("anna@lund..example", "Det går inte"),
        ("anna.@lund.example", "Det går inte"),
        ("an\u200bna@lund.example", "Det går inte"),
        ("anna@lund.example,bo@lund.example", "Det går inte"),
        ("anna@[127.0.0.1]", "Det går inte"),
        ("anna@lund.invalid", "Det går inte"),
        ("a" * 65 + "@lund.example", "Det går inte"),
        ("anna@" + "l" * 64 + ".example", "Det går inte"),
        ("anna\r\nBcc:bo@lund.example", "mellanslag"),
        ("anna@lund.example\x00", "Det går inte"),
        ("\ud800@lund.example", "Det går inte"),
    ],
)
def test_an_impossible_address_is_refused_with_a_sentence(written: str, word: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse(written)

    sentence = str(caught.value)
    assert word in sentence
    assert sentence.isprintable()


def test_a_very_long_address_does_not_fill_the_page() -> None:
    with pytest.raises(BadAddress) as caught:
        parse("a" * 100_000 + "@lund.example")

    assert len(str(caught.value)) < 200


def test_a_page_shows_enough_of_an_address_for_its_owner_only() -> None:
    """Decision 14: the address is masked for whoever holds a link."""
    assert mask("anna.berg@lund.example") == "a•••@l•••.example"
    assert mask("åsa@malmö.example") == "å•••@m•••.example"
    assert mask("anna@mail.lund.example") == "a•••@m•••.example"
    assert mask("bo@x.example") == "•••@•••.example"


@given(st.text() | st.emails())
@example("a@b")
@example("@")
@example("")
def test_no_text_comes_back_whole_from_the_mask(text: str) -> None:
    masked = mask(text)

    assert masked != text
    local = unicodedata.normalize("NFC", text).rpartition("@")[0]
    assert len(local) < 3 or local not in masked


_LOCALS = st.text("abcåäöABCÅÄÖéüßİ.0+-'", min_size=1, max_size=12)
_DOMAINS = st.text("abcåäöABCÅÄÖéü0", min_size=1, max_size=8)


@given(_LOCALS, _DOMAINS)
def test_the_canonical_form_of_the_canonical_form_is_the_same(local: str, domain: str) -> None:
    try:
        address = parse(f"{local}@{domain}.example")
    except BadAddress:
        return

    assert canonical(address.canonical) == address.canonical
    assert canonical(address.written) == canonical(address.wire) == address.canonical
    assert wire(address.written) == address.wire
    assert unicodedata.is_normalized("NFC", address.canonical)


_PLAIN_LOCALS = st.text("abzAZ09_+-.", min_size=1, max_size=70)
_PLAIN_DOMAINS = st.text("abXZ09-.", min_size=1, max_size=60) | st.sampled_from(
    [
        "lund.example",
        "LUND.example",
        "xn--malm-8qa.example",
        "a.test",
        "localhost",
        "x.local",
        "a..b",
        "-a.se",
    ]
)


@given(_PLAIN_LOCALS, _PLAIN_DOMAINS)
@example("a" * 64, "b." + "c" * 190 + ".se")
@example("a" * 64, ".".join(["d" * 60] * 3) + ".se")
@example("a" * 65, "lund.example")
@example(".a", "lund.example")
def test_the_short_way_for_plain_addresses_says_what_the_long_way_says(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    try:
        fully = addresses._parse_fully(text)
    except BadAddress:
        with pytest.raises(BadAddress):
            parse(text)
        return

    assert parse(text) == fully
