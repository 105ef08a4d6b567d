"""Roles: who leads which region, and who may say so."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import RoleName, Subscriber
from subscribers.services.roles import concerns, give, held, holders, leads_of, roles_of, take
from tests.cast import Cast

ALL = Everything("test")
SKANE = SomeRegions(frozenset({"skane"}))
LEAD, OFFICER = RoleName.REGIONAL_LEAD, RoleName.OFFICER
LAST = date(2030, 6, 30)


def test_anna_leads_skane_until_she_does_not(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane")
        assert not give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane")
        assert give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="vast")
        [anna] = holders(session, scope=ALL, role=LEAD, region="skane")
        assert anna.id == cast.anna
        assert holders(session, scope=ALL, role=LEAD, region="norra") == []

        assert take(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane")
        assert not take(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane")
        assert holders(session, scope=ALL, role=LEAD, region="skane") == []
        assert [r.region_slug for r in roles_of(session, scope=ALL, subscriber_id=cast.anna)] == ["vast"]


def test_an_officer_has_no_region_and_has_the_role_once(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert give(session, scope=ALL, subscriber_id=cast.bo, role=OFFICER)
        assert not give(session, scope=ALL, subscriber_id=cast.bo, role=OFFICER)
        assert [who.id for who in holders(session, scope=ALL, role=OFFICER)] == [cast.bo]
        assert take(session, scope=ALL, subscriber_id=cast.bo, role=OFFICER)


def test_a_lead_without_a_region_is_a_mistake(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        with pytest.raises(ValueError, match="leads a region"):
            give(session, scope=ALL, subscriber_id=cast.bo, role=LEAD)
        with pytest.raises(ValueError, match="leads a region"):
            give(session, scope=ALL, subscriber_id=cast.bo, role=OFFICER, region="skane")
        with pytest.raises(NotFound, match="nowhere"):
            give(session, scope=ALL, subscriber_id=cast.bo, role=LEAD, region="nowhere")
        with pytest.raises(NotFound):
            give(session, scope=ALL, subscriber_id=999_999, role=LEAD, region="skane")


def test_a_lead_of_skane_appoints_nobody_and_sees_no_roles_elsewhere(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        give(session, scope=ALL, subscriber_id=cast.bo, role=LEAD, region="norra")
        for scope in (SKANE, OnePerson(cast.anna)):
            for who in (cast.anna, cast.bo):
                with pytest.raises(SubscribersError, match="hela föreningen"):
                    give(session, scope=scope, subscriber_id=who, role=OFFICER)
                with pytest.raises(SubscribersError, match="hela föreningen"):
                    take(session, scope=scope, subscriber_id=who, role=LEAD, region="norra")
            assert holders(session, scope=scope, role=LEAD, region="norra") == []
            with pytest.raises(NotFound):
                roles_of(session, scope=scope, subscriber_id=cast.bo)
        assert len(holders(session, scope=ALL, role=LEAD, region="norra")) == 1


def test_a_role_past_its_last_day_counts_as_none(sessions: sessionmaker[Session], cast: Cast) -> None:
    def counts(today: date) -> bool:
        mine = held(session, scope=ALL, subscriber_id=cast.anna, today=today)
        among = cast.anna in [
            p.id for p in holders(session, scope=ALL, role=LEAD, region="skane", today=today)
        ]
        assert bool(mine) is among
        return among

    with sessions.begin() as session:
        assert give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane", ends_on=LAST)
        assert counts(LAST)
        assert not counts(LAST + timedelta(days=1))

        assert give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane")
        assert counts(LAST + timedelta(days=1)), "the end was taken away"


def test_a_region_without_a_lead_falls_to_the_officer(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        give(session, scope=ALL, subscriber_id=cast.bo, role=OFFICER)
        give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane", ends_on=LAST)

        def answering(today: date) -> list[int]:
            return [who.id for who in leads_of(session, scope=ALL, region="skane", today=today)]

        assert answering(LAST) == [cast.anna]
        assert answering(LAST + timedelta(days=1)) == [cast.bo]
        session.get_one(Subscriber, cast.anna).deceased_on = LAST
        assert answering(LAST) == [cast.bo]


def test_somebody_is_reminded_before_a_role_ends_and_warned_of_the_last_administrator(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane", ends_on=LAST)
        give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.ADMINISTRATOR)
        give(session, scope=ALL, subscriber_id=cast.elsa, role=RoleName.ADMINISTRATOR, ends_on=LAST)

        early = concerns(session, scope=ALL, today=LAST - timedelta(days=31))
        assert (early.ending, early.administrators) == ([], 2)
        assert "skane" not in early.without_lead
        assert "norra" in early.without_lead
        near = concerns(session, scope=ALL, today=LAST - timedelta(days=30))
        assert [role.subscriber_id for role in near.ending] == [cast.anna, cast.elsa]
        after = concerns(session, scope=ALL, today=LAST + timedelta(days=1))
        assert (after.ending, after.administrators) == ([], 1)
        assert "skane" in after.without_lead
