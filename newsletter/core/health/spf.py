"""SPF: which addresses a domain lets send for it (RFC 7208), and what a record costs its readers.

survey    everything a record leads to: how many look-ups, and what is wrong
evaluate  the result for one IP address (check_host, RFC 7208 4)
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from newsletter.core.health.names import Names

#: Terms that ask the DNS (RFC 7208 4.6.4), and names that do not exist.
MOST_LOOKUPS, MOST_VOID = 10, 2
_MOST_EXCHANGES = 10
_DEEPEST = 12

_TERM = re.compile(
    r"(?P<qualifier>[+\-~?]?)(?P<mechanism>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?:[:](?P<value>[^/\s]+))?(?P<lengths>(?:/\d{1,2})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_IP6 = re.compile(
    r"(?P<qualifier>[+\-~?]?)ip6:(?P<value>[0-9a-f:.]+)(?P<lengths>(?:/\d{1,3})?)", re.IGNORECASE
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.IGNORECASE)
_ASKS = frozenset({"include", "a", "mx", "ptr", "exists"})


class Result(Enum):
    """What SPF says of an address (RFC 7208 2.6); UNKNOWN is our own, for what needs the message itself."""

    NONE = "none"
    PASS = "pass"  # noqa: S105 - the RFC's word, no password
    NEUTRAL = "neutral"
    SOFTFAIL = "softfail"
    FAIL = "fail"
    PERMERROR = "permerror"
    UNKNOWN = "unknown"


_RESULTS = {"+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL, "": Result.PASS}


class Broken(Exception):
    """A record that means nothing (permerror). Says which term, or what is missing."""


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism of a record: ``ip4``, ``include`` ...; ``value`` is a domain or network, "" for its own.

    ``lengths`` are the prefix lengths for IPv4 and IPv6.
    """

    qualifier: str
    mechanism: str
    value: str
    lengths: tuple[int, int] = (32, 128)

    @property
    def needs_the_message(self) -> bool:
        """Whether it has macros (RFC 7208 7), or asks who the client says it is: we cannot know that."""
        return "%" in self.value or self.mechanism in ("exists", "ptr")


@dataclass(frozen=True, slots=True)
class Policy:
    """A record, read. ``redirect`` is "" where there is none, or where ``all`` stands (RFC 7208 6.1)."""

    terms: tuple[Term, ...]
    redirect: str

    @property
    def lets_everybody(self) -> bool:
        """Whether any machine on earth may send."""
        return any(term.mechanism == "all" and term.qualifier in ("", "+") for term in self.terms)


@dataclass
class Survey:
    """What a domain's record leads to. ``records`` are all that claim to be SPF: there must be one."""

    records: Sequence[str] = ()
    policy: Policy | None = None
    lookups: int = 0
    void: int = 0
    problem: str = ""


def records_of(domain: str, names: Names) -> Sequence[str]:
    """Return the SPF records of a domain (RFC 7208 4.5). Raises ``Unanswered``."""
    found = names.texts(domain)
    return [each for each in found if each.lower() == "v=spf1" or each.lower().startswith("v=spf1 ")]


def read(record: str) -> Policy:
    """Read a record. Raises ``Broken``."""
    terms: list[Term] = []
    redirect = ""
    for word in record.split()[1:]:
        if modifier := _MODIFIER.fullmatch(word):
            redirect = modifier["value"] if modifier["name"].lower() == "redirect" else redirect
        else:
            terms.append(_term(word))
    if any(term.mechanism == "all" for term in terms):
        redirect = ""
    return Policy(tuple(terms), redirect)


def _term(word: str) -> Term:
    found = _IP6.fullmatch(word) or _TERM.fullmatch(word)
    if found is None:
        raise Broken(word)
    mechanism = found.groupdict().get("mechanism", "ip6").lower()
    value = (found["value"] or "").rstrip(".")
    if mechanism in ("ip4", "ip6"):
        return _network_term(found["qualifier"], mechanism, value + found["lengths"], word)
    if mechanism in ("include", "exists") and not value:
        raise Broken(word)
    return Term(found["qualifier"], mechanism, value, _lengths(found["lengths"]))


def _network_term(qualifier: str, mechanism: str, network: str, word: str) -> Term:
    try:
        made = ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise Broken(word) from None
    if made.version != int(mechanism[-1]):
        raise Broken(word)
    return Term(qualifier, mechanism, str(made))


def _lengths(text: str) -> tuple[int, int]:
    four, _, six = text.partition("//")
    four = four.removeprefix("/")
    return int(four) if four else 32, int(six) if six else 128


def survey(domain: str, names: Names) -> Survey:
    """Follow everything that a domain's record names. Raises ``Unanswered``.

    Receivers stop where a term matches; what they do not reach costs them nothing. What is told here is the
    dearest case: a sender that no term matches.
    """
    told = Survey(records=records_of(domain, names))
    if len(told.records) != 1:
        return told
    try:
        told.policy = read(told.records[0])
        _follow(told.policy, domain, names, told, depth=0)
    except Broken as broken:
        told.problem = str(broken)
    return told


def _follow(policy: Policy, domain: str, names: Names, told: Survey, *, depth: int) -> None:
    if depth > _DEEPEST or told.lookups > 3 * MOST_LOOKUPS:
        return  # far above the limit already, or a ring of records
    for term in policy.terms:
        told.lookups += term.mechanism in _ASKS
        if not term.needs_the_message:
            _look(term, domain, names, told, depth)
    if policy.redirect:
        told.lookups += 1
        if "%" not in policy.redirect:
            _enter(policy.redirect, names, told, depth)


def _look(term: Term, domain: str, names: Names, told: Survey, depth: int) -> None:
    at = term.value or domain
    if term.mechanism == "include":
        _enter(at, names, told, depth)
    elif term.mechanism == "a":
        told.void += not names.addresses(at)
    elif term.mechanism == "mx":
        told.void += not names.exchanges(at)


def _enter(domain: str, names: Names, told: Survey, depth: int) -> None:
    found = records_of(domain, names)
    if len(found) != 1:  # RFC 7208 5.2: an include without a record is a permerror
        raise Broken(domain)
    _follow(read(found[0]), domain, names, told, depth=depth + 1)


def evaluate(domain: str, address: str, names: Names) -> Result:
    """Return what SPF says of a client with this IP address. Raises ``Unanswered``."""
    try:
        return _evaluate(domain, ipaddress.ip_address(address), names, depth=0)
    except Broken:
        return Result.PERMERROR


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _evaluate(domain: str, address: _Address, names: Names, *, depth: int) -> Result:
    found = records_of(domain, names)
    if not found:
        return Result.NONE
    if len(found) > 1 or depth > _DEEPEST:
        raise Broken(domain)
    policy = read(found[0])
    for term in policy.terms:
        if term.needs_the_message:
            return Result.UNKNOWN
        if _matches(term, domain, address, names, depth):
            return _RESULTS[term.qualifier]
    if not policy.redirect:
        return Result.NEUTRAL
    if "%" in policy.redirect:
        return Result.UNKNOWN
    result = _evaluate(policy.redirect, address, names, depth=depth + 1)
    if result is Result.NONE:
        raise Broken(policy.redirect)
    return result


def _matches(term: Term, domain: str, address: _Address, names: Names, depth: int) -> bool:
    if term.mechanism == "all":
        return True
    if term.mechanism == "include":
        inner = _evaluate(term.value, address, names, depth=depth + 1)
        if inner is Result.NONE:
            raise Broken(term.value)
        return inner is Result.PASS
    return any(address in network for network in _networks(term, term.value or domain, address, names))


def _networks(
    term: Term, at: str, address: _Address, names: Names
) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    if term.mechanism in ("ip4", "ip6"):
        yield ipaddress.ip_network(term.value)
        return
    hosts = [at]
    if term.mechanism == "mx":
        hosts = [host for _, host in names.exchanges(at)[:_MOST_EXCHANGES] if host]
    length = term.lengths[address.version == 6]
    for host in hosts:
        for each in names.addresses(host):
            if ipaddress.ip_address(each).version == address.version:
                yield ipaddress.ip_network(f"{each}/{length}", strict=False)
