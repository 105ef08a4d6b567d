"""A treasurer's files at the command line: looked at first, read in, undone, exported, and kept up with."""

import json
from pathlib import Path

import openpyxl
import pytest

from newsletter import cli
from newsletter.app import build
from newsletter.settings import load
from subscribers.core.authority import Everything
from subscribers.services import departures, members
from tests.cast import settle_in

REGISTER = (
    "Medlemsnr;Förnamn;Efternamn;Ort;E-post\n"
    "M001;Anna;Åkesson;Luleå;anna@lund.example\n9;Cia;Ås;Lund;c@x.se\n"
)


@pytest.fixture
def cast(tmp_path, monkeypatch, migrated):
    """A data directory with the cast in it, and a register beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.csv").write_text(REGISTER, encoding="mac-roman")
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        return settle_in(session, now=app.now())


@pytest.fixture
def run(capsys, cast):
    """Type a command after ``rundbrev members``; give status, standard output and standard error."""

    def run(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(("members", *map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return run


def answer(run, *words):
    status, out, _ = run(*words, "--json")
    assert status == 0
    return json.loads(out)


def test_a_file_is_looked_at_read_in_and_undone(run, cast):
    status, out, _ = run("import", "r.csv", "--dry-run", "--map", "Ort=kommun")
    assert status == 0
    assert "r.csv: 2 rader, Mac Roman, semikolon mellan kolumnerna." in out
    assert "Anna Åkesson Kommun 1281 2580" in " ".join(out.split())
    assert answer(run, "imports")["imports"] == []

    done = answer(run, "import", "r.csv", "--map", "Ort=kommun")
    assert (done["new"], done["changed"], done["import"]) == (1, 1, 1)
    assert "r.csv" in run("imports")[1]

    undone = answer(run, "import-undo", 1)
    assert (undone["undone"], undone["people_removed"]) == (True, 1)
    assert run("import-undo", 1)[0] == 1


def test_what_a_member_has_said_here_stays_until_somebody_decides(run, cast, tmp_path):
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        everyone, now = Everything("test"), app.now()
        members.add_address(
            session, scope=everyone, subscriber_id=cast.anna, address="min@x.se", prefer=True, now=now
        )
    (tmp_path / "r.csv").write_text("Medlemsnr;E-post\nM001;ny@x.se\n")

    _, out, _ = run("import", "r.csv")
    assert "--take-file RAD:FÄLT" in out
    told = answer(run, "changes", "--since", "2020-01-01", "--out", "c.xlsx")
    assert [c["new"] for c in told["changes"]] == ["min@x.se", "min@x.se"]
    assert openpyxl.load_workbook("c.xlsx").active["A1"].value == "Ändringar till medlemsregistret"

    done = answer(run, "import", "r.csv", "--take-file", "2:E-post")
    assert (done["conflicts"], done["changed"]) == ([], 1)


@pytest.mark.parametrize("name", ["ut.csv", "ut.xlsx"])
def test_an_export_read_in_again_changes_nothing(run, name):
    assert answer(run, "export", name)["people"] == 8

    again = answer(run, "import", name)

    assert (again["new"], again["changed"], again["unchanged"], again["import"]) == (0, 0, 8, None)


def test_those_who_have_left_are_suppressed_and_not_enrolled(run, tmp_path):
    (tmp_path / "u.csv").write_text("Email Address,UNSUB_TIME\nx@y.se,2024-01-01\n")

    found = answer(run, "import", "u.csv")

    assert (found["departures"], found["service"], found["new"]) == (True, "Mailchimp", 1)
    assert answer(run, "list")["count"] == 8


def test_somebody_states_that_nobody_has_left(run):
    assert run("no-unsubscribed", "--by", "Åsa")[0] == 0
    with build(load(Path("var"))) as app, app.readers() as session:
        assert departures.known(session).stated_by == "Åsa"


@pytest.mark.parametrize(
    "words",
    [
        ("import", "r.csv", "--map", "Ort"),
        ("import", "r.csv", "--map", "Ort=skor"),
        ("import", "r.csv", "--take-file", "x:y"),
        ("import", "r.csv", "--delimiter", "ab"),
        ("export", "ut.pdf"),
    ],
)
def test_what_cannot_be_understood_is_a_sentence(run, words):
    status, out, err = run(*words)

    assert (status, out) == (1, "")
    assert "Traceback" not in err
    assert len(err.strip()) > 20
