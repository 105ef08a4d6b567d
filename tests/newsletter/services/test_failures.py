"""What follows from bounces and refusals: the letter, the address, and whom to ring."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.inbound.failing import USUAL
from newsletter.core.inbound.kinds import Kind
from newsletter.core.notices import Standing
from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import Reply
from newsletter.models import AddressFailure, Call, CallReason, Delivery, DeliveryState, InboundMail, Issue
from newsletter.rendering.explanations import sentence
from newsletter.services import (
    calls,
    claims,
    erasure,
    explaining,
    failures,
    notices,
    releases,
    reports,
    retention,
    settling,
    summaries,
)
from subscribers.core.authority import Everything
from subscribers.models import ListPurpose, Subscriber, Suppression, SuppressionReason
from subscribers.services import erasures, lists, suppressions
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import come_in, report, written
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
TAKEN = Reply.of(250, "2.0.0 Ok: queued as 4F1")
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sent(
    session: Session, cast: Cast, outcome: Any = TAKEN, now: datetime = NOON, *, list_id: int = 0
) -> dict[int, Delivery]:
    """An issue that has gone to everybody; the delivery of each by the person's id."""
    issue_id = set_issue(session, list_id=list_id or cast.newsletter, now=now)
    releases.release(session, scope=ALL, issue_id=issue_id, now=now)
    held = claims.claim(session, sender="a", now=now, limit=99)
    settling.settle(session, [(copy.claim, outcome) for copy in held], sender="a", now=now)
    return rows(session, issue_id)


def bounce(
    session: Session, delivery: Delivery, recipient: str = "", now: datetime = NOON, **said: str
) -> InboundMail | None:
    raw, to = report(delivery.id, recipient or delivery.canonical, **said)
    return come_in(session, raw, now=now, recipients=to)


def stopped(session: Session, address: str) -> SuppressionReason | None:
    found = session.get(Suppression, address, populate_existing=True)
    return found.reason if found else None


def test_a_hard_bounce_stops_the_address_settles_the_letter_and_asks_somebody_to_ring(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        mail = bounce(session, delivery)
        assert mail is not None
        assert mail.outcome == "stopped"
        assert (delivery.state, delivery.why) == (DeliveryState.REFUSED, "bounced")
        assert "No such user" in delivery.reply
        assert stopped(session, "anna@lund.example") is SuppressionReason.BOUNCED
        [failure] = session.scalars(select(AddressFailure))
        assert (failure.kind, failure.status, failure.remote) == (Kind.ADDRESS, "5.1.1", "mx.lund.example")
        assert (failure.domain, failure.inbound_id) == ("lund.example", mail.id)
        [row] = calls.listed(session, scope=ALL)
        assert (row.call.reason, row.person.id) == (CallReason.BOUNCED, cast.anna)
        assert row.person.member_until is None  # a member stays a member


def test_the_same_report_twice_changes_nothing(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        assert bounce(session, delivery) is not None
        assert bounce(session, delivery) is None
        again = bounce(session, delivery, said="550 5.1.1 No such user, again")
        assert again is not None
        assert session.scalar(select(func.count(Call.id))) == 1
        assert session.scalar(select(func.count(Suppression.canonical))) == 2  # and Greta's


@sqlite
def test_a_report_names_where_the_address_forwards_to_and_the_address_is_ours(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        mail = bounce(session, sent(session, cast)[cast.anna], "anna.privat@gmail.com")
        assert mail is not None
        assert [each["recipient"] for each in mail.facts["failures"]] == ["anna.privat@gmail.com"]
        assert stopped(session, "anna@lund.example") is SuppressionReason.BOUNCED
        assert stopped(session, "anna.privat@gmail.com") is None


@sqlite
@pytest.mark.parametrize("changed", ["none", "forged"])
def test_without_a_token_of_ours_nothing_follows(
    sessions: sessionmaker[Session], cast: Cast, changed: str
) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        raw, [to] = report(delivery.id, "anna@lund.example")
        token = to.partition("+")[2].partition("@")[0]
        forged = token[:-4] + ("aaaa" if token[-4:] != "aaaa" else "bbbb")
        recipients = ["studs@appel.example" if changed == "none" else f"studs+{forged}@appel.example"]
        mail = come_in(session, raw, now=NOON, recipients=recipients)
        assert mail is not None
        assert mail.outcome == "no token"
        assert mail.facts["failures"][0]["recipient"] == "anna@lund.example"
        assert stopped(session, "anna@lund.example") is None
        assert delivery.state is DeliveryState.ACCEPTED
        assert session.scalar(select(func.count(AddressFailure.id))) == 0


@sqlite
def test_a_delay_changes_nothing(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        mail = bounce(session, delivery, status="4.4.7", said="451 4.4.7 delayed")
        assert mail is not None
        assert mail.outcome == "delayed"
        assert delivery.state is DeliveryState.ACCEPTED


@sqlite
def test_a_letter_that_nobody_knew_of_is_settled_by_its_bounce_and_the_issue_counted_anew(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        deliveries = sent(session, cast, Unanswered("the line went dead"))
        delivery = deliveries[cast.anna]
        assert summaries.write(session, scope=ALL, issue_id=delivery.issue_id, now=NOON)
        assert delivery.state is DeliveryState.UNKNOWN
        bounce(session, delivery)
        assert (delivery.state, delivery.why) == (DeliveryState.REFUSED, "bounced")
        assert session.get_one(Issue, delivery.issue_id, populate_existing=True).summarised_at is None
        counted = summaries.count(session, scope=ALL, issue_id=delivery.issue_id)
        assert sum(each.bounced or 0 for each in counted.values()) == 1


@sqlite
def test_a_report_can_be_quicker_than_the_reply_of_the_server_that_took_the_letter(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        held = claims.claim(session, sender="a", now=NOON, limit=99)
        delivery = rows(session, issue_id)[cast.anna]
        bounce(session, delivery)
        settling.settle(session, [(copy.claim, TAKEN) for copy in held], sender="a", now=NOON)
        session.expire_all()
        assert (delivery.state, delivery.why, delivery.attempts) == (DeliveryState.REFUSED, "bounced", 1)


@sqlite
@pytest.mark.parametrize("sender", ["anna@lund.example", "bo@lulea.example"])
def test_an_answer_from_its_addressee_settles_a_letter_that_nobody_knew_of(
    sessions: sessionmaker[Session], cast: Cast, sender: str
) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast, Unanswered("the line went dead"))[cast.anna]
        come_in(session, written("Tack!", sender=sender, answers=delivery.id), now=NOON, sender=sender)
        arrived = sender == "anna@lund.example"
        assert delivery.state is (DeliveryState.ACCEPTED if arrived else DeliveryState.UNKNOWN)


@sqlite
def test_an_automatic_reply_settles_it_too(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast, Unanswered("the line went dead"))[cast.anna]
        away = written(
            "Jag är borta.", sender="anna@lund.example", answers=delivery.id, Auto_Submitted="auto-replied"
        )
        come_in(session, away, now=NOON)
        assert (delivery.state, delivery.why) == (DeliveryState.ACCEPTED, "answered")


@sqlite
def test_a_full_mailbox_stops_an_address_after_five_letters(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        outcomes = []
        for number in range(5):
            when = NOON + timedelta(days=number)
            delivery = sent(session, cast, now=when)[cast.anna]
            mail = bounce(session, delivery, now=when, status="5.2.2", said="552 5.2.2 mailbox full")
            assert mail is not None
            outcomes.append(mail.outcome)
        assert outcomes == ["noted"] * 4 + ["stopped"]
        [row] = calls.listed(session, scope=ALL)
        assert (row.call.reason, row.call.facts["times"]) == (CallReason.FAILING, 5)


@sqlite
def test_spam_says_something_of_us_and_stops_nobody(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        for number in range(2):
            when = NOON + timedelta(days=number)
            delivery = sent(session, cast, now=when)[cast.anna]
            bounce(session, delivery, now=when, status="5.7.1", said="550 5.7.1 Message blocked as spam")
        assert stopped(session, "anna@lund.example") is None
        [row] = calls.listed(session, scope=ALL)
        assert row.call.facts["kind"] == "policy"


@sqlite
def test_what_a_person_has_forgiven_is_not_counted_again(sessions: sessionmaker[Session], cast: Cast) -> None:
    later = NOON + timedelta(days=1)
    with sessions.begin() as session:
        bounce(session, sent(session, cast)[cast.anna])
        suppressions.release(
            session, scope=ALL, address="anna@lund.example", reason="fungerar", actor="K", now=NOON
        )
        delivery = sent(session, cast, now=later)[cast.anna]
        mail = bounce(session, delivery, now=later, status="5.2.2", said="552 5.2.2 mailbox full")
        assert mail is not None
        assert mail.outcome == "noted"


def test_a_refusal_while_sending_takes_the_same_path(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        held = claims.claim(session, sender="a", now=NOON, limit=99)
        anna = rows(session, issue_id)[cast.anna].id
        said = {anna: Reply.of(550, "5.1.1 No such user here")}
        results = [(copy.claim, said.get(copy.claim.delivery_id, TAKEN)) for copy in held]
        settling.settle(session, results, sender="a", now=NOON)
        for count in (1, 0):  # a journal can tell it a second time
            assert failures.refused(session, results, scope=ALL, rules=USUAL, now=NOON) == count
        assert stopped(session, "anna@lund.example") is SuppressionReason.BOUNCED
        assert stopped(session, "bo@lulea.example") is None
        assert calls.count_open(session, scope=ALL) == 1


@sqlite
def test_a_refusal_for_now_follows_nothing_while_it_waits(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        held = claims.claim(session, sender="a", now=NOON, limit=99)
        results = [(copy.claim, Reply.of(450, "4.2.1 greylisted")) for copy in held]
        settling.settle(session, results, sender="a", now=NOON)
        assert failures.refused(session, results, scope=ALL, rules=USUAL, now=NOON) == 0
        assert session.scalar(select(func.count(AddressFailure.id))) == 0


@sqlite
def test_whoever_shares_an_address_that_is_gone_is_rung_too(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        bounce(session, sent(session, cast)[cast.cecilia])
        assert {row.person.id for row in calls.listed(session, scope=ALL)} == {cast.cecilia, cast.david}


@sqlite
def test_nothing_is_written_of_somebody_who_was_erased(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        session.get_one(Subscriber, cast.anna).erased_at = NOON
        delivery.address = delivery.canonical = ""
        session.flush()
        mail = bounce(session, delivery, "anna@lund.example")
        assert mail is not None
        assert mail.outcome == "erased"
        assert session.scalar(select(func.count(AddressFailure.id))) == 0


@sqlite
def test_a_report_of_odd_letters_is_written_down(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        said = "550 5.1.1 \x00 no\udcff such" + "x" * 5000
        delivery = sent(session, cast)[cast.anna]
        raw, to = report(delivery.id, "anna@lund.example", said="@")
        raw = raw.replace(b"smtp; @", b"smtp; " + said.encode("utf-8", "surrogateescape"))
        assert come_in(session, raw, now=NOON, recipients=to) is not None
        assert stopped(session, "anna@lund.example") is SuppressionReason.BOUNCED


@sqlite
def test_a_report_counts_who_answered_and_whose_letter_came_back_once_mail_reaches_us(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        deliveries = sent(session, cast)
        issue_id = deliveries[cast.anna].issue_id
        before = summaries.count(session, scope=ALL, issue_id=issue_id)
        assert {each.bounced for each in before.values()} == {None}  # nobody can know
        for text in ("Tack!", "Tack igen!"):
            mail = written(text, sender="anna@lund.example", answers=deliveries[cast.anna].id)
            come_in(session, mail, now=NOON, sender="anna@lund.example")
        bounce(session, deliveries[cast.bo])
        after = summaries.count(session, scope=ALL, issue_id=issue_id)
        assert (after["skane"].replies, after["skane"].bounced) == (1, 0)
        assert (after["norra"].replies, after["norra"].bounced) == (0, 1)


@sqlite
def test_a_report_counts_what_came_back_apart_from_what_was_refused(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        deliveries = sent(session, cast)
        bounce(session, deliveries[cast.anna])
        told = reports.of_issue(session, scope=ALL, issue_id=deliveries[cast.anna].issue_id)
        assert told is not None
        assert (told.total.refused, told.total.bounced) == (0, 1)


@sqlite
def test_a_member_whose_notice_came_back_counts_as_bounced_and_why_says_so(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        called = lists.by_purpose(session, purpose=ListPurpose.MEMBER_NOTICES)
        delivery = sent(session, cast, list_id=called.id)[cast.anna]
        bounce(session, delivery)
        which = {"scope": ALL, "issue_id": delivery.issue_id}
        account = notices.account(session, **which, today=NOON.date())
        standings = {member.subscriber_id: member.standing for member in account.members}
        assert standings[cast.anna] is Standing.BOUNCED
        explained = explaining.explain(session, **which, subscriber_id=cast.anna)
        assert "överlämnades, men kom tillbaka" in sentence(explained, "Europe/Stockholm")


@sqlite
def test_who_is_erased_leaves_no_failure_and_no_call_and_who_shares_the_address_is_rung(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        session.info[erasures.KEY] = b"a key of the tests"
        deliveries = sent(session, cast)
        bounce(session, deliveries[cast.anna])
        bounce(session, deliveries[cast.cecilia])
        for who in (cast.anna, cast.cecilia):
            erasure.erase(session, scope=ALL, subscriber_id=who, actor="K", now=NOON)
        assert session.scalars(select(AddressFailure.canonical)).all() == []  # they go with their mails
        assert stopped(session, "familjen@lund.example") is SuppressionReason.BOUNCED
        assert [row.person.id for row in calls.listed(session, scope=ALL)] == [cast.david]


@sqlite
def test_failures_and_closed_calls_go_after_a_year_and_open_ones_stay(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        deliveries = sent(session, cast)
        for who in (cast.anna, cast.bo):
            bounce(session, deliveries[who])
        closed = session.scalars(select(Call.id).where(Call.subscriber_id == cast.anna)).one()
        calls.close(session, scope=ALL, call_id=closed, how=calls.Closing.REACHED, actor="K", now=NOON)
        later = NOON + timedelta(days=370)
        due = retention.overdue(session, scope=ALL, now=later)
        assert (due["address-failures"], due["calls"]) == (2, 1)
        retention.carry_out(session, scope=ALL, by_hand=False, now=later)
        assert [row.person.id for row in calls.listed(session, scope=ALL)] == [cast.bo]
        assert stopped(session, "anna@lund.example") is SuppressionReason.BOUNCED


def test_two_reports_on_one_letter_can_both_be_deleted(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        delivery = sent(session, cast)[cast.anna]
        for said in ("550 5.1.1 No such user", "550 5.1.1 No such user at all"):
            assert bounce(session, delivery, said=said) is not None
        session.execute(delete(InboundMail))
        assert session.scalar(select(func.count(AddressFailure.id))) == 0
