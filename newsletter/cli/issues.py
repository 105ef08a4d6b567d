"""``rundbrev issues``: put an issue together, look at it, schedule it and follow it."""

from datetime import date
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli import issue_words as words
from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened
from newsletter.cli.issue_checks import check
from newsletter.cli.issue_previews import preview
from newsletter.cli.issue_status import status
from newsletter.core.audiences import Audience
from newsletter.errors import IssueError
from newsletter.language import _
from newsletter.models import Issue, ItemForm
from newsletter.services import issues, items, scheduling
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
        words.tell(issue, as_json, _("Skapade {issue} (id {id}). Fyll det med rundbrev issues add {id}."))


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
        words.tell(changed, as_json, _("{issue} heter ”{title}” och har ämnesraden ”{subject}”."))


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


app.command()(check)
app.command()(preview)
app.command()(status)


def _audience(session: Session, given: list[str] | None) -> Audience:
    return issues.audience_of(session, [word for part in given or () for word in part.split(",")])


def _segment(application: App, session: Session, name: str | None) -> Segment | None:
    everyone = application.everything("whoever may use this command line owns the database file")
    return segments.get(session, scope=everyone, name=name) if name else None


def _names(session: Session) -> dict[str, str]:
    return {region.slug: region.name for region in regions.all_regions(session)}


def _tell_items(session: Session, issue: Issue, as_json: bool) -> None:
    if as_json:
        emit(words.summary(issue))
    else:
        words.show_items(issue, _names(session))
