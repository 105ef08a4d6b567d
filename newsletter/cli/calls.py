"""``rundbrev calls``: whom to ring or write to, and domains that wait for a decision."""

from typing import Annotated

import typer

from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _
from newsletter.services import call_words, calls, domain_holds
from newsletter.services.calls import Closing, Listed
from newsletter.services.domain_holds import Decision, Held

app = typer.Typer()

RowArgument = Annotated[int, typer.Argument(metavar="RAD", help="Radens id, som rundbrev calls list visar.")]
DomainArgument = Annotated[
    str, typer.Argument(metavar="DOMÄN", help="Domänen, som rundbrev calls domains visar.")
]


@app.command("list")
def show(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista dem som någon bör ringa eller skriva till: vad som har hänt, och vad man kan göra.

    Exempel:
      rundbrev calls list
      rundbrev calls list --json
    """
    with opened(directory) as application, application.readers() as session:
        zone = application.settings.time_zone
        found = calls.listed(session, scope=acting.everyone(application))
        if as_json:
            emit({"calls": [_plain(each, zone) for each in found]})
            return
        if not found:
            typer.echo(_("Ingen att ringa."))
        for each in found:
            name = each.person.name or _("Person utan namn")
            typer.echo(f"{each.call.id}  {name}, {_('person {id}').format(id=each.person.id)}")
            typer.echo(f"   {call_words.happened(each.call, zone=zone)}")
            typer.echo(f"   {call_words.to_do(each.call, name=each.person.name)}")


@app.command()
def close(
    row: RowArgument,
    how: Annotated[
        Closing,
        typer.Option(
            "--how",
            help="Hur det gick: new-address (registret har en ny), works (adressen fungerar och släpps fri), "
            "reached (personen vet om det), not-any-more (vill inte ha brev) eller unreachable (gick inte "
            "att nå).",
        ),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Varför adressen kan släppas fri, för works.")
    ] = "",
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ta bort en rad ur listan, och säg hur det gick.

    Exempel:
      rundbrev calls close 12 --how reached
      rundbrev calls close 12 --how works --reason "Anna svarade från adressen"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        calls.close(
            session,
            scope=acting.everyone(application),
            call_id=row,
            how=how,
            note=reason,
            actor=acting.name_of(by),
            now=application.now(),
        )
    if as_json:
        emit({"call": row, "how": how.value})
    else:
        typer.echo(_("Raden är klar och borta ur listan."))


@app.command()
def domains(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista domäner där flera adresser studsade i samma nummer. De väntar på ett besked.

    Exempel:
      rundbrev calls domains
    """
    with opened(directory) as application, application.readers() as session:
        found = domain_holds.waiting(session, scope=acting.everyone(application))
        if as_json:
            emit({"domains": [_plain_domain(each) for each in found]})
        elif not found:
            typer.echo(_("Ingen domän väntar på besked."))
        else:
            show_table(
                (_("Domän"), _("Nummer"), _("Adresser")),
                [(each.hold.domain, each.issue, len(each.addresses)) for each in found],
            )


@app.command()
def decide(
    domain: DomainArgument,
    decision: Annotated[
        Decision,
        typer.Option("--decision", help="gone: adresserna är borta och spärras. wait: de fungerar igen."),
    ],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Säg vad som gäller för adresserna på en domän.

    Exempel:
      rundbrev calls decide lund.se --decision gone
    """
    with opened(directory) as application, application.sessions.begin() as session:
        scope, now = acting.everyone(application), application.now()
        found = domain_holds.waiting(session, scope=scope)
        hold_id = next((each.hold.id for each in found if each.hold.domain == domain.lower()), 0)
        count = domain_holds.decide(
            session, scope=scope, hold_id=hold_id, decision=decision, actor=acting.name_of(by), now=now
        )
    if as_json:
        emit({"domain": domain.lower(), "decision": decision.value, "addresses": count})
    elif decision is Decision.GONE:
        typer.echo(_("Adresserna är spärrade. De som hade dem står i rundbrev calls list."))
    else:
        typer.echo(_("Adresserna är fria igen. Nästa brev går dit."))


def _plain(each: Listed, zone: str) -> dict[str, object]:
    return {
        "id": each.call.id,
        "person": each.person.id,
        "name": each.person.name,
        "region": each.person.region_slug or "",
        "address": each.call.canonical,
        "reason": each.call.reason.value,
        "proposal": each.call.proposal,
        "suppressed": each.suppressed.reason.value if each.suppressed else None,
        "opened_at": each.call.opened_at.isoformat(),
        "happened": call_words.happened(each.call, zone=zone),
        "to_do": call_words.to_do(each.call, name=each.person.name),
    }


def _plain_domain(each: Held) -> dict[str, object]:
    return {
        "domain": each.hold.domain,
        "issue": each.issue,
        "held_at": each.hold.held_at.isoformat(),
        "addresses": list(each.addresses),
    }
