"""``rundbrev members``: files in and out. Registers are read in and undone, exported, and kept up with."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli import import_screen as words
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _
from newsletter.services import import_words
from subscribers.core import departures as departed
from subscribers.core.authority import Everything
from subscribers.core.fields import Field, by_name
from subscribers.core.plans import column_of
from subscribers.core.tables import LARGEST_FILE, Reading, defuse, tidy
from subscribers.errors import ImportRefused, SubscribersError
from subscribers.services import acts, departures, exports, import_runs, imports, workbooks
from subscribers.services.imports import Decisions, Progress

_SHEET_NAME = "Ändringar"


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FIL", parser=Path, help="Registret som CSV, XLSX, XLS eller ODS.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Visa vad som skulle hända, utan att ändra något.")
    ] = False,
    complete: Annotated[
        bool, typer.Option("--complete", help="Filen är hela registret: visa medlemmar som saknas i den.")
    ] = False,
    end_gone: Annotated[
        bool, typer.Option("--end-gone", help="Avsluta medlemskapen för dem som saknas. Ingen tas bort.")
    ] = False,
    take_file: Annotated[
        list[str] | None,
        typer.Option(metavar="RAD:FÄLT", help="Låt filen gälla där något har ändrats här, som 7:Efternamn."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="KOLUMN=FÄLT", help="Vad en kolumn innehåller; inget efter = hoppar över."
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAMN", help="Teckenkodningen: utf-8, utf-16, cp1252, mac-roman.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(metavar="TECKEN", help="Det som står mellan kolumnerna; tab för tabb.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="BLAD", help="Bladet i ett kalkylark.")] = None,
    departures_only: Annotated[
        bool, typer.Option("--unsubscribed", help="Filen är en lista över dem som har lämnat: spärra dem.")
    ] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Läs in medlemsregistret. Allt läses in eller inget, och den som har tackat nej förblir borta.

    Listor över avregistrerade från Mailchimp, Get a Newsletter och Paloma känns igen och spärras.

    Exempel:
      rundbrev members import medlemmar.xlsx --dry-run
      rundbrev members import medlemmar.csv --map "Ort=kommun"
    """
    content = _read(file)
    reading = Reading(
        encoding=encoding, delimiter=_delimiter(delimiter), sheet=sheet, columns=_mapping(columns or [])
    )
    decisions = Decisions(take_file=_taken(take_file or []), complete=complete, end_gone=end_gone)
    table = workbooks.read_file(file.name, content, reading)
    left = departed.everybody() if departures_only else departed.recognise(table)
    with opened(directory) as application, application.sessions.begin() as session:
        everyone, now, actor = _everyone(application), _now(application), acting.name_of(by)
        if left:
            found = departures.suppress_departed(
                session, scope=everyone, table=table, departures=left, actor=actor, now=now, dry_run=dry_run
            )
            _tell(as_json, lambda: words.departure_facts(found), lambda: words.show_departures(found))
            return
        with _progress(as_json) as progress:
            report = imports.import_register(
                session,
                scope=everyone,
                name=file.name,
                content=content,
                table=table,
                decisions=decisions,
                actor=actor,
                now=now,
                dry_run=dry_run,
                progress=progress,
            )
        _tell(as_json, lambda: words.import_facts(report), lambda: words.show_import(report))


def list_imports(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista de inläsningar som har gjorts, den senaste först.

    Exempel:
      rundbrev members imports
    """
    with opened(directory) as application, application.readers() as session:
        runs = import_runs.list_runs(session, scope=_everyone(application))
        if as_json:
            emit(
                {
                    "imports": [
                        {
                            "id": run.id,
                            "file": run.file_name,
                            "sha256": run.sha256,
                            "by": run.applied_by,
                            "at": run.applied_at,
                            "undone_at": run.undone_at,
                            "counts": run.counts,
                        }
                        for run in runs
                    ]
                }
            )
            return
        if not runs:
            typer.echo(_("Inget register har lästs in än."))
            return
        show_table(
            (_("Id"), _("Fil"), _("När"), _("Nya"), _("Ändrade"), _("Ångrad")),
            [
                (
                    run.id,
                    run.file_name,
                    f"{run.applied_at:%Y-%m-%d %H:%M}",
                    run.counts.get("new", 0),
                    run.counts.get("changed", 0),
                    f"{run.undone_at:%Y-%m-%d %H:%M}" if run.undone_at else "",
                )
                for run in runs
            ],
        )


def undo_import(
    run: Annotated[int, typer.Argument(metavar="ID", help="Inläsningens id, som members imports visar.")],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ångra en inläsning som helhet, om inget i den har ändrats sedan dess.

    Exempel:
      rundbrev members import-undo 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        done = import_runs.undo(
            session, scope=_everyone(application), run_id=run, actor=acting.name_of(by), now=_now(application)
        )
    facts = {
        "import": run,
        "undone": not done.later,
        "people_removed": done.people_removed,
        "fields_restored": done.fields_restored,
        "later": [{"id": each.subscriber_id, "name": each.name, "field": each.field} for each in done.later],
    }
    _tell(as_json, lambda: facts, lambda: _show_undoing(done))
    if done.later:
        raise typer.Exit(1)


def export(
    file: Annotated[
        Path, typer.Argument(metavar="FIL", parser=Path, help="Filen: namn.csv eller namn.xlsx.")
    ],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skriv registret till en fil. Läses filen in igen ändras inget.

    Exempel:
      rundbrev members export register.xlsx
    """
    with opened(directory) as application, application.sessions.begin() as session:
        now = _now(application)
        table = exports.export_register(session, scope=_everyone(application))
        _write(file, _("Register"), table.headers, table.rows)
        details = {"people": len(table.rows)}
        acts.log(session, actor=acting.name_of(by), act="export", details=details, now=now)
    said = _("{count} personer står i {file}.").format(count=len(table.rows), file=file)
    _tell(as_json, lambda: {"file": str(file), "people": len(table.rows)}, lambda: typer.echo(said))


def list_changes(
    since: Annotated[
        datetime,
        typer.Option(metavar="DATUM", formats=["%Y-%m-%d"], help="Från och med den dagen: 2030-01-31."),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FIL", parser=Path, help="Skriv till namn.xlsx eller namn.csv.")
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa vad medlemmar och uppdragstagare har ändrat här, för föreningens eget register.

    Exempel:
      rundbrev members changes --since 2030-01-01 --out ändringar.xlsx
    """
    with opened(directory) as application, application.readers() as session:
        zone = ZoneInfo(application.settings.time_zone)
        found = exports.changes_since(
            session,
            scope=_everyone(application),
            since=datetime.combine(since.date(), time(), zone),
        )
    headings = (_("När"), _("Medlemsnr"), _("Namn"), _("Fält"), _("Förut"), _("Nu"), _("Ändrat av"))
    rows = [
        (
            f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}",
            each.member_number or "",
            each.name,
            import_words.column_name(each.field),
            each.old or "",
            each.new or "",
            each.actor or import_words.said_by(each.set_by.value),
        )
        for each in found
    ]
    if out:
        _write(out, _(_SHEET_NAME), headings, rows, title=_("Ändringar till medlemsregistret"))
    facts = {
        "since": since.date(),
        "changes": [
            {
                "at": each.at,
                "id": each.subscriber_id,
                "member_number": each.member_number,
                "name": each.name,
                "field": each.field,
                "old": each.old,
                "new": each.new,
                "set_by": each.set_by.value,
                "actor": each.actor,
            }
            for each in found
        ],
    }
    _tell(as_json, lambda: facts, lambda: _show_changes(headings, rows, out))


def no_departures(
    by: Annotated[str, typer.Option(metavar="NAMN", help="Vem som intygar det.")],
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Intyga att ingen har lämnat tidigare brev: det finns ingen lista över avregistrerade att läsa in.

    Exempel:
      rundbrev members no-unsubscribed --by "Åsa Öberg"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        departures.state_none(session, scope=_everyone(application), actor=by, now=_now(application))
    said = _("{name} intygar att det inte finns någon lista över avregistrerade.").format(name=by)
    _tell(as_json, lambda: {"stated_by": by}, lambda: typer.echo(said))


def _show_undoing(done: import_runs.Undoing) -> None:
    if not done.later:
        typer.echo(
            _(
                "Inläsning {run} är ångrad: {people} personer borttagna, {fields} uppgifter återställda."
            ).format(run=done.run_id, people=done.people_removed, fields=done.fields_restored)
        )
        return
    typer.echo(_("Inläsning {run} ångras inte: det här har hänt sedan dess.").format(run=done.run_id))
    rows = [(each.subscriber_id, each.name, import_words.column_name(each.field)) for each in done.later]
    show_table((_("Id"), _("Namn"), _("Fält")), rows)


def _show_changes(headings: Sequence[str], rows: Sequence[Sequence[str]], out: Path | None) -> None:
    if out:
        typer.echo(_("{count} ändringar står i {file}.").format(count=len(rows), file=out))
    elif rows:
        show_table(headings, rows)
    else:
        typer.echo(_("Inget har ändrats här sedan dess."))


def _everyone(application: App) -> Everything:
    return application.everything("whoever may use this command line owns the database file")


def _now(application: App) -> datetime:
    """Return the moment in the association's zone, whose date is the one that memberships go by."""
    return application.now().astimezone(ZoneInfo(application.settings.time_zone))


def _tell(as_json: bool, facts: Callable[[], object], show: Callable[[], None]) -> None:
    if as_json:
        emit(facts())
    else:
        show()


@contextmanager
def _progress(as_json: bool) -> Iterator[Progress]:
    """Show a bar on standard error where somebody looks at it."""
    from rich.console import Console  # only those who import pay for it
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("")
        yield lambda what, done, of: bar.update(task, description=_(what), completed=done, total=of or 1)


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise ImportRefused(
            "Det finns ingen fil {file}. Se efter hur den heter och var den ligger.", file=file
        )
    try:
        with file.open("rb") as opened_file:
            return opened_file.read(LARGEST_FILE + 1)  # one byte too many is enough to refuse it
    except OSError as error:
        raise ImportRefused(
            "{file} går inte att öppna ({reason}). Stäng den i andra program och försök igen.",
            file=file,
            reason=error.strerror,
        ) from error


def _delimiter(text: str | None) -> str | None:
    if text is None or len(text) == 1:
        return text
    named = {
        "tab": "\t",
        "tabb": "\t",
        "\\t": "\t",
        "semikolon": ";",
        "semicolon": ";",
        "komma": ",",
        "comma": ",",
    }
    if text.casefold() in named:
        return named[text.casefold()]
    raise ImportRefused("{delimiter} är inget skiljetecken. Ange ett enda tecken, eller tab.", delimiter=text)


def _mapping(said: Sequence[str]) -> dict[str, Field | None]:
    """Read "Kolumn=fält"; the last equals sign divides, since headers are other people's words."""
    found = {}
    for each in said:
        column, divided, name = each.rpartition("=")
        what = by_name(name) if name.strip() else None
        if not divided or (name.strip() and what is None):
            raise ImportRefused(
                "{said} går inte att förstå. Skriv som Ort=kommun, med ett av fälten {fields}.",
                said=each,
                fields=", ".join(field.value for field in Field),
            )
        found[column.strip()] = what
    return found


def _taken(said: Sequence[str]) -> frozenset[tuple[int, str]]:
    return frozenset(_decision(each) for each in said)


def _decision(said: str) -> tuple[int, str]:
    row, _divided, name = said.partition(":")
    what = by_name(name)
    if not row.strip().isdecimal() or what is None:
        raise ImportRefused("{said} går inte att förstå. Skriv raden och fältet, som 7:Efternamn.", said=said)
    return int(row), column_of(what)


def _write(
    file: Path,
    sheet: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    title: str = "",
) -> None:
    """Write a table as its file's ending says; all cells are text, and none a formula."""
    if file.suffix.casefold() not in (".csv", ".xlsx"):
        raise SubscribersError("{file} ska heta något som slutar på .csv eller .xlsx.", file=file)
    body = [[defuse(tidy(cell)) if title else cell for cell in row] for row in rows]
    make = _csv if file.suffix.casefold() == ".csv" else _xlsx
    try:
        file.write_bytes(make(sheet, headers, body, title))
    except OSError as error:
        raise SubscribersError(
            "{file} går inte att skriva ({reason}). Välj en annan plats, eller stäng filen i andra program.",
            file=file,
            reason=error.strerror,
        ) from error


def _csv(_sheet: str, headers: Sequence[str], rows: Sequence[Sequence[str]], _title: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([headers, *rows])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(sheet: str, headers: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in ([[title], []] if title else []) + [list(headers), *map(list, rows)]:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
