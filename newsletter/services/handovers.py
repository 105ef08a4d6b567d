"""Handing a role over: what moves and what stands, and the handing over itself, in one transaction.

    outlook    a role -> the open work that goes with it; changes nothing
    hand_over  the successor gets the role, the predecessor's ends, open work points to the successor,
               sessions end where no role remains | both get a note, and the log an entry
    past       the handovers there were, to be read and printed again; one gives one of them

Links to blocks need no moving: they open only for whoever leads the region, and a dead one offers its new
lead a fresh link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from newsletter.language import _, using
from newsletter.models import Block, BlockState, Handover, Issue, IssueStatus, RegionalLetter, ReviewRound
from newsletter.services import handover_work, notes, sessions
from newsletter.services.role_words import ROLES
from subscribers.core.authority import Act, Allowed, OnePerson, Scope, may
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Region, Role, RoleName, Subscriber
from subscribers.services import acts, role_addresses, roles
from subscribers.services.scopes import check_within, no_such_person, people_within

_OPEN = (IssueStatus.DRAFT, IssueStatus.SCHEDULED, IssueStatus.MISSED)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A role of somebody, and what goes with it to a successor.

    ``region`` is the name of a lead's region ("" for others), ``address`` its role address. ``letters`` are
    the person's own that have not gone. ``rounds`` are reviews that they asked for, of issues that can still
    be changed. ``staying`` are their other roles; ``devices`` is where they are signed in.
    """

    role: Role
    region: str
    address: str
    issues: Sequence[Issue]
    blocks: Sequence[Block]
    letters: Sequence[RegionalLetter]
    rounds: Sequence[ReviewRound]
    staying: Sequence[Role]
    devices: int


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of it. ``moved``: it was done now, and not before. ``leaves``: no role remains.

    ``record`` is what was written down of it; None where nothing moved.
    """

    moved: bool
    leaves: bool
    predecessor: Subscriber
    successor: Subscriber
    record: Handover | None = None


def mine_to_hand(session: Session, *, scope: Scope, asker_id: int, today: date) -> Sequence[Role]:
    """Return the roles of today that somebody may hand over: their own, and an administrator all."""
    own = [role for role in _of(session, asker_id) if _counts(role, today)]
    if not _may_for_all(session, asker_id, today):
        return own
    every = [role for role in roles.all_roles(session, scope=scope) if _counts(role, today)]
    return own + [role for role in every if role.subscriber_id != asker_id]


def outlook(
    session: Session, *, scope: Scope, asker_id: int, subscriber_id: int, role: RoleName,
    region: str | None = None, today: date, now: datetime,
) -> Outlook:  # fmt: skip
    """Return what goes with a role. Raises ``NotFound`` where it is not held, or not theirs to hand."""
    _check_may(session, scope, asker_id, subscriber_id, today)
    held = _of(session, subscriber_id)
    wanted = [each for each in held if (each.role, each.region_slug) == (role, region)]
    if not wanted or not _counts(wanted[0], today):
        raise NotFound("Uppdraget finns inte längre. Se efter under Lämna över.")
    of_officer = role is RoleName.OFFICER
    named = session.get(Region, region) if region else None
    return Outlook(
        role=wanted[0],
        region=named.name if named else "",
        address=role_addresses.answering(session, region=region, today=today) if region else "",
        issues=_issues(session) if of_officer else (),
        blocks=_blocks(session, region) if region else (),
        letters=_letters(session, subscriber_id, role, region),
        rounds=_rounds(session, subscriber_id) if of_officer else (),
        staying=[each for each in held if each is not wanted[0] and _counts(each, today)],
        devices=len(sessions.open_sessions(session, subscriber_id=subscriber_id, now=now)),
    )


def check_successor(session: Session, *, scope: Scope, subscriber_id: int, successor_id: int) -> Subscriber:
    """Return who can take over. Raises ``NotFound``, and ``SubscribersError`` for what is in the way."""
    check_within(session, scope=scope, subscriber_id=successor_id)
    successor = session.get_one(Subscriber, successor_id)
    if successor_id == subscriber_id:
        raise SubscribersError("Välj någon annan än den som har uppdraget nu.")
    if successor.deceased_on is not None:
        raise SubscribersError("{name} är avliden. Välj någon annan.", name=successor.name)
    if not notes.address_of(session, successor):
        raise SubscribersError(
            "{name} har ingen e-postadress som går att skriva till, och kan därför inte logga in. "
            "Lägg till en adress först, eller välj någon annan.",
            name=successor.name,
        )
    return successor


def hand_over(
    session: Session, *, scope: Scope, asker_id: int, subscriber_id: int, successor_id: int, role: RoleName,
    region: str | None = None, ends_on: date | None = None, actor: str, base_url: str, today: date,
    now: datetime,
) -> Handed:  # fmt: skip
    """Hand a role over; ``ends_on`` is the successor's last day with it. Again: nothing happens.

    Raises ``NotFound`` for a role that is not the asker's to hand, or a successor outside the scope, and
    ``SubscribersError`` for one who cannot take over or a last day that has passed.
    """
    _check_may(session, scope, asker_id, subscriber_id, today)
    successor = check_successor(session, scope=scope, subscriber_id=subscriber_id, successor_id=successor_id)
    if ends_on is not None and ends_on < today:
        raise SubscribersError("Den sista dagen har redan varit. Välj en som kommer, eller ingen.")
    predecessor = session.get_one(Subscriber, subscriber_id)
    held = [each for each in _of(session, subscriber_id) if (each.role, each.region_slug) == (role, region)]
    if held and not _counts(held[0], today):
        raise NotFound("Uppdraget finns inte längre. Se efter under Lämna över.")
    seen = outlook(
        session, scope=scope, asker_id=asker_id, subscriber_id=subscriber_id, role=role, region=region,
        today=today, now=now,
    ) if held else None  # fmt: skip
    work = handover_work.written(seen) if seen else {}
    moved = roles.pass_on(
        session, scope=scope, subscriber_id=subscriber_id, successor_id=successor_id, role=role,
        region=region, ends_on=ends_on,
    )  # fmt: skip
    if not moved:
        if _has(session, successor_id, role, region):
            return Handed(False, not _is_anything(session, subscriber_id, today), predecessor, successor)
        raise NotFound("Uppdraget finns inte längre. Se efter under Lämna över.")
    session.expire_all()
    _move_work(session, subscriber_id, successor_id, role, region)
    leaves = not _is_anything(session, subscriber_id, today)
    if leaves:
        sessions.end(session, subscriber_id=subscriber_id)
    for kind, who, other in (
        ("handover-given", successor, predecessor),
        ("handover-taken", predecessor, successor),
    ):
        values = _values(session, who, other, role, region, ends_on, base_url)
        notes.tell(session, kind=kind, person=who, values=values, now=now)
    acts.log(
        session, actor=actor, act="role handed over", subject=f"person {predecessor.pseudonym}",
        details={"role": role.value, "region": region, "to": f"person {successor.pseudonym}"}, now=now,
    )  # fmt: skip
    record = Handover(
        made_at=now, predecessor=predecessor, successor=successor, role=role, region_slug=region,
        ends_on=ends_on, work=work,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return Handed(True, leaves, predecessor, successor, record)


def past(session: Session, *, scope: Scope, asker_id: int, today: date) -> Sequence[Handover]:
    """Return the handovers to somebody, the latest first; an administrator gets all."""
    theirs = select(Handover).where(_may_read(session, scope, asker_id, today))
    return session.scalars(theirs.order_by(Handover.made_at.desc(), Handover.id.desc())).all()


def one(session: Session, *, scope: Scope, asker_id: int, handover_id: int, today: date) -> Handover:
    """Return a handover. Raises ``NotFound`` for one that is not the asker's to read."""
    readable = _may_read(session, scope, asker_id, today)
    found = session.scalar(select(Handover).where(Handover.id == handover_id, readable))
    if found is None:
        raise NotFound("Det finns ingen sådan överlämning.")
    return found


def _may_read(session: Session, scope: Scope, asker_id: int, today: date) -> ColumnElement[bool]:
    own = Handover.successor_id == asker_id
    if not _may_for_all(session, asker_id, today):
        return own
    within = select(Subscriber.id).where(people_within(scope))
    return or_(own, and_(Handover.successor_id.in_(within), Handover.predecessor_id.in_(within)))


def _move_work(session: Session, old: int, new: int, role: RoleName, region: str | None) -> None:
    letters = [letter.issue_id for letter in _letters(session, old, role, region)]
    rounds = [each.id for each in _rounds(session, old)] if role is RoleName.OFFICER else []
    session.execute(update(RegionalLetter).where(RegionalLetter.issue_id.in_(letters)).values(writer_id=new))
    session.execute(update(ReviewRound).where(ReviewRound.id.in_(rounds)).values(asked_by_id=new))
    session.expire_all()


def _issues(session: Session) -> Sequence[Issue]:
    own = select(RegionalLetter.issue_id)
    found = select(Issue).where(Issue.status.in_(_OPEN), Issue.id.not_in(own))
    return session.scalars(found.order_by(Issue.year, Issue.number, Issue.id)).all()


def _blocks(session: Session, region: str) -> Sequence[Block]:
    waiting = select(Block).join(Block.issue).where(
        Block.region == region, Block.state != BlockState.HANDED_IN, Issue.status == IssueStatus.DRAFT
    )  # fmt: skip
    return session.scalars(waiting.order_by(Issue.deadline, Block.id)).all()


def _letters(session: Session, person: int, role: RoleName, region: str | None) -> Sequence[RegionalLetter]:
    if role not in (RoleName.OFFICER, RoleName.REGIONAL_LEAD):
        return ()
    theirs = select(RegionalLetter).join(RegionalLetter.issue).where(
        RegionalLetter.writer_id == person, Issue.status.in_(_OPEN)
    )  # fmt: skip
    if region is not None:
        theirs = theirs.where(RegionalLetter.region_slug == region)
    else:  # what they write as a lead of a region stays with them
        leads = select(Role.region_slug).where(Role.subscriber_id == person, Role.region_slug.is_not(None))
        theirs = theirs.where(RegionalLetter.region_slug.not_in(leads))
    return session.scalars(theirs.order_by(RegionalLetter.issue_id)).all()


def _rounds(session: Session, person: int) -> Sequence[ReviewRound]:
    theirs = select(ReviewRound).join(Issue, Issue.id == ReviewRound.issue_id)
    asked = theirs.where(ReviewRound.asked_by_id == person, Issue.status.in_(_OPEN))
    return session.scalars(asked.order_by(ReviewRound.id)).all()


def _values(
    session: Session, who: Subscriber, other: Subscriber, role: RoleName, region: str | None,
    ends_on: date | None, base_url: str,
) -> dict[str, str]:  # fmt: skip
    named = session.get(Region, region) if region else None
    with using(who.language):
        word = _(ROLES[role])
    return {
        "name": who.given_name or who.name,
        "other": other.name,
        "role": word,
        "region": named.name if named else "",
        "last": ends_on.isoformat() if ends_on else "",
        "link": f"{base_url}/logga-in",
    }


def _check_may(session: Session, scope: Scope, asker_id: int, subscriber_id: int, today: date) -> None:
    if asker_id == subscriber_id:
        return
    if not _may_for_all(session, asker_id, today):
        raise no_such_person()
    check_within(session, scope=scope, subscriber_id=subscriber_id)


def _may_for_all(session: Session, asker_id: int, today: date) -> bool:
    held = roles.held(session, scope=OnePerson(asker_id), subscriber_id=asker_id, today=today)
    return isinstance(may(held, Act.GIVE_ROLES, None), Allowed)


def _is_anything(session: Session, person: int, today: date) -> bool:
    return bool(roles.held(session, scope=OnePerson(person), subscriber_id=person, today=today))


def _of(session: Session, person: int) -> Sequence[Role]:
    return roles.roles_of(session, scope=OnePerson(person), subscriber_id=person)


def _has(session: Session, person: int, role: RoleName, region: str | None) -> bool:
    return any((each.role, each.region_slug) == (role, region) for each in _of(session, person))


def _counts(role: Role, today: date) -> bool:
    return role.ends_on is None or role.ends_on >= today
