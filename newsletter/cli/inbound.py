"""``rundbrev inbound``: mail that comes in. Without a further word it takes one from standard input.

A mail server hands a mail over and goes by the exit status (sysexits.h): 0 we have it on the disk, 75 it
must keep the mail and try again, 65 no try will ever do. 1 would tell most servers to send it back.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import unsubscribe_trial
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _

app = typer.Typer()
app.command("test")(unsubscribe_trial.trial)

#: Octets of a mail that are taken. A listener announces less; who pipes has taken the mail already.
LARGEST_MAIL = 30 * 1024 * 1024
_EX_DATAERR = 65
_EX_TEMPFAIL = 75


@app.callback(invoke_without_command=True)
def inbound(
    context: typer.Context,
    sender: Annotated[
        str | None,
        typer.Option(
            "--sender",
            metavar="ADRESS",
            help="Kuvertets avsändare; tom för ett meddelande från en mejlserver.",
        ),
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option("--recipient", metavar="ADRESS", help="Kuvertets mottagare; kan anges flera gånger."),
    ] = None,
    directory: DirOption = DEFAULT_DIR,
) -> None:
    """Ta emot ett mejl från en mejlserver, eller se vad som har kommit in.

    Utan ett kommando läses ett mejl från standard in och läggs på disken innan svaret kommer; serve och
    work läser det sedan. Slutkod 0: mejlet är mottaget. 75: försök igen, mejlservern behåller det.
    65: mejlet är tomt eller större än 30 MB och tas aldrig emot.

    Exempel:
      rundbrev inbound --dir /var/lib/rundbrev < brev.eml
      rundbrev inbound --sender "" --recipient studs+abc@foreningen.se < studs.eml
      rundbrev inbound aside
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(_take(directory, sender, recipient or []))


@app.command()
def aside(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista mejl som inte har gått att läsa in, trots flera försök. De ligger kvar som filer.

    Exempel:
      rundbrev inbound aside
      rundbrev inbound aside --json
    """
    from newsletter.mail import spool

    with opened(directory) as application:
        found = spool.aside(application.paths.inbound)
        if as_json:
            emit({"aside": [{"name": one.name, "at": one.at.isoformat()} for one in found]})
        elif not found:
            typer.echo(_("Inga mejl har lagts åt sidan."))
        else:
            show_table((_("Kom"), _("Fil")), [(f"{one.at:%Y-%m-%d %H:%M}", one.name) for one in found])


@app.command()
def retry(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Försök igen med de mejl som har lagts åt sidan, till exempel efter en uppgradering.

    Exempel:
      rundbrev inbound retry
    """
    from newsletter.mail import spool

    with opened(directory) as application:
        count = spool.try_again(application.paths.inbound)
        if as_json:
            emit({"again": count})
        else:
            typer.echo(_("Mejl som läses in på nytt: {count}").format(count=count))


def _take(directory: Path, sender: str | None, recipients: list[str]) -> int:
    """Put the mail on standard input into the spool, and return the exit status for the mail server."""
    if sys.stdin.isatty():
        typer.echo(_("Skicka in ett mejl på standard in, eller se rundbrev inbound --help."), err=True)
        return 2
    try:
        # No settings are read: a mistake in them must not turn mail away.
        raw = sys.stdin.buffer.read(LARGEST_MAIL + 1)
        if not raw or len(raw) > LARGEST_MAIL:
            typer.echo(_("Mejlet är tomt eller större än 30 MB och tas inte emot."), err=True)
            return _EX_DATAERR
        _put(directory, raw, sender, recipients)
    except Exception as error:  # whatever it is, the mail server must keep the mail
        reason = error.strerror if isinstance(error, OSError) else None
        told = _("Mejlet kan inte läggas i {folder} ({reason}). Mejlservern får försöka igen.")
        typer.echo(told.format(folder=directory, reason=reason or type(error).__name__), err=True)
        return _EX_TEMPFAIL
    return 0


def _put(directory: Path, raw: bytes, sender: str | None, recipients: list[str]) -> None:
    # Only the clock is asked of the application: a mail is taken while the database is down.
    from newsletter.app import moment
    from newsletter.mail import spool

    directory.mkdir(parents=True, mode=0o700, exist_ok=True)
    envelope = spool.Envelope(sender, recipients, "pipe", moment())
    spool.put(directory / spool.NAME, raw, envelope)
