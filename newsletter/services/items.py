"""Items: which articles stand in an issue, in which order and section, how, and for whom.

Every change is one of ``services.compositions``: it can be undone, and overwrites nobody's.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.core import compositions as rules
from newsletter.core import issues as words
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.compositions import Run, What
from newsletter.errors import IssueError
from newsletter.models import Article, ArticleStatus, Issue, Item, ItemForm
from newsletter.services import block_items, compositions, issues
from newsletter.services.compositions import AT_THE_MACHINE, Hand
from newsletter.services.issue_states import name_of
from subscribers.errors import NotFound

#: Of the articles, the newest so many are looked through for one to add.
MOST_SEARCHED = 2_000


def add(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    position: int | None = None,
    section: str = "",
    form: ItemForm = ItemForm.FULL,
    audience: Audience = EVERYONE,
    standing: bool = False,
    hand: Hand = AT_THE_MACHINE,
    now: datetime,
) -> Item:
    """Put an article into a draft, at ``position`` (1 is first; None or too large: last).

    Who sees it are those who belong to the item's audience, the article's and the issue's.
    Raises ``IssueError`` when that is nobody, when the article stands there already or is archived, and
    ``IssueChanged``.
    """
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        issue, article = made.issue, _article(session, article_id)
        words.check_line(section, words.LONGEST_SECTION)
        issues.check_regions(session, audience)
        _check_is_new(issue, article)
        _check_is_handed_in(session, issue, article)
        _check_reaches_somebody(issue, article, audience)
        item = Item(
            article=article,
            position=0,
            section=section.strip(),
            form=form,
            audience=audience,
            standing=standing,
        )
        _place(issue, item, position)
        made.say(What.ADDED, title=article.title)
    return item


def move(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    position: int,
    section: str | None = None,
    hand: Hand = AT_THE_MACHINE,
    now: datetime,
) -> Item:
    """Move an article within a draft to ``position`` (1 is first; too large: last).

    It keeps its section unless another is given. Raises ``IssueError``, ``IssueChanged`` and ``NotFound``.
    """
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        item = _item(made.issue, article_id)
        was = item.position
        made.issue.items.remove(item)
        if section is not None:
            words.check_line(section, words.LONGEST_SECTION)
            item.section = section.strip()
        _place(made.issue, item, position)
        made.say(What.MOVED, title=item.article.title, was=was, place=item.position, section=item.section)
    return item


def step(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    up: bool,
    hand: Hand = AT_THE_MACHINE,
    now: datetime,
) -> Item:
    """Move an article one step up or down; at the edge of its section into the next one.

    First or last already, it stays. Raises as ``move`` does.
    """
    found = issues.get(session, issue_id)
    item = _item(found, article_id)
    spot = rules.step(runs(found), item.article_id, up=up)
    if spot is None:
        return item
    return move(
        session,
        issue_id=issue_id,
        article_id=article_id,
        position=spot.position,
        section=spot.section,
        hand=replace(hand, seen=hand.seen or found.revision),
        now=now,
    )


def remove(
    session: Session, *, issue_id: int, article_id: int, hand: Hand = AT_THE_MACHINE, now: datetime
) -> None:
    """Take an article out of a draft; the article itself stays in the register."""
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        item = _item(made.issue, article_id)
        made.issue.items.remove(item)
        compositions.number(made.issue)
        made.say(What.REMOVED, title=item.article.title)


def change(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    section: str | None = None,
    form: ItemForm | None = None,
    audience: Audience | None = None,
    standing: bool | None = None,
    hand: Hand = AT_THE_MACHINE,
    now: datetime,
) -> Item:
    """Change how an article stands in a draft; None leaves it. In another section it comes last.

    Raises ``IssueError`` when nobody would see it, ``IssueChanged`` and ``NotFound``.
    """
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        item = _item(made.issue, article_id)
        said = []
        if form is not None and form is not item.form:
            item.form = form
            said.append(What.FORM)
        if audience is not None and audience != item.audience:
            issues.check_regions(session, audience)
            _check_reaches_somebody(made.issue, item.article, audience)
            item.audience = audience
            said.append(What.AUDIENCE)
        if standing is not None and standing is not item.standing:
            item.standing = standing
            said.append(What.STANDING)
        if section is not None and section.strip() != item.section:
            _change_section(made.issue, item, section)
            said.append(What.MOVED)
        made.say(said[0] if len(said) == 1 else What.ITEM, **_facts(item))
    return item


def runs(issue: Issue) -> tuple[Run, ...]:
    """Return the issue's sections in order, with the ids of the articles that stand in them."""
    return rules.runs(issue.sections, [(item.article_id, item.section) for item in issue.items])


def end_of(issue: Issue, section: str) -> int:
    """Return the position that the next item of a section gets."""
    return rules.end_of(runs(issue), section)


def candidates(session: Session, *, issue_id: int, text: str = "", limit: int = 20) -> Sequence[Article]:
    """Return articles that could be added, the newest first: all words of ``text`` stand in their head.

    The head is kicker, title and byline. Archived ones, and those that stand in the issue, are left out.
    """
    there = exists().where(Item.issue_id == issue_id, Item.article_id == Article.id)
    newest = (
        select(Article)
        .where(Article.status != ArticleStatus.ARCHIVED, ~there, ~block_items.is_unfinished(issue_id))
        .order_by(Article.id.desc())
        .limit(MOST_SEARCHED)
    )
    wanted = text.casefold().split()
    found = [article for article in session.scalars(newest) if _holds(article, wanted)]
    return found[:limit]


def _holds(article: Article, wanted: Sequence[str]) -> bool:
    head = " ".join((article.kicker, article.title, article.byline_name, article.byline_role)).casefold()
    return all(word in head for word in wanted)


def _facts(item: Item) -> dict[str, object]:
    return {
        "title": item.article.title,
        "form": item.form.value,
        "standing": item.standing,
        "place": item.position,
        "was": item.position,
        "section": item.section,
    }


def _change_section(issue: Issue, item: Item, section: str) -> None:
    words.check_line(section, words.LONGEST_SECTION)
    issue.items.remove(item)
    item.section = section.strip()
    _place(issue, item, end_of(issue, item.section))


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


def _check_is_new(issue: Issue, article: Article) -> None:
    if any(item.article_id == article.id for item in issue.items):
        raise IssueError(
            "Artikel {article} (”{title}”) står redan i {issue}.",
            article=article.id,
            title=article.title,
            issue=name_of(issue),
        )


def _check_is_handed_in(session: Session, issue: Issue, article: Article) -> None:
    if article.id in block_items.unfinished(session, issue_id=issue.id):
        raise IssueError(
            "”{title}” är en regions inslag, och är inte inlämnat än. Det läggs in när det lämnas in.",
            title=article.title,
        )


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


def _place(issue: Issue, item: Item, position: int | None) -> None:
    if position is not None and position < 1:
        raise IssueError("Platsen ska vara 1 eller mer; 1 är först.")
    last = len(issue.items)
    issue.items.insert(last if position is None else min(position - 1, last), item)
    if item.section and item.section not in issue.sections:
        issue.sections = [*issue.sections, item.section]
    compositions.number(issue)
