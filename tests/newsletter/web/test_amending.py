"""An officer puts right what is read on the web; what was sent stays as it was."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.audiences import EVERYONE
from newsletter.models import ArticleImage, Issue, Variant
from subscribers.models import Archive
from tests.cast import Cast
from tests.newsletter.archives import AGO, drafted, gone, newsletter_of
from tests.newsletter.web.test_web_versions import link_to
from tests.newsletter.web.visitors import Visitor

WORDS = {"title": "Linsen", "lead": "", "body": "Om Linsen. Slut.", "byline_name": ""}


@pytest.fixture
def place(app: App, cast: Cast) -> str:
    """The page of an article that has gone, with a picture in it."""
    at = app.now() - AGO
    with app.sessions.begin() as session:
        newsletter_of(session).archive = Archive.LINKED
        issue = drafted(session, ("Linsen", EVERYONE), now=at)
        picture = ArticleImage(position=0, file="linsen.jpg", alt="En lins av glas", caption="Linsen")
        issue.items[0].article.images = [picture]
        gone(session, issue, frame=app.frame(), at=at)
        return f"/utskick/{issue.id}/webb/{issue.items[0].article_id}"


def sent(app: App) -> list[bytes]:
    with app.readers() as session:
        return list(session.scalars(select(Variant.template).order_by(Variant.id)))


def test_a_correction_is_read_with_its_day_and_the_letter_stays(
    app: App, officer: Visitor, stranger: TestClient, place: str
) -> None:
    before = sent(app)

    told = officer.post_form(
        place,
        WORDS | {"do": "correct", "body": "Om Linsen och lyktan.", "note": "Lyktan saknades."},
        follow_redirects=True,
    )

    assert "Webbversionen är rättad." in told.text
    page = stranger.get(link_to(app, "")).text
    assert "Om Linsen och lyktan." in page
    assert "Rättat den" in page
    assert "Lyktan saknades." in page
    assert sent(app) == before


def test_without_a_word_of_what_was_wrong_nothing_is_changed_and_nothing_lost(
    app: App, officer: Visitor, stranger: TestClient, place: str
) -> None:
    answer = officer.post_form(place, WORDS | {"do": "correct", "body": "Om något annat."})

    assert answer.status_code == 422
    assert "Skriv vad som var fel." in answer.text
    assert "Om något annat." in answer.text
    assert "Om Linsen. Slut." in stranger.get(link_to(app, "")).text


def test_a_picture_is_taken_out(app: App, officer: Visitor, stranger: TestClient, place: str) -> None:
    assert "linsen.jpg" in stranger.get(link_to(app, "")).text

    assert officer.post_form(place, {"do": "picture", "picture": "0"}).status_code == 303

    page = stranger.get(link_to(app, "")).text
    assert "linsen.jpg" not in page
    assert "Om Linsen. Slut." in page


def test_a_lead_and_a_made_up_wish_change_nothing(
    app: App, officer: Visitor, lead: Visitor, stranger: TestClient, place: str
) -> None:
    assert officer.post_form(place, {"do": "burn"}).status_code == 400
    assert lead.post_form(place, {"do": "withdraw"}).status_code in (403, 404)
    assert "Om Linsen. Slut." in stranger.get(link_to(app, "")).text
    with app.readers() as session:
        assert session.scalars(select(Issue)).one().title
