"""Letters come from roles' mailboxes and are answered to them, and not to anybody's own."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import BadAddress, NotFound, SubscribersError
from subscribers.models import Address, Fact, Region, RoleName
from subscribers.services import erasures, role_addresses, roles
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")
TODAY = NOON.date()


def give(session: Session, address: str, *, reason: str = "", region: str = "skane") -> bool:
    return role_addresses.give(
        session, scope=ALL, region=region, address=address, reason=reason, actor="Kim", now=NOON
    )


def lead(session: Session, who: int, region: str = "skane", **more: object) -> None:
    role = RoleName.REGIONAL_LEAD
    roles.give(session, scope=ALL, subscriber_id=who, role=role, region=region, **more)  # type: ignore[arg-type]


def answering(session: Session, region: str = "skane", days: int = 0) -> str:
    return role_addresses.answering(session, region=region, today=TODAY + timedelta(days=days))


def test_skanes_own_address_answers_while_skane_has_a_lead(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        assert give(session, " Skane@Eken.example ")
        assert not give(session, "Skane@eken.example")
        assert answering(session) == "", "nobody leads Skåne: the association answers"

        lead(session, cast.anna, ends_on=TODAY)

        assert answering(session) == "Skane@eken.example"
        assert answering(session, days=1) == "", "her last day has passed"
        assert answering(session, "norra") == "", "Norra has no address"
        assert answering(session, "ingenstans") == ""

        assert give(session, "")
        assert answering(session) == ""


def test_nobodys_own_address_becomes_a_regions_without_a_reason(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        lead(session, cast.anna)
        with pytest.raises(SubscribersError, match="egen adress"):
            give(session, "ANNA@lund.example")
        assert answering(session) == ""

        assert give(session, "anna@lund.example", reason="Skånes brevlåda, som Anna har fått låna")

        assert answering(session) == "anna@lund.example"
        [fact] = session.scalars(select(Fact))
        assert (fact.value, fact.stated_by) == ("Skånes brevlåda, som Anna har fått låna", "Kim")
        assert "anna" not in fact.key


def test_an_address_that_becomes_somebodys_own_later_answers_no_more(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        lead(session, cast.anna)
        give(session, "skane@eken.example")
        session.add(
            Address(
                subscriber_id=cast.bo, address="skane@eken.example", canonical="skane@eken.example",
                created_at=NOON,
            )
        )  # fmt: skip
        session.flush()

        assert answering(session) == ""
        assert role_addresses.own_among(session, scope=ALL, found=["skane@eken.example", "x@y.example"]) == [
            "skane@eken.example"
        ]


def test_an_office_that_reads_its_own_newsletter_is_nobody(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        session.add(
            Address(
                subscriber_id=cast.bo, address="info@eken.example", canonical="info@eken.example",
                created_at=NOON,
            )
        )  # fmt: skip
        session.flush()

        assert role_addresses.own_among(session, scope=ALL, found=["info@eken.example"]) == []


@pytest.mark.parametrize("address", ["skåne@eken.example", "s" * 65 + "@eken.example", "skane", "a@b@c"])
def test_everybody_must_be_able_to_answer(sessions: sessionmaker[Session], address: str) -> None:
    with sessions.begin() as session, pytest.raises(BadAddress):
        give(session, address)


def test_a_lead_decides_no_address_and_learns_nobodys(sessions: sessionmaker[Session], cast: Cast) -> None:
    skane = SomeRegions(frozenset({"skane"}))
    with sessions.begin() as session:
        for address in ("skane@eken.example", "bo@lulea.example"):
            with pytest.raises(SubscribersError, match="hela föreningen"):
                role_addresses.give(
                    session, scope=skane, region="skane", address=address, reason="", actor="Anna", now=NOON
                )
            with pytest.raises(SubscribersError, match="hela föreningen"):
                role_addresses.allow(
                    session, scope=skane, address=address, reason="x", actor="Anna", now=NOON
                )
        assert role_addresses.own_among(session, scope=skane, found=["anna@lund.example"]) == []
        with pytest.raises(NotFound):
            give(session, "x@eken.example", region="ingenstans")
        with pytest.raises(SubscribersError, match="varför"):
            role_addresses.allow(session, scope=ALL, address="x@y.example", reason=" ", actor="Kim", now=NOON)


def test_who_is_erased_leaves_no_address_and_no_reason_behind(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    sessions.configure(info={erasures.KEY: b"a key of the tests"})
    with sessions.begin() as session:
        give(session, "Anna@lund.example", reason="Anna har lovat")
        give(session, "norra@eken.example", region="norra")

        erasures.forget(session, scope=ALL, subscriber_id=cast.anna, now=NOON)

        assert session.scalars(select(Fact)).all() == []
        assert session.get_one(Region, "skane").address == ""
        assert session.get_one(Region, "norra").address == "norra@eken.example"
