"""Whom to ring or write to: said once, seen by those who may, and closed with a word on how it ended."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import AddressChange, Call, CallReason, Note
from newsletter.services import address_changes, call_proposals, call_words, calls
from newsletter.services.calls import Closing
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Subscriber, Suppression
from subscribers.services import erasures
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("a test")
SKANE, NORRA = SomeRegions(frozenset({"skane"})), SomeRegions(frozenset({"norra"}))


def opened(session: Session, who: int, address: str, reason: CallReason, proposal: str = "") -> int:
    calls.open_call(
        session,
        subscriber_id=who,
        canonical=address,
        reason=reason,
        facts={"kind": "address"},
        proposal=proposal,
        now=NOON,
    )
    return session.scalars(select(Call.id).order_by(Call.id.desc())).first() or 0


def test_one_person_address_and_reason_is_open_once(sessions: sessionmaker[Session], cast: Cast) -> None:
    said = {
        "subscriber_id": cast.anna,
        "canonical": "anna@lund.example",
        "reason": CallReason.BOUNCED,
        "facts": {},
    }
    with sessions.begin() as session:
        assert calls.open_call(session, **said, now=NOON)
        assert not calls.open_call(session, **said, now=NOON + timedelta(days=1))
        [only] = calls.listed(session, scope=ALL)
        calls.close(session, scope=ALL, call_id=only.call.id, how=Closing.REACHED, actor="Olle", now=NOON)
        assert calls.listed(session, scope=ALL) == []
        assert calls.open_call(session, **said, now=NOON + timedelta(days=2))


sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@sqlite
def test_a_lead_sees_and_closes_those_of_their_region_alone(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        row = opened(session, cast.bo, "bo@lulea.example", CallReason.BOUNCED)
        assert calls.listed(session, scope=SKANE) == []
        assert calls.count_open(session, scope=SKANE) == 0
        with pytest.raises(NotFound):
            calls.close(session, scope=SKANE, call_id=row, how=Closing.REACHED, actor="Kim", now=NOON)
        assert calls.count_open(session, scope=NORRA) == 1
        calls.close(session, scope=NORRA, call_id=row, how=Closing.REACHED, actor="Kim", now=NOON)
        assert session.get_one(Call, row).closed_how == "reached"
        with pytest.raises(NotFound):
            calls.close(session, scope=NORRA, call_id=row, how=Closing.REACHED, actor="Kim", now=NOON)


@sqlite
def test_the_dead_are_not_rung(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        opened(session, cast.anna, "anna@lund.example", CallReason.HAS_LEFT)
        session.get_one(Subscriber, cast.anna).deceased_on = NOON.date()
        session.flush()
        assert calls.listed(session, scope=ALL) == []


@sqlite
def test_an_address_that_works_after_all_is_written_to_again(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        row = opened(session, cast.greta, "greta@studsar.example", CallReason.BOUNCED)
        with pytest.raises(SubscribersError):
            calls.close(session, scope=ALL, call_id=row, how=Closing.WORKS, actor="Olle", now=NOON)
        asked = {"scope": ALL, "call_id": row, "how": Closing.WORKS, "actor": "Olle"}
        calls.close(session, **asked, note="Greta svarade från den.", now=NOON)
        assert session.get(Suppression, "greta@studsar.example") is None


@sqlite
def test_a_proposed_address_is_asked_first_and_then_closes_the_row(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        session.info[erasures.KEY] = b"a key of the tests"
        row = opened(session, cast.anna, "anna@lund.example", CallReason.NEW_ADDRESS, "anna@malmo.example")
        call_proposals.ask(
            session, scope=SKANE, call_id=row, secret="s", base_url="https://x.example", actor="Kim", now=NOON
        )
        assert [note.kind for note in session.scalars(select(Note))] == ["new-address"]
        assert calls.count_open(session, scope=ALL) == 1
        address_changes.confirm(session, secret="s", undo_secret="u", base_url="https://x.example", now=NOON)
        assert calls.count_open(session, scope=ALL) == 0
        assert session.get_one(Call, row).closed_how == "new-address"


@sqlite
def test_without_a_proposal_nobody_is_asked(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        row = opened(session, cast.anna, "anna@lund.example", CallReason.HAS_LEFT)
        with pytest.raises(SubscribersError, match="ingen ny adress"):
            call_proposals.ask(
                session, scope=ALL, call_id=row, secret="s", base_url="https://x.example", actor="K", now=NOON
            )
        assert session.scalars(select(AddressChange)).all() == []


@pytest.mark.parametrize("reason", list(CallReason))
def test_every_reason_says_what_happened_and_what_to_do(reason: CallReason) -> None:
    call = Call(
        canonical="anna@lund.example",
        reason=reason,
        facts={"kind": "full", "times": 5},
        proposal="anna@malmo.example",
        opened_at=NOON,
    )
    said = call_words.happened(call, zone="Europe/Stockholm")
    assert "anna@lund.example" in said
    assert "1 mars" in said
    assert "{" not in said + call_words.to_do(call, name="Anna")


def test_facts_that_nobody_knows_are_told_as_unknown() -> None:
    call = Call(canonical="a@b.example", reason=CallReason.BOUNCED, facts={"kind": "?"}, opened_at=NOON)
    assert "säger inte varför" in call_words.happened(call, zone="Europe/Stockholm")
