"""What the spool holds is taken in once, and no mail keeps the others back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from newsletter import jobs, receiving
from newsletter.app import App
from newsletter.core.inbound.kinds import What
from newsletter.mail import spool
from newsletter.mail.spool import Envelope
from newsletter.models import InboundMail, Way
from newsletter.services import inbound
from tests import office
from tests.conftest import NOON
from tests.incoming import written
from tests.office import on_sqlite


class Clock:
    now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


@pytest.fixture
def app(tmp_path: Path, database_url: str, clock: Clock) -> Iterator[App]:
    with office.opened(
        tmp_path, database_url, INBOUND_ADDRESS="svar@eken.example", ARTICLES_ADDRESS="artiklar@eken.example"
    ) as app:
        yield app


def put(app: App, text: str, *, to: str = "svar@eken.example", at: int = 0) -> str:
    raw = written(text, sender="anna@lund.example", to=to)
    envelope = Envelope("anna@lund.example", (to,), "lmtp", NOON + timedelta(seconds=at))
    return spool.put(app.paths.inbound, raw, envelope)


def rows(app: App) -> list[InboundMail]:
    with app.readers() as session:
        return list(session.scalars(select(InboundMail).order_by(InboundMail.id)))


def test_mails_are_taken_in_in_order_and_their_files_go(app: App) -> None:
    for at, text in enumerate(["Ett.", "Två.", "Tre."]):
        put(app, text, at=-at)

    assert jobs.take_in_mail(app) == receiving.TakenIn(taken=3)

    assert [row.words.strip() for row in rows(app)] == ["Tre.", "Två.", "Ett."]
    assert spool.waiting(app.paths.inbound) == []
    row = rows(app)[0]
    assert (row.way, row.sender, row.recipients) == (Way.LMTP, "anna@lund.example", ["svar@eken.example"])
    assert row.received_at == NOON - timedelta(seconds=2)


@on_sqlite
def test_a_mail_that_was_taken_in_before_changes_nothing(app: App) -> None:
    put(app, "Hej", at=-60)
    jobs.take_in_mail(app)
    put(app, "Hej")

    assert jobs.take_in_mail(app) == receiving.TakenIn(known=1)
    assert len(rows(app)) == 1
    assert spool.waiting(app.paths.inbound) == []


@on_sqlite
def test_the_address_for_articles_is_the_settings(app: App) -> None:
    put(app, "Här är min text om åkern.", to="artiklar@eken.example")
    jobs.take_in_mail(app)

    assert [row.kind for row in rows(app)] == [What.ARTICLE]


@on_sqlite
def test_a_mail_that_makes_trouble_holds_no_other_up_and_is_set_aside_at_last(
    app: App, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in = inbound.take_in

    def clumsy(session: object, *, received: inbound.Received, **rest: object) -> object:
        if b"Ajaj" in received.raw:
            raise KeyError("a mistake of ours")
        return take_in(session, received=received, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(inbound, "take_in", clumsy)
    put(app, "Ajaj", at=-1)
    put(app, "Hej")

    assert jobs.take_in_mail(app) == receiving.TakenIn(taken=1, later=1)
    assert jobs.take_in_mail(app) == receiving.TakenIn()
    done = receiving.TakenIn()
    for wait in spool.LATER[1:]:
        clock.now = NOON + wait
        done = jobs.take_in_mail(app)

    assert len(done.aside) == 1
    assert done.aside[0] in done.sentences("sv")[0]
    assert "rundbrev inbound aside" in done.sentences("en")[0]
    assert [row.words.strip() for row in rows(app)] == ["Hej"]

    monkeypatch.setattr(inbound, "take_in", take_in)
    spool.try_again(app.paths.inbound)
    assert jobs.take_in_mail(app).taken == 1


@on_sqlite
def test_a_broken_file_is_set_aside_at_once(app: App) -> None:
    name = put(app, "Hej", at=-1)
    (app.paths.inbound / name).write_bytes(b"half a m")
    put(app, "Hej igen")

    assert jobs.take_in_mail(app) == receiving.TakenIn(taken=1, aside=(name,))
    assert [each.name for each in spool.aside(app.paths.inbound)] == [name]


@on_sqlite
def test_a_database_that_does_not_answer_is_no_mails_fault(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    put(app, "Hej")
    with monkeypatch.context() as patched:
        patched.setattr(inbound, "take_in", locked)
        for _ in spool.LATER:
            with pytest.raises(OperationalError):
                jobs.take_in_mail(app)

    assert [each.tries for each in spool.waiting(app.paths.inbound)] == [0]
    assert jobs.take_in_mail(app).taken == 1


@on_sqlite
def test_what_a_commit_left_behind_is_only_taken_away(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after kill -9 between the commit and the file's end."""
    put(app, "Hej")
    with monkeypatch.context() as patched:
        patched.setattr(spool, "remove", lambda *_: None)
        assert jobs.take_in_mail(app).taken == 1
    assert len(spool.waiting(app.paths.inbound)) == 1

    assert jobs.take_in_mail(app) == receiving.TakenIn(known=1)
    assert (len(rows(app)), spool.waiting(app.paths.inbound)) == (1, [])


@on_sqlite
def test_mails_that_come_together_share_a_transaction(app: App) -> None:
    """What a commit waits for is the disk: half the time of a mail."""
    begun: list[int] = []
    event.listen(app.engine, "begin", lambda _: begun.append(1))
    for number in range(receiving.TOGETHER + 1):
        put(app, f"Hej {number}")

    assert jobs.take_in_mail(app) == receiving.TakenIn(taken=receiving.TOGETHER + 1)
    assert len(begun) == 2


@on_sqlite
def test_a_commit_that_fails_for_one_mail_fails_for_no_other(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in = inbound.take_in

    def fails_later(session: Session, *, received: inbound.Received, **rest: object) -> object:
        if b"Ajaj" in received.raw:
            session.info["fails"] = True
        return take_in(session, received=received, **rest)  # type: ignore[arg-type]

    @event.listens_for(app.sessions, "before_commit")
    def fail(session: Session) -> None:
        if session.info.get("fails") and not session.in_nested_transaction():
            raise KeyError("a mistake of ours")

    monkeypatch.setattr(inbound, "take_in", fails_later)
    put(app, "Ajaj", at=-1)
    put(app, "Hej")

    assert jobs.take_in_mail(app) == receiving.TakenIn(taken=1, later=1)
    assert [row.words.strip() for row in rows(app)] == ["Hej"]
