"""What was changed in an issue, step by step: said, counted and undone. Nobody overwrites anybody.

changing   lock | is what they had before them still so? | they change it | revision + 1, and what it was
undo       the latest change that stands -> what it was before
since      what others have done after a revision, for whoever comes with an older one
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from newsletter.core.audiences import Audience
from newsletter.core.compositions import What
from newsletter.errors import IssueChanged, IssueError
from newsletter.models import Article, Issue, IssueChange, Item, ItemForm
from newsletter.services import block_items, issue_states
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services.scopes import people_within

#: So many changes of an issue are kept.
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes an issue, and what they had before them.

    ``person_id`` is None for whoever is at the machine itself. ``seen`` is the revision that they looked
    at; None for a change that is meant whatever the issue holds by now.
    """

    person_id: int | None = None
    seen: int | None = None


#: The hand of the command line, which names what it means.
AT_THE_MACHINE = Hand()


@dataclass
class Changing:
    """A change that is being made: the issue, and what to say of it."""

    issue: Issue
    what: What = What.ITEM
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, what: What, **facts: Any) -> None:
        """Say what was done; ``facts`` fill the places of its words."""
        self.what, self.facts = what, facts


@dataclass(frozen=True, slots=True)
class Happened:
    """A change that was made, by somebody within the scope. ``who`` is empty for the machine itself."""

    revision: int
    what: What
    facts: Mapping[str, Any]
    who: str
    at: datetime


@contextmanager
def changing(session: Session, *, issue_id: int, hand: Hand, now: datetime) -> Iterator[Changing]:
    """Change a draft inside the block; what changed nothing leaves no trace.

    Raises ``NotFound``, ``IssueError`` for an issue that is no draft, and ``IssueChanged`` when somebody has
    changed it since the hand looked.
    """
    issue = issue_states.locked(session, issue_id)
    issue_states.check(issue, "edit")
    check_seen(issue, hand)
    before = dump(issue)
    made = Changing(issue)
    yield made
    session.flush()
    block_items.keep_out(session, issue)
    session.flush()
    if dump(issue) != before:
        _keep(session, made, before, hand, now)


def check_seen(issue: Issue, hand: Hand) -> None:
    """Raise ``IssueChanged`` unless the issue is still what the hand looked at."""
    if hand.seen is not None and hand.seen != issue.revision:
        raise IssueChanged(
            "{issue} har ändrats sedan du läste in det. Inget av ditt har sparats: se vad som är nytt, "
            "och gör om din ändring.",
            issue=issue_states.name_of(issue),
        )


def undoable(session: Session, *, scope: Scope, issue_id: int) -> Happened | None:
    """Return the change that ``undo`` would take back; None where nothing is left to undo."""
    return next(iter(_happened(session, scope, _standing(issue_id), limit=1)), None)


def undo(session: Session, *, issue_id: int, hand: Hand, now: datetime) -> What:
    """Take back the latest change that stands, and return what it was; again: the one before.

    Raises as ``changing`` does, and ``IssueError`` when there is nothing to undo.
    """
    with changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        latest = select(IssueChange).where(*_standing(issue_id)).order_by(IssueChange.revision.desc())
        change = session.scalars(latest.limit(1)).first()
        if change is None:
            raise IssueError(
                "Det finns inget kvar att ångra i {issue}.", issue=issue_states.name_of(made.issue)
            )
        change.undone_at = now
        restore(session, made.issue, change.before)
        made.say(What.UNDONE, undone=change.what, **change.facts)
    return What(change.what)


def since(session: Session, *, scope: Scope, issue_id: int, seen: int) -> Sequence[Happened]:
    """Return what was done to an issue after a revision, the earliest first."""
    after = (IssueChange.issue_id == issue_id, IssueChange.revision > seen)
    return tuple(reversed(_happened(session, scope, after, limit=MOST_KEPT)))


def latest(session: Session, *, scope: Scope, issue_id: int, limit: int = 10) -> Sequence[Happened]:
    """Return what was last done to an issue, the latest first."""
    return _happened(session, scope, (IssueChange.issue_id == issue_id,), limit=limit)


def dump(issue: Issue) -> dict[str, Any]:
    """Return all that an officer puts together, as plain values."""
    return {
        "title": issue.title,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "sections": list(issue.sections),
        "items": [
            {
                "article": item.article_id,
                "section": item.section,
                "form": item.form.value,
                "audience": item.audience.dump(),
                "standing": item.standing,
            }
            for item in issue.items
        ],
    }


def restore(session: Session, issue: Issue, kept: Mapping[str, Any]) -> None:
    """Put an issue together as it was dumped; items that stand there keep their rows."""
    issue.title, issue.subject, issue.preheader = kept["title"], kept["subject"], kept["preheader"]
    issue.sections = list(kept["sections"])
    there = {item.article_id: item for item in issue.items}
    issue.items[:] = [_restored(session, there, one) for one in kept["items"]]
    number(issue)


def number(issue: Issue) -> None:
    """Count the items through, as they stand in the list."""
    for place, item in enumerate(issue.items, start=1):
        item.position = place


def _restored(session: Session, there: Mapping[int, Item], kept: Mapping[str, Any]) -> Item:
    item = there.get(kept["article"]) or Item(article=session.get_one(Article, kept["article"]), position=0)
    item.section, item.form = kept["section"], ItemForm(kept["form"])
    item.audience, item.standing = Audience.load(kept["audience"]), kept["standing"]
    return item


def _keep(session: Session, made: Changing, before: dict[str, Any], hand: Hand, now: datetime) -> None:
    issue = made.issue
    issue.revision += 1
    issue.updated_at = now
    session.add(
        IssueChange(
            issue_id=issue.id,
            revision=issue.revision,
            what=made.what.value,
            facts=made.facts,
            before=before,
            by_id=hand.person_id,
            at=now,
        )
    )
    too_old = IssueChange.revision <= issue.revision - MOST_KEPT
    session.execute(delete(IssueChange).where(IssueChange.issue_id == issue.id, too_old))
    session.flush()


def _standing(issue_id: int) -> tuple[Any, ...]:
    return (
        IssueChange.issue_id == issue_id,
        IssueChange.undone_at.is_(None),
        IssueChange.what != What.UNDONE.value,
    )


def _happened(session: Session, scope: Scope, which: tuple[Any, ...], *, limit: int) -> tuple[Happened, ...]:
    found = session.execute(
        select(IssueChange, Subscriber)
        .outerjoin(Subscriber, Subscriber.id == IssueChange.by_id)
        .where(*which, or_(IssueChange.by_id.is_(None), people_within(scope)))
        .order_by(IssueChange.revision.desc())
        .limit(limit)
    )
    return tuple(
        Happened(change.revision, What(change.what), change.facts, who.name if who else "", change.at)
        for change, who in found
    )
