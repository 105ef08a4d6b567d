"""What became of the issues: over time, one by one, and a year on one page for the board.

GET, HEAD /rapporter                     a year's issues, with a chart and a table
GET, HEAD /rapporter/{year}              the same for another year
GET, HEAD /rapporter/{year}/styrelsen    the year on one page, to print
GET, HEAD /rapporter/{year}/tabell.csv   the figures, a row for each issue and region
GET, HEAD /rapporter/nummer/{id}         one issue by region
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.language import _, mark
from newsletter.models import LeftOutReason
from newsletter.services import issues, notices, reports
from newsletter.services.reports import Figures, IssueReport
from newsletter.services.state_words import REASONS
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.rows import TheIssue
from newsletter.web.sendings import counted
from newsletter.web.tables import csv_file, defused
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act
from subscribers.errors import NotFound
from subscribers.services import regions

pages = Pages()

#: The chart is drawn in units of its own: one issue is this wide, and a bar at most so high.
STEP, HEIGHT = 40, 160

_COLUMNS = (
    mark("Nummer"),
    mark("Titel"),
    mark("Gick ut"),
    mark("Region"),
    mark("Personer"),
    mark("Överlämnat"),
    mark("Avvisat"),
    mark("Ovisst"),
    mark("Studsat"),
    mark("Avregistrerade"),
    mark("Svar"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One issue in the chart: its place, and how high its parts are, in the chart's units."""

    x: int
    accepted: float
    refused: float
    label: str
    issue_id: int


@pages.shows("/rapporter", to=May(Act.COUNT_PEOPLE))
def latest_year(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Show the year that is running, or the last one in which anything went."""
    with site.app.readers() as session:
        known = reports.years(session)
    return _year(request, site, visit, known[0] if known else site.today().year, "reports/year.html")


@pages.shows("/rapporter/{year:int}", to=May(Act.COUNT_PEOPLE))
def one_year(request: Request, site: TheSite, visit: TheVisit, year: int) -> Response:
    """Show a year's issues."""
    return _year(request, site, visit, year, "reports/year.html")


@pages.shows("/rapporter/{year:int}/styrelsen", to=May(Act.COUNT_PEOPLE))
def board(request: Request, site: TheSite, visit: TheVisit, year: int) -> Response:
    """Show a year on one page, for the board."""
    return _year(request, site, visit, year, "reports/board.html")


@pages.shows("/rapporter/{year:int}/tabell.csv", to=May(Act.COUNT_PEOPLE))
def table(site: TheSite, visit: TheVisit, year: int) -> Response:
    """Give the year's figures as a file for a spreadsheet."""
    with site.app.readers() as session:
        found = reports.of_year(session, scope=counted(visit), year=year)
        names = {region.slug: region.name for region in regions.all_regions(session)}
    return csv_file(
        f"rapport-{year}.csv", defused([[_(column) for column in _COLUMNS], *_rows(site, found, names)])
    )


@pages.shows("/rapporter/nummer/{issue_id}", to=May(Act.COUNT_PEOPLE))
def one_issue(request: Request, site: TheSite, visit: TheVisit, issue_id: TheIssue) -> Response:
    """Show one issue by region."""
    with site.app.readers() as session:
        issue = issues.get(session, issue_id)
        report = reports.of_issue(session, scope=counted(visit), issue_id=issue.id)
        is_notice = notices.is_notice(issue)
        names = {region.slug: region.name for region in regions.all_regions(session)}
    if report is None:
        raise NotFound("Det finns inget sådant nummer.")
    return site.page(
        request,
        "reports/issue.html",
        visit=visit,
        report=report,
        is_notice=is_notice,
        lines=_by_region(report.by_region, names),
        parts=_parts(report.total),
        reasons=_reasons(report.total),
    )


def _year(request: Request, site: Site, visit: Visit, year: int, template: str) -> Response:
    with site.app.readers() as session:
        found = reports.of_year(session, scope=counted(visit), year=year)
        known = reports.years(session)
        names = {region.slug: region.name for region in regions.all_regions(session)}
    by_region: dict[str, list[Figures]] = {}
    for report in found:
        for slug, figures in report.by_region.items():
            by_region.setdefault(slug, []).append(figures)
    summed = {slug: reports.summed(each) for slug, each in by_region.items()}
    return site.page(
        request,
        template,
        visit=visit,
        year=year,
        years=known,
        reports=found,
        total=reports.summed(report.total for report in found),
        lines=_by_region(summed, names),
        bars=bars(found),
        width=max(len(found), 1) * STEP,
        height=HEIGHT,
        is_all=not visit.regions or visit.may(Act.COUNT_PEOPLE),
        **_extremes(found),
    )


def bars(found: Sequence[IssueReport]) -> list[Bar]:
    """Draw each issue: letters that were taken, and on top those that were refused."""
    most = max((report.total.accepted + report.total.refused for report in found), default=0)
    unit = HEIGHT / most if most else 0.0
    return [
        Bar(
            x=place * STEP,
            accepted=report.total.accepted * unit,
            refused=report.total.refused * unit,
            label=_label(report),
            issue_id=report.issue_id,
        )
        for place, report in enumerate(found)
    ]


def _label(report: IssueReport) -> str:
    """Return the short number under a bar: ``12`` of "Nyhetsbrevet 12/2026"."""
    number, slash, _year = report.name.rpartition(" ")[2].partition("/")
    return number if slash else ""


def _extremes(found: Sequence[IssueReport]) -> dict[str, Any]:
    """Return the most letters of an issue that were taken, and those of the last one that has gone out."""
    reached = [report.total.accepted for report in found if report.is_closed]
    return {"most": max(reached, default=0), "last": reached[-1] if reached else 0}


def _by_region(figures: Mapping[str, Figures], names: Mapping[str, str]) -> list[tuple[str, Figures]]:
    return [(names.get(slug) or _("Ingen region"), figures[slug]) for slug in (*names, "") if slug in figures]


def _parts(total: Figures) -> list[tuple[str, str, int]]:
    return [
        (_("Överlämnat"), "accepted", total.accepted),
        (_("På väg"), "open", total.open),
        (_("Avvisat"), "trouble", total.refused),
        (_("Ovisst: kan ha gått fram"), "trouble", total.unknown),
        (_("Återkallat"), "apart", total.states["withdrawn"]),
        (_("Utelämnat"), "apart", total.states["left-out"]),
    ]


def _reasons(total: Figures) -> list[tuple[str, int]]:
    return [
        (REASONS[reason], total.left_out[reason.value])
        for reason in LeftOutReason
        if total.left_out[reason.value]
    ]


def _rows(site: Site, found: Sequence[IssueReport], names: Mapping[str, str]) -> Iterator[list[str | int]]:
    for report in found:
        gone = site.date_of(report.released_at).isoformat()
        for name, figures in _by_region(report.by_region, names):
            yield [report.name, report.title, gone, name, *(_number(number) for number in _numbers(figures))]


def _numbers(figures: Figures) -> tuple[int | None, ...]:
    return (
        figures.people,
        figures.accepted,
        figures.refused,
        figures.unknown,
        figures.bounced,
        figures.unsubscribed,
        figures.replies,
    )


def _number(number: int | None) -> str | int:
    """Write what nobody has counted as nothing: it is not nought."""
    return "" if number is None else number
