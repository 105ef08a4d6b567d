"""A letter counts as taken when a person says so."""

from pathlib import Path

from newsletter.app import build
from newsletter.models import Delivery, DeliveryState
from newsletter.settings import load
from tests.newsletter.cli.conftest import Run
from tests.newsletter.cli.test_sendings import Answer, issue, release, send, state

__all__ = ["issue"]


def test_a_letter_counts_as_taken_when_a_person_says_so(issue: int, run: Run, answer: Answer) -> None:
    run("issues", "send", issue)
    release()
    send(unknown="bo@lulea.example")
    [letter] = answer("deliveries", "unknown")["deliveries"]

    status, out, _ = run("deliveries", "settle", letter["delivery"])

    assert (status, out) == (0, "Brevet räknas som överlämnat.\n")
    assert state(letter["delivery"]) is DeliveryState.ACCEPTED
    with build(load(Path("var"))) as app, app.readers() as session:
        assert session.get_one(Delivery, letter["delivery"]).reply == "silence"


def test_somebody_who_never_got_it_is_sent_a_copy(issue: int, run: Run, answer: Answer) -> None:
    run("issues", "send", issue)
    release()
    send()

    status, out, _ = run("deliveries", "copy", issue, "bo@lulea.example", "--as", "Kim")
    again = answer("deliveries", "copy", issue, "bo@lulea.example")

    assert (status, out) == (0, "En kopia ligger i kön.\n")
    assert again["changed"] is False
    assert state(again["delivery"]) is DeliveryState.QUEUED
    assert run("deliveries", "copy", issue, "bo@lulea.example")[1].startswith("Det finns inget brev")
