"""DMARC as receivers read it (RFC 7489), and which domains count as one (P2)."""

from collections.abc import Iterator

import pytest

from newsletter.core.health import dmarc
from newsletter.resolving import Resolver
from tests.nameserver import NameServer

ZONE = {
    "_dmarc.appel.example TXT": [
        "v=DMARC1; p=none; rua=mailto:a@appel.example,mailto:b@x.example; sp=reject"
    ],
    "_dmarc.strikt.example TXT": ["v=DMARC1;p=reject;adkim=s;aspf=s"],
    "_dmarc.fel.example TXT": ["v=DMARC1; p=allt"],
    "_dmarc.fel-med-rua.example TXT": ["v=DMARC1; p=allt; rua=mailto:a@x.example"],
    "_dmarc.tva.example TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject"],
    "_dmarc.annat.example TXT": ["v=spf1 -all"],
}


@pytest.fixture
def names() -> Iterator[Resolver]:
    with NameServer(ZONE) as server:
        yield Resolver(server.address, longest=1)


def test_a_record_is_found_at_the_domain_or_above_it(names: Resolver) -> None:
    [own] = dmarc.find("appel.example", names).records
    [above] = dmarc.find("nytt.brev.appel.example", names).records

    assert own == above
    assert own.reports == ("mailto:a@appel.example", "mailto:b@x.example")
    assert (own.policy_for("appel.example"), own.policy_for("brev.appel.example")) == ("none", "reject")
    assert dmarc.find("annat.example", names).records == ()


def test_a_top_level_domain_is_never_asked_about() -> None:
    assert list(dmarc.walk("a.b.appel.example")) == ["a.b.appel.example", "b.appel.example", "appel.example"]
    assert len(list(dmarc.walk(".".join("abcdefghijklmn") + ".appel.example"))) == 8


@pytest.mark.parametrize(
    ("domain", "policies"),
    [("fel.example", [""]), ("fel-med-rua.example", ["none"]), ("tva.example", ["none", "reject"])],
)
def test_what_does_not_count_is_told_from_what_does(
    names: Resolver, domain: str, policies: list[str]
) -> None:
    assert sorted(each.policy for each in dmarc.find(domain, names).records) == policies


@pytest.mark.parametrize(
    ("one", "other", "aligned"),
    [
        ("appel.example", "appel.example", True),
        ("appel.example", "studs.appel.example", True),
        ("brev.appel.example", "studs.appel.example", True),
        ("appel.example", "relay.example", False),
        ("brev.inget.example", "studs.inget.example", False),
        ("appel.example", "paron.appel.example.evil.example", False),
    ],
)
def test_domains_of_one_owner_count_as_one(names: Resolver, one: str, other: str, aligned: bool) -> None:
    assert dmarc.are_aligned(one, other, names, strict=False) is aligned


def test_a_strict_owner_wants_the_very_same_domain(names: Resolver) -> None:
    [found] = dmarc.find("strikt.example", names).records

    assert (found.strict_dkim, found.strict_spf) == (True, True)
    assert not dmarc.are_aligned("strikt.example", "studs.strikt.example", names, strict=found.strict_spf)
