"""Signing up by oneself: a form, a mail, a button; and nobody learns who is in the register."""

import email
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import policy

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter import erased, jobs, rights
from newsletter.app import App
from newsletter.mail import folder
from newsletter.mail.sink import Sink
from newsletter.models import RateWindow
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose
from subscribers.models import Address, SignUp, Subscription
from subscribers.services import ledger, sign_ups
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")


def links(app: App) -> list[tuple[str, str]]:
    """Every mail that the sink has, oldest first: its addressee, and the link in it (or nothing)."""
    found = []
    for kept in reversed(folder.messages(app.paths.sink)):
        raw = folder.read(app.paths.sink, kept.name).raw
        mail = email.message_from_bytes(raw, policy=policy.default)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe"] is None
        link = re.search(r"/prenumerera/(\S+)", mail.get_body(("plain",)).get_content())
        found.append((mail["To"], link[1] if link else ""))
    return found


@pytest.fixture
def sink(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mail server that the application sends to."""
    with Sink(app.paths.sink, 0, now=app.now) as running:
        monkeypatch.setattr(type(app.settings), "relay", property(lambda _: ("127.0.0.1", running.port)))
        yield


class Clock:
    def __init__(self) -> None:
        self.now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


def sign_up(client: TestClient, address: str, **more: str) -> str:
    answer = client.post("/prenumerera", data={"address": address, **more})
    assert answer.status_code == 200
    return answer.text


def test_a_stranger_signs_up_confirms_and_gets_the_newsletter(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast, sink: None
) -> None:
    """L7: with the very text that was shown."""
    page = stranger.get("/prenumerera").text
    sign_up(stranger, " Ny@Lund.example ", given_name="Ny", invitations="yes")
    assert jobs.mail_sign_ups(app) == 1
    assert jobs.mail_sign_ups(app) == 0
    [(to, token)] = links(app)
    assert to == "Ny@lund.example"
    assert "Inget har ändrats än" in stranger.get(f"/prenumerera/{token}").text
    with sessions() as session:
        assert session.scalar(select(Address).where(Address.canonical == "ny@lund.example")) is None

    for _ in range(2):
        answer = stranger.post(f"/prenumerera/{token}", data={"do": "confirm"})
        assert (answer.status_code, "Klart" in answer.text) == (200, True)

    with sessions.begin() as session:
        [address] = session.scalars(select(Address).where(Address.canonical == "ny@lund.example"))
        said = ledger.entries_of(session, scope=ALL, subscriber_id=address.subscriber_id)
        assert {each.list_slug for each in said} == {"nyhetsbrev", "inbjudningar"}
        assert all(each.entry.given and each.entry.how == "sign-up" for each in said)
        newsletter = next(each for each in said if each.list_slug == "nyhetsbrev")
        shown = newsletter.text.format(list="Nyhetsbrevet", association="Föreningen Äppelvänner")
        assert shown in page
        assert ledger.rebuild(session, scope=ALL) == 0


def test_anna_who_is_there_already_is_told_so_by_mail_and_the_page_says_the_same_as_to_others(
    app: App, stranger: TestClient, cast: Cast, sink: None
) -> None:
    answers = {
        sign_up(stranger, who) for who in ("anna@lund.example", "ny@lund.example", "farid@goteborg.example")
    }

    assert len(answers) == 1
    assert jobs.mail_sign_ups(app) == 3
    told = dict(links(app))
    assert told["anna@lund.example"] == ""
    assert told["ny@lund.example"]
    assert told["farid@goteborg.example"]  # he had said no, and may change his mind


def test_farid_changes_his_mind_in_his_own_mailbox(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast, sink: None
) -> None:
    sign_up(stranger, "farid@goteborg.example")
    jobs.mail_sign_ups(app)
    [(_, token)] = links(app)

    stranger.post(f"/prenumerera/{token}", data={"do": "confirm"})

    with sessions() as session:
        assert session.get_one(Subscription, (cast.farid, cast.newsletter)).active
        assert (
            len(session.scalars(select(Address).where(Address.canonical == "farid@goteborg.example")).all())
            == 1
        )


def test_one_network_asks_no_more_than_twenty_times_an_hour_whatever_it_asks_for(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast, clock: Clock
) -> None:
    def ask(address: str, network: str = "203.0.113.9") -> int:
        return stranger.post(
            "/prenumerera", data={"address": address}, headers={"X-Forwarded-For": network}
        ).status_code

    answers = [ask(f"p{number}@lund.example", f"203.0.113.{number}") for number in range(10)]
    answers += [ask("ingen adress") for _ in range(10)]
    assert Counter(answers) == {200: 10, 422: 10}

    assert ask("ny@lund.example", "203.0.113.77") == 429
    assert ask("anna@lund.example") == 429, "whoever is there already learns no more than others"
    assert ask("ny@lund.example", "198.51.100.1") == 200, "others may"
    with sessions() as session:
        assert len(session.scalars(select(SignUp)).all()) == 11
        kept = repr([(w.key, w.count) for w in session.scalars(select(RateWindow))])
        assert "203.0" not in kept

    with TestClient(make_site(app), client=("203.0.113.9", 1), base_url="https://x.example") as restarted:
        assert restarted.post("/prenumerera", data={"address": "ny@lund.example"}).status_code == 429

    clock.now += timedelta(hours=1)
    rights.prune(app)
    with sessions() as session:
        assert session.scalars(select(RateWindow)).all() == []
    assert ask("ny@lund.example") == 200


def test_one_mailbox_gets_no_more_than_three_mails_a_day_and_a_restart_forgets_nothing(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast
) -> None:
    answers = {sign_up(stranger, "offer@lund.example") for _ in range(5)}

    assert len(answers) == 1
    with sessions() as session:
        assert len(session.scalars(select(SignUp)).all()) == sign_ups.MOST_PER_ADDRESS


def test_the_form_rests_when_very_many_ask(
    app: App, stranger: TestClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ups, "MOST_IN_AN_HOUR", 2)
    for number in range(2):
        sign_up(stranger, f"p{number}@lund.example")

    answer = stranger.post("/prenumerera", data={"address": "p3@lund.example"})

    assert (answer.status_code, "Försök igen om en stund" in answer.text) == (429, True)


def test_a_machine_that_fills_in_everything_gets_the_same_answer_and_leaves_nothing(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast
) -> None:
    assert sign_up(stranger, "a@b.example", webbplats="http://spam.example") == sign_up(
        stranger, "c@d.example"
    )

    with sessions() as session:
        assert [each.canonical for each in session.scalars(select(SignUp))] == ["c@d.example"]


def test_an_impossible_address_is_told_and_what_was_written_stays_in_the_form(
    stranger: TestClient, cast: Cast
) -> None:
    answer = stranger.post("/prenumerera", data={"address": "anna", "given_name": "<b>Anna"})

    assert answer.status_code == 422
    assert "saknas ett @" in answer.text
    assert "&lt;b&gt;Anna" in answer.text


def test_a_suppressed_address_gets_no_mail(app: App, stranger: TestClient, cast: Cast, sink: None) -> None:
    sign_up(stranger, "greta@studsar.example")

    assert jobs.mail_sign_ups(app) == 0
    assert links(app) == []


def test_who_was_erased_may_come_back_by_themselves(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast, sink: None
) -> None:
    rights.erase(app, subscriber_id=cast.anna, actor="redaktören")
    sign_up(stranger, "anna@lund.example", given_name="Anna")
    jobs.mail_sign_ups(app)
    before = erased.hashes(app.paths.root)
    [(_, token)] = links(app)

    stranger.post(f"/prenumerera/{token}", data={"do": "confirm"})

    with sessions() as session:
        [address] = session.scalars(select(Address).where(Address.canonical == "anna@lund.example"))
        assert address.subscriber_id != cast.anna
    assert len(before - erased.hashes(app.paths.root)) == 1


def test_a_mail_that_nobody_takes_is_tried_again_later(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast
) -> None:
    sign_up(stranger, "ny@lund.example")

    assert jobs.mail_sign_ups(app) == 0  # no server runs

    with sessions.begin() as session:
        [waiting] = session.scalars(select(SignUp))
        assert waiting.attempts == 1
        assert waiting.mail_due_at is not None
        for attempt in range(2, 6):
            later = app.now() + timedelta(hours=attempt)
            assert len(sign_ups.due(session, scope=ALL, now=later)) == 1
        assert not sign_ups.is_due(session, now=app.now() + timedelta(days=1))


def test_an_old_link_and_a_letters_token_open_nothing(
    app: App, stranger: TestClient, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        sign_ups.ask(
            session, address="ny@lund.example", given_name="", family_name="", language="sv",
            invitations=False, now=app.now() - sign_ups.VALID - timedelta(minutes=1),
        )  # fmt: skip
        [old] = session.scalars(select(SignUp.id))
    for token in (
        tokens.make(app.keyring, Purpose.SIGN_UP, old),
        tokens.make(app.keyring, Purpose.LETTERS, cast.anna, cast.newsletter, 0),
    ):
        assert stranger.get(f"/prenumerera/{token}").status_code == 404
        assert stranger.post(f"/prenumerera/{token}", data={"do": "confirm"}).status_code == 404
