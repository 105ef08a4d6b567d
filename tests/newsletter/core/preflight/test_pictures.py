"""Pictures: X8, X18, and no picture that tells who opens a mail."""

import pytest

from newsletter.core.preflight import pictures
from newsletter.core.preflight.findings import Finding, Place, Severity
from tests.newsletter.core.preflight.mails import LINK, article, page, rules, version

SOURCE = "https://brev.fyrvannerna.example/media/fyr%20i%20dimma.jpg"


def found(body: str) -> list[Finding]:
    return list(pictures.check(version(html=page(body))))


def picture(more: str = 'alt="En fyr"', size: str = 'width="552" height="368"', source: str = SOURCE) -> str:
    return f'<img src="{source}" {size} {more}>'


@pytest.mark.parametrize("alt", ['alt="En fyr"', 'alt=""'])
def test_a_picture_as_it_should_be(alt: str) -> None:
    assert found(picture(alt)) == []


def test_a_picture_without_a_description_is_told_by_its_name() -> None:
    (one,) = found(article(6, picture("")))

    assert (one.rule, one.article_id, one.place, one.facts) == (
        "X8",
        6,
        Place.PICTURES,
        {"file": "fyr i dimma.jpg"},
    )


def test_a_picture_that_is_a_link_must_say_where_it_leads() -> None:
    assert rules(found(f'<a href="{SOURCE}" {LINK}>{picture(chr(97) + "lt=" + chr(34) * 2)}</a>')) == ["X8"]
    assert found(f'<a href="{SOURCE}" {LINK}>{picture()}</a>') == []


@pytest.mark.parametrize(
    "size", ["", 'width="552"', 'height="368"', 'width="100%" height="368"', 'width="" height=""']
)
def test_a_picture_without_its_size_is_advice(size: str) -> None:
    assert [(one.rule, one.severity) for one in found(picture(size=size))] == [("X18", Severity.ADVICE)]


@pytest.mark.parametrize(
    "source", ["/media/fyr.jpg", "fyr.jpg", "data:image/png;base64,AAAA", "cid:1", "", "https:///x"]
)
def test_a_picture_that_is_not_at_a_whole_address_is_told(source: str) -> None:
    assert [(one.rule, one.severity) for one in found(picture(source=source))] == [("X18", Severity.WARNING)]


@pytest.mark.parametrize(
    "size",
    [
        'width="1" height="1"',
        'width="0" height="50"',
        'width="552" height="368" style="width:1px"',
        'width="552" height="368" style="color:red;display:none"',
        'width="552" height="368" hidden',
    ],
)
def test_a_picture_that_nobody_can_see_stops_the_issue(size: str) -> None:
    """It is there to be fetched, and would tell who opens the mail: we promise that nothing does."""
    assert [(one.rule, one.severity) for one in found(picture(size=size))] == [("tracking", Severity.STOP)]


def test_a_picture_of_two_pixels_is_small_but_no_spy() -> None:
    assert found(picture(size='width="2" height="2"')) == []
