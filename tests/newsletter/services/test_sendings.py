"""A send can be regretted, paused and stopped, and nobody gets two letters or none for it."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.letters import Claim, Copy
from newsletter.core.outcomes import NotBegun, Outcome
from newsletter.core.replies import Reply
from newsletter.errors import IssueError
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, Variant
from newsletter.services import claims, deliveries, releases, sendings, settling
from subscribers.core.authority import Everything
from subscribers.errors import NotFound
from subscribers.models import ListPurpose, MailingList
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
ME = "host~1~aa"
OK = Reply.of(250, "2.0.0 Ok")


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue just released: Anna, Bo, Cecilia (with David) and Hilma wait for their copies."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        return issue_id


def claim(sessions: sessionmaker[Session], *, limit: int = 100, sender: str = ME) -> list[Copy]:
    with sessions.begin() as session:
        return list(claims.claim(session, sender=sender, now=NOON, limit=limit))


def settle(sessions: sessionmaker[Session], *results: tuple[Claim, Outcome]) -> None:
    with sessions.begin() as session:
        settling.settle(session, results, sender=ME, now=NOON)


def states(sessions: sessionmaker[Session], issue_id: int) -> Counter[str]:
    with sessions() as session:
        return Counter(row.state.value for row in rows(session, issue_id).values())


def undo(sessions: sessionmaker[Session], issue_id: int) -> sendings.Undone:
    with sessions.begin() as session:
        return sendings.undo(session, issue_id=issue_id, now=NOON)


# --- Regret -------------------------------------------------------------------------------------------------


def test_a_regretted_send_is_a_draft_again_with_nothing_left_of_its_release(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    undone = undo(sessions, issue_id)

    assert undone.letters == 4
    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        assert issue.status is IssueStatus.DRAFT
        assert (issue.released_at, issue.send_at, issue.frozen_at) == (None, None, None)
        assert rows(session, issue_id) == {}
        assert session.scalar(select(func.count()).select_from(Variant)) == 0


def test_a_send_that_was_regretted_can_go_later_to_everyone_once(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    undo(sessions, issue_id)
    with sessions.begin() as session:
        second = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=second, now=NOON)

    assert len(claim(sessions)) == 4


def test_who_unsubscribed_during_the_grace_does_not_keep_it_from_being_regretted(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        deliveries.withdraw(
            session, scope=ALL, subscriber_id=cast.anna, list_id=cast.newsletter, why="unsubscribed", now=NOON
        )

    assert undo(sessions, issue_id).letters == 3


@pytest.mark.parametrize("outcome", [None, OK, NotBegun("stop"), Reply.of(450, "4.2.1 Busy")])
def test_nothing_is_regretted_once_a_sender_has_had_a_letter(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, outcome: Outcome | None
) -> None:
    (copy,) = claim(sessions, limit=1)
    if outcome is not None:
        settle(sessions, (copy.claim, outcome))

    with pytest.raises(IssueError, match="har redan börjat gå ut"):
        undo(sessions, issue_id)

    with sessions() as session:
        assert len(rows(session, issue_id)) == 8
        assert not sendings.may_undo(session, session.get_one(Issue, issue_id))


def test_of_regret_and_a_sender_at_the_same_moment_one_is_first(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """Either every letter is called back, or the sender has them and the regret is refused."""
    ends: Counter[str] = Counter()
    for _ in range(12):
        with sessions.begin() as session:
            issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
            releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        start, taken, regretted = threading.Barrier(2), [], []

        def send(start: threading.Barrier = start, taken: list[Copy] = taken) -> None:
            start.wait()
            taken += claim(sessions)

        def regret(
            start: threading.Barrier = start, regretted: list[bool] = regretted, which: int = issue_id
        ) -> None:
            start.wait()
            try:
                undo(sessions, which)
            except IssueError:
                regretted.append(False)
            else:
                regretted.append(True)

        together(send, regret)

        assert len(taken) == (0 if regretted == [True] else 4)
        with sessions.begin() as session:
            assert len(rows(session, issue_id)) == (0 if regretted == [True] else 8)
            for row in rows(session, issue_id).values():
                row.state = DeliveryState.WITHDRAWN
        ends[str(regretted)] += 1
    assert sum(ends.values()) == 12


# --- Pause --------------------------------------------------------------------------------------------------


def test_nobody_takes_a_letter_of_a_paused_issue_and_all_go_when_it_goes_on(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        assert sendings.pause(session, issue_id=issue_id, actor="Kim", now=NOON)
    with sessions.begin() as session:
        assert not sendings.pause(session, issue_id=issue_id, actor="Lo", now=NOON + timedelta(hours=1))
        assert session.get_one(Issue, issue_id).paused_by == "Kim"
        assert not claims.is_due(session, now=NOON)
        assert deliveries.is_done(session, now=NOON)  # a cron job must not wait for a person
    assert claim(sessions) == []

    with sessions.begin() as session:
        assert sendings.resume(session, issue_id=issue_id)
    with sessions.begin() as session:
        assert not sendings.resume(session, issue_id=issue_id)

    assert len(claim(sessions)) == 4


def test_a_paused_issue_holds_no_other_up(sessions: sessionmaker[Session], cast: Cast, issue_id: int) -> None:
    with sessions.begin() as session:
        other = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=other, now=NOON)
        sendings.pause(session, issue_id=issue_id, actor="Kim", now=NOON)

    assert {copy.issue_id for copy in claim(sessions)} == {other}


def test_what_a_sender_holds_of_a_paused_issue_is_told_apart(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    claim(sessions, limit=1)
    with sessions.begin() as session:
        assert claims.halted(session, issue_ids=[issue_id]) == frozenset()
        sendings.pause(session, issue_id=issue_id, actor="Kim", now=NOON)
        assert claims.halted(session, issue_ids=[issue_id]) == {issue_id}
        assert not deliveries.is_done(session, now=NOON)  # a letter is on the wire


# --- Stop ---------------------------------------------------------------------------------------------------


def test_stopping_withdraws_what_is_open_and_counts_it(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        for who in (cast.anna, cast.bo):  # these are taken first
            rows(session, issue_id)[who].due_at = NOON - timedelta(minutes=cast.hilma - who)
    anna = claim(sessions, limit=2)[0]
    settle(sessions, (anna.claim, OK))

    with sessions.begin() as session:
        stopped = sendings.stop(session, issue_id=issue_id, now=NOON)

    assert (stopped.withdrawn, stopped.on_the_wire) == (2, 1)
    assert claim(sessions) == []
    with sessions() as session:
        found = rows(session, issue_id)
    assert found[cast.anna].state is DeliveryState.ACCEPTED
    assert (found[cast.cecilia].state, found[cast.cecilia].why) == (DeliveryState.WITHDRAWN, "stopped")
    assert found[cast.david].state is DeliveryState.WITHDRAWN  # whom Cecilia's copy would have greeted


@pytest.mark.parametrize("outcome", [NotBegun("stop"), Reply.of(450, "4.2.1 Busy")])
def test_what_comes_back_from_a_sender_after_the_stop_goes_nowhere(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int, outcome: Outcome
) -> None:
    copies = claim(sessions)
    with sessions.begin() as session:
        sendings.stop(session, issue_id=issue_id, now=NOON)

    settle(sessions, *((copy.claim, outcome) for copy in copies))

    assert states(sessions, issue_id) == {"withdrawn": 5, "left-out": 3}
    with sessions() as session:
        assert deliveries.is_done(session, now=NOON)


def test_a_stopped_issue_cannot_be_stopped_paused_or_regretted_again(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        sendings.stop(session, issue_id=issue_id, now=NOON)

    again: list[Callable[[Session], object]] = [
        lambda session: sendings.stop(session, issue_id=issue_id, now=NOON),
        lambda session: sendings.pause(session, issue_id=issue_id, actor="Kim", now=NOON),
        lambda session: sendings.resume(session, issue_id=issue_id),
        lambda session: sendings.undo(session, issue_id=issue_id, now=NOON),
    ]
    for act in again:
        with sessions.begin() as session, pytest.raises(IssueError, match="redan avbrutet"):
            act(session)


def test_what_has_gone_out_or_does_not_exist_cannot_be_stopped(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    settle(sessions, *((copy.claim, OK) for copy in claim(sessions)))
    with sessions.begin() as session:
        with pytest.raises(IssueError, match="har gått ut"):
            sendings.stop(session, issue_id=issue_id, now=NOON)
        with pytest.raises(NotFound):
            sendings.pause(session, issue_id=999, actor="Kim", now=NOON)
        scheduled = set_issue(session, list_id=cast.newsletter, now=NOON)
        with pytest.raises(IssueError, match="inte på väg ut"):
            sendings.pause(session, issue_id=scheduled, actor="Kim", now=NOON)
        with pytest.raises(IssueError, match="väntar inte"):
            sendings.let_go(session, issue_id=scheduled, now=NOON)


def test_of_stop_and_a_sender_that_gives_back_no_letter_is_left_open(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    for _ in range(12):
        with sessions.begin() as session:
            issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
            releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        copies = claim(sessions)
        start = threading.Barrier(2)

        def give_back(start: threading.Barrier = start, copies: list[Copy] = copies) -> None:
            start.wait()
            settle(sessions, *((copy.claim, NotBegun("stop")) for copy in copies))

        def stop(start: threading.Barrier = start, which: int = issue_id) -> None:
            start.wait()
            with sessions.begin() as session:
                sendings.stop(session, issue_id=which, now=NOON)

        together(give_back, stop)

        assert states(sessions, issue_id)["queued"] == 0
        assert states(sessions, issue_id)["withdrawn"] == 5


# --- Who goes first -----------------------------------------------------------------------------------------


def test_an_urgent_issue_goes_before_a_member_notice_and_that_before_a_newsletter(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        notices = session.scalars(
            select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        ).one()
        notice = set_issue(session, list_id=notices, now=NOON)
        urgent = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.get_one(Issue, urgent).urgent = True
        for each in (notice, urgent):
            releases.release(session, scope=ALL, issue_id=each, now=NOON)

    order = []
    while copies := claim(sessions, limit=1):
        order += [copy.issue_id for copy in copies]

    assert list(dict.fromkeys(order)) == [urgent, notice, issue_id]
    with sessions() as session:
        assert session.scalar(select(func.count()).where(Delivery.state == DeliveryState.QUEUED)) == 0


def together(*work: Callable[[], object]) -> None:
    failed: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
