"""Taking back what has not left, and how an issue stands."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.outcomes import SLOWED, Postponed, Unanswered
from newsletter.core.replies import Reply
from newsletter.models import DeliveryState, Issue, IssueStatus, LeftOutReason
from newsletter.services import claims, deliveries, releases, settling
from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.errors import NotFound
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
ME = "host~1~aa"


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue just released: Anna, Bo, Cecilia (with David) and Hilma wait for their copies."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        return issue_id


def withdraw(sessions: sessionmaker[Session], who: int, list_id: int, scope: Scope | None = None) -> int:
    with sessions.begin() as session:
        return deliveries.withdraw(
            session,
            scope=scope or OnePerson(who),
            subscriber_id=who,
            list_id=list_id,
            why="unsubscribed",
            now=NOON,
        )


def states(sessions: sessionmaker[Session], issue_id: int) -> dict[int, DeliveryState]:
    with sessions() as session:
        return {who: row.state for who, row in rows(session, issue_id).items()}


def test_a_letter_in_the_queue_is_taken_back_at_once(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    """P8."""
    assert withdraw(sessions, cast.anna, cast.newsletter) == 1

    with sessions() as session:
        anna = rows(session, issue_id)[cast.anna]
    assert (anna.state, anna.why, anna.settled_at) == (DeliveryState.WITHDRAWN, "unsubscribed", NOON)
    assert withdraw(sessions, cast.anna, cast.newsletter) == 0  # U6: a second time changes nothing


def test_a_letter_that_waits_for_another_try_is_taken_back_too(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
        settling.settle(session, [(c.claim, Reply.of(451, "Later")) for c in copies], sender=ME, now=NOON)

    assert withdraw(sessions, cast.anna, cast.newsletter) == 1


def test_what_a_sender_holds_or_has_sent_cannot_be_taken_back(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
    assert withdraw(sessions, cast.anna, cast.newsletter) == 0

    with sessions.begin() as session:
        results = [(copy.claim, Reply.of(250, "Ok")) for copy in copies]
        settling.settle(session, results, sender=ME, now=NOON)
    assert withdraw(sessions, cast.anna, cast.newsletter) == 0

    assert states(sessions, issue_id)[cast.anna] is DeliveryState.ACCEPTED


def test_other_lists_are_not_touched(sessions: sessionmaker[Session], cast: Cast, issue_id: int) -> None:
    assert withdraw(sessions, cast.anna, cast.newsletter + 1) == 0
    assert states(sessions, issue_id)[cast.anna] is DeliveryState.QUEUED


def test_all_issues_of_the_list_are_taken_back(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        another = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=another, now=NOON)

    assert withdraw(sessions, cast.anna, cast.newsletter) == 2


def test_the_other_at_a_shared_address_still_gets_the_letter(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    assert withdraw(sessions, cast.cecilia, cast.newsletter) == 1

    with sessions() as session:
        david = rows(session, issue_id)[cast.david]
    assert (david.state, david.why, david.carried_by) == (DeliveryState.QUEUED, "", None)
    assert david.due_at == NOON
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
    assert [c.greeted for c in copies if c.subscriber_id == cast.david] == [("David",)]


def test_of_three_at_one_address_the_second_carries_on_for_the_third(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        found = rows(session, issue_id)
        anna, cecilia = found[cast.anna], found[cast.cecilia]
        # Anna has moved in with Cecilia and David, before the release as it were.
        anna.state, anna.why, anna.carried_by = DeliveryState.LEFT_OUT, "shared-address", cast.cecilia
        anna.address, anna.variant_id = cecilia.address, cecilia.variant_id

    withdraw(sessions, cast.cecilia, cast.newsletter)

    with sessions() as session:
        found = rows(session, issue_id)
    assert found[cast.anna].state is DeliveryState.QUEUED
    assert found[cast.david].carried_by == cast.anna


def test_who_is_greeted_in_anothers_copy_is_not_greeted_after_leaving(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    assert withdraw(sessions, cast.david, cast.newsletter) == 1

    found = states(sessions, issue_id)
    assert found[cast.david] is DeliveryState.WITHDRAWN
    assert found[cast.cecilia] is DeliveryState.QUEUED
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
    assert [c.greeted for c in copies if c.subscriber_id == cast.cecilia] == [("Cecilia",)]


def test_who_was_greeted_in_a_copy_that_has_left_stays_in_the_ledger_as_that(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
        settling.settle(session, [(c.claim, Reply.of(250, "Ok")) for c in copies], sender=ME, now=NOON)

    assert withdraw(sessions, cast.david, cast.newsletter) == 0
    assert states(sessions, issue_id)[cast.david] is DeliveryState.LEFT_OUT


@pytest.mark.parametrize("scope", [SomeRegions(frozenset({"norra"})), SomeRegions(frozenset())])
def test_nobody_is_withdrawn_by_who_may_not_see_them(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, scope: Scope
) -> None:
    with pytest.raises(NotFound):
        withdraw(sessions, cast.anna, cast.newsletter, scope)

    assert states(sessions, issue_id)[cast.anna] is DeliveryState.QUEUED


def test_how_an_issue_stands_is_counted_by_state_variant_and_region(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        copies = {c.subscriber_id: c.claim for c in claims.claim(session, sender=ME, now=NOON, limit=9)}
        results = [
            (copies[cast.anna], Reply.of(250, "Ok")),
            (copies[cast.bo], Reply.of(451, "Later")),
            (copies[cast.hilma], Unanswered("silence")),
        ]
        settling.settle(session, results, sender=ME, now=NOON)

    with sessions() as session:
        found = deliveries.status(session, scope=ALL, issue_id=issue_id)

    assert found.states == {
        DeliveryState.ACCEPTED: 1,
        DeliveryState.WAITING: 1,
        DeliveryState.UNKNOWN: 1,
        DeliveryState.SENDING: 1,
        DeliveryState.LEFT_OUT: 4,
    }
    assert (found.people, found.open) == (8, 2)
    assert found.left_out[LeftOutReason.SHARED_ADDRESS] == 1
    assert found.by_region["skane"] == {
        DeliveryState.ACCEPTED: 1,
        DeliveryState.SENDING: 1,
        DeliveryState.LEFT_OUT: 1,
    }
    assert found.by_region[""] == {DeliveryState.UNKNOWN: 1}
    assert {v.name: dict(v.states) for v in found.by_variant} == {
        "Gemensam": {DeliveryState.UNKNOWN: 1},
        "norra": {DeliveryState.WAITING: 1},
        "skane": {DeliveryState.ACCEPTED: 1, DeliveryState.SENDING: 1},
    }


def test_whoever_was_refused_put_off_or_lost_is_named_with_the_last_word(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        copies = {c.subscriber_id: c.claim for c in claims.claim(session, sender=ME, now=NOON, limit=9)}
        results = [
            (copies[cast.anna], Reply.of(550, "5.1.1 No such user")),
            (copies[cast.bo], Reply.of(451, "Later")),
            (copies[cast.cecilia], Postponed(NOON, f"{SLOWED}lund.example")),  # which is no trouble
            (copies[cast.hilma], Unanswered("silence")),
        ]
        settling.settle(session, results, sender=ME, now=NOON)

    def told(scope: Scope) -> dict[int, tuple[DeliveryState, str]]:
        with sessions() as session:
            found = deliveries.troubles(session, scope=scope, issue_id=issue_id)
        assert all(one.name and "@" in one.address for one in found)
        return {one.subscriber_id: (one.state, one.reply) for one in found}

    assert told(ALL) == {
        cast.anna: (DeliveryState.REFUSED, "550 5.1.1 No such user"),
        cast.bo: (DeliveryState.WAITING, "451 Later"),
        cast.hilma: (DeliveryState.UNKNOWN, "silence"),
    }
    assert set(told(SomeRegions(frozenset({"norra"})))) == {cast.bo}


def test_whoever_is_left_out_is_named_with_the_reason_to_those_who_may_see_them(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    def told(scope: Scope) -> list[tuple[int, str, str, LeftOutReason]]:
        with sessions() as session:
            found = deliveries.left_out(session, scope=scope, issue_id=issue_id)
        return [(one.subscriber_id, one.name, one.region, one.reason) for one in found]

    elsa = (cast.elsa, "Elsa Norén", "norra", LeftOutReason.NO_ADDRESS)
    assert told(ALL) == [
        elsa,
        (cast.david, "David Ärlig", "skane", LeftOutReason.SHARED_ADDRESS),
        (cast.greta, "Greta Ek", "vast", LeftOutReason.SUPPRESSED),
        (cast.farid, "Farid Haddad", "vast", LeftOutReason.UNSUBSCRIBED),
    ]
    assert told(SomeRegions(frozenset({"norra"}))) == [elsa]
    assert told(SomeRegions(frozenset())) == []


def test_a_regional_lead_sees_how_it_stands_for_their_own_people(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions() as session:
        found = deliveries.status(session, scope=SomeRegions(frozenset({"norra"})), issue_id=issue_id)

    assert found.states == {DeliveryState.QUEUED: 1, DeliveryState.LEFT_OUT: 1}
    assert set(found.by_region) == {"norra"}


def test_an_issue_that_is_not_released_stands_at_nothing(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        found = deliveries.status(session, scope=ALL, issue_id=4711)

    assert (found.people, found.open, found.by_variant) == (0, 0, ())


def test_it_is_done_when_nothing_is_due_and_nothing_open(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    def done() -> bool:
        with sessions() as session:
            return deliveries.is_done(session, now=NOON)

    assert not done()  # queued

    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
    assert not done()  # sending

    with sessions.begin() as session:
        settling.settle(session, [(c.claim, Reply.of(451, "Later")) for c in copies], sender=ME, now=NOON)
    assert not done()  # waiting

    with sessions.begin() as session:
        late = NOON + timedelta(hours=1)
        copies = claims.claim(session, sender=ME, now=late, limit=9)
        settling.settle(session, [(c.claim, Unanswered("silence")) for c in copies], sender=ME, now=late)
    assert done()  # unknown is not open: it is never sent on its own

    with sessions.begin() as session:
        session.get_one(Issue, issue_id).status = IssueStatus.SCHEDULED
    assert not done()  # an issue whose time has come

    with sessions.begin() as session:
        session.get_one(Issue, issue_id).send_at = NOON + timedelta(seconds=1)
    assert done()  # one that is yet to come is not waited for


def test_what_waits_for_somebody_who_has_died_is_taken_back_and_the_other_at_the_address_keeps_theirs(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        taken = deliveries.withdraw_all(
            session, scope=ALL, subscriber_id=cast.cecilia, why="deceased", now=NOON
        )

    assert taken == 1
    assert states(sessions, issue_id)[cast.cecilia] is DeliveryState.WITHDRAWN
    assert states(sessions, issue_id)[cast.david] is DeliveryState.QUEUED
