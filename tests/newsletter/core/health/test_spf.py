"""SPF as receivers read it (RFC 7208): one record, few look-ups, and what it says of an address. P1."""

from collections.abc import Callable, Iterator

import pytest

from newsletter.core.health import spf
from newsletter.core.health.names import Unanswered
from newsletter.core.health.spf import Result
from newsletter.resolving import Resolver
from tests.nameserver import BROKEN, NameServer, Zone

Asked = Callable[[Zone], Resolver]


@pytest.fixture
def asked() -> Iterator[Asked]:
    """Give the DNS with a zone in it."""
    servers: list[NameServer] = []

    def serve(zone: Zone) -> Resolver:
        server = NameServer(zone)
        server.__enter__()
        servers.append(server)
        return Resolver(server.address, longest=1)

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


HOSTS: dict[str, list[str]] = {
    "appel.example A": ["192.0.2.1"],
    "appel.example MX": ["10 mx.appel.example."],
    "mx.appel.example A": ["192.0.2.25"],
    "mx.appel.example AAAA": ["2001:db8::25"],
    "_spf.relay.example TXT": ["v=spf1 ip4:198.51.100.0/24 ?all"],
    "none.relay.example TXT": ["hello"],
    "out.relay.example TXT": ["v=spf1 ip6:2001:db8:7::/48 -all"],
}


@pytest.mark.parametrize(
    ("record", "address", "result"),
    [
        ("v=spf1 ip4:192.0.2.0/28 -all", "192.0.2.7", Result.PASS),
        ("v=spf1 ip4:192.0.2.0/28 -all", "192.0.2.77", Result.FAIL),
        ("v=spf1 ip6:2001:db8::/32 ~all", "2001:db8::9", Result.PASS),
        ("v=spf1 ip6:2001:db8::/32 ~all", "192.0.2.7", Result.SOFTFAIL),
        ("v=spf1 -ip4:192.0.2.7 ip4:192.0.2.0/24 -all", "192.0.2.7", Result.FAIL),
        ("v=spf1 a -all", "192.0.2.1", Result.PASS),
        ("v=spf1 a/24 -all", "192.0.2.200", Result.PASS),
        ("v=spf1 A:mx.appel.example -all", "2001:db8::25", Result.PASS),
        ("v=spf1 mx -all", "192.0.2.25", Result.PASS),
        ("v=spf1 mx//64 -all", "2001:db8::99", Result.PASS),
        ("v=spf1 include:_spf.relay.example -all", "198.51.100.3", Result.PASS),
        # An include that does not say pass matches nothing (RFC 7208 5.2).
        ("v=spf1 include:_spf.relay.example -all", "192.0.2.3", Result.FAIL),
        ("v=spf1 redirect=out.relay.example", "2001:db8:7::1", Result.PASS),
        ("v=spf1 redirect=out.relay.example", "192.0.2.3", Result.FAIL),
        ("v=spf1 ?all redirect=out.relay.example", "2001:db8:7::1", Result.NEUTRAL),
        ("v=spf1 include:none.relay.example -all", "192.0.2.3", Result.PERMERROR),
        ("v=spf1 redirect=none.relay.example", "192.0.2.3", Result.PERMERROR),
        ("v=spf1 ip4:192.0.2.300 -all", "192.0.2.3", Result.PERMERROR),
        ("v=spf1 exists:%{i}.relay.example -all", "192.0.2.3", Result.UNKNOWN),
        ("v=spf1", "192.0.2.3", Result.NEUTRAL),
        ("v=spf10 -all", "192.0.2.3", Result.NONE),
    ],
)
def test_an_address_gets_the_result_that_receivers_give_it(
    asked: Asked, record: str, address: str, result: Result
) -> None:
    assert spf.evaluate("appel.example", address, asked({**HOSTS, "appel.example TXT": [record]})) is result


@pytest.mark.parametrize(
    "word", ["include", "ip4:", "ip4:2001:db8::/32", "ip6:192.0.2.1", "all:x.example/", "a:/x"]
)
def test_a_word_that_means_nothing_is_named(word: str) -> None:
    with pytest.raises(spf.Broken, match=word.replace(".", r"\.")):
        spf.read(f"v=spf1 {word} -all")


def test_look_ups_are_counted_through_every_include(asked: Asked) -> None:
    """RFC 7208 4.6.4: eleven are one too many; an include costs one, and what is in it, too."""
    many = {f"n{n}.example TXT": ["v=spf1 a:mx.appel.example mx -all"] for n in range(3)}
    record = "v=spf1 a mx include:n0.example include:n1.example include:n2.example ip4:192.0.2.1 -all"

    told = spf.survey("appel.example", asked({**HOSTS, **many, "appel.example TXT": [record]}))

    assert (told.lookups, told.problem) == (2 + 3 * 3, "")
    assert told.void == 3  # n0.example, n1.example and n2.example have no MX


def test_records_that_lead_to_each_other_end(asked: Asked) -> None:
    ring = {
        "a.example TXT": ["v=spf1 include:b.example -all"],
        "b.example TXT": ["v=spf1 include:a.example -all"],
    }

    told = spf.survey("a.example", asked(ring))

    assert told.lookups > spf.MOST_LOOKUPS


def test_a_dns_that_is_broken_is_no_missing_record(asked: Asked) -> None:
    with pytest.raises(Unanswered):
        spf.survey("appel.example", asked({"appel.example TXT": BROKEN}))
