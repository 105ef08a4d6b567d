"""A person's rights at the command line."""

import json
from pathlib import Path

import pytest

from newsletter import cli
from newsletter.app import build
from newsletter.settings import load
from subscribers.services import acts
from tests.cast import settle_in


@pytest.fixture
def cast(tmp_path, monkeypatch, migrated):
    """A data directory with the cast in it."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        return settle_in(session, now=app.now())


@pytest.fixture
def run(capsys, cast):
    """Type a command after ``rundbrev``. Gives status, standard output and standard error."""

    def run(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(tuple(map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return run


def test_anna_gets_all_that_is_held_as_data_and_as_a_page(run, cast):
    status, out, _ = run("members", "extract", cast.anna)
    held = json.loads(out)
    assert status == 0
    assert held["addresses"][0]["address"] == "anna@lund.example"

    status, out, _ = run("members", "extract", cast.anna, "--page", "anna.html", "--as", "Kim")
    page = Path("anna.html").read_text(encoding="utf-8")
    assert status == 0
    assert "anna.html" in out
    assert "<h1>Vad Föreningen har om dig</h1>" in page
    assert "Åkesson" in page
    assert "http" not in page.replace("http-equiv", "")
    assert Path("anna.html").stat().st_mode & 0o777 == 0o600
    with build(load(Path("var"))) as app, app.readers() as session:
        assert acts.last(session, act="extract").actor == "Kim"


def test_nobody_is_erased_by_mistake(run, cast):
    status, _, err = run("members", "erase", cast.anna)

    assert status == 1
    assert "Anna Åkesson raderas för alltid" in err
    assert run("members", "show", cast.anna)[0] == 0


def test_anna_is_erased(run, cast):
    status, out, _ = run("members", "erase", cast.anna, "--yes", "--json", "--as", "Kim")

    assert (status, json.loads(out)) == (0, {"id": cast.anna, "addresses": 1, "mails": 0})
    assert run("members", "show", cast.anna)[0] == 1
    assert run("members", "erase", cast.anna, "--yes")[0] == 1
    with build(load(Path("var"))) as app, app.readers() as session:
        assert acts.last(session, act="erase").actor == "Kim"
    assert "Anna" not in run("members", "list")[1]


def test_retention_is_shown_and_carried_out(run, cast):
    shown = run("members", "retention")[1]
    assert "sign-ups" in shown
    assert "för alltid" in shown

    carried_out = json.loads(run("members", "retention", "--carry-out", "--json", "--as", "Kim")[1])
    counts = {kind["kind"]: kind["count"] for kind in carried_out["kinds"]}
    assert counts["sign-ups"] == 0
    assert counts["acts"] is None
    with build(load(Path("var"))) as app, app.readers() as session:
        assert acts.last(session, act="prune").actor == "Kim"


def test_the_suppressed_are_listed_with_their_reason(run, cast):
    assert "greta@studsar.example" in run("members", "suppressed")[1]


def test_every_list_tells_its_legal_basis(run, cast):
    """L1."""
    shown = run("lists")[1]
    for word in ("nyhetsbrev", "samtycke", "avtal (medlemskapet)", "berättigat intresse"):
        assert word in shown
