"""What the machine itself needs: a database that keeps its word, room on the disk, a clock that is right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from newsletter.core.health.checks import Check, Facts, Group, Level, mark

#: Octets free below which nothing more should be sent, and below which somebody should make room.
LEAST_FREE, LITTLE_FREE = 200_000_000, 1_000_000_000
#: How far clocks may be apart before it shows: a Date that is off by minutes looks like spam.
_APART = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Database:
    """What a database says of itself. ``unsafe`` is what lets a commit die with the power; "" for nothing."""

    kind: str
    version: str
    revision: str
    newest: str
    unsafe: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of the time here. ``synchronised`` is None where the system does not say.

    ``database_apart`` and ``web_apart`` are how far this machine's clock is ahead of the others'.
    """

    zone: str
    local: str
    synchronised: bool | None = None
    database_apart: timedelta | None = None
    web_apart: timedelta | None = None


def database(found: Database) -> Iterator[Check]:
    """Judge a database that answers."""
    facts: dict[str, str | int] = {
        "kind": found.kind,
        "version": found.version,
        "revision": found.revision,
        "newest": found.newest,
        "what": found.unsafe,
    }
    if found.revision != found.newest:
        yield _check(
            "migrations",
            Level.RED,
            mark("Databasen är på version {revision}, och programmet behöver {newest}."),
            mark(
                "Starta om rundbrev serve, så uppdateras den. Kör inte två versioner av programmet på en "
                "databas."
            ),
            facts,
        )
    if found.unsafe:
        yield _check(
            "durability",
            Level.RED,
            mark("Databasen lovar inte att det som sparats finns kvar efter ett strömavbrott ({what})."),
            mark("Säg till den som sköter databasen: {what} ska ändras, annars kan brev gå två gånger."),
            facts,
        )
    elif found.revision == found.newest:
        yield _check(
            "database",
            Level.GREEN,
            mark("Databasen svarar ({kind} {version}), är uppdaterad och sparar så att det håller."),
            facts=facts,
        )


def disk(path: str, free: int) -> Check:
    """Judge how much room there is, in octets, where the data lies."""
    facts: dict[str, str | int] = {"path": path, "free": free // 1_000_000}
    if free >= LITTLE_FREE:
        return _check("disk", Level.GREEN, mark("Det finns {free} MB ledigt i {path}."), facts=facts)
    level = Level.RED if free < LEAST_FREE else Level.AMBER
    return _check(
        "disk",
        level,
        mark("Det finns bara {free} MB ledigt i {path}. När disken är full stannar utskicken."),
        mark("Säg till webbhotellet: vi behöver mer plats, eller rensa gamla säkerhetskopior i {path}."),
        facts,
    )


def clock(found: Clock) -> Iterator[Check]:
    """Judge the clock by all that can be known, and say what that is."""
    yield _check(
        "zone",
        Level.GREEN,
        mark("Tidszonen är {zone}, och klockan är {local}."),
        facts={"zone": found.zone, "local": found.local},
    )
    wrong = list(_apart(found))
    yield from wrong or [_kept_right(found)]


def _apart(found: Clock) -> Iterator[Check]:
    for apart, says in (
        (found.database_apart, mark("Klockan här går {seconds} sekunder fel mot databasserverns.")),
        (found.web_apart, mark("Klockan här går {seconds} sekunder fel mot webbserverns på BASE_URL.")),
    ):
        if apart is not None and abs(apart) > _APART:
            yield _check(
                "clock",
                Level.RED,
                says,
                mark(
                    "Säg till webbhotellet: klockan på maskinen ska ställas av NTP. Brev med fel tid stoppas."
                ),
                {"seconds": round(abs(apart).total_seconds())},
            )


def _kept_right(found: Clock) -> Check:
    if found.synchronised:
        return _check("clock", Level.GREEN, mark("Klockan ställs av en tidsserver (NTP)."))
    if found.database_apart is not None:
        return _check("clock", Level.GREEN, mark("Klockan stämmer med databasserverns."))
    return _check(
        "clock",
        Level.AMBER,
        mark("Ingen här vet om klockan går rätt: systemet säger inte att en tidsserver ställer den."),
        mark("Jämför {local} med en klocka du litar på. Säg annars till webbhotellet: slå på NTP."),
        {"local": found.local},
    )


def _check(name: str, level: Level, says: str, do: str = "", facts: Facts | None = None) -> Check:
    return Check(Group.MACHINE, name, level, says, do, facts or {})
