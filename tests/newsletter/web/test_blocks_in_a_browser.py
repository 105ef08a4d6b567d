"""A lead on a telephone: from the link in the mail to a block that is handed in, with a photo."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter.app import App
from newsletter.models import BlockState
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web.anyones_eyes import faults_by_day_and_night
from tests.newsletter.web.test_blocks import ask, block_of, link, photo
from tests.newsletter.web.visitors import appoint

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

#: What Playwright calls an iPhone 13.
IPHONE = {
    "viewport": {"width": 390, "height": 664},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/15.0 Mobile/15E148 Safari/604.1"
    ),
}


def pages_of(app: App, cast: Cast) -> tuple[int, str]:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    block_id = ask(app)["skane"]
    return block_id, f"/inslag/{link(app, block_id, cast.anna)}"


def check(page: Page, script: bool) -> None:
    """Nothing is wider than the screen, and what can be pressed is large enough; axe finds no fault."""
    if not script:
        return
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    low = page.evaluate(
        "[...document.querySelectorAll('button, input:not([type=hidden]):not([type=checkbox]), textarea')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert low == []
    assert list(faults_by_day_and_night(page)) == []


def press_below_the_letter(page: Page, name: str) -> None:
    """Press a button by key: an emulated tap may go to the letter's frame, scrolled away above."""
    page.get_by_role("button", name=name).press("Enter")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_lead_writes_on_a_telephone_and_hands_in(
    browser: Browser, app: App, cast: Cast, web: str, tmp_path: Path, script: bool
) -> None:
    block_id, at = pages_of(app, cast)
    picture = tmp_path / "IMG_0001.HEIC"
    from pillow_heif import register_heif_opener

    register_heif_opener()
    picture.write_bytes(photo("HEIF", (3024, 4032)))
    context = browser.new_context(**IPHONE, java_script_enabled=script)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{web}{at}")
    check(page, script)
    page.get_by_role("button").tap()
    page.get_by_label("Rubrik").fill("Höstens träffar i Lund")
    page.get_by_label("Text", exact=True).fill("Vi ses på torsdag.\n\n- Kaffe\n- Körsång")
    page.get_by_label("Från telefonen eller datorn").set_input_files(picture)
    page.get_by_label("Vad bilden visar, för den som inte ser den").fill("Äpplen i en korg")
    check(page, script)
    page.get_by_role("button", name="Spara och titta").tap()

    letter = page.frame_locator("iframe")
    expect(letter.get_by_role("heading", name="Höstens träffar i Lund")).to_be_visible()
    expect(letter.get_by_role("img", name="Äpplen i en korg")).to_be_visible()
    check(page, script)
    press_below_the_letter(page, "Lämna in")
    expect(page.get_by_role("status")).to_have_text("Inlämnat. Tack!")
    check(page, script)
    assert block_of(app, block_id).state is BlockState.HANDED_IN

    press_below_the_letter(page, "Ta tillbaka")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Vi ses på torsdag.\n\n- Kaffe\n- Körsång")
    expect(page.get_by_role("img", name="Äpplen i en korg")).to_be_visible()
    assert block_of(app, block_id).state is BlockState.TAKEN_BACK
    assert [url for url in asked if not url.startswith((web, "data:", "blob:"))] == []
    context.close()
