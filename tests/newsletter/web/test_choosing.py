"""Pausing by a letter's link, and the note that tells the mailbox of each choice: one, and no flood."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.models import DeliveryState, Note
from newsletter.services import confirmations
from subscribers.core.authority import Everything
from subscribers.core.pauses import months_on
from subscribers.models import Subscription, SuppressionReason
from subscribers.services import suppressions
from tests import office
from tests.cast import Cast
from tests.newsletter.web.test_unsubscribe import ONE_CLICK, URLENCODED, Tokens, queue, states

Paused = Callable[[int], object]


@pytest.fixture
def paused(sessions: sessionmaker[Session], cast: Cast) -> Paused:
    """Tell until when a person has paused the newsletter."""

    def ask(person: int) -> object:
        with sessions() as session:
            return session.get_one(Subscription, (person, cast.newsletter)).paused_until

    return ask


@pytest.fixture
def told(sessions: sessionmaker[Session]) -> Callable[[], Sequence[Note]]:
    """Return the notes that wait, in their order."""

    def ask() -> Sequence[Note]:
        with sessions() as session:
            return session.scalars(select(Note).order_by(Note.id)).all()

    return ask


def in_months(app: App, months: int) -> object:
    return months_on(office.today(app), months)


def test_a_letters_link_pauses_and_ends_the_pause(
    app: App, stranger: TestClient, token_of: Tokens, cast: Cast, paused: Paused
) -> None:
    link = f"/u/{token_of(cast.anna)}"
    assert "Pausa i stället" in stranger.get(link).text

    answer = stranger.post(link, data={"do": "pause", "for": "3"})

    assert answer.status_code == 200
    assert "Nyhetsbrevet är pausat. Från och med" in answer.text
    assert paused(cast.anna) == in_months(app, 3)
    assert "Avsluta pausen nu" in stranger.get(link).text
    assert "Du får Nyhetsbrevet igen" in stranger.post(link, data={"do": "start"}).text
    assert paused(cast.anna) is None


def test_a_day_of_ones_own_is_taken_and_one_that_is_not_to_come_is_refused_in_words(
    app: App, stranger: TestClient, token_of: Tokens, cast: Cast, paused: Paused
) -> None:
    link, day = f"/p/{token_of(cast.anna)}", office.today(app) + timedelta(days=40)
    wish = {"list": str(cast.newsletter), "do": "pause", "for": "day"}

    for wrong in ("", "i morgon", "2020-01-01", "9999-12-31"):
        answer = stranger.post(link, data={**wish, "day": wrong})
        assert answer.status_code == 422
        assert answer.text.count('class="pausing" open') == 1  # where it was, to be put right
        assert "En paus kan vara från i morgon" in answer.text
    assert paused(cast.anna) is None

    assert "är pausat" in stranger.post(link, data={**wish, "day": day.isoformat()}).text
    assert paused(cast.anna) == day


@pytest.mark.parametrize("form", [{"for": ""}, {"for": "2"}, {"for": "-1"}, {}, {"for": "²"}])
def test_a_pause_of_no_length_is_not_understood(
    stranger: TestClient, token_of: Tokens, cast: Cast, form: dict[str, str], paused: Paused
) -> None:
    assert stranger.post(f"/u/{token_of(cast.anna)}", data={"do": "pause", **form}).status_code == 400
    assert paused(cast.anna) is None


def test_a_pause_takes_back_what_lies_in_the_queue(
    stranger: TestClient, token_of: Tokens, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """P8."""
    (annas, _) = queue(sessions, cast, cast.anna, cast.bo)

    answer = stranger.post(f"/u/{token_of(cast.anna, delivery_id=annas)}", data={"do": "pause", "for": "1"})

    assert states(sessions) == [DeliveryState.WITHDRAWN, DeliveryState.QUEUED]
    assert "Ett brev, som alltså inte skickas." in answer.text


def test_a_pause_in_a_shared_mailbox_is_for_everyone_greeted_and_so_is_its_end(
    stranger: TestClient, token_of: Tokens, cast: Cast, sessions: sessionmaker[Session], paused: Paused
) -> None:
    (cecilias, _) = queue(sessions, cast, cast.cecilia, cast.david, carrier=cast.cecilia)
    with sessions.begin() as session:
        from newsletter.models import Delivery

        session.execute(update(Delivery).where(Delivery.id == cecilias).values(state=DeliveryState.ACCEPTED))
    link = f"/u/{token_of(cast.cecilia, delivery_id=cecilias)}"

    stranger.post(link, data={"do": "pause", "for": "1"})
    assert paused(cast.cecilia) == paused(cast.david) is not None

    stranger.post(link, data={"do": "start"})
    assert paused(cast.cecilia) is paused(cast.david) is None


# --- The note -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "choice"),
    [
        ({"List-Unsubscribe": "One-Click"}, "stopped"),
        ({"do": "stop"}, "stopped"),
        ({"do": "pause", "for": "1"}, "paused"),
    ],
)
def test_a_choice_is_told_to_the_mailbox_once_however_often_it_is_made(
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    told: Callable[[], Sequence[Note]],
    form: dict[str, str],
    choice: str,
) -> None:
    """U6: a second click is as fine as the first, and tells nobody anything."""
    for _each in range(3):
        assert stranger.post(f"/u/{token_of(cast.anna)}", data=form).status_code == 200

    [note] = told()
    assert (note.kind, note.address) == ("choice", "anna@lund.example")
    assert note.content is not None
    assert note.content["choice"] == choice
    assert "anna" not in str(note.content).lower()  # it gets forwarded, too


def test_the_notes_link_asks_first_and_undoes_with_a_button(
    app: App, stranger: TestClient, token_of: Tokens, cast: Cast, told: Callable[[], Sequence[Note]]
) -> None:
    stranger.post(f"/u/{token_of(cast.anna)}", data={"do": "stop"})
    [note] = told()
    assert note.content is not None
    path = str(note.content["link"]).removeprefix(app.settings.base_url)

    for method in ("GET", "HEAD", "GET"):
        stranger.request(method, path)
    looked = stranger.get(path)
    assert "Du får inte Nyhetsbrevet" in looked.text
    assert "anna@" not in looked.text

    assert "Du får Nyhetsbrevet igen" in stranger.post(path, data={"do": "start"}).text


def test_a_forwarded_letter_cannot_be_used_to_flood_a_mailbox_not_even_after_a_restart(
    app: App, stranger: TestClient, token_of: Tokens, cast: Cast, told: Callable[[], Sequence[Note]]
) -> None:
    link = f"/u/{token_of(cast.anna)}"

    for _round in range(6):
        stranger.post(link, data={"do": "stop"})
        stranger.post(link, data={"do": "start"})

    assert len(told()) == confirmations.MOST_IN_A_DAY
    app.engine.dispose()  # nothing is remembered but what the database holds
    stranger.post(link, data={"do": "stop"})
    assert len(told()) == confirmations.MOST_IN_A_DAY


@pytest.mark.parametrize("why", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED])
def test_a_dead_address_and_one_that_complained_are_told_nothing(
    app: App,
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    sessions: sessionmaker[Session],
    told: Callable[[], Sequence[Note]],
    why: SuppressionReason,
) -> None:
    (annas,) = queue(sessions, cast, cast.anna)
    with sessions.begin() as session:
        suppressions.suppress(
            session, scope=Everything("test"), address="anna@lund.example", reason=why, now=app.now()
        )

    answer = stranger.post(
        f"/u/{token_of(cast.anna, delivery_id=annas)}", content=ONE_CLICK, headers=URLENCODED
    )

    assert answer.status_code == 200
    assert told() == []
