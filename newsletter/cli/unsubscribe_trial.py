"""``rundbrev inbound test`` tells whether leaving a list works, by one click and by mail."""

import time
from typing import Annotated

import typer

from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.core.unsubscribe_trials import Trial
from newsletter.language import _

#: Seconds between two looks at whether the mail has come home.
_EVERY = 1.0


def trial(
    wait: Annotated[
        int,
        typer.Option("--wait", metavar="SEKUNDER", min=0, max=600, help="Så länge väntar provet på mejlet."),
    ] = 60,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Prova om avregistreringen fungerar: klicka utifrån och mejla avregistreringsadressen.

    Ingen slutar få brev av provet. Rundbrev ska vara igång (serve eller work), för det skickar mejlet och
    läser det. Slutkod 0: det som breven erbjuder fungerar. 1: något gör det inte, och det står vad du gör.

    Exempel:
      rundbrev inbound test
      rundbrev inbound test --wait 300 --json
    """
    from newsletter import trying
    from newsletter.services.unsubscribe_trial_words import CLICKS, MAILS

    with opened(directory) as application:
        trying.begin(application, actor=acting.name_of(by))
        ends = time.monotonic() + wait
        while (found := trying.latest(application)) and not found.is_over and time.monotonic() < ends:
            time.sleep(_EVERY)
        works = found is not None and found.works
        if found is None:  # taken away meanwhile
            typer.echo(_("Provet finns inte kvar."), err=True)
        elif as_json:
            emit(_plain(found))
        else:
            settings = application.current()
            places = {"address": f"{settings.base_url}/u/", "inbound": settings.inbound_address}
            for told, to_do in (CLICKS[found.click], MAILS[found.mailed]):
                typer.echo(_(told))
                if to_do:
                    typer.echo(f"  {_(to_do).format(**places)}")
    raise typer.Exit(0 if works else 1)


def _plain(found: Trial) -> dict[str, object]:
    return {
        "works": found.works,
        "one_click": found.click.value,
        "answered": found.said,
        "mail": found.mailed.value,
        "seconds": found.took.total_seconds() if found.took is not None else None,
    }
