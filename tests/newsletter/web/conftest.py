"""The site over a real database, as this machine asks it and as strangers do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from newsletter import serving
from newsletter.app import App, build
from newsletter.settings import load
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import RoleName
from tests.browsers import chromium
from tests.cast import Cast
from tests.conftest import database_of
from tests.newsletter.web.visitors import Visitor, appoint, signed_in

ASSOCIATION = {"ASSOCIATION_NAME": "Föreningen Äppelvänner", "CONTACT_ADDRESS": "hej@applen.example"}


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database: one kind, since pages ask services, which are tried on both (see ``ON_BOTH``)."""
    yield from database_of(request, tmp_path)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    """The application on the fresh database."""
    with build(load(tmp_path / "var", {**ASSOCIATION, "DATABASE_URL": database_url}), migrate=False) as built:
        yield built


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for a module: while it runs, its thread has an event loop, which others make too."""
    with chromium() as started:
        yield started


@pytest.fixture
def web(app: App) -> Iterator[str]:
    """The address of real pages over the application, on a port of their own."""
    with serving.pages(replace(app, settings=replace(app.settings, web_port=0))) as address:
        yield address


@pytest.fixture
def here(app: App) -> Iterator[TestClient]:
    """Somebody at this machine."""
    with TestClient(make_site(app), base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture
def stranger(app: App) -> Iterator[TestClient]:
    """Somebody anywhere, through a web server in front of us."""
    with TestClient(
        make_site(app),
        base_url="https://brev.applen.example",
        client=("127.0.0.1", 50000),
        headers={"X-Forwarded-For": "203.0.113.9"},
        follow_redirects=False,
    ) as client:
        yield client


@pytest.fixture
def officer(app: App, cast: Cast) -> Iterator[Visitor]:
    """Bo, who is officer and administrator, signed in."""
    for role in (RoleName.OFFICER, RoleName.ADMINISTRATOR):
        appoint(app, cast.bo, role)
    with signed_in(app, cast.bo) as visitor:
        yield visitor


@pytest.fixture
def lead(app: App, cast: Cast) -> Iterator[Visitor]:
    """Anna, who leads Skåne, signed in."""
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    with signed_in(app, cast.anna) as visitor:
        yield visitor


@pytest.fixture
def token_of(app: App, cast: Cast) -> Callable[..., str]:
    """Make the token in a person's newsletter."""

    def make(person: int, *, list_id: int | None = None, delivery_id: int = 0) -> str:
        return tokens.make(app.keyring, Purpose.LETTERS, person, list_id or cast.newsletter, delivery_id)

    return make
