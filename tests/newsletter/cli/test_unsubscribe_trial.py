"""``rundbrev inbound test`` says what works, and ends with 1 where something does not."""

import json
from pathlib import Path

import pytest

from tests.newsletter.cli.conftest import Run


@pytest.fixture(autouse=True)
def _here(migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")


def test_what_does_not_work_is_told_with_what_to_do(run: Run) -> None:
    status, out, _ = run("inbound", "test", "--wait", 0)

    assert status == 1
    assert "Adressen svarar inte.\n  Säg till webbhotellet: http://127.0.0.1:1/u/ ska gå att nå" in out
    assert "ange INBOUND_ADDRESS" in out


def test_a_mail_that_has_not_gone_is_waited_for_as_long_as_was_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INBOUND_ADDRESS", "svar@forening.example")

    status, out, _ = run("inbound", "test", "--wait", 0, "--json")

    told = json.loads(out)
    assert (status, told["works"], told["one_click"], told["mail"]) == (1, False, "no answer", "waiting")
