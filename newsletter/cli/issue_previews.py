"""``rundbrev issues preview``: a letter as files, before it goes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.orm import Session

from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened
from newsletter.errors import PlaceTaken
from newsletter.language import _
from newsletter.models import Issue
from newsletter.services import issues
from subscribers.services import regions

if TYPE_CHECKING:
    from newsletter.services.previews import Preview

#: Words for the region of those who have none.
_NO_REGION = ("ingen", "gemensam", "none")


def preview(
    issue: IssueArgument,
    out: Annotated[Path, typer.Option(metavar="MAPP", parser=Path, help="Mappen som filerna skrivs i.")],
    variant: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="Som regionens medlemmar får det; ”ingen” för dem utan region."),
    ] = None,
    person: Annotated[
        int | None, typer.Option(metavar="ID", help="Som personen med detta id får det, med hälsningen.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Alla regionversioner (förvalet).")] = False,
    english: Annotated[bool, typer.Option("--english", help="Som de får det som läser engelska.")] = False,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skriv brevet som filer: html, text och eml.

    Ett utkast visas som det ser ut nu, ett schemalagt nummer som det låstes. Länkarna för avregistrering
    och inställningar är verkningslösa, så att en förhandsgranskning kan skickas runt; alla andra länkar är
    riktiga.

    Exempel:
      rundbrev issues preview 3 --out brev
      rundbrev issues preview 3 --variant skane --out brev
      rundbrev issues preview 3 --person 17 --out brev
    """
    if sum((variant is not None, person is not None, every)) > 1:
        raise typer.BadParameter(_("Ange bara en av --variant, --person och --all."))
    with opened(directory) as application, application.readers() as session:
        from newsletter.services import previews  # rendering takes half a second that --help should not pay

        found = issues.get(session, issue)
        language = "en" if english else "sv"
        if person is not None:
            scope = application.everything("a preview on the machine where the register lies")
            who = previews.reader(session, found, scope=scope, subscriber_id=person, now=application.now())
            chosen = [(f"person-{person}", who)]
        else:
            wanted = None if variant is None else _region(session, variant)
            chosen = [
                (who.region or "gemensam", who)
                for who in previews.readers(session, found, region=wanted, language=language)
            ]
        frame, now = application.frame(), application.now()
        files = [
            _write(out, f"{_stem(found)}-{name}", previews.preview(session, found, who, frame=frame, now=now))
            for name, who in chosen
        ]
    _tell(files, found, as_json)


def _region(session: Session, word: str) -> str:
    return "" if word.lower() in _NO_REGION else regions.find_region(session, text=word).slug


def _stem(issue: Issue) -> str:
    return f"{issue.mailing_list.slug}-{issue.year}-{issue.number:02}"


def _write(folder: Path, stem: str, letter: "Preview") -> dict[str, str]:
    paths = {kind: folder / f"{stem}.{kind}" for kind in ("html", "txt", "eml")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths["html"].write_text(letter.html, encoding="utf-8", newline="\n")
        paths["txt"].write_text(letter.text, encoding="utf-8", newline="\n")
        paths["eml"].write_bytes(letter.message)
    except OSError as error:
        raise PlaceTaken(
            "Det går inte att skriva i mappen {path} ({reason}). Välj en annan med --out.",
            path=folder,
            reason=error.strerror,
        ) from error
    return {kind: str(path) for kind, path in paths.items()}


def _tell(files: Sequence[dict[str, str]], issue: Issue, as_json: bool) -> None:
    if as_json:
        emit({"issue": issue.id, "files": files})
        return
    if not files:
        typer.echo(_("Numret är tomt. Lägg till artiklar med rundbrev issues add {id}.").format(id=issue.id))
    for each in files:
        typer.echo("  ".join(each.values()))
