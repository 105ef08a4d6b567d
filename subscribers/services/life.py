"""What changes in a person's life: where they belong, which regions they follow, and that they have died.

Each is said by somebody, written down with who said it, and kept by later imports.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from subscribers.core.authority import Everything, OnePerson, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import FollowedRegion, Subscriber
from subscribers.services import changes, members, regions
from subscribers.services.changes import Author, Changed

#: The languages of what stands around the texts.
LANGUAGES = ("sv", "en")


def mark_deceased(
    session: Session, *, scope: Scope, subscriber_id: int, on: date | None, author: Author, now: datetime
) -> bool:
    """Write down that a person has died, or with None that it was a mistake; return whether it was news.

    Nobody writes to them from then on, not even member notices, and no file changes that. The caller takes
    back what lies in the queue (``newsletter.services.deliveries.withdraw_all``). No goodbye is sent. Raises
    ``NotFound``, and ``SubscribersError`` for a day to come.
    """
    if on is not None and on > now.date():
        raise SubscribersError("{day} har inte varit än. Ange dagen som personen avled, eller i dag.", day=on)
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    return _set(session, scope, person, {"deceased_on": on}, author, now)


def place(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    region: str | None,
    reason: str,
    author: Author,
    now: datetime,
) -> bool:
    """Place a person in a region (a slug) by hand, against their municipality; return whether it was news.

    ``reason`` says why, for whoever wonders in a year. None for ``region`` lets it follow from the
    municipality again. Neither imports nor moved counties change what was placed by hand. Raises
    ``NotFound``, and ``SubscribersError`` without a reason or for a scope over less than everything: who
    moves people between regions must see both.
    """
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    if not isinstance(scope, Everything):
        raise SubscribersError("Medlemmar placeras i en region av den som ansvarar för hela föreningen.")
    if region is None:
        place_by_rule = {"region_slug": _by_municipality(session, person), "placed_by_hand": False}
        return _set(session, scope, person, {**place_by_rule, "placement_reason": ""}, author, now)
    if not reason.strip():
        raise SubscribersError("Skriv varför medlemmen placeras för hand.")
    slug = regions.find_region(session, text=region).slug
    values = {"region_slug": slug, "placed_by_hand": True, "placement_reason": reason.strip()}
    return _set(session, scope, person, values, author, now)


def move_to(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    municipality_code: str,
    author: Author,
    now: datetime,
) -> bool:
    """Write down in which municipality (four-digit code) a person is, and return whether it was news.

    Their region follows from it, also where they had been placed by hand: it is what the person says of
    themselves that counts. Raises ``NotFound`` for a person outside the scope or an unknown code, and
    ``SubscribersError`` for a scope over some regions, whose holder must not move people out of sight.
    """
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    if not isinstance(scope, Everything | OnePerson):
        raise SubscribersError("Medlemmar placeras i en region av den som ansvarar för hela föreningen.")
    known = regions.gazetteer(session)
    municipality = known.municipality_by_code(municipality_code)
    if municipality is None:
        raise NotFound(
            "Det finns ingen kommun med koden {code}. Ange en av de 290 kommunernas fyrsiffriga koder.",
            code=municipality_code,
        )
    values = {
        "municipality_code": municipality.code,
        "region_slug": known.region_of(municipality),
        "placed_by_hand": False,
        "placement_reason": "",
    }
    return _set(session, scope, person, values, author, now)


def speak(
    session: Session, *, scope: Scope, subscriber_id: int, language: str, author: Author, now: datetime
) -> bool:
    """Write down which language a person reads (``sv``, ``en``), and return whether it was news.

    Raises ``NotFound``, and ``SubscribersError`` for a language that there are no letters in.
    """
    if language not in LANGUAGES:
        raise SubscribersError("Breven skrivs på svenska, med ram på svenska eller engelska. Välj en av dem.")
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    return _set(session, scope, person, {"language": language}, author, now)


def follow(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    regions_followed: Collection[str],
    all_regions: bool = False,
    author: Author,
    now: datetime,
) -> bool:
    """Say which regions (slugs or names) a person follows beside their own; return whether it was news.

    They get those regions' letters too. The newsletter stays that of their own region. Raises ``NotFound``
    for a person outside the scope or an unknown region.
    """
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    wanted = {regions.find_region(session, text=text).slug for text in regions_followed}
    theirs = FollowedRegion.subscriber_id == subscriber_id
    before = set(session.scalars(select(FollowedRegion.region_slug).where(theirs)))
    if before != wanted:
        session.execute(delete(FollowedRegion).where(theirs))
        rows = [{"subscriber_id": subscriber_id, "region_slug": slug} for slug in sorted(wanted)]
        if rows:
            session.execute(insert(FollowedRegion), rows)
        said = Changed(subscriber_id, "follows", ",".join(sorted(before)), ",".join(sorted(wanted)))
        changes.record(session, scope=scope, changed=[said], author=author, now=now)
    changed = _set(session, scope, person, {"follows_all_regions": all_regions}, author, now)
    return changed or before != wanted


def followed_by(session: Session, *, scope: Scope, subscriber_id: int) -> Collection[str]:
    """Return the slugs of the regions that a person follows, in order. Raises ``NotFound``."""
    person = members.get(session, scope=scope, subscriber_id=subscriber_id)
    theirs = select(FollowedRegion.region_slug).where(FollowedRegion.subscriber_id == person.id)
    return session.scalars(theirs.order_by(FollowedRegion.region_slug)).all()


def _by_municipality(session: Session, person: Subscriber) -> str | None:
    known = regions.gazetteer(session)
    municipality = known.municipality_by_code(person.municipality_code or "")
    return known.region_of(municipality) if municipality else None


def _set(
    session: Session,
    scope: Scope,
    person: Subscriber,
    values: Mapping[str, object],
    author: Author,
    now: datetime,
) -> bool:
    """Set columns of a person that differ, and write down who did it."""
    differing = {name: value for name, value in values.items() if getattr(person, name) != value}
    said = [
        Changed(person.id, name, _text(getattr(person, name)), _text(value))
        for name, value in differing.items()
    ]
    changes.record(session, scope=scope, changed=said, author=author, now=now)
    for name, value in differing.items():
        setattr(person, name, value)
    if differing:
        person.updated_at = now
        session.flush()
    return bool(differing)


def _text(value: object) -> str | None:
    """Return a value as a file has it: yes and no as 1 and nothing."""
    if value is None or value is False or value == "":
        return None
    return "1" if value is True else str(value)
