"""Whom to ring or write to, at the command line."""

from pathlib import Path

import pytest

from newsletter.app import build
from newsletter.models import CallReason, DomainHold
from newsletter.services import calls
from newsletter.settings import load
from subscribers.models import Suppression, SuppressionReason
from tests.cast import settle_in
from tests.letterpress import set_issue


@pytest.fixture
def row(tmp_path, monkeypatch, migrated):
    """A data directory with Greta to be rung, and a domain that waits."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        cast = settle_in(session, now=app.now())
        issue_id = set_issue(session, list_id=cast.newsletter, now=app.now())
        session.add(DomainHold(issue_id=issue_id, domain="lund.example", held_at=app.now()))
        session.add(
            Suppression(canonical="anna@lund.example", reason=SuppressionReason.HELD, created_at=app.now())
        )
        calls.open_call(
            session,
            subscriber_id=cast.greta,
            canonical="greta@studsar.example",
            reason=CallReason.BOUNCED,
            facts={"kind": "address"},
            now=app.now(),
        )
        [listed] = calls.listed(session, scope=app.everything("a test"))
        return listed.call.id


def test_a_row_is_listed_and_closed(run, answer, row):
    status, out, _ = run("calls", "list")
    assert status == 0
    assert "Greta Ek" in out
    assert "adressen finns inte längre" in out
    assert answer("calls", "list")["calls"][0]["suppressed"] == "bounced"

    assert run("calls", "close", row, "--how", "works")[0] == 1
    assert run("calls", "close", row, "--how", "king")[0] == 2
    assert run("calls", "close", row, "--how", "works", "--reason", "svarade")[0] == 0
    assert run("calls", "list")[1] == "Ingen att ringa.\n"
    assert run("calls", "close", row, "--how", "reached")[0] == 1


def test_a_domain_is_decided(run, answer, row):
    assert "lund.example" in run("calls", "domains")[1]
    assert answer("calls", "domains")["domains"][0]["addresses"] == ["anna@lund.example"]
    assert answer("calls", "decide", "lund.example", "--decision", "wait")["addresses"] == 1
    assert run("calls", "decide", "lund.example", "--decision", "gone")[0] == 1
