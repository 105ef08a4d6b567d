"""An administrator gives roles, moves counties and marks deaths at the command line, and the log tells."""

import json
from pathlib import Path

import pytest

from newsletter.app import build
from newsletter.settings import load
from subscribers.models import Subscriber
from tests.cast import settle_in


@pytest.fixture(autouse=True)
def cast(tmp_path, monkeypatch, migrated):
    """A data directory with the cast in it."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        return settle_in(session, now=app.now())


def test_a_role_is_given_taken_and_logged_with_who_did_it_and_no_name_of_whom(answer, cast) -> None:
    assert answer("roles", "give", cast.anna, "administrator", "--as", "Kim")["changed"]
    assert answer("roles", "give", cast.bo, "regional-lead", "--region", "Norra", "--until", "2999-06-30")[
        "changed"
    ]
    assert not answer("roles", "give", cast.anna, "administrator")["changed"]

    held = answer("roles", "list")
    assert {(role["name"], role["role"], role["until"]) for role in held["roles"]} == {
        ("Anna Åkesson", "administrator", None),
        ("Bo Öberg", "regional-lead", "2999-06-30"),
    }
    assert "Bara en administratör är kvar. Ge rollen till en till." in held["warnings"]
    assert not any("Norra" in warning for warning in held["warnings"])

    assert answer("roles", "give", cast.elsa, "administrator")["changed"]
    assert answer("roles", "take", cast.anna, "administrator")["changed"]
    logged = answer("log")["acts"]
    assert [act["act"] for act in logged] == ["take role", *["give role"] * 3]
    assert logged[-1]["actor"] == "Kim"
    assert "Anna" not in json.dumps(logged)


def test_the_last_administrator_is_not_taken_away(run, answer, cast) -> None:
    answer("roles", "give", cast.anna, "administrator")
    answer(
        "roles", "give", cast.bo, "administrator", "--until", "2020-01-01"
    )  # has ended, and counts for none

    status, _, err = run("roles", "take", cast.anna, "administrator")

    assert (status, "Utse först en till" in err) == (1, True)
    assert any(role["name"] == "Anna Åkesson" for role in answer("roles", "list")["roles"])
    answer("roles", "give", cast.cecilia, "administrator")
    assert answer("roles", "take", cast.anna, "administrator")["changed"]


def test_a_lead_needs_a_region_and_a_day_is_a_day(run, cast) -> None:
    for words in (
        ("give", cast.anna, "regional-lead"),
        ("give", cast.anna, "officer", "--region", "skane"),
        ("give", cast.anna, "officer", "--until", "i vår"),
    ):
        status, out, err = run("roles", *words)
        assert (status, out) == (1, "")
        assert err.endswith(".\n")


def test_letters_from_a_persons_own_address_are_warned_of(run, answer, cast, monkeypatch) -> None:
    monkeypatch.setenv("FROM_ADDRESS", "anna@lund.example")

    assert any(warning.startswith("anna@lund.example är") for warning in answer("roles", "list")["warnings"])


def test_a_county_is_moved_only_when_somebody_has_seen_whom_and_said_yes(run, answer, cast) -> None:
    _, out, _ = run("regions", "move-county", "Skåne", "norra")
    assert "Anna Åkesson" in out
    assert "3 personer skulle flyttas till Norra. Flytta med --yes." in out
    assert answer("regions", "show", "skane")["people"] == 3

    assert answer("regions", "move-county", "Skåne", "norra", "--yes")["moved"]

    listed = answer("regions", "list")
    people = {region["slug"]: region["people"] for region in listed["regions"]}
    assert (people["skane"], people["norra"]) == (0, 5)
    assert [who["name"] for who in listed["without_region"]] == ["Hilma Virtanen"]
    assert run("regions", "rename", "norra", "Norr och söder")[1] == (
        "Regionen norra heter nu Norr och söder.\n"
    )


def test_a_member_dies_is_placed_and_follows_a_region(run, answer, cast) -> None:
    assert answer("members", "deceased", cast.anna, "--on", "2026-01-31")["deceased_on"] == "2026-01-31"
    assert "Avliden: 2026-01-31" in run("members", "show", cast.anna)[1]
    assert answer("members", "deceased", cast.anna, "--undo")["deceased_on"] is None
    assert answer("members", "place", cast.anna, "norra", "--reason", "Ville")["region"] == "norra"
    assert answer("members", "place", cast.anna, "--by-municipality")["region"] == "skane"
    assert run("members", "place", cast.anna)[0] == 1
    assert answer("members", "follow", cast.anna, "Norra", "vast")["regions"] == ["norra", "vast"]
    assert answer("members", "follow", cast.anna, "--all")["all"]
    assert len(answer("log")["acts"]) == 4, "what a person follows is theirs, and stands in their changes"


def test_addresses_to_look_at_are_pointed_out_and_left_as_they_are(answer, cast) -> None:
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        address = session.get_one(Subscriber, cast.anna).addresses[0]
        address.address = address.canonical = "anna@gmial.com"

    [found] = answer("members", "hints")["hints"]

    assert (found["id"], found["address"]) == (cast.anna, "anna@gmial.com")
    assert "anna@gmail.com" in found["hint"]


def test_an_empty_log_says_so(run) -> None:
    assert run("log")[1] == "Loggen är tom: ingen har gjort något än.\n"
