"""Findings of the checks as lines on pages: the sentence, the variants, and the place where it is mended."""

from dataclasses import dataclass

from newsletter.core.preflight import passing
from newsletter.core.preflight.findings import Checked, Finding, Place, Severity
from newsletter.language import _
from newsletter.services import finding_words

#: Where a finding about an article is mended on its own page; the rest is mended in the issue.
_OF_ARTICLE = {
    Place.TITLE: "title",
    Place.LEAD: "lead",
    Place.BODY: "body",
    Place.PICTURES: "pictures",
    Place.ATTACHMENTS: "attachments",
    Place.BYLINE: "byline_name",
}
_OF_ISSUE = {Place.SUBJECT: "subject", Place.PREHEADER: "preheader"}


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as a page shows it. ``leads_to`` is an address within our pages, "" where none helps.

    ``key`` is the finding's (``core.preflight.passing``).
    """

    rule: str
    sentence: str
    where: str
    leads_to: str
    leads: str
    key: str = ""


def lines(found: Checked, issue_id: int, severity: Severity) -> list[Line]:
    """Return the findings that are this bad, as lines in the current language."""
    return [line(each, issue_id, found.variants) for each in found.of(severity)]


def line(finding: Finding, issue_id: int, variants: int) -> Line:
    """Return a finding as a line; ``variants`` is how many the issue has."""
    to, leads = _place(finding, issue_id)
    where = finding_words.where(finding, variants)
    return Line(finding.rule, finding_words.said(finding), where, to, leads, passing.key(finding))


def _place(finding: Finding, issue_id: int) -> tuple[str, str]:
    if finding.article_id is not None and finding.place in _OF_ARTICLE:
        return f"artiklar/{finding.article_id}#{_OF_ARTICLE[finding.place]}", _("Till artikeln")
    if finding.article_id is not None:
        return f"nummer/{issue_id}#inslag-{finding.article_id}", _("Till inslaget")
    if finding.place in _OF_ISSUE:
        return f"nummer/{issue_id}#{_OF_ISSUE[finding.place]}", _("Ändra")
    if finding.place is Place.SETTINGS:
        return "forening", _("Till föreningens uppgifter")
    return (f"nummer/{issue_id}", _("Till numret")) if finding.place is Place.ITEMS else ("", "")
