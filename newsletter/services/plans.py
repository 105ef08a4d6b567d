"""The year plan: when texts must be in, when issues go, and the breaks in which nobody is reminded.

set_dates   an issue's last day for texts, and the day it should go
is_break    asked before anybody is reminded of anything
follow      the next issue, with the sections and standing items of one before
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.errors import IssueError
from newsletter.models import ArticleStatus, Break, Issue, IssueStatus, Item
from newsletter.services import compositions, issues, sections, zones
from newsletter.services.issue_states import locked, meant_for, name_of
from subscribers.errors import NotFound
from subscribers.models import ListPurpose, MailingList

_OVER = (IssueStatus.RELEASED, IssueStatus.CANCELLED)


def set_dates(
    session: Session, *, issue_id: int, deadline: date | None, planned_for: date | None, now: datetime
) -> Issue:
    """Plan an issue: the last day for texts and the day it should go; None for a day that is not set.

    Raises ``IssueError`` for texts that would come after the issue and for one that is over, ``NotFound``.
    """
    issue = locked(session, issue_id)
    if issue.status in _OVER:
        raise IssueError("{issue} planeras inte längre: det är skickat eller inställt.", issue=name_of(issue))
    if deadline and planned_for and deadline > planned_for:
        raise IssueError(
            "Sista dag för texter ({deadline}) ligger efter dagen då numret ska gå ({planned}). "
            "Välj en tidigare dag för texterna.",
            deadline=deadline,
            planned=planned_for,
        )
    for day in (deadline, planned_for):
        if day is not None and not 2000 <= day.year <= 2999:
            raise IssueError("{year} är inget möjligt årtal för ett nummer.", year=day.year)
    issue.deadline, issue.planned_for, issue.updated_at = deadline, planned_for, now
    session.flush()
    return issue


def day_of(issue: Issue) -> date | None:
    """Return the day an issue goes or should go, where its officer lives; None while nobody has said."""
    if issue.send_at is not None:
        return issue.send_at.astimezone(zones.of_issue(issue)).date()
    return issue.planned_for


def of_year(session: Session, *, year: int) -> Sequence[Issue]:
    """Return the issues of a year, and those that go in it, in the order in which they go."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = session.scalars(
        select(Issue).where(or_(Issue.year == year, Issue.planned_for.between(first, last)))
    ).all()
    return sorted(found, key=lambda issue: (day_of(issue) or last, issue.number, issue.id))


def coming(session: Session, *, within: frozenset[str] | None = None) -> Issue | None:
    """Return the newsletter that comes next: of those that have not gone, the one that goes first.

    ``within`` are regions (slugs): then of those that reach any of them.
    """
    found = session.scalars(
        select(Issue)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(MailingList.purpose == ListPurpose.NEWSLETTER, Issue.status.not_in(_OVER))
    ).all()
    reaching = [i for i in found if within is None or any(meant_for(i).sees(slug) for slug in within)]
    return min(
        reaching, key=lambda issue: (day_of(issue) or date.max, issue.year, issue.number), default=None
    )


def breaks(session: Session) -> Sequence[Break]:
    """Return all breaks, the earliest first."""
    return session.scalars(select(Break).order_by(Break.starts_on, Break.id)).all()


def is_break(session: Session, day: date) -> bool:
    """Tell whether the association rests on this day: then nobody is reminded of anything."""
    return bool(session.scalar(select(exists().where(Break.starts_on <= day, Break.ends_on >= day))))


def add_break(session: Session, *, name: str, starts_on: date, ends_on: date) -> Break:
    """Add a break; both days are within it. Raises ``IssueError`` for days or a name that will not do."""
    if not name.strip():
        raise IssueError("Uppehållet behöver ett namn, till exempel ”Sommaruppehåll”.")
    rules.check_line(name, rules.LONGEST_SECTION)
    if ends_on < starts_on:
        raise IssueError(
            "Uppehållet slutar {ends} men börjar {starts}. Byt plats på dagarna, eller rätta årtalet.",
            starts=starts_on,
            ends=ends_on,
        )
    made = Break(name=name.strip(), starts_on=starts_on, ends_on=ends_on)
    session.add(made)
    session.flush()
    return made


def remove_break(session: Session, *, break_id: int) -> None:
    """Take a break away. Raises ``NotFound``."""
    found = session.get(Break, break_id)
    if found is None:
        raise NotFound("Uppehållet finns inte längre. Läs in sidan igen.")
    session.delete(found)
    session.flush()


def follow(
    session: Session, *, issue_id: int, title: str, subject: str, preheader: str = "", now: datetime
) -> Issue:
    """Make the next issue of the same list from an earlier one: its sections and standing items, no more.

    Standing items whose article is archived stay behind. Raises ``NotFound``, and ``IssueError`` for
    words that will not do.
    """
    earlier = issues.get(session, issue_id)
    made = issues.create(
        session,
        title=title,
        subject=subject,
        preheader=preheader,
        list_slug=earlier.mailing_list.slug,
        audience=earlier.audience,
        now=now,
    )
    made.sections = sections.names(earlier)
    made.items = [_copied(item) for item in earlier.items if _comes_along(item)]
    compositions.number(made)
    session.flush()
    return made


def _comes_along(item: Item) -> bool:
    return item.standing and item.article.status is not ArticleStatus.ARCHIVED


def _copied(item: Item) -> Item:
    return Item(
        article=item.article,
        position=item.position,
        section=item.section,
        form=item.form,
        audience=item.audience,
        standing=True,
    )
