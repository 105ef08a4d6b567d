"""``rundbrev why`` answers in a sentence."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from newsletter import cli
from newsletter.app import build
from newsletter.models import Delivery, DeliveryState
from newsletter.services import releases
from newsletter.settings import load
from tests.cast import settle_in
from tests.letterpress import set_issue


@pytest.fixture
def why(capsys, tmp_path, monkeypatch, migrated):
    """Type words after ``rundbrev why`` about an issue that was taken by Anna's server."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        cast = settle_in(session, now=app.now())
        issue_id = set_issue(session, list_id=cast.newsletter, now=app.now())
        releases.release(session, scope=app.everything("a test"), issue_id=issue_id, now=app.now())
        session.execute(
            update(Delivery)
            .where(Delivery.subscriber_id == cast.anna)
            .values(state=DeliveryState.ACCEPTED, reply="250 2.0.0 Ok: queued as 4F1C", settled_at=app.now())
        )

    def type_in(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(("why", *map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return type_in


def test_a_letter_that_was_taken_comes_with_a_text_for_the_it_department(why):
    status, out, _ = why(1, "anna@lund.example")

    assert status == 0
    for words in (
        "överlämnades",
        "Köid: 4F1C",
        "Text till medlemmens it-avdelning",
        "Message-ID: <",
        "(UTC)",
    ):
        assert words in out


def test_scripts_get_the_facts_and_the_sentence(why):
    told = json.loads(why(1, "Anna Åkesson", "--json")[1])

    assert (told["answer"], told["queue_id"], told["address"]) == ("accepted", "4F1C", "anna@lund.example")
    assert told["message_id"].startswith("<")
    assert told["sentence"].startswith("Nyhetsbrevet")
    assert told["message_id"] in told["for_it"]


def test_a_letter_that_was_never_sent_comes_with_the_reason_alone(why):
    status, out, _ = why(1, "Elsa")

    assert status == 0
    assert out.strip().endswith("registret har ingen e-postadress.")


def test_nobody_by_that_name_is_told_in_a_sentence(why):
    status, out, err = why(1, "Quentin")

    assert (status, out) == (1, "")
    assert "Det finns ingen ”Quentin” i registret." in err


def test_a_persons_card_has_their_latest_letters(why, capsys):
    for words, expected in (
        (("members", "show", "1"), ("Överlämnat", "250 2.0.0 Ok: queued as 4F1C", "rundbrev why 1 1")),
        (("members", "show", "1", "--json"), ('"deliveries"', '"answer": "accepted"')),
    ):
        with pytest.raises(SystemExit):
            cli.main(words)
        out, _ = capsys.readouterr()
        assert all(each in out for each in expected)
