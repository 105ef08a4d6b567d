"""What the holder of a link in a letter may see and change: which lists the mailbox gets, and no more.

    letters  what stands on the page, with the address masked
    stop     consents.unsubscribe for everyone whom the letter greeted | deliveries.withdraw what has not left
    pause    pauses.pause for the same people | deliveries.withdraw what has not left
    start    consents.resubscribe, for those whom this very link stopped or paused

A link in a letter proves little, since letters are forwarded: it shows no name and no whole address.

When people share an address, one copy greets them all, and one of them is its addressee. A "no" in that
mailbox is the mailbox's: were it taken for the addressee's alone, the letter would keep coming, addressed
to another. So it counts for everyone whom that copy greeted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState
from newsletter.services import deliveries, summaries
from subscribers.core import addresses
from subscribers.core.authority import OnePerson, Scope
from subscribers.errors import NotFound
from subscribers.models import ListPurpose, Subscriber, Subscription
from subscribers.services import consents, lists, pauses, wordings
from subscribers.services.scopes import no_such_person, people_within


@dataclass(frozen=True, slots=True)
class Choice:
    """A list, and whether the person gets it. ``fixed``: it goes to every member and cannot be left.

    ``paused_until`` is the day from which it comes again; None where nothing is paused today.
    """

    list_id: int
    purpose: ListPurpose
    name: str
    name_en: str
    active: bool
    fixed: bool
    paused_until: date | None = None

    @property
    def comes(self) -> bool:
        """Whether letters of the list come today."""
        return self.active and self.paused_until is None


@dataclass(frozen=True, slots=True)
class Letters:
    """The lists of whoever a letter was sent to.

    ``language`` is the person's (``sv``, ``en``). ``address`` is masked, and empty where none is known.
    ``shared``: the letter greeted more people at that address, and a choice is for all of them.
    """

    language: str
    address: str
    shared: bool
    choices: tuple[Choice, ...]

    def of(self, list_id: int) -> Choice:
        """Return the choice about one list. Raises ``NotFound`` for one that the person cannot choose."""
        for choice in self.choices:
            if choice.list_id == list_id:
                return choice
        raise NotFound("Listan finns inte. Kanske är länken till den avkortad.")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a choice did. ``changed``: it was news. ``withdrawn``: issues of which a letter was taken back."""

    changed: bool
    withdrawn: int = 0


def letters(session: Session, *, scope: Scope, subscriber_id: int, delivery_id: int, today: date) -> Letters:
    """Return what the holder of a link may see. Reads only.

    ``today`` is the date in the association's zone: member notices are shown to current members.
    Raises ``NotFound`` for a person who is gone or outside the scope.
    """
    person = session.scalar(select(Subscriber).where(Subscriber.id == subscriber_id, people_within(scope)))
    if person is None:
        raise no_such_person()
    standings = consents.subscriptions_of(session, scope=scope, subscriber_id=subscriber_id)
    is_member = is_member_on(person, today)
    return Letters(
        language=person.language,
        address=_masked(session, person, delivery_id),
        shared=bool(_greeted_too(session, subscriber_id, delivery_id)),
        choices=tuple(
            _choice(standing, is_member, today) for standing in standings if standing.may_be_left or is_member
        ),
    )


def stop(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    delivery_id: int,
    source: str,
    now: datetime,
) -> Effect:
    """Stop a list for whoever a letter greeted, and take back what lies in the queue for them.

    ``source`` says how it was said ("one-click", "page"); the letter is written down with it. A second time
    changes nothing (rule U6). Raises ``NotFound`` for a person outside the scope or an unknown list, and
    ``SubscribersError`` for member notices.
    """
    said = _said(session, scope, subscriber_id, source, delivery_id)
    readers = _readers(session, scope, subscriber_id, delivery_id)
    changed = False
    for each, within in readers:
        changed |= consents.unsubscribe(
            session, scope=within, subscriber_id=each, list_id=list_id, **said, now=now
        )
        deliveries.withdraw(
            session, scope=within, subscriber_id=each, list_id=list_id, why="unsubscribed", now=now
        )
    summaries.forget_letter(session, delivery_id=delivery_id, subscriber_id=subscriber_id)
    return Effect(changed, _withdrawn(session, [each for each, _ in readers], now))


def pause(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    delivery_id: int,
    until: date,
    source: str,
    today: date,
    now: datetime,
) -> Effect:
    """Let a list rest until a day for whoever a letter greeted, and take back what lies in the queue.

    Raises as ``stop`` and ``pauses.pause`` do.
    """
    said = _said(session, scope, subscriber_id, source, delivery_id, shown=wordings.PAUSE)
    readers = _readers(session, scope, subscriber_id, delivery_id)
    changed = False
    for each, within in readers:
        asked = {"scope": within, "subscriber_id": each, "list_id": list_id}
        if pauses.pause(session, **asked, until=until, **said, today=today, now=now):  # type: ignore[arg-type]
            changed = True
            deliveries.withdraw(session, **asked, why="paused", now=now)  # type: ignore[arg-type]
    return Effect(changed, _withdrawn(session, [each for each, _ in readers], now) if changed else 0)


def start(
    session: Session,
    *,
    scope: Scope,
    subscriber_id: int,
    list_id: int,
    delivery_id: int,
    source: str,
    now: datetime,
) -> Effect:
    """Start a list again, also one that is paused. What was withdrawn stays withdrawn.

    Those who share the address start again too where it was this very link that stopped them: a "no" that
    somebody has said by themselves since is theirs. Raises as ``stop`` does.
    """
    said = _said(session, scope, subscriber_id, source, delivery_id)
    if lists.get(session, list_id=list_id).purpose is ListPurpose.MEMBER_NOTICES:
        return Effect(changed=False)
    changed = False
    for each, within in _readers(session, scope, subscriber_id, delivery_id):
        if each == subscriber_id or _stopped_by_letter(session, each, list_id, delivery_id):
            changed |= consents.resubscribe(
                session, scope=within, subscriber_id=each, list_id=list_id, **said, now=now
            )
    summaries.forget_letter(session, delivery_id=delivery_id, subscriber_id=subscriber_id)
    return Effect(changed)


def _choice(standing: consents.Standing, is_member: bool, today: date) -> Choice:
    shown, fixed = standing.mailing_list, not standing.may_be_left
    until = standing.paused_until
    return Choice(
        list_id=shown.id,
        purpose=shown.purpose,
        name=shown.name,
        name_en=shown.name_en,
        active=is_member if fixed else bool(standing.active),
        fixed=fixed,
        paused_until=until if standing.active and not fixed and until is not None and until > today else None,
    )


def is_member_on(person: Subscriber, today: date) -> bool:
    """Tell whether a person is a member that day; the last day of a membership counts."""
    return (
        person.member_since is not None
        and person.member_since <= today
        and (person.member_until is None or person.member_until >= today)
    )


def _masked(session: Session, person: Subscriber, delivery_id: int) -> str:
    """Mask the address that the letter went to; without one, the address that the next would go to."""
    used = session.scalar(
        select(Delivery.address).where(Delivery.id == delivery_id, Delivery.subscriber_id == person.id)
    )
    written = used or next(
        (a.address for a in sorted(person.addresses, key=lambda a: (not a.preferred, a.id))), ""
    )
    return addresses.mask(written) if written else ""


def _greeted_too(session: Session, subscriber_id: int, delivery_id: int) -> Sequence[int]:
    """Return whom the same copy of a letter greeted besides its addressee."""
    issue_id = (
        select(Delivery.issue_id)
        .where(Delivery.id == delivery_id, Delivery.subscriber_id == subscriber_id)
        .scalar_subquery()
    )
    greeted = select(Delivery.subscriber_id).where(
        Delivery.issue_id == issue_id, Delivery.carried_by == subscriber_id
    )
    return session.scalars(greeted.order_by(Delivery.subscriber_id)).all()


def _readers(session: Session, scope: Scope, subscriber_id: int, delivery_id: int) -> list[tuple[int, Scope]]:
    """Return everyone whom the letter greeted, each with the scope that the letter proves.

    In the order of their ids: two clicks at once then wait for each other, and never both.
    """
    others = _greeted_too(session, subscriber_id, delivery_id)
    readers = [(subscriber_id, scope), *((other, OnePerson(other)) for other in others)]
    return sorted(readers, key=lambda reader: reader[0])


class _Said(TypedDict):
    """How and where it was said, and the text that was shown: consent must be provable (rule L7)."""

    source: str
    place: str
    wording_id: int | None


#: The text that stands beside the button, by the way in which it was said; a mail program shows its own.
_SHOWN = {
    "page": wordings.UNSUBSCRIBE_PAGE,
    "page, undone": wordings.UNSUBSCRIBE_PAGE,
    "preferences": wordings.PREFERENCES_PAGE,
    "own page": wordings.OWN_PAGE,
}


def _said(
    session: Session, scope: Scope, subscriber_id: int, how: str, delivery_id: int, *, shown: str = ""
) -> _Said:
    key = shown or _SHOWN.get(how)
    spoken = session.scalar(
        select(Subscriber.language).where(Subscriber.id == subscriber_id, people_within(scope))
    )
    wording_id = wordings.wording_id(session, key=key, language=spoken or "sv") if key else None
    return _Said(source=how, place=f"letter {delivery_id}" if delivery_id else "", wording_id=wording_id)


def _stopped_by_letter(session: Session, subscriber_id: int, list_id: int, delivery_id: int) -> bool:
    found = session.get(Subscription, (subscriber_id, list_id), populate_existing=True)
    if found is None or (found.active and found.paused_until is None):
        return False
    return found.source.endswith(f", letter {delivery_id}")


def _withdrawn(session: Session, people: Sequence[int], now: datetime) -> int:
    """Count issues, not rows: a copy goes from hand to hand while those whom it greets are taken off it."""
    taken_back = select(func.count(Delivery.issue_id.distinct())).where(
        Delivery.subscriber_id.in_(people),
        Delivery.state == DeliveryState.WITHDRAWN,
        Delivery.settled_at == now,
    )
    return session.scalar(taken_back) or 0
