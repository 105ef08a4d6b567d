"""All routes at once: what looks writes nothing, and what is private stays here."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import SignUp
from subscribers.services import sign_ups
from tests.cast import Cast
from tests.newsletter.web import mails
from tests.newsletter.web.test_unsubscribe import Tokens

#: How a statement that writes begins.
WRITING = r"\s*(insert|update|delete|with .*(insert|update|delete)|begin immediate)"


def routes(app: App) -> list[APIRoute]:
    """Return every route of the site, also those that FastAPI keeps below an included router."""
    waiting, found = list(make_site(app).routes), []
    while waiting:
        route = waiting.pop(0)
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            waiting += route.original_router.routes  # type: ignore[attr-defined]
    return found


def asked_for(app: App) -> str:
    """Sign somebody up, and return the token in their mail."""
    with app.sessions.begin() as session:
        sign_ups.ask(
            session, address="ny@lund.example", given_name="", family_name="", language="sv",
            invitations=False, now=app.now(),
        )  # fmt: skip
        [sign_up] = session.scalars(select(SignUp))
    return tokens.make(app.keyring, Purpose.SIGN_UP, sign_up.id)


@pytest.fixture
def addresses(app: App, cast: Cast, token_of: Tokens) -> dict[str, str]:
    """One address that answers, for every route there is."""
    name = mails.put(app.paths.sink)
    (app.paths.media / "bild.png").write_bytes(b"\x89PNG")
    values = {
        "/prenumerera/{token}": f"/prenumerera/{asked_for(app)}",
        "{token}": token_of(cast.anna),
        "/sink/{name}": f"/sink/{name}",
        "/static/{name}": "/static/style.css",
        "{name:path}": "bild.png",
    }
    found = {}
    for route in routes(app):
        address = route.path
        for place, value in values.items():
            address = address.replace(place, value)
        assert "{" not in address, f"give the test a value for {route.path}"
        found[route.path] = address
    return found


@pytest.fixture
def writes_refused(app: App) -> Iterator[list[str]]:
    """Refuse every write in the database itself, and collect what was tried."""
    tried: list[str] = []

    def refuse(connection: Connection) -> None:
        sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("PRAGMA query_only=ON" if sqlite else "SET TRANSACTION READ ONLY")

    def collect(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if re.match(WRITING, statement, re.IGNORECASE):
            tried.append(statement)

    event.listen(app.engine, "begin", refuse)
    event.listen(app.engine, "before_cursor_execute", collect)
    yield tried
    event.remove(app.engine, "begin", refuse)
    event.remove(app.engine, "before_cursor_execute", collect)


def test_no_route_writes_when_it_is_only_looked_at(
    here: TestClient, addresses: dict[str, str], writes_refused: list[str]
) -> None:
    """U5: link scanners follow every link with GET and HEAD."""
    assert len(addresses) >= 10
    for route, address in addresses.items():
        for method in ("GET", "HEAD"):
            answer = here.request(method, address)
            assert answer.status_code == 200, f"{method} {route}"
            assert not (method == "HEAD" and answer.content), route

    assert writes_refused == []


def test_a_click_needs_the_writing_that_was_refused_above(
    here: TestClient, addresses: dict[str, str], writes_refused: list[str]
) -> None:
    """Guards the test above: it would see a write."""
    with pytest.raises(Exception, match=r"read-?only"):
        here.post(addresses["/u/{token}"], data={"do": "stop"})

    assert writes_refused


def test_only_the_members_own_pages_can_be_posted_to(
    app: App, here: TestClient, addresses: dict[str, str]
) -> None:
    posted_to = {route.path for route in routes(app) if "POST" in route.methods}
    assert posted_to == {"/u/{token}", "/p/{token}", "/prenumerera", "/prenumerera/{token}"}

    for route, address in addresses.items():
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            if method == "POST" and route in posted_to:
                continue
            answer = here.request(method, address)
            assert answer.status_code == 405, f"{method} {route}"
            assert "<h1>" in answer.text


def test_strangers_get_the_members_pages_and_the_pictures_and_nothing_else(
    stranger: TestClient, addresses: dict[str, str]
) -> None:
    open_to_all = {route for route, address in addresses.items() if stranger.get(address).status_code != 404}

    assert open_to_all == {
        "/u/{token}", "/p/{token}", "/prenumerera", "/prenumerera/{token}",
        "/healthz", "/static/colours.css", "/static/{name}", "/media/{name:path}",
    }  # fmt: skip
    hidden, missing = stranger.get(addresses["/sink/{name}"]), stranger.get("/sunk/x")
    assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text)


def test_no_page_asks_any_other_place_for_anything(here: TestClient, addresses: dict[str, str]) -> None:
    for route, address in addresses.items():
        answer = here.get(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        asked = re.findall(r"<(?:link|script|img|iframe|source)\b[^>]*\b(?:href|src)=\"([^\"]*)", answer.text)
        assert [a for a in asked if re.match(r"[a-z]+:|//", a)] == [], route
        assert "<script" not in answer.text, route
        assert " style=" not in answer.text.split("<iframe")[0], route


def test_every_answer_carries_the_safe_headers(here: TestClient, addresses: dict[str, str]) -> None:
    for address in (*addresses.values(), "/nothing/here"):
        headers = here.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_a_mistake_of_ours_is_a_page_too_and_shows_no_traceback(
    app: App, cast: Cast, token_of: Tokens, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE lists RENAME TO elsewhere"))
    with TestClient(make_site(app), raise_server_exceptions=False) as client:
        answer = client.get(f"/u/{token_of(cast.anna)}")

    assert answer.status_code == 500
    assert "Något gick fel hos oss" in answer.text
    for trace in ("Traceback", "sqlalchemy", "SELECT", token_of(cast.anna)):
        assert trace not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_there_are_no_pages_about_the_pages(here: TestClient) -> None:
    """FastAPI's own load scripts from elsewhere."""
    assert {here.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


def test_a_slash_too_many_is_no_redirect(stranger: TestClient, token_of: Tokens, cast: Cast) -> None:
    """U4."""
    assert stranger.post(f"/u/{token_of(cast.anna)}/", data={"do": "stop"}).status_code == 404
