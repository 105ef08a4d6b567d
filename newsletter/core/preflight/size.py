"""The size of the HTML part: above 102 KB, Gmail cuts the mail off and its foot is lost (X14)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import ceil

from newsletter.core.preflight import message
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.matter import Version

#: Bytes. The limit is measured by others, never told by Google.
WARN_FROM, STOP_OVER = 90 * 1024, 102 * 1024


def check(version: Version, titles: Mapping[int, str]) -> Iterator[Finding]:
    """Say when a variant's HTML part is too large, and which articles would mend it as teasers."""
    size = html_size(version)
    if size < WARN_FROM:
        return
    severity, most = (Severity.STOP, STOP_OVER) if size > STOP_OVER else (Severity.WARNING, WARN_FROM - 1)
    fewest = fewest_changes(version.gains, size - most)
    sentence = _SENTENCES[severity, "some" if fewest else "too little" if version.gains else "unknown"]
    facts: dict[str, str | int] = {"size": ceil(size / 1024)}  # rounded up, or 102 kB would be above 102 kB
    if fewest:
        facts["articles"] = ", ".join(
            f"”{titles.get(number, '?')}” (−{_kilobytes(version.gains[number])} kB)" for number in fewest
        )
    yield Finding("X14", severity, sentence, facts, Place.ITEMS).in_variant(version.name)


def html_size(version: Version) -> int:
    """Return the bytes of the HTML part: as encoded for sending, or as decoded if that is more.

    Those who measured disagree. "Gmail is measuring raw source", escapes of quoted-printable included, says
    https://github.com/hteumeuleu/email-bugs/issues/41 (2018-06-06); that the limit varies with the encoding,
    https://www.spamresource.com/2022/01/what-is-gmail-clipping-and-what-to-do.html. The larger is safe.
    """
    encoded = [
        len(str(part.get_payload()).encode("ascii", "surrogateescape"))
        for part in message.read(version.message).message.walk()
        if part.get_content_type() == "text/html"
    ]
    return max([len(version.html.encode()), *encoded])


def fewest_changes(gains: Mapping[int, int], over: int) -> list[int]:
    """Return the fewest articles whose change to a teaser saves ``over`` bytes; none when all do not."""
    chosen: list[int] = []
    for number in sorted((n for n in gains if gains[n] > 0), key=lambda n: (-gains[n], n)):
        if over <= 0:
            break
        chosen.append(number)
        over -= gains[number]
    return chosen if over <= 0 else []


def largest(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding of all that are about size: that of the largest variant, with the names of all."""
    found = sorted(findings, key=lambda each: (each.severity is Severity.STOP, each.facts["size"]))
    names = tuple(name for each in reversed(found) for name in each.variants)
    return [replace(each, variants=names) for each in found[-1:]]


def _kilobytes(size: int) -> int:
    return max(1, round(size / 1024))


_SENTENCES = {
    (Severity.STOP, "some"): mark(
        "Brevet är för stort, {size} kB: över 102 kB klipper Gmail av det. Gör puffar av {articles}, så ryms "
        "det."
    ),
    (Severity.STOP, "too little"): mark(
        "Brevet är för stort, {size} kB: över 102 kB klipper Gmail av det. Inte ens puffar räcker. Flytta "
        "artiklar till ett annat brev."
    ),
    (Severity.STOP, "unknown"): mark(
        "Brevet är för stort, {size} kB: över 102 kB klipper Gmail av det. Gör puffar av de längsta "
        "artiklarna."
    ),
    (Severity.WARNING, "some"): mark(
        "Brevet är {size} kB, och över 102 kB klipper Gmail av det. Gör gärna puffar av {articles}."
    ),
    (Severity.WARNING, "too little"): mark(
        "Brevet är {size} kB, och över 102 kB klipper Gmail av det. Lägg inte till mer, eller flytta en "
        "artikel till ett annat brev."
    ),
    (Severity.WARNING, "unknown"): mark(
        "Brevet är {size} kB, och över 102 kB klipper Gmail av det. Gör gärna puffar av de längsta "
        "artiklarna."
    ),
}
