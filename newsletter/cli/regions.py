"""``rundbrev regions``: what belongs to each region, and who belongs to none."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _, ngettext
from subscribers.errors import SubscribersError
from subscribers.models import Subscriber
from subscribers.services import acts, placements, regions, role_addresses, roles
from subscribers.services.placements import Move, RegionFacts

app = typer.Typer()

RegionArgument = Annotated[str, typer.Argument(metavar="REGION", help="Regionen: skane eller Skåne.")]

#: People shown of those who would move, or belong to none; --json has them all.
_MOST_SHOWN = 50


@app.command("list")
def list_all(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista regionerna med deras län och hur många som hör dit, och de som inte hör till någon.

    Exempel:
      rundbrev regions list
    """
    with opened(directory) as application, application.readers() as session:
        everyone = acting.everyone(application)
        every = placements.overview(session, scope=everyone)
        nowhere = placements.without_region(session, scope=everyone)
        if as_json:
            emit({"regions": list(map(_facts, every)), "without_region": list(map(_person, nowhere))})
            return
        show_table(
            (_("Region"), _("Namn"), _("Län"), _("Personer"), _("Placerade för hand")),
            [
                (f.region.slug, f.region.name, ", ".join(c.name for c in f.counties), f.people, f.by_hand)
                for f in every
            ],
        )
        if nowhere:
            told = ngettext("{count} person utan region:", "{count} personer utan region:", len(nowhere))
            typer.echo(told.format(count=len(nowhere)))
            _show_people(nowhere)


@app.command()
def show(region: RegionArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa en region: dess län, hur många som hör dit och vem som svarar för den.

    Exempel:
      rundbrev regions show skane
    """
    with opened(directory) as application, application.readers() as session:
        everyone, today = acting.everyone(application), acting.local_now(application).date()
        slug = regions.find_region(session, text=region).slug
        [facts] = [f for f in placements.overview(session, scope=everyone) if f.region.slug == slug]
        leads = roles.leads_of(session, scope=everyone, region=slug, today=today)
        if as_json:
            emit(_facts(facts) | {"answering": list(map(_person, leads))})
            return
        typer.echo(f"{facts.region.name} ({slug})")
        typer.echo(_("Län: {counties}").format(counties=", ".join(c.full_name for c in facts.counties)))
        typer.echo(_("Personer: {count}").format(count=facts.people))
        names = ", ".join(who.name for who in leads) or _("ingen")
        typer.echo(_("Svarar för regionen: {names}").format(names=names))
        _tell_address(session, application, slug, as_json=False)


@app.command("move-county")
def move_county(
    county: Annotated[str, typer.Argument(metavar="LÄN", help="Länet: 12, Skåne eller Skåne län.")],
    region: RegionArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Flytta; utan den visas bara vilka det gäller.")] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Låt ett län höra till en annan region. Visar först vilka som flyttas; flyttar med --yes.

    Exempel:
      rundbrev regions move-county Halland skane
      rundbrev regions move-county Halland skane --yes
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone, now = acting.everyone(application), application.now()
        if yes:
            author = acting.author(by)
            move = placements.move_county(
                session, scope=everyone, county=county, region=region, author=author, now=now
            )
            details = {"region": move.region.slug, "people": len(move.moving)}
            _log(session, application, by, "move county", move.county.name, details)
        else:
            move = placements.preview_move(session, scope=everyone, county=county, region=region)
        _tell_move(move, moved=yes, as_json=as_json)


@app.command()
def rename(
    region: RegionArgument,
    name: Annotated[str, typer.Argument(metavar="NAMN", help="Vad regionen ska heta.")],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ge en region ett annat namn. Kortnamnet, som står i brevens huvud, är detsamma.

    Exempel:
      rundbrev regions rename skane "Skåne och Halland"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        scope = acting.everyone(application)
        renamed = placements.rename(session, scope=scope, region=region, name=name)
        _log(session, application, by, "rename region", renamed.slug, {"name": renamed.name})
        if as_json:
            emit({"slug": renamed.slug, "name": renamed.name})
        else:
            typer.echo(_("Regionen {slug} heter nu {name}.").format(slug=renamed.slug, name=renamed.name))


@app.command()
def address(
    region: RegionArgument,
    new: Annotated[
        str | None, typer.Argument(metavar="ADRESS", help="Funktionsadressen; utan den visas den som gäller.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Låt regionen vara utan egen adress.")] = False,
    reason: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Varför, när adressen är någons egen.", show_default=False),
    ] = "",
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa eller sätt adressen som svar på regionens brev går till, och som de kommer från.

    En funktionsadress, inte någons egen: den blir kvar när någon slutar. Utan adress, eller utan
    regionansvarig, går svaren till föreningens kontaktadress.

    Exempel:
      rundbrev regions address skane skane@eken.example
      rundbrev regions address skane --none
    """
    if none and new is not None:
        raise SubscribersError("Ange en adress, eller --none, men inte båda.")
    changes = none or new is not None
    with opened(directory) as application, application.sessions.begin() as session:
        slug = regions.find_region(session, text=region).slug
        if changes and role_addresses.give(
            session,
            scope=acting.everyone(application),
            region=slug,
            address=new or "",
            reason=reason,
            actor=acting.name_of(by),
            now=application.now(),
        ):
            details = {"address": not none, "reason_given": bool(reason.strip())}
            _log(session, application, by, "region address", slug, details)
        _tell_address(session, application, slug, as_json)


def _tell_address(session: Session, application: App, slug: str, as_json: bool) -> None:
    """Tell a region's address and where answers go today."""
    [found] = [each for each in regions.all_regions(session) if each.slug == slug]
    today = acting.local_now(application).date()
    answers = role_addresses.answering(session, region=slug, today=today)
    to = answers or application.current().contact_address
    if as_json:
        emit({"slug": slug, "address": found.address, "answers_go_to": to})
        return
    typer.echo(_("Adress: {address}").format(address=found.address or _("ingen")))
    typer.echo(_("Svar på regionens brev går till {address}.").format(address=to))


def _log(
    session: Session, application: App, by: str | None, act: str, subject: str, details: dict[str, Any]
) -> None:
    actor, now = acting.name_of(by), application.now()
    acts.log(session, actor=actor, act=act, subject=subject, details=details, now=now)


def _tell_move(move: Move, *, moved: bool, as_json: bool) -> None:
    facts = {"county": move.county.name, "region": move.region.slug, "moved": moved, "staying": move.staying}
    if as_json:
        emit(facts | {"people": list(map(_person, move.moving))})
        return
    _show_people(move.moving)
    count = len(move.moving)
    said = (
        ngettext(
            "{count} person har flyttats till {region}.",
            "{count} personer har flyttats till {region}.",
            count,
        )
        if moved
        else ngettext(
            "{count} person skulle flyttas till {region}. Flytta med --yes.",
            "{count} personer skulle flyttas till {region}. Flytta med --yes.",
            count,
        )
    )
    typer.echo(said.format(count=count, region=move.region.name))
    if move.staying:
        told = ngettext(
            "{count} placerad för hand stannar.", "{count} placerade för hand stannar.", move.staying
        )
        typer.echo(told.format(count=move.staying))


def _facts(facts: RegionFacts) -> dict[str, Any]:
    return {
        "slug": facts.region.slug,
        "name": facts.region.name,
        "counties": [{"code": c.code, "name": c.name} for c in facts.counties],
        "people": facts.people,
        "placed_by_hand": facts.by_hand,
        "address": facts.region.address,
    }


def _person(who: Subscriber) -> dict[str, Any]:
    return {"id": who.id, "name": who.name, "region": who.region_slug}


def _show_people(people: Sequence[Subscriber]) -> None:
    for who in people[:_MOST_SHOWN]:
        typer.echo(f"  {who.id:>6}  {who.name}")
    if len(people) > _MOST_SHOWN:
        more = len(people) - _MOST_SHOWN
        typer.echo(_("… och {count} till. Se alla med --json.").format(count=more))
