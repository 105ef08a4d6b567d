"""Nobody who sees a part of the association learns from addresses how many others there are."""

import re
from collections.abc import Callable

import pytest

from newsletter.app import App
from newsletter.core.audiences import Audience
from newsletter.models import Issue
from newsletter.services import issues
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor, appoint, key

#: The pages with lists on which a lead is, and where their links lead.
LISTS = {
    "/min-region": r"personer/([^/\"?#]+)\"",
    "/min-region/onabara": r"personer/([^/\"?#]+)\"",
    "/personer": r"personer/([^/\"?#]+)\"",
    "/utskick": r"utskick/([^/\"?#]+)\"",
    "/rapporter": r"rapporter/nummer/([^/\"?#]+)\"",
    "/kallelser": r"kallelser/([^/\"?#]+)\"",
}


@pytest.mark.parametrize("where", LISTS)
def test_no_link_of_a_lead_holds_a_number(lead: Visitor, where: str) -> None:
    answer = lead.get(where)

    assert answer.status_code in (200, 303)
    assert [each for each in re.findall(LISTS[where], answer.text) if re.search(r"^\d+$", each)] == []


def test_a_lead_finds_people_by_keys_and_by_no_number(lead: Visitor, app: App, cast: Cast) -> None:
    links = re.findall(LISTS["/personer"], lead.get("/personer").text)
    link = key(app, cast.anna)
    assert link in links

    assert "Anna" in lead.get(f"/personer/{link}").text
    forged = ("b" if link.startswith("a") else "a") + link[1:]
    for other in (cast.anna, cast.bo, 99999, "x", key(app, cast.bo), forged):
        assert lead.get(f"/personer/{other}").status_code == 404
    assert lead.post_form(f"/personer/{cast.anna}/tagg", {"tag": "kör"}).status_code == 404


def test_what_a_lead_does_leads_back_to_the_key(lead: Visitor, app: App, cast: Cast) -> None:
    done = lead.post_form(f"/personer/{key(app, cast.anna)}/tagg", {"tag": "kör"})

    assert done.headers["location"].startswith(f"/personer/{key(app, cast.anna)}?")


def test_who_sees_everything_has_plain_numbers(officer: Visitor, app: App, cast: Cast) -> None:
    assert f'personer/{cast.anna}"' in officer.get("/personer").text
    assert officer.get(f"/personer/{cast.anna}").status_code == 200
    assert officer.get(f"/personer/{key(app, cast.anna)}").status_code == 404


def test_a_lead_who_is_officer_too_sees_everything(app: App, cast: Cast, lead: Visitor) -> None:
    appoint(app, cast.anna, RoleName.OFFICER)

    assert lead.get(f"/personer/{cast.bo}").status_code == 200


def test_a_key_is_worth_nothing_in_another_association(
    lead: Visitor, app: App, cast: Cast, token_of: Callable[..., str]
) -> None:
    """A key of another purpose, such as that in a letter, opens no page either."""
    assert lead.get(f"/personer/{token_of(cast.anna)}").status_code == 404


def test_an_issue_that_is_not_there_and_one_that_is_hidden_answer_alike(
    lead: Visitor, app: App, cast: Cast
) -> None:
    with app.sessions.begin() as session:
        hidden: Issue = issues.create(session, title="Hemligt", subject="Hej", now=app.now())
        hidden.audience = Audience.of(["norra"])

    answers = [lead.get(f"/utskick/{key(app, number)}") for number in (hidden.id, 99999)]

    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].text.replace(key(app, hidden.id), "") == answers[1].text.replace(key(app, 99999), "")
