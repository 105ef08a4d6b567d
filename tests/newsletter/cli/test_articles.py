"""An officer brings texts in at the command line."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter import cli

TEXT = "Det här är brödtext. Den har två meningar, och den andra är lite längre än den första."
LETTER = f"""Taket läggs om i maj

LEDARE 3 MARS 2026: {TEXT}

{TEXT}

Anna Berg, ordförande

Nya bryggan är på plats

{TEXT} Skriv till bo@hamn.example.

Bo Ek vid bryggan. Foto: Cia Al

Rulla till toppen
"""


@pytest.fixture
def articles(capsys, tmp_path, monkeypatch):
    """Type a command after ``rundbrev articles``. Gives status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(("articles", *map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err.removeprefix("Övningsläge – inga brev skickas på riktigt\n")

    return run


@pytest.fixture
def answer(articles):
    """The JSON object that a command answers with."""

    def run(*words):
        status, out, err = articles(*words, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return run


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "brev.txt"
    path.write_text(LETTER, encoding="utf-8")
    return path


def test_a_trial_shows_the_split_and_stores_nothing(articles, answer, letter):
    status, out, err = articles("import", letter, "--dry-run")

    assert (status, err) == (0, "")
    for shown in ("Taket läggs om i maj", "LEDARE 2026-03-03", "Anna Berg, ordförande", "Rulla till toppen"):
        assert shown in out
    assert "2 artiklar. Inget är inläst än." in out
    assert not Path("var").exists()


def test_a_trial_gives_scripts_one_object_over_all_files(answer, letter, tmp_path):
    other = tmp_path / "resa.md"
    other.write_text("---\ntitle: Resan\naudience: [skane]\n---\nText.", encoding="utf-8")

    found = answer("import", letter, other, "--dry-run")

    assert [article["title"] for article in found["articles"]] == [
        "Taket läggs om i maj",
        "Nya bryggan är på plats",
        "Resan",
    ]
    first, second, third = found["articles"]
    assert (first["kicker"], first["date"]) == ("LEDARE", "2026-03-03")
    assert first["byline"] == {"name": "Anna Berg", "role": "ordförande"}
    assert second["byline"] is None
    assert second["captions"] == ["Bo Ek vid bryggan. Foto: Cia Al"]
    assert second["links"] == ["mailto:bo@hamn.example"]
    assert third["audience"] == ["skane"]
    assert found["dropped"] == ["Rulla till toppen"]
    assert found["refused"] == []


def test_articles_come_in_once(articles, answer, letter):
    first = answer("import", letter)
    again = answer("import", letter)

    assert (first["imported"], first["unchanged"]) == (2, 0)
    assert (again["imported"], again["unchanged"]) == (0, 2)
    assert [a["id"] for a in again["articles"]] == [a["id"] for a in first["articles"]]
    assert "0 nya artiklar." in articles("import", letter)[1]


def test_a_broken_file_stops_no_other(articles, letter, tmp_path):
    broken = tmp_path / "bild.txt"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")

    status, out, err = articles("import", broken, letter, tmp_path / "saknas.txt", "--json")

    assert status == 1
    assert json.loads(out)["imported"] == 2
    assert json.loads(out)["refused"] == err.splitlines()
    assert [line.split(" ", 2)[1] for line in err.splitlines()] == ["bild.txt", "saknas.txt"]


def test_nothing_of_a_file_with_an_unknown_region_is_stored(articles, answer, tmp_path):
    path = tmp_path / "resa.md"
    path.write_text("---\ntitle: Resan\naudience: Mumindalen\n---\nText.", encoding="utf-8")

    status, _out, err = articles("import", path)

    assert status == 1
    assert "Mumindalen" in err
    assert answer("list") == {"articles": []}


def test_an_edited_outline_corrects_the_split(articles, answer, letter, tmp_path):
    saved = tmp_path / "brev.disposition"
    answer("import", letter)
    articles("import", letter, "--dry-run", "--outline-out", saved)
    edited = saved.read_text(encoding="utf-8").replace("artikel           9", "mellanrubrik      9")
    saved.write_text(edited, encoding="utf-8")

    done = answer("import", letter, "--outline", saved)

    assert [(a["title"], a["outcome"]) for a in done["articles"]] == [
        ("Taket läggs om i maj", "changed"),
        ("Nya bryggan är på plats", "archived"),
    ]
    assert "## Nya bryggan är på plats" in answer("show", 1)["body"]
    assert answer("import", letter)["unchanged"] == 1


def test_an_outline_of_another_text_is_refused(articles, letter, tmp_path):
    saved = tmp_path / "brev.disposition"
    saved.write_text("fil brev.txt\nartikel 2 Något annat\n", encoding="utf-8")

    status, _out, err = articles("import", letter, "--outline", saved)

    assert status == 1
    assert "rad 2 i brev.txt" in err


def test_an_outline_that_cannot_be_saved_gets_a_sentence(articles, letter, tmp_path):
    status, _out, err = articles(
        "import", letter, "--dry-run", "--outline-out", tmp_path / "saknas" / "d.txt"
    )

    assert status == 1
    assert "d.txt" in err
    assert "Traceback" not in err


def test_the_list_says_what_to_do_when_it_is_empty(articles):
    assert "rundbrev articles import FIL" in articles("list")[1]


def test_the_list_shows_articles_by_where_they_stand(articles, answer, letter):
    answer("import", letter)
    answer("edit", 1, "--status", "ready")

    assert [a["id"] for a in answer("list")["articles"]] == [2, 1]
    assert [a["id"] for a in answer("list", "--status", "ready")["articles"]] == [1]
    assert "Nya bryggan är på plats" in articles("list")[1]


def test_the_versions_of_an_article_stand_in_the_associations_time(articles, answer, letter, monkeypatch):
    answer("import", letter)
    at = datetime.fromisoformat(answer("show", 1)["revisions"][0]["at"])
    monkeypatch.setenv("TIME_ZONE", "Pacific/Kiritimati")  # half a day and more from UTC

    assert f"1: {at.astimezone(ZoneInfo('Pacific/Kiritimati')):%Y-%m-%d %H:%M}" in articles("show", 1)[1]


def test_an_article_is_shown_whole(articles, answer, letter):
    answer("import", letter)

    _status, out, _err = articles("show", 2)

    for shown in (
        "Nya bryggan är på plats",
        TEXT,
        "Bilder: Bo Ek vid bryggan. Foto: Cia Al",
        "Läge: utkast",
        "För: alla",
    ):
        assert shown in out


def test_every_edit_is_a_revision(articles, answer, letter):
    answer("import", letter)

    answer("edit", 1, "--set", "title=Nytt tak", "--set", "lead=Spån, som förr.", "--audience", "Skåne, vast")
    changed = answer("edit", 1, "--status", "ready", "--expires", "2026-12-31")
    same = articles("edit", 1, "--status", "ready")

    assert (changed["title"], changed["lead"], changed["audience"]) == (
        "Nytt tak",
        "Spån, som förr.",
        ["skane", "vast"],
    )
    assert (changed["status"], changed["expires"], changed["revision"]) == ("ready", "2026-12-31", 3)
    assert "Inget är ändrat" in same[1]
    assert [r["content"]["title"] for r in answer("show", 1)["revisions"]] == [
        "Taket läggs om i maj",
        "Nytt tak",
        "Nytt tak",
    ]


def test_an_edit_can_take_things_back(answer, letter):
    answer("import", letter)
    answer("edit", 1, "--audience", "skane", "--expires", "2026-12-31")

    changed = answer("edit", 1, "--audience", "alla", "--expires", "aldrig", "--set", "date=")

    assert (changed["audience"], changed["expires"], changed["date"]) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--set", "rubrik=Hej"), "”rubrik=Hej” går inte att förstå"),
        (("--set", "title"), "”title” går inte att förstå"),
        (("--set", "title="), "måste ha en titel"),
        (("--expires", "i morgon"), "”i morgon” är inget datum"),
        (("--audience", "Mumindalen"), "Mumindalen"),
    ],
)
def test_an_edit_that_cannot_be_understood_changes_nothing(articles, answer, letter, words, sentence):
    answer("import", letter)

    status, _out, err = articles("edit", 1, *words)

    assert status == 1
    assert sentence in err
    assert answer("show", 1)["revision"] == 1


def test_an_article_that_is_not_there_gets_a_sentence(articles):
    assert articles("show", 7) == (
        1,
        "",
        "Artikel 7 finns inte. Se vilka som finns med rundbrev articles list.\n",
    )


def test_a_picture_comes_with_its_text_and_a_missing_one_is_told_of(articles, answer, tmp_path):
    path = tmp_path / "resa.md"
    path.write_text(
        "---\ntitle: Resan\nimages:\n  - file: a.jpg\n  - file: b.jpg\n---\nText.", encoding="utf-8"
    )
    (tmp_path / "a.jpg").write_bytes(b"a picture")

    status, _out, err = articles("import", path)

    assert status == 0
    assert err.startswith("Bilden b.jpg finns inte bredvid resa.md.")
    assert [image["file"] for image in answer("show", 1)["images"]] == ["a.jpg", None]
    assert Path("var/media/a.jpg").read_bytes() == b"a picture"
