"""Commands of ``rundbrev members`` for a person's rights: extract, erasure, retention, suppressions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from newsletter import rights
from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _, current, mark
from newsletter.rendering import extract_page
from newsletter.services import extracts
from newsletter.services import retention as retention_service
from subscribers.core.authority import Everything
from subscribers.core.retention import RETENTION, Retention
from subscribers.errors import SubscribersError
from subscribers.models import Suppression, SuppressionReason, SuppressionRelease
from subscribers.services import acts, members, suppressions

app = typer.Typer()

PersonArgument = Annotated[int, typer.Argument(metavar="ID", help="Personens id, som listan visar.")]

_REASONS = {
    SuppressionReason.BOUNCED: mark("studsade"),
    SuppressionReason.COMPLAINED: mark("klagade"),
    SuppressionReason.BY_HAND: mark("för hand"),
    SuppressionReason.IMPORTED: mark("inläst"),
    SuppressionReason.HELD: mark("väntar på besked"),
}


@app.command()
def release(
    address: Annotated[str, typer.Argument(metavar="ADRESS", help="E-postadressen.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Varför, för den som undrar om ett år.")],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Häv en spärr, så att brev går till adressen igen. Loggen säger att det gjordes; skälet sparas i två år.

    Exempel:
      rundbrev members release anna@lund.example --reason "Hon har fått ny brevlåda"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        changed = suppressions.release(
            session,
            scope=_everyone(application),
            address=address,
            reason=reason,
            actor=acting.name_of(by),
            now=application.now(),
        )
        said = _("{address} är inte längre spärrad.") if changed else _("{address} var inte spärrad.")
        _tell({"address": address, "changed": changed}, said.format(address=address), as_json)


@app.command()
def suppressed(
    released: Annotated[
        bool, typer.Option("--released", help="Visa i stället de spärrar som har hävts, och varför.")
    ] = False,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Lista de spärrade adresserna: skäl, källa och tid.

    Exempel:
      rundbrev members suppressed
      rundbrev members suppressed --released
    """
    with opened(directory) as application, application.readers() as session:
        if released:
            _show_released(suppressions.releases(session, scope=_everyone(application)), as_json)
            return
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


def _show_released(found: Sequence[SuppressionRelease], as_json: bool) -> None:
    if as_json:
        emit(
            {
                "count": len(found),
                "released": [
                    {"address": r.canonical, "reason": r.reason, "by": r.actor, "at": r.at.isoformat()}
                    for r in found
                ],
            }
        )
        return
    show_table(
        (_("Adress"), _("Varför"), _("Vem"), _("När")),
        [(r.canonical, r.reason, r.actor, f"{r.at:%Y-%m-%d}") for r in found],
    )


@app.command()
def extract(
    person: PersonArgument,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FIL", parser=Path, help="Skriv en läsbar HTML-sida till filen."),
    ] = None,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ta ut allt som finns om en person: som JSON, eller som en sida att lämna över.

    Exempel:
      rundbrev members extract 17 > utdrag.json
      rundbrev members extract 17 --page utdrag.html
    """
    with opened(directory) as application:
        with application.sessions.begin() as session:
            everyone = _everyone(application)
            held = extracts.extract(session, scope=everyone, subscriber_id=person)
            subject = str(held["subscribers"][0]["pseudonym"])
            actor, now = acting.name_of(by), application.now()
            acts.log(session, actor=actor, act="extract", subject=subject, now=now)
        if page is None or as_json:
            emit(held)
        if page is not None:
            written = extract_page.page(
                held, association=application.current().association_name, language=current()
            )
            page.touch(mode=0o600)
            page.write_text(written, encoding="utf-8")
            if not as_json:
                typer.echo(_("Allt om personen står nu i {file}.").format(file=page))


@app.command()
def erase(
    person: PersonArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Ja, radera. Det går inte att ångra.")] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Radera en person för alltid: ur tabellerna, ur inläsningarnas minne och ur den lokala brevlådan.

    Exempel:
      rundbrev members erase 17 --yes
    """
    with opened(directory) as application:
        if not yes:
            with application.readers() as session:
                found = members.get(session, scope=_everyone(application), subscriber_id=person)
            raise SubscribersError(
                "{name} raderas för alltid, och det går inte att ångra. Lägg till --yes om det är meningen.",
                name=found.name or person,
            )
        forgotten, mails = rights.erase(application, subscriber_id=person, actor=acting.name_of(by))
        facts: dict[str, object] = {"id": person, "addresses": len(forgotten.addresses), "mails": mails}
        said = _("Personen är raderad: {addresses} adresser och {mails} brev i den lokala brevlådan.")
        _tell(facts, said.format(**facts), as_json)


@app.command()
def retention(
    carry_out: Annotated[
        bool, typer.Option("--carry-out", help="Gallra nu, även det som ingen gör av sig självt.")
    ] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa hur länge uppgifter sparas och vad som är moget att gallras; med --carry-out gallras det.

    Exempel:
      rundbrev members retention
      rundbrev members retention --carry-out
    """
    with opened(directory) as application:
        if carry_out:
            counts = rights.prune(application, by_hand=True, actor=acting.name_of(by))
        else:
            with application.readers() as session:
                counts = retention_service.overdue(
                    session, scope=_everyone(application), now=application.now()
                )
        if as_json:
            emit({"carried_out": carry_out, "kinds": [_kind_facts(row, counts) for row in RETENTION]})
            return
        show_table(
            (_("Slag"), _("Sparas (dagar)"), _("Gallrat") if carry_out else _("Moget"), _("Vad och varför")),
            [_kind_row(row, counts) for row in RETENTION],
        )


def _kind_row(row: Retention, counts: Mapping[str, int]) -> tuple[object, ...]:
    return (
        row.kind,
        str(row.after.days) if row.after else _("för alltid"),
        str(counts.get(row.kind, "")),
        _(row.sentence),
    )


def _kind_facts(row: Retention, counts: Mapping[str, int]) -> dict[str, object]:
    return {
        "kind": row.kind,
        "days": row.after.days if row.after else None,
        "automatic": row.automatic,
        "count": counts.get(row.kind),
    }


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
