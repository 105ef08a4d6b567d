"""``rundbrev deliveries``: letters of which nobody knows whether they arrived, and a decision about each."""

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import (
    DEFAULT_DIR,
    DirOption,
    IssueArgument,
    JsonOption,
    emit,
    opened,
    show_table,
)
from newsletter.language import _
from newsletter.services import copies, explaining, issues, unknowns
from newsletter.services.state_words import said
from subscribers.services import acts

app = typer.Typer()

LetterArgument = Annotated[
    int, typer.Argument(metavar="BREV", help="Brevets id, som rundbrev deliveries unknown visar.")
]


@app.command()
def unknown(
    issue: Annotated[
        str | None, typer.Option("--issue", metavar="NUMMER", help="Bara ett nummer; annars alla.")
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Lista breven som ingen vet om de kom fram, med mejlserverns sista ord.

    Exempel:
      rundbrev deliveries unknown
      rundbrev deliveries unknown --issue 12/2026 --json
    """
    with opened(directory) as application, application.readers() as session:
        scope = acting.everyone(application)
        issue_id = issues.get(session, issue).id if issue else None
        found = unknowns.listed(session, scope=scope, issue_id=issue_id)
        if as_json:
            emit({"deliveries": [_plain(one) for one in found]})
        elif not found:
            typer.echo(_("Inga brev är ovissa."))
        else:
            show_table(
                (_("Brev"), _("Nummer"), _("Person"), _("Namn"), _("Adress"), _("Svar")),
                [
                    (one.delivery_id, one.issue, one.subscriber_id, one.name, one.address, said(one.said))
                    for one in found
                ],
            )


@app.command()
def settle(
    letter: LetterArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Räkna ett ovisst brev som överlämnat. Inget skickas.

    Exempel:
      rundbrev deliveries settle 4711
    """
    with opened(directory) as application, application.sessions.begin() as session:
        scope, now = acting.everyone(application), application.now()
        done = unknowns.take_as_accepted(session, scope=scope, delivery_id=letter, now=now)
        _tell(
            session,
            application,
            by,
            "settle delivery",
            letter,
            done,
            as_json,
            _("Brevet räknas som överlämnat."),
        )


@app.command()
def resend(
    letter: LetterArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skicka ett ovisst brev en gång till. Den som har fått det ser samma brev (samma Message-ID).

    Exempel:
      rundbrev deliveries resend 4711
    """
    with opened(directory) as application, application.sessions.begin() as session:
        scope, now = acting.everyone(application), application.now()
        done = unknowns.send_again(session, scope=scope, delivery_id=letter, now=now)
        _tell(
            session, application, by, "resend delivery", letter, done, as_json, _("Brevet ligger i kön igen.")
        )


@app.command()
def copy(
    issue: IssueArgument,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Personens id, namn, medlemsnummer eller e-postadress.")
    ],
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skicka ett nummer en gång till, till någon som ber om det fast mejlservern tog emot det första brevet.

    Kopian är ett eget brev (ny Message-ID), eftersom vissa servrar kastar ett brev som de redan har sett.

    Exempel:
      rundbrev deliveries copy 12/2026 anna@lund.example
    """
    with opened(directory) as application, application.sessions.begin() as session:
        scope, now = acting.everyone(application), application.now()
        found = issues.get(session, issue)
        who = explaining.find_person(session, scope=scope, text=person)
        letter = explaining.explain(session, scope=scope, issue_id=found.id, subscriber_id=who.id).delivery_id
        done = letter is not None and copies.send(session, scope=scope, delivery_id=letter, now=now)
        if done:
            actor = acting.name_of(by)
            acts.log(session, actor=actor, act="send a copy", subject=f"delivery {letter}", now=now)
    if as_json:
        emit({"delivery": letter, "changed": done})
    elif done:
        typer.echo(_("En kopia ligger i kön."))
    else:
        typer.echo(_("Det finns inget brev som mejlservern har tagit emot. Se rundbrev why."))


def _tell(
    session: Session,
    application: App,
    by: str | None,
    act: str,
    letter: int,
    done: bool,
    as_json: bool,
    sentence: str,
) -> None:
    if done:
        actor, now = acting.name_of(by), application.now()
        acts.log(session, actor=actor, act=act, subject=f"delivery {letter}", now=now)
    if as_json:
        emit({"delivery": letter, "changed": done})
    else:
        typer.echo(sentence if done else _("Brevet är inte ovisst längre. Inget har ändrats."))


def _plain(one: unknowns.Unknown) -> dict[str, object]:
    return {
        "delivery": one.delivery_id,
        "issue": one.issue_id,
        "name": one.issue,
        "person": one.subscriber_id,
        "address": one.address,
        "attempts": one.attempts,
        "at": one.at and one.at.isoformat(),
        "reply": one.said,
    }
