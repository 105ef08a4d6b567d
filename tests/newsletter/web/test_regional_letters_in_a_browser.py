"""A lead's three steps on a telephone: by touch, without JavaScript, and with the keyboard alone."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from newsletter.app import App
from newsletter.models import Issue, IssueStatus
from subscribers.models import ListPurpose, Subscriber, Subscription
from subscribers.services import lists
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(autouse=True)
def _all_want_regional_letters(app: App, cast: Cast) -> None:
    with app.sessions.begin() as session:
        wanted = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS)
        for person in session.scalars(select(Subscriber.id)):
            session.add(
                Subscription(subscriber_id=person, list_id=wanted.id, changed_at=app.now(), source="register")
            )


def open_page(browser: Browser, visitor: Visitor, web: str, **context: object) -> Page:
    opened = browser.new_context(**{**PHONE, **context})  # type: ignore[arg-type]
    opened.add_cookies(
        [{"name": name, "value": value, "url": web} for name, value in visitor.cookies.items()]
    )
    return opened.new_page()


def scheduled(app: App) -> list[IssueStatus]:
    with app.readers() as session:
        return list(session.scalars(select(Issue.status)))


@pytest.mark.parametrize("scripts", [True, False])
def test_three_steps_on_a_phone_with_a_photo(
    browser: Browser, app: App, lead: Visitor, web: str, tmp_path: Path, scripts: bool
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (1200, 800), "#446633").save(file, "JPEG")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(file.getvalue())
    page = open_page(browser, lead, web, java_script_enabled=scripts)

    page.goto(web)
    page.get_by_role("link", name="Skriv ett brev till dina medlemmar").click()
    page.get_by_label("Ämne").fill("Ympkurs")
    page.get_by_label("Text", exact=True).fill("Kom till Lund.")
    page.get_by_label("Från telefonen eller datorn").set_input_files(photo)
    page.get_by_label("Vad bilden visar").fill("En gren")
    page.get_by_role("button", name="Spara och titta").click()
    shown = page.frame_locator("iframe")
    expect(shown.get_by_text("Kom till Lund.")).to_be_visible()
    expect(shown.get_by_alt_text("En gren")).to_be_visible()
    page.get_by_role("link", name="Fortsätt till Skicka").click()
    expect(page.get_by_text("går till 2 medlemmar i Skåne")).to_be_visible()
    page.get_by_role("button", name="Skicka brevet").click()

    expect(page.get_by_role("heading", name="Ympkurs")).to_be_visible()
    assert scheduled(app) == [IssueStatus.SCHEDULED]
    page.context.close()


def test_three_steps_with_the_keyboard_alone(browser: Browser, app: App, lead: Visitor, web: str) -> None:
    page = open_page(browser, lead, web, has_touch=False, is_mobile=False)
    page.goto(f"{web}/brev/ny")

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id || document.activeElement.innerText") == name:
                return
        raise AssertionError(f"no way to {name} by Tab")

    tab_to("heading")
    page.keyboard.type("Ympkurs")
    tab_to("body")
    page.keyboard.type("Kom till Lund.")
    tab_to("Spara och titta")
    page.keyboard.press("Enter")
    page.wait_for_url("**/titta")
    tab_to("Fortsätt till Skicka")
    page.keyboard.press("Enter")
    page.wait_for_url("**/skicka")
    tab_to("Skicka brevet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/brev/*?klart=*")

    assert scheduled(app) == [IssueStatus.SCHEDULED]
    page.context.close()
