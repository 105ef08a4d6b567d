"""The inbox as people see it: on a telephone, by day and by night."""

import pytest
from playwright.sync_api import Browser

from newsletter.app import App
from newsletter.services import sessions
from newsletter.services.sessions import Device
from subscribers.models import RoleName
from tests.cast import Cast
from tests.incoming import come_in, written
from tests.newsletter.web.anyones_eyes import faults_by_day_and_night
from tests.newsletter.web.visitors import appoint


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_inbox_fits_a_telephone_and_has_no_fault(
    app: App, cast: Cast, web: str, browser: Browser
) -> None:
    for person, region in ((cast.bo, None), (cast.cecilia, "skane")):
        appoint(app, person, RoleName.REGIONAL_LEAD if region else RoleName.OFFICER, region)
    with app.sessions.begin() as session:
        for subject, text in (("En fråga " + "å" * 90, "långt" * 60), ("Tack", "Tack för numret!")):
            raw = written(text, sender="Anna <anna@lund.example>", subject=subject)
            row = come_in(session, raw, now=app.now(), sender=None)
            assert row is not None
        sessions.open_session(
            session, subscriber_id=cast.bo, secret="a secret", device=Device("x", "Firefox"), now=app.now()
        )
        mail_id = row.id - 1

    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.context.add_cookies([{"name": "rundbrev", "value": "a secret", "url": web}])
    for path in ("/inkorg", "/inkorg?visa=unowned", f"/inkorg/{mail_id}"):
        page.goto(web + path)
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") == 375, path
        assert list(faults_by_day_and_night(page)) == [], path
    page.get_by_role("button", name="Det är besvarat").click()
    assert page.get_by_text("Brevet är besvarat.").count() == 1
    page.context.close()
