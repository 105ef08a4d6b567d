"""``rundbrev drill``: kill senders at random, and show that nobody is lost and nobody gets two."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter import language
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, refusals, show_table
from newsletter.errors import PlaceTaken
from newsletter.language import _
from newsletter.settings import load

if TYPE_CHECKING:
    from newsletter.drilling.run import Plan, Progress, Report

app = typer.Typer()

#: A kill needs so many letters for itself: what is on the wire then, and some that are not.
_LEAST_PER_KILL = 10

#: So many unknown letters are named on the screen; all of them stand in the log and in the JSON.
_NAMED = 20


def _database(given: str) -> str:
    if not given:
        return ""
    from sqlalchemy.engine import make_url  # a fifth of a second, for those who name a database
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise typer.BadParameter(_("skriv som postgresql://användare:lösenord@värd/databas."))
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@app.command()
def drill(
    kills: Annotated[
        int, typer.Option("--kills", metavar="N", min=1, help="Hur många avbrott som ska träffa.")
    ] = 20,
    recipients: Annotated[
        int, typer.Option("--recipients", metavar="N", min=1, help="Hur många påhittade mottagare.")
    ] = 2_000,
    senders: Annotated[
        int, typer.Option("--senders", metavar="N", min=1, max=16, help="Hur många sändare på en gång.")
    ] = 1,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Slumpens frö: när vilken dödas.")] = 1,
    delay: Annotated[
        int, typer.Option("--delay", metavar="MS", min=0, max=10_000, help="Brevlådans fördröjning per brev.")
    ] = 20,
    database: Annotated[
        str,
        typer.Option(
            "--database", metavar="URL", callback=_database, help="En tom PostgreSQL-databas; annars SQLite."
        ),
    ] = "",
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FIL", parser=Path, help="Skriv varje avbrott här.")
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Öva avbrott: döda sändare mitt i arbetet, och visa att ingen förloras och ingen får två brev.

    Allt är påhittat och stannar på den här datorn: ett eget register, en egen databas och en egen brevlåda
    som bara räknar. Sändare dödas (kill -9) på måfå, och bara avbrott som träffar en sändare med brev i
    händerna räknas. Brevlådans räkning av Message-ID dömer. Status 0: allt höll; 1: något brev förlorades,
    dubblerades, eller fler än de på tråden blev ovissa.

    Exempel:
      rundbrev drill
      rundbrev drill --kills 200 --recipients 20000 --senders 4 --log avbrott.txt
      rundbrev drill --database postgresql://127.0.0.1/tom --json
    """
    if recipients < kills * _LEAST_PER_KILL:
        raise typer.BadParameter(
            _("det behövs minst {least} mottagare för {kills} avbrott.").format(
                least=kills * _LEAST_PER_KILL, kills=kills
            ),
            param_hint="--recipients",
        )
    # Databases, rendering and the like, which --help and wrong use should not pay for.
    from newsletter.drilling import place, run, telling

    usual = load(directory)
    if log is not None:
        _make(log)
    language.choose(usual.interface_language)
    plan = run.Plan(kills, recipients, senders, seed, delay / 1000)
    with (
        refusals(),
        place.prepared(usual, database_url=database, people=recipients) as ground,
        _bars(kills, recipients, quiet=as_json) as progress,
    ):
        report = run.drill(ground.app, ground.sink, plan, progress=progress)
        kind = ground.app.engine.dialect.name
    if log is not None:
        log.write_text(telling.log(report, plan, kind), encoding="utf-8")
    if as_json:
        emit(telling.as_json(report, plan, kind))
    else:
        _show(report, plan, kind)
    if not telling.holds(report, plan):
        raise typer.Exit(1)


def _make(log: Path) -> None:
    """Find out before the drill, not after it, whether its log can be written."""
    try:
        log.touch()
    except OSError as error:
        raise PlaceTaken(
            "{file} går inte att skriva ({reason}). Välj en annan plats med --log.",
            file=log,
            reason=error.strerror,
        ) from error


@contextmanager
def _bars(kills: int, recipients: int, *, quiet: bool) -> Iterator["Progress"]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as drawn:
        killed = drawn.add_task(_("Avbrott"), total=kills)
        settled = drawn.add_task(_("Brev"), total=recipients)

        def show(kills_now: int, letters_now: int) -> None:
            drawn.update(killed, completed=kills_now)
            drawn.update(settled, completed=letters_now)

        yield show


def _show(report: "Report", plan: "Plan", database: str) -> None:
    from newsletter.drilling import telling

    show_table([_("Prov på {database}").format(database=database), _("Antal")], telling.rows(report, plan))
    named = telling.unknown_lines(report)
    for line in named[:_NAMED]:
        typer.echo(line)
    if len(named) > _NAMED:
        typer.echo(_("… och {count} till; alla står i loggen (--log).").format(count=len(named) - _NAMED))
    typer.echo(telling.sentence(report, plan))
