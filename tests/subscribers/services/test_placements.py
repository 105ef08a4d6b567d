"""Regions change, and nobody is moved without somebody having seen whom."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import County, SetBy, Subscriber
from subscribers.services import changes, placements
from subscribers.services.changes import Author
from tests.cast import Cast
from tests.conftest import NOON

EVERYONE = Everything("tests")
SKANE = SomeRegions(frozenset({"skane"}))
OFFICER = Author(SetBy.PERSON, "Olle")


def test_moving_a_county_moves_its_people_except_those_placed_by_hand(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.david).placed_by_hand = True
        seen = placements.preview_move(session, scope=EVERYONE, county="Skåne län", region="Norra")
        assert [who.id for who in seen.moving] == [cast.anna, cast.cecilia]
        assert seen.staying == 1
        assert session.get_one(Subscriber, cast.anna).region_slug == "skane", "it was only a look"

        placements.move_county(session, scope=EVERYONE, county="12", region="norra", author=OFFICER, now=NOON)

    with sessions() as session:
        where = {who: session.get_one(Subscriber, who).region_slug for who in (cast.anna, cast.david)}
        assert where == {cast.anna: "norra", cast.david: "skane"}
        assert session.get_one(County, "12").region_slug == "norra"
        moved = changes.latest(session, scope=EVERYONE, subscriber_id=cast.anna)["region_slug"]
        assert (moved.old, moved.new, moved.actor) == ("skane", "norra", "Olle")


def test_an_unknown_county_is_told_with_those_that_there_are(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions() as session, pytest.raises(NotFound, match="Norrbotten"):
        placements.preview_move(session, scope=EVERYONE, county="Månen", region="norra")


def test_a_lead_moves_no_county_and_renames_no_region(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        with pytest.raises(SubscribersError):
            placements.preview_move(session, scope=SKANE, county="12", region="norra")
        with pytest.raises(SubscribersError):
            placements.rename(session, scope=SKANE, region="skane", name="Söder")


def test_a_region_gets_another_name_and_keeps_its_slug(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        renamed = placements.rename(session, scope=EVERYONE, region="Skåne", name="  Skåne och  Halland ")
        assert (renamed.slug, renamed.name) == ("skane", "Skåne och Halland")
        for taken in ("Norra", "", "x" * 81):
            with pytest.raises(SubscribersError):
                placements.rename(session, scope=EVERYONE, region="skane", name=taken)


def test_those_with_no_region_are_counted_and_listed_and_a_lead_sees_their_own_only(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions() as session:
        nowhere = placements.without_region(session, scope=EVERYONE)
        counted = {f.region.slug: f.people for f in placements.overview(session, scope=EVERYONE)}
        by_lead = {f.region.slug: f.people for f in placements.overview(session, scope=SKANE)}

        assert [who.id for who in nowhere] == [cast.hilma]
        assert placements.without_region(session, scope=SKANE) == []
        assert (counted["skane"], counted["norra"], counted["vast"]) == (3, 2, 2)
        assert (by_lead["skane"], by_lead["norra"]) == (3, 0)
