"""Officers open the archive and take numbers out of it; leads and other lists cannot."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Issue
from subscribers.models import Act, Archive, ListPurpose
from tests.cast import Cast
from tests.newsletter.archives import AGO, drafted, gone, newsletter_of, sent
from tests.newsletter.web.visitors import Visitor, key


def archive_of(app: App) -> Archive:
    with app.readers() as session:
        return newsletter_of(session).archive


def test_an_officer_opens_it_for_the_newsletter_and_closes_it_again(
    app: App, officer: Visitor, stranger: TestClient, cast: Cast
) -> None:
    page = officer.get("/listor").text
    assert "Vem får läsa Nyhetsbrevet på webben?" in page
    assert page.count('name="archive"') == 4 + 3 * 2  # no other list can be opened for all
    assert "de är skrivna till kända personer" in page

    answer = officer.post_form("/listor/arkiv", {"list": cast.newsletter, "archive": "unlisted"})
    assert answer.headers["location"] == "/listor?klart=arkivet-oppet"
    assert "Arkivet är öppet." in officer.get(answer.headers["location"]).text
    assert archive_of(app) is Archive.UNLISTED
    assert stranger.get("/arkiv").status_code == 200

    officer.post_form("/listor/arkiv", {"list": cast.newsletter, "archive": "closed"})
    assert stranger.get("/arkiv").status_code == 404
    with app.readers() as session:
        told = session.execute(select(Act.act, Act.subject, Act.details)).all()
    assert [tuple(row) for row in told][-2:] == [
        ("archive of list", "nyhetsbrev", {"archive": "unlisted"}),
        ("archive of list", "nyhetsbrev", {"archive": "closed"}),
    ]


@pytest.mark.parametrize("purpose", [each for each in ListPurpose if each is not ListPurpose.NEWSLETTER])
def test_a_list_to_people_who_are_known_is_refused_with_the_reason(
    app: App, officer: Visitor, cast: Cast, purpose: ListPurpose
) -> None:
    with app.readers() as session:
        list_id = newsletter_of(session, purpose).id

    answer = officer.post_form("/listor/arkiv", {"list": list_id, "archive": "indexed"})

    assert answer.status_code == 422
    assert "skrivna till kända personer" in answer.text
    with app.readers() as session:
        assert not newsletter_of(session, purpose).is_public


@pytest.mark.parametrize("fields", [{}, {"archive": "open"}, {"list": "x", "archive": "unlisted"}])
def test_a_form_that_says_nothing_changes_nothing(
    app: App, officer: Visitor, cast: Cast, fields: dict[str, str]
) -> None:
    assert officer.post_form("/listor/arkiv", {"list": cast.newsletter, **fields}).status_code == 400
    assert archive_of(app) is Archive.LINKED


def test_a_lead_opens_nothing_and_takes_nothing_out(app: App, lead: Visitor, cast: Cast) -> None:
    sent(app, ("Linsen", EVERYONE))
    with app.readers() as session:
        issue_id = session.scalars(select(Issue.id)).one()

    assert "archive-" not in lead.get("/listor").text
    opened = lead.post_form("/listor/arkiv", {"list": cast.newsletter, "archive": "indexed"})
    taken = lead.post_form(f"/utskick/{key(app, issue_id)}/arkiv", {"do": "out"})

    assert (opened.status_code, taken.status_code) == (404, 404)
    assert archive_of(app) is Archive.UNLISTED
    assert "Ta ur arkivet" not in lead.get(f"/utskick/{key(app, issue_id)}").text


def test_an_officer_takes_one_number_out_and_puts_it_back(
    app: App, officer: Visitor, stranger: TestClient, cast: Cast
) -> None:
    key = sent(app, ("Linsen", EVERYONE))
    with app.readers() as session:
        issue_id = session.scalars(select(Issue.id)).one()
    page = officer.get(f"/utskick/{issue_id}").text
    assert f"arkiv/{key}" in page

    answer = officer.post_form(f"/utskick/{issue_id}/arkiv", {"do": "out"})
    page = officer.get(answer.headers["location"]).text
    assert "Numret är taget ur arkivet." in page
    assert "Lägg tillbaka i arkivet" in page
    assert stranger.get(f"/arkiv/{key}").status_code == 404

    officer.post_form(f"/utskick/{issue_id}/arkiv", {"do": "in"})
    assert stranger.get(f"/arkiv/{key}").status_code == 200
    assert officer.post_form(f"/utskick/{issue_id}/arkiv", {"do": "x"}).status_code == 400
    assert officer.post_form("/utskick/9999/arkiv", {"do": "out"}).status_code == 404


def test_an_issue_to_some_says_why_it_is_not_there(app: App, officer: Visitor, cast: Cast) -> None:
    at, skane = app.now() - AGO, Audience.of(["skane"])
    with app.sessions.begin() as session:
        newsletter_of(session).archive = Archive.UNLISTED
        draft = drafted(session, ("Kullen", skane), now=at, audience=skane)
        issue_id = gone(session, draft, frame=app.frame(), at=at).id

    page = officer.get(f"/utskick/{issue_id}").text
    assert "gick inte till hela listan" in page
    assert "Ta ur arkivet" not in page


def test_while_it_is_closed_the_page_of_a_send_says_nothing_of_it(
    app: App, officer: Visitor, cast: Cast
) -> None:
    sent(app, ("Linsen", EVERYONE), archive=Archive.CLOSED)
    with app.readers() as session:
        issue_id = session.scalars(select(Issue.id)).one()

    assert "arkivet" not in officer.get(f"/utskick/{issue_id}").text
