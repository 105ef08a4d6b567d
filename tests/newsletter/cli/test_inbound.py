"""A mail server hands a mail over on standard input, and goes by the exit status."""

import io
import sys
from pathlib import Path

import pytest

from newsletter.cli import inbound
from newsletter.mail import spool
from tests.newsletter.cli.conftest import Run
from tests.newsletter.cli.test_sendings import Answer

RAW = b"From: anna@lund.example\nSubject: Hej\n\nTack!\n"


@pytest.fixture
def piped(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def pipe(raw: bytes, *words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        return run("inbound", *words)

    return pipe


def test_a_mail_is_in_the_spool_with_its_envelope(piped, tmp_path: Path) -> None:
    to = ["--recipient", "svar@eken.example", "--recipient", "kontakt@eken.example"]
    assert piped(RAW, "--sender", "anna@lund.example", *to) == (0, "", "")

    (kept,) = spool.waiting(tmp_path / "var" / "inbound")
    mail = spool.read(tmp_path / "var" / "inbound", kept.name)
    assert mail.raw == RAW
    assert (mail.envelope.sender, mail.envelope.way) == ("anna@lund.example", "pipe")
    assert mail.envelope.recipients == ("svar@eken.example", "kontakt@eken.example")


def test_the_null_sender_is_not_the_same_as_none(piped, tmp_path: Path) -> None:
    piped(RAW, "--sender", "")
    piped(RAW + b"2")

    found = [
        spool.read(tmp_path / "var" / "inbound", each.name).envelope.sender
        for each in spool.waiting(tmp_path / "var" / "inbound")
    ]
    assert found == ["", None]


def test_a_mail_that_cannot_be_kept_stays_with_the_mail_server(piped, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be", encoding="utf-8")

    status, out, err = piped(RAW)

    assert (status, out) == (75, "")
    assert err.startswith("Mejlet kan inte läggas i var")


def test_a_mistake_in_the_settings_turns_no_mail_away(piped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PORT", "åtta")
    assert piped(RAW)[0] == 0


def test_a_mail_that_no_try_will_take_goes_back(piped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "LARGEST_MAIL", len(RAW))

    assert piped(RAW)[0] == 0
    for raw in (b"", RAW + b"."):
        status, _, err = piped(raw)
        assert (status, err) == (65, "Mejlet är tomt eller större än 30 MB och tas inte emot.\n")


@pytest.mark.usefixtures("migrated")
def test_mails_that_were_set_aside_are_listed_and_tried_again(piped, run: Run, answer: Answer) -> None:
    assert run("inbound", "aside") == (0, "Inga mejl har lagts åt sidan.\n", "")
    piped(RAW)
    place = Path("var") / "inbound"
    (kept,) = spool.waiting(place)
    spool.set_aside(place, kept.name)

    assert [each["name"] for each in answer("inbound", "aside")["aside"]] == [kept.name]
    assert kept.name in run("inbound", "aside")[1]
    assert answer("inbound", "retry") == {"again": 1}
    assert run("inbound", "retry") == (0, "Mejl som läses in på nytt: 0\n", "")
    assert [each.name for each in spool.waiting(place)] == [kept.name]
