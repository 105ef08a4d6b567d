"""The DNS is asked of a real server: what there is, what there is not, and one that does not answer."""

import pytest

from newsletter.core.health.names import Unanswered, is_server, server
from newsletter.resolving import Resolver
from tests.nameserver import BROKEN, SILENCE, NameServer

ZONE = {
    "appel.example TXT": ["v=spf1 -all", "x" * 400],
    "appel.example MX": ["10 mx.appel.example.", "20 mx2.appel.example."],
    "null.example MX": ["0 ."],
    "mx.appel.example A": ["192.0.2.25"],
    "mx.appel.example AAAA": ["2001:db8::25"],
    "25.2.0.192.in-addr.arpa PTR": ["mx.appel.example."],
    "tyst.example TXT": SILENCE,
    "trasig.example TXT": BROKEN,
}


def test_records_come_as_values() -> None:
    with NameServer(ZONE) as serving:
        names = Resolver(serving.address, longest=1)

        assert sorted(names.texts("appel.example")) == ["v=spf1 -all", "x" * 400]
        assert sorted(names.exchanges("appel.example")) == [
            (10, "mx.appel.example"),
            (20, "mx2.appel.example"),
        ]
        assert list(names.exchanges("null.example")) == [(0, "")]
        assert list(names.addresses("mx.appel.example")) == ["192.0.2.25", "2001:db8::25"]
        assert list(names.pointers("192.0.2.25")) == ["mx.appel.example"]
        assert list(names.texts("mx.appel.example")) == []
        assert list(names.texts("borta.example")) == []


@pytest.mark.parametrize("name", ["tyst.example", "trasig.example", "a..example", "a" * 64 + ".example"])
def test_no_answer_is_no_empty_one(name: str) -> None:
    with NameServer(ZONE) as serving, pytest.raises(Unanswered):
        Resolver(serving.address, longest=0.2).texts(name)


def test_a_server_is_an_address_and_perhaps_a_port() -> None:
    assert server("192.0.2.53") == ("192.0.2.53", 53)
    assert server("192.0.2.53:5353") == ("192.0.2.53", 5353)
    assert server("2001:db8::53") == ("2001:db8::53", 53)
    assert server("[2001:db8::53]:5353") == ("2001:db8::53", 5353)
    assert not any(map(is_server, ("dns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:66000")))
