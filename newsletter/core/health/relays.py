"""What a relay answers, judged: whether it takes our letters, and safely (rule P5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from newsletter.core.health.checks import Check, Group, Level, mark

#: Days left of a certificate from which on somebody should see to it.
SOON = 14


class Failure(Enum):
    """How far it came, and no further."""

    NO_NAME = "no name"
    REFUSED = "refused"
    SILENT = "silent"
    NO_MAIL_SERVER = "no mail server"
    NO_TLS = "no tls"
    BAD_CERTIFICATE = "bad certificate"
    NOT_SIGNED_IN = "not signed in"
    ELSE = "else"


@dataclass(frozen=True, slots=True)
class Examined:
    """What was seen of a relay. ``said`` is what went wrong, in the server's words or the system's.

    ``tls`` is the version ("TLSv1.3"), "" for plain text; ``certificate_days`` are those left, None where no
    certificate was looked at. ``extensions`` are what EHLO offers, in lower case, with their values.
    """

    host: str
    port: int
    failure: Failure | None = None
    said: str = ""
    greeting: str = ""
    tls: str = ""
    certificate_days: int | None = None
    stays_here: bool = False
    signs_in: bool = False
    extensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Needs:
    """What our letters ask of a relay: the largest one in octets (0: none yet), and whether SMTPUTF8."""

    largest: int
    utf8: bool


_FAILURES = {
    Failure.NO_NAME: (
        mark("Det finns ingen server som heter {host}."),
        mark("Se efter vad SMTP_HOST säger. Fråga annars webbhotellet vad servern för utgående post heter."),
    ),
    Failure.REFUSED: (
        mark("{host} tar inte emot anslutningar på port {port}."),
        mark(
            "Säg till webbhotellet: vi behöver ansluta till {host} på port {port} för utgående post. Är det "
            "rätt port, och är den öppen utåt?"
        ),
    ),
    Failure.SILENT: (
        mark("{host} svarar inte på port {port}."),
        mark(
            "Säg till webbhotellet: vi behöver ansluta till {host} på port {port} för utgående post. Är det "
            "rätt port, och är den öppen utåt?"
        ),
    ),
    Failure.NO_MAIL_SERVER: (
        mark("Det som svarar på {host}, port {port}, talar inte som en mejlserver."),
        mark("Se efter SMTP_PORT och SMTP_SECURITY: 587 hör ihop med starttls, 465 med tls."),
    ),
    Failure.NO_TLS: (
        mark("{host} erbjuder ingen kryptering på port {port}, och okrypterat skickas inga brev."),
        mark(
            "Säg till webbhotellet: vi behöver STARTTLS på {host}, port {port}, eller TLS på port 465. Sätt "
            "sedan SMTP_SECURITY därefter."
        ),
    ),
    Failure.BAD_CERTIFICATE: (
        mark("Certifikatet hos {host} går inte att lita på, så inga brev skickas dit."),
        mark(
            "Säg till webbhotellet: certifikatet på {host}, port {port}, är ogiltigt eller gäller ett annat "
            "namn."
        ),
    ),
    Failure.NOT_SIGNED_IN: (
        mark("{host} godtar inte inloggningen."),
        mark(
            "Se efter SMTP_USER och SMTP_PASSWORD. Säg annars till webbhotellet: kontot ska få skicka post "
            "genom {host}."
        ),
    ),
    Failure.ELSE: (
        mark("Det gick inte att tala färdigt med {host}."),
        mark("Visa svaret nedan för den som sköter {host}."),
    ),
}


def checks(seen: Examined, needs: Needs) -> list[Check]:
    """Return what is right and wrong with a relay, as far as it was seen."""
    if seen.failure is not None:
        says, do = _FAILURES[seen.failure]
        return [_check(seen, "relay", Level.RED, says, do, said=seen.said), *_secured(seen)]
    return [_connected(seen), *_secured(seen), *_signed_in(seen), *_offers(seen, needs)]


def certificate(group: Group, host: str, days: int) -> Check:
    """Tell how long a certificate lasts."""
    facts: dict[str, str | int] = {"host": host, "days": days}
    if days >= SOON:
        says = mark("Certifikatet hos {host} gäller i {days} dagar till.")
        return Check(group, "certificate", Level.GREEN, says, facts=facts, about=host)
    return Check(
        group,
        "certificate",
        Level.AMBER,
        mark("Certifikatet hos {host} går ut om {days} dagar."),
        mark("Säg till webbhotellet: certifikatet för {host} behöver förnyas."),
        facts,
        about=host,
    )


def _connected(seen: Examined) -> Check:
    return _check(seen, "relay", Level.GREEN, mark("{host} svarar på port {port}."), said=seen.greeting)


def _secured(seen: Examined) -> Iterator[Check]:
    if seen.tls:
        yield _check(
            seen, "tls", Level.GREEN, mark("Anslutningen är krypterad med {version}."), version=seen.tls
        )
    elif seen.stays_here and seen.failure is None:
        yield _check(
            seen,
            "tls",
            Level.GREEN,
            mark("Anslutningen stannar på den här datorn, och behöver inte krypteras."),
        )
    elif seen.failure is None:
        yield _check(
            seen,
            "tls",
            Level.AMBER,
            mark("Anslutningen till {host} är inte krypterad. Den som lyssnar på vägen kan läsa breven."),
            mark("Fråga mejlserverns leverantör efter STARTTLS eller TLS, och ta bort SMTP_PLAINTEXT."),
        )
    if seen.certificate_days is not None:
        yield certificate(Group.RELAY, seen.host, seen.certificate_days)


def _signed_in(seen: Examined) -> Iterator[Check]:
    if seen.signs_in:
        yield _check(seen, "auth", Level.GREEN, mark("{host} godtar inloggningen."))
    elif not seen.stays_here:
        yield _check(
            seen,
            "auth",
            Level.AMBER,
            mark("Ingen inloggning är satt. Det går bara om {host} känner igen den här maskinen."),
            mark("Sätt SMTP_USER och SMTP_PASSWORD, om servern ska ha det."),
        )


def _offers(seen: Examined, needs: Needs) -> Iterator[Check]:
    yield _size(seen, needs.largest)
    if needs.utf8 and "smtputf8" not in seen.extensions:
        yield _check(
            seen,
            "smtputf8",
            Level.AMBER,
            mark("{host} tar inte brev till adresser med å, ä, ö före @ (SMTPUTF8). De får inget brev."),
            mark("Fråga mejlserverns leverantör om SMTPUTF8, eller be medlemmarna om en annan adress."),
        )
    elif "smtputf8" in seen.extensions:
        yield _check(
            seen,
            "smtputf8",
            Level.GREEN,
            mark("{host} tar brev till adresser med å, ä, ö före @ (SMTPUTF8)."),
        )
    says = (
        mark("{host} tar flera frågor i taget (PIPELINING), så utskicket går fort.")
        if "pipelining" in seen.extensions
        else mark("{host} tar en fråga i taget (inget PIPELINING). Det går bra, men långsammare.")
    )
    yield _check(seen, "pipelining", Level.GREEN, says)


def _size(seen: Examined, largest: int) -> Check:
    limit = seen.extensions.get("size", "")
    most = int(limit) if limit.isascii() and limit.isdecimal() else 0  # 0: no fixed limit (RFC 1870 4)
    if 0 < most < largest:
        return _check(
            seen,
            "size",
            Level.RED,
            mark("{host} tar brev på högst {most} kB, och det största hittills är {largest} kB."),
            mark(
                "Säg till webbhotellet: vi behöver skicka brev på {largest} kB genom {host}. Eller låt "
                "bilderna hämtas i stället för att följa med (PICTURES=hosted)."
            ),
            most=most // 1000,
            largest=-(-largest // 1000),
        )
    if most:
        return _check(
            seen, "size", Level.GREEN, mark("{host} tar brev på upp till {most} kB."), most=most // 1000
        )
    return _check(seen, "size", Level.GREEN, mark("{host} säger ingen gräns för hur stora brev får vara."))


def _check(
    seen: Examined, name: str, level: Level, says: str, do: str = "", *, said: str = "", **facts: str | int
) -> Check:
    told: dict[str, str | int] = {"host": seen.host, "port": seen.port, **facts}
    return Check(Group.RELAY, name, level, says, do, told, said=said, about=f"{seen.host}:{seen.port}")
