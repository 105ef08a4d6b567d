"""Letting an issue go on with warnings: who did, why, and which (``core.preflight.passing``).

    scheduling, letter_sending -> require: nothing asks, or nothing new does, or a reason is given -> kept
                                        -> NotPassed, with the findings, for whoever shows the form again

What goes by itself asks nobody: without an ``Asked`` no warning is looked for, and none holds anything up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from newsletter.core.preflight import passing
from newsletter.core.preflight.findings import Checked, Finding
from newsletter.core.preflight.passing import LONGEST_REASON
from newsletter.errors import IssueError
from newsletter.language import mark, using
from newsletter.models import Issue, PassedWarnings
from newsletter.services.finding_words import said
from newsletter.services.issue_states import name_of


class NotPassed(IssueError):
    """An issue with warnings that nobody has let pass; ``waiting`` are those that ask for a reason.

    ``new`` are the keys of those that nobody had seen when a reason was given; empty where none was.
    """

    def __init__(
        self, sentence: str, /, *, waiting: Checked, new: Iterable[str] = (), **facts: object
    ) -> None:
        super().__init__(sentence, **facts)
        self.waiting = waiting
        self.new = frozenset(new)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who sends an issue, and can be asked about its warnings.

    ``seen`` are the keys of the findings that they were shown; None: whatever there is (the command line).
    ``words_only`` asks about nothing that a writer cannot mend. ``person_id`` is the register's, if known.
    """

    actor: str
    reason: str = ""
    seen: frozenset[str] | None = None
    person_id: int | None = None
    words_only: bool = False


def require(
    session: Session,
    issue: Issue,
    found: Checked,
    asked: Asked,
    *,
    now: datetime,
) -> PassedWarnings | None:
    """Keep why an issue goes on with the warnings found; return what was kept, None where nothing asks.

    What was let pass since the issue was a draft last is not asked about again. Raises ``NotPassed`` without
    a reason, and when something is found that was not shown to whoever gave it.
    """
    left = waiting(session, issue, found, words_only=asked.words_only)
    if not left.findings:
        return None
    reason = " ".join(asked.reason.split())[:LONGEST_REASON]
    if not reason:
        raise NotPassed(
            "{issue} har anmärkningar. De hindrar inte att det går, men någon ska ha sett dem: rätta dem, "
            "eller skriv varför det ska gå ändå.",
            issue=name_of(issue),
            waiting=left,
        )
    if asked.seen is not None and (new := passing.unseen(left.findings, asked.seen)):
        raise NotPassed(
            "Kontrollen har funnit mer i {issue} sedan du läste den. Läs listan igen, och skicka sedan.",
            issue=name_of(issue),
            waiting=left,
            new=map(passing.key, new),
        )
    return _keep(session, issue, left.findings, asked, reason, now)


def waiting(session: Session, issue: Issue, found: Checked, *, words_only: bool) -> Checked:
    """Return the warnings that ask for a reason: those that nobody has let pass yet."""
    asking = passing.asking(found.findings, words_only=words_only)
    return Checked(tuple(passing.unseen(asking, _covered(session, issue))), found.variants)


def kept(session: Session, *, issue_id: int) -> Sequence[PassedWarnings]:
    """Return what was let pass of an issue since it was a draft last, the latest first, with who did it."""
    found = (
        select(PassedWarnings)
        .where(PassedWarnings.issue_id == issue_id, PassedWarnings.taken_back_at.is_(None))
        .options(joinedload(PassedWarnings.subscriber))
        .order_by(PassedWarnings.id.desc())
    )
    return session.scalars(found).all()


def take_back(session: Session, *, issue_id: int, now: datetime) -> None:
    """Note that the issue is a draft again: what was let pass is asked about anew."""
    standing = PassedWarnings.issue_id == issue_id, PassedWarnings.taken_back_at.is_(None)
    session.execute(update(PassedWarnings).where(*standing).values(taken_back_at=now))


def last_reason(session: Session, *, issue_id: int) -> str:
    """Return the reason that was given last, to begin a new one with; "" where none was."""
    found = select(PassedWarnings.reason).where(PassedWarnings.issue_id == issue_id)
    return session.scalar(found.order_by(PassedWarnings.id.desc()).limit(1)) or ""


def details(passed: PassedWarnings | None) -> Mapping[str, Any]:
    """Return what the log keeps: why, and how many warnings by which rules; no sentence, for it may name."""
    if passed is None:
        return {}
    rules = sorted({str(each["rule"]) for each in passed.findings})
    return {"warnings passed because": passed.reason, "warnings": len(passed.findings), "rules": rules}


#: Reasons that are offered, so that a click will do.
SUGGESTIONS = (
    mark("Det är som det ska."),
    mark("Det får vänta: numret måste ut nu."),
    mark("Rättas i nästa nummer."),
)


def _covered(session: Session, issue: Issue) -> frozenset[str]:
    rows = kept(session, issue_id=issue.id)
    return frozenset(str(each["key"]) for row in rows for each in row.findings)


def _keep(
    session: Session, issue: Issue, found: Sequence[Finding], asked: Asked, reason: str, now: datetime
) -> PassedWarnings:
    with using("sv"):  # one language in the database, whoever clicks
        rows = [_row(each) for each in found]
    passed = PassedWarnings(
        issue_id=issue.id,
        reason=reason,
        findings=rows,
        passed_by=asked.actor[:120],
        passed_by_id=asked.person_id,
        at=now,
    )
    session.add(passed)
    session.flush()
    return passed


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "key": passing.key(finding),
        "rule": finding.rule,
        "sentence": said(finding),
        "article_id": finding.article_id,
        "variants": list(finding.variants),
    }
