"""``rundbrev members``: read the register in, look people up, and heed those who want no letters."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting, letter_words, member_files
from newsletter.cli import member_words as words
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.language import _
from newsletter.services import deliveries, explaining
from subscribers.core import addresses
from subscribers.core.authority import Everything
from subscribers.models import Subscriber, SuppressionReason
from subscribers.services import acts, consents, lists, members, regions, roles, suppressions, tags

app = typer.Typer()

PersonArgument = Annotated[int, typer.Argument(metavar="ID", help="Personens id, som listan visar.")]
AddressArgument = Annotated[str, typer.Argument(metavar="ADRESS", help="E-postadressen.")]


app.command("import")(member_files.import_file)
app.command("imports")(member_files.list_imports)
app.command("import-undo")(member_files.undo_import)
app.command("export")(member_files.export)
app.command("changes")(member_files.list_changes)
app.command("no-unsubscribed")(member_files.no_departures)


@app.command("list")
def list_all(
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Bara denna region: skane eller Skåne.")
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Lista personerna i registret, i bokstavsordning efter efternamn.

    Exempel:
      rundbrev members list --region skane
    """
    with opened(directory) as application, application.readers() as session:
        slug = regions.find_region(session, text=region).slug if region else None
        people = members.list_members(session, scope=_everyone(application), region=slug)
        words.tell_people(people, regions.gazetteer(session), as_json=as_json)


@app.command()
def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Namn, medlemsnummer eller e-postadress.")],
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Sök personer efter namn, medlemsnummer eller hel e-postadress.

    Exempel:
      rundbrev members find "anna öb"
      rundbrev members find anna@lund.example
    """
    with opened(directory) as application, application.readers() as session:
        people = members.find(session, scope=_everyone(application), text=text)
        words.tell_people(people, regions.gazetteer(session), as_json=as_json)


@app.command()
def show(person: PersonArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa en person: uppgifter, adresser, listor, uppdrag och de senaste breven.

    Exempel:
      rundbrev members show 17
    """
    with opened(directory) as application, application.readers() as session:
        everyone = _everyone(application)
        found = members.get(session, scope=everyone, subscriber_id=person)
        card = words.Card(
            found,
            regions.gazetteer(session),
            consents.subscriptions_of(session, scope=everyone, subscriber_id=person),
            roles.roles_of(session, scope=everyone, subscriber_id=person),
            {
                address.canonical
                for address in found.addresses
                if suppressions.is_suppressed(session, scope=everyone, address=address.canonical)
            },
            ZoneInfo(application.settings.time_zone),
            tags.tags_of(session, scope=everyone, subscriber_id=person),
        )
        latest = explaining.history(session, scope=everyone, subscriber_id=person)
        if as_json:
            emit(card.facts() | {"deliveries": [letter_words.facts(each) for each in latest]})
        else:
            card.show()
            letter_words.show(latest, application.settings.time_zone)


@app.command()
def suppress(
    address: AddressArgument,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Varför, för den som undrar om ett år.")],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Spärra en adress: inga fler brev går dit, vem den än tillhör.

    Exempel:
      rundbrev members suppress anna@lund.example --reason "Hon har slutat på Lund"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        changed = suppressions.suppress(
            session,
            scope=_everyone(application),
            address=address,
            reason=SuppressionReason.BY_HAND,
            note=reason,
            source="command",
            now=_now(application),
        )
        if changed:
            _log(session, application, by, "suppress address", _holder(session, application, address))
        said = _("{address} är spärrad.") if changed else _("{address} var redan spärrad.")
        _tell({"address": address, "changed": changed}, said.format(address=address), as_json)


@app.command()
def unsubscribe(
    person: PersonArgument,
    list_slug: Annotated[
        str, typer.Option("--list", metavar="LISTA", help="Listan som personen lämnar.")
    ] = "nyhetsbrev",
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Avregistrera en person som har bett om det. Brev som väntar på att gå tas tillbaka.

    Exempel:
      rundbrev members unsubscribe 17
      rundbrev members unsubscribe 17 --list inbjudningar
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone, now = _everyone(application), _now(application)
        left = lists.by_slug(session, slug=list_slug)
        whom = members.get(session, scope=everyone, subscriber_id=person)
        changed = consents.unsubscribe(
            session, scope=everyone, subscriber_id=person, list_id=left.id, source="command", now=now
        )
        withdrawn = deliveries.withdraw(
            session, scope=everyone, subscriber_id=person, list_id=left.id, why="unsubscribed", now=now
        )
        if changed or withdrawn:
            details = {"list": left.slug, "withdrawn": withdrawn}
            _log(session, application, by, "unsubscribe", _subject(whom), **details)
        said = _("{name} står inte längre på {list}.") if changed else _("{name} stod redan utanför {list}.")
        facts = {"id": person, "list": left.slug, "changed": changed, "withdrawn": withdrawn}
        _tell(facts, said.format(name=whom.name or person, list=left.slug), as_json)


def _log(
    session: Session, application: App, by: str | None, act: str, subject: str, **details: object
) -> None:
    actor, now = acting.name_of(by), application.now()
    acts.log(session, actor=actor, act=act, subject=subject, details=details, now=now)


def _holder(session: Session, application: App, address: str) -> str:
    """Name whose address it is by their pseudonyms; where it is nobody's, show only its beginning."""
    holders = members.find(session, scope=_everyone(application), text=address)
    return ", ".join(map(_subject, holders))[:200] or addresses.mask(addresses.canonical(address))


def _subject(whom: Subscriber) -> str:
    return f"person {whom.pseudonym}"


def _everyone(application: App) -> Everything:
    return application.everything("whoever may use this command line owns the database file")


def _now(application: App) -> datetime:
    """Return the moment in the association's zone, whose date is the one that memberships go by."""
    return application.now().astimezone(ZoneInfo(application.settings.time_zone))


def _tell(facts: dict[str, object], said: str, as_json: bool) -> None:
    if as_json:
        emit(facts)
    else:
        typer.echo(said)
