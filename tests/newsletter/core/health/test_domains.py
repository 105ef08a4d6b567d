"""What the DNS says of a domain, as checks with what to do: P1, P2, P4, P11, P12, U2."""

from collections.abc import Iterator
from functools import partial

import pytest

from newsletter.core.health import dkim_records, domains
from newsletter.core.health.checks import Check, Level, Record
from newsletter.core.health.domains import Host
from newsletter.core.health.names import is_made_up
from newsletter.resolving import Resolver
from tests.nameserver import BROKEN, SILENCE, NameServer

DOMAIN = "appel.example"
RELAY = Host("smtp.relay.example", ("192.0.2.25",))


@pytest.fixture
def server() -> Iterator[NameServer]:
    with NameServer({}) as serving:
        yield serving


@pytest.fixture
def names(server: NameServer) -> Resolver:
    return Resolver(server.address, longest=0.3)


def one(found: list[Check]) -> Check:
    [check] = found
    assert check.says.format(**check.facts)
    assert check.do.format(**check.facts) or check.level is Level.GREEN
    return check


def test_a_domain_without_spf_gets_a_record_to_paste(names: Resolver) -> None:
    check = one(domains.sender_policy(DOMAIN, [RELAY], names))

    assert check.level is Level.RED
    assert check.records == (Record(DOMAIN, "TXT", "v=spf1 a:smtp.relay.example ~all"),)


def test_a_record_names_an_address_as_one_and_is_not_guessed_without_a_relay(names: Resolver) -> None:
    by_address = one(domains.sender_policy(DOMAIN, [Host("192.0.2.25"), Host("2001:db8::25")], names))

    assert [each.value for each in by_address.records] == ["v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"]
    assert one(domains.sender_policy(DOMAIN, [], names)).records == ()


@pytest.mark.parametrize(
    ("records", "level", "told"),
    [
        (["v=spf1 ip4:192.0.2.25 -all"], Level.GREEN, "låter mejlservern skicka"),
        (["v=spf1 include:nagon.example ~all"], Level.AMBER, "säger inte säkert något"),
        (["v=spf1 -all", "v=spf1 ~all"], Level.RED, "2 SPF-poster"),
        (["v=spf1 ip4:fel -all"], Level.RED, "ip4:fel"),
        (["v=spf1 ip4:192.0.2.25 +all"], Level.RED, "+all"),
        (["v=spf1 " + "a:smtp.relay.example " * 11 + "-all"], Level.RED, "11 uppslag"),
        (["v=spf1 a:x.example a:y.example a:z.example -all"], Level.RED, "varav 3 utan svar"),
    ],
)
def test_an_spf_record_is_judged(
    server: NameServer, names: Resolver, records: list[str], level: Level, told: str
) -> None:
    server.zone |= {
        f"{DOMAIN} TXT": records,
        "nagon.example TXT": ["v=spf1 ip4:198.51.100.1 -all"],
        "smtp.relay.example A": ["192.0.2.25"],
    }

    check = one(domains.sender_policy(DOMAIN, [RELAY], names))

    assert (check.level, told in check.says.format(**check.facts)) == (level, True), check


@pytest.mark.parametrize(
    ("records", "level"),
    [
        (None, Level.RED),
        (["v=DMARC1; p=none"], Level.GREEN),
        (["v=DMARC1; p=x"], Level.RED),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], Level.RED),
    ],
)
def test_a_dmarc_record_is_judged(
    server: NameServer, names: Resolver, records: list[str] | None, level: Level
) -> None:
    if records:
        server.zone[f"_dmarc.{DOMAIN} TXT"] = records

    check = one(domains.asked_of_receivers(DOMAIN, names))

    assert check.level is level
    assert (level is Level.RED) is (check.records == (Record(f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=none"),))


def test_somebody_vouches_for_the_senders_domain(server: NameServer, names: Resolver) -> None:
    """P2, also where the owner is strict about it."""
    assert one(domains.vouched_for(DOMAIN, f"studs.{DOMAIN}", names, signs=False)).level is Level.GREEN
    assert one(domains.vouched_for(DOMAIN, "relay.example", names, signs=False)).level is Level.AMBER
    assert one(domains.vouched_for(DOMAIN, "relay.example", names, signs=True)).level is Level.GREEN

    server.zone[f"_dmarc.{DOMAIN} TXT"] = ["v=DMARC1; p=none; aspf=s"]
    assert one(domains.vouched_for(DOMAIN, f"studs.{DOMAIN}", names, signs=False)).level is Level.AMBER


@pytest.mark.parametrize(
    ("zone", "level", "told"),
    [
        (
            {f"{DOMAIN} MX": ["10 mx.appel.example."], "mx.appel.example A": ["192.0.2.9"]},
            Level.GREEN,
            "mx.appel",
        ),
        ({f"{DOMAIN} MX": ["0 ."]}, Level.RED, "null MX"),
        ({f"{DOMAIN} MX": ["10 borta.appel.example."]}, Level.RED, "studsar"),
        ({f"{DOMAIN} A": ["192.0.2.1"]}, Level.AMBER, "ingen MX"),
        ({}, Level.RED, "studsar"),
    ],
)
def test_answers_arrive_or_it_is_said_that_they_do_not(
    server: NameServer, names: Resolver, zone: dict[str, list[str]], level: Level, told: str
) -> None:
    """P12; RFC 5321 5.1 and RFC 7505."""
    server.zone |= zone

    check = one(domains.takes_mail(DOMAIN, names, addresses=["svar@appel.example"]))

    assert (check.level, told in check.says.format(**check.facts)) == (level, True), check


KEY = ("brev._domainkey.appel.example", "v=DKIM1; k=rsa; p=QUJD")


@pytest.mark.parametrize(
    ("records", "level"),
    [
        (["v=DKIM1; k=rsa; p=QU JD"], Level.GREEN),
        (["v=DKIM1; k=rsa; t=y; p=QUJD"], Level.AMBER),
        (None, Level.RED),
        (["v=DKIM1; p="], Level.RED),
        (["v=DKIM1; p=REVG"], Level.RED),
        (["v=DKIM1; p=QUJD", "v=DKIM1; p=REVG"], Level.RED),
    ],
)
def test_the_key_in_the_dns_is_ours(
    server: NameServer, names: Resolver, records: list[str] | None, level: Level
) -> None:
    """U2; what differs is told with the record to paste."""
    if records:
        server.zone[f"{KEY[0]} TXT"] = records

    check = one(dkim_records.published(DOMAIN, [KEY], names))

    assert check.level is level
    assert (check.records == (Record(KEY[0], "TXT", KEY[1]),)) is (level is not Level.GREEN)


def test_to_sign_without_a_key_is_wrong(names: Resolver) -> None:
    assert one(dkim_records.published(DOMAIN, [], names)).level is Level.RED


def test_where_mail_leaves_is_the_relays_affair(server: NameServer, names: Resolver) -> None:
    """P4: what can be seen is that the relay's own address points back and forth."""
    assert "syns inte härifrån" in one(domains.reverse(RELAY, names)).says

    server.zone |= {
        "25.2.0.192.in-addr.arpa PTR": ["ut.relay.example."],
        "ut.relay.example A": ["192.0.2.25"],
    }
    assert one(domains.reverse(RELAY, names)).facts["pointer"] == "ut.relay.example"


def test_a_domain_that_looks_like_another_is_wrong() -> None:
    """P11."""
    assert domains.confusable("äppel.example") == []
    assert one(domains.confusable("аррӏе.example")).level is Level.RED


@pytest.mark.parametrize("trouble", [SILENCE, BROKEN])
def test_a_dns_that_does_not_answer_is_unsure_and_not_wrong(
    server: NameServer, names: Resolver, trouble: str
) -> None:
    server.zone[f"_dmarc.{DOMAIN} TXT"] = trouble

    check = one(domains.guarded("dmarc", DOMAIN, partial(domains.asked_of_receivers, DOMAIN, names)))

    assert (check.name, check.level) == ("dmarc", Level.AMBER)
    assert "DNS svarade inte" in check.says


def test_examples_are_asked_about_only_where_somebody_says_whom() -> None:
    assert [is_made_up(each) for each in ("forening.example", "a.example.org", "x.test", "appel.se")] == [
        True,
        True,
        True,
        False,
    ]
    assert domains.is_asked_about("forening.example", named_server=True)
    assert not domains.is_asked_about("forening.example", named_server=False)
