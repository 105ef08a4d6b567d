"""The register is read in from a file, a page for each step; nothing changes before the last one.

GET, HEAD /personer/importera                 choose a file; what was read in before. POST uploads
GET, HEAD /personer/importera/{key}           what its columns hold. POST says so, or throws the file away
GET, HEAD /personer/importera/{key}/skillnad  what it would change
GET, HEAD /personer/importera/{key}/beslut    what was changed here since, and who is missing. POST goes on
GET, HEAD /personer/importera/{key}/gang      how reading it in goes
GET, HEAD /personer/inlasningar/{id}          what was done. POST undoes it

Between the pages the file lies in the data directory (``newsletter.staged``), for whoever uploaded it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter import staged
from newsletter.language import mark, sentence
from newsletter.services import import_words as words
from newsletter.staged import Staged
from newsletter.web import import_choices, import_runner
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core import departures as departed
from subscribers.core.authority import Act
from subscribers.core.tables import LARGEST_FILE, Reading, Table
from subscribers.errors import ImportRefused, SubscribersError
from subscribers.services import departures, import_runs, imports, regions, workbooks
from subscribers.services.departures import DepartureReport
from subscribers.services.imports import Decisions, ImportReport

pages = Pages(
    done={
        "bort": mark("Filen är bortkastad. Inget har lästs in."),
        "angrad": mark("Inläsningen är ångrad. Registret är som det var."),
    }
)

HERE = "/personer/importera"

#: Rows of one kind on a page. More than this has one cause, and the first rows show it.
MOST_SHOWN = 25
MOST_CONFLICTS = 500


@pages.shows(HERE, to=May(Act.IMPORT))
def choose(request: Request, site: TheSite, visit: TheVisit) -> Response:
    """Ask for the file, and show what was read in before."""
    return _first(request, site, visit)


@pages.takes(HERE, to=May(Act.IMPORT), most_bytes=LARGEST_FILE + 64 * 1024)
def upload(request: Request, site: TheSite, visit: TheVisit, form: TheForm) -> Response:
    """Keep the file, if there is a table in it."""
    file = next(iter(form.files.get("file", ())), None)
    if file is None:
        return _first(request, site, visit, wrong=_no_file())
    try:
        workbooks.read_file(file.filename or "register", file.content, Reading(any_header=True))
    except ImportRefused as error:
        return _first(request, site, visit, wrong=sentence(error))
    key = staged.put(
        site.app.paths.staged,
        name=file.filename,
        content=file.content,
        person_id=visit.person_id,
        now=site.app.now(),
    )
    return site.back(f"{HERE}/{key}")


@pages.shows(HERE + "/{key}", to=May(Act.IMPORT))
def columns(request: Request, site: TheSite, visit: TheVisit, key: str, blad: str | None = None) -> Response:
    """Show what was understood of the file, and ask what each column holds."""
    file = _get(site, visit, key)
    return _columns(request, site, visit, file, sheet=blad)


@pages.takes(HERE + "/{key}", to=May(Act.IMPORT))
def say_columns(request: Request, site: TheSite, visit: TheVisit, key: str, form: TheForm) -> Response:
    """Write down what the columns hold, or throw the file away."""
    file = _get(site, visit, key)
    if form.get("do") == "discard":
        staged.forget(site.app.paths.staged, file.key)
        return site.back(HERE, done="bort")
    if form.get("do") != "columns":
        raise HTTPException(400)
    seen = _table(site, file, Reading(sheet=form.get("sheet") or None, any_header=True))
    choices = import_choices.chosen(seen, form)
    try:
        _table(site, file, import_choices.reading(choices))
    except ImportRefused as error:
        return _columns(request, site, visit, file, wrong=sentence(error), choices=choices)
    staged.choose(site.app.paths.staged, file, choices)
    return site.back(f"{HERE}/{file.key}/skillnad")


@pages.shows(HERE + "/{key}/skillnad", to=May(Act.IMPORT))
def difference(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Show what reading the file in would change."""
    file = _get(site, visit, key)
    table = _table(site, file, import_choices.reading(file.choices))
    if departed.recognise(table):
        return _left(request, site, visit, file, table)
    report = _report(site, visit, file)
    return site.page(
        request, "imports/difference.html", visit=visit, file=file, here=_here(file), report=report,
        words=words, most=MOST_SHOWN, problems=_by_weight(report), say=_say(site),
    )  # fmt: skip


@pages.shows(HERE + "/{key}/beslut", to=May(Act.IMPORT))
def decide(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Ask what is to be done where the file and what was said here differ, and with those it lacks."""
    return _decisions(request, site, visit, _get(site, visit, key))


@pages.takes(HERE + "/{key}/beslut", to=May(Act.IMPORT))
def apply(request: Request, site: TheSite, visit: TheVisit, key: str, form: TheForm) -> Response:
    """Read the file in, as it was decided."""
    file = _get(site, visit, key)
    if form.get("do") == "suppress":
        return _suppress(site, visit, file)
    if form.get("do") != "import":
        raise HTTPException(400)
    decisions = import_choices.decisions(file.choices, form)
    if decisions.end_gone:
        gone = len(_report(site, visit, file).plan.gone)
        if gone > import_choices.MANY_GONE and form.get("how-many", "").strip() != str(gone):
            return _decisions(request, site, visit, file, unsure=True)
    run = import_runner.start(
        site, visit, file,
        decisions=decisions, reading=import_choices.reading(file.choices), seen=form.get("seen", ""),
    )  # fmt: skip
    return site.back(_after(file, run))


@pages.shows(HERE + "/{key}/gang", to=May(Act.IMPORT))
def progress(request: Request, site: TheSite, visit: TheVisit, key: str) -> Response:
    """Show how reading the file in goes; a page that asks again by itself."""
    file = _get(site, visit, key)
    silent = file.run is not None and file.run.is_silent(site.app.now())
    answer = site.page(
        request,
        "imports/progress.html",
        visit=visit,
        file=file,
        here=_here(file),
        run=file.run,
        silent=silent,
    )
    if file.run and not file.run.ended and not silent:
        answer.headers["Refresh"] = "2"  # without scripts, too
    return answer


@pages.shows("/personer/inlasningar/{run_id}", to=May(Act.IMPORT))
def done(request: Request, site: TheSite, visit: TheVisit, run_id: int) -> Response:
    """Show what an import did, and how it is undone."""
    return _done(request, site, visit, run_id)


@pages.takes("/personer/inlasningar/{run_id}", to=May(Act.IMPORT))
def undo(request: Request, site: TheSite, visit: TheVisit, run_id: int, form: TheForm) -> Response:
    """Undo an import as a whole, or show what stands in the way."""
    if form.get("do") != "undo":
        raise HTTPException(400)
    with site.app.sessions.begin() as session:
        undone = import_runs.undo(
            session, scope=visit.scope, run_id=run_id, actor=visit.actor, now=site.app.now()
        )
    if undone.later:
        return _done(request, site, visit, run_id, later=undone.later)
    return site.back(f"/personer/inlasningar/{run_id}", done="angrad")


def local_now(site: Site) -> datetime:
    """Return the moment in the association's zone, whose date is the one that memberships go by."""
    return site.app.now().astimezone(ZoneInfo(site.app.settings.time_zone))


def _no_file() -> str:
    return sentence(SubscribersError("Välj filen med registret först."))


def _get(site: Site, visit: Visit, key: str) -> Staged:
    visit.must(Act.IMPORT)
    return staged.get(site.app.paths.staged, key, person_id=visit.person_id, now=site.app.now())


def _here(file: Staged) -> str:
    return f"{HERE.removeprefix('/')}/{file.key}"


def _table(site: Site, file: Staged, reading: Reading) -> Table:
    return workbooks.read_file(file.name, staged.content(site.app.paths.staged, file), reading)


def _report(site: Site, visit: Visit, file: Staged) -> ImportReport:
    """Return what the file would do, where everything that was said here stays."""
    with site.app.readers() as session:
        return imports.import_register(
            session,
            scope=visit.scope,
            name=file.name,
            content=staged.content(site.app.paths.staged, file),
            reading=import_choices.reading(file.choices),
            decisions=Decisions(complete=bool(file.choices.get("complete"))),
            dry_run=True,
            now=local_now(site),
        )


def _first(request: Request, site: Site, visit: Visit, wrong: str = "") -> Response:
    with site.app.readers() as session:
        runs = import_runs.list_runs(session, scope=visit.scope, limit=MOST_SHOWN)
    waiting = staged.of_person(site.app.paths.staged, person_id=visit.person_id, now=site.app.now())
    return site.page(
        request, "imports/choose.html", status=422 if wrong else 200, visit=visit, runs=runs,
        waiting=waiting, wrong=wrong, most=LARGEST_FILE,
    )  # fmt: skip


def _columns(
    request: Request,
    site: Site,
    visit: Visit,
    file: Staged,
    *,
    sheet: str | None = None,
    wrong: str = "",
    choices: dict[str, Any] | None = None,
) -> Response:
    given = choices or (dict(file.choices) if sheet is None else {})
    sheet = sheet if sheet is not None else given.get("sheet")
    table = _table(site, file, Reading(sheet=sheet or None, any_header=True))
    said = given.get("columns", {})
    return site.page(
        request, "imports/columns.html", status=422 if wrong else 200, visit=visit, file=file,
        here=_here(file), table=table, columns=import_choices.columns_of(table), said=said,
        words=import_choices.field_words(), notices=words.noticed(table.notices), wrong=wrong,
        complete=bool(given.get("complete")), rows=len(table.rows),
    )  # fmt: skip


def _left(request: Request, site: Site, visit: Visit, file: Staged, table: Table) -> Response:
    with site.app.readers() as session:
        found = _suppressing(session, site, visit, table, dry_run=True)
    return site.page(request, "imports/left.html", visit=visit, file=file, here=_here(file), found=found)


def _suppress(site: Site, visit: Visit, file: Staged) -> Response:
    table = _table(site, file, import_choices.reading(file.choices))
    with site.app.sessions.begin() as session:
        _suppressing(session, site, visit, table, dry_run=False)
    staged.forget(site.app.paths.staged, file.key)
    return site.back("/sparrade", done="inlasta")


def _suppressing(session: Any, site: Site, visit: Visit, table: Table, *, dry_run: bool) -> DepartureReport:
    left = departed.recognise(table)
    if left is None:
        raise HTTPException(400)
    return departures.suppress_departed(
        session, scope=visit.scope, table=table, departures=left, actor=visit.actor,
        now=site.app.now(), dry_run=dry_run,
    )  # fmt: skip


def _decisions(request: Request, site: Site, visit: Visit, file: Staged, *, unsure: bool = False) -> Response:
    report = _report(site, visit, file)
    by_column: dict[str, int] = {}
    for conflict in report.plan.conflicts:
        by_column[conflict.column] = by_column.get(conflict.column, 0) + 1
    return site.page(
        request, "imports/decide.html", status=422 if unsure else 200, visit=visit, file=file,
        here=_here(file), report=report, words=words, by_column=by_column, unsure=unsure, say=_say(site),
        few=MOST_SHOWN, most=MOST_CONFLICTS, many=len(report.plan.gone) > import_choices.MANY_GONE,
        seen=report.plan.fingerprint(), broken=[p for p in report.problems if p.broken],
    )  # fmt: skip


def _after(file: Staged, run: staged.Run | None) -> str:
    if run and run.ended and run.run_id:
        return f"/personer/inlasningar/{run.run_id}"
    return f"{HERE}/{file.key}/gang"


def _done(request: Request, site: Site, visit: Visit, run_id: int, later: Any = ()) -> Response:
    with site.app.readers() as session:
        run = import_runs.get(session, scope=visit.scope, run_id=run_id)
    return site.page(
        request, "imports/done.html", status=409 if later else 200, visit=visit, run=run, later=later,
        words=words, most=MOST_SHOWN,
    )  # fmt: skip


def _say(site: Site) -> Callable[[str, object], str]:
    """Return how a value of a column is said: places by their names, and nothing as a dash."""
    with site.app.readers() as session:
        places = regions.gazetteer(session)

    def say(column: str, value: object) -> str:
        text = str(value) if value else ""
        if column == "municipality_code" and (municipality := places.municipality_by_code(text)):
            return municipality.name
        if column == "region_slug" and (region := places.region(text)):
            return region.name
        return text or "–"

    return say


def _by_weight(report: ImportReport) -> list[tuple[str, list[Any]]]:
    """Return what is wrong in the file and what is doubtful, each under its word."""
    broken = [each for each in report.problems if each.broken]
    doubtful = [each for each in report.problems if each.doubtful]
    return [
        (word, found) for word, found in ((mark("Trasigt"), broken), (mark("Tveksamt"), doubtful)) if found
    ]
