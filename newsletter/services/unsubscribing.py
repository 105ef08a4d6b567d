"""Leaving a list by mail: by the mailto link of a letter, or in one's own words.

    our link's token            -> preferences.stop, whoever sent it: as with the link's page
    a reply from the addressee  -> preferences.stop for the list of the letter that it answers
    to a member notice          -> a person: what belongs to a membership is not left by mail
    a member, without a proof   -> is asked, at the address in the register, and nothing is changed
    anybody else                -> nothing; nobody is answered

From proves nothing, and letters are forwarded: a reply counts where both its address and our own token say
the same person. Whoever has left is told so, at their own address, with a way to undo it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.core.inbound.traces import without_tokens
from newsletter.models import Delivery, DeliveryState, Issue, Note
from newsletter.services import (
    acknowledgements,
    answers,
    boomerangs,
    confirmations,
    preferences,
    unsubscribe_trials,
)
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core import addresses, tokens
from subscribers.core.authority import OnePerson, Scope
from subscribers.core.tokens import Purpose
from subscribers.errors import NotFound
from subscribers.models import Address, ListPurpose, MailingList, Subscriber, Suppression
from subscribers.services import consents, lists, members
from subscribers.services.scopes import people_within

#: What is written down of a mail that asked to leave a list.
UNSUBSCRIBED, ASKED, NOT_ASKED, UNKNOWN = "unsubscribed", "asked", "not asked", "unknown"

#: Questions to one person in a period; after that their mail goes to somebody who should answer.
_MOST_ASKED, _PERIOD = 3, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who wants to leave which list, by which letter (0 for none), and how it was said."""

    subscriber_id: int
    list_id: int
    delivery_id: int
    source: str


def unsubscribe(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Do what a mail asks that wants to leave a list (``What.UNSUBSCRIBE``)."""
    taken.row.subject = without_tokens(taken.row.subject)
    if boomerangs.seen(session, taken, now=circumstances.now):
        return boomerangs.HOME
    if unsubscribe_trials.seen(taken):
        return unsubscribe_trials.SEEN
    wish = wished_by_link(taken) or _wished_by_reply(session, taken)
    about = wish.list_id if wish else taken.issue.list_id if taken.issue else None
    if about is not None and _is_of_notices(session, about):
        return answers.reply(session, taken, circumstances)
    if wish is None:
        return _ask(session, taken, circumstances)
    return stop(session, taken, circumstances, wish)


def wished_by_link(taken: Taken) -> _Wish | None:
    """Return what the token of a mailto link asks for: whoever has the link may use it."""
    choice = taken.read.traces.choice
    if choice is None:
        return None
    return _Wish(choice.subscriber_id, choice.list_id, choice.delivery_id, "mailto")


def stop(session: Session, taken: Taken, circumstances: Circumstances, wish: _Wish) -> str:
    """Stop a list, and tell the person's own mailbox, also where it had been stopped before."""
    who = {"scope": OnePerson(wish.subscriber_id), "subscriber_id": wish.subscriber_id}
    said = {"list_id": wish.list_id, "delivery_id": wish.delivery_id}
    try:
        effect = preferences.stop(session, **who, **said, source=wish.source, now=circumstances.now)  # type: ignore[arg-type]
    except NotFound:  # they are gone, or the list is
        return UNKNOWN
    taken.row.facts = {**taken.row.facts, "list": wish.list_id, "news": effect.changed}
    person = members.get(session, **who)  # type: ignore[arg-type]
    to = confirmations.mailbox(session, **who, delivery_id=wish.delivery_id)  # type: ignore[arg-type]
    _tell(session, taken, circumstances, person, to, wish, "left", news=effect.changed)
    return UNSUBSCRIBED


def _wished_by_reply(session: Session, taken: Taken) -> _Wish | None:
    """Return what a reply asks for that its addressee wrote: our token and their own address both say so."""
    if taken.issue and taken.delivery and taken.delivery.subscriber_id in taken.writers:
        return _Wish(taken.delivery.subscriber_id, taken.issue.list_id, taken.delivery.id, "reply")
    note_id = taken.read.traces.note_id
    note = session.get(Note, note_id) if note_id is not None else None
    if note and note.about and note.subscriber_id in taken.writers:
        return _Wish(note.subscriber_id, note.about["list"], note.about["delivery"], "reply")
    return None


def _ask(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Ask the person who seems to want to leave, at an address of theirs; of a stranger nothing is asked."""
    people = taken.writers or _addressee(session, taken, circumstances.scope)
    if not people:
        return UNKNOWN
    which = _list_to_ask_about(session, taken, people)
    letter = _last_letter(session, taken, people, which.id)
    wish = _Wish(letter.subscriber_id if letter else people[0], which.id, letter.id if letter else 0, "asked")
    person = members.get(session, scope=circumstances.scope, subscriber_id=wish.subscriber_id)
    if _asked_in_vain(session, person, circumstances.now):
        return answers.reply(session, taken, circumstances)
    to = _address_to_ask(session, taken, wish)
    taken.row.facts = {**taken.row.facts, "list": which.id}
    asked = _tell(session, taken, circumstances, person, to, wish, "leave-asked", news=False)
    return ASKED if asked else NOT_ASKED


def _addressee(session: Session, taken: Taken, scope: Scope) -> Sequence[int]:
    """Return whose letter was answered; nobody where none was, or they are gone."""
    if taken.delivery is None:
        return ()
    theirs = Subscriber.id == taken.delivery.subscriber_id
    return session.scalars(select(Subscriber.id).where(theirs, people_within(scope))).all()


def _asked_in_vain(session: Session, person: Subscriber, now: datetime) -> bool:
    """Tell whether somebody has been asked so often that a person had better look."""
    asked = select(func.count(Note.id)).where(
        Note.kind == "leave-asked", Note.subscriber_id == person.id, Note.created_at > now - _PERIOD
    )
    return session.scalars(asked).one() >= _MOST_ASKED


def _tell(
    session: Session,
    taken: Taken,
    circumstances: Circumstances,
    person: Subscriber,
    to: Address | None,
    wish: _Wish,
    kind: str,
    *,
    news: bool,
) -> bool:
    ids = (wish.subscriber_id, wish.list_id, wish.delivery_id)
    which = lists.get(session, list_id=wish.list_id)
    link = circumstances.house.unsubscribe_url(tokens.make(circumstances.ring, Purpose.LETTERS, *ids))
    values = {"list": which.name_en if person.language == "en" else which.name, "link": link}
    return acknowledgements.answer(
        session,
        taken,
        circumstances,
        person=person,
        to=to,
        kind=kind,
        values=values,
        about={"list": wish.list_id, "delivery": wish.delivery_id},
        news=news,
    )


def _list_to_ask_about(session: Session, taken: Taken, people: Sequence[int]) -> MailingList:
    """Return the list of the letter that was answered, where they get it; else the newsletter."""
    newsletter = lists.by_purpose(session, purpose=ListPurpose.NEWSLETTER)
    if taken.issue is None:
        return newsletter
    for each in people:
        for standing in consents.subscriptions_of(session, scope=OnePerson(each), subscriber_id=each):
            if standing.mailing_list.id == taken.issue.list_id and standing.active:
                return standing.mailing_list
    return newsletter


def _last_letter(session: Session, taken: Taken, people: Sequence[int], list_id: int) -> Delivery | None:
    """Return the last letter of a list to the address that wrote, so that its link is for all it greeted."""
    if not taken.writers:
        return taken.delivery if taken.issue and taken.issue.list_id == list_id else None
    letters = (
        select(Delivery)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(
            Delivery.subscriber_id.in_(people),
            Delivery.canonical == addresses.canonical(taken.read.mail.sender),
            Delivery.state.in_((DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)),
            Issue.list_id == list_id,
        )
    )
    return session.scalar(letters.order_by(Delivery.id.desc()).limit(1))


def _address_to_ask(session: Session, taken: Taken, wish: _Wish) -> Address | None:
    """Return the address that wrote, where it is theirs, else the letter's; None for a suppressed one."""
    if not taken.writers:
        return confirmations.mailbox(
            session,
            scope=OnePerson(wish.subscriber_id),
            subscriber_id=wish.subscriber_id,
            delivery_id=wish.delivery_id,
        )
    canonical = addresses.canonical(taken.read.mail.sender)
    usable = (
        select(Address)
        .outerjoin(Suppression, Suppression.canonical == Address.canonical)
        .where(Address.subscriber_id == wish.subscriber_id, Address.canonical == canonical)
        .where(Suppression.canonical.is_(None))
    )
    return session.scalar(usable)


def _is_of_notices(session: Session, list_id: int) -> bool:
    found = session.get(MailingList, list_id)
    return found is not None and found.purpose is ListPurpose.MEMBER_NOTICES
