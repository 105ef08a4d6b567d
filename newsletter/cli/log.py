"""``rundbrev log``: what people did, the newest first."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _
from subscribers.services import acts

app = typer.Typer()


@app.command("log")
def show(
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Hur många rader.")] = 100,
    before: Annotated[
        int | None, typer.Option(metavar="ID", help="Bara äldre rader än denna, för att bläddra bakåt.")
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa vem som gjort vad: inläsningar, uttag, raderingar, roller, regioner och utskick.

    Loggen växer bara: databasen själv vägrar ändra eller ta bort en rad.

    Exempel:
      rundbrev log
      rundbrev log --limit 20 --json
    """
    with opened(directory) as application, application.readers() as session:
        found = acts.latest(session, limit=limit, before_id=before)
        zone = ZoneInfo(application.settings.time_zone)
        if as_json:
            emit(
                {
                    "acts": [
                        {
                            "id": act.id,
                            "at": act.at.isoformat(),
                            "actor": act.actor,
                            "act": act.act,
                            "subject": act.subject,
                            "details": act.details,
                        }
                        for act in found
                    ]
                }
            )
            return
        if not found:
            typer.echo(_("Loggen är tom: ingen har gjort något än."))
            return
        show_table(
            (_("Id"), _("När"), _("Vem"), _("Vad"), _("Med vad"), _("Uppgifter")),
            [
                (
                    act.id,
                    f"{act.at.astimezone(zone):%Y-%m-%d %H:%M}",
                    act.actor,
                    act.act,
                    act.subject,
                    ", ".join(f"{key}: {value}" for key, value in act.details.items()),
                )
                for act in found
            ],
        )
