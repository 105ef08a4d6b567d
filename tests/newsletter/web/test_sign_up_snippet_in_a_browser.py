"""The copied form on an association's own site, in a browser: it signs people up, and opens no other door."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response
from sqlalchemy import select

from newsletter import serving
from newsletter.app import App
from newsletter.demo.setting import free_port
from newsletter.web import visits
from newsletter.web.site import make_site
from subscribers.models import Archive, MailingList, RoleName, SignUp
from tests.cast import Cast
from tests.newsletter.web.visitors import appoint, signed_in
from tests.office import on_sqlite

pytestmark = [pytest.mark.browser, on_sqlite]


@dataclass(frozen=True)
class Place:
    """Our pages on a port of their own, and the officer's cookie in them."""

    app: App
    web: str
    cookie: str
    snippet: str


@pytest.fixture
def place(app: App, cast: Cast) -> Iterator[Place]:
    """Our pages, at the address that the copied code names."""
    port = free_port()
    web = f"http://127.0.0.1:{port}"
    ours = replace(app, settings=replace(app.settings, web_port=port, base_url=web))
    appoint(ours, cast.bo, RoleName.OFFICER)
    with signed_in(ours, cast.bo) as officer:
        found = re.search(r"<textarea[^>]*>(.*?)</textarea>", officer.get("/listor").text, re.DOTALL)
        cookie = officer.cookies[visits.cookie_name(make_site(ours).state.site)]
    assert found
    with serving.pages(ours):
        yield Place(ours, web, cookie, unescape(found[1]))


@contextmanager
def another_site(body: str, host: str) -> Iterator[str]:
    """Serve one page as a site of somebody else's would, and give its address."""
    content = f"<!DOCTYPE html><html lang=sv><title>Föreningen</title><h1>Bli en av oss</h1>{body}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def phone(browser: Browser, place: Place) -> Iterator[BrowserContext]:
    """A telephone whose browser has an officer's session with us."""
    context = browser.new_context(viewport={"width": 375, "height": 800}, locale="sv-SE")
    context.add_cookies([
        {"name": visits.cookie_name(make_site(place.app).state.site), "value": place.cookie, "url": place.web,
         "httpOnly": True, "sameSite": "Lax"},
    ])  # fmt: skip
    yield context
    context.close()


def sent(page: Page, button: str) -> Response:
    """Press a button, and return the answer to the form."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as waiting:
        page.get_by_role("button", name=button).click()
    page.wait_for_load_state()
    return waiting.value


def signed_up(app: App) -> list[str]:
    with app.readers() as session:
        return list(session.scalars(select(SignUp.address)))


@pytest.mark.parametrize(("host", "fetched_from"), [("localhost", "cross-site"), ("127.0.0.1", "same-site")])
def test_the_copied_form_signs_up_from_another_origin_and_asks_for_no_cookie(
    place: Place, phone: BrowserContext, host: str, fetched_from: str
) -> None:
    phone.clear_cookies()
    page = phone.new_page()
    with another_site(place.snippet, host) as site:
        page.goto(site)
        assert page.locator("input:visible").count() == 1  # nobody sees the trap
        page.get_by_label("E-postadress").fill("ny@lund.example")
        answer = sent(page, "Anmäl mig")

    headers = answer.request.all_headers()
    assert (headers["origin"], headers["sec-fetch-site"]) == (site, fetched_from)
    assert "cookie" not in headers
    assert "set-cookie" not in answer.all_headers()
    assert page.url == f"{place.web}/prenumerera"
    assert page.get_by_role("heading", level=1).inner_text() == "Titta i din brevlåda"
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert phone.cookies() == []
    assert signed_up(place.app) == ["ny@lund.example"]


@pytest.mark.parametrize(("host", "status"), [("localhost", 401), ("127.0.0.1", 403)])
def test_a_form_of_another_site_does_nothing_in_an_officers_name(
    place: Place, phone: BrowserContext, cast: Cast, host: str, status: int
) -> None:
    """Another site gets no cookie of ours; another port of our own name gets it, and is told from us."""
    page = phone.new_page()
    form = (
        f'<form method="post" action="{place.web}/listor/arkiv"><input name="csrf" value="{"0" * 64}">'
        f'<input name="list" value="{cast.newsletter}"><input name="archive" value="indexed">'
        "<button>Vinn en resa</button></form>"
    )
    with another_site(form, host) as site:
        page.goto(site)
        answer = sent(page, "Vinn en resa")

    assert answer.status == status
    assert ("cookie" in answer.request.all_headers()) is (host == "127.0.0.1")
    with place.app.readers() as session:
        assert session.get_one(MailingList, cast.newsletter).archive is Archive.LINKED


def test_the_officers_cookie_opens_their_pages_in_that_browser(place: Place, phone: BrowserContext) -> None:
    """Guards the test above: the session is good."""
    page = phone.new_page()
    page.goto(f"{place.web}/listor")

    assert page.get_by_role("heading", level=1).inner_text() == "Listor"
