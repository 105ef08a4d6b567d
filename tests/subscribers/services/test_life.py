"""People move, follow other regions, and die; and no file undoes what somebody has said of them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.audience import NotReached
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, SetBy, Subscriber
from subscribers.services import changes, consents, imports, life, lists
from subscribers.services.audience import select_audience
from subscribers.services.changes import Author
from tests.cast import Cast
from tests.conftest import NOON

EVERYONE = Everything("tests")
LEAD_OF_NORRA = SomeRegions(frozenset({"norra"}))
OFFICER = Author(SetBy.PERSON, "Olle")
TODAY = NOON.date()


def reached(session: Session, purpose: ListPurpose, *regions: str) -> dict[int, tuple[str, str]]:
    """Region read and reason, by person."""
    rows = session.execute(
        select_audience(
            scope=EVERYONE,
            mailing_list=lists.by_purpose(session, purpose=purpose),
            regions=frozenset(regions) or None,
            today=TODAY,
        )
    )
    return {row.subscriber_id: (row.region, row.reason) for row in rows}


def mark(session: Session, person: int, on: date | None = TODAY, scope=EVERYONE) -> bool:
    return life.mark_deceased(session, scope=scope, subscriber_id=person, on=on, author=OFFICER, now=NOON)


@pytest.mark.parametrize("purpose", [ListPurpose.NEWSLETTER, ListPurpose.MEMBER_NOTICES])
def test_nobody_writes_to_a_person_who_has_died_not_even_a_member_notice(
    sessions: sessionmaker[Session], cast: Cast, purpose: ListPurpose
) -> None:
    with sessions.begin() as session:
        assert reached(session, purpose)[cast.anna] == ("skane", "")

        assert mark(session, cast.anna)

        assert reached(session, purpose)[cast.anna] == ("skane", NotReached.DECEASED.value)


def test_a_mistaken_death_can_be_taken_back_and_both_are_remembered(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        assert mark(session, cast.anna)
        assert not mark(session, cast.anna)
        assert mark(session, cast.anna, None)

        newest = changes.latest(session, scope=EVERYONE, subscriber_id=cast.anna)["deceased_on"]
        assert (newest.old, newest.new, newest.actor) == ("2030-03-01", None, "Olle")
        assert reached(session, ListPurpose.NEWSLETTER)[cast.anna] == ("skane", "")


def test_nobody_dies_tomorrow(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session, pytest.raises(SubscribersError):
        mark(session, cast.anna, TODAY + timedelta(days=1))


def test_a_later_file_does_not_bring_anybody_back_to_life(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    register = "Medlemsnr;Förnamn;Efternamn;E-post;Kommun\nM001;Anna;Åkesson;anna.ny@lund.example;Lund\n"
    with sessions.begin() as session:
        mark(session, cast.anna)
    with sessions.begin() as session:
        imports.import_register(
            session, scope=EVERYONE, name="register.csv", content=register.encode(), now=NOON
        )

    with sessions() as session:
        assert session.get_one(Subscriber, cast.anna).deceased_on == TODAY
        assert {
            why for who, (_, why) in reached(session, ListPurpose.NEWSLETTER).items() if who == cast.anna
        } == {NotReached.DECEASED.value}
        assert len(session.scalars(select(Subscriber)).all()) == 8, "a second Anna has come to life"


def test_a_lead_marks_nobody_of_another_region(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session, pytest.raises(NotFound):
        mark(session, cast.anna, scope=LEAD_OF_NORRA)


def follow(session: Session, person: int, *slugs: str, everywhere: bool = False) -> bool:
    return life.follow(
        session,
        scope=EVERYONE,
        subscriber_id=person,
        regions_followed=slugs,
        all_regions=everywhere,
        author=OFFICER,
        now=NOON,
    )


def test_who_follows_a_region_gets_its_letters_as_its_own_people_read_them(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for person in (cast.anna, cast.bo, cast.hilma):
            regional = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS)
            consents.resubscribe(
                session, scope=EVERYONE, subscriber_id=person, list_id=regional.id, source="test", now=NOON
            )
        assert follow(session, cast.bo, "Skåne", "vast")
        assert follow(session, cast.hilma, everywhere=True)
        assert not follow(session, cast.hilma, everywhere=True)

        letters = reached(session, ListPurpose.REGIONAL_LETTERS, "skane")
        assert letters[cast.anna] == letters[cast.bo] == letters[cast.hilma] == ("skane", "")
        assert reached(session, ListPurpose.REGIONAL_LETTERS, "norra")[cast.bo] == ("norra", "")
        assert cast.anna not in reached(session, ListPurpose.REGIONAL_LETTERS, "norra")
        assert cast.bo not in reached(session, ListPurpose.NEWSLETTER, "skane")
        assert life.followed_by(session, scope=EVERYONE, subscriber_id=cast.bo) == ["skane", "vast"]


def test_a_member_placed_by_hand_stays_there_until_the_municipality_counts_again(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    def place(session: Session, region: str | None, reason: str = "") -> bool:
        return life.place(
            session,
            scope=EVERYONE,
            subscriber_id=cast.anna,
            region=region,
            reason=reason,
            author=OFFICER,
            now=NOON,
        )

    with sessions.begin() as session:
        anna = session.get_one(Subscriber, cast.anna)
        with pytest.raises(SubscribersError):
            place(session, "norra")
        assert place(session, "norra", "Arbetar i Luleå")
        assert (anna.region_slug, anna.placed_by_hand, anna.placement_reason) == (
            "norra",
            True,
            "Arbetar i Luleå",
        )
        assert place(session, None)
        assert (anna.region_slug, anna.placed_by_hand, anna.placement_reason) == ("skane", False, "")


def test_a_lead_places_nobody(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session, pytest.raises(SubscribersError):
        life.place(
            session,
            scope=LEAD_OF_NORRA,
            subscriber_id=cast.bo,
            region="skane",
            reason="ville",
            author=OFFICER,
            now=NOON,
        )
