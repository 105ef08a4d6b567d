"""Whoever mail does not reach gets the same words on paper."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Delivery, DeliveryState
from newsletter.rendering.values import PaperLetter
from newsletter.services import paper_letters
from subscribers.core.authority import Everything, Scope, SomeRegions
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.services.test_notices import notice, released
from tests.test_scope_walk import FRAME

__all__ = ["notice", "released"]

ALL = Everything("a test")


def written(
    sessions: sessionmaker[Session], issue_id: int, *, scope: Scope = ALL, also_waiting: bool = False
) -> dict[int, PaperLetter]:
    with sessions() as session:
        found = paper_letters.written(
            session, scope=scope, issue_id=issue_id, also_waiting=also_waiting, frame=FRAME,
            today=date(2030, 3, 1), now=NOON,
        )  # fmt: skip
    return {each.member.subscriber_id: each for each in found}


def test_each_who_needs_paper_is_greeted_by_name(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    with sessions.begin() as session:
        session.execute(
            update(Delivery).where(Delivery.subscriber_id == cast.anna).values(state=DeliveryState.ACCEPTED)
        )

    found = written(sessions, released)

    assert set(found) == {cast.elsa, cast.greta}  # no address, and a suppressed one
    assert "Hej Elsa!" in found[cast.elsa].text
    assert set(written(sessions, released, also_waiting=True)) == {
        cast.elsa, cast.greta, cast.bo, cast.cecilia, cast.david, cast.farid,
    }  # fmt: skip


def test_a_lead_gets_the_letters_of_the_own_region(
    sessions: sessionmaker[Session], cast: Cast, released: int
) -> None:
    assert set(written(sessions, released, scope=SomeRegions(frozenset({"norra"})))) == {cast.elsa}
