"""Which letters a mailbox gets: each list on or off, at once, and back again."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from subscribers.models import ListPurpose, MailingList, Subscription
from tests.cast import Cast
from tests.newsletter.web.test_unsubscribe import Tokens
from tests.newsletter.web.visitors import ON_BOTH

pytestmark = ON_BOTH


@pytest.fixture
def lists(sessions: sessionmaker[Session]) -> dict[ListPurpose, int]:
    with sessions() as session:
        return {found.purpose: found.id for found in session.scalars(select(MailingList))}


@pytest.fixture
def gets(sessions: sessionmaker[Session]) -> Callable[[int, int], bool]:
    def ask(person: int, list_id: int) -> bool:
        with sessions() as session:
            found = session.get(Subscription, (person, list_id))
            return found is not None and found.active

    return ask


def test_all_lists_are_shown_with_the_address_masked(
    stranger: TestClient, token_of: Tokens, cast: Cast
) -> None:
    text = stranger.get(f"/p/{token_of(cast.anna)}").text

    for name in ("Nyhetsbrevet", "Regionbrev", "Inbjudningar", "Medlemsmeddelanden"):
        assert name in text
    assert "a•••@l•••.example" in text
    assert "anna@" not in text
    assert "Går alltid ut till medlemmar" in text


def test_who_is_no_member_is_not_told_of_member_notices(
    stranger: TestClient, token_of: Tokens, cast: Cast
) -> None:
    assert "Member notices" not in stranger.get(f"/p/{token_of(cast.hilma)}").text


def test_a_list_is_started_and_stopped_and_the_page_says_what_happened(
    stranger: TestClient,
    token_of: Tokens,
    cast: Cast,
    lists: dict[ListPurpose, int],
    gets: Callable[[int, int], bool],
) -> None:
    link, invitations = f"/p/{token_of(cast.anna)}", lists[ListPurpose.INVITATIONS]

    started = stranger.post(link, data={"list": invitations, "do": "start"})
    assert "Klart. Du får Inbjudningar igen" in started.text
    assert gets(cast.anna, invitations)

    for _twice in range(2):
        stopped = stranger.post(link, data={"list": invitations, "do": "stop"})
        assert "Klart. Du får inte Inbjudningar längre" in stopped.text
        assert not gets(cast.anna, invitations)
    assert gets(cast.anna, cast.newsletter)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "stop"},
        {"list": "1"},
        {"list": "1", "do": "toggle"},
        {"list": "x", "do": "stop"},
        {"list": "²", "do": "stop"},
        {"list": "999999999999999999999", "do": "stop"},
        {"list": "4711", "do": "stop"},
        {"List-Unsubscribe": "One-Click"},
    ],
)
def test_a_form_that_says_something_else_does_nothing(
    stranger: TestClient, token_of: Tokens, cast: Cast, gets: Callable[[int, int], bool], form: dict[str, str]
) -> None:
    answer = stranger.post(f"/p/{token_of(cast.anna)}", data=form or {"nothing": ""})

    assert answer.status_code == 400
    assert gets(cast.anna, cast.newsletter)


def test_member_notices_cannot_be_switched_off(
    stranger: TestClient, token_of: Tokens, cast: Cast, lists: dict[ListPurpose, int]
) -> None:
    form = {"list": lists[ListPurpose.MEMBER_NOTICES], "do": "stop"}

    assert stranger.post(f"/p/{token_of(cast.anna)}", data=form).status_code == 400


def test_a_forged_link_opens_nothing(stranger: TestClient, token_of: Tokens, cast: Cast) -> None:
    """U6."""
    link = f"/p/{token_of(cast.anna)[:-2]}aa"

    assert stranger.get(link).status_code == 404
    assert stranger.post(link, data={"list": "1", "do": "stop"}).status_code == 404
