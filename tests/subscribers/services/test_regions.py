"""Regions as they stand in the database."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.errors import NotFound
from subscribers.models import County, Municipality, Region
from subscribers.services import regions


def test_the_facts_are_loaded_once(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        regions.load_facts(session)

        counts = [session.scalar(select(func.count()).select_from(t)) for t in (Region, County, Municipality)]
        assert counts == [10, 21, 290]


def test_a_county_that_was_moved_takes_its_municipalities_along(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.get_one(County, "13").region_slug = "skane"
        session.flush()
        known = regions.gazetteer(session)
        halmstad = known.municipality("Halmstads kommun")

        assert halmstad is not None
        assert known.region_of(halmstad) == "skane"


@pytest.mark.parametrize("text", ["skane", "Skåne", "SKÅNE", "Region Skåne"])
def test_a_region_is_found_by_what_people_write(sessions: sessionmaker[Session], text: str) -> None:
    with sessions() as session:
        assert regions.find_region(session, text=text).slug == "skane"


def test_an_unknown_region_is_told_with_the_known_ones(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, pytest.raises(NotFound, match=r"Norrland.*Gävle/Dala.*Västmanland/Uppsala"):
        regions.find_region(session, text="Norrland")
