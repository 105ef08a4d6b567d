"""``rundbrev issues``: when an issue goes: scheduled, sent now, taken back to a draft, or called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import acting
from newsletter.cli import issue_words as words
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened
from newsletter.cli.sendings import log, stop_sending
from newsletter.core import pace
from newsletter.core.pace import Pace
from newsletter.language import _
from newsletter.models import Hold, Issue, IssueStatus
from newsletter.services import issues, scheduling, sendings
from newsletter.services.passing import Asked

app = typer.Typer()

NoGraceOption = Annotated[
    bool, typer.Option("--no-grace", help="Hoppa över väntan då utskicket kan ångras. Kräver --reason.")
]
NoHeadStartOption = Annotated[
    bool,
    typer.Option("--no-head-start", help="Låt alla få det samtidigt som redaktörer och regionansvariga."),
]
ReasonOption = Annotated[
    str,
    typer.Option(
        metavar="TEXT",
        help="Varför en väntan hoppas över, eller varför det går trots anmärkningar; det står i loggen.",
        show_default=False,
    ),
]

UnapprovedOption = Annotated[
    str,
    typer.Option(
        "--without-approval",
        metavar="TEXT",
        help="Varför det går utan granskarens godkännande; det står i loggen, och granskaren får veta.",
        show_default=False,
    ),
]


@app.command()
def schedule(
    issue: IssueArgument,
    at: Annotated[
        str,
        typer.Argument(
            metavar="TID", help="När det ska gå: 2026-12-01 09:00, nu eller +10m (om tio minuter)."
        ),
    ],
    no_grace: NoGraceOption = False,
    no_head_start: NoHeadStartOption = False,
    reason: ReasonOption = "",
    without_approval: UnapprovedOption = "",
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Schemalägg ett nummer. Innehållet låses; det går sedan av sig självt när tiden är inne.

    Först väntar utskicket en stund, så att det kan ångras (SEND_GRACE_MINUTES), och går till redaktörer och
    regionansvariga. Alla andra får det lite senare (SEND_HEAD_START_MINUTES).

    Har kontrollen anmärkningar krävs --reason; utan den visas de, och inget ändras (rundbrev issues check).

    Exempel:
      rundbrev issues schedule 3 "2026-12-01 09:00"
      rundbrev issues schedule 3 "2026-12-01 09:00" --reason "det är som det ska"
      rundbrev issues schedule 3 "2026-12-01 09:00" --no-head-start --reason "dödsannons"
    """
    skipped = _Skipped(no_grace, no_head_start, reason, without_approval)
    _schedule(issue, at, by, directory, as_json, skipped=skipped)


@app.command()
def send(
    issue: IssueArgument,
    hold: Annotated[
        Hold | None,
        typer.Option(
            metavar="TILL",
            help="Håll andra schemalagda nummer: after (tills det här har gått) eller person "
            "(tills någon släpper dem med let-go).",
        ),
    ] = None,
    no_grace: NoGraceOption = False,
    no_head_start: NoHeadStartOption = False,
    reason: ReasonOption = "",
    without_approval: UnapprovedOption = "",
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skicka ett nummer nu, före alla som redan är på väg.

    Det är detsamma som att schemalägga det till nu, och väntar som andra tills det inte längre kan ångras.

    Exempel:
      rundbrev issues send 3
      rundbrev issues send 3 --hold person --no-head-start --reason "dödsannons, ska ut i dag"
    """
    skipped = _Skipped(no_grace, no_head_start, reason, without_approval)
    _schedule(issue, "nu", by, directory, as_json, skipped=skipped, urgent=True, hold=hold)


@app.command()
def unschedule(
    issue: IssueArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Gör ett schemalagt eller inställt nummer till utkast igen.

    Exempel:
      rundbrev issues unschedule 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        scheduling.unschedule(session, issue_id=found.id, now=application.now())
        log(session, application, by, "unschedule", found)
        words.tell(found, as_json, _("{issue} är ett utkast igen och går inte av sig självt."))


@app.command()
def cancel(
    issue: IssueArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ställ in ett nummer som inte ska gå ut, eller avbryt ett som är på väg.

    Ett inställt nummer går att ta tillbaka. Av ett som är på väg återkallas det som är kvar, och räknas.

    Exempel:
      rundbrev issues cancel 3
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        if found.status is IssueStatus.RELEASED:
            stop_sending(session, application, found, by, as_json=as_json)
            return
        scheduling.cancel(session, issue_id=found.id, now=application.now())
        log(session, application, by, "cancel", found)
        words.tell(found, as_json, _("{issue} är inställt. Ångra med rundbrev issues unschedule {id}."))


@dataclass(frozen=True, slots=True)
class _Skipped:
    """Which waits of a send are skipped and why, and why it goes without a reviewer's yes."""

    grace: bool
    head_start: bool
    reason: str
    approval: str

    def of(self, usual: Pace) -> Pace:
        return pace.skipping(usual, grace=self.grace, head_start=self.head_start, reason=self.reason)


def _schedule(
    issue: str,
    at: str,
    by: str | None,
    directory: Path,
    as_json: bool,
    *,
    skipped: _Skipped,
    urgent: bool = False,
    hold: Hold | None = None,
) -> None:
    from newsletter.cli.passing import passed_json, told
    from newsletter.permitting import check_permitted  # mail and rendering, which --help should not pay for

    asked = Asked(actor=acting.name_of(by), reason=skipped.reason)
    with opened(directory) as application, told(as_json), application.sessions.begin() as session:
        settings = application.current()
        check_permitted(session, settings)
        scheduled = scheduling.schedule(
            session,
            issue_id=issues.get(session, issue).id,
            at=at,
            zone=settings.time_zone,
            frame=application.frame(),
            pace=(how := skipped.of(application.pace())),
            urgent=urgent,
            without_approval=skipped.approval,
            asked=asked,
            now=application.now(),
        )
        held = sendings.hold_others(session, issue_id=scheduled.issue.id, until=hold) if hold else []
        _log_schedule(session, application, by, scheduled, how, held)
        if as_json:
            emit(
                words.summary(scheduled.issue)
                | {"practice": settings.practice, "holds": [i.id for i in held]}
                | {"passed": passed_json(scheduled.passed)}
            )
        else:
            typer.echo(words.scheduled(scheduled))
            for each in held:
                typer.echo(words.held(each))


def _log_schedule(
    session: Session,
    application: App,
    by: str | None,
    done: scheduling.Scheduled,
    how: Pace,
    held: Sequence[Issue],
) -> None:
    details = scheduling.schedule_details(done, how, held)
    log(session, application, by, "schedule", done.issue, **details)
