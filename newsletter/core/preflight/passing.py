"""Warnings that somebody lets pass: which of them ask for a reason, and when one is the same as before."""

import hashlib
from collections.abc import Collection, Sequence

from newsletter.core.preflight.findings import Finding, Place, Severity

#: The longest reason that is kept, in characters.
LONGEST_REASON = 300

#: What stands in a letter's frame is mended by whoever looks after the service.
_FRAME = (Place.TEMPLATE, Place.SETTINGS)


def asking(found: Sequence[Finding], *, words_only: bool = False) -> list[Finding]:
    """Return the findings that ask for a reason, the worst first; ``words_only``: what a writer can mend."""
    return [
        each
        for each in found
        if each.severity is Severity.WARNING and not (words_only and each.place in _FRAME)
    ]


def key(finding: Finding) -> str:
    """Return 16 characters that are the same for the same fault, in whichever variants it is found.

    Numbers do not count: a letter that has become one byte larger has no new fault.
    """
    facts = sorted((name, str(fact)) for name, fact in finding.facts.items() if not isinstance(fact, int))
    said = repr((finding.rule, finding.sentence, finding.place.value, finding.article_id, facts))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def unseen(found: Sequence[Finding], seen: Collection[str]) -> list[Finding]:
    """Return the findings whose keys are not among those that somebody has seen."""
    return [each for each in found if key(each) not in seen]
