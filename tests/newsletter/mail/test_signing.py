"""Our signatures, read by two programs of others: dkimpy, and OpenDKIM from Debian."""

import random
import shutil
import stat
import subprocess
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from newsletter.errors import NewsletterError
from newsletter.mail import signing
from newsletter.mail.signing import Key

ADDRESS = "nytt@äppel.example"
WORDS = "träd äpple möte . .. \t ympning  From Å 😀 " + "x" * 90


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("dkim")
    signing.make(where, address=ADDRESS, selector="r", ed25519=False)
    signing.make(where, address=ADDRESS, selector="e", ed25519=True)
    return where


@pytest.fixture(scope="module")
def keys(folder: Path) -> tuple[Key, ...]:
    return signing.keys_of(folder, ADDRESS)


def generated(number: int) -> bytes:
    """A message with a body of its own: dots, blanks, long lines, no end, many ends, or nothing at all."""
    chance = random.Random(number)
    lines = [" ".join(chance.choices(WORDS.split(" "), k=chance.randrange(9))) for _ in range(number % 23)]
    lines += [""] * chance.randrange(4)
    subject = " ".join(chance.choices(("Hej", "=?utf-8?q?=C3=A5r?=", "\r\n  vidare", "\tsen"), k=3))
    head = (
        f"From: =?utf-8?q?=C3=84ppel?= <nytt@xn--ppel-koa.example>\r\nTo: m{number}@medlem.example\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{number}@xn--ppel-koa.example>\r\n"
        "List-Unsubscribe: <https://brev.example/u/abc>,\r\n <mailto:svar@brev.example?subject=abc>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n"
    )
    return head.encode() + b"\r\n" + "".join(f"{line}\r\n" for line in lines).encode()


def holds(message: bytes, keys: tuple[Key, ...], which: int) -> bool:
    """Whether one of the signatures is good, by dkimpy."""
    records = {f"{key.name}.": key.record.encode() for key in keys}
    verifier = dkim.DKIM(message)
    try:
        return verifier.verify(idx=which, dnsfunc=lambda name, timeout=5: records[name.decode()])
    except dkim.ValidationError:
        return False


def test_a_thousand_messages_hold_by_dkimpy(keys: tuple[Key, ...]) -> None:
    for number in range(1_000):
        message = signing.signed(generated(number), keys, at=1_700_000_000 + number)
        # The RSA one takes dkimpy some milliseconds: a tenth of them are looked at.
        assert holds(message, keys, 0), number
        assert number % 10 or holds(message, keys, 1), number


def test_a_hundred_messages_hold_by_opendkim(keys: tuple[Key, ...], tmp_path: Path) -> None:
    """OpenDKIM 2.11 reads RSA alone; of a signature that it does not know it says nothing."""
    if shutil.which("opendkim") is None:
        pytest.skip("opendkim is not installed")
    rsa_only = tuple(key for key in keys if key.algorithm == "rsa-sha256")
    [key] = rsa_only
    (tmp_path / "keys").write_text(f"{key.name} {key.record}\n")
    (tmp_path / "conf").write_text(f"TestPublicKeys {tmp_path / 'keys'}\nMode v\n")
    files = [tmp_path / f"{number}.eml" for number in range(100)]
    for number, file in enumerate(files):
        file.write_bytes(signing.signed(generated(number), rsa_only, at=1_700_000_000))
    (tmp_path / "bad.eml").write_bytes(files[9].read_bytes().replace(b"m9@", b"m8@"))

    told = [
        subprocess.run(
            ["opendkim", "-x", tmp_path / "conf", "-t", ",".join(map(str, some)), "-v"],
            check=False, capture_output=True, text=True,
        )
        for some in (files, [tmp_path / "bad.eml"])
    ]  # fmt: skip
    good, bad = (each.stdout + each.stderr for each in told)
    assert good.count("verification (s=r, d=xn--ppel-koa.example, 2048-bit key) succeeded") == 100, good
    assert "succeeded" not in bad


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        (b"To: m7@", b"To: m8@"),
        (b"u/abc>", b"u/abd>"),
        (b"Subject:", b"From: evil@x.example\r\nSubject:"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.0\r\nReply-To: evil@x.example"),
        (b"One-Click", b"Two-Click"),
    ],
)
def test_what_is_changed_or_added_on_the_way_breaks_it(
    keys: tuple[Key, ...], what: bytes, instead: bytes
) -> None:
    message = signing.signed(generated(7), keys, at=1)

    assert message.count(what) == 1
    for which in range(len(keys)):
        assert holds(message, keys, which)
        assert not holds(message.replace(what, instead), keys, which)


def test_without_keys_a_message_stays_as_it_is() -> None:
    assert signing.signed(b"From: a@b\r\n\r\n", (), at=1) == b"From: a@b\r\n\r\n"


def test_a_key_is_its_owners_alone_and_is_never_made_anew(folder: Path) -> None:
    path = folder / "xn--ppel-koa.example" / "r.pem"
    before = path.read_bytes()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(NewsletterError, match="redan en nyckel"):
        signing.make(folder, address=ADDRESS, selector="r", ed25519=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("selector", ["", "../x", "å", "a b", "-a", "a" * 64, "A"])
def test_a_name_that_cannot_stand_in_the_dns_is_refused(folder: Path, selector: str) -> None:
    with pytest.raises(NewsletterError, match="kan inte stå i DNS"):
        signing.make(folder, address=ADDRESS, selector=selector, ed25519=True)


def test_a_key_that_receivers_would_not_take_is_refused(tmp_path: Path) -> None:
    def written(name: str, private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Path:
        path = tmp_path / name
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        path.write_bytes(private.private_bytes(serialization.Encoding.PEM, *form))
        return path

    (tmp_path / "none.pem").write_text("hej")
    for path, says in (
        (written("short.pem", rsa.generate_private_key(65537, 1024)), "bara 1024 bitar"),
        (written("other.pem", ec.generate_private_key(ec.SECP256R1())), "av ett slag som DKIM inte har"),
        (tmp_path / "none.pem", "går inte att läsa"),
        (tmp_path / "missing.pem", "går inte att läsa"),
    ):
        with pytest.raises(NewsletterError, match=says):
            signing.load(path)


def test_a_key_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    first = signing.make(tmp_path, address=ADDRESS, selector="e", ed25519=True)
    assert [key.record for key in signing.keys_of(tmp_path, ADDRESS)] == [first.record]
    path = tmp_path / first.domain / "e.pem"
    path.unlink()
    second = signing.make(tmp_path, address=ADDRESS, selector="e", ed25519=True)

    assert [key.record for key in signing.keys_of(tmp_path, ADDRESS)] == [second.record] != [first.record]
