"""How an issue ended is counted once, and counted again when something late is said."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import Reply
from newsletter.models import Delivery, DeliveryState, Issue, IssueSummary
from newsletter.services import claims, preferences, releases, reports, settling, summaries, unknowns
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.errors import SubscribersError
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue
from tests.statements import statements

ALL = Everything("a test")
ME = "host~1~aa"


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue that has gone: Bo's server refused it, of Hilma's nobody knows, Anna and Cecilia have it."""
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
    answers = {cast.bo: Reply.of(550, "5.1.1 No such user"), cast.hilma: Unanswered("silence")}
    with sessions.begin() as session:
        assert summaries.due(session) == []  # nothing has gone
        copies = claims.claim(session, sender=ME, now=NOON, limit=9)
        results = [(copy.claim, answers.get(copy.subscriber_id, Reply.of(250, "Ok"))) for copy in copies]
        assert summaries.due(session) == []  # a sender holds it
        settling.settle(session, results, sender=ME, now=NOON)
    return issue_id


def write(sessions: sessionmaker[Session], issue_id: int) -> bool:
    with sessions.begin() as session:
        return summaries.write(session, scope=ALL, issue_id=issue_id, now=NOON)


def kept(sessions: sessionmaker[Session], issue_id: int) -> dict[str, IssueSummary]:
    with sessions() as session:
        found = session.scalars(select(IssueSummary).where(IssueSummary.issue_id == issue_id))
        return {row.region: row for row in found}


def letter(sessions: sessionmaker[Session], issue_id: int, who: int) -> int:
    with sessions() as session:
        return rows(session, issue_id)[who].id


def say(sessions: sessionmaker[Session], issue_id: int, who: int, cast: Cast, *, no: bool = True) -> None:
    said = preferences.stop if no else preferences.start
    with sessions.begin() as session:
        said(
            session, scope=OnePerson(who), subscriber_id=who, list_id=cast.newsletter,
            delivery_id=rows(session, issue_id)[who].id, source="page" if no else "page, undone", now=NOON,
        )  # fmt: skip


def test_a_finished_issue_is_kept_by_region(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions() as session:
        assert summaries.due(session) == [issue_id]

    assert write(sessions, issue_id)

    found = kept(sessions, issue_id)
    assert found["skane"].states == {"accepted": 2, "left-out": 1}
    assert found["norra"].states == {"refused": 1, "left-out": 1}
    assert found["norra"].left_out == {"no-address": 1}
    assert found[""].states == {"unknown": 1}
    assert (found["skane"].bounced, found["skane"].replies) == (None, None)  # nobody has counted them
    with sessions() as session:
        assert summaries.due(session) == []


def test_counting_twice_changes_nothing(sessions: sessionmaker[Session], cast: Cast, issue_id: int) -> None:
    write(sessions, issue_id)
    before = {region: (row.people, row.states) for region, row in kept(sessions, issue_id).items()}

    assert not write(sessions, issue_id)
    with sessions.begin() as session:
        summaries.forget(session, issue_ids=[issue_id])
    assert write(sessions, issue_id)

    assert {region: (row.people, row.states) for region, row in kept(sessions, issue_id).items()} == before


def test_a_late_no_is_counted_in_the_issue_that_it_was_said_in(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    write(sessions, issue_id)

    say(sessions, issue_id, cast.cecilia, cast)  # for David too, who shares the letter

    with sessions() as session:
        assert summaries.due(session) == [issue_id]
    write(sessions, issue_id)
    assert kept(sessions, issue_id)["skane"].unsubscribed == 2
    assert kept(sessions, issue_id)["norra"].unsubscribed == 0


def test_a_no_that_was_taken_back_is_not_counted(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    say(sessions, issue_id, cast.anna, cast)
    write(sessions, issue_id)
    assert kept(sessions, issue_id)["skane"].unsubscribed == 1

    say(sessions, issue_id, cast.anna, cast, no=False)
    write(sessions, issue_id)

    assert kept(sessions, issue_id)["skane"].unsubscribed == 0


def test_a_no_in_another_letter_is_counted_there(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        other = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=other, now=NOON)
    say(sessions, other, cast.anna, cast)

    write(sessions, issue_id)

    assert kept(sessions, issue_id)["skane"].unsubscribed == 0


def test_what_a_person_decides_about_a_letter_is_counted_anew(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    write(sessions, issue_id)
    hilma = letter(sessions, issue_id, cast.hilma)
    with sessions.begin() as session:
        unknowns.take_as_accepted(session, scope=ALL, delivery_id=hilma, now=NOON)

    assert write(sessions, issue_id)
    assert kept(sessions, issue_id)[""].states == {"accepted": 1}


def test_a_letter_that_goes_again_opens_the_issue_again(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    write(sessions, issue_id)
    hilma = letter(sessions, issue_id, cast.hilma)
    with sessions.begin() as session:
        unknowns.send_again(session, scope=ALL, delivery_id=hilma, now=NOON)

    assert not write(sessions, issue_id)
    with sessions() as session:
        report = reports.of_issue(session, scope=ALL, issue_id=issue_id)
    assert report is not None
    assert not report.is_closed
    assert report.total.open == 1


def test_only_the_whole_association_is_summed(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session, pytest.raises(SubscribersError, match="hela föreningen"):
        summaries.write(session, scope=SomeRegions(frozenset({"skane"})), issue_id=issue_id, now=NOON)


def test_reports_say_the_same_before_and_after_the_issue_is_summed(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    say(sessions, issue_id, cast.anna, cast)
    scopes = (ALL, SomeRegions(frozenset({"skane"})), SomeRegions(frozenset({"norra", "vast"})))
    with sessions() as session:
        live = [reports.of_issue(session, scope=scope, issue_id=issue_id) for scope in scopes]
    write(sessions, issue_id)
    with sessions.begin() as session:
        session.query(Delivery).delete()  # what is kept is enough
        closed = [reports.of_issue(session, scope=scope, issue_id=issue_id) for scope in scopes]

    for before, after in zip(live, closed, strict=True):
        assert before is not None
        assert after is not None
        assert dict(before.by_region) == dict(after.by_region)
        assert before.total == after.total
        assert (before.is_closed, after.is_closed) == (False, True)


def test_a_lead_sees_the_own_region_and_no_total_of_others(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    write(sessions, issue_id)
    with sessions() as session:
        report = reports.of_issue(session, scope=SomeRegions(frozenset({"skane"})), issue_id=issue_id)
        nobody = reports.latest(session, scope=SomeRegions(frozenset({"sydost"})))

    assert report is not None
    assert set(report.by_region) == {"skane"}
    assert (report.total.people, report.total.accepted) == (3, 2)
    assert nobody == []


def test_a_year_is_reported_in_order_and_years_are_known(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        earlier = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=earlier, now=NOON)
        session.get_one(Issue, earlier).released_at = NOON.replace(month=1)
        last_year = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=last_year, now=NOON)
        session.get_one(Issue, last_year).released_at = NOON.replace(year=2029)
    with sessions() as session:
        found = reports.of_year(session, scope=ALL, year=2030)
        assert reports.years(session) == [2030, 2029]

    assert [report.issue_id for report in found] == [earlier, issue_id]
    summed = reports.summed(report.total for report in found)
    assert summed.people == 16
    assert summed.bounced is None
    assert summed.of(DeliveryState.REFUSED) == 1


def test_a_summary_is_forgotten_once_in_a_transaction_and_again_in_the_next(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    for _ in range(2):
        assert write(sessions, issue_id)
        with sessions.begin() as session, statements(session) as said:
            for _ in range(3):
                summaries.forget(session, issue_ids=[issue_id])
            assert len(said) == 1
        with sessions() as session:
            assert summaries.due(session) == [issue_id]


def test_what_a_savepoint_takes_back_is_forgotten_anew(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    write(sessions, issue_id)
    with sessions.begin() as session:
        with session.begin_nested() as savepoint:
            summaries.forget(session, issue_ids=[issue_id])
            savepoint.rollback()
        summaries.forget(session, issue_ids=[issue_id])
    with sessions() as session:
        assert summaries.due(session) == [issue_id]


def test_what_is_counted_after_it_was_forgotten_can_be_forgotten_again(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        summaries.forget(session, issue_ids=[issue_id])
        assert summaries.write(session, scope=ALL, issue_id=issue_id, now=NOON)
        summaries.forget(session, issue_ids=[issue_id])
    with sessions() as session:
        assert summaries.due(session) == [issue_id]
