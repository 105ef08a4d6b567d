"""The editor in a real browser: it follows what one writes, and takes photos."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from newsletter.app import App
from newsletter.services import articles
from tests.newsletter.web.test_articles import write
from tests.newsletter.web.visitors import Visitor

pytestmark = pytest.mark.browser


def open_page(browser: Browser, officer: Visitor, web: str, **context: object) -> Page:
    opened = browser.new_context(**context)  # type: ignore[arg-type]
    opened.add_cookies(
        [{"name": name, "value": value, "url": web} for name, value in officer.cookies.items()]
    )
    return opened.new_page()


def test_the_preview_follows_what_is_written_and_the_way_back_stays_short(
    browser: Browser, app: App, officer: Visitor, web: str
) -> None:
    article = write(app)
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar")
    page.goto(f"{web}/artiklar/{article}")
    shown = page.frame_locator("iframe.paper:not([hidden])")
    expect(shown.get_by_text("Vi ses i Örebro.")).to_be_visible()

    page.get_by_label("Text", exact=True).fill("Nu i Lund.\n\n## Program\n\nKaffe.")
    expect(shown.get_by_role("heading", name="Program")).to_be_visible()
    expect(page.locator("iframe.paper")).to_have_count(1)

    page.get_by_label("Text", exact=True).fill("Nu i Lund.")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Artikeln är sparad.")
    page.context.close()


def test_the_toolbar_is_used_by_keyboard_alone(
    browser: Browser, app: App, officer: Visitor, web: str
) -> None:
    article = write(app, body="Vi ses")
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/{article}")
    body = page.get_by_label("Text", exact=True)
    body.focus()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Fet").focus()
    page.keyboard.press("Enter")
    expect(body).to_have_value("**Vi ses**")
    page.context.close()


def test_without_javascript_one_writes_previews_saves_and_adds_a_photo(
    browser: Browser, app: App, officer: Visitor, web: str, tmp_path: Path
) -> None:
    article = write(app)
    photo = tmp_path / "foto.jpg"
    file = io.BytesIO()
    Image.new("RGB", (800, 600), "#884422").save(file, "JPEG")
    photo.write_bytes(file.getvalue())
    page = open_page(browser, officer, web, java_script_enabled=False)
    page.goto(f"{web}/artiklar/{article}")
    page.get_by_label("Text", exact=True).fill("Nu i Lund.")
    page.get_by_role("button", name="Förhandsgranska").click()
    expect(page.frame_locator("iframe.paper:not([hidden])").get_by_text("Nu i Lund.")).to_be_visible()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Artikeln är sparad.")

    page.goto(f"{web}/artiklar/ny")
    page.get_by_label("Rubrik").fill("Bin")
    text_of_new = page.get_by_label("Text", exact=True)
    text_of_new.fill("De arbetar.")
    page.get_by_label("Lägg till en bild").set_input_files(photo)
    page.locator("#alt").fill("Ett äpple")
    page.get_by_role("button", name="Lägg till bilden").click()
    expect(page.get_by_role("img", name="Ett äpple")).to_be_visible()
    expect(text_of_new).to_have_value("De arbetar.")
    text_of_new.fill("De arbetar jämt.")
    page.get_by_role("button", name="Ta bort bilden").click()
    expect(page.get_by_role("img", name="Ett äpple")).to_have_count(0)
    expect(text_of_new).to_have_value("De arbetar jämt.")
    with app.readers() as session:
        assert articles.get(session, article).body == "Nu i Lund."
    page.context.close()
