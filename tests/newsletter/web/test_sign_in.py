"""People come in by a link in their mail or a password, and nobody else does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter import jobs
from newsletter.app import App
from newsletter.mail import folder
from newsletter.mail.sink import Sink
from newsletter.models import Note, SignInLink, WebSession
from newsletter.services import sign_ins
from newsletter.web import secrets
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web.visitors import ON_BOTH, Visitor, appoint, signed_in

pytestmark = ON_BOTH

ANNA = "anna@lund.example"


@pytest.fixture
def anna(app: App, cast: Cast) -> int:
    """Anna, who leads Skåne."""
    return appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")


def link_of(sessions: sessionmaker[Session]) -> str:
    """Return the path of the link in the only note that waits."""
    with sessions() as session:
        [note] = session.scalars(select(Note).where(Note.kind == "sign-in"))
    assert note.content is not None
    return re.sub(r"^https?://[^/]+", "", note.content["link"])


def test_a_lead_asks_for_a_link_presses_the_button_and_is_in(
    anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    asked = stranger.post("/logga-in", data={"address": " Anna@Lund.example ", "path": "/konto"})
    link = link_of(sessions)
    shown = stranger.get(link)
    entered = stranger.post(link, data={"do": "sign-in"})

    assert "en länk på väg dit" in asked.text
    assert shown.status_code == 200
    assert "set-cookie" not in shown.headers
    assert entered.status_code == 303
    assert entered.headers["location"] == "/konto"
    cookies = entered.headers.get_list("set-cookie")
    assert all("HttpOnly" in c and "SameSite=lax" in c and "Path=/" in c for c in cookies)
    assert "Anna Åkesson" in stranger.get("/konto").text


def test_looking_at_a_link_does_not_use_it_up(
    anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    stranger.post("/logga-in", data={"address": ANNA})
    link = link_of(sessions)
    for _scanner in range(3):
        stranger.get(link)
        stranger.head(link)

    assert stranger.post(link, data={"do": "sign-in"}).status_code == 303


def test_a_link_is_used_once_and_within_an_hour(
    app: App, anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    stranger.post("/logga-in", data={"address": ANNA})
    link = link_of(sessions)
    assert stranger.post(link, data={"do": "sign-in"}).status_code == 303
    assert stranger.post(link, data={"do": "sign-in"}).status_code == 410
    assert "Be om en ny länk" in stranger.get(link).text

    with app.sessions.begin() as session:
        sign_ins.make_link(session, subscriber_id=anna, secret="old", now=app.now() - timedelta(hours=2))
    assert stranger.post("/logga-in/old", data={"do": "sign-in"}).status_code == 410


def test_the_answer_is_the_same_for_those_who_have_a_role_and_those_who_have_not(
    anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    answers = {
        re.sub(
            r"[\w.]+@[\w.]+", "", re.sub("<wbr>", "", stranger.post("/logga-in", data={"address": a}).text)
        )
        for a in (ANNA, "bo@lulea.example", "nobody@nowhere.example")
    }

    assert len(answers) == 1
    with sessions() as session:
        assert [note.address for note in session.scalars(select(Note))] == [ANNA]


def test_people_who_share_an_address_get_a_link_each(
    app: App, cast: Cast, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    appoint(app, cast.cecilia, RoleName.OFFICER)
    appoint(app, cast.david, RoleName.TREASURER)
    stranger.post("/logga-in", data={"address": "familjen@lund.example"})

    with sessions() as session:
        names = [n.content["name"] for n in session.scalars(select(Note).order_by(Note.id)) if n.content]
    assert names == ["Cecilia Ärlig", "David Ärlig"]


def test_nobodys_mailbox_is_flooded_through_the_form(
    anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    answers = [stranger.post("/logga-in", data={"address": ANNA}) for _ in range(8)]

    assert {answer.status_code for answer in answers} == {200}
    with sessions() as session:
        assert len(session.scalars(select(Note)).all()) == 5


def test_a_network_that_asks_for_ever_is_told_to_wait(anna: int, stranger: TestClient) -> None:
    answers = [stranger.post("/logga-in", data={"address": f"x{n}@y.example"}) for n in range(31)]

    assert answers[29].status_code == 200
    assert answers[30].status_code == 429
    assert "Vänta en stund" in answers[30].text


def test_an_address_that_is_none_gets_the_same_answer(stranger: TestClient) -> None:
    for rubbish in ("", "x", "a@b\r\nBcc: c@d.example", "å" * 5000):
        assert stranger.post("/logga-in", data={"address": rubbish}).status_code == 200


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"]
)
def test_one_is_never_led_to_another_site(
    anna: int, stranger: TestClient, sessions: sessionmaker[Session], path: str
) -> None:
    stranger.post("/logga-in", data={"address": ANNA, "path": path})

    assert stranger.post(link_of(sessions), data={"do": "sign-in"}).headers["location"] == "/"


def test_a_password_lets_its_owner_in_and_the_wrong_one_does_not(
    app: App, anna: int, stranger: TestClient
) -> None:
    argon2 = secrets.hash_password("fyra äpplen i korgen")
    with app.sessions.begin() as session:
        sign_ins.set_password(session, subscriber_id=anna, argon2=argon2, now=app.now())

    wrong = stranger.post("/losenord", data={"address": ANNA, "password": "fem äpplen i korgen"})
    unknown = stranger.post("/losenord", data={"address": "no@no.example", "password": "x"})
    right = stranger.post("/losenord", data={"address": ANNA, "password": "fyra äpplen i korgen"})

    assert wrong.status_code == unknown.status_code == 422
    assert "hör inte ihop" in wrong.text
    assert "fem äpplen" not in wrong.text
    assert right.status_code == 303
    assert stranger.get("/konto").status_code == 200


def test_passwords_cannot_be_guessed_for_ever(app: App, anna: int, stranger: TestClient) -> None:
    for _guess in range(10):
        stranger.post("/losenord", data={"address": ANNA, "password": "x"})

    assert stranger.post("/losenord", data={"address": ANNA, "password": "x"}).status_code == 429


def test_a_new_browser_is_told_of_and_a_known_one_is_not(
    app: App, anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}
    for secret in ("one", "two"):
        with app.sessions.begin() as session:
            sign_ins.make_link(session, subscriber_id=anna, secret=secret, now=app.now())
        stranger.post(f"/logga-in/{secret}", data={"do": "sign-in"}, headers=agent)

    with sessions() as session:
        [told] = session.scalars(select(Note).where(Note.kind == "new-device"))
    assert told.content is not None
    assert told.content["device"] == "Firefox · Linux"


def test_signing_out_ends_the_session_in_the_database(
    officer: Visitor, sessions: sessionmaker[Session]
) -> None:
    assert officer.post_form("/logga-ut").status_code == 303

    assert officer.get("/konto").status_code == 303
    with sessions() as session:
        assert session.scalars(select(WebSession)).all() == []


def test_another_device_is_signed_out_from_here(app: App, cast: Cast, officer: Visitor) -> None:
    with app.sessions.begin() as session:
        sign_ins.make_link(session, subscriber_id=cast.bo, secret="phone", now=app.now())
    phone = Visitor(officer.app, base_url="https://brev.applen.example", follow_redirects=False)
    phone.post("/logga-in/phone", data={"do": "sign-in"})
    assert phone.get("/konto").status_code == 200

    officer.post_form("/konto/avsluta", {"do": "all"})

    assert phone.get("/konto").status_code == 303
    assert officer.get("/konto").status_code == 200


def test_nobody_ends_somebody_elses_session(app: App, cast: Cast, officer: Visitor) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    anna = signed_in(app, cast.anna)
    with app.readers() as session:
        theirs = session.scalars(select(WebSession.id).where(WebSession.subscriber_id == cast.bo)).one()

    anna.post_form("/konto/avsluta", {"session": str(theirs)})

    assert officer.get("/konto").status_code == 200


def test_a_password_is_chosen_and_taken_away_again(
    app: App, cast: Cast, officer: Visitor, stranger: TestClient
) -> None:
    short = officer.post_form("/konto/losenord", {"password": "kort"})
    chosen = officer.post_form("/konto/losenord", {"password": "sju sorters kakor"})

    assert short.status_code == 422
    assert "minst 12 tecken" in short.text
    assert chosen.status_code == 303
    assert "Lösenordet är sparat" in officer.get(chosen.headers["location"]).text
    assert (
        stranger.post(
            "/losenord", data={"address": "bo@lulea.example", "password": "sju sorters kakor"}
        ).status_code
        == 303
    )

    officer.post_form("/konto/losenord", {"do": "remove"})
    assert (
        stranger.post(
            "/losenord", data={"address": "bo@lulea.example", "password": "sju sorters kakor"}
        ).status_code
        == 422
    )


def test_secrets_stand_nowhere_in_the_database(
    app: App, anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    stranger.post("/logga-in", data={"address": ANNA})
    link = link_of(sessions)
    stranger.post(link, data={"do": "sign-in"})
    cookie = stranger.cookies["rundbrev"]
    with sessions() as session:
        kept = [
            each.token_hash for model in (SignInLink, WebSession) for each in session.scalars(select(model))
        ]

    assert len(kept) == 2
    assert all(secret not in kept for secret in (cookie, link.rpartition("/")[2]))


def test_the_link_comes_by_mail_and_is_forgotten_afterwards(
    app: App, anna: int, stranger: TestClient, sessions: sessionmaker[Session]
) -> None:
    stranger.post("/logga-in", data={"address": ANNA})
    link = link_of(sessions)
    with Sink(app.paths.sink, app.settings.sink_port, now=app.now):
        assert jobs.post_notes(app) == 1
        assert jobs.post_notes(app) == 0

    [kept] = folder.messages(app.paths.sink, limit=5)
    raw = folder.read(app.paths.sink, kept.name).raw
    assert list(kept.envelope.rcpt_tos) == [ANNA]
    assert b"Auto-Submitted: auto-generated" in raw
    assert raw.replace(b"=\r\n", b"").count(link.encode()) == 2
    with sessions() as session:
        [note] = session.scalars(select(Note))
        assert (note.content, note.due_at) == (None, None)
        assert note.accepted_at is not None


def test_doing_something_lets_the_session_last_and_looking_does_not(
    app: App, officer: Visitor, sessions: sessionmaker[Session]
) -> None:
    long_ago = app.now() - timedelta(days=20)
    with sessions.begin() as session:
        session.scalars(select(WebSession)).one().seen_at = long_ago

    officer.get("/konto")
    with sessions() as session:
        assert session.scalars(select(WebSession)).one().seen_at == long_ago

    officer.post_form("/konto/avsluta", {"do": "all"})
    with sessions() as session:
        assert session.scalars(select(WebSession)).one().seen_at > long_ago
