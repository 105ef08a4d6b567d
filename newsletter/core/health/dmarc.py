"""DMARC: what a domain asks of receivers, and which domains count as one (RFC 7489).

The record is looked for at the domain and then at each domain above it, as the RFC's successor does ("DNS
tree walk"): no list of public suffixes is needed, and the domain that has the record is what they share.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter.core.health.names import Names

_POLICIES = ("none", "quarantine", "reject")
#: Labels of the shortest name that is asked: a top-level domain is nobody's own.
_SHORTEST = 2
_MOST_ASKED = 8


@dataclass(frozen=True, slots=True)
class Dmarc:
    """A record, read. ``at`` is the domain that has it. ``policy`` is "" for one that is none.

    ``reports`` are the addresses of rua; ``strict_dkim`` and ``strict_spf`` ask for the very same domain.
    """

    at: str
    policy: str
    subdomains: str = ""
    reports: tuple[str, ...] = ()
    strict_dkim: bool = False
    strict_spf: bool = False
    text: str = ""

    def policy_for(self, domain: str) -> str:
        """Return the policy that counts for a domain: one below has its own (sp=)."""
        return self.policy if domain == self.at else self.subdomains or self.policy


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: one record is right, none or several count as none (RFC 7489 6.6.3)."""

    records: tuple[Dmarc, ...]


def find(domain: str, names: Names) -> Found:
    """Look for the record that counts for a domain. Raises ``Unanswered``."""
    for at in walk(domain):
        texts = [text for text in names.texts(f"_dmarc.{at}") if _is_dmarc(text)]
        if texts:
            return Found(tuple(read(text, at=at) for text in texts))
    return Found(())


def organisation(domain: str, names: Names) -> str:
    """Return the domain that stands for whoever has this one: the highest with a record, else itself.

    Raises ``Unanswered``.
    """
    above = [at for at in walk(domain) if any(map(_is_dmarc, names.texts(f"_dmarc.{at}")))]
    return above[-1] if above else domain


def walk(domain: str) -> Iterator[str]:
    """Give a domain and those above it, never a top-level domain."""
    labels = domain.lower().rstrip(".").split(".")
    starts = range(len(labels) - _SHORTEST + 1) if len(labels) >= _SHORTEST else range(1)
    for start in list(starts)[:1] + list(starts)[1:][-_MOST_ASKED + 1 :]:
        yield ".".join(labels[start:])


def are_aligned(one: str, other: str, names: Names, *, strict: bool) -> bool:
    """Tell whether two domains count as one (RFC 7489 3.1; rule P2). Raises ``Unanswered``."""
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    if strict:
        return False
    return _is_below(one, other) or _is_below(other, one) or _share(one, other, names)


def _share(one: str, other: str, names: Names) -> bool:
    mine, theirs = organisation(one, names), organisation(other, names)
    return mine == theirs and mine.count(".") + 1 >= _SHORTEST


def _is_below(low: str, high: str) -> bool:
    return high.count(".") + 1 >= _SHORTEST and low.endswith(f".{high}")


def read(text: str, *, at: str) -> Dmarc:
    """Read a record. Tags that are wrong are left out, as receivers do."""
    tags = _tags(text)
    policy = tags.get("p", "").lower()
    reports = tuple(each.strip() for each in tags.get("rua", "").split(",") if each.strip())
    if policy not in _POLICIES:  # RFC 7489 6.6.3: with a rua it still counts, as none
        policy = "none" if reports and "p" in tags else ""
    return Dmarc(
        at=at,
        policy=policy,
        subdomains=tags.get("sp", "").lower() if tags.get("sp", "").lower() in _POLICIES else "",
        reports=reports,
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
        text=text,
    )


def _is_dmarc(text: str) -> bool:
    return text.replace(" ", "").lower().startswith("v=dmarc1") and _tags(text).get("v") == "DMARC1"


def _tags(text: str) -> Mapping[str, str]:
    pairs: Sequence[tuple[str, str, str]] = [each.partition("=") for each in text.split(";")]
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
