"""Saved segments, and what they select: always counted and shown within the asker's scope.

    text -> segment_text.parse(vocabulary) -> rule -> save            everyone with a scope may read and count
                                                   -> count, examples

A segment is only a rule. Whom it selects is asked again each time, until a release writes the ledger.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from subscribers.core import segments as rules
from subscribers.core.authority import Everything, OnePerson, Scope
from subscribers.core.regions import MunicipalityFact, forms
from subscribers.core.segment_words import Term, Vocabulary, plain
from subscribers.core.segments import Attribute, Rule
from subscribers.errors import NotFound, SegmentRefused
from subscribers.models import County, Municipality, Segment, Subscriber
from subscribers.services import lists, regions
from subscribers.services.segment_queries import NO_BUILDERS, Builders, select_people

LONGEST_NAME = 120


def save(session: Session, *, scope: Scope, name: str, rule: Rule, now: datetime) -> Segment:
    """Keep a rule under a name, in place of the one that has it already; return it.

    Names are compared without case. Only who may see everyone may keep a segment, since letters go by it.
    Raises ``SegmentRefused`` for others, for a name that will not do and for a rule that is too large.
    """
    _check_may_keep(scope)
    called = _checked_name(name)
    rule = rules.load(rules.dump(rule))
    kept = _by_name(session, called)
    if kept is None:
        kept = Segment(name=called, rule={}, created_at=now, updated_at=now)
        session.add(kept)
    kept.rule, kept.updated_at = rules.dump(rule), now
    session.flush()
    return kept


def get(session: Session, *, scope: Scope, name: str) -> Segment:
    """Return a segment by its name. Raises ``NotFound``, which names all that there are."""
    _check_may_read(scope)
    found = _by_name(session, name)
    if found is None:
        raise NotFound(
            "Det finns inget urval som heter {name}. Urvalen är: {names}.",
            name=name[:LONGEST_NAME],
            names=", ".join(known.name for known in all_segments(session, scope=scope)) or "–",
        )
    return found


def exists(session: Session, *, scope: Scope, name: str) -> bool:
    """Tell whether a segment has this name."""
    _check_may_read(scope)
    return _by_name(session, name) is not None


def all_segments(session: Session, *, scope: Scope) -> Sequence[Segment]:
    """Return all segments, the oldest first."""
    _check_may_read(scope)
    return session.scalars(select(Segment).order_by(Segment.id)).all()


def delete(session: Session, *, scope: Scope, name: str) -> None:
    """Take a segment away. Raises as ``save`` and ``get`` do, and ``SegmentRefused`` if a letter has it."""
    _check_may_keep(scope)
    found = get(session, scope=scope, name=name)
    try:
        with session.begin_nested():
            session.delete(found)
    except IntegrityError as error:
        raise SegmentRefused(
            "Urvalet {name} hör till ett nummer och kan inte tas bort.", name=found.name
        ) from error


def rule_of(segment: Segment) -> Rule:
    """Return the rule of a segment. Raises ``SegmentRefused`` if what is stored is none."""
    return rules.load(segment.rule)


def count(
    session: Session, *, scope: Scope, rule: Rule, today: date, builders: Builders = NO_BUILDERS
) -> int:
    """Return how many people a rule selects within the scope. ``builders`` as in ``segment_queries``."""
    people = select_people(scope=scope, rule=rule, today=today, builders=builders)
    return session.scalars(people.with_only_columns(func.count())).one()


def examples(
    session: Session,
    *,
    scope: Scope,
    rule: Rule,
    today: date,
    builders: Builders = NO_BUILDERS,
    limit: int = 20,
    offset: int = 0,
) -> Sequence[Subscriber]:
    """Return some of the people whom ``count`` counts, with their addresses, in Swedish order of names."""
    chosen = select_people(scope=scope, rule=rule, today=today, builders=builders)
    page = chosen.order_by(Subscriber.sort_key, Subscriber.id).limit(limit).offset(offset).subquery("page")
    people = select(Subscriber).join(page, page.c.id == Subscriber.id)
    ordered = people.order_by(Subscriber.sort_key, Subscriber.id)
    return session.scalars(ordered.options(selectinload(Subscriber.addresses))).all()


def vocabulary(session: Session, *, more: Mapping[Attribute, Iterable[Term]] | None = None) -> Vocabulary:
    """Return the words by which conditions know their values here; ``more``: those of other tables."""
    terms: dict[Attribute, Iterable[Term]] = {
        Attribute.REGION: [
            Term(r.slug, r.name, r.name, (f"region {r.name}",)) for r in regions.all_regions(session)
        ],
        Attribute.COUNTY: [
            Term(c.code, c.full_name, c.full_name, (c.name,))
            for c in session.scalars(select(County).order_by(County.code))
        ],
        Attribute.MUNICIPALITY: [
            Term(m.code, m.name, m.name, tuple(forms(MunicipalityFact(m.code, m.name, m.county_code))))
            for m in session.scalars(select(Municipality).order_by(Municipality.code))
        ],
        Attribute.LIST: [Term(known.slug, known.name, known.name_en) for known in lists.all_lists(session)],
    }
    return Vocabulary(terms | dict(more or {}))


def _by_name(session: Session, name: str) -> Segment | None:
    """Find a segment by its name; there are few, and databases fold å ä ö differently."""
    wanted = plain(name)
    return next(
        (s for s in session.scalars(select(Segment).order_by(Segment.id)) if plain(s.name) == wanted), None
    )


def _checked_name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        raise SegmentRefused(
            "Ett urval ska ha ett namn på 1 till {longest} tecken, på en rad.", longest=LONGEST_NAME
        )
    return called


def _check_may_keep(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise SegmentRefused("Urval sparas och tas bort av den som ansvarar för hela föreningen.")


def _check_may_read(scope: Scope) -> None:
    if isinstance(scope, OnePerson):
        raise NotFound("Det finns inget sådant urval.")
