"""The archive in a browser: the letter in its frame shows its pictures, runs nothing and asks nobody else."""

import struct
import zlib
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from newsletter.app import App
from newsletter.core.audiences import EVERYONE
from newsletter.models import ArticleImage
from subscribers.models import Archive
from tests.cast import Cast
from tests.newsletter.archives import AGO, drafted, gone, key_of, newsletter_of
from tests.office import on_sqlite

pytestmark = [pytest.mark.browser, on_sqlite]


def picture(width: int, height: int) -> bytes:
    """Draw a grey PNG."""
    rows = (b"\0" + b"\x80" * width) * height
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture
def key(app: App, cast: Cast) -> str:
    """A number with a picture and a link, in an open archive; its letter names an address we do not have."""
    (app.paths.media / "fyr.png").write_bytes(picture(60, 40))
    at = app.now() - AGO - timedelta(days=1)
    with app.sessions.begin() as session:
        newsletter_of(session).archive = Archive.UNLISTED
        draft = drafted(session, ("Linsen", EVERYONE), ("Bänken", EVERYONE), now=at)
        article = draft.items[0].article
        article.body = "Läs mer hos [museet](https://museum.example/linser)."
        article.images = [ArticleImage(position=1, file="fyr.png", alt="Fyren")]
        return key_of(gone(session, draft, frame=app.frame(), at=at))


@pytest.mark.parametrize("width", [375, 1280])
def test_page_and_letter_show_their_pictures_and_ask_nobody_else(
    browser: Browser, web: str, key: str, width: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        asked: list[str] = []
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(f"console: {message.text}"))
        page.goto(f"{web}/arkiv")
        page.get_by_role("link", name="Nummer 1 om fyrar").click()
        shown = page.get_by_role("article").get_by_role("img", name="Fyren")
        expect(shown).to_have_js_property("naturalWidth", 60)
        assert not any("/brev" in url for url in asked)  # the letter is fetched by whoever opens it

        page.get_by_text("Så såg brevet ut").click()
        letter = page.frame_locator("iframe")
        expect(letter.get_by_role("img", name="Fyren")).to_have_js_property("naturalWidth", 60)

        assert [url for url in asked if not url.startswith(f"{web}/")] == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert context.cookies() == []


def test_a_link_of_the_letter_opens_beside_the_archive(browser: Browser, web: str, key: str) -> None:
    with browser.new_context() as context:
        context.route("https://museum.example/**", lambda route: route.fulfill(body="Museet"))
        page = context.new_page()
        page.goto(f"{web}/arkiv/{key}")
        page.get_by_text("Så såg brevet ut").click()

        with context.expect_page() as opened:
            page.frame_locator("iframe").get_by_role("link", name="museet").click()

        assert opened.value.url == "https://museum.example/linser"
        assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]
        assert page.url == f"{web}/arkiv/{key}"


def test_the_contents_lead_to_the_article(browser: Browser, web: str, key: str) -> None:
    with browser.new_context(viewport={"width": 375, "height": 300}) as context:
        page = context.new_page()
        page.goto(f"{web}/arkiv/{key}")
        page.get_by_role("navigation", name="I det här numret").get_by_role("link", name="Bänken").click()

        expect(page.get_by_role("heading", name="Bänken", level=2)).to_be_in_viewport()
