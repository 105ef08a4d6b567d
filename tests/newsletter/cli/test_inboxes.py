"""Mail that came in, at the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.app import build
from newsletter.settings import load
from subscribers.core.authority import Everything
from subscribers.models import RoleName
from subscribers.services import roles
from tests.cast import settle_in
from tests.conftest import NOON
from tests.incoming import come_in, written
from tests.newsletter.cli.conftest import Run


@pytest.fixture
def mails(migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Anna's question, which waits for Bo, and an advertisement."""
    monkeypatch.chdir(tmp_path)
    with build(load(tmp_path / "var", {}), migrate=False) as app, app.sessions.begin() as session:
        cast = settle_in(session, now=NOON)
        roles.give(session, scope=Everything("a test"), subscriber_id=cast.bo, role=RoleName.OFFICER)
        made = []
        for sender, text in (("anna@lund.example", "Hur?\n\x1b]0;evil\x07"), ("gold@spam.example", "Köp!")):
            row = come_in(session, written(text, sender=sender, subject="Fråga"), now=NOON, sender=sender)
            assert row is not None
            made.append(row.id)
    return made[0], made[1]


def test_mails_are_listed_shown_and_answered(
    mails: tuple[int, int], run: Run, answer: Callable[..., Any]
) -> None:
    anna, spam = mails
    assert [each["mail"] for each in answer("inbound", "list")["mails"]] == [spam, anna]
    (waiting,) = answer("inbound", "list", "--waiting", "--kind", "reply")["mails"]
    assert (waiting["from"], waiting["region"], waiting["outcome"]) == (
        "anna@lund.example",
        "skane",
        "forwarded",
    )
    assert answer("inbound", "list", "--before", spam)["mails"] == [waiting]
    assert "anna@lund.example" in run("inbound", "list")[1]
    status, shown, _err = run("inbound", "show", anna)
    assert (status, "Bo Öberg" in shown, "\x1b" in shown) == (0, True, False)
    assert answer("inbound", "show", spam)["words"].strip() == "Köp!"
    assert answer("inbound", "answered", anna) == {"mail": anna, "changed": True}
    assert answer("inbound", "answered", anna) == {"mail": anna, "changed": False}
    assert answer("inbound", "list", "--waiting")["mails"] == []
    assert run("inbound", "list", "--waiting")[1] == "Inga mejl finns i inkorgen.\n"
    assert "answer mail" in run("log")[1]


def test_a_mail_that_is_not_there_is_told_in_a_sentence(mails: tuple[int, int], run: Run) -> None:
    status, _out, err = run("inbound", "show", 4711)
    assert (status, "Brevet finns inte i inkorgen." in err) == (1, True)
