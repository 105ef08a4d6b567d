"""Segments are kept by those who answer for everyone, and counted by each within their own scope."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Issue, IssueStatus
from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.core.segment_text import parse, write
from subscribers.core.segments import AllOf, Attribute, Has, Member, Not, Rule
from subscribers.errors import NotFound, SegmentRefused
from subscribers.models import Segment, Tag
from subscribers.services import lists, segments
from subscribers.services.audience import select_audience, summary
from subscribers.services.segment_queries import condition
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("a test")
SKANE = SomeRegions(frozenset({"skane"}))
TODAY = date(2030, 3, 1)
MEMBERS = Member()

Names = Callable[..., list[str]]


@pytest.fixture
def names(sessions: sessionmaker[Session], cast: Cast) -> Names:
    """Ask whom a text selects; given names in Swedish order of family names."""

    def ask(text: str, scope: Scope = ALL) -> list[str]:
        with sessions() as session:
            rule = parse(text, segments.vocabulary(session))
            people = segments.examples(session, scope=scope, rule=rule, today=TODAY)
            assert segments.count(session, scope=scope, rule=rule, today=TODAY) == len(people)
        return [person.given_name for person in people]

    return ask


def test_a_text_selects_people_in_swedish_order(names: Names) -> None:
    assert names("region: Skåne, Norra och medlem: ja") == ["Elsa", "Anna", "Cecilia", "David", "Bo"]
    assert names("kommun: Göteborgs stad") == ["Greta", "Farid"]
    assert names("län: Norrbottens län eller språk: engelska") == ["Hilma", "Bo"]
    assert names("region: ingen") == ["Hilma"]
    assert names("lista: Nyhetsbrevet och region: Väst") == ["Greta"]  # Farid said no


def test_a_tag_is_found_whatever_its_case(sessions: sessionmaker[Session], cast: Cast, names: Names) -> None:
    with sessions.begin() as session:
        session.add_all(
            [
                Tag(subscriber_id=cast.anna, tag="Årsmötet"),
                Tag(subscriber_id=cast.bo, tag="ÅRSMÖTET"),
                Tag(subscriber_id=cast.elsa, tag="Arsmotet"),
            ]
        )

    assert names("tagg: årsmötet") == ["Anna", "Bo"]
    assert names("tagg: ÅRSMÖTET", SKANE) == ["Anna"]
    assert "Elsa" in names("inte tagg: Årsmötet")


def test_a_lead_counts_their_own_people_only(names: Names) -> None:
    assert names("medlem: ja", SKANE) == ["Anna", "Cecilia", "David"]
    assert names("region: Norra", SKANE) == []
    assert names("inte region: Skåne", SKANE) == []
    assert names("medlem: ja", SomeRegions(frozenset())) == []


def test_the_first_page_is_followed_by_the_next(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        pages = [
            segments.examples(session, scope=ALL, rule=MEMBERS, today=TODAY, limit=3, offset=at)
            for at in (0, 3, 6)
        ]

    assert [[person.given_name for person in page] for page in pages] == [
        ["Greta", "Farid", "Elsa"],
        ["Anna", "Cecilia", "David"],
        ["Bo"],
    ]
    assert pages[1][0].addresses[0].address == "anna@lund.example"


# --- Keeping them -------------------------------------------------------------------------------------------


def test_a_segment_is_kept_and_found_by_its_name_whatever_its_case(sessions: sessionmaker[Session]) -> None:
    rule = AllOf((MEMBERS, Not(Has(Attribute.REGION, ("skane",)))))
    with sessions.begin() as session:
        segments.save(session, scope=ALL, name="  Norr om  Åsen ", rule=rule, now=NOON)

    with sessions() as session:
        kept = segments.get(session, scope=SKANE, name="NORR OM ÅSEN")
        assert (kept.name, segments.rule_of(kept)) == ("Norr om Åsen", rule)
        text = write(rule, segments.vocabulary(session))
        assert parse(text, segments.vocabulary(session)) == rule


def test_saving_again_changes_the_rule_and_keeps_the_segment(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = segments.save(session, scope=ALL, name="Alla", rule=MEMBERS, now=NOON).id
    with sessions.begin() as session:
        again = segments.save(
            session, scope=ALL, name="ALLA", rule=Not(MEMBERS), now=NOON + timedelta(days=1)
        )
        assert again.id == first

    with sessions() as session:
        (kept,) = segments.all_segments(session, scope=ALL)
        assert segments.rule_of(kept) == Not(MEMBERS)
        assert (kept.name, kept.created_at, kept.updated_at) == ("Alla", NOON, NOON + timedelta(days=1))


@pytest.mark.parametrize("scope", [SKANE, OnePerson(1)])
def test_only_who_answers_for_everyone_keeps_or_takes_away(
    sessions: sessionmaker[Session], scope: Scope
) -> None:
    with sessions.begin() as session:
        segments.save(session, scope=ALL, name="Alla", rule=MEMBERS, now=NOON)
    with sessions() as session:
        with pytest.raises(SegmentRefused):
            segments.save(session, scope=scope, name="Mina", rule=MEMBERS, now=NOON)
        with pytest.raises(SegmentRefused):
            segments.delete(session, scope=scope, name="Alla")


def test_a_reader_of_one_letter_learns_nothing_of_segments(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        segments.save(session, scope=ALL, name="Hemligt", rule=MEMBERS, now=NOON)
        answers = []
        for name in ("Hemligt", "Annat"):
            with pytest.raises(NotFound) as refused:
                segments.get(session, scope=OnePerson(1), name=name)
            answers.append(str(refused.value))
        with pytest.raises(NotFound):
            segments.all_segments(session, scope=OnePerson(1))

    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\0b", "a\u202eb"])
def test_a_name_that_nobody_could_read_is_refused(sessions: sessionmaker[Session], name: str) -> None:
    with sessions() as session, pytest.raises(SegmentRefused):
        segments.save(session, scope=ALL, name=name, rule=MEMBERS, now=NOON)


def test_a_rule_too_large_is_not_kept(sessions: sessionmaker[Session]) -> None:
    rule: Rule = MEMBERS
    for _ in range(20):
        rule = Not(rule)
    with sessions() as session, pytest.raises(SegmentRefused):
        segments.save(session, scope=ALL, name="Djup", rule=rule, now=NOON)


def test_a_segment_goes_unless_a_letter_has_it(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        used = segments.save(session, scope=ALL, name="Använt", rule=MEMBERS, now=NOON)
        segments.save(session, scope=ALL, name="Fritt", rule=MEMBERS, now=NOON)
        session.add(
            Issue(
                list_id=cast.newsletter,
                year=2030,
                number=1,
                title="Ett",
                subject="Ett",
                status=IssueStatus.DRAFT,
                segment_id=used.id,
                created_at=NOON,
                updated_at=NOON,
            )
        )
    with sessions.begin() as session:
        segments.delete(session, scope=ALL, name="fritt")
        with pytest.raises(SegmentRefused, match="Använt"):
            segments.delete(session, scope=ALL, name="använt")

    with sessions() as session:
        assert [kept.name for kept in segments.all_segments(session, scope=ALL)] == ["Använt"]
        with pytest.raises(NotFound, match="Använt"):
            segments.get(session, scope=ALL, name="Fritt")


def test_what_is_stored_and_no_rule_is_refused(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.execute(
            insert(Segment).values(name="Trasigt", rule={"drop": "table"}, created_at=NOON, updated_at=NOON)
        )
    with sessions() as session, pytest.raises(SegmentRefused):
        segments.rule_of(segments.get(session, scope=ALL, name="Trasigt"))


# --- In an audience -----------------------------------------------------------------------------------------


def test_a_segment_narrows_an_audience_and_never_widens_it(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    def audience(text: str, scope: Scope = ALL) -> dict[int, str]:
        with sessions() as session:
            chosen = {
                "scope": scope,
                "mailing_list": lists.by_slug(session, slug="nyhetsbrev"),
                "regions": frozenset({"skane", "vast"}),
                "today": TODAY,
                "segment": condition(parse(text, segments.vocabulary(session)), today=TODAY),
            }
            rows = session.execute(select_audience(**chosen)).all()
            assert summary(session, **chosen).in_reach == len(rows)
        return {row.subscriber_id: row.reason for row in rows}

    assert audience("kommun: Göteborg, Luleå") == {cast.farid: "unsubscribed", cast.greta: "suppressed"}
    assert audience("inte kommun: Göteborg", SKANE) == {cast.anna: "", cast.cecilia: "", cast.david: ""}
