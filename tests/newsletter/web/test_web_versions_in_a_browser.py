"""A letter on the web as a telephone shows it."""

import pytest
from playwright.sync_api import Browser

from newsletter.app import App
from newsletter.core.audiences import EVERYONE
from newsletter.models import ArticleLink
from subscribers.models import Archive
from tests.cast import Cast
from tests.newsletter.archives import AGO, drafted, gone, newsletter_of
from tests.newsletter.web.test_web_versions import link_to

LONG = "https://skord.example/sorter/" + "sortlista-" * 12


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_address_makes_no_page_wider_than_the_screen(
    app: App, cast: Cast, web: str, browser: Browser
) -> None:
    at = app.now() - AGO
    with app.sessions.begin() as session:
        newsletter_of(session).archive = Archive.LINKED
        issue = drafted(session, ("Skörden", EVERYONE), now=at)
        issue.items[0].article.links = [ArticleLink(position=1, url=LONG, label="")]
        gone(session, issue, frame=app.frame(), at=at)

    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(web + link_to(app, ""))

    assert page.get_by_role("link", name="sortlista-sortlista").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.close()
