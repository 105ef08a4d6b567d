"""Commands of ``rundbrev members`` for tags: words on people, which segments select by."""

from typing import Annotated

import typer

from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _
from subscribers.services import acts, members, tags

app = typer.Typer()

PersonArgument = Annotated[int, typer.Argument(metavar="ID", help="Personens id, som listan visar.")]


@app.command("tag")
def tag_person(
    person: PersonArgument,
    tag: Annotated[str, typer.Argument(metavar="TAGG", help="Ordet, som styrelse.")],
    remove: Annotated[bool, typer.Option("--remove", help="Ta bort taggen från personen.")] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Sätt en tagg på en person, så att ett urval kan välja på den: tagg: styrelse.

    Exempel:
      rundbrev members tag 17 styrelse
      rundbrev members tag 17 styrelse --remove
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone, author, now = acting.everyone(application), acting.author(by), application.now()
        change = tags.take if remove else tags.put
        changed = change(session, scope=everyone, subscriber_id=person, tag=tag, author=author, now=now)
        if changed:
            # Not which tag: the log outlives the person's data, and the word may tell who they are.
            whom = members.get(session, scope=everyone, subscriber_id=person)
            act = "take tag" if remove else "put tag"
            acts.log(session, actor=author.actor, act=act, subject=f"person {whom.pseudonym}", now=now)
        has = list(tags.tags_of(session, scope=everyone, subscriber_id=person))
        if as_json:
            emit({"id": person, "tags": has, "changed": changed})
        else:
            typer.echo(_("Personens taggar: {tags}.").format(tags=", ".join(has) or _("inga")))


@app.command("tags")
def list_tags(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista taggarna, och hur många personer som har var och en.

    Exempel:
      rundbrev members tags
    """
    with opened(directory) as application, application.readers() as session:
        found = tags.all_tags(session, scope=acting.everyone(application))
        if as_json:
            emit({"tags": [{"tag": each.tag, "people": each.people} for each in found]})
        elif found:
            show_table((_("Tagg"), _("Personer")), [(each.tag, each.people) for each in found])
        else:
            typer.echo(_("Ingen har någon tagg."))
