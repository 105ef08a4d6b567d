"""``rundbrev doctor``: is everything ready for real letters? Red, amber and green, and what to do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.errors import NewsletterError
from newsletter.language import _, ngettext

if TYPE_CHECKING:
    from newsletter.core.health.checks import Check
    from newsletter.doctoring import Hear
    from newsletter.services.check_ups import Found

app = typer.Typer()

#: Seconds between two looks at whether a mail has come home.
_EVERY = 1.0
_MARKS = {"red": "✗", "amber": "!", "green": "✓"}


@app.command()
def doctor(
    wait: Annotated[
        int,
        typer.Option(
            "--wait", metavar="SEKUNDER", min=0, max=600, help="Så länge väntar den på brevet till er själva."
        ),
    ] = 60,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Kontrollera allt som riktiga brev behöver: databas, mejlserver, DNS, webbadress och ett prov.

    Läser Rundbrev en adress (INBOUND_ADDRESS) går ett brev dit genom varje mejlserver, och det som kommer
    jämförs med det som gick; serve eller work ska då vara igång. Ingen annan får något brev.
    Slutkod 0: inget är fel. 1: något är fel, och det står vad du säger till vem.

    Exempel:
      rundbrev doctor
      rundbrev doctor --wait 300 --json
    """
    from newsletter import doctoring  # its libraries take their time, and --help needs none of them
    from newsletter.core.health.checks import Level

    with opened(directory) as application:
        check_up = doctoring.begin(application, actor=acting.name_of(by))
        if check_up is None:
            raise NewsletterError("En kontroll pågår redan. Prova igen om en stund.")
        with _progress(as_json) as hear:
            doctoring.examine(application, check_up, hear)
        ends = time.monotonic() + wait
        found = doctoring.look_again(application)
        while found is not None and found.is_waiting and time.monotonic() < ends:
            time.sleep(_EVERY)
            found = doctoring.look_again(application)
        if found is None:  # taken away meanwhile
            raise NewsletterError("Kontrollen finns inte kvar. Gör en ny.")
        emit(_plain(found)) if as_json else _show(found)
    raise typer.Exit(1 if found.level is Level.RED else 0)


@contextmanager
def _progress(as_json: bool) -> "Iterator[Hear]":
    """Show a bar on standard error where somebody looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    shown = not as_json and console.is_terminal
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task(_("Kontrollerar"), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _show(found: "Found") -> None:
    from newsletter.core.health.checks import Level
    from newsletter.services.check_up_words import GROUPS, LEVELS

    for level in Level:
        checks = [each for each in found.checks if each.level is level]
        if checks:
            typer.echo(f"\n{_(LEVELS[level])} ({len(checks)})")
        for each in checks:
            typer.echo(f"{_MARKS[level.value]} {_(GROUPS[each.group])}: {_said(each, each.says)}")
            _show_what_to_do(each)
    typer.echo(f"\n{_summary(found)}")


def _show_what_to_do(each: "Check") -> None:
    from newsletter.core.health.checks import Level

    if each.do:
        typer.echo(f"  → {_said(each, each.do)}")
    for record in each.records:
        typer.echo(f'    {record.name}. {record.type} "{record.value}"')
    if each.said and each.level is not Level.GREEN:
        typer.echo("    " + _("Svaret var:") + f" {each.said}")


def _summary(found: "Found") -> str:
    from newsletter.core.health.checks import Level

    red, amber = found.count(Level.RED), found.count(Level.AMBER)
    if red:
        return ngettext("{count} sak är fel.", "{count} saker är fel.", red).format(count=red)
    if amber:
        return _("Inget är fel. Brev går ut även om något är osäkert.")
    return _("Allt är klart för riktiga brev.")


def _said(each: "Check", sentence: str) -> str:
    return _(sentence).format(**each.facts)


def _plain(found: "Found") -> dict[str, Any]:
    from newsletter.core.health.checks import Level

    return {
        "ok": found.level is not Level.RED,
        "begun_at": found.begun_at.isoformat(),
        "waiting": found.is_waiting,
        **{level.value: found.count(level) for level in Level},
        "checks": [
            {
                "group": each.group.value,
                "name": each.name,
                "level": each.level.value,
                "about": each.about,
                "says": _said(each, each.says),
                "do": _said(each, each.do) if each.do else "",
                "records": [{"name": r.name, "type": r.type, "value": r.value} for r in each.records],
                "answered": each.said,
            }
            for each in found.checks
        ],
    }
