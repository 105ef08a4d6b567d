"""The archive: what has gone to everybody, for everybody to read, where an officer has opened it.

    an open list -> its released issues -> those that went to all of it, and can no longer be regretted
    one of them  -> the web version of people without a region, as it was last put right

An issue that reaches some only (a region, a segment, those who got a fault) is in no archive, nor is one that
is paused or was stopped. What a closed archive holds is answered as what does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, load_only

from newsletter.core.audiences import EVERYONE
from newsletter.errors import IssueError
from newsletter.models import Amendment, Issue, IssueKind, IssueStatus, Variant, VariantRegion, WebVersion
from newsletter.services import issues, sendings
from subscribers.core.purposes import GROUNDS
from subscribers.errors import NotFound
from subscribers.models import PUBLIC, Archive, ListPurpose, MailingList

_PUBLIC = [purpose for purpose in ListPurpose if GROUNDS[purpose.value].may_be_public]


@dataclass(frozen=True, slots=True)
class Entry:
    """An issue in the archive. ``key`` names it in addresses; ``indexed``: search engines may keep it.

    ``changed_at`` is when what is read there was last changed; ``variant_id`` says which web version it is,
    None for a letter from before there were any.
    """

    issue_id: int
    key: str
    list_name: str
    list_name_en: str
    number: int
    year: int
    title: str
    preheader: str
    sent_at: datetime
    indexed: bool
    changed_at: datetime
    variant_id: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """An issue to read: ``html`` is the frozen letter with its slots, ``corrected_at`` when it was put right.

    ``sections`` are its web version's as they were kept, None for a letter from before there were any.
    ``as_sent``: the letter still says what the page says, so that it may be shown. ``newer`` and ``older``
    are the issues beside it, if there are any.
    """

    entry: Entry
    html: str
    sections: Sequence[dict[str, Any]] | None
    as_sent: bool
    corrected_at: datetime | None
    newer: Entry | None
    older: Entry | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an issue stands to the archive. ``key`` is None while it cannot be read there.

    ``is_open``: its list's archive is. ``is_for_all``: it went to the whole list. ``is_taken_out``: by hand.
    """

    is_open: bool
    is_for_all: bool
    is_taken_out: bool
    key: str | None


def is_open(session: Session) -> bool:
    """Tell whether any list has an open archive."""
    return bool(session.scalar(select(exists(select(MailingList.id).where(*_OPEN_LISTS)))))


def may_be_indexed(session: Session) -> bool:
    """Tell whether search engines may keep the page on which the issues are listed."""
    indexed = select(MailingList.id).where(
        MailingList.purpose.in_(_PUBLIC), MailingList.archive == Archive.INDEXED
    )
    return bool(session.scalar(select(exists(indexed))))


def entries(session: Session, *, now: datetime) -> Sequence[Entry]:
    """Return what can be read, the newest first, years together."""
    found = [issue for issue in session.scalars(_candidates()).all() if _has_gone(session, issue, now)]
    heads = _heads(session, [issue.id for issue in found])
    return [_entry(issue, heads.get(issue.id)) for issue in found]


def read(session: Session, *, key: str, now: datetime) -> Kept:
    """Return an issue to read. Raises ``NotFound``, the same for what is closed and what never was."""
    every = entries(session, now=now)
    at = next((place for place, entry in enumerate(every) if entry.key == key), None)
    if at is None:
        raise NotFound("Det finns inget sådant nummer i arkivet.")
    html, version, created_at, sections = session.execute(
        select(Variant.html, Variant.version, Variant.created_at, WebVersion.sections)
        .join(VariantRegion, VariantRegion.variant_id == Variant.id)
        .outerjoin(WebVersion, WebVersion.variant_id == Variant.id)
        .where(*_common_of(every[at].issue_id))
    ).one()
    amendment = select(Amendment.id).where(Amendment.issue_id == every[at].issue_id)
    amended = session.scalar(select(exists(amendment)))
    return Kept(
        every[at],
        html,
        sections,
        not amended,
        created_at if version > 1 else None,
        newer=every[at - 1] if at else None,
        older=every[at + 1] if at + 1 < len(every) else None,
    )


def standing(session: Session, issue: Issue, *, now: datetime) -> Standing | None:
    """Say how an issue stands to the archive; None for a list that can have none."""
    if issue.mailing_list.purpose not in _PUBLIC:
        return None
    found = next((each for each in entries(session, now=now) if each.issue_id == issue.id), None)
    return Standing(
        is_open=issue.mailing_list.is_public,
        is_for_all=_is_for_all(issue),
        is_taken_out=issue.in_archive is False,
        key=found.key if found else None,
    )


def keep_out(session: Session, *, issue_id: int, out: bool) -> bool:
    """Keep an issue out of the archive whatever its list says, or let it go by its list again.

    Returns whether that was news. Raises ``NotFound``, and ``IssueError`` for a list that can have none.
    """
    issue = issues.get(session, issue_id)
    if issue.mailing_list.purpose not in _PUBLIC:
        raise IssueError("{issue} hör till en lista som inte har något arkiv.", issue=issues.name_of(issue))
    was_news = (issue.in_archive is False) is not out
    issue.in_archive = False if out else None
    session.flush()
    return was_news


_OPEN_LISTS: tuple[ColumnElement[bool], ...] = (
    MailingList.purpose.in_(_PUBLIC),
    MailingList.archive.in_(PUBLIC),
)


def _candidates() -> Select[Issue]:
    """Select the issues that are public by what is written down of them; the newest first."""
    return (
        select(Issue)
        .join(Issue.mailing_list)
        .where(
            *_OPEN_LISTS,
            Issue.status == IssueStatus.RELEASED,
            Issue.kind == IssueKind.ORDINARY,
            Issue.audience == EVERYONE,
            Issue.segment_id.is_(None),
            Issue.stopped_at.is_(None),
            Issue.paused_at.is_(None),
            Issue.in_archive.is_distinct_from(False),
            exists(select(VariantRegion.variant_id).where(*_common_of(Issue.id))),
        )
        .options(contains_eager(Issue.mailing_list))
        .order_by(Issue.year.desc(), Issue.released_at.desc(), Issue.id.desc())
    )


def _common_of(issue_id: ColumnElement[int] | InstrumentedAttribute[int] | int) -> list[ColumnElement[bool]]:
    """Hold for the row that says which variant is common: in Swedish, of people without a region."""
    return [
        VariantRegion.issue_id == issue_id,
        VariantRegion.region == "",
        VariantRegion.language == "sv",
    ]


def _is_for_all(issue: Issue) -> bool:
    return issue.kind is IssueKind.ORDINARY and issue.audience == EVERYONE and issue.segment_id is None


def _has_gone(session: Session, issue: Issue, now: datetime) -> bool:
    """Tell whether an issue is on its way to everybody: no longer to be regretted, or to a few first."""
    times = sendings.waves_of(issue)
    if times is None or now < times.rest:
        return False
    return issue.summarised_at is not None or not sendings.may_undo(session, issue)


def _heads(session: Session, issue_ids: Sequence[int]) -> Mapping[int, WebVersion]:
    """Return the common web version of each of these issues, without the articles in it."""
    found = session.execute(
        select(VariantRegion.issue_id, WebVersion)
        .join(WebVersion, WebVersion.variant_id == VariantRegion.variant_id)
        .where(VariantRegion.issue_id.in_(issue_ids), *_common_of(VariantRegion.issue_id))
        .options(load_only(WebVersion.title, WebVersion.preheader, WebVersion.made_at, WebVersion.changed_at))
    )
    return dict(found.all())


def _entry(issue: Issue, head: WebVersion | None) -> Entry:
    mailing_list, sent_at = issue.mailing_list, issue.released_at or issue.updated_at
    return Entry(
        issue_id=issue.id,
        key=f"{mailing_list.slug}-{issue.year}-{issue.number}",
        list_name=mailing_list.name,
        list_name_en=mailing_list.name_en,
        number=issue.number,
        year=issue.year,
        title=head.title if head else issue.title,
        preheader=head.preheader if head else issue.preheader,
        sent_at=sent_at,
        indexed=mailing_list.archive is Archive.INDEXED,
        # Made before it went: what nobody has changed is as old as the letter.
        changed_at=max(sent_at, head.changed_at) if head else sent_at,
        variant_id=head.variant_id if head else None,
    )
