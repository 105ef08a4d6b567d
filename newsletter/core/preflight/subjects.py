"""The subject, and what mail programs show after it (rule P10; Gmail's sender guidelines)."""

import re
from collections.abc import Iterator

from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.matter import Matter

#: About what a telephone shows of a subject, and of what follows it.
LONGEST_SUBJECT = 60
LONGEST_PREHEADER = 140

_ANSWER = re.compile(r"^\s*(?:re|sv|fwd?|vb|vs|aw|wg|ang)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_LOUD = re.compile(r"[!?]{2,}|[€$]{2,}")
_LETTERS = re.compile(r"[^\W\d_]+")


def check(matter: Matter) -> Iterator[Finding]:
    """Find what is wrong with the subject and the preheader."""
    yield from _subject(matter.subject.strip(), matter)
    yield from _preheader(matter.preheader.strip(), matter.subject.strip())


def _subject(subject: str, matter: Matter) -> Iterator[Finding]:
    if not subject:
        yield _said(
            Severity.WARNING,
            "subject",
            mark("Numret har ingen ämnesrad. Skriv en som säger vad numret handlar om."),
        )
        return
    if _ANSWER.match(subject):
        yield _said(
            Severity.WARNING,
            "P10",
            mark("Ämnesraden ”{subject}” ser ut som ett svar. Ta bort början: den hör till brevväxling."),
            subject=subject,
        )
    if len(subject) > LONGEST_SUBJECT:
        yield _said(
            Severity.ADVICE,
            "subject",
            mark(
                "Ämnesraden är {length} tecken. En telefon visar omkring {most}: sätt det viktigaste först."
            ),
            length=len(subject),
            most=LONGEST_SUBJECT,
        )
    if subject.casefold() in (earlier.strip().casefold() for earlier in matter.earlier_subjects):
        yield _said(
            Severity.WARNING,
            "subject",
            mark(
                "Ämnesraden ”{subject}” är densamma som i ett tidigare nummer. Skriv vad det här "
                "numret handlar om."
            ),
            subject=subject,
        )
    if _LOUD.search(subject) or _shouts(subject):
        yield _said(
            Severity.WARNING,
            "subject",
            mark("Ämnesraden ”{subject}” ropar, och det gör skräppost. Skriv den som vanlig text."),
            subject=subject,
        )


def _preheader(preheader: str, subject: str) -> Iterator[Finding]:
    if not preheader:
        yield _said(
            Severity.ADVICE,
            "preheader",
            mark(
                "Numret har ingen förhandstext, så rubrikerna visas efter ämnesraden. Skriv en "
                "mening om du hellre vill det."
            ),
            place=Place.PREHEADER,
        )
    elif preheader.casefold() == subject.casefold():
        yield _said(
            Severity.WARNING,
            "preheader",
            mark(
                "Förhandstexten säger detsamma som ämnesraden. Skriv något som läsaren inte redan har läst."
            ),
            place=Place.PREHEADER,
        )
    elif len(preheader) > LONGEST_PREHEADER:
        yield _said(
            Severity.ADVICE,
            "preheader",
            mark("Förhandstexten är {length} tecken. Högst {most} visas."),
            place=Place.PREHEADER,
            length=len(preheader),
            most=LONGEST_PREHEADER,
        )


def _shouts(text: str) -> bool:
    """Tell whether a text of several words is in capitals; a lone abbreviation is not."""
    words = [word for word in _LETTERS.findall(text) if len(word) > 1]
    return len(words) >= 3 and all(word.isupper() for word in words)


def _said(
    severity: Severity, rule: str, sentence: str, *, place: Place = Place.SUBJECT, **facts: str | int
) -> Finding:
    return Finding(rule, severity, sentence, facts, place)
