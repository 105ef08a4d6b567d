"""What a mail of ours shows when it has arrived: whether its signature holds, and what its receiver says.

Signatures are checked elsewhere (``mail.verifying``); here it is judged what that means (rules P1-P3, U2).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from newsletter.core.health.checks import Check, Group, Level, mark
from newsletter.core.inbound import mail

#: Bits of an RSA key: fewer are refused (RFC 8301 3.2), and fewer than is advised (P3).
_REFUSED, _SHORT = 1024, 2048
#: Fields that a signature must cover (RFC 8058 4).
_SEALED = ("list-unsubscribe", "list-unsubscribe-post")
_SPF = re.compile(r"\bspf=([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM signature of a mail. ``covers`` are the fields in h=, in lower case.

    ``bits`` is the length of an RSA key, 0 for Ed25519 and where the key was not found.
    """

    domain: str
    selector: str
    holds: bool
    bits: int = 0
    covers: tuple[str, ...] = ()
    why: str = ""


def signed(signatures: Sequence[Signature], *, sender: str, aligned: Collection[str]) -> Iterator[Check]:
    """Judge the signatures. ``aligned`` are those of their domains that count as the sender's (P2)."""
    ours = [each for each in signatures if each.domain in aligned]
    good = [each for each in ours if each.holds]
    facts: dict[str, str | int] = {"domain": sender}
    if not good:
        yield _unsigned(ours, signatures, facts)
        return
    best = max(good, key=lambda each: (set(_SEALED) <= set(each.covers), each.bits or _SHORT))
    facts |= {"signer": best.domain, "selector": best.selector, "bits": best.bits}
    if not set(_SEALED) <= set(best.covers):
        yield _check(
            "dkim",
            Level.RED,
            mark(
                "DKIM-signaturen av {signer} täcker inte fälten för avregistrering, så ingen avsluta-knapp "
                "visas."
            ),
            mark(
                "Säg till mejlserverns leverantör: DKIM-signaturen ska täcka List-Unsubscribe och "
                "List-Unsubscribe-Post (RFC 8058). Går det inte: rundbrev dkim make."
            ),
            facts,
        )
    elif 0 < best.bits < _SHORT:
        yield _check(
            "dkim",
            Level.RED if best.bits < _REFUSED else Level.AMBER,
            mark("DKIM-nyckeln {selector} för {signer} har bara {bits} bitar."),
            mark("Säg till den som sköter DKIM för {signer}: byt till en nyckel på 2048 bitar."),
            facts,
        )
    else:
        yield _check("dkim", Level.GREEN, mark("DKIM-signaturen av {signer} höll hela vägen."), "", facts)


def _unsigned(ours: Sequence[Signature], all_: Sequence[Signature], facts: dict[str, str | int]) -> Check:
    if ours:
        return _check(
            "dkim",
            Level.RED,
            mark(
                "DKIM-signaturen av {signer} håller inte: brevet ändrades efter att det signerades, eller "
                "nyckeln i DNS är en annan."
            ),
            mark(
                "Säg till mejlserverns leverantör: brevet ska signeras sist, och nyckeln {selector} ska stå "
                "i DNS."
            ),
            {**facts, "signer": ours[0].domain, "selector": ours[0].selector},
            said=ours[0].why,
        )
    return _check(
        "dkim",
        Level.RED,
        mark("Brevet kom fram utan DKIM-signatur av {domain}, och stora mottagare kräver en."),
        mark(
            "Säg till mejlserverns leverantör: breven ska signeras med DKIM för {domain}. Går det inte: "
            "rundbrev dkim make."
        ),
        facts,
        said=", ".join(f"d={each.domain}" for each in all_),
    )


def received(came: bytes) -> Iterator[Check]:
    """Tell what the receiving server found of SPF (RFC 8601), where it says so."""
    value = _COMMENT.sub("", mail.read(came).value("Authentication-Results"))
    found = _SPF.search(value)
    if found is None:
        return
    result = found[1].lower()
    if result == "pass":
        yield _check("spf", Level.GREEN, mark("Mottagarens server såg att SPF stämmer."), "", {})
    elif result in ("fail", "softfail", "permerror"):
        yield _check(
            "spf",
            Level.RED,
            mark("Mottagarens server säger att SPF inte stämmer ({result})."),
            mark(
                "Säg till den som sköter DNS: SPF-posten ska ta med de adresser som mejlservern skickar från."
            ),
            {"result": result},
            said=value[:300],
        )


def whole() -> Check:
    """Tell that a mail arrived as it went."""
    says = mark("Brevet kom fram som det gick: avsändare, länkar, avregistrering och text är orörda.")
    return _check("whole", Level.GREEN, says, "", {})


def _check(
    name: str, level: Level, says: str, do: str, facts: dict[str, str | int], *, said: str = ""
) -> Check:
    return Check(Group.BOOMERANG, f"came-{name}", level, says, do, facts, said=said)
