"""``rundbrev doctor`` says what is wrong and what to tell whom, and ends with 1 where something is."""

import json
from pathlib import Path

import pytest

from newsletter import doctoring
from newsletter.cli.frame import opened
from tests.nameserver import NameServer
from tests.newsletter.cli.conftest import Run


@pytest.fixture(autouse=True)
def _here(migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:1")


def test_in_practice_mode_nothing_is_wrong(run: Run) -> None:
    status, out, _ = run("doctor", "--wait", 0)

    assert status == 0
    assert out.startswith("\nOsäkert (")
    assert "! Inställningar: Övningsläget är på" in out
    assert "✓ Datorn: Databasen svarar (SQLite" in out
    assert out.endswith("Inget är fel. Brev går ut även om något är osäkert.\n")


def test_what_is_wrong_stands_first_with_a_record_to_paste(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with NameServer({}) as dns:
        monkeypatch.setenv("DNS_SERVER", dns.address)
        monkeypatch.setenv("FROM_ADDRESS", "brev@applen.example")
        status, out, _ = run("doctor", "--wait", 0)
        failed, plain, _ = run("doctor", "--wait", 0, "--json")

    assert (status, failed) == (1, 1)
    assert out.startswith("\nFel (")
    assert '    _dmarc.applen.example. TXT "v=DMARC1; p=none"\n' in out
    told = json.loads(plain)
    assert (told["ok"], told["waiting"]) == (False, False)
    assert told["red"] == sum(each["level"] == "red" for each in told["checks"])
    [dmarc] = [each for each in told["checks"] if each["name"] == "dmarc"]
    assert dmarc["records"] == [{"name": "_dmarc.applen.example", "type": "TXT", "value": "v=DMARC1; p=none"}]
    assert "{" not in "".join(each["says"] + each["do"] for each in told["checks"])


def test_it_speaks_english(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERFACE_LANGUAGE", "en")

    _, out, _ = run("doctor", "--wait", 0)

    assert out.startswith("\nUnsure (")
    assert "Practice mode is on: no letters leave this computer." in out
    assert "Övningsläget" not in out


def test_a_second_one_at_a_time_is_refused_in_words_and_as_json(run: Run) -> None:
    with opened(Path("var")) as app:
        assert doctoring.begin(app, actor="Bo") is not None

    status, out, err = run("doctor")
    assert (status, out) == (1, "")
    assert err.endswith("En kontroll pågår redan. Prova igen om en stund.\n")
    status, out, _ = run("doctor", "--json")
    assert (status, json.loads(out)) == (1, {"error": "En kontroll pågår redan. Prova igen om en stund."})


def test_a_server_that_is_none_is_wrong_use(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNS_SERVER", "dns.applen.example")

    assert run("doctor")[0] == 2
