"""Every page that people reach: axe finds no fault, wide and on a phone, and there also by night.

A new page is among them by itself: the routes are walked. What only comes as an answer stands in ``answers``;
a template that neither reaches fails the last test.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from fastapi import Request
from playwright.sync_api import Browser, Route
from starlette.responses import Response

from newsletter import serving
from newsletter.app import App
from newsletter.web.pages import Site
from tests.cast import Cast
from tests.newsletter.web.answers import Answer, answers
from tests.newsletter.web.anyones_eyes import faults_by_day, faults_by_day_and_night
from tests.newsletter.web.test_site import addresses, insider, routes
from tests.newsletter.web.visitors import Visitor
from tests.project import ROOT

__all__ = ["addresses", "insider"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Parts of pages, and what is no page at all.
NO_PAGES = {"/urval/prova", "/borja"}
#: The first page of an association without anybody, which the walk is not; and what stands on others' pages.
NO_PAGE_OF_OURS = {"entering/first.html", "sign_up/snippet.html"}

PHONE = 375

TEMPLATES = ROOT / "templates" / "web"


@pytest.fixture
def pages(app: App, insider: Visitor, addresses: dict[str, str]) -> list[str]:
    """The address of every page that is HTML and answers."""
    found = []
    for route in routes(app):
        if "GET" not in route.methods:
            continue
        answer = insider.get(addresses[route.path])
        is_page = answer.headers["content-type"].startswith("text/html") and "<!DOCTYPE" in answer.text[:200]
        is_frame = "sandbox" in answer.headers.get("content-security-policy", "")
        if route.path not in NO_PAGES and answer.status_code == 200 and is_page and not is_frame:
            found.append(addresses[route.path])
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_axe_finds_no_fault_on_any_page_and_none_is_wider_than_the_screen(
    browser: Browser, app: App, insider: Visitor, pages: list[str], width: int
) -> None:
    assert len(pages) >= 10
    looked_at = [Answer(address, "") for address in pages]

    assert _faults(browser, app, insider, looked_at, width) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_axe_finds_no_fault_on_what_answers_a_form(
    browser: Browser,
    app: App,
    cast: Cast,
    insider: Visitor,
    addresses: dict[str, str],
    width: int,
) -> None:
    got = list(answers(app, cast, insider, addresses))

    assert _faults(browser, app, insider, got, width) == {}


def test_the_dark_theme_changes_colours_alone() -> None:
    for sheet in sorted((ROOT / "newsletter" / "web" / "static").glob("*.css")):
        for dark in re.findall(
            r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", sheet.read_text(), re.DOTALL
        ):
            set_there = dict(re.findall(r"([\w-]+): ([^;]+);", dark))
            assert set_there, sheet.name
            assert all(name.startswith("--") for name in set_there), sheet.name
            assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in set_there.values()), sheet.name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_template_of_a_page_is_looked_at(
    app: App, cast: Cast, insider: Visitor, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, was = set(), Site.page

    def page(self: Site, request: Request, template: str, /, **values: Any) -> Response:
        shown.add(template)
        return was(self, request, template, **values)

    monkeypatch.setattr(Site, "page", page)
    for route in routes(app):
        if "GET" in route.methods:
            insider.get(addresses[route.path])
    list(answers(app, cast, insider, addresses))

    files = (file.relative_to(TEMPLATES) for file in TEMPLATES.rglob("*.html"))
    pages = {file.as_posix() for file in files if not any(part.startswith("_") for part in file.parts)}
    assert pages - shown == NO_PAGE_OF_OURS


def _faults(
    browser: Browser, app: App, insider: Visitor, pages: Iterable[Answer], width: int
) -> dict[str, list[str]]:
    """Look at pages as a browser shows them; return what is wrong with each.

    By night on the phone only: the dark theme changes colours alone, and no colour depends on the width.
    """
    look = faults_by_day_and_night if width == PHONE else faults_by_day
    faults: dict[str, list[str]] = {}
    with (
        serving.pages(_on_a_free_port(app)) as web,
        browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce") as context,
    ):
        context.add_cookies(
            [{"name": name, "value": value, "url": web} for name, value in insider.cookies.items()]
        )
        page = context.new_page()
        for number, (address, html) in enumerate((each.address, each.html) for each in pages):
            if html:
                answer = partial(_give, html)
                page.route(f"{web}{address}", answer, times=1)
            page.goto(f"{web}{address}")
            told = list(look(page))
            if page.evaluate("document.documentElement.scrollWidth") > width:
                told.append("wider than the screen")
            if told:
                faults[f"{number} {address}"] = told
    return faults


def _give(html: str, route: Route) -> None:
    """Give the browser a page that somebody got already."""
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def _on_a_free_port(app: App) -> App:
    return replace(app, settings=replace(app.settings, web_port=0))
