"""``rundbrev inbound`` for what has been taken in: which mails, one of them, and that it is answered."""

from typing import Annotated

import typer

from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.core.inbound.kinds import What
from newsletter.language import _
from newsletter.models import InboundMail
from newsletter.services import inboxes
from newsletter.services.inboxes import View
from newsletter.services.mail_words import KINDS, OUTCOMES
from subscribers.services import acts

app = typer.Typer()

MailArgument = Annotated[
    int, typer.Argument(metavar="MEJL", help="Mejlets id, som rundbrev inbound list visar.")
]


@app.command("list")
def list_mails(
    kind: Annotated[
        What | None, typer.Option("--kind", metavar="SLAG", help="Bara ett slag, som reply eller bounce.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Bara de som väntar på svar, av vem det än är.")
    ] = False,
    before: Annotated[
        int | None, typer.Option("--before", metavar="MEJL", help="Gå vidare med äldre än det här id:t.")
    ] = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Lista mejl som har kommit in, de nyaste först.

    Exempel:
      rundbrev inbound list --waiting
      rundbrev inbound list --kind bounce --json
    """
    with opened(directory) as application, application.readers() as session:
        page = inboxes.listed(
            session,
            scope=acting.everyone(application),
            view=View.WAITING if waiting else View.ALL,
            kind=kind,
            before_id=before,
        )
        if as_json:
            emit({"mails": [_plain(each) for each in page.mails], "before": page.before_id})
        elif not page.mails:
            typer.echo(_("Inga mejl finns i inkorgen."))
        else:
            show_table(
                (_("Mejl"), _("Kom"), _("Slag"), _("Från"), _("Ämne"), _("Läge")),
                [
                    (
                        each.id,
                        f"{each.received_at:%Y-%m-%d %H:%M}",
                        _(KINDS[each.kind]),
                        each.from_address,
                        each.subject[:60],
                        _state(each),
                    )
                    for each in page.mails
                ],
            )


@app.command()
def show(mail: MailArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa ett mejl med avsändarens egna ord, och vad som har gjorts.

    Exempel:
      rundbrev inbound show 4711
    """
    with opened(directory) as application, application.readers() as session:
        scope = acting.everyone(application)
        row = inboxes.get(session, scope=scope, mail_id=mail)
        if as_json:
            emit({**_plain(row), "words": row.words, "facts": row.facts})
            return
        owners = [row.owner_id] if row.owner_id is not None else []
        owner = "".join(inboxes.names(session, scope=scope, subscriber_ids=owners).values())
        done = OUTCOMES.get(row.outcome)
        for word, value in (
            (_("Från"), f"{row.from_name} <{row.from_address}>"),
            (_("Ämne"), row.subject),
            (_("Kom"), f"{row.received_at:%Y-%m-%d %H:%M}"),
            (_("Slag"), _(KINDS[row.kind])),
            (_("Vad som har gjorts"), _(done) if done else row.outcome),
            (_("Ska svara"), owner or "–"),
            (_("Läge"), _state(row) or "–"),
        ):
            typer.echo(f"{word}: {_printable(value)}")
        typer.echo("\n" + "\n".join(map(_printable, row.words.splitlines())))


@app.command()
def answered(
    mail: MailArgument, by: AsOption = None, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False
) -> None:
    """Säg att ett mejl är besvarat. Ingen påminns om det mer.

    Exempel:
      rundbrev inbound answered 4711
    """
    with opened(directory) as application, application.sessions.begin() as session:
        scope, now = acting.everyone(application), application.now()
        changed = inboxes.answer(session, scope=scope, mail_id=mail, now=now)
        if changed:
            actor = acting.name_of(by)
            acts.log(session, actor=actor, act="answer mail", subject=f"mail {mail}", now=now)
        if as_json:
            emit({"mail": mail, "changed": changed})
        else:
            typer.echo(
                _("Mejlet är besvarat.") if changed else _("Mejlet var redan besvarat. Inget har ändrats.")
            )


def _state(mail: InboundMail) -> str:
    if mail.answered_at is not None:
        return _("besvarat")
    return _("väntar på svar") if mail.owner_id is not None else ""


def _printable(text: str) -> str:
    """Return a stranger's words without what a terminal would take for a command."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _plain(mail: InboundMail) -> dict[str, object]:
    return {
        "mail": mail.id,
        "kind": mail.kind.value,
        "at": mail.received_at.isoformat(),
        "from": mail.from_address,
        "name": mail.from_name,
        "subject": mail.subject,
        "person": mail.subscriber_id,
        "region": mail.region,
        "issue": mail.issue_id,
        "outcome": mail.outcome,
        "owner": mail.owner_id,
        "answered": mail.answered_at and mail.answered_at.isoformat(),
    }
