"""A mail to ourselves through each relay, where Rundbrev reads mail: what comes home is compared later.

a row | commit -> written and kept | commit -> mail.smtp -> its answer | commit
"""

from collections.abc import Iterator
from functools import partial
from zoneinfo import ZoneInfo

from newsletter import permitting, relaying
from newsletter.app import App
from newsletter.core import boomerangs as writing
from newsletter.core import headers
from newsletter.core.boomerangs import Words
from newsletter.core.health.checks import Check, Group, Level, mark, printable
from newsletter.core.letters import Claim, House, Letter
from newsletter.core.replies import Reply
from newsletter.doctoring.at_once import Task
from newsletter.doctoring.relays import all_of
from newsletter.language import _, using
from newsletter.mail import smtp
from newsletter.mail.smtp import Relay
from newsletter.services import boomerangs
from subscribers.errors import SentenceError

_SECONDS = 40.0
_PATIENCE = smtp.Timeouts(connect=8, command=8, data=8, content=10, end=15, quit=1)
_NO_ADDRESS = Check(
    Group.BOOMERANG,
    "boomerang",
    Level.AMBER,
    mark("Inget brev skickades till er själva, för Rundbrev läser ingen adress."),
    mark(
        "Då syns inte om mejlservern ändrar i breven. Ange INBOUND_ADDRESS enligt driftguiden, eller skicka "
        "ett provbrev till er själva och titta på det."
    ),
)
_PRACTICE = Check(
    Group.BOOMERANG,
    "boomerang",
    Level.AMBER,
    mark("Inget brev skickades till er själva, för i övningsläget stannar breven här."),
)


def count(app: App) -> int:
    """Return how many tasks there will be."""
    return len(tasks(app, 0))


def tasks(app: App, check_up: int) -> list[Task]:
    """Return the tasks that send the mails of a check-up; one that says why where none is sent."""
    settings = app.current()
    if not settings.inbound_address:
        return [_nothing(_NO_ADDRESS)]
    return [
        Task(Group.BOOMERANG, "boomerang", relay.name, _SECONDS, partial(_throw, app, check_up, relay))
        for relay in all_of(settings)
    ] or [_nothing(_PRACTICE)]


def _nothing(why: Check) -> Task:
    return Task(Group.BOOMERANG, "boomerang", "SMTP_HOST", _SECONDS, lambda: [why])


def _throw(app: App, check_up: int, relay: Relay) -> Iterator[Check]:
    with app.sessions.begin() as session:
        number = boomerangs.begin(session, check_up_id=check_up, relay=relay.name, now=app.now())
    if number is None:
        return
    try:
        letter = _letter(app, number)
    except SentenceError as error:
        with app.sessions.begin() as session:
            boomerangs.give_up(session, boomerang_id=number)
        facts = {name: str(value) for name, value in error.facts.items()}
        yield Check(Group.BOOMERANG, "boomerang", Level.RED, error.sentence, "", facts, about=relay.name)
        return
    with app.sessions.begin() as session:
        boomerangs.goes(session, boomerang_id=number, went=letter.content)
    accepted, said = _hand_over(app, relay, letter)
    with app.sessions.begin() as session:
        boomerangs.sent(session, boomerang_id=number, accepted=accepted, said=said)


def _letter(app: App, number: int) -> Letter:
    """Write one as it goes out. Raises ``HeaderRefused`` and ``SendingRefused``."""
    settings = app.current()
    house: House = permitting.sending_house(app)
    with using(settings.interface_language):
        words = Words(
            _("Prov"),
            _("Så här ser ett brev ut när det går. Det kom hit för att jämföras med det här: åäö ÅÄÖ."),
            _("Föreningens sidor"),
        )
    content = writing.write(
        house=house,
        words=words,
        token=writing.token(app.keyring, number),
        date=headers.date(app.now().astimezone(ZoneInfo(settings.time_zone))),
    )
    recipient = headers.wire_address(settings.inbound_address)
    return Letter(Claim(0, 1, None), settings.envelope_address, recipient, house.seal(content))


def _hand_over(app: App, relay: Relay, letter: Letter) -> tuple[bool, str]:
    """Return whether the relay took it, and what it answered."""
    try:
        connection = smtp.connect(relay, timeouts=_PATIENCE, access_token=relaying.access_tokens(app))
    except smtp.Unreachable as error:
        return False, printable(str(error))
    except SentenceError as error:
        return False, str(error)
    try:
        outcome = connection.deliver(letter)
    finally:
        connection.close()
    if isinstance(outcome, Reply):
        return 200 <= outcome.code < 300, printable(outcome.line)
    return False, printable(str(getattr(outcome, "why", outcome)))
