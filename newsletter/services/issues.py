"""Issues: what stands in them, in which order, for whom, and when they go.

    create -> add_item, move_item, remove_item, change -> schedule (freezes the variants) -> released by a job
                                                          unschedule (back to draft)
                                                          cancel

An issue changes only while it is a draft. Every function locks the issue's row before it looks at its state,
so that two officers, or an officer and the scheduler, cannot both act on the same state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.core import notices
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.issues import Resolved
from newsletter.core.pace import STANDARD, Pace
from newsletter.errors import IssueError
from newsletter.language import _
from newsletter.models import Article, ArticleStatus, Issue, IssueKind, IssueStatus, Item, ItemForm
from subscribers.errors import NotFound
from subscribers.models import ListPurpose, MailingList, Segment
from subscribers.services import lists, regions

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame


def create(
    session: Session,
    *,
    title: str,
    subject: str,
    preheader: str = "",
    list_slug: str = "nyhetsbrev",
    year: int | None = None,
    number: int | None = None,
    audience: Audience = EVERYONE,
    record_date: date | None = None,
    last_date: date | None = None,
    segment: Segment | None = None,
    now: datetime,
) -> Issue:
    """Make a draft.

    ``year`` is this year where it is not given, ``number`` the next one of that list and year.
    ``record_date`` and ``last_date`` are for member notices only (see ``Issue``). ``segment`` limits who gets
    it, by its rule as it stands at the release; a member notice has none, since it is every member's right.
    Raises ``IssueError`` for words or dates that will not do, for a number that is taken and for a segment
    of a notice, ``NotFound`` for an unknown list or region.
    """
    rules.check_words(title=title, subject=subject, preheader=preheader)
    mailing_list = _list(session, list_slug)
    notices.check_dates(record_date, last_date, is_notice=_is_notice(mailing_list))
    if segment is not None and _is_notice(mailing_list):
        raise IssueError(
            "Ett medlemsmeddelande går till alla medlemmar och kan inte begränsas med ett urval."
        )
    _check_regions(session, audience)
    year = now.year if year is None else year
    issue = Issue(
        mailing_list=mailing_list,
        year=year,
        number=_number(session, mailing_list, year, number),
        title=title.strip(),
        subject=subject.strip(),
        preheader=preheader.strip(),
        audience=audience,
        record_date=record_date,
        last_date=last_date,
        segment=segment,
        status=IssueStatus.DRAFT,
        created_at=now,
        updated_at=now,
    )
    session.add(issue)
    session.flush()
    return issue


def get(session: Session, reference: int | str) -> Issue:
    """Return an issue by its id, or by "number/year" such as "12/2026". Raises ``NotFound``.

    Two lists may both have a number 12 that year: then only the id will do, and ``IssueError`` says so.
    """
    text = str(reference).strip()
    number, slash, year = text.partition("/")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, year or "0")):
        raise _unknown(text)
    if not slash:
        issue = session.get(Issue, int(number))
        if issue is None:
            raise _unknown(text)
        return issue
    return _by_number(session, int(number), int(year or 0))


def find_all(session: Session, *, status: IssueStatus | None = None) -> Sequence[Issue]:
    """Return all issues, or those in one state; the latest first."""
    query = select(Issue).order_by(Issue.year.desc(), Issue.number.desc(), Issue.id.desc())
    return session.scalars(query if status is None else query.where(Issue.status == status)).all()


def change(
    session: Session,
    *,
    issue_id: int,
    title: str | None = None,
    subject: str | None = None,
    preheader: str | None = None,
    record_date: date | None = None,
    last_date: date | None = None,
    now: datetime,
) -> Issue:
    """Change a draft's words and dates; None leaves them as they are. Raises ``IssueError``, ``NotFound``."""
    issue = _draft(session, issue_id, now)
    dates = (record_date or issue.record_date, last_date or issue.last_date)
    notices.check_dates(*dates, is_notice=_is_notice(issue.mailing_list))
    issue.record_date, issue.last_date = dates
    words = {
        "title": issue.title if title is None else title,
        "subject": issue.subject if subject is None else subject,
        "preheader": issue.preheader if preheader is None else preheader,
    }
    rules.check_words(**words)
    for field, text in words.items():
        setattr(issue, field, text.strip())
    session.flush()
    return issue


def add_item(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    position: int | None = None,
    section: str = "",
    form: ItemForm = ItemForm.FULL,
    audience: Audience = EVERYONE,
    now: datetime,
) -> Item:
    """Put an article into a draft, at ``position`` (1 is first; None or too large: last).

    Who sees it are those who belong to the item's audience, the article's and the issue's.
    Raises ``IssueError`` when that is nobody, when the article stands there already or is archived.
    """
    issue = _draft(session, issue_id, now)
    article = _article(session, article_id)
    rules.check_line(section, rules.LONGEST_SECTION)
    _check_regions(session, audience)
    if any(item.article_id == article.id for item in issue.items):
        raise IssueError(
            "Artikel {article} (”{title}”) står redan i {issue}.",
            article=article.id,
            title=article.title,
            issue=name_of(issue),
        )
    _check_reaches_somebody(issue, article, audience)
    item = Item(article=article, position=0, section=section.strip(), form=form, audience=audience)
    _place(issue.items, item, position)
    session.flush()
    return item


def move_item(session: Session, *, issue_id: int, article_id: int, position: int, now: datetime) -> Item:
    """Move an article within a draft to ``position`` (1 is first; too large: last)."""
    issue = _draft(session, issue_id, now)
    item = _item(issue, article_id)
    issue.items.remove(item)
    _place(issue.items, item, position)
    session.flush()
    return item


def remove_item(session: Session, *, issue_id: int, article_id: int, now: datetime) -> None:
    """Take an article out of a draft; the article itself stays in the register."""
    issue = _draft(session, issue_id, now)
    issue.items.remove(_item(issue, article_id))
    _number_items(issue.items)
    session.flush()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An issue that will go by itself, and what the turning of the clocks does to its time."""

    issue: Issue
    at: Resolved


def schedule(
    session: Session,
    *,
    issue_id: int,
    at: str | datetime,
    zone: str,
    frame: "Frame",
    pace: Pace = STANDARD,
    urgent: bool = False,
    now: datetime,
) -> Scheduled:
    """Set the time an issue goes at, and freeze its variants if it was a draft.

    ``at`` is what ``core.issues.resolve_wall_time`` reads, in ``zone``; ``frame`` is ``App.frame()``,
    ``pace`` ``App.pace()`` or what was skipped of it. An ``urgent`` issue is sent before all others that are
    on their way (what it holds back is up to ``sendings.hold_others``). An issue that is
    scheduled already, or missed its time, keeps what was frozen and changes its time and pace only.
    Raises ``IssueError`` for a time that has passed or is after a notice's last date, an issue with nothing
    in it or in the wrong state, and whatever freezing finds wrong (``TemplateError``).
    """
    resolved = rules.resolve_wall_time(at, zone, now=now)
    if resolved.instant < now:
        raise IssueError("Tiden {wall} har redan passerat. Ange en tid framåt, eller nu.", wall=resolved.wall)
    issue = _locked(session, issue_id)
    rules.check_allowed("schedule", issue.status.value, name=name_of(issue))
    notices.check_in_time(_day_there(resolved), issue.last_date, name=name_of(issue))
    if not issue.items:
        raise IssueError(
            "{issue} har inget innehåll. Lägg till en artikel innan det schemaläggs.", issue=name_of(issue)
        )
    issue.send_wall_time, issue.send_zone, issue.send_at = resolved.wall, resolved.zone, resolved.instant
    issue.grace_minutes, issue.head_start_minutes = pace.grace_minutes, pace.head_start_minutes
    issue.urgent = urgent
    if issue.status is IssueStatus.DRAFT:
        _freeze(session, issue, frame, now)
    issue.status = IssueStatus.SCHEDULED
    issue.updated_at = now
    session.flush()
    return Scheduled(issue, resolved)


def schedule_details(done: Scheduled, pace: Pace, held: Sequence[Issue]) -> dict[str, Any]:
    """Return what the log keeps of a scheduling: when, what was skipped and why, and what it holds."""
    return {
        "at": done.at.instant.isoformat(),
        "grace": pace.grace_minutes,
        "head start": pace.head_start_minutes,
        **({"skipped because": pace.reason} if pace.reason else {}),
        **({"holds": [issue.id for issue in held]} if held else {}),
    }


def _day_there(resolved: Resolved) -> date:
    return resolved.instant.astimezone(ZoneInfo(resolved.zone)).date()


def _is_notice(mailing_list: MailingList) -> bool:
    return mailing_list.purpose is ListPurpose.MEMBER_NOTICES


def _freeze(session: Session, issue: Issue, frame: "Frame", now: datetime) -> None:
    # Here, so that whoever only looks an issue up never loads rendering.
    from newsletter.services import variants

    variants.freeze(session, issue, frame=frame, now=now)


def unschedule(session: Session, *, issue_id: int, now: datetime) -> Issue:
    """Make a scheduled, missed or cancelled issue a draft again; what was frozen is thrown away."""
    issue = _moved(session, issue_id, "unschedule", now)
    issue.send_wall_time = issue.send_zone = issue.send_at = issue.frozen_at = None
    issue.held_by_id = issue.hold = issue.let_go_at = None
    issue.variants.clear()
    session.flush()
    return issue


def cancel(session: Session, *, issue_id: int, now: datetime) -> Issue:
    """Decide that an issue does not go out. It can be made a draft again. Raises ``IssueError``."""
    issue = _moved(session, issue_id, "cancel", now)
    session.flush()
    return issue


def changed_since_frozen(session: Session, issue: Issue) -> Sequence[Article]:
    """Return the articles that were changed after the issue was frozen: the change will not go out."""
    if issue.frozen_at is None:
        return []
    changed = (
        select(Article)
        .join(Item)
        .where(Item.issue_id == issue.id, Article.updated_at > issue.frozen_at)
        .order_by(Item.position)
    )
    return session.scalars(changed).all()


def name_of(issue: Issue) -> str:
    """Return what people call an issue: ``Nyhetsbrevet 12/2026``, ``Rättelse av Nyhetsbrevet 12/2026``."""
    name = f"{issue.mailing_list.name} {issue.number}/{issue.year}"
    return _("Rättelse av {issue}").format(issue=name) if issue.kind is IssueKind.CORRECTION else name


def audience_of(session: Session, words: Sequence[str]) -> Audience:
    """Return the audience of regions named by slug or name; none, or "alla", is everyone.

    Raises ``NotFound`` for an unknown one, with all that there are.
    """
    wanted = [word.strip() for word in words if word.strip()]
    if not wanted or [word.lower() for word in wanted] in (["alla"], ["everyone"], ["*"]):
        return EVERYONE
    return Audience.of(regions.find_region(session, text=word).slug for word in wanted)


def _check_regions(session: Session, audience: Audience) -> None:
    known = {region.slug for region in regions.all_regions(session)}
    for slug in sorted((audience.regions or frozenset()) - known):
        regions.find_region(session, text=slug)  # raises, and says which there are


def _list(session: Session, slug: str) -> MailingList:
    found = lists.by_slug(session, slug=slug)
    # Two officers who create an issue at once get one number each.
    session.execute(select(MailingList.id).where(MailingList.id == found.id).with_for_update())
    return found


def _number(session: Session, mailing_list: MailingList, year: int, number: int | None) -> int:
    if not 2000 <= year <= 2999:
        raise IssueError("{year} är inget möjligt årtal för ett nummer.", year=year)
    taken = session.scalars(
        select(Issue.number).where(
            Issue.list_id == mailing_list.id, Issue.year == year, Issue.kind == IssueKind.ORDINARY
        )
    ).all()
    following = max(taken, default=0) + 1
    if number is None:
        return following
    if not 1 <= number <= 9999:
        raise IssueError("Numret ska vara ett heltal från 1 till 9999, inte {number}.", number=number)
    if number in taken:
        raise IssueError(
            "{list} har redan ett nummer {number}/{year}. Nästa lediga är {following}.",
            list=mailing_list.name,
            number=number,
            year=year,
            following=following,
        )
    return number


def _by_number(session: Session, number: int, year: int) -> Issue:
    numbered = Issue.number == number, Issue.year == year, Issue.kind == IssueKind.ORDINARY
    found = session.scalars(select(Issue).where(*numbered)).all()
    if not found:
        raise _unknown(f"{number}/{year}")
    if len(found) > 1:
        ids = ", ".join(f"{issue.id} ({issue.mailing_list.name})" for issue in found)
        raise IssueError(
            "Flera listor har ett nummer {number}/{year}. Ange id i stället: {ids}.",
            number=number,
            year=year,
            ids=ids,
        )
    return found[0]


def _unknown(reference: str) -> NotFound:
    return NotFound(
        "Det finns inget nummer {issue}. Ange ett id, eller nummer och år som 12/2026.", issue=reference
    )


def _locked(session: Session, issue_id: int) -> Issue:
    issue = session.scalar(
        select(Issue).where(Issue.id == issue_id).with_for_update().execution_options(populate_existing=True)
    )
    if issue is None:
        raise _unknown(str(issue_id))
    return issue


def _moved(session: Session, issue_id: int, action: str, now: datetime) -> Issue:
    issue = _locked(session, issue_id)
    rules.check_allowed(action, issue.status.value, name=name_of(issue))
    issue.status = IssueStatus(rules.LEADS_TO[action])
    issue.updated_at = now
    return issue


def _draft(session: Session, issue_id: int, now: datetime) -> Issue:
    return _moved(session, issue_id, "edit", now)


def _article(session: Session, article_id: int) -> Article:
    article = session.get(Article, article_id)
    if article is None:
        raise NotFound("Det finns ingen artikel {article}.", article=article_id)
    if article.status is ArticleStatus.ARCHIVED:
        raise IssueError(
            "Artikel {article} (”{title}”) är arkiverad. Välj en annan, eller ta fram den ur arkivet.",
            article=article.id,
            title=article.title,
        )
    return article


def _check_reaches_somebody(issue: Issue, article: Article, audience: Audience) -> None:
    readers = audience.within(article.audience)
    if readers is None or readers.within(issue.audience) is None:
        raise IssueError(
            "Ingen skulle se artikel {article} (”{title}”): inslaget, artikeln och numret är till för "
            "olika regioner.",
            article=article.id,
            title=article.title,
        )


def _item(issue: Issue, article_id: int) -> Item:
    for item in issue.items:
        if item.article_id == article_id:
            return item
    raise NotFound("Artikel {article} står inte i {issue}.", article=article_id, issue=name_of(issue))


def _place(items: list[Item], item: Item, position: int | None) -> None:
    if position is not None and position < 1:
        raise IssueError("Platsen ska vara 1 eller mer; 1 är först.")
    items.insert(len(items) if position is None else min(position - 1, len(items)), item)
    _number_items(items)


def _number_items(items: Sequence[Item]) -> None:
    for place, item in enumerate(items, start=1):
        item.position = place
