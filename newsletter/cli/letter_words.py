"""How a person's letters are told beside their card: the latest issues and what became of each."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.frame import show_table
from newsletter.core.explanations import Answer, Explanation
from newsletter.language import _, mark

_ANSWERS = {
    Answer.ACCEPTED: mark("Överlämnat"),
    Answer.QUEUED: mark("I kö"),
    Answer.SENDING: mark("Sänds"),
    Answer.WAITING: mark("Väntar på nytt försök"),
    Answer.REFUSED: mark("Avvisat"),
    Answer.UNKNOWN: mark("Ovisst: kan ha gått fram"),
    Answer.WITHDRAWN: mark("Återkallat"),
    Answer.LEFT_OUT: mark("Utelämnat"),
    Answer.SHARED: mark("I samma brev som en annan på adressen"),
}


def facts(explanation: Explanation) -> dict[str, Any]:
    """Return what became of one issue, for ``--json``; the time in UTC."""
    return {
        "issue": explanation.issue_id,
        "name": explanation.issue,
        "answer": explanation.answer.value,
        "reason": explanation.reason,
        "address": explanation.address,
        "at": explanation.at and explanation.at.isoformat(),
        "reply": explanation.reply,
    }


def show(latest: Sequence[Explanation], zone: str) -> None:
    """Print the letters, the newest first, and how to ask for the reason; nothing where there are none."""
    if not latest:
        return
    typer.echo()
    show_table(
        (_("Nummer"), _("Läge"), _("Tid"), _("Adress"), _("Serverns svar")),
        [
            (
                each.issue,
                _(_ANSWERS[each.answer]),
                f"{each.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if each.at else "",
                each.address,
                each.reply,
            )
            for each in latest
        ],
    )
    typer.echo(
        _("Skälet i en mening: rundbrev why {issue} {person}").format(
            issue=latest[0].issue_id, person=latest[0].subscriber_id
        )
    )
