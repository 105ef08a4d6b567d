"""A finding of the checks in words: for the command line and for pages."""

from datetime import date

from babel.dates import format_date

from newsletter.core.preflight.findings import Finding, Severity
from newsletter.language import _, current, mark, ngettext

#: What each severity is called above its findings, as message ids.
SEVERITIES = {
    Severity.STOP: mark("Hindrar att numret skickas"),
    Severity.WARNING: mark("Se över"),
    Severity.ADVICE: mark("Råd"),
}
_MOST_NAMES = 3


def said(finding: Finding) -> str:
    """Return a finding's sentence in the current language, its days written out."""
    facts = {
        name: format_date(fact, "d MMMM y", locale=current()) if isinstance(fact, date) else fact
        for name, fact in finding.facts.items()
    }
    return _(finding.sentence).format(**facts)


def where(finding: Finding) -> str:
    """Return the variants that it was found in, the first few by name; empty for the words themselves."""
    shown = ", ".join(_(name) for name in finding.variants[:_MOST_NAMES])
    more = len(finding.variants) - _MOST_NAMES
    if more <= 0:
        return shown
    return ngettext("{shown} och en till", "{shown} och {count} till", more).format(shown=shown, count=more)
