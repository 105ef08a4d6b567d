"""Sections of an issue: named parts, in order, which may still be empty.

Every change is one of ``services.compositions``: it can be undone, and overwrites nobody's.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.core import issues as rules
from newsletter.core.compositions import What
from newsletter.errors import IssueError
from newsletter.models import Issue
from newsletter.services import compositions
from newsletter.services.compositions import AT_THE_MACHINE, Hand
from newsletter.services.issue_states import name_of
from subscribers.errors import NotFound

#: More sections than this are no order any more.
MOST = 40


def add(session: Session, *, issue_id: int, name: str, hand: Hand = AT_THE_MACHINE, now: datetime) -> None:
    """Add a section, last. Raises ``IssueError`` for a name that will not do, and ``IssueChanged``."""
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        name = _checked(made.issue, name)
        if len(made.issue.sections) >= MOST:
            raise IssueError("Numret har redan {most} avsnitt. Ta bort något först.", most=MOST)
        made.issue.sections = [*names(made.issue), name]
        made.say(What.SECTION_ADDED, section=name)


def rename(
    session: Session, *, issue_id: int, was: str, name: str, hand: Hand = AT_THE_MACHINE, now: datetime
) -> None:
    """Give a section another name, and all its items with it. Raises as ``add`` does, and ``NotFound``."""
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        issue = made.issue
        _check_there(issue, was)
        if name.strip() == was:
            return
        name = _checked(issue, name)
        issue.sections = [name if each == was else each for each in names(issue)]
        for item in issue.items:
            if item.section == was:
                item.section = name
        made.say(What.SECTION_RENAMED, was=was, section=name)


def remove(session: Session, *, issue_id: int, name: str, hand: Hand = AT_THE_MACHINE, now: datetime) -> None:
    """Take an empty section away. Raises ``IssueError`` for one that holds items, and ``NotFound``."""
    with compositions.changing(session, issue_id=issue_id, hand=hand, now=now) as made:
        issue = made.issue
        _check_there(issue, name)
        if any(item.section == name for item in issue.items):
            raise IssueError(
                "Avsnittet ”{section}” har inslag. Flytta eller ta bort dem innan du tar bort avsnittet.",
                section=name,
            )
        issue.sections = [each for each in issue.sections if each != name]
        made.say(What.SECTION_REMOVED, section=name)


def names(issue: Issue) -> list[str]:
    """Return the sections that the issue has, declared or only used."""
    return list(dict.fromkeys([*issue.sections, *(item.section for item in issue.items if item.section)]))


def _check_there(issue: Issue, name: str) -> None:
    if name not in names(issue):
        raise NotFound("Det finns inget avsnitt ”{section}” i {issue}.", section=name, issue=name_of(issue))


def _checked(issue: Issue, name: str) -> str:
    name = name.strip()
    if not name:
        raise IssueError("Avsnittet behöver ett namn, till exempel ”Från styrelsen”.")
    rules.check_line(name, rules.LONGEST_SECTION)
    if name in names(issue):
        raise IssueError("Det finns redan ett avsnitt ”{section}”. Välj ett annat namn.", section=name)
    return name
