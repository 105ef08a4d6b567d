"""Putting a faulty issue right: the corrected text for whoever has not got it, a correction for the others.

replace   the faulty variants are rendered anew; what is open takes the new ones   | one transaction
begin     a new issue, to exactly those who got a faulty variant, with deliveries of its own
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.core.articles import ArticleText
from newsletter.core.fingerprints import of_article
from newsletter.errors import IssueError
from newsletter.importing.values import Proposal, Proposed
from newsletter.language import _
from newsletter.models import Delivery, DeliveryState, Issue, IssueKind, IssueStatus, LeftOutReason, Variant
from newsletter.services import approvals, articles, issues, items, zones
from newsletter.services.deliveries import OPEN
from subscribers.core.authority import Everything, Scope
from subscribers.models import Subscriber
from subscribers.services import acts
from subscribers.services.scopes import rows_within

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING)
_ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Replaced:
    """New variants by the old ones' ids, and how many letters that had not gone take them."""

    variants: Mapping[int, int]
    letters: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A variant of an issue and what has become of its letters: gone or perhaps gone, and still to go.

    ``is_newest`` is False for one that was corrected: nobody gets it any more.
    """

    variant_id: int
    name: str
    language: str
    version: int
    is_newest: bool
    arrived: int
    under_way: int


def variants_of(session: Session, *, scope: Scope, issue_id: int) -> Sequence[Sent]:
    """Return an issue's variants that people of the scope got or will get, by name, with their letters."""
    counted = (
        select(
            Delivery.variant_id,
            func.count().filter(Delivery.state.in_(_ARRIVED)).label("arrived"),
            func.count().filter(Delivery.state.in_(_UNDER_WAY)).label("under_way"),
        )
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, rows_within(scope))
        .group_by(Delivery.variant_id)
        .subquery("counted")
    )
    # The few columns that are shown: the frozen letters themselves are large.
    found = session.execute(
        select(
            Variant.id,
            Variant.name,
            Variant.language,
            Variant.version,
            Variant.replaced_by_id.is_(None),
            counted.c.arrived,
            counted.c.under_way,
        )
        .join(counted, counted.c.variant_id == Variant.id)
        .order_by(Variant.name, Variant.language, Variant.version)
    )
    return [Sent(*row) for row in found]


def replace(
    session: Session,
    *,
    scope: Scope,
    issue_id: int,
    variant_ids: Sequence[int],
    frame: "Frame",
    actor: str,
    without_approval: str = "",
    now: datetime,
) -> Replaced:
    """Let every letter that has not gone take the variants as their articles are now; write it in the log.

    What a sender holds and gives back takes them when it is claimed again. ``without_approval`` is why it is
    done although a reviewer has not said yes to the new text. Raises ``NotApproved``, ``NotSound`` for
    a text that must not go out (nothing of it may be kept then: roll back), ``IssueError`` for one
    that is not on its way and for a scope over less than everything, and as ``variants.refreeze`` does.
    """
    _check_whole(scope)
    # Here, so that whoever only looks at what was sent never loads rendering.
    from newsletter.services import preflight, variants

    issue = _released(session, issue_id)
    reason = _approved(session, issue, variant_ids, frame, without_approval, now)
    replaced = variants.refreeze(session, issue, variant_ids=variant_ids, frame=frame, now=now)
    made = [variant for variant in issue.variants if variant.id in replaced.values()]
    preflight.require_sound_variants(session, issue, made, frame=frame, now=now)
    letters = sum(_hand_over(session, old, new) for old, new in replaced.items())
    acts.log(
        session,
        actor=actor,
        act="replace variants",
        subject=f"issue {issue.id}, {issues.name_of(issue)}"[:200],
        details={
            "variants": {str(old): new for old, new in replaced.items()},
            "letters": letters,
            **({"unapproved because": reason} if reason else {}),
        },
        now=now,
    )
    return Replaced(replaced, letters)


def _approved(
    session: Session, issue: Issue, variant_ids: Sequence[int], frame: "Frame", reason: str, now: datetime
) -> str:
    today = now.astimezone(zones.of_issue(issue)).date()
    if not approvals.is_needed(session, issue, today=today):
        return ""
    chosen = [variant for variant in issue.variants if variant.id in set(variant_ids)]
    standing = approvals.standing_of(session, issue, chosen, frame=frame)
    return approvals.check(session, issue, standing, reason=reason, now=now)


def begin(
    session: Session,
    *,
    scope: Scope,
    issue_id: int,
    variant_ids: Sequence[int],
    subject: str,
    text: str,
    now: datetime,
) -> Issue:
    """Make a correction, as a draft with ``text`` (Markdown) in it, to those who got one of the variants.

    It goes the way of every issue from there. Raises ``IssueError`` when nobody got any of them, and while
    letters of them are still to go: these take the corrected text instead (``replace``), or are stopped.
    """
    _check_whole(scope)
    rules.check_words(title=subject, subject=subject)
    issue = _released(session, issue_id)
    sent = variants_of(session, scope=scope, issue_id=issue_id)
    chosen = [one for one in sent if one.variant_id in set(variant_ids)]
    _check(issue, chosen)
    article = _article(session, subject, text, now)
    correction = Issue(
        mailing_list=issue.mailing_list,
        year=issue.year,
        number=issue.number,
        title=subject.strip(),
        subject=subject.strip(),
        kind=IssueKind.CORRECTION,
        corrects=issue,
        corrects_variant_ids=sorted(one.variant_id for one in chosen),
        record_date=issue.record_date,
        last_date=issue.last_date,
        status=IssueStatus.DRAFT,
        created_at=now,
        updated_at=now,
    )
    session.add(correction)
    session.flush()
    items.add(session, issue_id=correction.id, article_id=article, now=now)
    return correction


def corrections_of(session: Session, *, issue_id: int) -> Sequence[Issue]:
    """Return the corrections of an issue, in the order in which they were begun."""
    return session.scalars(select(Issue).where(Issue.corrects_id == issue_id).order_by(Issue.id)).all()


def _check_whole(scope: Scope) -> None:
    if not isinstance(scope, Everything):
        raise IssueError("Ett nummer rättas av den som ansvarar för hela utskicket.")


def _check(issue: Issue, chosen: Sequence[Sent]) -> None:
    name = issues.name_of(issue)
    if not any(one.arrived for one in chosen):
        raise IssueError(
            "Ingen har fått de regionversionerna av {issue}. Välj minst en som har gått.", issue=name
        )
    if left := sum(one.under_way for one in chosen):
        raise IssueError(
            "{count} brev av {issue} har inte gått än. Byt ut texten i dem först, eller avbryt utskicket: "
            "annars får de felet och ingen rättelse.",
            count=left,
            issue=name,
        )


def _article(session: Session, subject: str, text: str, now: datetime) -> int:
    if not text.strip():
        raise IssueError("Rättelsen har ingen text. Skriv vad som blev fel, och vad som gäller.")
    content = ArticleText(title=subject.strip(), body=text.strip(), origin=_("rättelse"))
    proposed = Proposal(
        origin=content.origin, source=of_article(content), articles=[Proposed(text=content, status="ready")]
    )
    [imported] = articles.import_texts(session, [proposed], now=now, by="correction")
    return imported.article.id


def _hand_over(session: Session, old: int, new: int) -> int:
    """Let the open letters of a variant, and whom they greet too, take the new one; return how many."""
    moved = session.execute(
        update(Delivery)
        .where(Delivery.variant_id == old, OPEN)
        .values(variant_id=new)
        .returning(Delivery.issue_id, Delivery.subscriber_id),
        execution_options={"synchronize_session": False},
    ).all()
    carrier = Delivery.__table__.alias("carrier")
    shares = and_(
        Delivery.variant_id == old,
        Delivery.state == DeliveryState.LEFT_OUT,
        Delivery.why == LeftOutReason.SHARED_ADDRESS.value,
        select(carrier.c.id)
        .where(
            carrier.c.issue_id == Delivery.issue_id,
            carrier.c.subscriber_id == Delivery.carried_by,
            carrier.c.variant_id == new,
        )
        .exists(),
    )
    session.execute(
        update(Delivery).where(shares).values(variant_id=new),
        execution_options={"synchronize_session": False},
    )
    return len(moved)


def _released(session: Session, issue_id: int) -> Issue:
    issue = session.scalar(
        select(Issue).where(Issue.id == issue_id).with_for_update().execution_options(populate_existing=True)
    )
    if issue is None or issue.status is not IssueStatus.RELEASED:
        raise IssueError("Bara ett nummer som har börjat gå ut kan rättas. Ändra ett utkast som vanligt.")
    return issue
