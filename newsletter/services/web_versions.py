"""Web versions: what each variant says, kept as clean HTML when it is frozen, and read without rendering.

freeze -> keep          with the variant, for a list whose letters can be read on the web
a key -> read           the newest version of what its holder got
somebody signed in -> of_issue, is_for   those of the regions that they write to
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from newsletter.models import Issue, IssueStatus, Variant, VariantRegion, WebVersion
from subscribers.errors import NotFound
from subscribers.models import Archive, MailingList

if TYPE_CHECKING:
    from newsletter.rendering.archived import Section
    from newsletter.rendering.values import Frame, IssueView
    from newsletter.rendering.web_articles import Change


@dataclass(frozen=True, slots=True)
class Readable:
    """A web version to read. ``html`` is not in it: ``sections`` are made of what was kept.

    ``title_of_list`` is the list's name in the variant's language. ``changed_at`` is when the version was
    last changed, which is when it was made where nothing was.
    """

    variant_id: int
    issue_id: int
    language: str
    list_name: str
    number: int
    year: int
    title: str
    preheader: str
    sent_at: datetime
    changed_at: datetime
    sections: "Sequence[Section]"


@dataclass(frozen=True, slots=True)
class Sent:
    """A variant as it went: its HTML with slots, and the digest of the whole template, hexadecimal."""

    name: str
    language: str
    version: int
    html: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A variant of an issue that has gone: whose it is, and whether its readers see it on the web now.

    ``version`` counts from 1: a later one took the place of one with a fault. ``is_read``: it has a web
    version, and nothing has taken its place.
    """

    variant_id: int
    name: str
    language: str
    version: int
    is_read: bool


def keep(session: Session, variant: Variant, view: "IssueView", *, now: datetime) -> None:
    """Keep the web version of a variant that has its id. Does nothing for a list that has none.

    What was changed on the web before stays changed. Raises ``NotSound`` for what must not be read there.
    """
    from newsletter.rendering import web_articles
    from newsletter.services import amendments

    if not view.on_web:
        return
    items = amendments.stand_over(session, variant.issue_id, web_articles.items_of(view))
    head = amendments.head_of(session, variant.issue_id, view.title, view.preheader)
    made = WebVersion(
        variant_id=variant.id,
        issue_id=variant.issue_id,
        title=head.title,
        preheader=head.lead,
        articles=json.dumps(web_articles.dump(items), ensure_ascii=False),
        sections=[],
        made_at=now,
        changed_at=now,
    )
    changes = amendments.told(session, variant.issue_id)
    made.sections = web_articles.sections(items, language=view.language, frame=view.frame, changes=changes)
    session.add(made)
    session.flush()


def set_again(
    session: Session, version: WebVersion, *, frame: "Frame", changes: "Mapping[int, Sequence[Change]]"
) -> None:
    """Set a web version anew from what it is made of now."""
    from newsletter.rendering import web_articles

    language = session.scalar(select(Variant.language).where(Variant.id == version.variant_id)) or "sv"
    items = web_articles.load(json.loads(version.articles))
    version.sections = web_articles.sections(items, language=language, frame=frame, changes=changes)


def state_of(session: Session, *, variant_id: int) -> tuple[int, datetime] | None:
    """Return which variant the holder of a link reads now, and when it was last changed.

    None while nobody may: the list is closed, or the issue has not begun to go. It costs one look at an
    index, and is all that is asked when the page itself is at hand.
    """
    newest = aliased(Variant)
    found = session.execute(
        select(WebVersion.variant_id, WebVersion.changed_at)
        .join(newest, newest.id == WebVersion.variant_id)
        .join(Variant, func.coalesce(Variant.replaced_by_id, Variant.id) == newest.id)
        .join(Issue, Issue.id == newest.issue_id)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(
            Variant.id == variant_id,
            Issue.status == IssueStatus.RELEASED,
            MailingList.archive != Archive.CLOSED,
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def read(session: Session, *, variant_id: int) -> Readable:
    """Return a web version. Raises ``NotFound``; whether one may see it is for the caller to have asked."""
    from newsletter.rendering import web_articles

    found = session.execute(
        select(WebVersion, Variant.language, Issue)
        .join(Variant, Variant.id == WebVersion.variant_id)
        .join(Issue, Issue.id == WebVersion.issue_id)
        .where(WebVersion.variant_id == variant_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Den webbversionen finns inte.")
    version, language, issue = found
    mailing_list = issue.mailing_list
    return Readable(
        variant_id=variant_id,
        issue_id=issue.id,
        language=language,
        list_name=mailing_list.name_en if language == "en" else mailing_list.name,
        number=issue.number,
        year=issue.year,
        title=version.title,
        preheader=version.preheader,
        sent_at=issue.released_at or issue.updated_at,
        changed_at=version.changed_at,
        sections=web_articles.read(version.sections),
    )


def sent(session: Session, *, variant_id: int) -> Sent:
    """Return a variant as it went out. Raises ``NotFound``."""
    found = session.get(Variant, variant_id)
    if found is None:
        raise NotFound("Det brevet finns inte.")
    return Sent(found.name, found.language, found.version, found.html, found.sha256)


def of_issue(session: Session, *, issue_id: int, within: frozenset[str] | None) -> Sequence[Listed]:
    """Return an issue's variants by name, also the replaced ones; ``within``: of these regions (slugs)."""
    newest = func.coalesce(Variant.replaced_by_id, Variant.id)
    found = session.execute(
        select(
            Variant.id,
            Variant.name,
            Variant.language,
            Variant.version,
            and_(WebVersion.variant_id.is_not(None), Variant.replaced_by_id.is_(None)),
        )
        .outerjoin(WebVersion, WebVersion.variant_id == Variant.id)
        .where(Variant.issue_id == issue_id, newest.in_(_within(within, issue_id)))
        .order_by(Variant.name, Variant.language, Variant.version)
    )
    return [Listed(*row) for row in found]


def is_for(session: Session, *, variant_id: int, within: frozenset[str] | None) -> bool:
    """Tell whether a variant that has gone was meant for one of these regions; None: for anybody."""
    variant = session.get(Variant, variant_id)
    if variant is None or variant.issue.status is not IssueStatus.RELEASED:
        return False
    newest = variant.replaced_by_id or variant.id
    theirs = _within(within, variant.issue_id).where(VariantRegion.variant_id == newest)
    return session.scalar(theirs.limit(1)) is not None


def _within(slugs: frozenset[str] | None, issue_id: int) -> Select[int]:
    found = select(VariantRegion.variant_id).where(VariantRegion.issue_id == issue_id)
    return found if slugs is None else found.where(VariantRegion.region.in_(slugs))
