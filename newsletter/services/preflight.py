"""An issue's checks before it goes: gathered from the database, made by ``core.preflight``.

issue -> its words, its articles and every variant as a reader would get it -> findings
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import product
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core.messages import MessageTemplate
from newsletter.core.preflight import answers, size
from newsletter.core.preflight.findings import Checked, Finding, Severity, together
from newsletter.core.preflight.matter import Matter, Part, Version
from newsletter.core.preflight.versions import check_stopping, check_version
from newsletter.core.preflight.words import check_words
from newsletter.errors import NotSound
from newsletter.models import Issue, IssueKind, IssueStatus, Item, ItemForm, Variant
from newsletter.services import contributions, link_answers, previews, variants
from newsletter.services.article_records import to_text
from newsletter.services.finding_words import said
from newsletter.services.issue_states import name_of
from newsletter.services.previews import Preview, Reader
from subscribers.models import ListPurpose

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

#: How many earlier subjects a new one is compared with: about a year of a monthly letter.
_EARLIER = 12


def look(
    session: Session, issue: Issue, *, frame: "Frame", zone: str, now: datetime, day: date | None = None
) -> Checked:
    """Return what ``check`` finds, and in how many variants it looked. ``day``: the day it would go.

    What links have answered today counts, too; nobody is asked.
    """
    matter = gather(session, issue, frame=frame, zone=zone, now=now)
    if day is not None:
        matter = replace(matter, sent_on=day)
    names = {version.name for version in matter.versions}
    answered = link_answers.known(session, answers.to_ask(matter, own=frame.base_url), now=now)
    found = together([*_found(matter), *answers.check(matter, answered)])
    return Checked(tuple(found), len(names))


def check(session: Session, issue: Issue, *, frame: "Frame", zone: str, now: datetime) -> list[Finding]:
    """Return what is wrong with an issue as it stands, the worst first; the same in ten variants is one.

    A frozen issue is checked as it was frozen. ``zone`` is the association's. Raises ``TemplateError`` and
    ``HeaderRefused`` for what cannot be rendered; an issue with nothing in it has no variants to check.
    """
    return _found(gather(session, issue, frame=frame, zone=zone, now=now))


def _found(matter: Matter) -> list[Finding]:
    found = [finding for version in matter.versions for finding in check_version(version, matter)]
    sizes = [finding for finding in found if finding.rule == "X14"]
    others = [finding for finding in found if finding.rule != "X14"]
    return together([*check_words(matter), *size.largest(sizes), *others])


def require_sound(session: Session, issue: Issue, *, frame: "Frame", zone: str, now: datetime) -> None:
    """Raise ``NotSound`` for an issue with a fault that must not go out, whatever anybody says."""
    stop(issue, _stopping(gather(session, issue, frame=frame, zone=zone, now=now)))


def require_sound_variants(
    session: Session, issue: Issue, made: Sequence[Variant], *, frame: "Frame", now: datetime
) -> None:
    """Raise ``NotSound`` where one of these variants, as made, must not go out: for what replaces others."""
    versions = tuple(_kept(session, issue, each, frame, now) for each in made)
    parts = tuple(_part(item, {}) for item in issue.items)
    found = _stopping(Matter(subject=issue.subject, parts=parts, versions=versions))
    if found:
        raise NotSound("{fault} Innan dess byts ingen text ut.", fault=said(found[0]))


def stop(issue: Issue, found: Sequence[Finding]) -> None:
    """Raise ``NotSound`` where one of the findings, the worst first, must not go out."""
    if found and found[0].severity is Severity.STOP:
        raise NotSound(
            "{fault} Innan dess kan {issue} inte skickas.",
            issue=name_of(issue),
            fault=said(found[0]),
        )


def _stopping(matter: Matter) -> list[Finding]:
    return together(each for version in matter.versions for each in check_stopping(version, matter))


def gather(session: Session, issue: Issue, *, frame: "Frame", zone: str, now: datetime) -> Matter:
    """Return what the checks look at: words, articles, and each variant filled for an invented reader."""
    earlier = _earlier(session, issue)
    return Matter(
        subject=issue.subject,
        preheader=issue.preheader,
        sent_on=_goes_on(issue, zone),
        parts=tuple(_part(item, earlier) for item in issue.items),
        versions=tuple(_versions(session, issue, frame, now)),
        earlier_subjects=_earlier_subjects(session, issue),
        without_block=_without_block(session, issue),
    )


def _versions(session: Session, issue: Issue, frame: "Frame", now: datetime) -> Iterator[Version]:
    if issue.frozen_at is not None:
        # By what each was made of, whatever the plan would be now: regions and audiences may have changed.
        yield from (_kept(session, issue, each, frame, now) for each in variants.newest(issue))
        return
    by_item = _articles_of(issue)
    planned = variants.planned(session, issue)
    for language, one in product(variants.languages_read(session), planned):
        who = Reader(one.regions[0], language)
        seen = previews.preview(session, issue, who, frame=frame, now=now)
        version = _version(issue, one.name, language, seen, [by_item[item_id] for item_id in one.item_ids])
        if size.html_size(version) >= size.WARN_FROM:
            gains = variants.gains(session, issue, region=who.region, language=who.language, frame=frame)
            version = replace(version, gains=gains)
        yield version


def _kept(session: Session, issue: Issue, variant: Variant, frame: "Frame", now: datetime) -> Version:
    """Return a frozen variant, filled for an invented reader."""
    by_item, template = _articles_of(issue), MessageTemplate.load(variant.template)
    seen = previews.filled(session, issue, template, Reader("", variant.language), frame=frame, now=now)
    # An item that has gone from the issue since has no article here, and so nothing it may hide.
    articles = [by_item[item_id] for item_id in variant.item_ids if item_id in by_item]
    return _version(issue, variant.name, variant.language, seen, articles)


def _version(issue: Issue, name: str, language: str, seen: Preview, articles: Sequence[int]) -> Version:
    return Version(
        name=name,
        language=language,
        html=seen.html,
        text=seen.text,
        message=seen.message,
        article_ids=tuple(articles),
        can_unsubscribe=issue.mailing_list.purpose is not ListPurpose.MEMBER_NOTICES,
    )


def _articles_of(issue: Issue) -> dict[int, int]:
    return {item.id: item.article_id for item in issue.items}


def _part(item: Item, earlier: Mapping[int, str]) -> Part:
    return Part(
        article_id=item.article_id,
        text=to_text(item.article),
        teaser=item.form is ItemForm.TEASER,
        expires_on=item.article.expires_on,
        earlier=earlier.get(item.article_id, ""),
    )


def _earlier(session: Session, issue: Issue) -> Mapping[int, str]:
    """Return the newest issue that each of the articles has gone out with, but for a correction's own."""
    if issue.kind is IssueKind.CORRECTION:
        return {}
    articles = [item.article_id for item in issue.items]
    had = (
        select(Item.article_id, Issue)
        .join(Issue, Issue.id == Item.issue_id)
        .where(Item.article_id.in_(articles), Issue.id != issue.id, Issue.status == IssueStatus.RELEASED)
        .order_by(Issue.released_at)
    )
    return {article_id: name_of(other) for article_id, other in session.execute(had).all()}


def _earlier_subjects(session: Session, issue: Issue) -> tuple[str, ...]:
    said = (
        select(Issue.subject)
        .where(
            Issue.list_id == issue.list_id,
            Issue.id != issue.id,
            Issue.status == IssueStatus.RELEASED,
            Issue.kind == IssueKind.ORDINARY,
        )
        .order_by(Issue.released_at.desc())
        .limit(_EARLIER)
    )
    return tuple(session.scalars(said)) if issue.kind is IssueKind.ORDINARY else ()


def _without_block(session: Session, issue: Issue) -> tuple[str, ...]:
    """Name the regions that have nothing of their own in an issue in which others have."""
    own: Sequence[contributions.Contribution] = contributions.of_regions(session, issue=issue, within=None)
    if len(own) < 2 or not any(each.titles for each in own):
        return ()
    return tuple(each.name for each in own if not each.titles)


def _goes_on(issue: Issue, zone: str) -> date | None:
    if issue.send_at is not None:
        return issue.send_at.astimezone(ZoneInfo(issue.send_zone or zone)).date()
    return issue.planned_for
