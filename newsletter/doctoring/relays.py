"""The mail servers that letters are handed to: each looked at as sending meets it, with no letter sent."""

from collections.abc import Sequence

from newsletter import relaying
from newsletter.app import App
from newsletter.core.health import relays
from newsletter.core.health.checks import Check, Group
from newsletter.core.health.relays import Needs
from newsletter.doctoring.at_once import Task
from newsletter.mail import examining
from newsletter.mail.smtp import Relay
from newsletter.services import check_ups
from newsletter.settings import Settings

SECONDS = 20.0


def all_of(settings: Settings) -> Sequence[Relay]:
    """Return the relays that mail may go through; none in practice mode, where it stays in our own sink."""
    return [] if settings.uses_own_sink else relaying.relays_of(settings)


def tasks(app: App) -> list[Task]:
    """Return what is looked at here."""
    return [
        Task(Group.RELAY, "relay", relay.name, SECONDS, lambda relay=relay: _relay(app, relay))  # type: ignore[misc]
        for relay in all_of(app.current())
    ]


def _relay(app: App, relay: Relay) -> list[Check]:
    with app.readers() as session:
        needs = Needs(check_ups.largest_letter(session), check_ups.needs_smtputf8(session))
    tokens = relaying.access_tokens(app)
    return relays.checks(examining.examine(relay, now=app.now(), access_token=tokens), needs)
