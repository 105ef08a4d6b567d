"""How an import is told: what each row is, what stays as it is, what to decide and what to mend."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import typer

from newsletter.cli.frame import show_table
from newsletter.language import _, mark, ngettext
from subscribers.core.fields import Field, header_of
from subscribers.core.importing import Problem, Weight
from subscribers.core.plans import PREFERRED, Block, Change, column_of
from subscribers.services.departures import DepartureReport
from subscribers.services.imports import ImportReport

#: Rows of one table on the screen. More than this has one cause, and the first rows show it.
_MOST_SHOWN = 25

_DELIMITERS = {";": mark("semikolon"), ",": mark("komma"), "\t": mark("tabb")}

_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "mac-roman": "Mac Roman",
}

_WEIGHTS = {
    Weight.ROW_SKIPPED: mark("raden lästes inte"),
    Weight.VALUE_SKIPPED: mark("cellen lästes inte"),
    Weight.LOOK: mark("se efter"),
}

_BLOCKS = {
    Block.DECLINED: mark("har tackat nej"),
    Block.SUPPRESSED: mark("adressen är spärrad"),
    Block.DECEASED: mark("avliden"),
}

_SAID_BY = {"member": mark("medlemmen"), "person": mark("någon med uppdrag")}

#: Columns of a person that follow from others, and are not shown.
_FOLLOWING = frozenset({"sort_key"})

_COLUMNS = {column_of(field): header_of(field) for field in reversed(Field)} | {
    "placed_by_hand": mark("Placerad för hand"),
    "placement_reason": mark("Skäl till placeringen"),
}


def column_name(column: str) -> str:
    """Return what people call a field of a person ("family_name": "Efternamn")."""
    return _(_COLUMNS.get("email" if column == PREFERRED else column, _COLUMNS.get(column, column)))


def said_by(set_by: str) -> str:
    """Return what people call the one who set a value, where no name is known."""
    return _(_SAID_BY.get(set_by, set_by))


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
        "notices": [_(notice.what).format(**notice.facts) for notice in report.table.notices],
        "rows": report.rows,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
        "kept_silent": report.kept_silent,
        "ended": report.ended,
        "ignored_columns": list(report.ignored_columns),
        "new_people": [
            {"row": each.row.row, "name": f"{each.row.given_name} {each.row.family_name}".strip()}
            for each in report.plan.new
        ],
        "changes": [
            {
                "row": change.row,
                "id": change.subscriber_id,
                "name": change.name,
                "fields": _differences(change),
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
                "why": _said(problem.why, problem),
                "mend": _said(problem.mend, problem),
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
    if report.table.sheet:
        said = _("{file}: {rows} rader, {kind}, bladet {sheet}.")
    else:
        said = _("{file}: {rows} rader, {encoding}, {delimiter} mellan kolumnerna.")
    typer.echo(
        said.format(
            file=report.file,
            rows=report.rows,
            kind=report.encoding.upper(),
            sheet=report.table.sheet,
            encoding=_ENCODINGS.get(report.encoding, report.encoding),
            delimiter=_(_DELIMITERS.get(report.delimiter, report.delimiter)),
        )
    )
    for notice in report.table.notices:
        typer.echo("  " + _(notice.what).format(**notice.facts))
    if report.ignored_columns:
        typer.echo(_("Kolumner som inte lästes: {columns}").format(columns=", ".join(report.ignored_columns)))


def _show_diff(report: ImportReport) -> None:
    new = [
        (e.row.row, f"{e.row.given_name} {e.row.family_name}".strip(), _addresses(e.row))
        for e in report.plan.new
    ]
    _show(_("Nya"), (_("Rad"), _("Namn"), _("E-post")), new)
    changed = [
        (change.row, change.name, column_name(field), said["old"] or "", said["new"] or "")
        for change in report.plan.changes
        for field, said in _differences(change).items()
    ]
    _show(_("Ändrade"), (_("Rad"), _("Namn"), _("Fält"), _("Nu"), _("I filen")), changed)
    blocked = [(b.row, b.name, _(_BLOCKS[b.why])) for b in report.plan.blocked]
    _show(_("Får inga brev, och det ändras inte"), (_("Rad"), _("Namn"), _("Varför")), blocked)


def _show_conflicts(report: ImportReport) -> None:
    rows = [
        (
            conflict.row,
            conflict.name,
            column_name(conflict.column),
            conflict.here or "",
            conflict.in_file or "",
            f"{conflict.word.actor or _(_SAID_BY[conflict.word.said_by])} {conflict.word.at:%Y-%m-%d}",
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
    rows = [(p.row, p.column, _(_WEIGHTS[p.weight]), _said(p.why, p), _said(p.mend, p)) for p in problems]
    _show(title, headings, rows)


def _show(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    typer.echo(f"\n{title}")
    show_table(headings, rows[:_MOST_SHOWN])
    if len(rows) > _MOST_SHOWN:
        typer.echo(_("… och {count} till. Se alla med --json.").format(count=len(rows) - _MOST_SHOWN))


def _differences(change: Change) -> dict[str, dict[str, str | None]]:
    """Return old and new of each field that a row changes; an address is new beside those there are."""
    found = {
        column: {"old": _text(change.old[column]), "new": _text(value)}
        for column, value in change.values.items()
        if column not in _FOLLOWING
    }
    if change.new_addresses:
        new = ", ".join(each.address.written for each in change.new_addresses)
        found[PREFERRED if change.prefer_first else "email_other"] = {"old": None, "new": new}
    return found


def _text(value: str | date | None) -> str | None:
    return str(value) if value else None


def _addresses(row: Any) -> str:
    return ", ".join(each.address.written for each in row.addresses)


def _said(sentence: str, problem: Problem) -> str:
    return _(sentence).format(**problem.facts)
