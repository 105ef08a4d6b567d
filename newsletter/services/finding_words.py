"""A finding of the checks in words: for the command line and for pages."""

from datetime import date

from babel.dates import format_date
from babel.lists import format_list

from newsletter.core.preflight.findings import Finding, Severity
from newsletter.language import _, current, mark

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


def where(finding: Finding, of: int) -> str:
    """Return the variants it was found in, ``of`` so many: all, the few by name, or how many.

    Empty for the words themselves, which all readers get.
    """
    found = len(finding.variants)
    if not found:
        return ""
    if found >= of:
        return _("alla versioner") if of > 1 else ""
    if found <= _MOST_NAMES:
        return format_list([_(name) for name in finding.variants], locale=current())
    return _("{found} av {all} versioner").format(found=found, all=of)
