"""Regret, pause, stop, hold and correct at the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsletter import jobs
from newsletter.app import build
from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import Reply
from newsletter.models import Article, Delivery, DeliveryState
from newsletter.services import claims, settling
from newsletter.settings import load
from subscribers.models import Act
from tests.cast import settle_in
from tests.newsletter.cli.conftest import Run

Answer = Callable[..., Any]


@pytest.fixture
def issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, migrated: None) -> int:
    """A draft in an association with the cast in it."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        settle_in(session, now=app.now())
        session.add(Article(title="Ett", body="Text.", created_at=app.now(), updated_at=app.now()))
    made: int = answer("issues", "create", "--title", "Mars", "--subject", "Vårens träffar")["id"]
    answer("issues", "add", made, 1)
    return made


def release() -> None:
    with build(load(Path("var"))) as app:
        jobs.release_issues(app)


def send(*, unknown: str = "") -> None:
    """Let a sender take everything, whenever it is due."""
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        now = app.now().replace(year=app.now().year + 1)
        copies = claims.claim(session, sender="a~1~b", now=now, limit=9)
        results = [
            (copy.claim, Unanswered("silence") if copy.address == unknown else Reply.of(250, "Ok"))
            for copy in copies
        ]
        settling.settle(session, results, sender="a~1~b", now=now)


def logged(act: str) -> list[Act]:
    with build(load(Path("var"))) as app, app.readers() as session:
        return list(session.scalars(select(Act).where(Act.act == act).order_by(Act.id)))


def test_sending_tells_how_long_it_can_be_regretted_and_then_it_can(issue: int, run: Run) -> None:
    _, out, _ = run("issues", "send", issue)
    assert "I 10 minuter går inget brev" in out
    assert "15 minuter före alla andra" in out
    release()

    status, out, _ = run("issues", "undo", issue, "--as", "Kim")

    assert (status, "Inget av de 4 breven har gått" in out) == (0, True)
    [act] = logged("undo")
    assert (act.actor, act.details) == ("Kim", {"letters": 4})
    assert run("issues", "undo", issue)[0] != 0  # it is a draft by now


def test_a_wait_is_skipped_with_a_reason_that_stays_in_the_log(issue: int, run: Run) -> None:
    status, _, err = run("issues", "send", issue, "--no-grace")
    assert (status, "Skriv varför" in err) == (1, True)

    status, out, _ = run("issues", "send", issue, "--no-grace", "--reason", "dödsannons")

    assert (status, "ångras" in out) == (0, False)
    [act] = logged("schedule")
    assert (act.details["grace"], act.details["skipped because"]) == (0, "dödsannons")


def test_pause_resume_and_stop_are_told_and_logged(issue: int, run: Run, answer: Answer) -> None:
    run("issues", "send", issue)
    release()

    assert answer("issues", "pause", issue)["paused_at"] is not None
    assert "pausat" in run("issues", "status", issue)[1]
    assert answer("issues", "resume", issue)["paused_at"] is None
    stopped = answer("issues", "cancel", issue, "--as", "Kim")

    assert (stopped["withdrawn"], stopped["stopped_at"] is not None) == (4, True)
    assert "avbrutet" in run("issues", "list")[1]
    assert [logged(act)[0].act for act in ("pause", "resume", "stop")] == ["pause", "resume", "stop"]
    assert run("issues", "pause", issue)[0] == 1


def test_an_urgent_issue_holds_others_until_a_person_lets_them_go(
    issue: int, run: Run, answer: Answer
) -> None:
    other = answer("issues", "create", "--title", "April", "--subject", "April")["id"]
    answer("issues", "add", other, 1)
    answer("issues", "schedule", other, "+1d")

    sent = answer("issues", "send", issue, "--hold", "person")

    assert (sent["urgent"], sent["holds"]) == (True, [other])
    assert logged("schedule")[-1].details["holds"] == [other]
    freed = answer("issues", "let-go", other)
    assert freed["hold"] is None
    assert run("issues", "let-go", other)[0] == 1


def test_a_correction_shows_what_went_replaces_what_has_not_and_begins(
    issue: int, run: Run, answer: Answer
) -> None:
    run("issues", "send", issue)
    release()
    [variant] = [v for v in answer("issues", "correct", issue)["variants"] if v["language"] == "sv"]
    assert (variant["arrived"], variant["under_way"]) == (0, 3)

    replaced = answer("issues", "correct", issue, "--variant", variant["variant"], "--replace")
    assert replaced["letters"] == 3
    send()
    newest = [v for v in answer("issues", "correct", issue)["variants"] if v["arrived"]]
    Path("fel.md").write_text("Det var fel dag.", encoding="utf-8")
    wanted = [word for v in newest for word in ("--variant", v["variant"])]
    begun = answer("issues", "correct", issue, *wanted, "--subject", "Rättelse", "--text", "fel.md")

    assert (begun["kind"], begun["corrects"], begun["status"]) == ("correction", issue, "draft")
    assert "Rättelse av Nyhetsbrevet" in run("issues", "list")[1]
    assert run("issues", "correct", issue, *wanted, "--subject", "x", "--text", "borta.md")[0] == 1


def test_unknown_letters_are_listed_settled_and_sent_again(issue: int, run: Run, answer: Answer) -> None:
    assert "Inga brev är ovissa" in run("deliveries", "unknown")[1]
    run("issues", "send", issue)
    release()
    send(unknown="anna@lund.example")
    [letter] = answer("deliveries", "unknown", "--issue", issue)["deliveries"]
    assert letter["reply"] == "silence"
    assert "anna@lund.example" in run("deliveries", "unknown")[1]

    assert answer("deliveries", "resend", letter["delivery"])["changed"]
    assert not answer("deliveries", "settle", letter["delivery"])["changed"]
    assert "Inget har ändrats" in run("deliveries", "resend", letter["delivery"])[1]

    assert state(letter["delivery"]) is DeliveryState.QUEUED
    assert run("deliveries", "settle", 999_999)[0] == 1
    assert [act.subject for act in logged("resend delivery")] == [f"delivery {letter['delivery']}"]


def state(delivery_id: int) -> DeliveryState:
    with build(load(Path("var"))) as app, app.readers() as session:
        return session.get_one(Delivery, delivery_id).state
