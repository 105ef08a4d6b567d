"""``rundbrev why``: what became of an issue for one person, and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened
from newsletter.core.explanations import Explanation
from newsletter.language import _
from newsletter.services import explaining, issues

if TYPE_CHECKING:
    from newsletter.app import App

app = typer.Typer()


@app.command()
def why(
    issue: IssueArgument,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Personens id, namn, medlemsnummer eller e-postadress.")
    ],
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Varför fick personen numret, eller varför inte? Med tid, serverns ord och skälet.

    Exempel:
      rundbrev why 3 anna@lund.example
      rundbrev why 12/2026 "Anna Åkesson"
    """
    with opened(directory) as application, application.readers() as session:
        from newsletter.rendering import explanations  # Babel, which --help should not pay for

        scope = application.everything("answering on the machine where the register lies")
        found = issues.get(session, issue)
        who = explaining.find_person(session, scope=scope, text=person)
        explanation = explaining.explain(session, scope=scope, issue_id=found.id, subscriber_id=who.id)
        sentence = explanations.sentence(explanation, application.settings.time_zone)
        proof = _wire(application, explanation)
        note = explanations.for_the_it_department(explanation, **proof) if proof else ""
    if as_json:
        emit(_facts(explanation) | {"sentence": sentence, "for_it": note} | proof)
        return
    typer.echo(sentence)
    if explanation.queue_id:
        typer.echo(_("Köid: {queue}").format(queue=explanation.queue_id))
    if note:
        typer.echo("\n" + _("Text till medlemmens it-avdelning:") + "\n\n" + note)


def _wire(application: "App", explanation: Explanation) -> dict[str, str]:
    """Return what the mail looked like on the wire; nothing where there was none."""
    if explanation.delivery_id is None or not explanation.address:
        return {}
    from newsletter.permitting import house_of
    from subscribers.core import tokens
    from subscribers.core.tokens import Purpose

    house, ring = house_of(application.current()), application.keyring
    token = tokens.make(ring, Purpose.MESSAGE, explanation.delivery_id)
    return {
        "message_id": house.message_id(token),
        "sender": house.from_address,
        "envelope": house.envelope_sender(ring, explanation.delivery_id),
    }


def _facts(explanation: Explanation) -> dict[str, Any]:
    return {
        "issue": explanation.issue_id,
        "name": explanation.issue,
        "person": explanation.subscriber_id,
        "person_name": explanation.person,
        "answer": explanation.answer.value,
        "reason": explanation.reason,
        "address": explanation.address,
        "at": explanation.at and explanation.at.isoformat(),
        "next_try_at": explanation.due_at and explanation.due_at.isoformat(),
        "attempts": explanation.attempts,
        "reply": explanation.reply,
        "queue_id": explanation.queue_id,
    }
