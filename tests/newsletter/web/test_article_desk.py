"""The register is no way around the rules of a region's block: its text is an article, too."""

from datetime import timedelta

import pytest

from newsletter.app import App
from newsletter.services import articles, blocks
from newsletter.services.blocks import Writer
from tests import office
from tests.cast import Cast
from tests.newsletter.blockwork import asked, written
from tests.newsletter.importing.test_attachments import pdf
from tests.newsletter.web.visitors import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def block(app: App, cast: Cast) -> tuple[int, int]:
    """Skåne's block, written until today, which is the last day: its id, and its article's."""
    now = app.now()
    with app.sessions.begin() as session:
        made = asked(session, now, today=office.today(app), deadline=office.today(app))["skane"]
        written(session, made, now, writer=Writer(cast.anna, "anna"), today=office.today(app))
        assert made.article_id is not None
        return made.id, made.article_id


def move_last_day(app: App, block_id: int, days: int) -> None:
    with app.sessions.begin() as session:
        blocks.get(session, block_id=block_id).issue.deadline = office.today(app) + timedelta(days=days)


def save(visitor: Visitor, article: int, revision: int = 1) -> int:
    fields = {"title": "Vårens träffar", "body": "Sent påkommet.", "revision": revision}
    return visitor.post_form(f"/artiklar/{article}", fields).status_code


def body(app: App, article: int) -> str:
    with app.readers() as session:
        return articles.get(session, article).body


def test_a_lead_changes_a_blocks_article_until_the_last_day_is_over(
    app: App, lead: Visitor, block: tuple[int, int]
) -> None:
    block_id, article = block
    assert save(lead, article) == 303
    move_last_day(app, block_id, -1)
    with app.readers() as session:
        before = articles.get(session, article).revision

    late = lead.post_form(f"/artiklar/{article}", {"title": "X", "body": "För sent.", "revision": before})

    assert late.status_code == 422
    assert "Sista dagen var" in late.text
    assert "För sent." in late.text  # what was written stands in the form
    file = {"attachment": ("a.pdf", pdf(), "application/pdf")}
    assert lead.post_form(f"/artiklar/{article}/bilaga", {"do": "add"}, files=file).status_code == 422
    assert lead.post_form(f"/artiklar/{article}/historik", {"version": "1"}).status_code == 422
    with app.readers() as session:
        assert articles.get(session, article).revision == before
    assert body(app, article) == "Sent påkommet."


def test_what_is_handed_in_is_taken_back_first(
    app: App, cast: Cast, lead: Visitor, block: tuple[int, int]
) -> None:
    block_id, article = block
    now = app.now()
    with app.sessions.begin() as session:
        who, seen = Writer(cast.anna, "anna"), blocks.revision_of(blocks.get(session, block_id=block_id))
        blocks.hand_in(session, block_id=block_id, writer=who, seen=seen, today=office.today(app), now=now)
        revision = articles.get(session, article).revision

    late = lead.post_form(f"/artiklar/{article}", {"title": "X", "body": "Y", "revision": revision})

    assert late.status_code == 422
    assert "Ta tillbaka det först" in late.text
    assert body(app, article) == "Vi ses i Lund."


def test_an_officer_changes_it_after_the_last_day(app: App, officer: Visitor, block: tuple[int, int]) -> None:
    block_id, article = block
    move_last_day(app, block_id, -1)

    assert save(officer, article) == 303
    assert body(app, article) == "Sent påkommet."
