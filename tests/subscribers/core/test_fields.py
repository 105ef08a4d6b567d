"""Headers are known in Swedish and English, as treasurers write them."""

import pytest

from subscribers.core.fields import Field, known_headers, recognise


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Medlemsnummer", Field.MEMBER_NUMBER),
        ("MEDLEMSNR.", Field.MEMBER_NUMBER),
        ("Member no", Field.MEMBER_NUMBER),
        ("Förnamn", Field.GIVEN_NAME),
        ("fo\u0308rnamn", Field.GIVEN_NAME),
        ("First name", Field.GIVEN_NAME),
        ("efternamn", Field.FAMILY_NAME),
        ("Namn", Field.NAME),
        ("För- och efternamn", Field.NAME),
        ("E-post", Field.EMAIL),
        ("e-postadress", Field.EMAIL),
        ("Email", Field.EMAIL),
        ("E-mail", Field.EMAIL),
        ("E-post (privat)", Field.EMAIL_PRIVATE),
        ("e-post privat", Field.EMAIL_PRIVATE),
        ("E-post arbete", Field.EMAIL_WORK),
        ("Kommun", Field.MUNICIPALITY),
        ("Arbetsplats", Field.WORKPLACE),
        ("Språk", Field.LANGUAGE),
        ("Medlem sedan", Field.MEMBER_SINCE),
        ("Member since", Field.MEMBER_SINCE),
        ("Utträde", Field.MEMBER_UNTIL),
        ("Skostorlek", None),
        ("", None),
        ("…", None),
    ],
)
def test_a_header_is_known_for_what_it_stands_for(header: str, field: Field | None) -> None:
    assert recognise(header) is field


def test_every_field_has_a_header_that_we_may_tell_people() -> None:
    assert {recognise(header) for header in known_headers()} == set(Field)
