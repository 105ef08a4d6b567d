"""A treasurer reads the register in, on a phone and on a wide screen, with scripts and without."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter.app import App
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web.anyones_eyes import faults_by_day_and_night
from tests.newsletter.web.visitors import appoint, signed_in

pytestmark = pytest.mark.browser

REGISTER = "\r\n".join(
    (
        "Medlemsnr;Förnamn;Efternamn;E-post;Kommun;Skostorlek",
        "M001;Anna;Åkesson;anna@lund.example;Luleå kommun;39",
        "M901;Åsa;Ås;asa@vaxjo.example;Växjö;38",
        "M902;Dan;Ås;dan@malmo.example;Norrland;40",
    )
).encode("cp1252")


def sound(page: Page, width: int) -> None:
    """Check that axe finds no fault with a page, and that it is no wider than the screen."""
    assert list(faults_by_day_and_night(page)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, True), (375, False)])
def test_a_register_goes_from_file_to_people_and_back(
    browser: Browser, app: App, web: str, cast: Cast, tmp_path: Path, width: int, scripts: bool
) -> None:
    (file := tmp_path / "medlemmar.csv").write_bytes(REGISTER)
    visitor = signed_in(app, appoint(app, cast.cecilia, RoleName.TREASURER))
    with browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="sv-SE"
    ) as context:
        context.add_cookies(
            [{"name": name, "value": value, "url": web} for name, value in visitor.cookies.items()]
        )
        page = context.new_page()

        def look() -> None:
            if scripts:
                sound(page, width)

        page.goto(f"{web}/personer/importera")
        look()
        page.get_by_label("Filen med registret").set_input_files(file)
        page.get_by_role("button", name="Ladda upp och fortsätt").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Vad står i kolumnerna?")
        look()
        page.get_by_label("Skostorlek").select_option("Titel")
        page.get_by_label("Ja, alla medlemmar står i den").check()
        page.get_by_role("button", name="Visa vad som skulle ändras").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Vad filen skulle ändra")
        expect(page.get_by_role("row", name="Åsa Ås")).to_contain_text("asa@vaxjo.example")
        look()
        page.get_by_role("link", name="Fortsätt").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Bestäm och läs in")
        expect(page.get_by_role("listitem").filter(has_text="Elsa Norén")).to_be_visible()
        look()
        page.get_by_role("button", name="Läs in nu").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Inläst: medlemmar.csv")
        look()
        page.get_by_role("button", name="Ångra importen").click()
        expect(page.get_by_role("status")).to_have_text("Inläsningen är ångrad. Registret är som det var.")
