"""``rundbrev issues`` while a send is under way: undo, pause, resume, let go, correct."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli import issue_words as words
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened, show_table
from newsletter.errors import IssueError
from newsletter.language import _
from newsletter.models import Issue
from newsletter.services import corrections, issues, sendings
from newsletter.services.corrections import Sent
from subscribers.services import acts

app = typer.Typer()


@app.command()
def undo(
    issue: IssueArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ångra ett utskick som ännu inte har lämnat ett enda brev. Numret blir ett utkast igen.

    Exempel:
      rundbrev issues undo 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        undone = sendings.undo(session, issue_id=issues.get(session, issue).id, now=application.now())
        log(session, application, by, "undo", undone.issue, letters=undone.letters)
        told = _("{issue} är ångrat och ett utkast igen. Inget av de {letters} breven har gått.")
        words.tell(undone.issue, as_json, told, letters=undone.letters)


@app.command()
def pause(
    issue: IssueArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Pausa ett utskick. Det som är på linjen går färdigt, inget mer börjar.

    Exempel:
      rundbrev issues pause 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        actor = acting.name_of(by)
        if sendings.pause(session, issue_id=found.id, actor=actor, now=application.now()):
            log(session, application, by, "pause", found)
        words.tell(found, as_json, _("{issue} är pausat. Fortsätt med rundbrev issues resume {id}."))


@app.command()
def resume(
    issue: IssueArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Fortsätt ett pausat utskick.

    Exempel:
      rundbrev issues resume 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        if sendings.resume(session, issue_id=found.id):
            log(session, application, by, "resume", found)
        words.tell(found, as_json, _("{issue} går vidare."))


@app.command("let-go")
def let_go(
    issue: IssueArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Släpp ett nummer som hålls tillbaka av ett brådskande. Har dess tid passerat går det genast.

    Exempel:
      rundbrev issues let-go 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = sendings.let_go(session, issue_id=issues.get(session, issue).id, now=application.now())
        log(session, application, by, "let go", found)
        words.tell(found, as_json, _("{issue} är släppt och går på sin tid."))


@app.command()
def correct(
    issue: IssueArgument,
    variants: Annotated[
        list[int] | None,
        typer.Option("--variant", metavar="ID", help="Regionversionen med felet. Kan anges flera gånger."),
    ] = None,
    subject: Annotated[
        str, typer.Option(metavar="TEXT", help="Rättelsens ämnesrad.", show_default=False)
    ] = "",
    text: Annotated[
        Path | None, typer.Option(metavar="FIL", help="Rättelsens text, Markdown i en fil.")
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Låt brev som inte har gått ta texten som artiklarna är nu."),
    ] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Rätta ett nummer som har börjat gå ut. Utan val visas vilka regionversioner som har gått.

    Med --replace får de som inte har fått brevet den rättade texten. Med --subject och --text görs en
    rättelse, som ett utkast, till precis dem som har fått felet.

    Exempel:
      rundbrev issues correct 3
      rundbrev issues correct 3 --variant 12 --replace
      rundbrev issues correct 3 --variant 12 --subject "Rätt datum" --text rattelse.md
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        if not variants:
            _show_variants(session, application, found, as_json)
        elif replace:
            _replace(session, application, found, variants, by, as_json)
        else:
            _begin(session, application, found, variants, subject, text, by, as_json)


def stop_sending(session: Session, application: App, issue: Issue, by: str | None, *, as_json: bool) -> None:
    """Stop an issue that is on its way, for good, and tell what that did."""
    stopped = sendings.stop(session, issue_id=issue.id, now=application.now())
    log(session, application, by, "stop", issue, withdrawn=stopped.withdrawn, held=stopped.on_the_wire)
    told = _("{issue} är avbrutet: {withdrawn} brev är återkallade, {wire} är på linjen och går färdigt.")
    words.tell(issue, as_json, told, withdrawn=stopped.withdrawn, wire=stopped.on_the_wire)


def log(session: Session, application: App, by: str | None, act: str, issue: Issue, **details: Any) -> None:
    """Write in the log what somebody did with an issue."""
    subject = f"issue {issue.id}, {issues.name_of(issue)}"[:200]
    actor, now = acting.name_of(by), application.now()
    acts.log(session, actor=actor, act=act, subject=subject, details=details, now=now)


def _replace(
    session: Session, application: App, issue: Issue, variants: list[int], by: str | None, as_json: bool
) -> None:
    replaced = corrections.replace(
        session,
        scope=acting.everyone(application),
        issue_id=issue.id,
        variant_ids=variants,
        frame=application.frame(),
        actor=acting.name_of(by),
        now=application.now(),
    )
    told = _("{letters} brev av {issue} som inte har gått får den rättade texten.")
    words.tell(issue, as_json, told, letters=replaced.letters)


def _begin(
    session: Session,
    application: App,
    issue: Issue,
    variants: list[int],
    subject: str,
    text: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    correction = corrections.begin(
        session,
        scope=acting.everyone(application),
        issue_id=issue.id,
        variant_ids=variants,
        subject=subject,
        text=_read(text),
        now=application.now(),
    )
    log(session, application, by, "correct", correction, variants=variants)
    words.tell(
        correction, as_json, _("{issue} är ett utkast (id {id}). Skicka det med rundbrev issues send {id}.")
    )


def _read(text: Path | None) -> str:
    if text is None:
        return ""
    try:
        return text.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise IssueError("Filen {path} går inte att läsa. Spara den som text (UTF-8).", path=text) from None


def _show_variants(session: Session, application: App, issue: Issue, as_json: bool) -> None:
    scope = acting.everyone(application)
    found = corrections.variants_of(session, scope=scope, issue_id=issue.id)
    if as_json:
        emit({"issue": issue.id, "variants": [_plain(one) for one in found]})
    elif not found:
        typer.echo(_("{issue} har inte gått ut.").format(issue=issues.name_of(issue)))
    else:
        show_table(
            (_("Id"), _("Regionversion"), _("Språk"), _("Har fått den"), _("Har inte gått")),
            [(one.variant_id, one.name, one.language, one.arrived, one.under_way) for one in found],
        )


def _plain(one: Sent) -> dict[str, Any]:
    return {
        "variant": one.variant_id,
        "name": one.name,
        "language": one.language,
        "version": one.version,
        "newest": one.is_newest,
        "arrived": one.arrived,
        "under_way": one.under_way,
    }
