"""Mails that the sink kept: byte for byte, newest first, and nothing outside the folder."""

from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.mail import folder
from newsletter.mail.folder import Envelope
from subscribers.errors import NotFound
from tests.conftest import NOON

RAW = (
    "From: Eken <brev@eken.example>\r\nTo: =?utf-8?q?=C3=85sa?= <asa@lund.example>\r\n"
    "Subject: Hej\r\n\r\nå\r\n"
)


def envelope(minutes: int = 0, to: str = "asa@lund.example") -> Envelope:
    return Envelope("studs@eken.example", (to,), False, NOON + timedelta(minutes=minutes))


def test_a_mail_comes_back_byte_for_byte_with_its_envelope(tmp_path: Path) -> None:
    raw = bytes(range(256)) * 3 + b"\r\n.\r\n"

    name = folder.keep(tmp_path, raw, envelope(to="åsa@lund.example"))

    mail = folder.read(tmp_path, name)
    assert mail.raw == raw
    assert mail.envelope == envelope(to="åsa@lund.example")
    assert (tmp_path / f"{name}.eml").read_bytes() == raw
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.eml", f"{name}.json"]


def test_the_newest_is_listed_first_with_what_it_says_of_itself(tmp_path: Path) -> None:
    old = folder.keep(tmp_path, RAW.encode(), envelope(0))
    new = folder.keep(tmp_path, RAW.encode(), envelope(1))

    listed = folder.messages(tmp_path)

    assert [kept.name for kept in listed] == [new, old]
    assert listed[0] == folder.Kept(
        name=new,
        envelope=envelope(1),
        size=len(RAW.encode()),
        subject="Hej",
        sender="Eken <brev@eken.example>",
        to="Åsa <asa@lund.example>",
        is_letter=False,
    )


def test_mails_of_the_same_instant_are_all_kept(tmp_path: Path) -> None:
    names = {folder.keep(tmp_path, RAW.encode(), envelope()) for _ in range(50)}

    assert len(names) == folder.count(tmp_path) == 50


def test_a_page_of_many_opens_only_its_own_mails(tmp_path: Path) -> None:
    names = [folder.keep(tmp_path, RAW.encode(), envelope(minute)) for minute in range(30)]
    for name in names[:20]:
        (tmp_path / f"{name}.json").write_text("damaged")  # would not be read without an error

    page = folder.messages(tmp_path, offset=3, limit=5)

    assert [kept.name for kept in page] == list(reversed(names))[3:8]


def test_a_mail_without_sense_or_headers_is_listed_all_the_same(tmp_path: Path) -> None:
    for raw in (b"", b"\r\n\r\n", b"\xff\xfe\x00", b"Subject" * 9000, b"Subject: =?utf-8?b?////?=\r\n\r\n"):
        folder.keep(tmp_path, raw, envelope())

    assert len(folder.messages(tmp_path)) == 5


def test_a_mail_that_is_taken_away_meanwhile_is_passed_over(tmp_path: Path) -> None:
    name = folder.keep(tmp_path, RAW.encode(), envelope())
    (tmp_path / f"{name}.json").unlink()

    assert folder.messages(tmp_path) == []


def test_other_files_are_no_mails(tmp_path: Path) -> None:
    (tmp_path / "notes.eml").write_text("mine")
    (tmp_path / ".20300301T120000000000Z-0a0a0a0a.eml.part").write_text("half")

    assert folder.messages(tmp_path) == []
    assert folder.count(tmp_path) == 0


@pytest.mark.parametrize(
    "name",
    ["../secret", "/etc/passwd", "..", "", "a\0b", "20300301T120000000000Z-0a0a0a0a\n", "%2e%2e", "notes"],
)
def test_nothing_outside_the_folder_can_be_read(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "sink"
    inside.mkdir()
    (tmp_path / "secret.eml").write_text("secret")
    (inside / "notes.eml").write_text("not a mail that we kept")

    with pytest.raises(NotFound):
        folder.read(inside, name)


def test_an_unknown_mail_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        folder.read(tmp_path, "20300301T120000000000Z-0a0a0a0a")
