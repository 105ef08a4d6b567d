"""What a letter will look like, for those who decide before it goes.

    a draft           -> rendered as it stands now
    a frozen issue    -> the bytes that were kept, as they go out
    both              -> filled for one reader, as a sender fills them

A preview gets forwarded, so its links to unsubscribe and to preferences are inert: where a real letter has
a token they have a word that opens nothing. All other links are the real ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import headers, messages
from newsletter.core.greetings import called, greeting
from newsletter.core.messages import MessageTemplate
from newsletter.errors import IssueError
from newsletter.models import Issue, Variant, VariantRegion
from newsletter.rendering.values import Frame
from newsletter.services import letterheads, variants
from newsletter.services.sharing import copy_of
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.scopes import no_such_person, people_within

#: Stands where a real letter has a token; no token can look like it, since they have 48 letters.
NO_TOKEN = "preview"  # noqa: S105 - the opposite of a secret

#: A name that can never be delivered to (RFC 2606 2), for readers who are nobody in particular.
_NOBODY = "reader@preview.invalid"


@dataclass(frozen=True, slots=True)
class Reader:
    """Through whose eyes an issue is seen.

    ``region`` is a slug, or "" for none; ``language`` that of the frame (``sv``, ``en``). A reader who is
    nobody in particular has no name and no address. ``also`` are the names of those whom the same copy
    greets after ``called``; ``variant_id`` is what the ledger says that it holds, once it is released.
    """

    region: str
    language: str = "sv"
    full_name: str = ""
    called: str = ""
    address: str = ""
    also: tuple[str, ...] = ()
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as its reader would get it: the whole message, and its two bodies decoded, with LF."""

    message: bytes
    html: str
    text: str


def reader(session: Session, issue: Issue, *, scope: Scope, subscriber_id: int, now: datetime) -> Reader:
    """Return a person as a reader of the issue: through the copy that they share, where they share one.

    Such a copy is addressed to one of them and greets the others too, as far as the scope knows them.
    Raises ``NotFound`` for one who is missing or outside the scope.
    """
    person = session.scalar(select(Subscriber).where(Subscriber.id == subscriber_id, people_within(scope)))
    if person is None:
        raise no_such_person()
    shared = copy_of(session, issue, scope=scope, subscriber_id=subscriber_id, now=now)
    if shared is None:
        return _alone(person)
    addressee, *others = [session.get_one(Subscriber, each) for each in shared.people]
    return replace(
        _alone(addressee),
        address=shared.address,
        also=tuple(called(other.given_name, other.family_name) for other in others),
        variant_id=shared.variant_id,
    )


def _alone(person: Subscriber) -> Reader:
    best_first = sorted(person.addresses, key=lambda address: not address.preferred)
    return Reader(
        region=person.region_slug or "",
        language="en" if person.language == "en" else "sv",
        full_name=person.name,
        called=called(person.given_name, person.family_name),
        address=best_first[0].address if best_first else "",
    )


def readers(
    session: Session, issue: Issue, *, region: str | None = None, language: str = "sv"
) -> Sequence[Reader]:
    """Return somebody of this region (a slug, "" for none); None: one for each variant that the issue has."""
    if region is not None:
        return [Reader(region, language)]
    return [Reader(variant.regions[0], language) for variant in variants.planned(session, issue)]


def preview(session: Session, issue: Issue, who: Reader, *, frame: Frame, now: datetime) -> Preview:
    """Return the letter that this reader would get.

    Raises ``IssueError`` when the issue holds nothing for the reader's region, ``TemplateError`` and
    ``HeaderRefused`` for what cannot be rendered.
    """
    if issue.frozen_at:
        template = _frozen(session, issue, who)
    else:
        template = variants.preview_message(
            session, issue, region=who.region, language=who.language, frame=frame, dated=now.date()
        )
    return filled(session, issue, template, who, frame=frame, now=now)


def filled(
    session: Session, issue: Issue, template: MessageTemplate, who: Reader, *, frame: Frame, now: datetime
) -> Preview:
    """Return a letter that stands ready, as this reader would get it. Raises ``HeaderRefused``."""
    answers = letterheads.answers_to(session, issue, today=now.date())
    message = template.fill(_values(who, frame, answers, now))
    parsed = message_from_bytes(message, policy=policy.default)
    return Preview(message, _body(parsed, "html"), _body(parsed, "plain"))


def _frozen(session: Session, issue: Issue, who: Reader) -> MessageTemplate:
    """Find what was kept for the reader, in Swedish where there is nothing in the reader's language."""
    if who.variant_id is not None:
        return MessageTemplate.load(session.get_one(Variant, who.variant_id).template)
    kept = (
        select(VariantRegion.language, Variant.template)
        .join(Variant, Variant.id == VariantRegion.variant_id)
        .where(VariantRegion.issue_id == issue.id, VariantRegion.region == who.region)
    )
    by_language = {row.language: row.template for row in session.execute(kept)}
    stored = by_language.get(who.language) or by_language.get("sv")
    if stored is None:
        raise IssueError(
            "Numret är schemalagt, och inget i det var till för den regionen när det schemalades."
        )
    return MessageTemplate.load(stored)


def _values(who: Reader, frame: Frame, answers: str, now: datetime) -> dict[str, str]:
    stop, preferences, web = (f"{frame.base_url}/{page}/{NO_TOKEN}" for page in ("u", "p", "las"))
    domain = frame.from_address.rpartition("@")[2]
    return {
        messages.TO: headers.address(who.full_name, who.address or _NOBODY),
        messages.REPLY_TO: headers.address(frame.association, answers or frame.contact),
        messages.DATE: headers.date(now),
        messages.MESSAGE_ID: headers.message_id(NO_TOKEN, domain),
        messages.LIST_UNSUBSCRIBE: headers.list_unsubscribe(stop),
        messages.GREETING: greeting([who.called, *who.also], who.language),
        messages.UNSUBSCRIBE_URL: stop,
        messages.PREFERENCES_URL: preferences,
        messages.WEB_URL: web,
    }


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content().replace("\r\n", "\n") if part is not None else ""
