"""All routes at once: what looks writes nothing, and what is private stays here."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter import staged
from newsletter.app import DEMO_MARKER, App
from newsletter.core.articles import ArticleText
from newsletter.core.audiences import EVERYONE
from newsletter.core.letters import web_token
from newsletter.importing.text import read_text
from newsletter.models import Call, CallReason, DomainHold, Handover, OwnPageSession, Variant
from newsletter.services import (
    address_changes,
    address_claims,
    article_imports,
    articles,
    block_links,
    issues,
    items,
    own_pages,
    regional_letters,
    releases,
    reviews,
    sendings,
    sign_ins,
)
from newsletter.services.sessions import digest
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.authority import OnePerson
from subscribers.core.tokens import Purpose
from subscribers.models import ListPurpose, RoleName, SignUp
from subscribers.services import imports, lists, sign_ups
from tests.cast import Cast
from tests.incoming import come_in
from tests.incoming import written as mail_of
from tests.letterpress import set_issue
from tests.newsletter.archives import sent
from tests.newsletter.blockwork import asked, written
from tests.newsletter.web import mails
from tests.newsletter.web.test_unsubscribe import Tokens
from tests.newsletter.web.visitors import ON_BOTH, Visitor, appoint, signed_in

#: A register with one new member in it.
REGISTER = "Medlemsnr;Förnamn;Efternamn;E-post\r\nM099;Nils;Ny;nils@ny.example\r\n".encode()

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


def an_article(app: App) -> int:
    """Write an article, and return its id."""
    with app.sessions.begin() as session:
        return articles.create(session, text=ArticleText(title="En artikel"), now=app.now()).id


def an_import(app: App) -> int:
    """Take a text in, and return the import's id."""
    with app.sessions.begin() as session:
        proposal = read_text("En intagen text\n\nDen har två meningar. Den andra är kort.", "brev.txt")
        return article_imports.take(session, proposals=[proposal], actor="a test", now=app.now())


def a_block(app: App, cast: Cast) -> tuple[int, str]:
    """Ask for blocks; return the id of Norra's, and a link to it whose button Elsa has pressed."""
    appoint(app, cast.elsa, RoleName.REGIONAL_LEAD, "norra")
    with app.sessions.begin() as session:
        now = app.now()
        block = asked(session, now, today=now.date(), deadline=now.date() + timedelta(days=9))["norra"]
        written(session, block, now, today=now.date())
        block_links.make(session, block_id=block.id, subscriber_id=cast.elsa, secret="to-a-block", now=now)
        block_links.press(session, secret="to-a-block", now=now)
        return block.id, "to-a-block"


def asked_to_review(app: App, cast: Cast) -> str:
    """Send a draft to Anna for review, and return the token in her mail."""
    everything = app.everything("a test")
    with app.sessions.begin() as session:
        draft = issues.create(session, title="På granskning", subject="Läs", now=app.now())
        article = articles.create(session, text=ArticleText(title="Att läsa"), now=app.now())
        items.add(session, issue_id=draft.id, article_id=article.id, now=app.now())
        reviews.ask(
            session, scope=everything, issue_id=draft.id, people=[cast.anna], message="", frame=app.frame(),
            ring=app.keyring, asked_by=cast.bo, actor="a test", now=app.now(),
        )  # fmt: skip
        [reviewer] = reviews.reviewers_of(session, scope=everything, issue_id=draft.id)
        return tokens.make(app.keyring, Purpose.REVIEW, reviewer.id)


def _own_page(app: App, person: int) -> str:
    """Open somebody's own page, and return its secret."""
    with app.sessions.begin() as session:
        session.add(
            OwnPageSession(
                token_hash=digest("an own page"), subscriber_id=person, opened_at=app.now(),
                expires_at=app.now() + own_pages.OPEN_FOR,
            )
        )  # fmt: skip
    return "an own page"


def _wished(app: App, cast: Cast) -> int:
    """Let Anna have a fresh link, and change her address; return the id of Bo's claim that waits."""
    at = {"base_url": "https://brev.applen.example", "now": app.now()}
    anna: dict[str, Any] = {"scope": OnePerson(cast.anna), "subscriber_id": cast.anna}
    said = {"name": "Bo Öberg", "old_address": "bo@lulea.example", "address": "bo@nya.example",
            "member_number": "", "message": "", "language": "sv"}  # fmt: skip
    with app.sessions.begin() as session:
        own_pages.send_to(session, **anna, secret="a-fresh-link", **at)
        address_changes.ask(session, **anna, address="anna@nya.example", secret="new-mailbox", **at)
        address_changes.confirm(session, secret="new-mailbox", undo_secret="old-mailbox", **at)
        address_claims.claim(session, **said, secret="bos-new-mailbox", **at)
        return address_changes.confirm(session, secret="bos-new-mailbox", undo_secret="-", **at).id


@pytest.fixture
def insider(app: App, cast: Cast) -> Iterator[Visitor]:
    """Somebody who may do everything, at the machine itself, with the demo's door open."""
    for role in RoleName:
        appoint(app, cast.bo, role, "norra" if role is RoleName.REGIONAL_LEAD else None)
    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
    with (
        signed_in(app, cast.bo) as outside,
        Visitor(
            make_site(app),
            base_url="http://127.0.0.1:8040",
            client=("127.0.0.1", 50000),
            cookies=outside.cookies,
            follow_redirects=False,
        ) as visitor,
    ):
        visitor.token = outside.token
        visitor.cookies.set("rundbrev-own", _own_page(app, cast.bo))
        yield visitor


@pytest.fixture
def addresses(app: App, cast: Cast, token_of: Tokens) -> dict[str, str]:
    """One address that answers, for every route there is."""
    return addresses_in(app, cast, token_of(cast.anna))


def addresses_in(app: App, cast: Cast, letter: str) -> dict[str, str]:
    """Furnish this world so that every route has an address that answers; ``letter`` is Anna's token."""
    name = mails.put(app.paths.sink)
    with app.sessions.begin() as session:
        sign_ins.make_link(session, subscriber_id=cast.bo, secret="a-link", now=app.now())
        key = "0123456789abcdef" * 2
        regional_letters.create(
            session, scope=app.everything("a test"), region="norra", key=key, heading="Hej", text="Kom.",
            writer_id=cast.elsa, actor="a test", now=app.now(),
        )  # fmt: skip
        gone = set_issue(session, list_id=cast.newsletter, now=app.now())
        releases.release(session, scope=app.everything("a test"), issue_id=gone, now=app.now())
        sendings.stop(session, issue_id=gone, now=app.now())
        handed = Handover(
            made_at=app.now(), predecessor_id=cast.anna, successor_id=cast.bo, role=RoleName.READER,
            work={"region": "", "address": "", "issues": [], "blocks": [], "letters": [], "rounds": 0},
        )  # fmt: skip
        session.add(handed)
        session.flush()
        handed_id = handed.id
        calls = lists.by_purpose(session, purpose=ListPurpose.MEMBER_NOTICES)
        notice = set_issue(session, list_id=calls.id, now=app.now())
        imported = imports.import_register(
            session, scope=app.everything("a test"), name="ny.csv", content=REGISTER, now=app.now()
        )
    (app.paths.media / "bild.png").write_bytes(b"\x89PNG")
    block_id, opened = a_block(app, cast)
    review = asked_to_review(app, cast)
    waiting = staged.put(app.paths.staged, name="ny.csv", content=REGISTER, person_id=cast.bo, now=app.now())
    values = {
        "/arkiv/{key}": f"/arkiv/{sent(app, ('Linsen', EVERYONE))}",
        **_on_web(app),
        "/personer/importera/{key}": f"/personer/importera/{waiting}",
        "{key}": key,
        "/inslag/{token}": f"/inslag/{opened}",
        "{block_id:int}": str(block_id),
        "/staende-inslag/{region}": "/staende-inslag/norra",
        "{run_id}": str(imported.run_id),
        "/prenumerera/{token}": f"/prenumerera/{asked_for(app)}",
        "/granska/{token}": f"/granska/{review}",
        "{token}": letter,
        "/mina-uppgifter/lank/{secret}": "/mina-uppgifter/lank/a-fresh-link",
        "/mina-uppgifter/adress/{secret}": "/mina-uppgifter/adress/new-mailbox",
        "/mina-uppgifter/angra/{secret}": "/mina-uppgifter/angra/old-mailbox",
        "/mina-uppgifter/mig/{what}": "/mina-uppgifter/mig/sprak",
        "{change_id}": str(_wished(app, cast)),
        **_to_ring(app, cast, gone),
        "{article_id:int}": str(an_article(app)),
        "{import_id:int}": str(an_import(app)),
        "{secret}": "a-link",
        "{person_id}": str(cast.bo),
        "{what}": "tagg",
        "/sink/{name}": f"/sink/{name}",
        "/static/{name}": "/static/style.css",
        "{name:path}": "bild.png",
        "{handover_id:int}": str(handed_id),
        "{mail}": tokens.make(app.keyring, Purpose.ROW, _a_mail(app)),
        "/kallelser/{issue_id}": f"/kallelser/{notice}",
        "{issue_id}": str(gone),
        "{issue_id:int}": str(gone),
        "{year:int}": "2030",
    }
    found = {}
    for route in routes(app):
        address = route.path
        for place, value in values.items():
            address = address.replace(place, value)
        assert "{" not in address, f"give the test a value for {route.path}"
        found[route.path] = address
    return found


def _a_mail(app: App) -> int:
    """Take a mail in, and return its number in the inbox."""
    with app.sessions.begin() as session:
        row = come_in(session, mail_of("Hej!", sender="anna@lund.example"), now=app.now(), sender=None)
        assert row is not None
        return row.id


def _to_ring(app: App, cast: Cast, issue_id: int) -> dict[str, str]:
    """Let somebody be rung, and a domain wait for a decision."""
    with app.sessions.begin() as session:
        call = Call(
            subscriber_id=cast.bo, canonical="bo@lulea.example", reason=CallReason.NEW_ADDRESS, facts={},
            proposal="bo@pitea.example", opened_at=app.now(),
        )  # fmt: skip
        hold = DomainHold(issue_id=issue_id, domain="lulea.example", held_at=app.now())
        session.add_all((call, hold))
        session.flush()
        return {"{call_id}": str(call.id), "{hold_id}": str(hold.id)}


def _on_web(app: App) -> dict[str, str]:
    """Return the addresses of the web version of the issue that went last, by their routes."""
    with app.readers() as session:
        variant = session.scalars(select(Variant).order_by(Variant.id.desc())).first()
        assert variant is not None
        issue_id, article_id = variant.issue_id, variant.issue.items[0].article_id
    return {
        "/las/{token}": f"/las/{web_token(app.keyring, variant.id)}",
        "/webbversion/{variant_id}": f"/webbversion/{variant.id}",
        "/utskick/{issue_id}/webb/{article_id:int}": f"/utskick/{issue_id}/webb/{article_id}",
        "/utskick/{issue_id}/webb": f"/utskick/{issue_id}/webb",
    }


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


@ON_BOTH
def test_no_route_writes_when_it_is_only_looked_at(
    app: App, insider: Visitor, addresses: dict[str, str], writes_refused: list[str]
) -> None:
    """U5: link scanners follow every link with GET and HEAD."""
    shown = {route.path for route in routes(app) if "GET" in route.methods}
    assert len(shown) >= 10
    for route, address in addresses.items():
        for method in ("GET", "HEAD"):
            answer = insider.request(method, address)
            expected = 404 if route == "/borja" else 200 if route in shown else 405
            assert answer.status_code == expected, f"{method} {route}"
            assert not (method == "HEAD" and answer.content), route

    assert writes_refused == []


def test_a_click_needs_the_writing_that_was_refused_above(
    here: TestClient, addresses: dict[str, str], writes_refused: list[str]
) -> None:
    """Guards the test above: it would see a write."""
    with pytest.raises(Exception, match=r"read-?only"):
        here.post(addresses["/u/{token}"], data={"do": "stop"})

    assert writes_refused


def test_each_route_takes_its_own_methods_and_no_others(
    app: App, here: TestClient, addresses: dict[str, str]
) -> None:
    taken: dict[str, set[str]] = {}
    for route in routes(app):
        taken.setdefault(route.path, set()).update(route.methods)
    for route_path, address in addresses.items():
        for method in {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - taken[route_path]:
            answer = here.request(method, address)
            assert answer.status_code == 405, f"{method} {route_path}"
            assert "<h1>" in answer.text


def test_strangers_get_the_members_pages_and_the_pictures_and_nothing_else(
    stranger: TestClient, addresses: dict[str, str]
) -> None:
    open_to_all = {route for route, address in addresses.items() if stranger.get(address).status_code == 200}

    assert open_to_all == {
        "/inslag/{token}", "/inslag/{token}/skriv", "/inslag/{token}/titta", "/inslag/{token}/brevet",
        "/u/{token}", "/p/{token}", "/prenumerera", "/prenumerera/{token}", "/logga-in", "/logga-in/{secret}",
        "/om/personuppgifter", "/arkiv", "/arkiv/flode.xml", "/arkiv/{key}", "/arkiv/{key}/brev",
        "/las/{token}",
        "/granska/{token}", "/granska/{token}/brev", "/healthz", "/static/colours.css", "/static/{name}",
        "/media/{name:path}",
        "/mina-uppgifter", "/mina-uppgifter/ny-adress", "/mina-uppgifter/lank/{secret}",
        "/mina-uppgifter/adress/{secret}", "/mina-uppgifter/angra/{secret}",
    }  # fmt: skip
    hidden, missing = stranger.get(addresses["/sink/{name}"]), stranger.get("/sunk/x")
    assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text)


def test_no_page_asks_any_other_place_for_anything(insider: Visitor, addresses: dict[str, str]) -> None:
    for route, address in addresses.items():
        answer = insider.get(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        asked = re.findall(r"<(?:link|script|img|iframe|source)\b[^>]*\b(?:href|src)=\"([^\"]*)", answer.text)
        assert [a for a in asked if re.match(r"[a-z]+:|//", a)] == [], route
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)
        assert inline == [], route
        assert not re.search(r"\son[a-z]+=", answer.text.split("<iframe")[0]), route
        is_mail = "sandbox" in answer.headers["content-security-policy"]
        assert is_mail or " style=" not in answer.text.split("<iframe")[0], route


def test_every_answer_carries_the_safe_headers(here: TestClient, addresses: dict[str, str]) -> None:
    for address in (*addresses.values(), "/nothing/here"):
        headers = here.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_a_mistake_of_ours_is_a_page_too_and_shows_no_traceback(
    app: App, cast: Cast, token_of: Tokens, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE lists RENAME TO elsewhere"))
    with TestClient(make_site(app), raise_server_exceptions=False) as client:
        answer = client.get(f"/u/{token_of(cast.anna)}")
    with sessions.begin() as session:  # the next test has the same tables
        session.execute(text("ALTER TABLE elsewhere RENAME TO lists"))

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
