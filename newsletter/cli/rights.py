"""Commands of ``rundbrev members`` for a person's rights: extract, erasure, retention, suppressions."""

from typing import Annotated

import typer

from newsletter.app import App
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _, mark
from subscribers.core.authority import Everything
from subscribers.models import Suppression, SuppressionReason
from subscribers.services import suppressions

app = typer.Typer()

#: Who acts at the command line, as the log of acts names them.
_ACTOR = "command"

_REASONS = {
    SuppressionReason.BOUNCED: mark("studsade"),
    SuppressionReason.COMPLAINED: mark("klagade"),
    SuppressionReason.BY_HAND: mark("för hand"),
    SuppressionReason.IMPORTED: mark("inläst"),
}


@app.command()
def release(
    address: Annotated[str, typer.Argument(metavar="ADRESS", help="E-postadressen.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Varför, för den som undrar om ett år.")],
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Häv en spärr, så att brev går till adressen igen. Skälet skrivs i loggen.

    Exempel:
      rundbrev members release anna@lund.example --reason "Hon har fått ny brevlåda"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        changed = suppressions.release(
            session,
            scope=_everyone(application),
            address=address,
            reason=reason,
            actor=_ACTOR,
            now=application.now(),
        )
        said = _("{address} är inte längre spärrad.") if changed else _("{address} var inte spärrad.")
        _tell({"address": address, "changed": changed}, said.format(address=address), as_json)


@app.command()
def suppressed(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista de spärrade adresserna: skäl, källa och tid.

    Exempel:
      rundbrev members suppressed
    """
    with opened(directory) as application, application.readers() as session:
        found = suppressions.all_suppressions(session, scope=_everyone(application))
        if as_json:
            emit({"count": len(found), "suppressed": [_suppression_facts(each) for each in found]})
            return
        show_table(
            (_("Adress"), _("Skäl"), _("Anteckning"), _("Källa"), _("Sedan")),
            [
                (s.canonical, _(_REASONS[s.reason]), s.note, s.source, f"{s.created_at:%Y-%m-%d}")
                for s in found
            ],
        )


def _suppression_facts(found: Suppression) -> dict[str, object]:
    return {
        "address": found.canonical,
        "reason": found.reason.value,
        "note": found.note,
        "source": found.source,
        "since": found.created_at,
    }


def _everyone(application: App) -> Everything:
    return application.everything("whoever may use this command line owns the database file")


def _tell(facts: dict[str, object], said: str, as_json: bool) -> None:
    if as_json:
        emit(facts)
    else:
        typer.echo(said)
