"""The part of a form that asks about warnings: what was found, one field for a reason, nothing else.

It is looked for only when somebody asks (``?kontroll=ja``, by htmx or by a link), never as a page is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from newsletter.core.preflight.findings import Checked, Severity
from newsletter.core.preflight.passing import LONGEST_REASON
from newsletter.language import sentence, using
from newsletter.models import Issue
from newsletter.services import passing, preflight
from newsletter.services.passing import Asked, NotPassed
from newsletter.web.finding_lines import Line, line, lines
from newsletter.web.forms import Form
from newsletter.web.pages import Site
from newsletter.web.visits import Visit
from subscribers.core.authority import Act
from subscribers.errors import SentenceError

#: So many warnings are shown where they are asked about; the rest stands on the page of the checks.
MOST_SHOWN = 4
#: A form is refused above this: no issue has so many.
_MOST_KEYS = 500
_KEY = 16


@dataclass(frozen=True, slots=True)
class Asking:
    """What a form asks. ``is_looked`` is False until somebody has asked for it.

    ``warnings`` ask for a reason; ``stops`` can't be passed; ``wrong`` is what could not be checked at all.
    ``seen`` are the keys that go along with the form: of all warnings, shown or not. ``advice`` counts what
    would be better otherwise.
    """

    is_looked: bool = False
    warnings: Sequence[Line] = ()
    stops: Sequence[Line] = ()
    new: frozenset[str] = frozenset()
    seen: Sequence[str] = ()
    advice: int = 0
    because: str = ""
    wrong: str = ""
    most: int = MOST_SHOWN
    longest: int = LONGEST_REASON
    suggestions: Sequence[str] = field(default=passing.SUGGESTIONS)


def unlooked(form: Mapping[str, str] | None = None) -> Asking:
    """Return what a form asks before anybody has looked; a reason that was written is kept."""
    return Asking(because=(form or {}).get("because", "")[:LONGEST_REASON])


def wanted(query: Mapping[str, str]) -> bool:
    """Tell whether the address asks for the checks."""
    return query.get("kontroll") == "ja"


def look(
    session: Any, site: Site, visit: Visit, issue: Issue, *, because: str = "", day: date | None = None
) -> Asking:
    """Check an issue as it would go on a day, and return what has to be asked about it."""
    app = site.app
    with using(visit.language):
        try:
            zone = app.settings.time_zone
            found = preflight.look(session, issue, frame=app.frame(), zone=zone, now=app.now(), day=day)
        except SentenceError as error:
            return Asking(is_looked=True, wrong=sentence(error), because=because)
        left = passing.waiting(session, issue, found, words_only=words_only(visit))
        return Asking(
            is_looked=True,
            warnings=_lines(left, issue.id),
            stops=lines(found, issue.id, Severity.STOP),
            seen=_keys(left, issue.id),
            advice=len(found.of(Severity.ADVICE)),
            because=because[:LONGEST_REASON] or passing.last_reason(session, issue_id=issue.id),
        )


def after(error: NotPassed, visit: Visit, issue_id: int, because: str) -> Asking:
    """Return what a form asks that came back: the warnings that were found, and the reason as written."""
    with using(visit.language):
        return Asking(
            is_looked=True,
            warnings=_lines(error.waiting, issue_id, error.new),
            new=error.new,
            seen=_keys(error.waiting, issue_id),
            because=because[:LONGEST_REASON],
        )


def asked(visit: Visit, form: Form) -> Asked:
    """Return who sends, and what they answered to the warnings that they were shown."""
    seen = [each for each in form.getlist("seen_warning")[:_MOST_KEYS] if len(each) == _KEY]
    return Asked(
        actor=visit.actor,
        reason=form.get("because", ""),
        seen=frozenset(seen),
        person_id=visit.person_id,
        words_only=words_only(visit),
    )


def words_only(visit: Visit) -> bool:
    """Tell whether somebody can mend nothing but what they have written: a lead."""
    return not visit.may(Act.SEND)


def _lines(found: Checked, issue_id: int, first: frozenset[str] = frozenset()) -> list[Line]:
    """Return the warnings as lines; what is new stands first, so that it is among those shown."""
    made = [line(each, issue_id, found.variants) for each in found.findings]
    return sorted(made, key=lambda each: each.key not in first)


def _keys(found: Checked, issue_id: int) -> list[str]:
    return [each.key for each in _lines(found, issue_id)]
