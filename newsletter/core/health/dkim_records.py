"""DKIM key records: whether what the DNS has is the key that we sign with (RFC 6376 3.6.1; rules U2, P3)."""

from collections.abc import Mapping, Sequence

from newsletter.core.health.checks import Check, Group, Level, Record, mark
from newsletter.core.health.names import Names


def published(domain: str, keys: Sequence[tuple[str, str]], names: Names) -> list[Check]:
    """Check each key of ours: (name in the DNS, record). Raises ``Unanswered``."""
    if not keys:
        return [
            Check(
                Group.DOMAIN,
                "dkim",
                Level.RED,
                mark("DKIM är ”own”, men det finns ingen nyckel för {domain}. Inga brev skickas."),
                mark("Gör en med rundbrev dkim make NAMN, eller sätt DKIM=relay om mejlservern signerar."),
                {"domain": domain},
                about=domain,
            )
        ]
    return [_key(domain, name, record, names) for name, record in keys]


def signed_by_relay(domain: str) -> Check:
    """Tell that the relay signs, as far as the settings say; only a letter that has arrived shows it."""
    return Check(
        Group.DOMAIN,
        "dkim",
        Level.AMBER,
        mark(
            "Mejlservern ska signera breven med DKIM för {domain}. Det syns först på ett brev som har "
            "kommit fram."
        ),
        mark(
            "Säg till mejlserverns leverantör: breven ska signeras med DKIM för {domain}, över "
            "List-Unsubscribe och List-Unsubscribe-Post också. Går det inte: rundbrev dkim make."
        ),
        {"domain": domain},
        about=domain,
        until="came-dkim",
    )


def _key(domain: str, name: str, record: str, names: Names) -> Check:
    found = [text for text in names.texts(name) if "p" in tags(text)]
    wrong = _wrong(found, record)
    facts = {"domain": domain, "name": name}
    if wrong:
        says, do = wrong
        return Check(
            Group.DOMAIN, "dkim", Level.RED, says, do, facts, (Record(name, "TXT", record),),
            " | ".join(found)[:600], domain,
        )  # fmt: skip
    if "y" in tags(found[0]).get("t", "").split(":"):
        return Check(
            Group.DOMAIN,
            "dkim",
            Level.AMBER,
            mark("Nyckeln {name} är märkt som prov (t=y), så mottagare bryr sig inte om signaturen."),
            mark("Säg till den som sköter DNS för {domain}: byt posten {name} mot den nedan."),
            facts,
            (Record(name, "TXT", record),),
            about=domain,
        )
    return Check(
        Group.DOMAIN, "dkim", Level.GREEN, mark("DKIM: nyckeln {name} i DNS är vår."), "", facts, about=domain
    )


def _wrong(found: Sequence[str], record: str) -> tuple[str, str] | None:
    if not found:
        return (
            mark("Nyckeln {name} finns inte i DNS. Signaturer som ingen kan kontrollera är sämre än inga."),
            mark("Säg till den som sköter DNS för {domain}: lägg in posten nedan."),
        )
    if len(found) > 1:
        return (
            mark("Det finns flera DKIM-poster för {name}. Mottagare väljer en av dem på måfå."),
            mark("Säg till den som sköter DNS för {domain}: låt bara posten nedan stå kvar."),
        )
    if not tags(found[0])["p"]:
        return (
            mark("Nyckeln {name} är återkallad i DNS (tomt p=), så alla signaturer är ogiltiga."),
            mark("Säg till den som sköter DNS för {domain}: byt posten {name} mot den nedan."),
        )
    if tags(found[0])["p"] != tags(record)["p"]:
        return (
            mark("Nyckeln {name} i DNS är en annan än den breven signeras med, så signaturerna är ogiltiga."),
            mark("Säg till den som sköter DNS för {domain}: byt posten {name} mot den nedan."),
        )
    return None


def tags(record: str) -> Mapping[str, str]:
    """Return the tags of a record or signature, blanks taken out of their values (RFC 6376 3.2)."""
    pairs = (each.partition("=") for each in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs if name.strip()}
