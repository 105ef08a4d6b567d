"""The spool: a mail that we said yes to is on the disk, once, whatever dies when."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.core.inbound.fingerprints import fingerprint
from newsletter.mail import spool
from newsletter.mail.spool import Envelope
from tests.conftest import NOON

RAW = b"From: anna@lund.example\r\nMessage-ID: <1@lund.example>\r\n\r\nTack!\r\n"
ENVELOPE = Envelope("anna@lund.example", ("svar@eken.example",), "lmtp", NOON)


def test_a_mail_comes_back_as_it_was_put(tmp_path: Path) -> None:
    name = spool.put(tmp_path, RAW, ENVELOPE)

    (found,) = spool.waiting(tmp_path)
    assert (found.name, found.at, found.tries) == (name, NOON, 0)
    assert spool.read(tmp_path, name) == spool.Spooled(RAW, ENVELOPE)
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("sender", [None, "", "åsa@lund.example"])
def test_no_envelope_and_the_null_sender_are_told_apart(tmp_path: Path, sender: str | None) -> None:
    name = spool.put(tmp_path, RAW, Envelope(sender, (), "mailbox", NOON))

    assert spool.read(tmp_path, name).envelope.sender == sender


def test_the_same_mail_put_twice_is_one_file(tmp_path: Path) -> None:
    first = spool.put(tmp_path, RAW, ENVELOPE)
    again = Envelope(None, (), "mailbox", NOON + timedelta(hours=1))
    second = spool.put(tmp_path, b"Received: by mx\r\n" + RAW.replace(b"\r\n", b"\n"), again)

    assert first == second
    assert len(spool.waiting(tmp_path)) == 1


def test_mails_wait_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    for minutes in (2, 0, 1):
        at = NOON + timedelta(minutes=minutes)
        spool.put(tmp_path, RAW + b"%d" % minutes, Envelope("", (), "smtp", at))

    assert [each.at.minute for each in spool.waiting(tmp_path)] == [0, 1, 2]


def test_the_file_and_its_name_are_on_the_disk_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    name = spool.put(tmp_path, RAW, ENVELOPE)

    assert synced[0].startswith(f".{name}.")
    assert synced[1:] == [tmp_path.name]


def test_of_a_mail_that_the_disk_does_not_take_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        spool.put(tmp_path, RAW, ENVELOPE)

    assert list(tmp_path.iterdir()) == []


def test_an_address_that_no_database_takes_is_made_one(tmp_path: Path) -> None:
    name = spool.put(tmp_path, RAW, Envelope("a\udcff\x00b@x.example", ("y" * 999,), "smtp", NOON))

    envelope = spool.read(tmp_path, name).envelope
    assert envelope.sender == "a?b@x.example"
    assert len(envelope.recipients[0]) == 320


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]\n", b'{"sender": null}\n', b"\xff\n\n", RAW, b'{"sender": 1, "recipients": 2}\n'],
)
def test_a_file_that_is_none_of_ours_is_broken(tmp_path: Path, content: bytes) -> None:
    name = spool.put(tmp_path, RAW, ENVELOPE)
    (tmp_path / name).write_bytes(content)

    with pytest.raises(spool.Broken):
        spool.read(tmp_path, name)


@pytest.mark.parametrize("name", ["../x", "a.mail", "/etc/passwd", ""])
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        spool.read(tmp_path, name)


def test_a_mail_that_makes_trouble_is_tried_later_and_then_set_aside(tmp_path: Path) -> None:
    spool.put(tmp_path, RAW, ENVELOPE)
    waits = []
    while found := spool.waiting(tmp_path):
        waits.append(found[0].due - NOON)
        was_the_last = spool.postpone(tmp_path, found[0])

    assert was_the_last
    assert waits == list(spool.LATER)
    assert [each.fingerprint for each in spool.aside(tmp_path)] == [fingerprint(RAW)]

    assert spool.try_again(tmp_path) == 1
    assert [each.tries for each in spool.waiting(tmp_path)] == [0]
    assert spool.aside(tmp_path) == []


def test_what_a_dead_process_left_unfinished_goes_after_a_while(tmp_path: Path) -> None:
    spool.put(tmp_path, RAW, ENVELOPE)
    old, new = tmp_path / ".a.part", tmp_path / ".b.part"
    for path, age in ((old, timedelta(hours=2)), (new, timedelta(minutes=1))):
        path.touch()
        moment = (NOON - age).timestamp()
        os.utime(path, (moment, moment))

    assert spool.sweep(tmp_path, NOON - timedelta(hours=1)) == 1
    assert (old.exists(), new.exists()) == (False, True)
    assert len(spool.waiting(tmp_path)) == 1


def test_of_somebody_who_is_erased_no_mail_stays(tmp_path: Path) -> None:
    theirs = spool.put(tmp_path, b"From: Anna <ANNA@lund.example>\r\n\r\na", Envelope(None, (), "pipe", NOON))
    spool.set_aside(tmp_path, theirs)
    spool.put(tmp_path, b"Subject: b\r\n\r\nb", ENVELOPE)
    others = spool.put(tmp_path, b"From: bo@lulea.example\r\n\r\nc", Envelope("", (), "pipe", NOON))
    broken = spool.put(tmp_path, b"d", ENVELOPE)
    (tmp_path / broken).write_bytes(b"broken")

    assert spool.forget(tmp_path, ["Anna@lund.example"]) == 2
    assert spool.forget(tmp_path, []) == 0
    assert {each.name for each in spool.waiting(tmp_path)} == {others, broken}
    assert spool.aside(tmp_path) == []


def test_what_was_set_aside_is_not_kept_for_good(tmp_path: Path) -> None:
    for days in (400, 1):
        at = NOON - timedelta(days=days)
        spool.set_aside(tmp_path, spool.put(tmp_path, b"%d" % days, Envelope("", (), "smtp", at)))

    assert spool.prune(tmp_path, NOON - timedelta(days=365)) == 1
    assert [each.at for each in spool.aside(tmp_path)] == [NOON - timedelta(days=1)]


def test_where_there_is_no_spool_nothing_waits(tmp_path: Path) -> None:
    assert spool.waiting(tmp_path / "none") == []
    assert spool.sweep(tmp_path / "none", NOON) == 0
