"""Commands of ``rundbrev members`` for what happens in a life, and for addresses to look at."""

from datetime import date
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _, ngettext
from newsletter.models import LeftOutReason
from newsletter.services import deliveries
from subscribers.core.hints import hint
from subscribers.errors import SubscribersError
from subscribers.services import acts, life, members

app = typer.Typer()

PersonArgument = Annotated[int, typer.Argument(metavar="ID", help="Personens id, som listan visar.")]


@app.command()
def deceased(
    person: PersonArgument,
    on: Annotated[
        str | None, typer.Option(metavar="DAG", help="Dagen, som 2026-11-30; annars i dag.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Det var ett misstag: personen lever.")] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skriv in att en person är avliden. Alla brev upphör genast, också de som väntar, utan avsked.

    Exempel:
      rundbrev members deceased 17
      rundbrev members deceased 17 --undo
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone, now = acting.everyone(application), acting.local_now(application)
        day = None if undo else _day(on) or now.date()
        changed = life.mark_deceased(
            session, scope=everyone, subscriber_id=person, on=day, author=acting.author(by), now=now
        )
        withdrawn = 0
        if day is not None:
            why = LeftOutReason.DECEASED.value
            withdrawn = deliveries.withdraw_all(
                session, scope=everyone, subscriber_id=person, why=why, now=now
            )
        details = {"withdrawn": withdrawn}
        _log(session, application, person, "take back a death" if undo else "mark deceased", details, by)
        if as_json:
            emit({"id": person, "deceased_on": day, "changed": changed} | details)
        else:
            typer.echo(_("Personen får brev igen.") if undo else _("Inga fler brev går till personen."))


@app.command()
def place(
    person: PersonArgument,
    region: Annotated[
        str | None, typer.Argument(metavar="REGION", help="Regionen; utelämnas med --by-municipality.")
    ] = None,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Varför, för den som undrar om ett år.", show_default=False)
    ] = "",
    by_municipality: Annotated[
        bool, typer.Option("--by-municipality", help="Låt kommunen avgöra regionen igen.")
    ] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Placera en person i en region för hand. Inläsningar och flyttade län ändrar det inte.

    Exempel:
      rundbrev members place 17 skane --reason "Arbetar i Lund"
      rundbrev members place 17 --by-municipality
    """
    if by_municipality is (region is not None):
        raise SubscribersError("Ange en region, eller --by-municipality, men inte båda.")
    with opened(directory) as application, application.sessions.begin() as session:
        everyone = acting.everyone(application)
        changed = life.place(
            session,
            scope=everyone,
            subscriber_id=person,
            region=region,
            reason=reason,
            author=acting.author(by),
            now=application.now(),
        )
        slug = members.get(session, scope=everyone, subscriber_id=person).region_slug
        _log(session, application, person, "place", {"region": slug, "by_hand": not by_municipality}, by)
        if as_json:
            emit({"id": person, "region": slug, "changed": changed})
        else:
            typer.echo(_("Personen hör till {region}.").format(region=slug or _("ingen region")))


@app.command()
def follow(
    person: PersonArgument,
    regions: Annotated[
        list[str] | None, typer.Argument(metavar="REGION...", help="Regionerna; inga tar bort alla.")
    ] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="Följ alla regioner.")] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Låt en person få andra regioners regionbrev också. Nyhetsbrevet är den egna regionens.

    Exempel:
      rundbrev members follow 17 skane vast
      rundbrev members follow 17 --all
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone = acting.everyone(application)
        changed = life.follow(
            session,
            scope=everyone,
            subscriber_id=person,
            regions_followed=regions or (),
            all_regions=everywhere,
            author=acting.author(by),
            now=application.now(),
        )
        followed = list(life.followed_by(session, scope=everyone, subscriber_id=person))
        if as_json:
            emit({"id": person, "regions": followed, "all": everywhere, "changed": changed})
        else:
            told = _("alla regioner") if everywhere else ", ".join(followed) or _("ingen annan region")
            typer.echo(_("Personen följer {regions}.").format(regions=told))


@app.command()
def hints(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Peka ut adresser att se efter: troliga skrivfel och adresser som flera läser. Ändrar inget.

    Exempel:
      rundbrev members hints
    """
    with opened(directory) as application, application.readers() as session:
        people = members.list_members(session, scope=acting.everyone(application))
        found = [
            (person, address.address, _(said[0]).format(**said[1]))
            for person in people
            for address in person.addresses
            if (said := hint(address.canonical))
        ]
        if as_json:
            emit({"hints": [{"id": p.id, "address": address, "hint": said} for p, address, said in found]})
            return
        if found:
            show_table((_("Id"), _("Namn"), _("Se efter")), [(p.id, p.name, said) for p, _a, said in found])
        told = ngettext("{count} adress att se efter.", "{count} adresser att se efter.", len(found))
        typer.echo(told.format(count=len(found)))


def _log(
    session: Session, application: App, person: int, act: str, details: dict[str, Any], by: str | None
) -> None:
    whom = members.get(session, scope=acting.everyone(application), subscriber_id=person)
    subject = f"person {whom.pseudonym}"
    actor, now = acting.name_of(by), application.now()
    acts.log(session, actor=actor, act=act, subject=subject, details=details, now=now)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SubscribersError("{text} är ingen dag. Skriv den som 2027-06-30.", text=text) from error
