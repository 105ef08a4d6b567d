"""The editor keeps what is written, and cleans what is pasted, in a real browser."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from newsletter.app import App
from tests.newsletter.importing.test_attachments import pdf
from tests.newsletter.web.test_articles import write
from tests.newsletter.web.test_articles_in_a_browser import open_page
from tests.newsletter.web.visitors import Visitor

pytestmark = pytest.mark.browser
PASTED = Path(__file__).parents[2] / "data" / "pasted"

#: Hand data over as a real paste or drop does: an event of the browser's own kind, with its own data in it.
GIVE = """([selector, kind, types, photo]) => {
  const data = new DataTransfer();
  for (const [type, text] of Object.entries(types)) data.setData(type, text);
  if (photo) data.items.add(new File([Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))], "bi.jpg", { type: "image/jpeg" }));
  const of = kind === "paste" ? { clipboardData: data } : { dataTransfer: data };
  const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
  document.querySelector(selector).dispatchEvent(new Kind(kind, { ...of, bubbles: true, cancelable: true }));
}"""  # noqa: E501


def photo() -> str:
    import base64

    file = io.BytesIO()
    Image.new("RGB", (300, 200), "#446633").save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


def text_of(page: Page) -> object:
    return page.get_by_label("Text", exact=True)


def test_what_was_written_is_there_after_the_page_was_killed(
    browser: Browser, app: App, officer: Visitor, web: str
) -> None:
    article = write(app)
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/{article}")
    text_of(page).fill("Det här hann jag aldrig spara.")
    expect(page.locator("#draft-told")).to_contain_text("som utkast")
    page.context.close()

    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/{article}")
    expect(text_of(page)).to_have_value("Vi ses i Örebro.")
    page.get_by_role("link", name="Ta fram det").click()
    expect(text_of(page)).to_have_value("Det här hann jag aldrig spara.")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Artikeln är sparad.")
    expect(page.get_by_text("osparat utkast")).to_have_count(0)
    page.context.close()


def test_without_a_net_the_text_stays_and_the_browser_gives_it_back(
    browser: Browser, app: App, officer: Visitor, web: str
) -> None:
    article = write(app)
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/{article}")
    page.route("**/artiklar/utkast", lambda route: route.abort())
    text_of(page).fill("Skrivet på tåget.")
    expect(page.locator("#draft-told")).to_contain_text("servern svarar inte")
    expect(text_of(page)).to_have_value("Skrivet på tåget.")

    again = page.context.new_page()
    again.goto(f"{web}/artiklar/{article}")
    again.get_by_role("button", name="Ta fram den").click()
    expect(text_of(again)).to_have_value("Skrivet på tåget.")
    page.context.close()


def test_text_from_word_is_pasted_as_markdown_and_can_be_undone(
    browser: Browser, app: App, officer: Visitor, web: str
) -> None:
    article = write(app, body="Börja:")
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/{article}")
    text_of(page).press("End")
    html = (PASTED / "word.html").read_text(encoding="utf-8")
    page.evaluate(GIVE, ["#body", "paste", {"text/html": html, "text/plain": "Vanlig text"}, None])
    expected = "Börja:" + (PASTED / "word.md").read_text(encoding="utf-8").rstrip("\n")
    expect(text_of(page)).to_have_value(expected)
    expect(page.locator("#paste-told")).to_contain_text("En bild följde inte med")
    page.keyboard.press("Control+z")
    expect(text_of(page)).to_have_value("Börja:")

    page.route("**/artiklar/klistra", lambda route: route.abort())
    page.evaluate(GIVE, ["#body", "paste", {"text/html": html, "text/plain": "Vanlig text"}, None])
    expect(text_of(page)).to_have_value("Börja:Vanlig text")
    page.context.close()


def test_a_picture_dropped_on_a_new_article_makes_it_and_keeps_what_was_written(
    browser: Browser, app: App, officer: Visitor, web: str
) -> None:
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/ny")
    page.get_by_label("Rubrik").fill("Bin")
    text_of(page).fill("De arbetar.")
    page.evaluate(GIVE, ["#body", "drop", {}, photo()])
    expect(page.locator("#alt")).to_be_focused()
    page.keyboard.type("Ett bi i arbete")
    page.get_by_role("button", name="Lägg till bilden").click()
    expect(page.get_by_role("status")).to_contain_text("artikeln finns nu i registret som utkast")
    expect(page.get_by_role("img", name="Ett bi i arbete")).to_be_visible()
    expect(text_of(page)).to_have_value("De arbetar.")

    text_of(page).fill("De arbetar jämt.")
    page.locator("#attachment").set_input_files({"name": "Bin.pdf", "mimeType": "x/y", "buffer": pdf()})
    page.get_by_role("button", name="Lägg till bilagan").click()
    expect(page.get_by_role("link", name="Bin", exact=True)).to_be_visible()
    expect(text_of(page)).to_have_value("De arbetar jämt.")
    expect(page.locator("#left-here")).to_be_hidden()
    page.goto(f"{web}/artiklar/ny")
    expect(page.locator("#left-here")).to_be_hidden()
    expect(page.get_by_text("osparat utkast")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_that_comes_into_the_text_is_asked_what_it_shows(
    browser: Browser, app: App, officer: Visitor, web: str, kind: str
) -> None:
    article = write(app)
    page = open_page(browser, officer, web)
    page.goto(f"{web}/artiklar/{article}")
    page.evaluate(GIVE, ["#body", kind, {}, photo()])
    expect(page.locator("#alt")).to_be_focused()
    page.keyboard.type("Ett bi i arbete")
    page.get_by_role("button", name="Lägg till bilden").click()
    expect(page.get_by_role("img", name="Ett bi i arbete")).to_be_visible()
    page.context.close()
