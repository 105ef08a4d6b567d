"""All checks of one variant as rendered, in the order in which they are told."""

from collections.abc import Iterator

from newsletter.core.preflight import (
    contrast,
    hosts,
    leaks,
    markup,
    message,
    parity,
    pictures,
    placeholders,
    size,
    support,
)
from newsletter.core.preflight.findings import Finding, Severity
from newsletter.core.preflight.matter import Matter, Version


def check_stopping(version: Version, matter: Matter) -> Iterator[Finding]:
    """Give only what must not go out; quick enough to be asked whenever an issue is scheduled."""
    found = (
        *leaks.check(version, matter.parts),
        *placeholders.check(version),
        *message.check(version),
        *size.check(version, matter.titles()),
        *pictures.check(version),
    )
    yield from (finding for finding in found if finding.severity is Severity.STOP)


def check_version(version: Version, matter: Matter) -> Iterator[Finding]:
    """Give everything that is wrong with a variant as it would go out; it need not be one of ``matter``'s."""
    titles = matter.titles()
    yield from leaks.check(version, matter.parts)
    yield from placeholders.check(version)
    yield from message.check(version)
    yield from size.check(version, titles)
    yield from parity.check(version, titles)
    yield from markup.check(version)
    yield from contrast.check(version)
    yield from hosts.check(version)
    yield from support.check(version)
