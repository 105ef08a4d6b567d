"""One peer cannot take all of a listener, and this machine's own mail server is not one peer among others."""

import pytest

from newsletter.mail.peers import Limits, Peers, peer_of

LIMITS = Limits(connections=2, in_all=4, mails_a_minute=3)


def test_a_peer_has_some_connections_at_once() -> None:
    peers = Peers(LIMITS)

    assert [peers.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert peers.enter("192.0.2.2")
    peers.leave("192.0.2.1")
    assert peers.enter("192.0.2.1")


def test_this_machine_has_more_and_everybody_together_has_no_more_than_that() -> None:
    peers = Peers(LIMITS)

    assert [peers.enter("127.0.0.1") for _ in range(5)] == [True] * 4 + [False]
    assert not peers.enter("192.0.2.1")
    for _ in range(4):
        peers.leave("127.0.0.1")
    assert peers.enter("192.0.2.1")


def test_a_peers_share_of_mails_comes_back_evenly() -> None:
    peers = Peers(LIMITS)

    assert [peers.may_send("192.0.2.1", 100.0) for _ in range(4)] == [True] * 3 + [False]
    assert peers.may_send("192.0.2.2", 100.0)
    assert not peers.may_send("192.0.2.1", 119.0)
    assert peers.may_send("192.0.2.1", 121.0)
    assert not peers.may_send("192.0.2.1", 121.0)
    assert [peers.may_send("192.0.2.1", 900.0) for _ in range(4)] == [True] * 3 + [False]
    assert all(peers.may_send("127.0.0.1", 0.0) for _ in range(1_000))


def test_memory_does_not_grow_with_the_number_of_peers() -> None:
    peers = Peers(LIMITS)
    for number in range(30_000):
        peers.may_send(f"2001:db8:{number // 65536:x}:{number % 65536:x}::/64", number / 1_000)

    assert len(peers._allowances) <= 10_001


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("no address", "no address"),
    ],
)
def test_a_machine_that_has_a_whole_network_is_one_peer(address: str, peer: str) -> None:
    assert peer_of(address) == peer
