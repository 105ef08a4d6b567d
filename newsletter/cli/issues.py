"""``rundbrev issues``: put an issue together, look at it, schedule it and follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import issue_words as words
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened
from newsletter.cli.issue_previews import preview
from newsletter.cli.issue_status import status
from newsletter.cli.sendings import log, stop_sending
from newsletter.core import pace
from newsletter.core.audiences import Audience
from newsletter.core.pace import Pace
from newsletter.errors import IssueError
from newsletter.language import _
from newsletter.models import Hold, Issue, IssueStatus, ItemForm
from newsletter.services import issues, items, scheduling, sendings
from subscribers.models import Segment
from subscribers.services import regions, segments

app = typer.Typer()


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise IssueError(
            "Datumet ”{given}” går inte att förstå. Skriv det som 2027-02-01.", given=given
        ) from None


ArticleArgument = Annotated[int, typer.Argument(metavar="ARTIKEL", help="Artikelns id.")]
NoGraceOption = Annotated[
    bool, typer.Option("--no-grace", help="Hoppa över väntan då utskicket kan ångras. Kräver --reason.")
]
NoHeadStartOption = Annotated[
    bool,
    typer.Option("--no-head-start", help="Låt alla få det samtidigt som redaktörer och regionansvariga."),
]
ReasonOption = Annotated[
    str,
    typer.Option(metavar="TEXT", help="Varför en väntan hoppas över; det står i loggen.", show_default=False),
]
AudienceOption = Annotated[
    list[str] | None,
    typer.Option("--audience", metavar="REGION", help="Bara för denna region. Kan anges flera gånger."),
]
RecordDateOption = Annotated[
    date | None,
    typer.Option(
        metavar="DATUM",
        parser=_day,
        help="Medlemsmeddelande: avstämningsdag, den dag medlemskapet räknas på (2027-02-01).",
    ),
]
LastDateOption = Annotated[
    date | None,
    typer.Option(
        metavar="DATUM", parser=_day, help="Medlemsmeddelande: sista dag det får gå ut (2027-02-14)."
    ),
]


@app.command()
def create(
    title: Annotated[str, typer.Option(metavar="TEXT", help="Vad numret heter.")],
    subject: Annotated[str, typer.Option(metavar="TEXT", help="Brevets ämnesrad.")],
    preheader: Annotated[
        str, typer.Option(metavar="TEXT", help="Raden som inkorgen visar efter ämnet.", show_default=False)
    ] = "",
    list_slug: Annotated[
        str, typer.Option("--list", metavar="LISTA", help="Listan som får numret.")
    ] = "nyhetsbrev",
    year: Annotated[int | None, typer.Option(metavar="ÅR", help="Årgång; annars i år.")] = None,
    number: Annotated[int | None, typer.Option(metavar="N", help="Nummer; annars årets nästa.")] = None,
    audience: AudienceOption = None,
    record_date: RecordDateOption = None,
    last_date: LastDateOption = None,
    segment: Annotated[
        str | None,
        typer.Option(metavar="URVAL", help="Bara de som urvalet väljer (rundbrev segments list)."),
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skapa ett nummer, som ett utkast.

    Exempel:
      rundbrev issues create --title "Nyhetsbrevet i december" --subject "Vinterns träffar"
      rundbrev issues create --list medlemsmeddelanden --title Stämma --subject Stämma --last-date 2027-02-14
      rundbrev issues create --title "Inbjudan" --subject "Kom till Lund" --segment "Nya i Skåne"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        issue = issues.create(
            session,
            title=title,
            subject=subject,
            preheader=preheader,
            list_slug=list_slug,
            year=year,
            number=number,
            audience=_audience(session, audience),
            record_date=record_date,
            last_date=last_date,
            segment=_segment(application, session, segment),
            now=application.now(),
        )
        _tell(issue, as_json, _("Skapade {issue} (id {id}). Fyll det med rundbrev issues add {id}."))


@app.command()
def change(
    issue: IssueArgument,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Vad numret heter.")] = None,
    subject: Annotated[str | None, typer.Option(metavar="TEXT", help="Brevets ämnesrad.")] = None,
    preheader: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Raden som inkorgen visar efter ämnet.")
    ] = None,
    record_date: RecordDateOption = None,
    last_date: LastDateOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ändra titel, ämnesrad, raden efter ämnet eller datumen i ett utkast.

    Exempel:
      rundbrev issues change 3 --subject "Vinterns alla träffar"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        changed = issues.change(
            session,
            issue_id=issues.get(session, issue).id,
            title=title,
            subject=subject,
            preheader=preheader,
            record_date=record_date,
            last_date=last_date,
            now=application.now(),
        )
        _tell(changed, as_json, _("{issue} heter ”{title}” och har ämnesraden ”{subject}”."))


@app.command()
def add(
    issue: IssueArgument,
    articles: Annotated[list[int], typer.Argument(metavar="ARTIKEL...", help="En eller flera artiklars id.")],
    position: Annotated[
        int | None, typer.Option(metavar="N", help="Plats i numret, 1 är först; annars sist.")
    ] = None,
    section: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Avdelning, som ”På gång”.", show_default=False),
    ] = "",
    teaser: Annotated[
        bool, typer.Option("--teaser", help="Bara ingressen, med artikelns första länk om den har någon.")
    ] = False,
    audience: AudienceOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Lägg till artiklar i ett utkast.

    Exempel:
      rundbrev issues add 3 17 18 --section "På gång" --teaser
      rundbrev issues add 3 21 --audience skane
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        for offset, article in enumerate(articles):
            items.add(
                session,
                issue_id=found.id,
                article_id=article,
                position=None if position is None else position + offset,
                section=section,
                form=ItemForm.TEASER if teaser else ItemForm.FULL,
                audience=_audience(session, audience),
                now=application.now(),
            )
        warnings = words.lead_nowhere(found, articles) if teaser else []
        if as_json:
            emit(words.summary(found) | {"warnings": warnings})
            return
        words.show_items(found, _names(session))
        for warning in warnings:
            typer.echo(warning, err=True)


@app.command()
def remove(
    issue: IssueArgument,
    article: ArticleArgument,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ta bort en artikel ur ett utkast. Artikeln själv finns kvar i registret.

    Exempel:
      rundbrev issues remove 3 17
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        items.remove(session, issue_id=found.id, article_id=article, now=application.now())
        _tell_items(session, found, as_json)


@app.command()
def move(
    issue: IssueArgument,
    article: ArticleArgument,
    position: Annotated[int, typer.Argument(metavar="PLATS", help="Ny plats; 1 är först.")],
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Flytta en artikel inom ett utkast.

    Exempel:
      rundbrev issues move 3 17 1
    """
    with opened(directory) as application, application.sessions.begin() as session:
        found = issues.get(session, issue)
        items.move(session, issue_id=found.id, article_id=article, position=position, now=application.now())
        _tell_items(session, found, as_json)


@app.command("list")
def list_all(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista alla nummer, de senaste först.

    Exempel:
      rundbrev issues list
    """
    with opened(directory) as application, application.readers() as session:
        found = issues.find_all(session)
        if as_json:
            emit({"issues": [words.summary(issue) for issue in found]})
        else:
            words.show_list(found)


@app.command()
def show(issue: IssueArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa inslagen i ordning, och vilka som står i varje regionversion.

    Exempel:
      rundbrev issues show 3
      rundbrev issues show 12/2026 --json
    """
    with opened(directory) as application, application.readers() as session:
        from newsletter.services import variants  # rendering takes half a second that --help should not pay

        found = issues.get(session, issue)
        changed = scheduling.changed_since_frozen(session, found)
        planned = variants.planned(session, found)
        if as_json:
            emit(words.summary(found) | words.details(found, planned, changed))
            return
        names = _names(session)
        words.show_heading(found, names)
        words.show_items(found, names)
        words.show_variants(found, planned)
        words.show_changed(changed)


app.command()(preview)
app.command()(status)


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
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Schemalägg ett nummer. Innehållet låses; det går sedan av sig självt när tiden är inne.

    Först väntar utskicket en stund, så att det kan ångras (SEND_GRACE_MINUTES), och går till redaktörer och
    regionansvariga. Alla andra får det lite senare (SEND_HEAD_START_MINUTES).

    Exempel:
      rundbrev issues schedule 3 "2026-12-01 09:00"
      rundbrev issues schedule 3 "2026-12-01 09:00" --no-head-start --reason "dödsannons"
    """
    skipped = _Skipped(no_grace, no_head_start, reason)
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
    skipped = _Skipped(no_grace, no_head_start, reason)
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
        _tell(found, as_json, _("{issue} är ett utkast igen och går inte av sig självt."))


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
        _tell(found, as_json, _("{issue} är inställt. Ångra med rundbrev issues unschedule {id}."))


@dataclass(frozen=True, slots=True)
class _Skipped:
    """Which waits of a send are skipped, and why."""

    grace: bool
    head_start: bool
    reason: str

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
    from newsletter.jobs import check_permitted  # mail and rendering, which --help should not pay for

    with opened(directory) as application, application.sessions.begin() as session:
        settings = application.settings
        check_permitted(session, settings)
        scheduled = scheduling.schedule(
            session,
            issue_id=issues.get(session, issue).id,
            at=at,
            zone=settings.time_zone,
            frame=application.frame(),
            pace=(how := skipped.of(application.pace())),
            urgent=urgent,
            now=application.now(),
        )
        held = sendings.hold_others(session, issue_id=scheduled.issue.id, until=hold) if hold else []
        _log_schedule(session, application, by, scheduled, how, held)
        if as_json:
            emit(
                words.summary(scheduled.issue)
                | {"practice": settings.practice, "holds": [i.id for i in held]}
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


def _audience(session: Session, given: list[str] | None) -> Audience:
    return issues.audience_of(session, [word for part in given or () for word in part.split(",")])


def _segment(application: App, session: Session, name: str | None) -> Segment | None:
    everyone = application.everything("whoever may use this command line owns the database file")
    return segments.get(session, scope=everyone, name=name) if name else None


def _names(session: Session) -> dict[str, str]:
    return {region.slug: region.name for region in regions.all_regions(session)}


def _tell(issue: Issue, as_json: bool, sentence: str) -> None:
    if as_json:
        emit(words.summary(issue))
        return
    facts = {"id": issue.id, "title": issue.title, "subject": issue.subject}
    typer.echo(sentence.format(issue=issues.name_of(issue), **facts))


def _tell_items(session: Session, issue: Issue, as_json: bool) -> None:
    if as_json:
        emit(words.summary(issue))
    else:
        words.show_items(issue, _names(session))
