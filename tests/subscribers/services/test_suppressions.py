"""Addresses that must not be written to."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.errors import BadAddress, NotFound, SubscribersError
from subscribers.models import Suppression, SuppressionReason
from subscribers.services import acts, erasures, suppressions
from subscribers.services.suppressions import all_suppressions, is_suppressed, suppress
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")


def release(session: Session, *, scope: Scope, address: str, reason: str = "Ny server") -> bool:
    return suppressions.release(
        session, scope=scope, address=address, reason=reason, actor="redaktören", now=NOON
    )


SKANE = SomeRegions(frozenset({"skane"}))


def test_an_address_is_suppressed_however_it_is_written_and_keeps_its_first_reason(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        assert suppress(
            session,
            scope=ALL,
            address=" Anna@LUND.example ",
            reason=SuppressionReason.COMPLAINED,
            note="ringde",
            now=NOON,
        )
        assert not suppress(
            session,
            scope=ALL,
            address="anna@lund.example",
            reason=SuppressionReason.BY_HAND,
            now=NOON + timedelta(days=1),
        )

    with sessions() as session:
        kept = session.get_one(Suppression, "anna@lund.example")
        assert (kept.reason, kept.note, kept.created_at) == (SuppressionReason.COMPLAINED, "ringde", NOON)
        assert is_suppressed(session, scope=ALL, address="ANNA@lund.example")


def test_an_address_of_nobody_can_be_suppressed_ahead(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert suppress(
            session, scope=ALL, address="ny@lund.example", reason=SuppressionReason.IMPORTED, now=NOON
        )
        assert is_suppressed(session, scope=ALL, address="ny@lund.example")


def test_an_address_is_released(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert release(session, scope=ALL, address="Greta@studsar.example")
        assert not release(session, scope=ALL, address="greta@studsar.example")
        assert not is_suppressed(session, scope=ALL, address="greta@studsar.example")


def test_an_impossible_address_is_told(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session, pytest.raises(BadAddress):
        suppress(session, scope=ALL, address="anna", reason=SuppressionReason.BY_HAND, now=NOON)


def test_a_lead_of_skane_learns_and_changes_nothing_about_addresses_elsewhere(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for address in ("greta@studsar.example", "bo@lulea.example", "ingen@alls.example"):
            sentences = set()
            for scope in (SKANE, OnePerson(cast.anna), SomeRegions(frozenset())):
                with pytest.raises(NotFound) as asked:
                    is_suppressed(session, scope=scope, address=address)
                with pytest.raises(NotFound) as released:
                    release(session, scope=scope, address=address)
                with pytest.raises(NotFound) as suppressed:
                    suppress(
                        session,
                        scope=scope,
                        address=address,
                        reason=SuppressionReason.BY_HAND,
                        now=NOON,
                    )
                sentences |= {str(asked.value), str(released.value), str(suppressed.value)}
            assert len(sentences) == 1

    with sessions() as session:
        assert is_suppressed(session, scope=ALL, address="greta@studsar.example")
        assert not is_suppressed(session, scope=ALL, address="bo@lulea.example")


def test_a_lead_of_skane_suppresses_an_address_of_skane(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert suppress(
            session,
            scope=SKANE,
            address="anna@lund.example",
            reason=SuppressionReason.BY_HAND,
            now=NOON,
        )
        assert is_suppressed(session, scope=OnePerson(cast.anna), address="anna@lund.example")


def test_a_release_needs_a_reason_which_is_kept_apart_from_the_log_and_from_the_address(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        with pytest.raises(SubscribersError, match="varför"):
            release(session, scope=ALL, address="greta@studsar.example", reason=" ")
        assert is_suppressed(session, scope=ALL, address="greta@studsar.example")

        release(session, scope=ALL, address="greta@studsar.example", reason="Ny server hos Greta")
        [act] = acts.latest(session)

        assert (act.act, act.actor, act.at) == ("release address", "redaktören", NOON)
        assert act.details["reason_given"]
        assert "Greta" not in repr(act.details), "the log keeps everything for good"
        assert act.details["suppressed"] == "bounced"
        assert "greta" not in act.subject
        assert "studsar" not in act.subject
        [kept] = suppressions.releases(session, scope=ALL)
        assert (kept.canonical, kept.reason, kept.actor, kept.at) == (
            "greta@studsar.example", "Ny server hos Greta", "redaktören", NOON,
        )  # fmt: skip
        assert suppressions.releases(session, scope=SKANE) == []


def test_the_reason_for_a_release_goes_with_the_person(sessions: sessionmaker[Session], cast: Cast) -> None:
    sessions.configure(info={erasures.KEY: b"a key of the tests"})
    with sessions.begin() as session:
        release(session, scope=ALL, address="greta@studsar.example", reason="Greta har ny server")

        erasures.forget(session, scope=ALL, subscriber_id=cast.greta, now=NOON)

        assert suppressions.releases(session, scope=ALL) == []
        assert "Greta" not in repr([(a.subject, a.details) for a in acts.latest(session)])


def test_the_suppressed_are_listed_with_reason_source_and_time_within_the_scope(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        suppress(
            session,
            scope=ALL,
            address="anna@lund.example",
            reason=SuppressionReason.IMPORTED,
            note="stod som avregistrerad",
            source="unsubscribed.csv",
            now=NOON + timedelta(days=1),
        )
        found = all_suppressions(session, scope=ALL)
        assert [each.canonical for each in found] == ["anna@lund.example", "greta@studsar.example"]
        first = found[0]
        assert (first.reason, first.source) == (SuppressionReason.IMPORTED, "unsubscribed.csv")
        assert [each.canonical for each in all_suppressions(session, scope=SKANE)] == ["anna@lund.example"]
        assert all_suppressions(session, scope=OnePerson(cast.bo)) == []
