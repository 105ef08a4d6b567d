"""``rundbrev demo``: the whole way, shown on a fictional association."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from newsletter import language
from newsletter.app import App, build
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, announce, emit
from newsletter.demo import association, counting, one_click, run, setting
from newsletter.demo.run import Outcome, Prepared
from newsletter.language import _
from newsletter.services.deliveries import Status

if TYPE_CHECKING:
    from newsletter.serving import Addresses

app = typer.Typer()

#: How many people the fictional association has unless told otherwise.
_PEOPLE = 400

#: Where the demo's pages and sink are when it stays, unless another program is there.
_WEB_PORT, _SINK_PORT = 8040, 2540


def _enough(count: int) -> int:
    """Refuse an association that is too small to show anything: wrong use, before anything is written."""
    if count < association.LEAST_PEOPLE:
        raise typer.BadParameter(
            _("föreningen blir för liten med {count} personer; den behöver minst {least}.").format(
                count=count, least=association.LEAST_PEOPLE
            )
        )
    return count


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Avsluta när allt är skickat; lediga portar.")] = False,
    articles: Annotated[
        list[Path] | None,
        typer.Option(
            "--articles", metavar="FIL...", parser=Path, help="Använd dessa texter i stället för exemplen."
        ),
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FIL...]", parser=Path, hidden=True)] = None,
    subscribers: Annotated[
        int,
        typer.Option(
            "--subscribers", metavar="N", callback=_enough, help="Hur många den påhittade föreningen har."
        ),
    ] = _PEOPLE,
    smtp: Annotated[
        str, typer.Option("--smtp", metavar="VÄRD:PORT", help="Skicka till denna server i stället.")
    ] = "",
    no_send: Annotated[bool, typer.Option("--no-send", help="Sluta när numret är schemalagt.")] = False,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa allt på en påhittad förening: artiklar, regionversioner, utskick och en avregistrering.

    Exempel:
      rundbrev demo --dir var/demo
      rundbrev demo --once --json --articles brev.txt --subscribers 1000
    """
    started = time.monotonic()
    settings = setting.move_in(directory, _place(once=once or no_send, smtp=smtp))
    language.choose(settings.interface_language)
    announce(settings)
    console = Console(stderr=True, quiet=as_json)
    with build(settings) as application:
        console.print(_("Skapar föreningen, läser in artiklarna och sätter ihop numret …"))
        prepared = run.prepare(application, people=subscribers, texts=[*(articles or ()), *(more or ())])
        if no_send:
            _report(_outcome(prepared, None, 0, 0, started), as_json)
            return
        _send(application, prepared, console, started, once=once, as_json=as_json)


def _send(
    application: App, prepared: Prepared, console: Console, started: float, *, once: bool, as_json: bool
) -> None:
    # The pages and the sink are heavy, and a demo that is refused needs neither.
    from newsletter.serving import running

    with running(application, tell=console.print) as addresses:
        with _bar(console) as progress:
            status = run.follow(application, prepared.issue_id, progress)
        left = one_click.leave(application, prepared.issue_id)
        arrived = counting.arrived(application, prepared.issue_id)
        _report(_outcome(prepared, status, arrived, left, started), as_json)
        if not once:
            _stay(addresses, console)


def _place(*, once: bool, smtp: str) -> setting.Place:
    relay = setting.parse_relay(smtp) if smtp else None
    if once:
        return setting.Place(setting.free_port(), setting.free_port(), relay)
    return setting.Place(setting.free_port(_WEB_PORT), setting.free_port(_SINK_PORT), relay)


@contextmanager
def _bar(console: Console) -> Iterator[run.Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as drawn:
        task = drawn.add_task(_("Skickar"), total=None)
        yield lambda settled, people: drawn.update(task, completed=settled, total=people)


def _outcome(prepared: Prepared, status: Status | None, arrived: int, left: int, started: float) -> Outcome:
    outcome = run.outcome(prepared, status, arrived=arrived, unsubscribed=left)
    return replace(outcome, seconds=round(time.monotonic() - started, 2))


def _report(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        emit(outcome.as_json())
        return
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, number in (
        (_("Artiklar"), outcome.articles),
        (_("Prenumeranter"), outcome.subscribers),
        (_("Regionversioner"), outcome.variants),
        (_("Överlämnade brev"), outcome.accepted),
        (_("Fick inget eget brev, med skäl"), outcome.left_out),
        (_("Brev i den lokala brevlådan"), outcome.sink_messages),
        (_("Avregistrerade med ett klick"), outcome.unsubscribed),
        (_("Sekunder"), outcome.seconds),
    ):
        table.add_row(name, str(number))
    Console().print(table)


def _stay(addresses: "Addresses", console: Console) -> None:
    entrance = f"{addresses.web}/prova"
    console.print(_("Kom in som redaktör, regionansvarig eller medlem: {address}").format(address=entrance))
    console.print(_("Läs breven på {address} – avsluta med Ctrl-C.").format(address=addresses.mailbox))
    sys.stdout.flush()
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print(_("Tack för titten."))
