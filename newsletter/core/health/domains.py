"""What the DNS says of the domains that letters come from and that answers go to (rules P1-P4, P11, P12).

Each function asks ``Names`` and returns checks; ``guarded`` makes a check of a DNS that does not answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from newsletter.core.health import dmarc, spf
from newsletter.core.health.checks import Check, Group, Level, Record, mark
from newsletter.core.health.names import Names, Unanswered, is_made_up, version_of
from newsletter.core.health.spf import Result, Survey
from newsletter.core.preflight.hosts import deceives

_MOST_HOSTS = 5


@dataclass(frozen=True, slots=True)
class Host:
    """A relay, and the addresses that it answers at. Mail may leave from others."""

    name: str
    addresses: tuple[str, ...] = ()

    @property
    def term(self) -> str:
        """What lets it send, in an SPF record."""
        version = version_of(self.name)
        return f"ip{version}:{self.name}" if version else f"a:{self.name}"


def guarded(name: str, about: str, ask: Callable[[], Iterable[Check]]) -> list[Check]:
    """Return what ``ask`` finds; where the DNS does not answer, that it does not."""
    try:
        return list(ask())
    except Unanswered as error:
        return [
            _check(
                name,
                Level.AMBER,
                about,
                mark("DNS svarade inte i tid om {domain}, så det här gick inte att se."),
                mark("Prova igen om en stund. Sker det om igen: se om maskinen kommer åt DNS (DNS_SERVER)."),
                said=str(error),
            )
        ]


def made_up(domain: str) -> Check:
    """Tell of a sender's domain that is an example: nothing more is asked about it."""
    return _check(
        "domain",
        Level.AMBER,
        domain,
        mark("Avsändarens domän, {domain}, är ett exempel. För riktiga brev behövs föreningens egen."),
        mark("Sätt FROM_ADDRESS till en adress i föreningens domän, och kontrollera igen."),
    )


def confusable(domain: str) -> list[Check]:
    """Tell whether a domain looks like another than it is (P11)."""
    if not deceives(domain):
        return []
    return [
        _check(
            "idn",
            Level.RED,
            domain,
            mark("Domänen {domain} blandar bokstäver som liknar andra, och stoppas som bedrägeri."),
            mark("Använd en domän med vanliga bokstäver."),
        )
    ]


def sender_policy(domain: str, relays: Sequence[Host], names: Names) -> list[Check]:
    """Check the SPF record of the domain that bounces go to (P1). Raises ``Unanswered``."""
    told = spf.survey(domain, names)
    wrong = _no_single_record(domain, told, relays) or _broken(domain, told)
    return [wrong] if wrong else [_who_may(domain, told, relays, names)]


def _no_single_record(domain: str, told: Survey, relays: Sequence[Host]) -> Check | None:
    if not told.records and not relays:
        return _check(
            "spf",
            Level.RED,
            domain,
            mark("{domain} har ingen SPF-post, så mottagare vet inte vem som får skicka för er."),
            mark(
                "Fråga mejlserverns leverantör vad som ska stå i SPF för {domain}, och låt den som sköter "
                "DNS lägga in det."
            ),
        )
    if not told.records:
        hosts = " ".join(relay.term for relay in relays)
        return _check(
            "spf",
            Level.RED,
            domain,
            mark("{domain} har ingen SPF-post, så mottagare vet inte vem som får skicka för er."),
            mark(
                "Säg till den som sköter DNS för {domain}: lägg in posten nedan. Fråga först mejlserverns "
                "leverantör vad som ska stå i den: oftast ett include, i stället för a."
            ),
            records=(Record(domain, "TXT", f"v=spf1 {hosts} ~all"),),
        )
    if len(told.records) > 1:
        return _check(
            "spf",
            Level.RED,
            domain,
            mark("{domain} har {count} SPF-poster. Det får bara finnas en: flera räknas som ingen."),
            mark("Säg till den som sköter DNS för {domain}: slå ihop SPF-posterna till en."),
            count=len(told.records),
            said=" | ".join(told.records),
        )
    return None


def _broken(domain: str, told: Survey) -> Check | None:
    record = told.records[0]
    if told.problem:
        return _check(
            "spf",
            Level.RED,
            domain,
            mark("SPF-posten för {domain} går inte att tolka: felet är ”{term}”."),
            mark("Säg till den som sköter DNS för {domain}: rätta SPF-posten vid ”{term}”."),
            term=told.problem,
            said=record,
        )
    if told.lookups > spf.MOST_LOOKUPS or told.void > spf.MOST_VOID:
        return _check(
            "spf",
            Level.RED,
            domain,
            mark(
                "SPF-posten för {domain} kräver upp till {lookups} uppslag, varav {void} utan svar. Högst "
                "{most} och {most_void} är tillåtna, och däröver räknas den som trasig."
            ),
            mark("Säg till den som sköter DNS för {domain}: ta bort include, a och mx som inte behövs."),
            lookups=told.lookups,
            void=told.void,
            most=spf.MOST_LOOKUPS,
            most_void=spf.MOST_VOID,
            said=record,
        )
    if told.policy is not None and told.policy.lets_everybody:
        return _check(
            "spf",
            Level.RED,
            domain,
            mark("SPF-posten för {domain} låter vem som helst skicka i ert namn (+all)."),
            mark("Säg till den som sköter DNS för {domain}: byt +all mot ~all i SPF-posten."),
            said=record,
        )
    return None


def _who_may(domain: str, told: Survey, relays: Sequence[Host], names: Names) -> Check:
    record = told.records[0]
    results = {
        spf.evaluate(domain, address, names)
        for relay in relays
        for address in relay.addresses
    }  # fmt: skip
    if results == {Result.PASS}:
        return _check(
            "spf",
            Level.GREEN,
            domain,
            mark("SPF: {domain} låter mejlservern skicka. {lookups} uppslag av högst {most}."),
            lookups=told.lookups,
            most=spf.MOST_LOOKUPS,
        )
    return _check(
        "spf",
        Level.AMBER,
        domain,
        mark(
            "SPF: {domain} har en post som går att tolka, men den nämner inte mejlserverns egen adress. "
            "Breven kan gå ut från andra adresser än den, så det säger inte säkert något."
        ),
        mark("Fråga mejlserverns leverantör: vad ska stå i SPF för {domain}? I dag står det som syns här."),
        until="came-spf",
        said=record,
    )


def asked_of_receivers(domain: str, names: Names) -> list[Check]:
    """Check the DMARC record that counts for the sender's domain (P1). Raises ``Unanswered``."""
    found = dmarc.find(domain, names).records
    if not found:
        return [
            _check(
                "dmarc",
                Level.RED,
                domain,
                mark("{domain} har ingen DMARC-post. De stora mottagarna kräver en."),
                mark(
                    "Säg till den som sköter DNS för {domain}: lägg in posten nedan. Den stoppar inget, men "
                    "visar att domänen har en ägare."
                ),
                records=(Record(f"_dmarc.{domain}", "TXT", "v=DMARC1; p=none"),),
            )
        ]
    if len(found) > 1 or not found[0].policy:
        return [
            _check(
                "dmarc",
                Level.RED,
                domain,
                mark(
                    "DMARC för {domain} räknas inte: det ska finnas en enda post, med p=none eller strängare."
                ),
                mark("Säg till den som sköter DNS för {domain}: låt bara posten nedan stå kvar."),
                records=(Record(f"_dmarc.{found[0].at}", "TXT", "v=DMARC1; p=none"),),
                said=" | ".join(each.text for each in found),
            )
        ]
    return [_policy(domain, found[0])]


def _policy(domain: str, found: dmarc.Dmarc) -> Check:
    do = (
        ""
        if found.reports
        else mark("Vill ni få veta vem som skickar i ert namn, så lägg till rua=mailto: och en adress.")
    )
    return _check(
        "dmarc",
        Level.GREEN,
        domain,
        mark("DMARC: {at} ber mottagare om ”{policy}” för brev som inte går att styrka."),
        do,
        at=found.at,
        policy=found.policy_for(domain),
    )


def vouched_for(sender: str, envelope: str, names: Names, *, signs: bool) -> list[Check]:
    """Tell whether SPF or our own DKIM vouches for the domain in From (P2). Raises ``Unanswered``.

    ``signs``: letters are signed here, by the very domain of From.
    """
    found = dmarc.find(sender, names).records
    strict = len(found) == 1 and found[0].strict_spf
    if signs or dmarc.are_aligned(sender, envelope, names, strict=strict):
        return [
            _check(
                "alignment",
                Level.GREEN,
                sender,
                mark("Avsändarens domän, {domain}, är den som {by} styrker."),
                by="DKIM" if signs else "SPF",
            )
        ]
    return [
        _check(
            "alignment",
            Level.AMBER,
            sender,
            mark(
                "Studsar går till {envelope}, så SPF styrker inte avsändarens domän, {domain}. Då måste "
                "mejlserverns signatur (DKIM) göra det, och den syns först på ett brev som har kommit fram."
            ),
            mark(
                "Säg till mejlserverns leverantör: breven ska signeras med DKIM för {domain}. Eller sätt "
                "BOUNCE_ADDRESS till en adress i {domain}."
            ),
            envelope=envelope,
            until="came-dkim",
        )
    ]


def takes_mail(domain: str, names: Names, *, addresses: Sequence[str]) -> list[Check]:
    """Tell whether answers to addresses in a domain arrive (P12, RFC 5321 5.1). Raises ``Unanswered``."""
    named = ", ".join(addresses)
    exchanges = sorted(names.exchanges(domain))
    if any(not host for _, host in exchanges):
        return [
            _check(
                "mx",
                Level.RED,
                domain,
                mark("{domain} säger att den inte tar emot post (null MX). Svar till {addresses} studsar."),
                mark("Säg till den som sköter DNS för {domain}: {addresses} ska ta emot post. Sätt en MX."),
                addresses=named,
            )
        ]
    hosts = [host for _, host in exchanges[:_MOST_HOSTS]] or [domain]
    if not any(names.addresses(host) for host in hosts):
        return [
            _check(
                "mx",
                Level.RED,
                domain,
                mark("Ingen server tar emot post för {domain}. Svar till {addresses} studsar."),
                mark("Säg till den som sköter DNS för {domain}: {addresses} ska ta emot post. Sätt en MX."),
                addresses=named,
                said=", ".join(hosts) if exchanges else "",
            )
        ]
    if not exchanges:
        return [
            _check(
                "mx",
                Level.AMBER,
                domain,
                mark(
                    "{domain} har ingen MX, så svar till {addresses} går till webbservern, om den tar emot."
                ),
                mark(
                    "Säg till den som sköter DNS för {domain}: sätt en MX till servern som har brevlådorna."
                ),
                addresses=named,
            )
        ]
    return [
        _check(
            "mx",
            Level.GREEN,
            domain,
            mark("{host} tar emot post för {domain}: {addresses}."),
            host=hosts[0],
            addresses=named,
        )
    ]


def reverse(relay: Host, names: Names) -> list[Check]:
    """Tell what the reverse DNS of a relay says (P4). Where mail leaves is the relay's own affair."""
    pointers = [
        pointer
        for address in relay.addresses
        for pointer in names.pointers(address)
        if address in names.addresses(pointer)
    ]
    says = mark(
        "Mejlservern sköter omvänt DNS (PTR) för adressen breven går ut från. Det syns inte härifrån."
    )
    if pointers:
        says = mark(
            "Omvänt DNS (PTR) för {relay} stämmer: {pointer}. Mejlservern sköter det för adressen "
            "breven går ut från."
        )
    facts: dict[str, str | int] = {"relay": relay.name, "pointer": pointers[0] if pointers else ""}
    return [Check(Group.DOMAIN, "ptr", Level.GREEN, says, facts=facts, about=relay.name)]


def is_asked_about(domain: str, *, named_server: bool) -> bool:
    """Tell whether the DNS is asked: not about examples, unless somebody has said which server to ask."""
    return named_server or not is_made_up(domain)


def _check(
    name: str,
    level: Level,
    domain: str,
    says: str,
    do: str = "",
    *,
    records: tuple[Record, ...] = (),
    said: str = "",
    until: str = "",
    **facts: str | int,
) -> Check:
    told: dict[str, str | int] = {"domain": domain, **facts}
    return Check(Group.DOMAIN, name, level, says, do, told, records, said[:600], domain, until)
