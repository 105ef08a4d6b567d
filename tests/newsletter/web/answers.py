"""Pages that only come as the answer to a form, or to an address with a question: asked for as people do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from unittest import mock

from sqlalchemy import select
from starlette.responses import Response

from newsletter.app import App
from newsletter.core import unsubscribe_trials
from newsletter.core.health.checks import Check, Group, Level, Record
from newsletter.models import OwnPageSession
from newsletter.services import check_ups, own_pages
from newsletter.services.sessions import digest
from subscribers.models import Role, RoleName
from tests.cast import Cast
from tests.newsletter.web.test_article_importing import LETTER
from tests.newsletter.web.test_imports import REGISTER
from tests.newsletter.web.visitors import Visitor, appoint, in_earnest, signed_in

#: People who unsubscribed from a letter of before.
LEFT = b"Email Address,UNSUB_TIME\r\nborta@lund.example,2029-01-01 10:00:00\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody got: the address it came from, and the page."""

    address: str
    html: str


def answers(app: App, cast: Cast, visitor: Visitor, addresses: dict[str, str]) -> Iterator[Answer]:
    """Yield every page that no plain address shows; those that end something come last."""

    def post(address: str, fields: dict[str, object] | None = None, **more: object) -> Answer:
        return _page(address, visitor.post_form(address, fields, **more))

    def get(address: str) -> Answer:
        return _page(address, visitor.get(address))

    def file(name: str, content: bytes) -> dict[str, object]:
        return {"files": {"file": (name, content, "text/csv")}}

    article = addresses["/artiklar/{article_id:int}"]
    yield post("/artiklar/importera", {"pasted": LETTER})
    yield post("/artiklar/importera", {"pasted": ""})
    yield post("/artiklar/ny", {"title": "", "body": "Kom.", "draft": "0123456789"})
    yield post(article, {"title": "En artikel", "body": "Nya ord.", "revision": "0"})
    yield post(f"{article}/historik", {"version": "99"})
    yield get("/nothing/here")

    yield post("/personer/importera", {})
    columns = visitor.post_form("/personer/importera", **file("ny.csv", b"Kol A;Kol B\r\nx;y\r\n"))
    yield post(columns.headers["location"], {"do": "columns"})
    waiting = visitor.post_form("/personer/importera", **file("ny.csv", REGISTER)).headers["location"]
    visitor.post_form(waiting, {"do": "columns"})
    yield get(f"{waiting}/skillnad")
    yield get(f"{waiting}/beslut")
    left = visitor.post_form("/personer/importera", **file("avregistrerade.csv", LEFT)).headers["location"]
    visitor.post_form(left, {"do": "columns"})
    yield get(f"{left}/skillnad")

    yield post("/nummer/nytt", {})
    yield post("/kallelser/ny", {})
    yield post("/logga-in", {"address": "bo@lulea.example"})
    yield post("/prenumerera", {"address": "ny@vaxjo.example"})
    yield post("/prenumerera", {"address": "no address"})
    yield post("/mina-uppgifter", {"address": "bo@lulea.example"})
    yield post("/mina-uppgifter/ny-adress", {"name": "Bo", "address": "no address"})
    yield post(
        "/mina-uppgifter/ny-adress",
        {"name": "Bo Öberg", "old_address": "bo@lulea.example", "address": "bo@annan.example"},
    )

    yield from _tried(app, visitor)
    yield from _checked(app, visitor)
    yield from _blocks_and_reviews(visitor, addresses)
    appoint(app, cast.bo, RoleName.REGIONAL_LEAD, "vast")
    yield get("/min-region")
    yield from _handed_over(app, cast, visitor)
    yield from _in_earnest(app, cast)
    yield from _forgotten(app, cast, visitor)


def _blocks_and_reviews(visitor: Visitor, addresses: dict[str, str]) -> Iterator[Answer]:
    look = addresses["/inslag/{token}/titta"]
    [seen] = re.findall(r'name="seen" value="(\d+)"', visitor.get(look).text)
    yield _page(look, visitor.post_form(look, {"do": "in", "seen": "0"}))
    visitor.post_form(look, {"do": "in", "seen": seen})
    yield _page(look, visitor.get(look))
    closed = "/inslag/a-link-that-was-never-made"
    yield _page(closed, visitor.get(closed))
    fresh = addresses["/inslag/{token}/ny-lank"]
    yield _page(fresh, visitor.post_form(fresh, {"do": "new-link"}))

    review = addresses["/granska/{token}"]
    yield _page(review, visitor.post_form(review, {"do": "comment", "round": "0", "text": "Bra."}))
    [number] = set(re.findall(r'name="round" value="(\d+)"', visitor.get(review).text))
    for act in ("comment", "approve-all"):
        visitor.post_form(review, {"do": act, "round": number, "text": "Bra."})
        yield _page(review, visitor.get(review))


def _tried(app: App, visitor: Visitor) -> Iterator[Answer]:
    """Try the way out: first without anybody who answers, then with both ways open."""
    link, page = f"/u/{unsubscribe_trials.token(app.keyring, 1)}", "/forening/avregistrering"
    yield _page(link, visitor.get(link))
    visitor.post_form(page)
    yield _page(page, visitor.get(page))
    both = unsubscribe_trials.Trial(
        1,
        app.now(),
        unsubscribe_trials.Click.WORKS,
        "200 OK",
        unsubscribe_trials.Mailed.WORKS,
        timedelta(seconds=4),
    )
    with mock.patch("newsletter.trying.latest", return_value=both):
        yield _page(page, visitor.get(page))


def _checked(app: App, visitor: Visitor) -> Iterator[Answer]:
    """A check-up: while it goes on, and with something of each level found."""
    page = "/forening/halsa"
    found = [
        Check(
            Group.DOMAIN, "dmarc", Level.RED, "Ingen.", "Lägg in.", records=(Record("a.example", "TXT", "v"),)
        ),
        Check(Group.RELAY, "relay", Level.RED, "Den svarar inte.", "Fråga.", said="421 Nej"),
        Check(Group.MACHINE, "clock", Level.AMBER, "Ingen vet.", "Jämför."),
        Check(Group.WEB, "https", Level.GREEN, "Det är det."),
    ]
    with app.sessions.begin() as session:
        number = check_ups.begin(session, planned=2, actor="a test", now=app.now())
        check_ups.note(session, check_up_id=number, checks=found)
    yield _page(page, visitor.get(page))
    with app.sessions.begin() as session:
        check_ups.end(session, check_up_id=number, now=app.now())
    yield _page(page, visitor.get(page))


def _handed_over(app: App, cast: Cast, visitor: Visitor) -> Iterator[Answer]:
    with app.readers() as session:
        held = select(Role).where(Role.subscriber_id == cast.elsa, Role.role == RoleName.REGIONAL_LEAD)
        role = session.scalars(held).one()
    to = {"uppdrag": role.id, "q": "Anna"}
    chosen = "&".join(f"{name}={value}" for name, value in to.items())
    until = (app.now() + timedelta(days=90)).date().isoformat()
    for address in (f"/lamna-over?{chosen}", f"/lamna-over?{chosen}&efter={cast.anna}&till={until}"):
        yield _page(address, visitor.get(address))
    fields: dict[str, object] = {
        "person": cast.elsa, "role": role.role.value, "region": "norra", "successor": cast.anna,
        "sure": "yes",
    }  # fmt: skip
    for _time in ("handed over", "handed over before"):
        yield _page("/lamna-over", visitor.post_form("/lamna-over", fields))


def _in_earnest(app: App, cast: Cast) -> Iterator[Answer]:
    """The practice mailbox from elsewhere, of an association whose letters go."""
    appoint(app, cast.farid, RoleName.OFFICER)
    with signed_in(in_earnest(app), cast.farid) as elsewhere:
        yield _page("/sink", elsewhere.get("/sink"))


def _forgotten(app: App, cast: Cast, visitor: Visitor) -> Iterator[Answer]:
    place, secret = "/mina-uppgifter/glom", "an own page of somebody without a role"
    with app.sessions.begin() as session:
        opened, closes = app.now(), app.now() + own_pages.OPEN_FOR
        session.add(
            OwnPageSession(
                token_hash=digest(secret), subscriber_id=cast.greta, opened_at=opened, expires_at=closes
            )
        )
    visitor.cookies.set("rundbrev-own", secret)
    [token] = set(re.findall(r'name="csrf" value="([^"]+)"', visitor.get(place).text))
    yield _page(place, visitor.post(place, data={"csrf": token}))
    yield _page(place, visitor.post(place, data={"csrf": token, "sure": "yes"}))


def _page(address: str, answer: Response) -> Answer:
    assert "<!DOCTYPE" in answer.text[:200], f"{address}: {answer.status_code} {answer.headers}"
    return Answer(address, answer.text)
