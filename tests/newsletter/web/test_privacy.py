"""What is said about personal data is what the program goes by."""

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from newsletter import language
from newsletter.services.role_words import ROLES
from subscribers.core.authority import RoleName
from subscribers.core.purposes import GROUNDS
from subscribers.core.retention import RETENTION
from tests.cast import Cast


@pytest.mark.parametrize("speaks", ["sv", "en"])
def test_the_page_says_every_row_of_the_tables(stranger: TestClient, cast: Cast, speaks: str) -> None:
    """GDPR 13: purposes with their grounds, how long, who sees it."""
    page = stranger.get("/om/personuppgifter", params={"sprak": speaks}).text

    with language.using(speaks):
        told = [ground.sentence for ground in GROUNDS.values()] + [row.sentence for row in RETENTION]
        shown = [language._(each) for each in told]
        shown += [language._(ROLES[each]).capitalize() for each in (RoleName.OFFICER, RoleName.REGIONAL_LEAD)]
        for each in shown:
            assert str(escape(each)) in page
    assert f'<html lang="{speaks}"' in page
    assert "hej@applen.example" in page.replace("<wbr>", "")


def test_a_lead_is_said_to_see_their_own_region_only(stranger: TestClient, cast: Cast) -> None:
    page = stranger.get("/om/personuppgifter").text

    assert "Regionansvarig: bara den egna regionens" in page
    assert "Redaktör: allas" in page
    assert "Granskare:" not in page


def test_an_unknown_language_is_the_associations(stranger: TestClient, cast: Cast) -> None:
    assert '<html lang="sv"' in stranger.get("/om/personuppgifter?sprak=<b>").text


def test_the_footer_of_every_page_leads_there(stranger: TestClient, cast: Cast) -> None:
    for address in ("/prenumerera", "/logga-in", "/mina-uppgifter", "/ingenting"):
        assert 'om/personuppgifter">' in stranger.get(address).text, address
