"""How long each kind of data is kept, and why: one table (GDPR 5(1)(e); rule L5).

``services.retention`` in newsletter carries it out: by a daily job what is automatic, by hand the rest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from subscribers.errors import mark

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a kind of data is kept. ``after`` None: as long as the association exists.

    ``automatic``: the daily job takes it away; otherwise somebody must ask for it. ``sentence`` is Swedish:
    what it is, what is done, and why that long.
    """

    kind: str
    after: timedelta | None
    automatic: bool
    sentence: str

    def before(self, now: datetime) -> datetime | None:
        """Return the moment before which it goes; None where it stays."""
        return None if self.after is None else now - self.after


#: By kind, in the order in which it is shown.
RETENTION: tuple[Retention, ...] = (
    Retention(
        "sign-ups",
        timedelta(days=14),
        automatic=True,
        sentence=mark("Anmälningar, bekräftade eller inte. Länken gäller i sju dagar."),
    ),
    Retention(
        "address-changes",
        timedelta(days=90),
        automatic=True,
        sentence=mark("Önskemål om ny adress, hur det gick och varför. Själva adressen står i registret."),
    ),
    Retention(
        "release-reasons",
        2 * _YEAR,
        automatic=True,
        sentence=mark("Skälen till att spärrar har hävts. Att det gjordes, när och av vem står kvar."),
    ),
    Retention(
        "sink-mails",
        timedelta(days=90),
        automatic=True,
        sentence=mark("Övningsbrev i den lokala brevlådan."),
    ),
    Retention(
        "field-changes",
        2 * _YEAR,
        automatic=True,
        sentence=mark(
            "Tidigare värden på uppgifter om personer. Det senaste ordet om varje uppgift står kvar."
        ),
    ),
    Retention(
        "article-drafts",
        timedelta(days=60),
        automatic=True,
        sentence=mark("Utkast till artiklar som aldrig sparades."),
    ),
    Retention(
        "review-copies",
        timedelta(days=90),
        automatic=True,
        sentence=mark("Kopior av nummer som har granskats. Så länge numret är ett utkast står de kvar."),
    ),
    Retention(
        "review-comments",
        _YEAR,
        automatic=True,
        sentence=mark("Granskares kommentarer till nummer som har gått. Vem som godkände vad står kvar."),
    ),
    Retention(
        "passed-warnings",
        _YEAR,
        automatic=True,
        sentence=mark(
            "Vad kontrollen sade om nummer som gick trots anmärkningar. Skälet står kvar i loggen."
        ),
    ),
    Retention(
        "handovers",
        2 * _YEAR,
        automatic=True,
        sentence=mark("Vad som var öppet när ett uppdrag lämnades över. Att det gjordes står kvar i loggen."),
    ),
    Retention(
        "link-answers",
        timedelta(days=1),
        automatic=True,
        sentence=mark("Vad sidor som vi länkar till svarade när vi frågade om de finns."),
    ),
    Retention(
        "notes",
        timedelta(days=90),
        automatic=True,
        sentence=mark(
            "Att brev till en enda person har gått, som länkar, besked och provbrev, och till vilken adress. "
            "Innehållet raderas så snart brevet har gått."
        ),
    ),
    Retention(
        "inbound-mails",
        _YEAR,
        automatic=True,
        sentence=mark(
            "Brev som har kommit in, som svar, studsar och avregistreringar. Vad de ledde till står kvar: "
            "spärrar, ja och nej."
        ),
    ),
    Retention(
        "acknowledgements",
        timedelta(days=7),
        automatic=True,
        sentence=mark(
            "Vilka adresser som har fått ett automatiskt svar och vilken dag, så att det blir högst ett om "
            "dagen."
        ),
    ),
    Retention(
        "address-failures",
        _YEAR,
        automatic=True,
        sentence=mark("Att brev till en adress har kommit tillbaka, och vad mottagarens server svarade."),
    ),
    Retention(
        "resting-domains",
        timedelta(days=30),
        automatic=True,
        sentence=mark("Vilka mottagande domäner som har velat ha färre brev, och till när de vilade."),
    ),
    Retention(
        "calls",
        _YEAR,
        automatic=True,
        sentence=mark("Vem som skulle ringas eller skrivas till, räknat från att det blev klart."),
    ),
    Retention(
        "block-links",
        timedelta(days=60),
        automatic=True,
        sentence=mark("Länkar till regionernas inslag, räknat från sista dagen att skriva."),
    ),
    Retention(
        "sessions",
        timedelta(days=1),
        automatic=True,
        sentence=mark("Inloggningar och länkar till inloggning och egna sidor, räknat från att de gick ut."),
    ),
    Retention(
        "staged-files",
        timedelta(days=1),
        automatic=True,
        sentence=mark("Filer med registret som är på väg in. En fil som har lästs in raderas genast."),
    ),
    Retention(
        "delivery-addresses",
        2 * _YEAR,
        automatic=True,
        sentence=mark("Adresser och svar i liggaren över brev. Att brevet gick, när och till vem står kvar."),
    ),
    Retention(
        "former-members",
        2 * _YEAR,
        automatic=False,
        sentence=mark("Den som har slutat som medlem och inte får några brev. Raderas när någon ber om det."),
    ),
    Retention(
        "consents",
        None,
        automatic=False,
        sentence=mark("Ja och nej, under en pseudonym: de är beviset på att vi fick skriva."),
    ),
    Retention(
        "acts",
        None,
        automatic=False,
        sentence=mark("Loggen över vad som har gjorts. Där står inga personuppgifter om medlemmar."),
    ),
)


def of(kind: str) -> Retention:
    """Return the row of a kind. Raises ``KeyError``."""
    found = {row.kind: row for row in RETENTION}
    return found[kind]
