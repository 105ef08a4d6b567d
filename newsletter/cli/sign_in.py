"""``rundbrev signin-link``: a link to sign in with, for when no mail gets through."""

import secrets
from datetime import timedelta

import typer

from newsletter.cli import acting
from newsletter.cli.acting import AsOption
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.cli.tags import PersonArgument
from newsletter.errors import NewsletterError
from newsletter.language import _
from newsletter.services import sign_ins
from subscribers.services import acts, members, roles

app = typer.Typer()


@app.command("signin-link")
def signin_link(
    person: PersonArgument,
    by: AsOption = None,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Gör en länk som loggar in en person med ett uppdrag, när inga mejl kommer fram. Den gäller i en timme.

    Exempel:
      rundbrev signin-link 17
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone, now = acting.everyone(application), application.now()
        today = acting.local_now(application).date()
        whom = members.get(session, scope=everyone, subscriber_id=person)
        if not roles.held(session, scope=everyone, subscriber_id=person, today=today):
            raise NewsletterError(
                "{name} har inget uppdrag, och kan därför inte logga in. "
                "Ge ett med rundbrev roles give {id} ROLL.",
                name=whom.name,
                id=person,
            )
        secret = secrets.token_urlsafe(32)
        sign_ins.make_link(session, subscriber_id=person, secret=secret, now=now)
        acts.log(
            session,
            actor=acting.name_of(by),
            act="sign-in link made",
            subject=f"person {whom.pseudonym}",
            now=now,
        )
        link = f"{application.settings.base_url}/logga-in/{secret}"
        if as_json:
            emit({"id": person, "link": link, "valid_seconds": sign_ins.LINK_VALID // timedelta(seconds=1)})
        else:
            typer.echo(_("Öppna länken inom en timme. Den kan användas en gång:"))
            typer.echo(link)
