"""What a mail shows when it has arrived: P1, P2, P3, U2."""

import pytest

from newsletter.core.health.arrival import Signature, received, signed
from newsletter.core.health.checks import Level

ALL = ("from", "list-unsubscribe", "list-unsubscribe-post")
GOOD = Signature("appel.example", "brev", holds=True, bits=2048, covers=ALL)


@pytest.mark.parametrize(
    ("signatures", "level"),
    [
        ([GOOD], Level.GREEN),
        ([Signature("appel.example", "e", holds=True, covers=ALL)], Level.GREEN),  # Ed25519
        ([Signature("relay.example", "r", holds=True, bits=2048, covers=ALL), GOOD], Level.GREEN),
        ([Signature("appel.example", "brev", holds=True, bits=1024, covers=ALL)], Level.AMBER),
        ([Signature("appel.example", "brev", holds=True, bits=512, covers=ALL)], Level.RED),
        ([Signature("appel.example", "brev", holds=True, bits=2048, covers=("from",))], Level.RED),
        ([Signature("appel.example", "brev", holds=False, bits=2048, covers=ALL)], Level.RED),
        ([Signature("relay.example", "r", holds=True, bits=2048, covers=ALL)], Level.RED),
        ([], Level.RED),
    ],
)
def test_a_signature_of_the_senders_domain_must_hold(signatures: list[Signature], level: Level) -> None:
    [check] = signed(signatures, sender="appel.example", aligned={"appel.example"})

    assert check.level is level
    assert check.says.format(**check.facts)
    assert check.do.format(**check.facts) or level is Level.GREEN


@pytest.mark.parametrize(
    ("said", "levels"),
    [
        ("mx.appel.example; spf=pass smtp.mailfrom=studs@appel.example", [Level.GREEN]),
        ("mx.appel.example; spf=softfail (no spf=pass here) smtp.mailfrom=x", [Level.RED]),
        ("mx.appel.example; dkim=pass", []),
        ("mx.appel.example; spf=none", []),
    ],
)
def test_the_receivers_own_word_of_spf_is_told(said: str, levels: list[Level]) -> None:
    mail = f"Authentication-Results: {said}\r\nSubject: x\r\n\r\nHej\r\n".encode()

    assert [each.level for each in received(mail)] == levels
