"""The ledger hands every copy out once, and believes only what a sender knows."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.letters import Claim, Copy
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Postponed, Unanswered, Unfit
from newsletter.core.replies import NoReply, Reply
from newsletter.models import Delivery, DeliveryState, Issue, VariantRegion
from newsletter.services import claims, releases, settling
from subscribers.core.authority import Everything
from subscribers.models import (
    ListPurpose,
    MailingList,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionReason,
)
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
ME, OTHER = "host~1~aa", "host~2~bb"
OK = Reply.of(250, "2.0.0 Ok: queued as 4F1")


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue just released: Anna, Bo, Cecilia (with David) and Hilma wait for their copies."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON, languages=("sv", "en"))
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        return issue_id


def claim(
    sessions: sessionmaker[Session], sender: str = ME, *, now: datetime = NOON, limit: int = 100
) -> list[Copy]:
    with sessions.begin() as session:
        return list(claims.claim(session, sender=sender, now=now, limit=limit))


def settle(
    sessions: sessionmaker[Session],
    results: list[tuple[Claim, Outcome]],
    sender: str = ME,
    *,
    now: datetime = NOON,
) -> int:
    with sessions.begin() as session:
        return settling.settle(session, results, sender=sender, now=now)


def row_of(sessions: sessionmaker[Session], issue_id: int, who: int) -> Delivery:
    with sessions() as session:
        return rows(session, issue_id)[who]


def test_a_copy_comes_with_all_that_its_message_needs(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    copies = {copy.subscriber_id: copy for copy in claim(sessions)}

    anna = copies[cast.anna]
    with sessions() as session:
        variant_id = session.get_one(VariantRegion, (issue_id, "skane", "sv")).variant_id
    assert anna == Copy(
        claim=Claim(row_of(sessions, issue_id, cast.anna).id, 1, None),
        issue_id=issue_id,
        subscriber_id=cast.anna,
        list_id=cast.newsletter,
        variant_id=variant_id,
        language="sv",
        address="anna@lund.example",
        name="Anna Åkesson",
        greeted=("Anna",),
    )
    assert copies[cast.hilma].language == "en"
    assert set(copies) == {cast.anna, cast.bo, cast.cecilia, cast.hilma}


def test_a_shared_copy_greets_both_whose_address_it_is(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    copies = {copy.subscriber_id: copy for copy in claim(sessions)}

    assert copies[cast.cecilia].greeted == ("Cecilia", "David")
    assert copies[cast.cecilia].name == "Cecilia Ärlig"


def test_a_sender_that_dies_does_not_send_its_messages_twice(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    first = claim(sessions, ME, limit=1)
    # The first sender dies here: it has committed its claim and reports nothing.

    second = claim(sessions, OTHER)

    assert len(first) == 1
    assert len(second) == 3
    assert not {copy.claim.delivery_id for copy in first} & {copy.claim.delivery_id for copy in second}


def test_many_senders_at_once_take_every_copy_exactly_once(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        issues = [set_issue(session, list_id=cast.newsletter, now=NOON) for _ in range(10)]
        for issue_id in issues:
            releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
    taken: list[int] = []

    def work(sender: str) -> None:
        while copies := claim(sessions, sender, limit=3):
            taken.extend(copy.claim.delivery_id for copy in copies)

    threads = [threading.Thread(target=work, args=(f"host~{n}~x",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 40
    assert set(Counter(taken).values()) == {1}


def test_the_oldest_goes_first_and_nothing_goes_before_its_time(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        found = rows(session, issue_id)
        found[cast.hilma].due_at = NOON - timedelta(hours=2)
        found[cast.bo].due_at = NOON - timedelta(hours=1)
        found[cast.anna].due_at = NOON + timedelta(seconds=1)

    first = claim(sessions, limit=1)
    rest = claim(sessions)

    assert [copy.subscriber_id for copy in first] == [cast.hilma]
    assert [copy.subscriber_id for copy in rest] == [cast.bo, cast.cecilia]


def test_claiming_looks_only_at_open_rows(
    engine: Engine, sessions: sessionmaker[Session], issue_id: int
) -> None:
    """The closed millions must not be walked through: the partial index is used."""
    said: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    claim(sessions)
    statement, parameters = next(each for each in said if each[0].startswith("SELECT deliveries.id"))

    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN "
        else:
            explain = "EXPLAIN "
            connection.exec_driver_sql("SET enable_seqscan = off")  # it would be cheaper for so few rows
        plan = connection.exec_driver_sql(explain + statement, parameters).all()

    assert "ix_deliveries_due" in str(plan)


def test_who_has_unsubscribed_since_the_release_gets_nothing(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    """P8: also where the copy came back to the queue from a sender, and nobody withdrew it."""
    with sessions.begin() as session:
        session.get_one(Subscription, (cast.anna, cast.newsletter)).active = False

    copies = claim(sessions)

    assert cast.anna not in {copy.subscriber_id for copy in copies}
    anna = row_of(sessions, issue_id, cast.anna)
    assert (anna.state, anna.why) == (DeliveryState.WITHDRAWN, "unsubscribed")


def test_whose_address_is_suppressed_since_the_release_gets_nothing(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        session.add(
            Suppression(canonical="bo@lulea.example", reason=SuppressionReason.COMPLAINED, created_at=NOON)
        )

    copies = claim(sessions)

    assert cast.bo not in {copy.subscriber_id for copy in copies}
    assert row_of(sessions, issue_id, cast.bo).why == "suppressed"


def test_who_has_died_since_the_release_gets_nothing(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.bo).deceased_on = NOON.date()

    copies = claim(sessions)

    assert cast.bo not in {copy.subscriber_id for copy in copies}
    assert row_of(sessions, issue_id, cast.bo).why == "deceased"


def test_the_other_at_a_shared_address_gets_the_copy_of_whoever_has_left(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Subscription, (cast.cecilia, cast.newsletter)).active = False

    first, second = claim(sessions), claim(sessions)

    assert cast.david not in {copy.subscriber_id for copy in first}
    assert [(copy.subscriber_id, copy.greeted) for copy in second] == [(cast.david, ("David",))]


def test_a_member_notice_goes_also_to_who_has_said_no_to_something(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        notices = session.scalars(
            select(MailingList).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        ).one()
        session.add(
            Subscription(
                subscriber_id=cast.anna, list_id=notices.id, active=False, changed_at=NOON, source="odd"
            )
        )
        issue_id = set_issue(session, list_id=notices.id, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)

    assert cast.anna in {copy.subscriber_id for copy in claim(sessions)}


ACCEPTED_ROW = (DeliveryState.ACCEPTED, "", "250 2.0.0 Ok: queued as 4F1", 1)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (OK, ACCEPTED_ROW),
        (
            Reply.of(451, "4.7.1 Come back later"),
            (DeliveryState.WAITING, "", "451 4.7.1 Come back later", 1),
        ),
        (
            Reply.of(550, "5.1.1 No such mailbox"),
            (DeliveryState.REFUSED, "refused-for-good", "550 5.1.1 No such mailbox", 1),
        ),
        (NoReply("connection reset"), (DeliveryState.WAITING, "", "connection reset", 1)),
        (Unanswered("the server fell silent"), (DeliveryState.UNKNOWN, "", "the server fell silent", 1)),
        (NoServer("connection refused"), (DeliveryState.WAITING, "", "connection refused", 0)),
        (NotBegun("told to stop"), (DeliveryState.QUEUED, "", "", 0)),
        (Postponed(NOON, "many.example rests"), (DeliveryState.WAITING, "", "many.example rests", 0)),
        (Unfit("Namnet går inte."), (DeliveryState.REFUSED, "unfit", "Namnet går inte.", 0)),
    ],
)
def test_every_outcome_has_its_state(
    sessions: sessionmaker[Session],
    cast: Cast,
    issue_id: int,
    outcome: Outcome,
    expected: tuple[DeliveryState, str, str, int],
) -> None:
    (copy,) = claim(sessions, limit=1)

    assert settle(sessions, [(copy.claim, outcome)]) == 1

    row = row_of(sessions, issue_id, copy.subscriber_id)
    assert (row.state, row.why, row.reply, row.attempts) == expected
    is_open = row.state in (DeliveryState.QUEUED, DeliveryState.WAITING)
    assert (row.settled_at is None) == is_open


def test_a_refused_copy_waits_longer_each_time_and_is_given_up_after_two_days(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    now, waits = NOON, []
    (copy,) = claim(sessions, limit=1)
    with sessions.begin() as session:  # the others are not what this is about
        others = rows(session, issue_id).values()
        for row in others:
            if row.state is DeliveryState.QUEUED:
                row.state = DeliveryState.WITHDRAWN
    while True:
        settle(sessions, [(copy.claim, Reply.of(450, "4.2.1 Busy"))], now=now)
        row = row_of(sessions, issue_id, copy.subscriber_id)
        assert row.due_at is not None
        if row.state is DeliveryState.REFUSED:
            break
        waits.append(row.due_at - now)
        assert claim(sessions, now=row.due_at - timedelta(seconds=1)) == []
        now = row.due_at
        (copy,) = claim(sessions, now=now)

    assert waits[:4] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)]
    assert row.why == "refused-too-long"
    assert row.attempts == len(waits) + 1
    assert row.first_try_at == NOON
    assert now - NOON <= timedelta(hours=48)


def test_time_without_a_server_costs_no_attempt_and_no_patience(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    for day in range(5):
        (copy,) = claim(sessions, now=NOON + timedelta(days=day), limit=1)
        settle(sessions, [(copy.claim, NoServer("refused"))], now=NOON + timedelta(days=day))
    row = row_of(sessions, issue_id, copy.subscriber_id)
    assert row.due_at == NOON + timedelta(days=4) + settling.SHORTLY
    assert (row.attempts, row.first_try_at) == (0, None)


def test_what_is_postponed_comes_back_at_its_time_and_has_lost_nothing(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    held = {copy.subscriber_id: copy.claim for copy in claim(sessions)}
    later = NOON + timedelta(minutes=10)
    settle(sessions, [(each, Postponed(later, "gmail.com rests")) for each in held.values()])

    assert claim(sessions, now=later - timedelta(seconds=1)) == []
    assert {copy.subscriber_id: copy.claim for copy in claim(sessions, now=later)} == held


def test_in_quiet_hours_only_what_is_urgent_and_member_notices_go(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        assert not claims.is_due(session, now=NOON, quiet=True)
        assert claims.claim(session, sender=ME, now=NOON, limit=9, quiet=True) == []
        session.get_one(Issue, issue_id).urgent = True
    with sessions.begin() as session:
        assert claims.is_due(session, now=NOON, quiet=True)
        assert claims.claim(session, sender=ME, now=NOON, limit=1, quiet=True)
        session.get_one(Issue, issue_id).urgent = False
        notices = select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        notice_id = set_issue(session, list_id=session.scalars(notices).one(), now=NOON)
        releases.release(session, scope=ALL, issue_id=notice_id, now=NOON)
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=99, quiet=True)
        assert {copy.issue_id for copy in copies} == {notice_id}


def test_what_was_not_begun_keeps_its_place_in_the_queue(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    first = claim(sessions, limit=1, now=NOON + timedelta(minutes=1))
    settle(sessions, [(first[0].claim, NotBegun("stop"))], now=NOON + timedelta(minutes=2))

    again = claim(sessions, limit=1, now=NOON + timedelta(minutes=3))

    assert [copy.claim for copy in again] == [copy.claim for copy in first]


def test_a_batch_is_settled_each_by_its_own_outcome(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    copies = {copy.subscriber_id: copy.claim for copy in claim(sessions)}

    settled = settle(
        sessions,
        [
            (copies[cast.anna], OK),
            (copies[cast.bo], Reply.of(550, "No")),
            (copies[cast.cecilia], Unanswered("silence")),
            (copies[cast.hilma], NotBegun("stop")),
        ],
    )

    assert settled == 4
    with sessions() as session:
        found = rows(session, issue_id)
    states = [found[who].state.value for who in (cast.anna, cast.bo, cast.cecilia, cast.hilma)]
    assert states == ["accepted", "refused", "unknown", "queued"]


def test_settling_twice_or_for_another_changes_nothing(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    (copy,) = claim(sessions, ME, limit=1)

    assert settle(sessions, [(copy.claim, OK)], sender=OTHER) == 0
    assert settle(sessions, [(copy.claim, OK)], sender=ME) == 1
    assert settle(sessions, [(copy.claim, Reply.of(550, "No"))], sender=ME) == 0
    assert settle(sessions, []) == 0

    assert row_of(sessions, issue_id, copy.subscriber_id).state is DeliveryState.ACCEPTED


def test_what_is_unknown_is_never_claimed_again(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    copies = claim(sessions)
    settle(sessions, [(copy.claim, Unanswered("silence")) for copy in copies])

    assert claim(sessions, now=NOON + timedelta(days=400)) == []


def test_who_holds_what_can_be_asked_for_recovery(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    mine = claim(sessions, ME, limit=1)
    claim(sessions, OTHER, limit=2)

    with sessions() as session:
        assert claims.holders(session) == [ME, OTHER]
        assert claims.claims_of(session, sender=ME) == [copy.claim for copy in mine]
        assert claims.claims_of(session, sender="nobody") == []
