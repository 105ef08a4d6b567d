"""An officer tags people at the command line, and writes to those who have the tag."""

import json
from pathlib import Path

import pytest

from newsletter.app import build
from newsletter.settings import load
from tests.cast import settle_in


@pytest.fixture(autouse=True)
def cast(tmp_path, monkeypatch, migrated):
    """A data directory with the cast in it."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        return settle_in(session, now=app.now())


def test_a_tag_is_put_shown_selected_and_taken_off(answer, run, cast) -> None:
    put = answer("members", "tag", cast.anna, "Styrelse", "--as", "Kim")
    assert put == {"id": cast.anna, "tags": ["Styrelse"], "changed": True}
    assert not answer("members", "tag", cast.anna, "styrelse")["changed"]
    answer("members", "tag", cast.bo, "styrelse")

    assert [each["people"] for each in answer("members", "tags")["tags"]] == [2]
    assert answer("members", "show", cast.anna)["tags"] == ["Styrelse"]
    assert "  Taggar: Styrelse\n" in run("members", "show", cast.anna)[1]
    assert answer("segments", "count", "tagg: styrelse")["count"] == 2

    taken = answer("members", "tag", cast.anna, "STYRELSE", "--remove")
    assert taken == {"id": cast.anna, "tags": [], "changed": True}
    assert answer("segments", "count", "tagg: styrelse")["count"] == 1


def test_the_log_says_who_tagged_but_neither_whom_by_name_nor_the_word(answer, cast) -> None:
    answer("members", "tag", cast.anna, "styrelse", "--as", "Kim")
    answer("members", "tag", cast.anna, "styrelse", "--remove")
    answer("members", "tag", cast.anna, "styrelse", "--remove")

    logged = answer("log")["acts"]
    assert [act["act"] for act in logged] == ["take tag", "put tag"]
    assert logged[-1]["actor"] == "Kim"
    assert not any(word in json.dumps(logged) for word in ("Anna", "styrelse"))


def test_tags_are_told_in_words(run, cast) -> None:
    assert run("members", "tags") == (0, "Ingen har någon tagg.\n", "")
    assert run("members", "tag", cast.anna, "körsång") == (0, "Personens taggar: körsång.\n", "")
    assert "körsång" in run("members", "tags")[1]
    assert run("members", "tag", cast.anna, "körsång", "--remove")[1] == "Personens taggar: inga.\n"


def test_an_empty_tag_and_an_unknown_person_are_refused_with_a_sentence(run, cast) -> None:
    status, _, err = run("members", "tag", cast.anna, " ")
    assert (status, err) == (1, "Taggen är tom. Skriv ett ord, som styrelse.\n")
    status, _, err = run("members", "tag", 999, "styrelse")
    assert (status, err.count("\n")) == (1, 1)
