"""Handing a role over: what moves, who is signed out, and what is refused. On both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Handover, Note, RegionalLetter, WebSession
from newsletter.services import erasure, handovers, regional_letters, sign_ins
from newsletter.services import sessions as web_sessions
from newsletter.services.sessions import Device
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Act, Role, RoleName
from subscribers.services import roles
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("a test")
SKANE = SomeRegions(frozenset({"skane"}))
TODAY = NOON.date()
LEAD = RoleName.REGIONAL_LEAD
KEY = "a" * 32


def _lead(session: Session, cast: Cast) -> None:
    roles.give(session, scope=ALL, subscriber_id=cast.anna, role=LEAD, region="skane")
    web_sessions.open_session(
        session, subscriber_id=cast.anna, secret="s", device=Device("d", "Firefox"), now=NOON
    )
    sign_ins.make_link(session, subscriber_id=cast.anna, secret="a link", now=NOON)
    regional_letters.create(
        session, scope=ALL, region="skane", key=KEY, heading="Hej", text="Kom.", writer_id=cast.anna,
        actor="a test", now=NOON,
    )  # fmt: skip


def _hand(session: Session, cast: Cast, **changes: Any) -> handovers.Handed:
    given: dict[str, Any] = {
        "scope": SKANE, "asker_id": cast.anna, "subscriber_id": cast.anna, "successor_id": cast.cecilia,
        "role": LEAD, "region": "skane", "actor": "a test", "base_url": "https://eken.example",
        "today": TODAY, "now": NOON,
    }  # fmt: skip
    return handovers.hand_over(session, **{**given, **changes})


def test_a_lead_hands_over_their_region_with_its_letter_and_is_signed_out(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    last = TODAY + timedelta(days=90)
    with sessions.begin() as session:
        _lead(session, cast)
        seen = handovers.outlook(
            session, scope=SKANE, asker_id=cast.anna, subscriber_id=cast.anna, role=LEAD, region="skane",
            today=TODAY, now=NOON,
        )  # fmt: skip
        assert ([letter.key for letter in seen.letters], seen.devices, seen.staying) == ([KEY], 1, [])
        handed = _hand(session, cast, ends_on=last)
        assert (handed.moved, handed.leaves) == (True, True)
    with sessions() as session:
        [role] = session.scalars(select(Role).where(Role.role == LEAD))
        assert (role.subscriber_id, role.region_slug, role.ends_on) == (cast.cecilia, "skane", last)
        assert session.scalars(select(RegionalLetter.writer_id)).one() == cast.cecilia
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0
        assert not sign_ins.peek(session, secret="a link", now=NOON)
        kinds = {(note.kind, note.subscriber_id) for note in session.scalars(select(Note))}
        assert kinds == {("handover-given", cast.cecilia), ("handover-taken", cast.anna)}
        assert session.scalars(select(Act.act).where(Act.act == "role handed over")).all() != []


def test_twice_does_no_harm(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        _hand(session, cast)
    with sessions.begin() as session:
        assert not _hand(session, cast).moved
        assert session.scalar(select(func.count()).select_from(Note)) == 2


def test_with_another_role_left_nobody_is_signed_out(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        roles.give(session, scope=ALL, subscriber_id=cast.anna, role=RoleName.READER)
        assert not _hand(session, cast).leaves
        assert session.scalar(select(func.count()).select_from(WebSession)) == 1


def test_what_a_lead_may_not_hand_over_does_not_exist(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=LEAD, region="norra")
        for wrong in (
            {"successor_id": cast.bo},  # beyond what they see
            {"region": "norra"},  # not theirs
            {"subscriber_id": cast.bo, "region": "norra"},  # another's
            {"role": RoleName.ADMINISTRATOR, "region": None},
        ):
            with pytest.raises(NotFound):
                _hand(session, cast, **wrong)


def test_who_cannot_take_over_is_told_why(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        with pytest.raises(SubscribersError, match="ingen e-postadress"):
            _hand(session, cast, scope=ALL, successor_id=cast.elsa)
        with pytest.raises(SubscribersError, match="någon annan"):
            _hand(session, cast, successor_id=cast.anna)
        with pytest.raises(SubscribersError, match="redan varit"):
            _hand(session, cast, ends_on=date(2020, 1, 1))


def test_an_administrator_hands_over_for_others_and_the_last_one_only_to_somebody(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    admin = RoleName.ADMINISTRATOR
    with sessions.begin() as session:
        _lead(session, cast)
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=admin)
        with pytest.raises(SubscribersError, match="enda administratören"):
            roles.check_somebody_stays(session, scope=ALL, subscriber_id=cast.bo, role=admin, today=TODAY)
        assert _hand(session, cast, scope=ALL, asker_id=cast.bo).moved
        own = {"scope": ALL, "asker_id": cast.bo, "subscriber_id": cast.bo, "role": admin, "region": None}
        assert _hand(session, cast, **own, successor_id=cast.hilma).leaves
        assert [each.id for each in roles.holders(session, scope=ALL, role=admin)] == [cast.hilma]


def test_what_went_along_is_written_down_as_it_was_on_the_day(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        _hand(session, cast, ends_on=TODAY)
    with sessions.begin() as session:
        session.scalars(select(RegionalLetter)).one().issue.subject = "Ändrat sedan dess"
        [found] = handovers.past(session, scope=SKANE, asker_id=cast.cecilia, today=TODAY)
        assert (found.predecessor_id, found.successor_id, found.role, found.region_slug) == (
            cast.anna, cast.cecilia, LEAD, "skane"
        )  # fmt: skip
        assert (found.made_at, found.ends_on, found.work["region"]) == (NOON, TODAY, "Skåne")
        assert found.work["letters"] == [{"way": f"brev/{KEY}/titta", "title": "Hej"}]


def test_a_second_try_writes_nothing_more_down(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        assert _hand(session, cast).record is not None
        assert _hand(session, cast).record is None
        assert session.scalar(select(func.count()).select_from(Handover)) == 1


def test_the_successor_and_administrators_read_it_again_and_nobody_else(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        made = _hand(session, cast).record
        assert made is not None
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.ADMINISTRATOR)
        roles.give(session, scope=ALL, subscriber_id=cast.farid, role=RoleName.OFFICER)

        def readable(asker: int) -> list[int]:
            return [each.id for each in handovers.past(session, scope=ALL, asker_id=asker, today=TODAY)]

        assert readable(cast.cecilia) == readable(cast.bo) == [made.id]
        assert readable(cast.farid) == readable(cast.anna) == []
        given: dict[str, Any] = {"scope": ALL, "handover_id": made.id, "today": TODAY}
        assert handovers.one(session, asker_id=cast.cecilia, **given) is made
        with pytest.raises(NotFound):
            handovers.one(session, asker_id=cast.farid, **given)


@pytest.mark.parametrize("who", ["anna", "cecilia"])
def test_it_goes_with_either_of_the_two_who_is_erased(
    sessions: sessionmaker[Session], cast: Cast, who: str
) -> None:
    with sessions.begin() as session:
        _lead(session, cast)
        _hand(session, cast)
        gone = getattr(cast, who)
        erasure.erase(session, scope=ALL, subscriber_id=gone, actor="a test", remember=False, now=NOON)
        assert session.scalar(select(func.count()).select_from(Handover)) == 0
