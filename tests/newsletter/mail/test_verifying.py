"""Signatures are checked by a program that is not ours, by the keys that the DNS has."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from newsletter.mail import signing, verifying
from newsletter.mail.signing import Key
from tests.newsletter.core.health.test_comparing import WENT


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Key, Key]:
    folder: Path = tmp_path_factory.mktemp("dkim")
    rsa, short = (
        signing.make(folder, address="nytt@appel.example", selector=name, ed25519=name == "kort")
        for name in ("brev", "kort")
    )
    return rsa, short


def test_both_kinds_of_signatures_hold(keys: tuple[Key, Key]) -> None:
    records = {key.name: [key.record] for key in keys}
    sealed = signing.signed(WENT, keys, at=1_600_000_000)

    short, rsa = sorted(
        verifying.signatures(b"Received: from x\r\n" + sealed, lambda name: records.get(name, [])),
        key=lambda each: each.bits,
    )

    assert (rsa.domain, rsa.selector, rsa.holds, rsa.bits) == ("appel.example", "brev", True, 2048)
    assert (short.selector, short.holds, short.bits) == ("kort", True, 0)
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(rsa.covers)


def test_a_changed_mail_another_key_and_no_key_are_told(keys: tuple[Key, Key]) -> None:
    rsa, other = keys
    sealed = signing.signed(WENT, [rsa], at=1_600_000_000)

    def holds(mail: bytes, found: Sequence[str]) -> bool:
        [signature] = verifying.signatures(mail, lambda _name: found)
        assert signature.domain == "appel.example"
        return signature.holds

    assert holds(sealed, [rsa.record])
    assert not holds(sealed.replace(b"</body>", b"!</body>"), [rsa.record])
    assert not holds(sealed, [other.record])
    assert not holds(sealed, [])


@pytest.mark.parametrize(
    "field", [b"", b"v=1; a=rsa-sha256", b"v=1; a=x; d=a; s=b; h=from; bh=!; b=!", b"=;=;"]
)
def test_a_signature_that_is_none_does_not_hold(field: bytes) -> None:
    [signature] = verifying.signatures(b"DKIM-Signature: " + field + b"\r\n" + WENT, lambda _name: [])

    assert not signature.holds


def test_a_mail_without_one_has_none() -> None:
    assert verifying.signatures(WENT, lambda _name: []) == []
