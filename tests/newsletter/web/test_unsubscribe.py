"""One click, and the mail stops. Nothing less works, and nothing else does anything."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.models import ListPurpose, MailingList, Subscriber, Subscription
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import ON_BOTH

pytestmark = ON_BOTH

ONE_CLICK = b"List-Unsubscribe=One-Click"
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}

#: The right words, but as a file: RFC 8058 3.1 knows of none.
AS_A_FILE = (
    b'--Y\r\nContent-Disposition: form-data; name="List-Unsubscribe"; filename="f"\r\n\r\n'
    b"One-Click\r\n--Y--\r\n"
)

Tokens = Callable[..., str]


@pytest.fixture
def gets_it(sessions: sessionmaker[Session], cast: Cast) -> Callable[[int], bool]:
    """Tell whether a person gets the newsletter."""

    def ask(person: int) -> bool:
        with sessions() as session:
            found = session.get(Subscription, (person, cast.newsletter))
            return found is not None and found.active

    return ask


def queue(sessions: sessionmaker[Session], cast: Cast, *people: int, carrier: int | None = None) -> list[int]:
    """Put an issue in the queue for each of them; with ``carrier``, as one copy that greets the others."""
    with sessions.begin() as session:
        issue = Issue(
            list_id=cast.newsletter,
            year=2030,
            number=3,
            title="Mars",
            subject="Mars",
            status=IssueStatus.RELEASED,
            created_at=NOON,
            updated_at=NOON,
        )
        session.add(issue)
        session.flush()
        rows = [
            Delivery(
                issue_id=issue.id,
                subscriber_id=person,
                address="familjen@lund.example" if carrier else "anna@lund.example",
                canonical="familjen@lund.example" if carrier else "anna@lund.example",
                state=DeliveryState.QUEUED if carrier in (None, person) else DeliveryState.LEFT_OUT,
                why="" if carrier in (None, person) else "shared-address",
                carried_by=None if carrier in (None, person) else carrier,
                due_at=NOON,
            )
            for person in people
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def states(sessions: sessionmaker[Session]) -> list[DeliveryState]:
    with sessions() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


# --- One click ----------------------------------------------------------------------------------------------


def test_gmails_very_bytes_stop_the_letter_without_cookie_or_redirect(
    stranger: TestClient, token_of: Tokens, cast: Cast, gets_it: Callable[[int], bool]
) -> None:
    """U4, P9: 26 bytes, urlencoded."""
    assert len(ONE_CLICK) == 26

    answer = stranger.post(f"/u/{token_of(cast.anna)}", content=ONE_CLICK, headers=URLENCODED)

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert not gets_it(cast.anna)
    assert gets_it(cast.bo)


def test_a_mail_program_that_sends_multipart_is_understood_too(
    stranger: TestClient, token_of: Tokens, cast: Cast, gets_it: Callable[[int], bool]
) -> None:
    """U4: RFC 8058's own example is multipart/form-data."""
    body = b'--Y\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--Y--\r\n'

    answer = stranger.post(
        f"/u/{token_of(cast.anna)}",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=Y"},
    )

    assert answer.status_code == 200
    assert not gets_it(cast.anna)


def test_the_second_click_is_as_fine_as_the_first_and_changes_nothing(
    stranger: TestClient, token_of: Tokens, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """U6."""
    link = f"/u/{token_of(cast.anna)}"

    first = stranger.post(link, content=ONE_CLICK, headers=URLENCODED)
    with sessions() as session:
        said_at = session.get_one(Subscription, (cast.anna, cast.newsletter)).changed_at
    second = stranger.post(link, content=ONE_CLICK, headers=URLENCODED)

    assert (first.status_code, second.status_code) == (200, 200)
    with sessions() as session:
        assert session.get_one(Subscription, (cast.anna, cast.newsletter)).changed_at == said_at


def test_what_lies_in_the_queue_is_withdrawn_before_it_is_sent(
    stranger: TestClient, token_of: Tokens, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """P8: the effect is at once."""
    (annas, _) = queue(sessions, cast, cast.anna, cast.bo)

    answer = stranger.post(
        f"/u/{token_of(cast.anna, delivery_id=annas)}", content=ONE_CLICK, headers=URLENCODED
    )

    assert states(sessions) == [DeliveryState.WITHDRAWN, DeliveryState.QUEUED]
    assert "Ett brev, som alltså inte skickas." in answer.text


def test_a_click_in_a_shared_mailbox_counts_for_everyone_whom_the_letter_greeted(
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    sessions: sessionmaker[Session],
    gets_it: Callable[[int], bool],
) -> None:
    """U3: else the letter would keep coming to that mailbox, addressed to the other."""
    (cecilias, _) = queue(sessions, cast, cast.cecilia, cast.david, carrier=cast.cecilia)
    link = f"/u/{token_of(cast.cecilia, delivery_id=cecilias)}"
    assert "Adressen delas av flera" in stranger.get(link).text

    answer = stranger.post(link, content=ONE_CLICK, headers=URLENCODED)

    assert answer.status_code == 200
    assert not gets_it(cast.cecilia)
    assert not gets_it(cast.david)
    assert DeliveryState.QUEUED not in states(sessions)


def test_how_and_in_which_letter_it_was_said_is_written_down(
    stranger: TestClient, token_of: Tokens, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """L7."""
    stranger.post(f"/u/{token_of(cast.anna, delivery_id=17)}", content=ONE_CLICK, headers=URLENCODED)

    with sessions() as session:
        assert session.get_one(Subscription, (cast.anna, cast.newsletter)).source == "one-click, letter 17"


# --- Whoever only looks -------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_says_what_would_stop(
    stranger: TestClient, token_of: Tokens, cast: Cast, gets_it: Callable[[int], bool]
) -> None:
    """U5."""
    link = f"/u/{token_of(cast.anna)}"

    for method in ("GET", "HEAD", "GET"):
        answer = stranger.request(method, link)
        assert answer.status_code == 200

    assert gets_it(cast.anna)
    assert "Sluta få Nyhetsbrevet" in answer.text
    assert "Medlemsmeddelanden" in answer.text
    assert "Övningsläge – inga brev skickas på riktigt" in answer.text


def test_the_page_shows_no_name_and_no_whole_address(
    stranger: TestClient, token_of: Tokens, cast: Cast
) -> None:
    """Letters are forwarded: their links must not tell whose they are."""
    text = stranger.get(f"/u/{token_of(cast.anna)}").text

    assert "a•••@l•••.example" in text
    for secret in ("anna@lund.example", "lund", "Anna", "Åkesson", "Skåne"):
        assert secret not in text


def test_the_page_is_kept_by_nobody_and_tells_no_other_site_where_it_was(
    stranger: TestClient, token_of: Tokens, cast: Cast
) -> None:
    headers = stranger.get(f"/u/{token_of(cast.anna)}").headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]


def test_a_reader_of_english_reads_english(stranger: TestClient, token_of: Tokens, cast: Cast) -> None:
    answer = stranger.get(f"/u/{token_of(cast.hilma)}")

    assert '<html lang="en"' in answer.text
    assert "The newsletter" in answer.text


# --- The page's own button ----------------------------------------------------------------------------------


def test_the_button_stops_and_regret_starts_again(
    stranger: TestClient, token_of: Tokens, cast: Cast, gets_it: Callable[[int], bool]
) -> None:
    link = f"/u/{token_of(cast.anna)}"

    done = stranger.post(link, data={"do": "stop"})
    assert "Du får inte Nyhetsbrevet längre" in done.text
    assert "Jag ångrar mig" in done.text
    assert not gets_it(cast.anna)

    back = stranger.post(link, data={"do": "start"})
    assert "Du får Nyhetsbrevet igen" in back.text
    assert gets_it(cast.anna)


def test_regret_in_a_shared_mailbox_starts_everyone_whom_that_click_stopped(
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    sessions: sessionmaker[Session],
    gets_it: Callable[[int], bool],
) -> None:
    (cecilias, _) = queue(sessions, cast, cast.cecilia, cast.david, carrier=cast.cecilia)
    with sessions.begin() as session:
        for delivery in session.scalars(select(Delivery).where(Delivery.state == DeliveryState.QUEUED)):
            delivery.state = DeliveryState.ACCEPTED  # the letter is read, so it has left
    link = f"/u/{token_of(cast.cecilia, delivery_id=cecilias)}"

    stranger.post(link, content=ONE_CLICK, headers=URLENCODED)
    stranger.post(link, data={"do": "start"})

    assert gets_it(cast.cecilia)
    assert gets_it(cast.david)


def test_regret_does_not_undo_what_the_other_has_said_himself(
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    sessions: sessionmaker[Session],
    gets_it: Callable[[int], bool],
) -> None:
    (cecilias, _) = queue(sessions, cast, cast.cecilia, cast.david, carrier=cast.cecilia)
    stranger.post(f"/u/{token_of(cast.david, delivery_id=99)}", content=ONE_CLICK, headers=URLENCODED)
    link = f"/u/{token_of(cast.cecilia, delivery_id=cecilias)}"

    stranger.post(link, content=ONE_CLICK, headers=URLENCODED)
    stranger.post(link, data={"do": "start"})

    assert gets_it(cast.cecilia)
    assert not gets_it(cast.david)


def test_a_member_notice_cannot_be_left_and_the_page_says_so_kindly(
    stranger: TestClient, token_of: Tokens, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        notices = session.scalars(
            select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        ).one()
    link = f"/u/{token_of(cast.anna, list_id=notices)}"

    looked = stranger.get(link)
    posted = stranger.post(link, content=ONE_CLICK, headers=URLENCODED)

    assert looked.status_code == 200
    assert "Medlemsmeddelanden går till alla medlemmar" in looked.text
    assert "<button" not in looked.text
    assert posted.status_code == 409
    with sessions() as session:
        assert session.get(Subscription, (cast.anna, notices)) is None


# --- Forgeries and rubbish ----------------------------------------------------------------------------------


def test_forged_cut_off_and_orphaned_links_all_get_the_same_answer(
    stranger: TestClient, token_of: Tokens, app: App, cast: Cast, sessions: sessionmaker[Session]
) -> None:
    """U6: nothing tells a forger whether a person exists."""
    good = token_of(cast.elsa)
    with sessions.begin() as session:
        session.delete(session.get_one(Subscriber, cast.elsa))
    attempts = [
        "rubbish",
        good[:-1],
        good + "a",
        good[:-1] + ("b" if good[-1] == "a" else "a"),
        good,  # about someone who is gone
        token_of(999_999),
        token_of(cast.anna, list_id=4711),
        tokens.make(app.keyring, Purpose.ENVELOPE, 1),
        tokens.make(app.keyring, Purpose.LETTERS, cast.anna),
        "å" * 48,
        "a" * 5000,
    ]

    shown = [stranger.get(f"/u/{token}") for token in attempts]
    posted = [stranger.post(f"/u/{token}", content=ONE_CLICK, headers=URLENCODED) for token in attempts]

    answers = {(answer.status_code, answer.text) for answer in (*shown, *posted)}
    assert len(answers) == 1
    ((status, text),) = answers
    assert status == 404
    assert text == stranger.get("/no/such-page").text


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (None, ONE_CLICK, 415),
        ("application/json", b'{"List-Unsubscribe": "One-Click"}', 415),
        ("text/plain", ONE_CLICK, 415),
        ("application/x-www-form-urlencoded", b"", 400),
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=", 400),
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=Two-Click", 400),
        ("application/x-www-form-urlencoded", b"do=everything", 400),
        ("application/x-www-form-urlencoded", "List-Unsubscribe=Öne-Click".encode(), 400),
        ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 100) + b"&" + ONE_CLICK, 400),
        ("application/x-www-form-urlencoded", b"x" * 9000 + b"&" + ONE_CLICK, 413),
        ("multipart/form-data", ONE_CLICK, 400),
        ("multipart/form-data; boundary=Y", b"--Z\r\n\r\n", 400),
        ("multipart/form-data; boundary=Y; charset=no-such", b"--Y\r\nX: y\r\n\r\nz\r\n--Y--\r\n", 400),
        (
            "multipart/form-data; boundary=Y",
            AS_A_FILE,
            400,
        ),
    ],
)
def test_what_is_not_a_click_does_nothing(
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    gets_it: Callable[[int], bool],
    content_type: str | None,
    body: bytes,
    status: int,
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    answer = stranger.post(f"/u/{token_of(cast.anna)}", content=body, headers=headers)

    assert answer.status_code == status
    assert "Ingenting har ändrats" in answer.text
    assert gets_it(cast.anna)


def test_a_body_without_an_end_is_not_read_to_its_end(
    stranger: TestClient, token_of: Tokens, cast: Cast
) -> None:
    """A body that does not tell its length is cut off where the bound is."""
    sent = 0

    def endless() -> object:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b"x" * 1024

    answer = stranger.post(f"/u/{token_of(cast.anna)}", content=endless(), headers=URLENCODED)

    assert answer.status_code == 413


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=Y",
            'multipart/form-data; boundary="',
        ]
    ),
)
def test_no_body_whatever_breaks_the_page(
    stranger: TestClient, token_of: Tokens, cast: Cast, body: bytes, kind: str
) -> None:
    answer = stranger.post(
        f"/u/{token_of(cast.anna)}", content=b"--Y\r\n" + body, headers={"Content-Type": kind}
    )

    assert answer.status_code == 400
