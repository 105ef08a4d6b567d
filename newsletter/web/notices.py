"""Member notices: who is called, whom paper must reach, and the proof of it.

GET, HEAD /kallelser                all notices, with their last dates and what to warn of
GET, HEAD /kallelser/ny             what a new one is called, and its dates
POST      /kallelser/ny             makes it; it is put together on the desk like any issue
GET, HEAD /kallelser/{id}           how the members stand, and who needs a letter on paper
POST      /kallelser/{id}/datum     its dates, while it is a draft
GET, HEAD /kallelser/{id}/bevis     the proof of notice, to print
POST      /kallelser/{id}/{file}    a file to take home (see ``notice_files``)

A lead sees the own region. Whoever may only count sees numbers and no names. The proof is the association's.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from starlette.responses import Response
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional

from newsletter.core import proofs
from newsletter.core.notices import REACHED, Account, Member, Standing
from newsletter.language import _, mark, sentence
from newsletter.models import Issue, IssueStatus
from newsletter.services import issues, notices
from newsletter.services.compositions import Hand
from newsletter.services.notices import NoticeWarning
from newsletter.services.state_words import STANDINGS
from newsletter.web.fields import Needed, Questions
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.issues import STATES
from newsletter.web.pages import Site, TheSite
from newsletter.web.rows import TheIssue
from newsletter.web.sending_views import sees
from newsletter.web.sendings import counted
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound, SentenceError
from subscribers.models import ListPurpose
from subscribers.services import acts, lists

pages = Pages(done={"datum": mark("Datumen är sparade.")})

#: So many names stand on a page; the files have them all.
MOST_NAMED = 200
MOST_PROVED = 2_000
#: So many letters are written while somebody waits at the page; more are for the command line.
MOST_LETTERS = 1_000

#: How each standing is drawn, and what it means to somebody who has never sent a notice before.
_MEANINGS = {
    Standing.ACCEPTED: ("accepted", mark("Nästa e-postserver tog emot brevet. Mer kan ingen veta.")),
    Standing.ON_ITS_WAY: ("open", mark("Skickas, eller väntar på ett nytt försök. Titta in igen senare.")),
    Standing.UNKNOWN: ("trouble", mark("Förbindelsen bröts mitt i. Ett brev på papper gör det säkert.")),
    Standing.REFUSED: ("trouble", mark("Mottagarens server sa nej. Behöver brev på papper.")),
    Standing.BOUNCED: ("trouble", mark("Togs emot först, men kom tillbaka. Behöver brev på papper.")),
    Standing.SUPPRESSED: ("trouble", mark("Adressen var redan spärrad. Behöver brev på papper.")),
    Standing.NO_ADDRESS: ("trouble", mark("Finns i registret utan e-postadress. Behöver brev på papper.")),
    Standing.NOT_SENT: ("trouble", mark("Kom in i registret efteråt. Behöver brev på papper.")),
    Standing.DECEASED: ("apart", mark("Har avlidit sedan avstämningsdagen. Ingen skriver till dem.")),
}  # fmt: skip


class New(Questions):
    """What a new notice is called, and the dates that it goes by."""

    title = StringField(mark("Rubrik"), [Needed(), Length(max=300)])
    subject = StringField(mark("Ämnesrad"), [Length(max=300)])
    record_date = DateField(mark("Avstämningsdag"), [Optional()])
    last_date = DateField(mark("Sista dag"), [Needed()])


class Dates(Questions):
    """The dates of a notice that is a draft."""

    last_date = DateField(mark("Sista dag"), [Needed()])
    record_date = DateField(mark("Avstämningsdag"), [Optional()])


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in the list."""

    issue: Issue
    name: str
    state: str
    warning: NoticeWarning | None


@dataclass(frozen=True, slots=True)
class Line:
    """How many members stand in one way: its word, how it is drawn, what it means."""

    word: str
    kind: str
    count: int
    meaning: str


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Somebody who needs a letter on paper, and why."""

    member: Member
    why: str


@pages.shows("/kallelser", to=May(Act.COUNT_PEOPLE))
def register(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """List the notices."""
    scope = counted(visit)
    with site.app.readers() as session:
        near = {each.issue_id: each for each in notices.warnings(session, scope=scope, today=site.today())}
        rows = [
            Row(issue, issues.name_of(issue), STATES[issue.status], near.get(issue.id))
            for issue in notices.called(session)
            if _is_shown(visit, issue)
        ]
    return site.page(
        request, "notices/register.html", visit=visit, rows=rows, makes=visit.may(Act.SEND_NOTICES)
    )


@pages.shows("/kallelser/ny", to=May(Act.SEND_NOTICES))
def ask(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Ask what a new notice is called."""
    return site.page(request, "notices/new.html", visit=visit, form=New(), wrong="")


@pages.takes("/kallelser/ny", to=May(Act.SEND_NOTICES))
def make(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Make a notice, and go to the desk where it is put together."""
    questions, now, wrong = New(form), site.app.now(), ""
    if questions.validate():
        try:
            with site.app.sessions.begin() as session:
                made = _make(session, questions, now=now)
                subject = f"issue {made.id}"
                acts.log(session, actor=visit.actor, act="issue made", subject=subject, now=now)
                return site.back(f"/nummer/{made.id}", done="new")
        except SentenceError as error:
            wrong = sentence(error)
    return site.page(request, "notices/new.html", visit=visit, form=questions, wrong=wrong, status=422)


@pages.shows("/kallelser/{issue_id}", to=May(Act.COUNT_PEOPLE))
def one(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Show how the members stand to one notice."""
    return _page(request, site, visit, issue_id)


@pages.takes("/kallelser/{issue_id}/datum", to=May(Act.SEND_NOTICES))
def set_dates(
    request: Request, site: TheSite, visit: TheVisit, form: TheForm, issue_id: TheIssue
) -> Response:
    """Give a draft other dates."""
    questions, now, wrong = Dates(form), site.app.now(), ""
    if questions.validate():
        try:
            with site.app.sessions.begin() as session:
                issue = the_notice(session, visit, issue_id)
                issues.change(
                    session,
                    issue_id=issue.id,
                    record_date=questions.record_date.data,
                    last_date=questions.last_date.data,
                    hand=Hand(visit.person_id),
                    now=now,
                )
            return site.back(f"/kallelser/{site.key(visit, issue_id)}", done="datum")
        except NotFound:
            raise
        except SentenceError as error:
            wrong = sentence(error)
    return _page(request, site, visit, issue_id, dates=questions, wrong=wrong, status=422)


def _page(
    request: Request, site: Site, visit: Visit, issue_id: int, *, dates: Dates | None = None,
    wrong: str = "", status: int = 200,
) -> Response:  # fmt: skip
    today = site.today()
    with site.app.readers() as session:
        issue = the_notice(session, visit, issue_id)
        told = notices.account(session, scope=counted(visit), issue_id=issue.id, today=today)
        known = told  # but who may only count, or leads a region beside, knows fewer by name
        if not visit.may(Act.SEE_PEOPLE):
            known = notices.account(session, scope=visit.scope, issue_id=issue.id, today=today)
        warning = notices.warning_of(session, scope=counted(visit), issue=issue, today=today)
        state = STATES[issue.status]
    paper = known.on_paper()
    return site.page(
        request,
        "notices/one.html",
        status=status,
        visit=visit,
        dates=_dates(visit, issue, dates),
        wrong=wrong,
        account=told,
        state=state,
        has_gone=issue.status is IssueStatus.RELEASED,
        may_work_on_it=issue.status is not IssueStatus.RELEASED and visit.may(Act.SEND_NOTICES),
        warning=warning,
        lines=lines(told),
        is_partly=not visit.may(Act.COUNT_PEOPLE),
        unreached=sum(count for standing, count in told.counts.items() if standing not in REACHED),
        sees_names=visit.may_anywhere(Act.SEE_PEOPLE),
        paper=[OnPaper(each, STANDINGS[each.standing]) for each in paper[:MOST_NAMED]],
        on_paper=len(paper),
        waiting=known.counts[Standing.ON_ITS_WAY],
        may_export=visit.may_anywhere(Act.EXPORT),
        may_prove=visit.may(Act.EXPORT),
        most_letters=MOST_LETTERS,
    )


@pages.shows("/kallelser/{issue_id}/bevis", to=May(Act.EXPORT))
def proof(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Show the proof of notice, to print."""
    visit.must(Act.EXPORT)
    with site.app.readers() as session:
        issue = the_notice(session, visit, issue_id)
        account = notices.account(session, scope=visit.scope, issue_id=issue.id, today=site.today())
    data = proofs.write(account, association=site.app.current().association_name)
    return site.page(
        request,
        "notices/proof.html",
        visit=visit,
        account=account,
        lines=lines(account),
        members=[(each, STANDINGS[each.standing]) for each in account.members[:MOST_PROVED]],
        digest=proofs.digest(data),
        drawn_up_at=site.app.now(),
        waiting=account.counts[Standing.ON_ITS_WAY],
    )


def the_notice(session: Any, visit: Visit, issue_id: int) -> Issue:
    """Return a notice that the visitor may see something of; ``NotFound`` for every other letter."""
    issue = issues.get(session, issue_id)
    if not (notices.is_notice(issue) and _is_shown(visit, issue)):
        raise NotFound("Det finns ingen sådan kallelse.")
    return issue


def _dates(visit: Visit, issue: Issue, written: Dates | None) -> Dates | None:
    """Return the questions about dates, for whoever may still change them."""
    if issue.status is not IssueStatus.DRAFT or not visit.may(Act.SEND_NOTICES):
        return None
    return written or Dates(obj=issue)


def lines(account: Account) -> list[Line]:
    """Return the standings that somebody has, with what they mean."""
    return [
        Line(_(STANDINGS[standing]), kind, account.counts[standing], _(meaning))
        for standing, (kind, meaning) in _MEANINGS.items()
        if account.counts[standing]
    ]


def _is_shown(visit: Visit, issue: Issue) -> bool:
    """Tell whether the notice is for anybody in reach; drafts are for those who read issues anywhere."""
    is_begun = issue.status is not IssueStatus.DRAFT or visit.may(Act.REVIEW)
    return is_begun and sees(counted(visit), issue)


def _make(session: Any, questions: New, *, now: Any) -> Issue:
    title = questions.title.data or ""
    last: date | None = questions.last_date.data
    return issues.create(
        session,
        title=title,
        subject=(questions.subject.data or "").strip() or title,
        list_slug=lists.by_purpose(session, purpose=ListPurpose.MEMBER_NOTICES).slug,
        record_date=questions.record_date.data,
        last_date=last,
        now=now,
    )
