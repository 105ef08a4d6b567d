"""An officer keeps segments at the command line and sends a letter to one."""

from pathlib import Path

import pytest

from newsletter import cli
from newsletter.app import build
from newsletter.settings import load
from tests.cast import settle_in


@pytest.fixture
def run(tmp_path, monkeypatch, capsys, migrated):
    """Type a command after ``rundbrev``. Gives status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        settle_in(session, now=app.now())

    def run(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(tuple(map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err.removeprefix("Övningsläge – inga brev skickas på riktigt\n")

    return run


def test_a_segment_is_saved_told_and_counted(run, answer):
    status, out, err = run("segments", "add", "Söderut", "region: Skåne, Sydost och inte tagg: styrelse")
    assert (status, err) == (0, "")
    assert "De som hör till region Skåne eller Sydost och inte har taggen ”styrelse”." in out
    assert "Just nu: 3 personer." in out

    status, out, _ = run("segments", "show", "söderut")
    assert status == 0
    assert [line.split()[1:] for line in out.splitlines()[-3:]] == [
        ["Anna", "Åkesson"],
        ["Cecilia", "Ärlig"],
        ["David", "Ärlig"],
    ]
    assert answer("segments", "list")["segments"] == [
        {
            "name": "Söderut",
            "text": "region: Skåne, Sydost och inte tagg: styrelse",
            "words": "De som hör till region Skåne eller Sydost och inte har taggen ”styrelse”.",
            "rule": {"all": [{"region": ["skane", "sydost"]}, {"not": {"tag": ["styrelse"]}}]},
        }
    ]
    assert answer("segments", "show", "Söderut")["count"] == 3


def test_a_rule_is_counted_before_it_is_saved_and_a_saved_one_by_its_name(run, answer):
    assert answer("segments", "count", "medlem: ja")["count"] == 7
    assert answer("segments", "count", "not member: yes")["count"] == 1
    answer("segments", "add", "Rubrik: alla", "medlem: ja")
    assert answer("segments", "count", "rubrik: Alla")["count"] == 7
    assert "Rubrik: alla" in run("segments", "list")[1]


def test_a_mistake_is_pointed_at(run):
    status, out, err = run("segments", "add", "Söderut", "region: Skone")

    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "region: Skone",
        "        ^",
        "Här går det inte att välja ”Skone”. Menade du Skåne?",
    ]
    assert run("segments", "list")[1].startswith("Det finns inga urval än.")


def test_a_letter_goes_to_a_segment_which_then_cannot_be_deleted(run, answer):
    answer("segments", "add", "Söderut", "region: Skåne")
    words = ("--title", "Träff", "--subject", "Träff i Lund")
    assert answer("issues", "create", *words, "--segment", "söderut")["segment"] == "Söderut"
    assert "Urval: Söderut" in run("issues", "show", "1")[1]

    status, _, err = run("segments", "delete", "Söderut")
    assert (status, err) == (1, "Urvalet Söderut hör till ett nummer och kan inte tas bort.\n")
    status, _, err = run("issues", "create", *words, "--segment", "Norrut")
    assert status == 1
    assert "Det finns inget urval som heter Norrut. Urvalen är: Söderut." in err


def test_a_segment_is_deleted_and_its_people_stay(run, answer):
    answer("segments", "add", "Söderut", "region: Skåne")

    assert answer("segments", "delete", "söderut") == {"name": "Söderut", "deleted": True}
    assert answer("segments", "list") == {"segments": []}
    assert answer("members", "list")["count"] == 8
    assert run("segments", "show", "Söderut")[0] == 1
