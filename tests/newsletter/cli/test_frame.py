"""Whoever types something wrong gets a sentence, a hint and an exit status, never a traceback."""

import json
import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from newsletter import cli
from newsletter.app import build
from newsletter.cli import frame, tree
from newsletter.language import current
from newsletter.services import organisation
from newsletter.settings import load
from tests.project import commands

HERE = Path(__file__).parents[3]


@pytest.fixture
def rundbrev(capsys, tmp_path, monkeypatch):
    """Type a command: the words after ``rundbrev``. Gives status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(words)
        return stopped.value.code or 0, *capsys.readouterr()

    return run


#: Commands that run until they are stopped: they have no one answer, and so no JSON object.
LASTING = ("serve", "sink", "sender")


def shown_commands():
    """Every command that people are shown, as the words after ``rundbrev``."""
    nouns = [name for name, place in tree.PLACES.items() if place.noun]
    leaves = [path for path, command in commands() if not command.hidden and path != "sender"]
    return [path.split() for path in (*nouns, *leaves)]


def run(*words, **options):
    """Run ``rundbrev`` as a process of its own."""
    options = {"cwd": HERE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run([sys.executable, *words], check=False, text=True, **options)


def test_every_command_that_help_lists_is_there():
    for name in tree.PLACES:
        assert tree.load(name).name == name


def test_help_lists_the_commands_and_stays_quick():
    before = time.perf_counter()
    done = run("-m", "newsletter", "--help")
    took = time.perf_counter() - before

    assert done.returncode == 0
    for name, place in tree.PLACES.items():
        assert (f"  {name}" in done.stdout) is not place.hidden
    assert took < 3, "0.15 s where it was written; heavy libraries must wait until they are needed"


def test_help_imports_nothing_heavy():
    program = (
        "import sys\nfrom newsletter.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = ('sqlalchemy', 'fastapi', 'jinja2', 'mjml', 'lxml', 'aiosmtpd', 'pydantic', 'babel')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = run("-c", program)

    assert done.stderr.strip() == "[]"


def test_every_command_has_help_in_swedish_with_an_example(rundbrev):
    for words in shown_commands():
        status, out, err = rundbrev(*words, "--help")

        assert (status, err) == (0, ""), words
        assert out.startswith(f"Användning: rundbrev {' '.join(words)} ")
        if "KOMMANDO" not in out:
            assert f"\n  Exempel:\n    rundbrev {' '.join(words)}" in out
            assert "--dir DIR" in out
            assert ("--json" in out) is (words[0] not in LASTING), words
        for english in ("Options", "Usage", "Show this", "[default", "[required", "<int>", "<str>"):
            assert english not in out, words


def test_every_command_has_help_in_english_where_english_is_spoken(rundbrev, monkeypatch):
    monkeypatch.setenv("INTERFACE_LANGUAGE", "en")
    for words in shown_commands():
        _, out, _ = rundbrev(*words, "--help")

        assert out.startswith(f"Usage: rundbrev {' '.join(words)} "), words
        assert "Show this help." in out
        for swedish in ("Exempel", "Flaggor", "Datamappen"):
            assert swedish not in out, words


def test_the_version_is_told(rundbrev):
    assert rundbrev("--version") == (0, f"rundbrev {version('rundbrev')}\n", "")


@pytest.mark.parametrize("words", [(), ("issues",), ("articles",), ("members",)])
def test_a_command_without_a_subcommand_shows_its_help_and_counts_as_wrong_use(rundbrev, words):
    status, out, err = rundbrev(*words)

    assert (status, out) == (2, "")
    assert err.startswith("Användning: rundbrev")
    assert "Kommandon:" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("isssue list", "Kommandot isssue finns inte. Menade du issues? Skriv ”rundbrev --help” för hjälp."),
        ("xyzzy", "Kommandot xyzzy finns inte. Skriv ”rundbrev --help” för hjälp."),
        ("issues lst", "Kommandot lst finns inte. Menade du list? Skriv ”rundbrev issues --help” för hjälp."),
        (
            "--verison",
            "Flaggan --verison finns inte. Menade du --version? Skriv ”rundbrev --help” för hjälp.",
        ),
        ("issues list --x", "Flaggan --x finns inte. Skriv ”rundbrev issues list --help” för hjälp."),
        ("issues list -x", "Flaggan -x finns inte. Skriv ”rundbrev issues list --help” för hjälp."),
        ("issues list 3", "Det står mer på raden än kommandot kan ta emot: 3. Skriv"),
        ("issues add 3", "Ange ARTIKEL. Skriv"),
        ("issues create --titel x", "Flaggan --titel finns inte. Menade du --help eller --title? Skriv"),
        ("issues show", "Ange NUMMER. Skriv ”rundbrev issues show --help” för hjälp."),
        ("issues create --title x", "Flaggan --subject måste anges. Skriv"),
        ("issues create --title", "Efter flaggan --title ska det stå ett värde. Skriv"),
        ("issues list --json=ja", "Flaggan --json tar inget värde. Skriv"),
        ("issues add 1 sju", "ARTIKEL är ”sju”, men ska vara ett heltal. Skriv"),
        ("issues move 1 2 första", "PLATS är ”första”, men ska vara ett heltal. Skriv"),
    ],
)
def test_wrong_use_gets_one_sentence_and_a_hint(rundbrev, words, says):
    status, out, err = rundbrev(*words.split())

    assert (status, out) == (2, "")
    assert err.startswith(says)
    assert err.count("\n") == 1


def test_wrong_use_is_told_in_english_where_english_is_spoken(rundbrev, monkeypatch):
    monkeypatch.setenv("INTERFACE_LANGUAGE", "en")

    status, _, err = rundbrev("issuess")

    assert (status, err) == (
        2,
        "There is no command issuess. Did you mean issues? Type “rundbrev --help” for help.\n",
    )
    assert current() == "sv", "the language is the command's, not the process's"


@pytest.mark.parametrize("given", [("--dir", "data"), ("--dir=data",)])
def test_the_language_is_looked_for_in_the_data_directory(rundbrev, tmp_path, given):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".env").write_text("INTERFACE_LANGUAGE=en\n")

    _, _, err = rundbrev("issues", "show", "7", *given)

    assert "There is no issue 7" in err


def test_an_impossible_setting_is_wrong_use(rundbrev, monkeypatch):
    monkeypatch.setenv("WEB_PORT", "åtta")

    status, out, err = rundbrev("issues", "list")

    assert (status, out) == (2, "")
    assert err == "Inställningen WEB_PORT är ”åtta”, men ska vara ett heltal från 1 till 65535.\n"


def test_help_is_given_even_when_the_settings_are_broken(rundbrev, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / ".env").write_bytes(b"WEB_PORT=\xff\xfe")

    assert rundbrev("issues", "--help")[0] == 0


def test_a_refusal_is_one_sentence_and_status_1(rundbrev):
    status, out, err = rundbrev("issues", "show", "7")

    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "Övningsläge – inga brev skickas på riktigt",
        "Det finns inget nummer 7. Ange ett id, eller nummer och år som 12/2026.",
    ]


@pytest.mark.parametrize("words", [("issues", "show", "7"), ("issues", "show"), ("issues", "list", "--x")])
def test_with_json_an_error_is_an_object_too(rundbrev, words):
    _, out, err = rundbrev(*words, "--json")

    assert list(json.loads(out)) == ["error"]
    assert json.loads(out)["error"] == err.strip()


def test_with_json_nothing_but_the_object_is_printed(rundbrev):
    assert rundbrev("issues", "list", "--json") == (0, '{\n  "issues": []\n}\n', "")


def test_practice_is_announced_until_mail_really_leaves(rundbrev, monkeypatch):
    assert "Övningsläge" in rundbrev("issues", "list")[2]

    monkeypatch.setenv("SMTP_HOST", "smtp.forening.example")
    assert "Övningsläge" in rundbrev("issues", "list")[2]  # the relay may not be used yet

    monkeypatch.setenv("BASE_URL", "https://brev.forening.example")
    monkeypatch.setenv("POSTAL_ADDRESS", "Gatan 1, 000 00 Orten")
    assert rundbrev("issues", "list")[2] == ""


def test_practice_ends_when_what_was_missing_is_set_on_the_associations_page(rundbrev, monkeypatch, tmp_path):
    monkeypatch.setenv("SMTP_HOST", "smtp.forening.example")
    monkeypatch.setenv("BASE_URL", "https://brev.forening.example")
    assert "Övningsläge" in rundbrev("issues", "list")[2]

    with build(load(tmp_path / "var")) as app, app.sessions.begin() as session:
        standing = {name: getattr(app.settings, name) for name in organisation.NAMES}
        given = {name: str(value) for name, value in standing.items()}
        given["postal_address"] = "Gatan 1, 000 00 Orten"
        assert organisation.keep(session, given=given, standing=standing, now=app.now()) == ["postal_address"]

    assert rundbrev("issues", "list")[2] == ""


def test_a_data_directory_that_cannot_be_made_is_told(rundbrev, tmp_path):
    (tmp_path / "fil").write_text("hej")

    status, _, err = rundbrev("issues", "list", "--dir", "fil/var")

    assert status == 1
    assert "fil/var går inte att skriva i" in err


def test_a_database_that_does_not_answer_is_told_without_its_password(rundbrev, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hemligt@127.0.0.1:1/brev")

    status, _, err = rundbrev("issues", "list")

    assert status == 1
    assert "Databasen går inte att använda" in err
    assert "hemligt" not in err
    assert "Traceback" not in err


def test_a_file_that_is_no_database_is_told(rundbrev, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "rundbrev.db").write_text("Det här är ett brev, ingen databas. " * 100)

    status, _, err = rundbrev("issues", "list")

    assert status == 1
    assert "Databasen går inte att använda (file is not a database)" in err


def test_an_id_that_no_database_can_hold_is_no_mistake_of_ours(rundbrev, monkeypatch, database_url):
    monkeypatch.setenv("DATABASE_URL", database_url)
    rundbrev("issues", "create", "--title", "x", "--subject", "y")

    status, _, err = rundbrev("issues", "add", "1", "9" * 25)

    assert status == 1
    assert "större än något id" in err


@pytest.fixture
def broken(monkeypatch):
    """A command of ours with a mistake in it."""

    def fail(session):
        raise RuntimeError("en bugg")

    monkeypatch.setattr("newsletter.services.issues.find_all", fail)


def test_our_own_mistake_is_a_sentence_and_the_details_lie_in_the_data_directory(rundbrev, tmp_path, broken):
    status, out, err = rundbrev("issues", "list")

    (details,) = (tmp_path / "var").glob("error-*.txt")
    assert (status, out) == (1, "")
    assert f"(RuntimeError). Detaljerna står i {details}" in err
    assert "Traceback" not in err
    assert details.stat().st_mode & 0o777 == 0o600
    assert details.read_text().startswith("rundbrev issues list\n")
    assert details.read_text().endswith("RuntimeError: en bugg\n")


def test_whoever_asks_for_it_sees_the_details_of_our_mistake(rundbrev, tmp_path, broken):
    status, _, err = rundbrev("--debug", "issues", "list")

    assert status == 1
    assert "Traceback" in err
    assert not list((tmp_path / "var").glob("error-*.txt"))


def test_an_error_after_the_answer_adds_no_second_object(rundbrev, monkeypatch):
    def say_and_fail(*args):
        frame.emit({"answer": 1})
        raise RuntimeError("sent")

    monkeypatch.setattr("newsletter.services.issues.find_all", say_and_fail)
    _, out, err = rundbrev("issues", "list", "--json")

    assert json.loads(out) == {"answer": 1}
    assert "RuntimeError" in err


def test_ctrl_c_is_130(rundbrev, monkeypatch):
    def interrupt(session):
        raise KeyboardInterrupt

    monkeypatch.setattr("newsletter.services.issues.find_all", interrupt)

    status, out, err = rundbrev("issues", "list")

    assert (status, out) == (130, "")
    assert "Traceback" not in err


def test_an_answer_of_no_stops_the_command(rundbrev, monkeypatch):
    def refuse(session):
        raise typer.Abort

    monkeypatch.setattr("newsletter.services.issues.find_all", refuse)

    status, _, err = rundbrev("issues", "list")

    assert status == 1
    assert err.endswith("Avbrutet.\n")


@pytest.mark.parametrize("words", ["--help", "issues list --json"])
def test_a_reader_who_has_had_enough_is_left_in_peace(words, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = run(
            "-m",
            "newsletter",
            *words.split(),
            cwd=tmp_path,
            stdout=closed,
            env=os.environ | {"PYTHONPATH": str(HERE)},
        )

    assert done.stderr == ""


def test_a_table_cuts_nothing_off_and_takes_words_for_words(capsys):
    frame.show_table(("Id", "Titel"), [(7, "[bold]Möte[/bold] " + "å" * 200), (12, "Rad\x1b[31m\noch rad")])

    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == " 7  [bold]Möte[/bold] " + "å" * 200
    assert lines[2].rstrip() == "12  Rad [31m och rad"


@pytest.mark.parametrize("words", [("--dir", ""), ("--dir=",), ("--dir", "  ")])
def test_a_data_directory_without_a_name_is_refused_and_nothing_is_written(rundbrev, tmp_path, words):
    status, out, err = rundbrev("issues", "list", *words)

    assert (status, out) == (2, "")
    assert "--dir: mappens namn är tomt" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", ["0", "-5", "3"])
def test_a_demo_with_too_few_people_is_wrong_use(rundbrev, tmp_path, count):
    status, out, err = rundbrev("demo", "--once", "--subscribers", count)

    assert (status, out) == (2, "")
    assert f"--subscribers: föreningen blir för liten med {count} personer" in err
    assert list(tmp_path.iterdir()) == []
