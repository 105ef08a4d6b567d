"""``rundbrev notices``: who was called to the meeting, letters for the others, and the proof."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

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
from newsletter.cli.issue_status import bar
from newsletter.core.notices import REACHED, Account, Member, Standing
from newsletter.errors import PlaceTaken
from newsletter.language import _, ngettext
from newsletter.services import issues, notices, paper_letters
from newsletter.services.state_words import STANDINGS
from subscribers.services import acts

if TYPE_CHECKING:
    from newsletter.app import App

app = typer.Typer()

OutOption = Annotated[
    Path, typer.Option("--out", metavar="MAPP", parser=Path, help="Mappen som filerna skrivs i.")
]


@app.command()
def show(issue: IssueArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa hur varje medlem står: nådd, avvisad, utan adress eller ovisst.

    Exempel:
      rundbrev notices show 3
    """
    with opened(directory) as application, application.readers() as session:
        account = _account(application, session, issue)
        if as_json:
            emit(_facts(account) | {"members": [_member(member) for member in account.members]})
        else:
            _show(account)


@app.command()
def letters(
    issue: IssueArgument,
    out: OutOption,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Också de vars brev ännu är på väg: posten tar tid.")
    ] = False,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skriv brev, adressetiketter och en lista till dem som inte nås med e-post.

    Listan (XLSX) har alla. Breven (PDF) passar kuvert med fönster till höger. Etiketterna (PDF) är 70 x 37
    mm, 24 på ett A4-ark; den som saknar postadress, eller har tecken i namnet som inte går att skriva ut,
    får ingen etikett och står med det i listan.

    Exempel:
      rundbrev notices letters 3 --out brev
    """
    with opened(directory) as application, application.sessions.begin() as session:
        from newsletter.rendering import labels  # PDF and XLSX, which --help should not pay for

        account = _account(application, session, issue)
        members = account.on_paper(also_waiting=waiting)
        now = application.now()
        files = [
            _write(out, "adresser.xlsx", labels.spreadsheet(members)),
            _write(out, "etiketter.pdf", labels.labels(members, dated=now)),
            _write(out, "brev.pdf", _on_paper(application, session, account, waiting=waiting, now=now)),
        ]
        without = len(members) - len(labels.printable(members))
        _log(session, account, by, "letters", {"people": len(members)}, now)
    told = ngettext(
        "{count} medlem får brev på papper.", "{count} medlemmar får brev på papper.", len(members)
    )
    lines = [told.format(count=len(members))]
    if without:
        lines.append(_("{count} av dem får ingen etikett: se anmärkningen i listan.").format(count=without))
    if not waiting and account.counts[Standing.ON_ITS_WAY]:
        lines.append(
            _("{count} brev är ännu på väg. Ta med dem med --waiting om tiden är knapp.").format(
                count=account.counts[Standing.ON_ITS_WAY]
            )
        )
    _tell(_Done(account, files, {"people": len(members), "without_label": without}, lines), as_json)


@app.command()
def proof(
    issue: IssueArgument,
    out: OutOption,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Skriv kallelsebeviset: vad som skickades, när och till vem, som PDF och som data.

    Samma uppgifter ger samma datafil. Dess kontrollsumma står i PDF-filen och här.

    Exempel:
      rundbrev notices proof 3 --out bevis
    """
    with opened(directory) as application, application.sessions.begin() as session:
        from newsletter.core import proofs as data
        from newsletter.rendering import proofs  # PDF, which --help should not pay for

        account = _account(application, session, issue)
        settings, now = application.current(), application.now()
        facts = data.write(account, association=settings.association_name)
        sha256 = data.digest(facts)
        paper = proofs.Proof(account, settings.association_name, sha256, now, settings.time_zone)
        files = [
            _write(out, "kallelsebevis.json", facts),
            _write(out, "kallelsebevis.pdf", proofs.write(paper)),
        ]
        details = {"people": len(account.members), "sha256": sha256}
        _log(session, account, by, "proof", details, now)
    lines = [_("SHA-256 för kallelsebevis.json: {digest}").format(digest=sha256)]
    if account.counts[Standing.ON_ITS_WAY]:
        lines.append(
            _("Obs: {count} brev är ännu på väg. Gör om beviset när de är avgjorda.").format(
                count=account.counts[Standing.ON_ITS_WAY]
            )
        )
    _tell(_Done(account, files, {"sha256": sha256}, lines), as_json)


def _on_paper(
    application: "App", session: Session, account: Account, *, waiting: bool, now: datetime
) -> bytes:
    """Write the letters with the text that each member's mail has."""
    from newsletter.rendering import letters as paper

    settings = application.current()
    written = paper_letters.written(
        session,
        scope=application.everything("writing to those whom mail does not reach"),
        issue_id=account.issue_id,
        also_waiting=waiting,
        frame=application.frame(),
        today=_today(application),
        now=now,
    )
    return paper.write(written, association=settings.association_name, dated=now, zone=settings.time_zone)


@dataclass(frozen=True, slots=True)
class _Done:
    """What a command that writes files answers with."""

    account: Account
    files: list[str]
    facts: dict[str, Any]
    lines: list[str]


def _account(application: "App", session: Session, issue: str) -> Account:
    scope = application.everything("following up a notice on the machine where the register lies")
    found = issues.get(session, issue)
    return notices.account(session, scope=scope, issue_id=found.id, today=_today(application))


def _today(application: "App") -> date:
    return application.now().astimezone(ZoneInfo(application.settings.time_zone)).date()


def _log(
    session: Session, account: Account, by: str | None, what: str, details: dict[str, Any], now: datetime
) -> None:
    """Write down that personal data left the register as a file."""
    acts.log(
        session,
        actor=acting.name_of(by),
        act="export",
        subject=f"issue {account.issue_id}",
        details={"what": what} | details,
        now=now,
    )


def _facts(account: Account) -> dict[str, Any]:
    return {
        "issue": account.issue_id,
        "name": account.name,
        "title": account.title,
        "record_date": account.record_date,
        "last_date": account.last_date,
        "released_at": account.released_at and account.released_at.isoformat(),
        "people": len(account.members),
        "counts": {standing.value: count for standing, count in account.counts.items()},
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "id": member.subscriber_id,
        "name": member.name,
        "member_number": member.member_number,
        "standing": member.standing.value,
        "address": member.address,
        "at": member.at and member.at.isoformat(),
        "reply": member.reply,
    }


def _show(account: Account) -> None:
    typer.echo(f"{account.name}: {account.title}")
    for label, day in ((_("Avstämningsdag"), account.record_date), (_("Sista dag"), account.last_date)):
        if day:
            typer.echo(f"  {label}: {day}")
    if not account.members:
        typer.echo(_("Det finns inga medlemmar på avstämningsdagen."))
        return
    typer.echo()
    people = len(account.members)
    show_table(
        (_("Läge"), _("Medlemmar"), ""),
        [
            (_(STANDINGS[standing]), count, bar(count, people))
            for standing, count in account.counts.items()
            if count
        ],
    )
    _show_unreached(account)


def _show_unreached(account: Account) -> None:
    left = [member for member in account.members if member.standing not in REACHED]
    if not left:
        return
    typer.echo()
    show_table(
        (_("Id"), _("Namn"), _("Medlemsnr"), _("Läge"), _("Adress"), _("Serverns svar")),
        [
            (m.subscriber_id, m.name, m.member_number, _(STANDINGS[m.standing]), m.address, m.reply)
            for m in left
        ],
    )


def _write(folder: Path, name: str, content: bytes) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    except OSError as error:
        raise PlaceTaken(
            "Det går inte att skriva i mappen {path} ({reason}). Välj en annan med --out.",
            path=folder,
            reason=error.strerror,
        ) from error
    return str(folder / name)


def _tell(done: _Done, as_json: bool) -> None:
    if as_json:
        emit({"issue": done.account.issue_id, "files": done.files} | done.facts)
        return
    for line in (*done.files, *done.lines):
        typer.echo(line)
