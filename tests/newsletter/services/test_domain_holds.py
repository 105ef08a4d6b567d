"""Three addresses of one domain fail hard in one issue: they wait until somebody says what has happened."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Call, Delivery
from newsletter.services import calls, domain_holds
from newsletter.services.domain_holds import Decision
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound
from subscribers.models import Address, AddressKind, Subscriber, Subscription, SuppressionRelease
from subscribers.models import SuppressionReason as Reason
from subscribers.services import suppressions
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.services.test_failures import bounce, sent, stopped

ALL = Everything("a test")
SKANE = SomeRegions(frozenset({"skane"}))
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def colleagues(session: Session, cast: Cast, domain: str, number: int) -> list[Delivery]:
    """People who work at the same place, and a letter that has gone to each."""
    people = [
        Subscriber(
            given_name=f"P{each}",
            region_slug="skane",
            created_at=NOON,
            updated_at=NOON,
            addresses=[
                Address(
                    address=f"p{each}@{domain}",
                    canonical=f"p{each}@{domain}",
                    kind=AddressKind.WORK,
                    preferred=True,
                    created_at=NOON,
                )
            ],
            subscriptions=[
                Subscription(list_id=cast.newsletter, active=True, changed_at=NOON, source="register")
            ],
        )
        for each in range(number)
    ]
    session.add_all(people)
    session.flush()
    letters = sent(session, cast)
    return [letters[person.id] for person in people]


def outcomes(session: Session, letters: list[Delivery]) -> list[str]:
    return [mail.outcome for each in letters if (mail := bounce(session, each))]


def reasons(session: Session, letters: list[Delivery]) -> list[Reason | None]:
    return [stopped(session, each.canonical) for each in letters]


def test_the_third_holds_all_three_and_nobody_is_rung_meanwhile(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        letters = colleagues(session, cast, "kommun.example", 4)
        assert outcomes(session, letters) == ["stopped", "stopped", "held", "held"]
        assert reasons(session, letters) == [Reason.HELD] * 4
        assert calls.count_open(session, scope=ALL) == 0
        [held] = domain_holds.waiting(session, scope=ALL)
        assert held.hold.domain == "kommun.example"
        assert len(held.addresses) == 4
        assert domain_holds.waiting(session, scope=SKANE) == []


def test_gone_stops_each_and_asks_somebody_to_ring(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        letters = colleagues(session, cast, "kommun.example", 4)
        outcomes(session, letters[:3])
        [held] = domain_holds.waiting(session, scope=ALL)
        asked = {"hold_id": held.hold.id, "decision": Decision.GONE, "actor": "Olle", "now": NOON}
        with pytest.raises(NotFound):
            domain_holds.decide(session, scope=SKANE, **asked)
        assert domain_holds.decide(session, scope=ALL, **asked) == 3
        assert outcomes(session, letters[3:]) == ["stopped"]  # a straggler
        assert reasons(session, letters) == [Reason.BOUNCED] * 4
        assert calls.count_open(session, scope=ALL) == 4
        with pytest.raises(NotFound):
            domain_holds.decide(session, scope=ALL, **asked)


@sqlite
def test_wait_lets_each_be_written_to_again_and_says_so_in_the_log(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        letters = colleagues(session, cast, "kommun.example", 4)
        outcomes(session, letters[:3])
        [held] = domain_holds.waiting(session, scope=ALL)
        asked = {"hold_id": held.hold.id, "decision": Decision.WAIT, "actor": "Olle", "now": NOON}
        assert domain_holds.decide(session, scope=ALL, **asked) == 3
        assert reasons(session, letters) == [None] * 4
        assert len(session.scalars(select(SuppressionRelease)).all()) == 3
        assert outcomes(session, letters[3:]) == ["noted"]  # a straggler of the same trouble
        assert calls.count_open(session, scope=ALL) == 0


@sqlite
def test_a_provider_of_everybody_is_never_held(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        letters = colleagues(session, cast, "gmail.com", 4)
        assert outcomes(session, letters) == ["stopped"] * 4
        assert calls.count_open(session, scope=ALL) == 4


@sqlite
def test_three_full_mailboxes_are_no_move(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        for each in colleagues(session, cast, "kommun.example", 3):
            bounce(session, each, status="5.2.2", said="552 5.2.2 mailbox full")
        assert domain_holds.waiting(session, scope=ALL) == []


@sqlite
def test_what_was_suppressed_by_hand_is_not_let_go_by_a_decision(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        letters = colleagues(session, cast, "kommun.example", 3)
        suppressions.suppress(
            session, scope=ALL, address=letters[0].canonical, reason=Reason.BY_HAND, now=NOON
        )
        outcomes(session, letters)
        [held] = domain_holds.waiting(session, scope=ALL)
        asked = {"hold_id": held.hold.id, "decision": Decision.WAIT, "actor": "Olle", "now": NOON}
        assert domain_holds.decide(session, scope=ALL, **asked) == 2
        assert reasons(session, letters) == [Reason.BY_HAND, None, None]
        assert session.scalars(select(Call).where(Call.closed_how == "held")).all() != []
