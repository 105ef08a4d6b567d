"""A real browser sends our forms as from us, and keeps the session."""

import re

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from newsletter.app import DEMO_MARKER, App
from newsletter.models import Note
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web.visitors import appoint

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_signs_in_with_the_link_and_out_again(
    browser: Browser, app: App, cast: Cast, web: str, scripts: bool
) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    appoint(app, cast.bo, RoleName.OFFICER)
    with browser.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{web}/logga-in")
        page.get_by_label("E-postadress").fill("anna@lund.example")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Titta i din e-post")
        with app.readers() as session:
            note = session.scalars(select(Note)).one()
        page.goto(web + re.sub(r"^https?://[^/]+", "", (note.content or {})["link"]))
        page.get_by_role("button", name="Logga in").click()
        expect(page.get_by_role("link", name="Anna Åkesson")).to_be_visible()

        page.get_by_role("button", name="Logga ut").click()
        expect(page.get_by_role("status")).to_have_text("Du är utloggad.")
        page.goto(f"{web}/konto")
        expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")


def test_one_enters_the_demo_with_one_press(browser: Browser, app: App, cast: Cast, web: str) -> None:
    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(web)
        page.get_by_role("button", name="Kom in som Anna Åkesson").click()

        expect(page.get_by_role("link", name="Anna Åkesson")).to_be_visible()
