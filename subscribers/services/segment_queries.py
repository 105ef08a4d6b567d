"""A segment as one query: what ``core.segments.selects`` says of one person, said of everyone at once.

Conditions that need tables of others, such as who got an issue, are handed in by who knows these tables.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import assert_never

from sqlalchemy import ColumnElement, Select, and_, exists, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from subscribers.core.authority import Scope
from subscribers.core.segments import (
    NONE,
    AllOf,
    AnyOf,
    Attribute,
    Condition,
    Has,
    JoinedAfter,
    JoinedBefore,
    Member,
    Not,
    PlacedByHand,
    Rule,
)
from subscribers.models import MailingList, Municipality, Role, RoleName, Subscriber, Subscription, Tag
from subscribers.services.dialects import folded
from subscribers.services.scopes import people_within

#: Builds the condition on ``Subscriber.id`` that one of these values holds. Never NULL.
Builder = Callable[[Sequence[str]], ColumnElement[bool]]
Builders = Mapping[Attribute, Builder]

NO_BUILDERS: Builders = {}


def select_people(*, scope: Scope, rule: Rule, today: date, builders: Builders = NO_BUILDERS) -> Select[int]:
    """Select the ids of the people whom a rule selects within the scope, in no particular order.

    ``today`` is the date in the association's zone. ``builders`` are those of attributes whose tables are
    not known here; a rule that asks for one that is missing raises ``LookupError``.
    """
    wanted = condition(rule, today=today, builders=builders)
    return select(Subscriber.id).where(people_within(scope), Subscriber.deceased_on.is_(None), wanted)


def condition(rule: Rule, *, today: date, builders: Builders = NO_BUILDERS) -> ColumnElement[bool]:
    """Return the condition on ``Subscriber`` that a rule holds. Arguments as ``select_people``.

    It is meant for WHERE: of people for whom the rule does not hold it is false or NULL. Who is deceased is
    not asked: an audience says so itself, with the reason.
    """
    return _compiled(rule, False, today, builders)


def _compiled(rule: Rule, negated: bool, today: date, builders: Builders) -> ColumnElement[bool]:
    """Push "not" down to the conditions, where a missing value can be dealt with: NOT NULL is not true."""
    match rule:
        case AllOf(rules) | AnyOf(rules):
            joined = and_ if isinstance(rule, AllOf) is not negated else or_
            return joined(*(_compiled(each, negated, today, builders) for each in rules))
        case Not(inner):
            return _compiled(inner, not negated, today, builders)
        case Has(attribute, values):
            return _has(attribute, values, negated, today, builders)
        case _:
            return _about_membership(rule, negated, today)


def _about_membership(rule: Condition, negated: bool, today: date) -> ColumnElement[bool]:
    since = Subscriber.member_since
    match rule:
        case Member():
            over = Subscriber.member_until < today
            if negated:
                return or_(since.is_(None), since > today, over)
            return and_(since <= today, or_(Subscriber.member_until.is_(None), not_(over)))
        case PlacedByHand():
            return Subscriber.placed_by_hand.is_(not negated)
        case JoinedBefore(day):
            return or_(since.is_(None), since >= day) if negated else since < day
        case JoinedAfter(day):
            return or_(since.is_(None), since <= day) if negated else since > day
        case _:
            raise TypeError(f"no condition about a membership: {rule!r}")


def _has(
    attribute: Attribute, values: Sequence[str], negated: bool, today: date, builders: Builders
) -> ColumnElement[bool]:
    match attribute:
        case Attribute.REGION:
            return _one_of(Subscriber.region_slug, values, negated)
        case Attribute.MUNICIPALITY:
            return _one_of(Subscriber.municipality_code, values, negated)
        case Attribute.COUNTY:
            return _in_county(values, negated)
        case Attribute.LANGUAGE:
            found: ColumnElement[bool] = Subscriber.language.in_(values)
        case Attribute.TITLE:
            # Most people have none, and an empty text is quicker to compare than to fold.
            found = and_(Subscriber.title != "", folded(Subscriber.title).in_(values))
        case Attribute.LIST:
            found = _on_list(values)
        case Attribute.ROLE:
            found = _has_role(values, today)
        case Attribute.TAG:
            found = exists().where(Tag.subscriber_id == Subscriber.id, Tag.key.in_(values))
        case Attribute.ISSUE:
            found = builders[attribute](values)
        case _:
            assert_never(attribute)
    return not_(found) if negated else found


def _one_of(
    column: InstrumentedAttribute[str | None], values: Sequence[str], negated: bool
) -> ColumnElement[bool]:
    """Compare a column that may be NULL, which ``NONE`` among the values stands for."""
    codes = [value for value in values if value != NONE]
    if negated:
        other = column.not_in(codes) if codes else column.is_not(None)
        return and_(column.is_not(None), other) if NONE in values else or_(column.is_(None), other)
    among = column.in_(codes)
    return or_(column.is_(None), among) if NONE in values else among


def _in_county(values: Sequence[str], negated: bool) -> ColumnElement[bool]:
    column = Subscriber.municipality_code
    lying_there = column.in_(
        select(Municipality.code).where(Municipality.county_code.in_([v for v in values if v != NONE]))
    )
    if negated:
        elsewhere = not_(lying_there)
        return and_(column.is_not(None), elsewhere) if NONE in values else or_(column.is_(None), elsewhere)
    return or_(column.is_(None), lying_there) if NONE in values else lying_there


def _on_list(slugs: Sequence[str]) -> ColumnElement[bool]:
    lists = select(MailingList.id).where(MailingList.slug.in_(slugs))
    return exists().where(
        Subscription.subscriber_id == Subscriber.id,
        Subscription.active.is_(True),
        Subscription.list_id.in_(lists),
    )


def _has_role(names: Sequence[str], today: date) -> ColumnElement[bool]:
    return exists().where(
        Role.subscriber_id == Subscriber.id,
        Role.role.in_(_known_roles(names)),
        or_(Role.ends_on.is_(None), Role.ends_on >= literal(today)),
    )


def _known_roles(names: Sequence[str]) -> list[RoleName]:
    return [role for role in RoleName if role.value in names]
