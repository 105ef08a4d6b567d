"""Signing up by oneself, with double opt-in: asked on a page, confirmed by whoever reads the mailbox.

    ask       a form -> a row | the same work and answer, whoever the address belongs to
    due       rows -> mails to write, with what each should say
    confirm   the link's button -> a yes in the ledger, for whoever has the address

Nothing is limited in memory: how many asked lately is counted in the table, so a restart forgets nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from subscribers.core import addresses, names
from subscribers.core.authority import Everything, Scope
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import Address, ListPurpose, SignUp, Subscriber, Subscription, Suppression
from subscribers.services import consents, enrolment, erasures, lists, wordings
from subscribers.services.enrolment import NewAddress, NewPerson
from subscribers.services.scopes import people_within

#: How long the link in the mail can be used.
VALID = timedelta(days=7)

#: Mails to one address in a day, and to all in an hour: nobody's mailbox is flooded through our form.
MOST_PER_ADDRESS = 3
MOST_IN_AN_HOUR = 100

_MOST_TRIES = 5
_HOW = "sign-up"
_PLACE = "/prenumerera"


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail to write. ``known``: whoever has the address gets everything already that was asked for."""

    sign_up_id: int
    address: str
    language: str
    known: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation led to. ``lifted``: hashes of somebody erased who has come back by themselves."""

    language: str
    changed: bool
    lifted: tuple[str, ...] = ()


def ask(
    session: Session,
    *,
    address: str,
    given_name: str,
    family_name: str,
    language: str,
    invitations: bool,
    now: datetime,
) -> None:
    """Write down that somebody asks for letters. Looks at no register, so it tells nothing about anybody.

    Beyond ``MOST_PER_ADDRESS`` it is passed over in silence. Raises ``BadAddress``, and ``SubscribersError``
    beyond ``MOST_IN_AN_HOUR``.
    """
    parsed = addresses.parse(address)
    asked_lately = _count_since(session, now - timedelta(hours=1))
    asked_by_it = _count_since(session, now - timedelta(days=1), parsed.canonical)
    purposes = [ListPurpose.NEWSLETTER, *([ListPurpose.INVITATIONS] if invitations else [])]
    if asked_lately >= MOST_IN_AN_HOUR:
        raise SubscribersError("Många anmäler sig just nu. Försök igen om en stund.")
    if asked_by_it >= MOST_PER_ADDRESS:
        return
    session.add(
        SignUp(
            address=parsed.written,
            canonical=parsed.canonical,
            given_name=given_name[:120],
            family_name=family_name[:120],
            language=language,
            list_slugs=[lists.by_purpose(session, purpose=purpose).slug for purpose in purposes],
            wording_id=wordings.wording_id(session, key=wordings.SIGN_UP, language=language),
            asked_at=now,
            mail_due_at=now,
        )
    )
    session.flush()


def due(session: Session, *, scope: Scope, now: datetime, limit: int = 20) -> list[DueMail]:
    """Take the mails that are due, and plan the next try of each; the caller commits before it sends.

    A suppressed address gets none. Only a scope over everything finds any.
    """
    if not isinstance(scope, Everything):
        return []
    waiting = select(SignUp).where(SignUp.mail_due_at <= now).order_by(SignUp.id).limit(limit)
    found = session.scalars(waiting.with_for_update(skip_locked=True)).all()
    mails = []
    for sign_up in found:
        sign_up.attempts += 1
        last = sign_up.attempts >= _MOST_TRIES
        sign_up.mail_due_at = None if last else now + timedelta(minutes=5 * sign_up.attempts)
        if session.get(Suppression, sign_up.canonical) is not None:
            sign_up.mail_due_at = None
            continue
        known = _gets_it_all(session, scope, sign_up)
        mails.append(DueMail(sign_up.id, sign_up.address, sign_up.language, known))
    session.flush()
    return mails


def is_due(session: Session, *, now: datetime) -> bool:
    """Tell whether there is a mail to send; a session that can only read is enough."""
    return session.scalar(select(SignUp.id).where(SignUp.mail_due_at <= now).limit(1)) is not None


def mailed(session: Session, *, sign_up_id: int) -> None:
    """Write down that the mail has been accepted: it is not tried again."""
    session.execute(update(SignUp).where(SignUp.id == sign_up_id).values(mail_due_at=None))


def pending(session: Session, *, sign_up_id: int, now: datetime) -> SignUp:
    """Return a sign-up whose link can still be used. Raises ``NotFound``."""
    found = session.get(SignUp, sign_up_id)
    if found is None or found.asked_at < now - VALID:
        raise NotFound("Länken gäller inte längre. Anmäl dig igen, så kommer en ny.")
    return found


def confirm(session: Session, *, scope: Scope, sign_up_id: int, now: datetime) -> Confirmed:
    """Say yes for whoever has the address, or enrol them; a second time changes nothing.

    People who share the address: the one with the name that was given, else all of them, since the yes was
    said in their mailbox. Raises ``NotFound`` as ``pending`` does, and ``SubscribersError`` for a scope over
    less than everything.
    """
    if not isinstance(scope, Everything):
        raise SubscribersError("Anmälningar tas emot för hela föreningen.")
    sign_up = pending(session, sign_up_id=sign_up_id, now=now)
    if sign_up.confirmed_at is not None:
        return Confirmed(sign_up.language, changed=False)
    sign_up.confirmed_at, sign_up.mail_due_at = now, None
    lifted = erasures.lift(session, canonical=sign_up.canonical)
    for subscriber_id in _holders(session, scope, sign_up) or [_enrol(session, scope, sign_up, now)]:
        for slug in sign_up.list_slugs:
            _say_yes(session, scope, sign_up, subscriber_id, slug, now)
    return Confirmed(sign_up.language, changed=True, lifted=lifted)


def _count_since(session: Session, moment: datetime, canonical: str | None = None) -> int:
    counted = select(func.count()).select_from(SignUp).where(SignUp.asked_at > moment)
    if canonical is not None:
        counted = counted.where(SignUp.canonical == canonical)
    return session.scalars(counted).one()


def _people_at(session: Session, scope: Scope, canonical: str) -> Sequence[Subscriber]:
    held = (
        select(Subscriber)
        .join(Address, Address.subscriber_id == Subscriber.id)
        .where(Address.canonical == canonical, people_within(scope), Subscriber.deceased_on.is_(None))
        .order_by(Subscriber.id)
    )
    return session.scalars(held).all()


def _holders(session: Session, scope: Scope, sign_up: SignUp) -> list[int]:
    people = _people_at(session, scope, sign_up.canonical)
    wanted = names.same_name_key(sign_up.given_name, sign_up.family_name)
    named = [p.id for p in people if names.same_name_key(p.given_name, p.family_name) == wanted]
    return named or [person.id for person in people]


def _gets_it_all(session: Session, scope: Scope, sign_up: SignUp) -> bool:
    people = _holders(session, scope, sign_up)
    wanted = [lists.by_slug(session, slug=slug).id for slug in sign_up.list_slugs]
    answers = [session.get(Subscription, (who, list_id)) for who in people for list_id in wanted]
    return bool(people) and all(said is not None and said.active for said in answers)


def _enrol(session: Session, scope: Scope, sign_up: SignUp, now: datetime) -> int:
    person = NewPerson(
        given_name=sign_up.given_name,
        family_name=sign_up.family_name,
        language=sign_up.language,
        addresses=[NewAddress(addresses.parse(sign_up.address))],
    )
    made = enrolment.add(
        session, scope=scope, person=person, source=_HOW, wording_id=sign_up.wording_id, now=now
    )
    return made.id


def _say_yes(
    session: Session, scope: Scope, sign_up: SignUp, subscriber_id: int, slug: str, now: datetime
) -> None:
    found = lists.by_slug(session, slug=slug)
    is_newsletter = found.purpose is ListPurpose.NEWSLETTER
    shown = (
        sign_up.wording_id
        if is_newsletter
        else wordings.wording_id(session, key=wordings.SIGN_UP_INVITATIONS, language=sign_up.language)
    )
    consents.resubscribe(
        session,
        scope=scope,
        subscriber_id=subscriber_id,
        list_id=found.id,
        source=_HOW,
        place=_PLACE,
        wording_id=shown,
        again=True,
        now=now,
    )
