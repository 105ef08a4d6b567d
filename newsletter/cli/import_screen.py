"""An import on the screen and for ``--json``, in the words that pages use, too."""

from collections.abc import Sequence
from typing import Any

import typer

from newsletter.cli.frame import show_table
from newsletter.language import _, ngettext
from newsletter.services import import_words as words
from subscribers.core.importing import Problem
from subscribers.services.departures import DepartureReport
from subscribers.services.imports import ImportReport

#: Rows of one table on the screen. More than this has one cause, and the first rows show it.
_MOST_SHOWN = 25


def import_facts(report: ImportReport) -> dict[str, Any]:
    """Return an import for ``--json``."""
    return {
        "file": report.file,
        "dry_run": report.dry_run,
        "import": report.run_id,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "sheet": report.table.sheet,
        "columns": {
            h: c.value if c else None for h, c in zip(report.table.headers, report.table.columns, strict=True)
        },
        "notices": words.noticed(report.table.notices),
        "rows": report.rows,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
        "kept_silent": report.kept_silent,
        "ended": report.ended,
        "ignored_columns": list(report.ignored_columns),
        "new_people": [{"row": each.row.row, "name": words.name_in(each.row)} for each in report.plan.new],
        "changes": [
            {
                "row": change.row,
                "id": change.subscriber_id,
                "name": change.name,
                "fields": words.differences(change),
            }
            for change in report.plan.changes
        ],
        "conflicts": [
            {
                "row": conflict.row,
                "id": conflict.subscriber_id,
                "name": conflict.name,
                "field": conflict.column,
                "here": conflict.here,
                "in_file": conflict.in_file,
                "said_by": conflict.word.said_by,
                "actor": conflict.word.actor,
                "at": conflict.word.at,
            }
            for conflict in report.plan.conflicts
        ],
        "blocked": [{"row": b.row, "name": b.name, "why": b.why.value} for b in report.plan.blocked],
        "gone": [
            {"id": gone.subscriber_id, "name": gone.name, "member_number": gone.member_number}
            for gone in report.plan.gone
        ],
        "problems": [
            {
                "row": problem.row,
                "column": problem.column,
                "weight": problem.weight.value,
                "doubtful": problem.doubtful,
                "why": words.why(problem),
                "mend": words.mend(problem),
            }
            for problem in report.problems
        ],
    }


def show_import(report: ImportReport) -> None:
    """Print what an import did or would do, and what somebody should decide or mend."""
    _show_reading(report)
    for count, what in (
        (report.new, ngettext("ny person", "nya personer", report.new)),
        (report.changed, ngettext("ändrad", "ändrade", report.changed)),
        (report.unchanged, ngettext("oförändrad", "oförändrade", report.unchanged)),
        (report.skipped, ngettext("överhoppad rad", "överhoppade rader", report.skipped)),
        (report.kept_silent, _("förblir avregistrerade eller spärrade")),
        (len(report.plan.conflicts), _("har ändrats här sedan dess och ändras inte av filen")),
        (len(report.plan.gone), _("medlemmar saknas i filen")),
    ):
        typer.echo(f"  {count:>7}  {what}")
    if report.dry_run:
        _show_diff(report)
    _show_conflicts(report)
    _show_gone(report)
    _show_problems(_("Trasigt"), [problem for problem in report.problems if problem.broken])
    _show_problems(_("Tveksamt"), [problem for problem in report.problems if problem.doubtful])
    _show_end(report)


def show_departures(report: DepartureReport) -> None:
    """Print what a list of those who have left did or would do."""
    service = report.service or _("en annan tjänst")
    typer.echo(
        _("{file}: {rows} som har lämnat brev från {service}. De läses inte in som medlemmar.").format(
            file=report.table.name, rows=report.rows, service=service
        )
    )
    typer.echo(f"  {report.new:>7}  {_('adresser spärras')}")
    typer.echo(f"  {report.known:>7}  {_('var spärrade redan')}")
    for each in report.broken:
        for error in each.errors:
            typer.echo(
                _("  rad {row}: {why}").format(row=each.row, why=_(error.sentence).format(**error.facts))
            )
    if report.dry_run:
        typer.echo(_("Detta var ett prov: inget är ändrat."))


def departure_facts(report: DepartureReport) -> dict[str, Any]:
    """Return such a list for ``--json``."""
    return {
        "file": report.table.name,
        "departures": True,
        "service": report.service,
        "kind": report.kind,
        "dry_run": report.dry_run,
        "rows": report.rows,
        "new": report.new,
        "known": report.known,
        "broken_rows": [each.row for each in report.broken],
    }


def _show_reading(report: ImportReport) -> None:
    typer.echo(words.read_as(report))
    for notice in words.noticed(report.table.notices):
        typer.echo("  " + notice)
    if report.ignored_columns:
        typer.echo(_("Kolumner som inte lästes: {columns}").format(columns=", ".join(report.ignored_columns)))


def _show_diff(report: ImportReport) -> None:
    new = [(e.row.row, words.name_in(e.row), words.addresses_in(e.row)) for e in report.plan.new]
    _show(_("Nya"), (_("Rad"), _("Namn"), _("E-post")), new)
    changed = [
        (change.row, change.name, words.column_name(field), said["old"] or "", said["new"] or "")
        for change in report.plan.changes
        for field, said in words.differences(change).items()
    ]
    _show(_("Ändrade"), (_("Rad"), _("Namn"), _("Fält"), _("Nu"), _("I filen")), changed)
    blocked = [(b.row, b.name, _(words.BLOCKS[b.why])) for b in report.plan.blocked]
    _show(_("Får inga brev, och det ändras inte"), (_("Rad"), _("Namn"), _("Varför")), blocked)


def _show_conflicts(report: ImportReport) -> None:
    rows = [
        (
            conflict.row,
            conflict.name,
            words.column_name(conflict.column),
            conflict.here or "",
            conflict.in_file or "",
            f"{words.sayer(conflict.word)} {conflict.word.at:%Y-%m-%d}",
        )
        for conflict in report.plan.conflicts
    ]
    headings = (_("Rad"), _("Namn"), _("Fält"), _("Här"), _("I filen"), _("Ändrat här av"))
    _show(_("Ändrat här efter filen: det som står här behålls"), headings, rows)
    if rows:
        typer.echo(_("Ska filen gälla ändå, så ange raden och fältet: --take-file RAD:FÄLT"))


def _show_gone(report: ImportReport) -> None:
    rows = [(gone.member_number or "", gone.name) for gone in report.plan.gone]
    _show(_("Saknas i filen"), (_("Medlemsnr"), _("Namn")), rows)
    if rows and not report.ended:
        typer.echo(_("Ingen tas bort. Har de lämnat föreningen, så avsluta medlemskapen med --end-gone."))


def _show_end(report: ImportReport) -> None:
    if report.ended:
        typer.echo(_("{count} medlemskap avslutas i dag.").format(count=report.ended))
    if report.dry_run:
        typer.echo(_("Detta var ett prov: inget är ändrat."))
    elif report.run_id:
        typer.echo(
            _("Detta är inläsning {run}. Den ångras med rundbrev members import-undo {run}.").format(
                run=report.run_id
            )
        )


def _show_problems(title: str, problems: Sequence[Problem]) -> None:
    headings = (_("Rad"), _("Kolumn"), _("Följd"), _("Vad som är fel"), _("Så rättas det"))
    rows = [(p.row, p.column, _(words.WEIGHTS[p.weight]), words.why(p), words.mend(p)) for p in problems]
    _show(title, headings, rows)


def _show(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    typer.echo(f"\n{title}")
    show_table(headings, rows[:_MOST_SHOWN])
    if len(rows) > _MOST_SHOWN:
        typer.echo(_("… och {count} till. Se alla med --json.").format(count=len(rows) - _MOST_SHOWN))
