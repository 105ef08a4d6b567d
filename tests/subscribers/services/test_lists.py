"""The four lists are found by what they are for and by their short names."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from subscribers.errors import NotFound
from subscribers.models import ListPurpose
from subscribers.services import lists


def test_every_purpose_has_its_list(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        for purpose in ListPurpose:
            found = lists.by_purpose(session, purpose=purpose)
            assert lists.by_slug(session, slug=found.slug) is found
            assert lists.get(session, list_id=found.id) is found
        assert len(lists.all_lists(session)) == 4


def test_an_unknown_list_is_told_with_the_known_ones(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        with pytest.raises(NotFound, match=r"hemligt.*nyhetsbrev, regionbrev"):
            lists.by_slug(session, slug="hemligt")
        with pytest.raises(NotFound):
            lists.get(session, list_id=999_999)
