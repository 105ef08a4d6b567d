"""A member's own page: a fresh link opens it, once, for one person; and what can be done there."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.models import AddressChange, Note, OwnPageLink, OwnPageSession
from newsletter.services import own_pages
from newsletter.services.sessions import digest
from newsletter.web import visits
from newsletter.web.gate import Themselves
from newsletter.web.site import make_site
from subscribers.core.authority import Everything, OnePerson
from subscribers.models import Address, RoleName, Subscriber, Subscription, SuppressionReason
from subscribers.services import erasures, suppressions
from tests.cast import Cast
from tests.newsletter.web.test_gate import gate_of
from tests.newsletter.web.test_site import addresses, routes
from tests.newsletter.web.test_unsubscribe import Tokens
from tests.newsletter.web.visitors import ELSEWHERE, Visitor, appoint

__all__ = ["addresses"]

Notes = Callable[[], Sequence[Note]]


@pytest.fixture
def notes(sessions: sessionmaker[Session]) -> Notes:
    """Return the notes that wait, in their order."""

    def ask() -> Sequence[Note]:
        with sessions() as session:
            return session.scalars(select(Note).order_by(Note.id)).all()

    return ask


def path_in(note: Note, app: App) -> str:
    """Return the path of the link in a note."""
    assert note.content is not None
    return str(note.content["link"]).removeprefix(app.settings.base_url)


def opened(app: App, person: int) -> Visitor:
    """Return a browser in which this person's own page is open."""
    secret = f"an open page of {person}"
    with app.sessions.begin() as session:
        session.add(
            OwnPageSession(
                token_hash=digest(secret), subscriber_id=person, opened_at=app.now(),
                expires_at=app.now() + own_pages.OPEN_FOR,
            )
        )  # fmt: skip
    visitor = Visitor(
        make_site(app), base_url=ELSEWHERE, client=("203.0.113.9", 50000), follow_redirects=False
    )
    visitor.cookies.set("rundbrev-own", secret)
    visitor.token = visits.form_token(secret)
    return visitor


@pytest.fixture
def anna(app: App, cast: Cast) -> Iterator[Visitor]:
    """Anna, at her own page."""
    with opened(app, cast.anna) as visitor:
        yield visitor


# --- The link -----------------------------------------------------------------------------------------------


def test_a_fresh_link_opens_the_page_once_and_only_with_the_button(
    app: App, stranger: TestClient, notes: Notes, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    stranger.post("/mina-uppgifter", data={"address": "anna@lund.example"})
    [note] = notes()
    link = path_in(note, app)
    secret = link.rpartition("/")[2]
    with sessions() as session:  # what stands in the database opens nothing
        assert session.scalars(select(OwnPageLink.token_hash)).all() == [digest(secret)]

    for method in ("GET", "HEAD", "GET"):
        assert stranger.request(method, link).status_code == 200
    pressed = stranger.post(link, data={"do": "open"})

    assert pressed.headers["location"] == "/mina-uppgifter/mig"
    cookie = pressed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/mina-uppgifter" in cookie
    assert "Max-Age=1800" in cookie
    stranger.cookies.clear()
    assert stranger.post(link, data={"do": "open"}).status_code == 410
    assert stranger.get(link).status_code == 410


def test_who_presses_twice_is_in_all_the_same(
    app: App, cast: Cast, stranger: TestClient, notes: Notes
) -> None:
    stranger.post("/mina-uppgifter", data={"address": "anna@lund.example"})
    link = path_in(notes()[0], app)

    first = stranger.post(link, data={"do": "open"})
    name, _, value = first.headers["set-cookie"].partition(";")[0].partition("=")
    second = stranger.post(link, data={"do": "open"}, headers={"cookie": f"{name}={value}"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert "Åkesson" in stranger.get("/mina-uppgifter/mig", headers={"cookie": f"{name}={value}"}).text


def test_known_and_unknown_addresses_get_the_same_answer(
    app: App, stranger: TestClient, notes: Notes, cast: Cast
) -> None:
    asked = ["anna@lund.example", "nobody@lund.example", "greta@studsar.example", "no address", ""]

    answers = {stranger.post("/mina-uppgifter", data={"address": each}).text for each in asked}

    assert len(answers) == 1
    assert "Vi har skickat en länk till din adress. Den gäller i ett dygn." in answers.pop()
    assert [note.address for note in notes()] == ["anna@lund.example"]  # greta's is suppressed


def test_each_who_reads_a_shared_mailbox_gets_a_link_of_their_own(
    app: App, stranger: TestClient, notes: Notes, cast: Cast
) -> None:
    stranger.post("/mina-uppgifter", data={"address": "familjen@lund.example"})

    assert [note.subscriber_id for note in notes()] == [cast.cecilia, cast.david]


def test_a_mailbox_is_not_flooded_and_a_network_cannot_ask_for_ever_not_even_after_a_restart(
    app: App, cast: Cast, stranger: TestClient, notes: Notes
) -> None:
    for _each in range(30):
        assert stranger.post("/mina-uppgifter", data={"address": "anna@lund.example"}).status_code == 200
    assert len(notes()) == 5

    app.engine.dispose()
    answer = stranger.post("/mina-uppgifter", data={"address": "bo@lulea.example"})
    assert answer.status_code == 429
    assert "Vänta en stund" in answer.text
    assert len(notes()) == 5


def test_a_letters_link_sends_a_fresh_one_to_the_registered_address_and_shows_neither(
    app: App, stranger: TestClient, token_of: Tokens, cast: Cast, notes: Notes
) -> None:
    link = f"/p/{token_of(cast.anna)}"
    assert "Skicka en länk till min adress" in stranger.get(link).text

    answer = stranger.post(f"{link}/lank", data={"do": "link"})

    assert "Vi har skickat en länk till din adress" in answer.text
    assert "anna" not in answer.text.lower()
    assert [note.address for note in notes()] == ["anna@lund.example"]
    nowhere = stranger.post(f"/p/{token_of(cast.elsa)}/lank", data={"do": "link"})  # who has no address
    assert nowhere.text == answer.text


@pytest.mark.parametrize("age", [timedelta(days=1), timedelta(days=30)])
def test_a_link_is_over_after_a_day(
    app: App, stranger: TestClient, cast: Cast, sessions: sessionmaker[Session], age: timedelta
) -> None:
    with sessions.begin() as session:
        session.add(
            OwnPageLink(token_hash=digest("old"), subscriber_id=cast.anna,
                        expires_at=app.now() + own_pages.LINK_VALID - age)
        )  # fmt: skip

    assert stranger.get("/mina-uppgifter/lank/old").status_code == 410
    assert stranger.post("/mina-uppgifter/lank/old", data={"do": "open"}).status_code == 410


def test_a_page_closes_by_itself_and_by_hand(
    app: App, cast: Cast, anna: Visitor, sessions: sessionmaker[Session]
) -> None:
    with opened(app, cast.bo) as bo:
        with sessions.begin() as session:
            for each in session.scalars(select(OwnPageSession).filter_by(subscriber_id=cast.bo)):
                each.expires_at = app.now()
        assert bo.get("/mina-uppgifter/mig").headers["location"] == "/mina-uppgifter"
        assert bo.post_form("/mina-uppgifter/mig/sprak", {"language": "en"}).status_code == 401

    assert anna.get("/mina-uppgifter/mig").status_code == 200
    anna.post_form("/mina-uppgifter/mig/stang")
    anna.cookies.set("rundbrev-own", f"an open page of {cast.anna}")
    assert anna.get("/mina-uppgifter/mig").status_code == 303


def test_nothing_of_the_page_is_open_to_others(
    app: App, cast: Cast, stranger: TestClient, officer: Visitor, addresses: dict[str, str]
) -> None:
    """Not to strangers, nor to an administrator: their session is of another kind."""
    own = [route for route in routes(app) if isinstance(gate_of(route).access, Themselves)]
    assert len(own) >= 6
    for route in own:
        for visitor in (stranger, officer):
            if "POST" in route.methods:
                answer = visitor.post(addresses[route.path], data={"csrf": getattr(visitor, "token", "")})
                assert answer.status_code == 401
            else:
                assert visitor.get(addresses[route.path]).headers["location"] == "/mina-uppgifter"


def test_a_form_of_the_page_needs_its_token_and_comes_from_a_page_of_ours(anna: Visitor, cast: Cast) -> None:
    fields = {"language": "en"}
    for token in ("", "0" * 64):
        answer = anna.post("/mina-uppgifter/mig/sprak", data={**fields, "csrf": token})
        assert answer.status_code == 403
    elsewhere = anna.post_form("/mina-uppgifter/mig/sprak", fields, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403


# --- What can be done there ---------------------------------------------------------------------------------


def test_language_and_region_are_changed_and_it_is_said_who_did_it(
    app: App, anna: Visitor, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    at = "/mina-uppgifter/mig"
    assert anna.post_form(f"{at}/sprak", {"language": "en"}).status_code == 303
    assert "My details" in anna.get(at).text
    assert anna.post_form(f"{at}/region", {"municipality": "2580"}).status_code == 303
    with sessions() as session:
        person = session.get_one(Subscriber, cast.anna)
        assert (person.language, person.municipality_code, person.region_slug) == ("en", "2580", "norra")

    assert anna.post_form(f"{at}/region", {"do": "choose", "region": "vast"}).status_code == 303
    with sessions() as session:
        person = session.get_one(Subscriber, cast.anna)
        assert (person.region_slug, person.placed_by_hand) == ("vast", True)


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("sprak", {"language": "tlh"}),
        ("region", {"municipality": "9999"}),
        ("region", {"do": "choose", "region": "nowhere"}),
        ("region", {"do": "choose", "region": ""}),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_changes_nothing(
    anna: Visitor, cast: Cast, sessions: sessionmaker[Session], what: str, fields: dict[str, str]
) -> None:
    answer = anna.post_form(f"/mina-uppgifter/mig/{what}", fields)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with sessions() as session:
        person = session.get_one(Subscriber, cast.anna)
        assert (person.language, person.region_slug) == ("sv", "skane")


def test_lists_are_left_paused_and_begun_there_too(
    anna: Visitor, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    at, chosen = "/mina-uppgifter/mig/listor", {"list": str(cast.newsletter)}

    for form, active, paused in (
        ({"do": "pause", "for": "1"}, True, True),
        ({"do": "stop"}, False, False),
        ({"do": "start"}, True, False),
    ):
        assert anna.post_form(at, {**chosen, **form}).status_code == 303
        with sessions() as session:
            found = session.get_one(Subscription, (cast.anna, cast.newsletter))
            assert (found.active, found.paused_until is not None) == (active, paused)
            assert found.source == "own page"


def test_the_extract_has_everything_and_no_secret_to_read_and_to_take_along(
    app: App, anna: Visitor, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """L5: GDPR 15 and 20."""
    page = anna.get("/mina-uppgifter/utdrag").text
    assert "Åkesson" in page
    assert "anna@lund.example" in page
    assert "bo@lulea.example" not in page

    answer = anna.get("/mina-uppgifter/utdrag.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    held = json.loads(answer.text)
    assert held["subscribers"][0]["given_name"] == "Anna"
    assert held["own_page_sessions"]
    assert not re.search(r"[0-9a-f]{64}", answer.text + page)


def test_being_forgotten_is_said_twice_and_takes_everything(
    app: App, anna: Visitor, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """L5: GDPR 17; what stays is said first."""
    asked = anna.get("/mina-uppgifter/glom").text
    for said in ("Ja och nej, under en pseudonym", "Du är medlem", "medlemsregister"):
        assert said in asked

    once = anna.post_form("/mina-uppgifter/glom")
    assert once.status_code == 422
    with sessions() as session:
        assert session.get_one(Subscriber, cast.anna).given_name == "Anna"

    done = anna.post_form("/mina-uppgifter/glom", {"sure": "yes"})
    assert "Du är glömd" in done.text
    with sessions() as session:
        gone = session.get_one(Subscriber, cast.anna)
        assert (gone.given_name, gone.erased_at is not None) == ("", True)
        for model in (OwnPageSession, OwnPageLink, AddressChange, Address):
            assert not session.scalars(select(model).where(model.subscriber_id == cast.anna)).all()
    assert anna.get("/mina-uppgifter/mig").status_code == 303


def test_who_has_a_role_hands_it_over_before_they_are_forgotten(
    app: App, anna: Visitor, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")

    answer = anna.post_form("/mina-uppgifter/glom", {"sure": "yes"})

    assert answer.status_code == 422
    assert "Lämna över det först" in answer.text
    with sessions() as session:
        assert session.get_one(Subscriber, cast.anna).erased_at is None


# --- A new address ------------------------------------------------------------------------------------------


def wish(anna: Visitor, address: str) -> int:
    return int(anna.post_form("/mina-uppgifter/adress", {"address": address}).status_code)


def used(sessions: sessionmaker[Session], person: int) -> list[str]:
    """Return the preferred address of a person first, then the others."""
    with sessions() as session:
        found = select(Address).where(Address.subscriber_id == person)
        return [
            each.address
            for each in session.scalars(found.order_by(Address.preferred.desc(), Address.id)).all()
        ]


def test_nothing_changes_before_the_new_mailbox_says_yes_and_then_the_old_one_is_told(
    app: App,
    anna: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    assert wish(anna, "anna@nya.example") == 303
    [asked] = notes()
    link = path_in(asked, app)
    assert (asked.kind, asked.address) == ("new-address", "anna@nya.example")
    assert "anna@lund" not in str(asked.content)
    for method in ("GET", "HEAD"):
        assert stranger.request(method, link).status_code == 200
    assert used(sessions, cast.anna) == ["anna@lund.example"]

    for _twice in range(2):
        assert (
            "Breven går till a•••@n•••.example från och med nu"
            in stranger.post(link, data={"do": "confirm"}).text
        )
    assert used(sessions, cast.anna) == ["anna@nya.example", "anna@lund.example"]
    [_, told] = notes()
    assert (told.kind, told.address) == ("address-changed", "anna@lund.example")
    assert "nya" not in str(told.content)  # whoever reads the old mailbox now is not told where to


def test_the_old_mailbox_undoes_it_for_fourteen_days_and_not_after(
    app: App,
    anna: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    wish(anna, "anna@nya.example")
    stranger.post(path_in(notes()[0], app), data={"do": "confirm"})
    undo = path_in(notes()[1], app)

    for method in ("GET", "HEAD"):
        assert stranger.request(method, undo).status_code == 200
    assert used(sessions, cast.anna)[0] == "anna@nya.example"
    for _twice in range(2):
        assert "Breven går till a•••@l•••.example igen" in stranger.post(undo, data={"do": "undo"}).text

    assert used(sessions, cast.anna) == ["anna@lund.example"]
    assert anna.get("/mina-uppgifter/mig").status_code == 303  # whoever was in is out
    assert "Bytet gäller inte" in stranger.post(path_in(notes()[0], app), data={"do": "confirm"}).text
    with sessions.begin() as session:
        session.scalars(select(AddressChange)).one().undo_until = app.now()
    assert stranger.get(undo).status_code == stranger.post(undo, data={"do": "undo"}).status_code == 404


def test_an_address_of_somebody_else_is_answered_like_any_other_and_shows_nothing_of_them(
    app: App,
    anna: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    answers = [
        anna.post_form("/mina-uppgifter/adress", {"address": each}).headers["location"]
        for each in ("greta@studsar.example", "anna@nya.example", "bo@lulea.example")
    ]
    assert len(set(answers)) == 1
    assert [note.address for note in notes()] == ["anna@nya.example", "bo@lulea.example"]

    page = stranger.post(path_in(notes()[1], app), data={"do": "confirm"}).text
    assert "Öberg" not in page
    assert "Åkesson" not in page
    assert used(sessions, cast.bo) == ["bo@lulea.example", "bo@hemma.example"]
    assert used(sessions, cast.anna)[0] == "bo@lulea.example"


def test_of_an_erased_persons_address_nothing_can_be_learnt(
    app: App, anna: Visitor, cast: Cast, sessions: sessionmaker[Session], notes: Notes
) -> None:
    with app.sessions.begin() as session:
        hashes = [erasures.keyed(session, "borta@lund.example")]
        erasures.remember_hashes(session, hashes=hashes, now=app.now())

    assert wish(anna, "borta@lund.example") == wish(anna, "ny@lund.example") == 303
    assert [note.address for note in notes()] == ["ny@lund.example"]


@pytest.mark.parametrize(
    "address", ["", "no address", "anna@lund.example\r\nBcc: x@y.example", "ANNA@lund.example"]
)
def test_what_is_no_new_address_is_said_on_the_page(anna: Visitor, address: str, notes: Notes) -> None:
    assert wish(anna, address) == 422
    assert notes() == []


def test_wishes_and_mails_are_few_in_a_day(anna: Visitor, notes: Notes) -> None:
    said = [wish(anna, "anna@nya.example") for _each in range(6)]

    assert said == [303] * 5 + [422]
    assert len(notes()) == 3


def test_of_two_wishes_only_the_last_counts(
    app: App, anna: Visitor, stranger: TestClient, notes: Notes
) -> None:
    wish(anna, "en@nya.example")
    wish(anna, "tva@nya.example")

    assert stranger.post(path_in(notes()[0], app), data={"do": "confirm"}).status_code == 404
    assert stranger.post(path_in(notes()[1], app), data={"do": "confirm"}).status_code == 200


@pytest.mark.parametrize(("where", "button"), [("adress", "confirm"), ("angra", "undo"), ("lank", "open")])
def test_links_that_nobody_made_open_nothing(stranger: TestClient, where: str, button: str) -> None:
    for secret in ("x", "a" * 43, "%00", "..%2Fmig"):
        for answer in (
            stranger.get(f"/mina-uppgifter/{where}/{secret}"),
            stranger.post(f"/mina-uppgifter/{where}/{secret}", data={"do": button}),
        ):
            assert answer.status_code in (404, 410)


def test_the_old_address_leaves_the_register_when_nobody_has_undone_it(
    app: App,
    anna: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    from newsletter import rights

    wish(anna, "anna@nya.example")
    stranger.post(path_in(notes()[0], app), data={"do": "confirm"})
    assert rights.prune(app)["old-addresses"] == 0
    with sessions.begin() as session:
        session.scalars(select(AddressChange)).one().undo_until = app.now()

    assert rights.prune(app)["old-addresses"] == 1
    assert used(sessions, cast.anna) == ["anna@nya.example"]


# --- The old address is dead --------------------------------------------------------------------------------

CLAIM = {
    "name": "Greta Ek",
    "old_address": "greta@studsar.example",
    "address": "greta@nya.example",
    "member_number": "M007",
    "message": "Jag har bytt jobb.",
}


def claimed(app: App, stranger: TestClient, notes: Notes, **changed: str) -> None:
    """Claim, and confirm from the new mailbox."""
    assert stranger.post("/mina-uppgifter/ny-adress", data={**CLAIM, **changed}).status_code == 200
    assert (
        "Någon i föreningen ser på det nu"
        in stranger.post(path_in(notes()[-1], app), data={"do": "confirm"}).text
    )


def decide(visitor: Visitor, sessions: sessionmaker[Session], **form: str) -> int:
    with sessions() as session:
        change_id = session.scalars(select(AddressChange.id).order_by(AddressChange.id.desc())).first()
    return int(visitor.post_form(f"/adressbyten/{change_id}", form).status_code)


def test_the_officer_sees_what_is_known_and_approves(
    app: App,
    officer: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    claimed(app, stranger, notes)
    assert "En person väntar på att få sin nya adress godkänd" in officer.get("/").text
    page = officer.get("/adressbyten").text
    for said in (
        "Greta Ek",
        "greta@nya.example",
        "brev har studsat",
        "Namnet stämmer.",
        "Jag har bytt jobb.",
    ):
        assert said in page

    assert decide(officer, sessions, do="approve") == 303
    assert used(sessions, cast.greta)[0] == "greta@nya.example"
    assert [note.kind for note in notes()][1:] == ["address-decided"]  # the old one is dead
    assert decide(officer, sessions, do="approve") == 422
    assert "Ingen väntar" in officer.get("/adressbyten").text


def test_an_old_mailbox_that_lives_is_told_and_can_undo(
    app: App,
    officer: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    claimed(app, stranger, notes, name="Anna Åkesson", old_address="Anna@lund.example", member_number="")
    assert "inget tyder på att den är död" in officer.get("/adressbyten").text

    decide(officer, sessions, do="approve")
    undo = next(note for note in notes() if note.kind == "address-changed")
    assert undo.address == "anna@lund.example"
    stranger.post(path_in(undo, app), data={"do": "undo"})
    assert used(sessions, cast.anna) == ["anna@lund.example"]


def test_a_refusal_has_a_reason_that_only_those_who_decide_see(
    app: App,
    officer: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    claimed(app, stranger, notes, name="Anna Åkesson", old_address="anna@lund.example")

    assert decide(officer, sessions, do="refuse", reason=" ") == 422
    assert decide(officer, sessions, do="refuse", reason="Ringde; det var inte hon.") == 303
    assert used(sessions, cast.anna) == ["anna@lund.example"]
    new, old = notes()[-2:]
    assert (new.address, old.address) == ("greta@nya.example", "anna@lund.example")
    assert "Ringde" not in str(new.content) + str(old.content)
    assert "greta" not in str(old.content)


def test_a_claim_answers_the_same_for_everybody_and_machines_get_nothing(
    app: App, stranger: TestClient, notes: Notes, sessions: sessionmaker[Session]
) -> None:
    answers = {
        stranger.post("/mina-uppgifter/ny-adress", data={**CLAIM, **changed}).text
        for changed in (
            {},
            {"old_address": "nobody@lund.example", "address": "a@b.example"},
            {"webbplats": "http://x"},
        )
    }

    assert len(answers) == 1
    assert len(notes()) == 2


def test_whom_nobody_fits_is_for_those_who_see_everyone_and_cannot_be_approved(
    app: App,
    officer: Visitor,
    lead: Visitor,
    stranger: TestClient,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    claimed(app, stranger, notes, old_address="nobody@lund.example")

    assert "Ingen har den gamla adressen och det namnet." in officer.get("/adressbyten").text
    assert "Ingen väntar" in lead.get("/adressbyten").text
    assert decide(lead, sessions, do="approve") == 404
    assert decide(officer, sessions, do="approve") == 422


def test_of_two_who_share_the_old_address_the_name_decides(
    app: App,
    officer: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    claimed(app, stranger, notes, name="david ärlig", old_address="familjen@lund.example")
    decide(officer, sessions, do="approve")

    assert used(sessions, cast.david)[0] == "greta@nya.example"
    assert used(sessions, cast.cecilia) == ["familjen@lund.example"]


def test_a_lead_decides_about_the_own_region_and_sees_no_others(
    app: App,
    lead: Visitor,
    stranger: TestClient,
    cast: Cast,
    sessions: sessionmaker[Session],
    notes: Notes,
) -> None:
    """L6."""
    claimed(app, stranger, notes)  # Greta is in Väst
    assert "Greta" not in lead.get("/adressbyten").text
    assert decide(lead, sessions, do="approve") == 404

    claimed(
        app, stranger, notes, name="Anna Åkesson", old_address="anna@lund.example", address="a@nya.example"
    )
    assert "Anna Åkesson" in lead.get("/adressbyten").text
    assert decide(lead, sessions, do="approve") == 303
    assert used(sessions, cast.anna)[0] == "a@nya.example"


def test_a_suppressed_new_address_gets_no_mail_and_nobody_is_told(
    app: App, stranger: TestClient, notes: Notes
) -> None:
    with app.sessions.begin() as session:
        suppressions.suppress(
            session, scope=Everything("test"), address="greta@nya.example",
            reason=SuppressionReason.COMPLAINED, now=app.now(),
        )  # fmt: skip

    answer = stranger.post("/mina-uppgifter/ny-adress", data=CLAIM)

    assert "Vi har skickat en länk till den nya adressen" in answer.text
    assert notes() == []


def test_one_person_is_proved_by_the_page_and_no_more(app: App, cast: Cast) -> None:
    with app.sessions.begin() as session:
        own_pages.send_to(
            session, scope=OnePerson(cast.bo), subscriber_id=cast.bo, secret="s", base_url="", now=app.now()
        )
        owner = own_pages.open_(session, secret="s", session_secret="t", now=app.now())

    assert owner.scope == OnePerson(cast.bo)
