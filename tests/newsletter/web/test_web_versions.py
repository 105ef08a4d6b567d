"""A letter in a browser: its own variant for whoever has the link, and never another region's."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.letters import web_token
from newsletter.models import Issue, IssueStatus, VariantRegion
from subscribers.models import Archive, RoleName
from tests.cast import Cast
from tests.newsletter.archives import sent
from tests.newsletter.web.visitors import appoint, key, signed_in

SKANE, NORRA = Audience.of(["skane"]), Audience.of(["norra"])


def variant_of(app: App, region: str) -> int:
    """Return the newest variant that a region's people got in Swedish."""
    with app.readers() as session:
        found = select(VariantRegion.variant_id).where(
            VariantRegion.region == region, VariantRegion.language == "sv"
        )
        return session.scalars(found.order_by(VariantRegion.issue_id.desc())).first() or 0


def link_to(app: App, region: str) -> str:
    return f"/las/{web_token(app.keyring, variant_of(app, region))}"


@pytest.fixture
def went(app: App, cast: Cast) -> None:
    """An issue with a block of Skåne and one of Norra has gone; whoever has it can read it on the web."""
    sent(app, ("Linsen", EVERYONE), ("Ängen", SKANE), ("Isen", NORRA), archive=Archive.LINKED)


@pytest.mark.usefixtures("went")
def test_a_link_opens_its_own_variant_and_no_other(stranger: TestClient, app: App) -> None:
    for region, own, others in (
        ("skane", "Ängen", "Isen"),
        ("norra", "Isen", "Ängen"),
        ("", "Linsen", "Isen"),
    ):
        answer = stranger.get(link_to(app, region))

        assert answer.status_code == 200
        assert "Om Linsen. Slut." in answer.text
        assert f"Om {own}. Slut." in answer.text
        assert others not in answer.text
    assert "Ängen" not in stranger.get(link_to(app, "")).text


@pytest.mark.usefixtures("went")
def test_nobody_between_keeps_it_no_search_engine_finds_it_and_no_site_learns_its_address(
    stranger: TestClient, app: App
) -> None:
    told = stranger.get(link_to(app, "skane")).headers

    assert told["cache-control"] == "private, no-store"
    assert told["x-robots-tag"] == "noindex, nofollow"
    assert told["referrer-policy"] == "same-origin"


@pytest.mark.usefixtures("went")
def test_it_names_no_reader_and_ends_nobodys_subscription(stranger: TestClient, app: App) -> None:
    text = stranger.get(link_to(app, "skane")).text

    assert [word for word in ("Hej", "Anna", "/u/", "/p/", "__") if word in text] == []
    assert 'href="../mina-uppgifter"' in text


@pytest.mark.usefixtures("went")
def test_what_opens_nothing_is_answered_alike_and_kindly(stranger: TestClient, app: App) -> None:
    good = link_to(app, "skane")
    flipped = good[:-3] + ("a" if good[-3] != "a" else "b") + good[-2:]
    no_such = f"/las/{web_token(app.keyring, 999_999)}"

    answers = [stranger.get(path) for path in (flipped, good[:-4], "/las/preview", "/las/1", no_such)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "Länken gäller inte" in answers[0].text


def _closed(issue: Issue) -> None:
    issue.mailing_list.archive = Archive.CLOSED


def _waiting(issue: Issue) -> None:
    issue.status = IssueStatus.SCHEDULED


@pytest.mark.usefixtures("went")
@pytest.mark.parametrize("change", [_closed, _waiting])
def test_a_link_stops_at_once_where_the_list_is_closed_or_the_issue_is_called_back(
    stranger: TestClient, app: App, change: Callable[[Issue], None]
) -> None:
    path = link_to(app, "skane")
    assert stranger.get(path).status_code == 200

    with app.sessions.begin() as session:
        change(session.scalars(select(Issue)).one())

    assert stranger.get(path).status_code == 404


def test_a_closed_list_has_no_web_version_and_its_letters_no_link(
    stranger: TestClient, app: App, cast: Cast
) -> None:
    sent(app, ("Linsen", EVERYONE), archive=Archive.CLOSED)
    with app.sessions.begin() as session:
        issue = session.scalars(select(Issue)).one()
        assert all("__WEB_URL__" not in f"{each.html}{each.text}" for each in issue.variants)
        issue.mailing_list.archive = Archive.LINKED

    assert stranger.get(link_to(app, "")).status_code == 404


@pytest.mark.usefixtures("went")
def test_an_officer_and_a_regions_own_lead_see_it_and_another_regions_does_not(app: App, cast: Cast) -> None:
    officer = signed_in(app, appoint(app, cast.anna, RoleName.OFFICER))
    numbers = {region: variant_of(app, region) for region in ("skane", "norra", "")}
    for number in numbers.values():
        assert officer.get(f"/webbversion/{number}").status_code == 200

    lead = signed_in(app, appoint(app, cast.bo, RoleName.REGIONAL_LEAD, "norra"))
    listed = re.findall(r"webbversion/([a-z2-7]+)", lead.get(f"/utskick/{key(app, 1)}/webb").text)
    assert len(set(listed)) == 2  # in Swedish, and in English for who reads that
    for one in set(listed):
        for page in (f"/webbversion/{one}", f"/webbversion/{one}/brev"):
            text = lead.get(page).text
            assert "Om Isen. Slut." in text
            assert "Ängen" not in text
    for number in numbers.values():
        assert lead.get(f"/webbversion/{number}").status_code == 404
