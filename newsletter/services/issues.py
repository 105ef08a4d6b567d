"""Issues: what they are called, which list's they are, and for whom.

    create -> change; services.items, services.sections -> services.scheduling

An issue changes only while it is a draft, and each change can be undone (``services.compositions``). Every
function locks the issue's row before it looks at its state, so that two officers, or an officer and the
scheduler, cannot both act on the same state.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.core import notices
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.compositions import What
from newsletter.errors import IssueError
from newsletter.models import Issue, IssueKind, IssueStatus
from newsletter.services import compositions
from newsletter.services.compositions import AT_THE_MACHINE, Hand
from newsletter.services.issue_states import name_of, unknown
from subscribers.models import ListPurpose, MailingList, Segment
from subscribers.services import lists, regions

__all__ = [
    "audience_of", "change", "check_regions", "create", "find_all", "get", "locked_list",
    "name_of",
]  # fmt: skip

if TYPE_CHECKING:
    pass


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
    mailing_list = locked_list(session, list_slug)
    notices.check_dates(record_date, last_date, is_notice=_is_notice(mailing_list))
    if segment is not None and _is_notice(mailing_list):
        raise IssueError(
            "Ett medlemsmeddelande går till alla medlemmar och kan inte begränsas med ett urval."
        )
    check_regions(session, audience)
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
        raise unknown(text)
    if not slash:
        issue = session.get(Issue, int(number))
        if issue is None:
            raise unknown(text)
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
    hand: Hand = AT_THE_MACHINE,
    now: datetime,
) -> Issue:
    """Change a draft's words and dates; None leaves them as they are.

    Raises ``IssueError``, ``IssueChanged`` and ``NotFound``.
    """
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        issue = made.issue
        dates = (record_date or issue.record_date, last_date or issue.last_date)
        notices.check_dates(*dates, is_notice=_is_notice(issue.mailing_list))
        issue.record_date, issue.last_date = dates
        words = {
            "title": issue.title if title is None else title.strip(),
            "subject": issue.subject if subject is None else subject.strip(),
            "preheader": issue.preheader if preheader is None else preheader.strip(),
        }
        rules.check_words(**words)
        changed = [field for field, text in words.items() if getattr(issue, field) != text]
        for field in changed:
            setattr(issue, field, words[field])
        issue.updated_at = now
        made.say(What.WORDS, fields=changed)
    return issue


def audience_of(session: Session, words: Sequence[str]) -> Audience:
    """Return the audience of regions named by slug or name; none, or "alla", is everyone.

    Raises ``NotFound`` for an unknown one, with all that there are.
    """
    wanted = [word.strip() for word in words if word.strip()]
    if not wanted or [word.lower() for word in wanted] in (["alla"], ["everyone"], ["*"]):
        return EVERYONE
    return Audience.of(regions.find_region(session, text=word).slug for word in wanted)


def locked_list(session: Session, slug: str) -> MailingList:
    """Return a list by its short name, locked: two who create an issue at once get one number each.

    Raises ``NotFound``.
    """
    found = lists.by_slug(session, slug=slug)
    session.execute(select(MailingList.id).where(MailingList.id == found.id).with_for_update())
    return found


def _is_notice(mailing_list: MailingList) -> bool:
    return mailing_list.purpose is ListPurpose.MEMBER_NOTICES


def check_regions(session: Session, audience: Audience) -> None:
    """Raise ``NotFound`` unless all regions of the audience exist; it says which there are."""
    known = {region.slug for region in regions.all_regions(session)}
    for slug in sorted((audience.regions or frozenset()) - known):
        regions.find_region(session, text=slug)  # raises, and says which there are


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
    found = session.scalars(select(Issue).where(*numbered).order_by(Issue.id)).all()
    if not found:
        raise unknown(f"{number}/{year}")
    if len(found) > 1:
        ids = ", ".join(f"{issue.id} ({issue.mailing_list.name})" for issue in found)
        raise IssueError(
            "Flera listor har ett nummer {number}/{year}. Ange id i stället: {ids}.",
            number=number,
            year=year,
            ids=ids,
        )
    return found[0]
