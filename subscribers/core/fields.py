"""What a column of a register may hold, and the words by which its header is known."""

import enum
import unicodedata


class Field(enum.Enum):
    """A fact about a person that a register can hold."""

    MEMBER_NUMBER = "member-number"
    GIVEN_NAME = "given-name"
    FAMILY_NAME = "family-name"
    NAME = "name"
    EMAIL = "email"
    EMAIL_WORK = "email-work"
    EMAIL_PRIVATE = "email-private"
    EMAIL_OTHER = "email-other"
    MUNICIPALITY = "municipality"
    REGION = "region"
    WORKPLACE = "workplace"
    LANGUAGE = "language"
    MEMBER_SINCE = "member-since"
    MEMBER_UNTIL = "member-until"
    MEMBERSHIP = "membership"
    TITLE = "title"
    STREET = "street"
    POSTAL_CODE = "postal-code"
    CITY = "city"


#: Columns of addresses, the one to prefer first, with the kind of address that each holds.
ADDRESS_FIELDS = {
    Field.EMAIL: "other",
    Field.EMAIL_WORK: "work",
    Field.EMAIL_PRIVATE: "private",
    Field.EMAIL_OTHER: "other",
}

#: A table without any of these columns is no register of people.
TELLING_FIELDS = frozenset({Field.MEMBER_NUMBER, Field.FAMILY_NAME, Field.NAME, *ADDRESS_FIELDS})

_HEADERS = {
    Field.MEMBER_NUMBER: (
        "Medlemsnummer, Medlemsnr, Medl.nr, Medlem nr, Medlems-ID, "
        "Member number, Member no, Member ID, Membership number"
    ),
    Field.GIVEN_NAME: "Förnamn, Tilltalsnamn, Given name, First name, Forename",
    Field.FAMILY_NAME: "Efternamn, Familjenamn, Family name, Last name, Surname",
    Field.NAME: "Namn, Fullständigt namn, Hela namnet, För- och efternamn, Medlem, Name, Full name",
    Field.EMAIL: (
        "E-post, E-postadress, Epostadresser, Mejl, Mejladress, Mail, Mailadress, "
        "Email, Email address, Mail address, E-mail 1, E-post 1"
    ),
    Field.EMAIL_WORK: (
        "E-post arbete, E-post arbetet, Arbetsepost, E-post jobb, E-post jobbet, Jobbepost, Jobbmejl, "
        "Tjänsteepost, E-post tjänst, E-postadress arbete, Work email, Email work"
    ),
    Field.EMAIL_PRIVATE: (
        "E-post privat, Privat e-post, Privat e-postadress, E-postadress privat, E-post hem, "
        "Privatmejl, Mejl privat, Private email, Personal email, Home email, Email private, Email home"
    ),
    Field.EMAIL_OTHER: "Annan e-post, Extra e-post, Alternativ e-post, E-post 2, E-mail 2, Other email",
    Field.MUNICIPALITY: "Kommun, Hemkommun, Bostadskommun, Kommunnamn, Kommunkod, Municipality",
    Field.REGION: "Region, Regionavdelning",
    Field.WORKPLACE: "Arbetsplats, Arbetsgivare, Företag, Workplace, Employer, Company",
    Field.LANGUAGE: "Språk, Brevspråk, Önskat språk, Language, Preferred language",
    Field.MEMBER_SINCE: (
        "Medlem sedan, Medlem från, Inträde, Inträdesdatum, Inträdesår, Medlemsår, "
        "Member since, Member from, Joined, Join date"
    ),
    Field.MEMBER_UNTIL: (
        "Medlem till, Medlem till och med, Utträde, Utträdesdatum, Member until, Member to, Left"
    ),
    Field.MEMBERSHIP: "Medlemskap, Är medlem, Membership, Is member",
    Field.TITLE: "Titel, Befattning, Yrkestitel, Title, Job title",
    Field.STREET: "Gatuadress, Postadress, Adress, Gata, Utdelningsadress, Street, Street address",
    Field.POSTAL_CODE: "Postnummer, Postnr, Postal code, Postcode, Zip, Zip code",
    Field.CITY: "Postort, Ort, Stad, City, Town",
}


def recognise(header: str) -> Field | None:
    """Return what a header stands for; None for one that says nothing to us.

    Case, spaces and punctuation make no difference: "E-POST (privat)" is "E-post privat".
    """
    return _BY_HEADER.get(_plain(header))


def by_name(text: str) -> Field | None:
    """Return the field that somebody names by its key ("email-work") or by a header that it is known by."""
    return next((field for field in Field if field.value == text.strip().casefold()), None) or recognise(text)


def header_of(field: Field) -> str:
    """Return the Swedish header of a field, as exports and sentences have it."""
    return _HEADERS[field].partition(",")[0]


def known_headers() -> tuple[str, ...]:
    """Return the Swedish header of each field, as a sentence to people may list them."""
    return tuple(map(header_of, _HEADERS))


def _plain(header: str) -> str:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", header).casefold())
    return "".join(character for character in folded if character.isalnum())


_BY_HEADER = {_plain(word): field for field, words in _HEADERS.items() for word in words.split(",")}
