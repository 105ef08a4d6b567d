"""``rundbrev roles``: who does what for the association, and until when."""

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _
from newsletter.services.role_words import ROLES
from subscribers.core.addresses import canonical, mask
from subscribers.errors import SubscribersError
from subscribers.models import Role, RoleName
from subscribers.services import acts, members, regions, role_addresses, roles
from subscribers.services.roles import Concerns

app = typer.Typer()

PersonArgument = Annotated[int, typer.Argument(metavar="ID", help="Personens id, som members find visar.")]
RoleArgument = Annotated[
    RoleName,
    typer.Argument(
        metavar="ROLL",
        help="administrator, officer, regional-lead, reviewer, treasurer eller reader.",
    ),
]
RegionOption = Annotated[
    str | None, typer.Option(metavar="REGION", help="Regionen, för en regionansvarig: skane eller Skåne.")
]


@app.command("list")
def list_all(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa vem som har vilken roll och till när, och vad någon bör se till.

    Exempel:
      rundbrev roles list
    """
    with opened(directory) as application, application.readers() as session:
        everyone, today = acting.everyone(application), acting.local_now(application).date()
        found = roles.all_roles(session, scope=everyone)
        concerns = roles.concerns(session, scope=everyone, today=today)
        told = _warnings(session, application, concerns)
        if as_json:
            emit({"roles": [_facts(role, today) for role in found], "warnings": told})
            return
        names = {region.slug: region.name for region in regions.all_regions(session)}
        if found:
            show_table(
                (_("Id"), _("Namn"), _("Roll"), _("Region"), _("Till och med")),
                [_row(role, names, today) for role in found],
            )
        for warning in told:
            typer.echo(warning)


@app.command()
def give(
    person: PersonArgument,
    role: RoleArgument,
    region: RegionOption = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DAG", help="Rollens sista dag, som 2027-06-30; annars tills vidare."),
    ] = None,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ge en person en roll, eller ändra när den slutar.

    Exempel:
      rundbrev roles give 17 regional-lead --region skane --until 2027-06-30
      rundbrev roles give 17 officer --as "Kim Andersson"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        slug, ends_on = _region(session, role, region), _day(until)
        changed = roles.give(
            session,
            scope=acting.everyone(application),
            subscriber_id=person,
            role=role,
            region=slug,
            ends_on=ends_on,
        )
        details = {"role": role.value, "region": slug, "until": ends_on.isoformat() if ends_on else None}
        _finish(session, application, person, "give role" if changed else "", details, by, as_json)
        if not as_json:
            typer.echo(_("Rollen är given.") if changed else _("Personen hade redan rollen."))


@app.command()
def take(
    person: PersonArgument,
    role: RoleArgument,
    region: RegionOption = None,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ta en roll från en person, men inte den sista administratörens: utse först en till.

    Exempel:
      rundbrev roles take 17 regional-lead --region skane
    """
    with opened(directory) as application, application.sessions.begin() as session:
        slug, everyone = _region(session, role, region), acting.everyone(application)
        today = application.now().astimezone(ZoneInfo(application.settings.time_zone)).date()
        roles.check_somebody_stays(session, scope=everyone, subscriber_id=person, role=role, today=today)
        changed = roles.take(session, scope=everyone, subscriber_id=person, role=role, region=slug)
        details = {"role": role.value, "region": slug}
        _finish(session, application, person, "take role" if changed else "", details, by, as_json)
        if not as_json:
            typer.echo(_("Rollen är tagen tillbaka.") if changed else _("Personen hade inte rollen."))


@app.command("allow-address")
def allow_address(
    address: Annotated[str, typer.Argument(metavar="ADRESS", help="E-postadressen.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Varför, för den som undrar om ett år.")],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Intyga att en adress är föreningens, fast någon i registret har den.

    Brev kommer från funktionsadresser och besvaras till dem, inte till någons egen adress.

    Exempel:
      rundbrev roles allow-address brev@eken.example --reason "Kansliets brevlåda, som också är prenumerant"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        now, actor = application.now(), acting.name_of(by)
        scope = acting.everyone(application)
        role_addresses.allow(session, scope=scope, address=address, reason=reason, actor=actor, now=now)
        acts.log(
            session,
            actor=actor,
            act="allow address",
            subject=mask(canonical(address)),
            details={"reason_given": True},
            now=now,
        )
        if as_json:
            emit({"address": address, "allowed": True})
        else:
            typer.echo(_("{address} får stå som föreningens adress i brev.").format(address=address))


def _finish(
    session: Session,
    application: App,
    person: int,
    act: str,
    details: dict[str, Any],
    by: str | None,
    as_json: bool,
) -> None:
    """Write the act down (none where nothing changed) and answer scripts."""
    if act:
        whom = members.get(session, scope=acting.everyone(application), subscriber_id=person)
        acts.log(
            session,
            actor=acting.name_of(by),
            act=act,
            subject=f"person {whom.pseudonym}",
            details=details,
            now=application.now(),
        )
    if as_json:
        emit({"id": person, "changed": bool(act)} | details)


def _region(session: Session, role: RoleName, text: str | None) -> str | None:
    if (role is RoleName.REGIONAL_LEAD) is (text is None):
        raise SubscribersError("En regionansvarig har en region (--region), och ingen annan roll har det.")
    return regions.find_region(session, text=text).slug if text is not None else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SubscribersError("{text} är ingen dag. Skriv den som 2027-06-30.", text=text) from error


def _facts(role: Role, today: date) -> dict[str, Any]:
    return {
        "id": role.subscriber_id,
        "name": role.subscriber.name,
        "role": role.role.value,
        "region": role.region_slug,
        "until": role.ends_on,
        "ended": _has_ended(role, today),
    }


def _row(role: Role, names: dict[str, str], today: date) -> tuple[object, ...]:
    until = str(role.ends_on or _("tills vidare"))
    ended = _(" (slut)") if _has_ended(role, today) else ""
    return (
        role.subscriber_id,
        role.subscriber.name,
        _(ROLES[role.role]),
        names.get(role.region_slug or "", ""),
        until + ended,
    )


def _has_ended(role: Role, today: date) -> bool:
    return role.ends_on is not None and role.ends_on < today


def _warnings(session: Session, application: App, concerns: Concerns) -> list[str]:
    told = [
        _("{name} slutar som {role} den {day}. Ge rollen vidare, eller förläng den.").format(
            name=role.subscriber.name, role=_(ROLES[role.role]), day=role.ends_on
        )
        for role in concerns.ending
    ]
    if concerns.administrators == 1:
        told.append(_("Bara en administratör är kvar. Ge rollen till en till."))
    names = {region.slug: region.name for region in regions.all_regions(session)}
    if concerns.without_lead:
        told.append(
            _("Utan regionansvarig, och därför redaktörens: {regions}.").format(
                regions=", ".join(names[slug] for slug in concerns.without_lead)
            )
        )
    return told + _of_a_person(session, application)


def _of_a_person(session: Session, application: App) -> list[str]:
    """Warn where letters come from, or answers go to, somebody's own address: people leave."""
    ours = [region.address for region in regions.all_regions(session) if region.address]
    found = dict.fromkeys((*application.current().role_addresses, *ours))
    own = role_addresses.own_among(session, scope=acting.everyone(application), found=list(found))
    return [
        _("{address} är en persons egen adress. Låt breven komma från en funktionsadress.").format(address=a)
        for a in own
    ]
