"""The association puts its own words on people, and finds them again by these."""

import unicodedata

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.core.segments import Attribute, Has, fold
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import FieldChange, SetBy, Subscriber
from subscribers.services import changes, segments, tags
from subscribers.services.changes import Author
from subscribers.services.tags import TagInUse
from tests.cast import Cast
from tests.conftest import NOON

EVERYONE = Everything("tests")
LEAD_OF_NORRA = SomeRegions(frozenset({"norra"}))
OFFICER = Author(SetBy.PERSON, "Olle")


def put(session: Session, person: int, tag: str, scope: Scope = EVERYONE) -> bool:
    return tags.put(session, scope=scope, subscriber_id=person, tag=tag, author=OFFICER, now=NOON)


def take(session: Session, person: int, tag: str, scope: Scope = EVERYONE) -> bool:
    return tags.take(session, scope=scope, subscriber_id=person, tag=tag, author=OFFICER, now=NOON)


def tags_of(session: Session, person: int, scope: Scope = EVERYONE) -> list[str]:
    return list(tags.tags_of(session, scope=scope, subscriber_id=person))


def selected(session: Session, tag: str) -> int:
    rule = Has(Attribute.TAG, (fold(tag),))
    return segments.count(session, scope=EVERYONE, rule=rule, today=NOON.date())


def test_a_segment_selects_whom_a_tag_was_put_on_until_it_is_taken_off(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        assert selected(session, "ÅRSMÖTET") == 0

        assert put(session, cast.anna, "Årsmötet")
        assert selected(session, "ÅRSMÖTET") == 1

        assert take(session, cast.anna, "årsmötet")
        assert selected(session, "ÅRSMÖTET") == 0
        assert not take(session, cast.anna, "årsmötet")


def test_a_tag_written_in_another_way_is_the_same_tag(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        assert put(session, cast.anna, "  Stora   kören ")
        assert put(session, cast.anna, unicodedata.normalize("NFD", "Åre"))
        assert not put(session, cast.anna, "STORA KÖREN")
        assert not put(session, cast.anna, "åre")

        assert tags_of(session, cast.anna) == ["Stora kören", "Åre"]


def test_who_put_a_tag_on_a_person_and_took_it_off_is_remembered(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        put(session, cast.anna, "Styrelse")
        put(session, cast.anna, "styrelse")
        take(session, cast.anna, "STYRELSE")

        written = session.execute(
            select(FieldChange.field, FieldChange.old, FieldChange.new).order_by(FieldChange.id)
        ).all()
        assert [tuple(row) for row in written] == [
            ("tag:styrelse", None, "Styrelse"),
            ("tag:styrelse", "Styrelse", None),
        ]
        newest = changes.latest(session, scope=EVERYONE, subscriber_id=cast.anna)["tag:styrelse"]
        assert (newest.set_by, newest.actor, newest.at) == (SetBy.PERSON, "Olle", NOON)
        assert session.get_one(Subscriber, cast.anna).updated_at == NOON


@pytest.mark.parametrize("tag", ["", "   ", "å" * 61, "sty\0relse", "sty\u200brelse"])
def test_a_tag_that_nobody_could_read_is_refused(
    sessions: sessionmaker[Session], cast: Cast, tag: str
) -> None:
    with sessions.begin() as session:
        for change in (put, take):
            with pytest.raises(SubscribersError, match="Taggen"):
                change(session, cast.anna, tag)
        assert put(session, cast.anna, "å" * 60)


def test_tags_are_counted_in_swedish_order_and_within_the_scope(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for person, tag in (
            (cast.anna, "örnar"), (cast.anna, "Zebror"), (cast.bo, "zebror"), (cast.elsa, "zebror"),
            (cast.bo, "Ålar"), (cast.hilma, "gäster"),
        ):  # fmt: skip
            put(session, person, tag)

        everyones = [(each.tag.lower(), each.people) for each in tags.all_tags(session, scope=EVERYONE)]
        assert everyones == [("gäster", 1), ("zebror", 3), ("ålar", 1), ("örnar", 1)]
        assert tags.all_tags(session, scope=LEAD_OF_NORRA) == [TagInUse("zebror", 2), TagInUse("Ålar", 1)]
        assert tags.all_tags(session, scope=OnePerson(cast.anna)) == [
            TagInUse("Zebror", 1),
            TagInUse("örnar", 1),
        ]
        assert tags.all_tags(session, scope=SomeRegions(frozenset())) == []


def test_a_lead_neither_sees_nor_changes_the_tags_of_another_region(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        put(session, cast.anna, "styrelse")
        before = session.scalar(select(func.count(FieldChange.id)))
        told = set()
        for person in (cast.anna, 999_999):
            for change in (put, take):
                with pytest.raises(NotFound) as refused:
                    change(session, person, "styrelse", LEAD_OF_NORRA)
                told.add(str(refused.value))
            with pytest.raises(NotFound) as refused:
                tags_of(session, person, LEAD_OF_NORRA)
            told.add(str(refused.value))

        assert len(told) == 1, "missing and forbidden are told apart"
        assert tags_of(session, cast.anna) == ["styrelse"]
        assert session.scalar(select(func.count(FieldChange.id))) == before
        assert put(session, cast.bo, "styrelse", LEAD_OF_NORRA)
