"""A segment asked of the database selects exactly those whom the rule selects, on SQLite and PostgreSQL."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Delivery, DeliveryState
from newsletter.services.segment_conditions import BUILDERS
from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.core.segments import (
    DEEPEST,
    FOLDED,
    MOST_CONDITIONS,
    MOST_VALUES,
    AllOf,
    AnyOf,
    Attribute,
    Has,
    Not,
    Person,
    Rule,
    dump,
    fold,
    load,
    selects,
)
from subscribers.models import MailingList, Municipality, Role, RoleName, Subscriber, Subscription, Tag
from subscribers.services import members, segments
from subscribers.services.dialects import folded
from subscribers.services.segment_queries import select_people
from tests.conftest import NOON
from tests.letterpress import set_issue
from tests.segment_rules import REGIONS, TODAY, people, rules

ALL = Everything("a test")

#: One database serves all examples of a property: each leaves it as it was.
PROPERTY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

#: Stands for the ids of the two issues in rules, which are known only when they are made.
FIRST, SECOND = "900001", "900002"


@pytest.fixture
def issues(sessions: sessionmaker[Session]) -> dict[str, int]:
    with sessions.begin() as session:
        newsletter = session.scalars(select(MailingList.id)).first()
        return {name: set_issue(session, list_id=newsletter, now=NOON) for name in ("first", "second")}


def move_in(session: Session, person: Person, issues: dict[str, int]) -> int:
    row = Subscriber(
        given_name="Någon",
        region_slug=person.region,
        municipality_code=person.municipality,
        member_since=person.member_since,
        member_until=person.member_until,
        title=person.title,
        language=person.language,
        placed_by_hand=person.placed_by_hand,
        deceased_on=TODAY if person.deceased else None,
        created_at=NOON,
        updated_at=NOON,
    )
    session.add(row)
    session.flush()
    known = {known.slug: known.id for known in session.scalars(select(MailingList))}
    session.add_all(
        # A "no" is a row, too.
        Subscription(
            subscriber_id=row.id, list_id=list_id, active=slug in person.lists, changed_at=NOON, source="test"
        )
        for slug, list_id in known.items()
        if slug in person.lists or person.placed_by_hand
    )
    session.add_all(Tag(subscriber_id=row.id, tag=tag) for tag in person.tags)
    for held in person.roles:
        region = "skane" if held.role == "regional-lead" else None
        session.add(
            Role(subscriber_id=row.id, role=RoleName(held.role), region_slug=region, ends_on=held.ends_on)
        )
    for name, issue_id in issues.items():
        state = DeliveryState.ACCEPTED if name in person.issues else DeliveryState.UNKNOWN
        session.add(Delivery(issue_id=issue_id, subscriber_id=row.id, state=state))
    session.flush()
    return row.id


def with_codes(session: Session, person: Person, issues: dict[str, int]) -> Person:
    """Return the person as rules see them: with the county, and the issues by their ids."""
    county = None
    if person.municipality:
        county = session.get_one(Municipality, person.municipality).county_code
    got = frozenset(str(issues[name]) for name in person.issues)
    fields = {name: getattr(person, name) for name in Person.__slots__}
    return Person(**(fields | {"county": county, "issues": got}))


def with_issues(rule: Rule, issues: dict[str, int]) -> Rule:
    text = {FIRST: str(issues["first"]), SECOND: str(issues["second"])}
    match rule:
        case Has(Attribute.ISSUE, values):
            return Has(Attribute.ISSUE, tuple(text[value] for value in values))
        case Not(inner):
            return Not(with_issues(inner, issues))
        case _ if hasattr(rule, "rules"):
            return type(rule)(tuple(with_issues(each, issues) for each in rule.rules))
        case _:
            return rule


def selected(session: Session, rule: Rule, scope: Scope = ALL) -> set[int]:
    found = session.scalars(select_people(scope=scope, rule=rule, today=TODAY, builders=BUILDERS)).all()
    assert len(found) == len(set(found)), "somebody is selected twice"
    return set(found)


@PROPERTY
@given(st.lists(people, max_size=7), st.lists(rules((FIRST, SECOND)), min_size=1, max_size=6))
@example([Person(tags=frozenset({"ÅSNEBRYGGAN"}))], [Has(Attribute.TAG, ("åsnebryggan",))])
@example([Person()], [Not(Has(Attribute.REGION, ("skane",)))])
def test_the_database_selects_exactly_those_whom_the_rule_selects(
    sessions: sessionmaker[Session],
    issues: dict[str, int],
    register: Sequence[Person],
    asked: Sequence[Rule],
) -> None:
    with sessions() as session:
        ids = {move_in(session, person, issues): person for person in register}
        seen = {who: with_codes(session, person, issues) for who, person in ids.items()}
        for general in asked:
            rule = with_issues(general, issues)
            meant = {who for who, person in seen.items() if selects(rule, person, today=TODAY)}
            assert selected(session, rule) == meant
            assert segments.count(session, scope=ALL, rule=rule, today=TODAY, builders=BUILDERS) == len(meant)
        session.rollback()


@PROPERTY
@given(
    st.lists(people, max_size=6),
    rules((FIRST, SECOND)),
    st.frozensets(st.sampled_from(REGIONS), max_size=2),
    st.text(max_size=8) | st.sampled_from(["Någon", "n", "%", "_", "någon någon", "*", "0"]),
)
def test_a_lead_neither_counts_nor_sees_others_by_any_rule_or_search_text(
    sessions: sessionmaker[Session],
    issues: dict[str, int],
    register: Sequence[Person],
    general: Rule,
    led: frozenset[str],
    text: str,
) -> None:
    scope = SomeRegions(led)
    with sessions() as session:
        ids = {move_in(session, person, issues): person for person in register}
        rule = with_issues(general, issues)
        theirs = {who for who, person in ids.items() if person.region in led}
        seen = selected(session, rule, scope)
        assert seen == selected(session, rule) & theirs
        assert segments.count(session, scope=scope, rule=rule, today=TODAY, builders=BUILDERS) == len(seen)
        shown = segments.examples(session, scope=scope, rule=rule, today=TODAY, builders=BUILDERS, limit=50)
        assert {person.id for person in shown} == seen
        if "\0" not in text:
            assert {p.id for p in members.find(session, scope=scope, text=text, limit=50)} <= theirs
        session.rollback()


def test_a_person_by_token_is_selected_alone(sessions: sessionmaker[Session], issues: dict[str, int]) -> None:
    with sessions() as session:
        first, _second = (move_in(session, Person(language="sv"), issues) for _ in range(2))
        everyone = Has(Attribute.LANGUAGE, ("sv",))

        assert selected(session, everyone, OnePerson(first)) == {first}


def test_both_databases_fold_the_same_letters(sessions: sessionmaker[Session]) -> None:
    every = "".join(map(chr, range(0x20, 0x250))) + "ẞΑАİıſ" + "".join(FOLDED)
    with sessions() as session:
        for piece in (every[at : at + 60] for at in range(0, len(every), 60)):
            person = Subscriber(title=piece, created_at=NOON, updated_at=NOON)
            session.add(person)
            session.flush()
            stored = session.scalar(select(folded(Subscriber.title)).where(Subscriber.id == person.id))
            assert stored == fold(piece)


def test_the_deepest_and_the_largest_rule_can_be_asked(
    sessions: sessionmaker[Session], issues: dict[str, int]
) -> None:
    tag, issue = Has(Attribute.TAG, ("a",)), Has(Attribute.ISSUE, ("1",))
    deepest: Rule = issue
    for level in range(DEEPEST - 1):
        deepest = (AllOf if level % 2 else AnyOf)((Not(tag) if level == DEEPEST - 3 else tag, deepest))
    values = tuple(f"tagg {n}" for n in range(MOST_VALUES))
    largest = AnyOf((Has(Attribute.TAG, values), *[issue] * (MOST_CONDITIONS - 1)))
    with sessions() as session:
        for rule in (deepest, largest):
            load(dump(rule))
            assert selected(session, rule) == set()
            assert selected(session, Not(rule)) == set()


def test_a_rule_about_a_table_that_nobody_knows_is_a_mistake_of_the_program() -> None:
    with pytest.raises(LookupError):
        select_people(scope=ALL, rule=Has(Attribute.ISSUE, ("1",)), today=TODAY)
