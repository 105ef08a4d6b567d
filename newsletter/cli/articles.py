"""``rundbrev articles``: texts come in, and are listed, shown and changed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from newsletter.cli import article_words as words
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.core.audiences import EVERYONE
from newsletter.errors import ArticleError
from newsletter.importing import files, media, outline
from newsletter.importing.decoding import read_file
from newsletter.importing.outline import Outline
from newsletter.importing.values import Proposal
from newsletter.language import _, sentence
from newsletter.models import ArticleStatus
from newsletter.services import articles
from subscribers.errors import SentenceError

app = typer.Typer()

ArticleArgument = Annotated[int, typer.Argument(metavar="ARTIKEL", help="Artikelns id, som listan visar.")]

#: A file and what was read from it.
_Read = tuple[Path, Proposal]

#: What ``--set`` may name, and which field of the record that is.
_FIELDS = {
    "title": "title",
    "kicker": "kicker",
    "date": "dateline",
    "lead": "lead",
    "body": "body",
    "byline": "byline_name",
    "role": "byline_role",
    "language": "language",
}
_NO_DATE = ("", "-", "aldrig", "never")


@app.command("import")
def import_files(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FIL...", parser=Path, help="Textfiler (.txt) eller Markdown (.md)."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Visa hur texten skulle delas upp, utan att läsa in den.")
    ] = False,
    outline_file: Annotated[
        Path | None,
        typer.Option(
            "--outline", metavar="FIL", parser=Path, help="En rättad disposition bestämmer uppdelningen."
        ),
    ] = None,
    outline_out: Annotated[
        Path | None,
        typer.Option(
            "--outline-out", metavar="FIL", parser=Path, help="Spara dispositionen här, för att rätta den."
        ),
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Läs in texter som artiklar. Samma text en gång till ändrar ingenting.

    Blev en gräns fel? Spara dispositionen, ändra ordet först på raden och läs in med den.

    Exempel:
      rundbrev articles import brev.txt --dry-run
      rundbrev articles import brev.txt --dry-run --outline-out brev.disposition
      rundbrev articles import brev.txt --outline brev.disposition
    """
    corrections = _outline(outline_file)
    read, refused = _read(paths, corrections)
    proposals = [proposal for _path, proposal in read]
    if outline_out is not None:
        _save(outline_out, outline.write(proposals))
    if not dry_run:
        _store(read, refused, directory, as_json)
    elif as_json:
        emit(words.proposal_facts(proposals, refused))
    else:
        words.show_proposals(proposals, refused, outline_out)
    if refused:
        raise typer.Exit(1)


@app.command("list")
def list_articles(
    status: Annotated[
        ArticleStatus | None,
        typer.Option("--status", help="Bara de i detta läge: draft, ready eller archived."),
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa artiklarna, den senaste först.

    Exempel:
      rundbrev articles list
      rundbrev articles list --status ready
    """
    with opened(directory) as application, application.readers() as session:
        found = articles.list_articles(session, status=status)
        if as_json:
            emit({"articles": [words.record_facts(article) for article in found]})
        else:
            words.show_list(found)


@app.command()
def show(article: ArticleArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa en artikel och dess ändringar.

    Exempel:
      rundbrev articles show 4
    """
    with opened(directory) as application, application.readers() as session:
        found = articles.get(session, article)
        history = articles.revisions(session, article_id=article)
        if as_json:
            emit(words.record_facts(found) | {"revisions": [words.revision_facts(r) for r in history]})
        else:
            words.show_article(found, history, ZoneInfo(application.settings.time_zone))


@app.command()
def edit(
    article: ArticleArgument,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FÄLT=VÄRDE",
            help="title, kicker, date, lead, body, byline, role eller language. Kan anges flera gånger.",
        ),
    ] = None,
    audience: Annotated[
        str | None,
        typer.Option("--audience", metavar="REGIONER", help="Regioner med komma emellan, eller alla."),
    ] = None,
    status: Annotated[
        ArticleStatus | None, typer.Option("--status", help="draft, ready eller archived.")
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DATUM", help="Sista dag, som 2026-12-31, eller aldrig."),
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Ändra en artikel. Det som stod förut finns kvar som en tidigare version.

    Exempel:
      rundbrev articles edit 4 --set "title=Vi ses i Lund" --audience skane,vast
      rundbrev articles edit 4 --status ready --expires 2026-12-31
    """
    values = _assigned(assignments or [])
    if status is not None:
        values["status"] = status
    if expires is not None:
        values["expires_on"] = None if expires in _NO_DATE else _date(expires)
    with opened(directory) as application, application.sessions.begin() as session:
        if audience is not None:
            values["audience"] = _audience(session, audience)
        before = articles.get(session, article).revision
        changed = articles.change(
            session, article_id=article, values=values, now=application.now(), by="rundbrev articles edit"
        )
        if as_json:
            emit(words.record_facts(changed))
        else:
            words.tell_edited(changed, changed.revision != before)


def _save(path: Path, written: str) -> None:
    try:
        path.write_text(written, encoding="utf-8")
    except OSError as error:
        raise ArticleError(
            "Dispositionen går inte att spara i {file} ({reason}).", file=path, reason=error.strerror
        ) from error


def _outline(path: Path | None) -> Outline | None:
    return None if path is None else outline.parse(read_file(path), path.name)


def _read(paths: Sequence[Path], corrections: Outline | None) -> tuple[list[_Read], list[str]]:
    """Read each file by itself: one that is refused is told of, and the others go on."""
    read: list[_Read] = []
    refused: list[str] = []
    for path in paths:
        try:
            read.append((path, files.read(path, corrections.of(path.name) if corrections else None)))
        except SentenceError as error:
            _refuse(refused, error)
    return read, refused


def _store(read: Sequence[_Read], refused: list[str], directory: Path, as_json: bool) -> None:
    done: list[articles.Imported] = []
    with opened(directory) as application, application.sessions.begin() as session:
        for path, proposal in read:
            try:
                with session.begin_nested():  # a file comes in as a whole or not at all
                    complete = _with_pictures(path, proposal, application.paths.media)
                    done += articles.import_texts(session, [complete], now=application.now())
            except SentenceError as error:
                _refuse(refused, error)
        dropped = [line for _path, proposal in read for line in proposal.dropped]
        if as_json:
            emit(words.import_facts(done, dropped, refused))
        else:
            words.show_import(done, dropped)


def _with_pictures(path: Path, proposal: Proposal, folder: Path) -> Proposal:
    complete, missing = media.bring(proposal, path, folder)
    for name in missing:
        told = _("Bilden {picture} finns inte bredvid {file}. Artikeln läses in utan den, med sin bildtext.")
        typer.echo(told.format(picture=name, file=path.name), err=True)
    return complete


def _refuse(refused: list[str], error: SentenceError) -> None:
    refused.append(sentence(error))
    typer.echo(refused[-1], err=True)


def _assigned(assignments: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        field = _FIELDS.get(name.strip())
        if not equals or field is None:
            raise ArticleError(
                "”{assignment}” går inte att förstå. Skriv --set FÄLT=VÄRDE, med något av fälten {fields}.",
                assignment=assignment[:60],
                fields=", ".join(_FIELDS),
            )
        values[field] = value
        if field == "dateline":
            values[field] = None if value in _NO_DATE else _date(value)
    return values


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ArticleError("”{date}” är inget datum. Skriv det som 2026-12-31.", date=written) from error


def _audience(session: Session, written: str) -> object:
    names = [name.strip() for name in written.split(",") if name.strip()]
    if not names or [name.lower() for name in names] in (["alla"], ["everyone"], ["*"]):
        return EVERYONE
    return articles.audience_of(session, names)
