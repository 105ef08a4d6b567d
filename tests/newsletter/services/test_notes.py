"""Notes go once their transaction is kept, are tried again, and are forgotten when they have gone."""

from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Note
from newsletter.services import erasure, extracts, notes, sign_ins
from newsletter.services.sessions import Device, open_session, visitor
from subscribers.core.authority import Everything
from subscribers.services import erasures
from tests.cast import Cast
from tests.conftest import NOON


def queue(session: Session, **more: object) -> int:
    values = {"kind": "sign-in", "to": "anna@lund.example", "language": "sv", "values": {"link": "https://x"}}
    return notes.queue(session, **{**values, "now": NOON, **more})  # type: ignore[arg-type]


def test_a_note_goes_only_if_what_it_tells_of_is_kept(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        queue(session)
        session.rollback()

    with sessions.begin() as session:
        assert not notes.is_due(session, now=NOON)


def test_a_note_that_died_on_the_way_is_tried_again_and_in_the_end_given_up(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        queue(session)
    tries, now = 0, NOON
    while now < NOON + timedelta(days=3):
        with sessions.begin() as session:
            tries += len(notes.due(session, now=now))
        now += timedelta(minutes=1)

    assert tries == 7
    with sessions.begin() as session:
        assert not notes.is_due(session, now=now)


def test_two_workers_do_not_take_the_same_note(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        queue(session)

    with sessions.begin() as first:
        assert len(notes.due(first, now=NOON)) == 1
    with sessions.begin() as second:
        assert notes.due(second, now=NOON) == []


def test_a_note_that_has_gone_is_forgotten_but_for_when(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        note_id = queue(session)
        notes.accepted(session, note_id=note_id, now=NOON)

    with sessions.begin() as session:
        note = session.get_one(Note, note_id)
        assert (note.content, note.due_at, note.accepted_at) == (None, None, NOON)


def test_who_is_erased_gets_no_note_any_more_and_cannot_sign_in(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    everyone = Everything("the test erases her")
    device = Device("a device of hers", "Firefox")
    sessions.configure(info={erasures.KEY: b"a key of the tests"})
    with sessions.begin() as session:
        queue(session, subscriber_id=cast.anna)
        sign_ins.make_link(session, subscriber_id=cast.anna, secret="link", now=NOON)
        sign_ins.set_password(session, subscriber_id=cast.anna, argon2="$argon2", now=NOON)
        open_session(session, subscriber_id=cast.anna, secret="cookie", device=device, now=NOON)
        held = extracts.extract(session, scope=everyone, subscriber_id=cast.anna)
        erasure.erase(session, scope=everyone, subscriber_id=cast.anna, actor="test", now=NOON)

    assert len(held["web_sessions"]) == len(held["passwords"]) == len(held["notes"]) == 1
    assert not {"argon2", "token_hash", "content"} & {
        c for rows in held.values() for row in rows for c in row
    }
    with sessions.begin() as session:
        assert not notes.is_due(session, now=NOON)
        assert not sign_ins.peek(session, secret="link", now=NOON)
        assert not sign_ins.has_password(session, subscriber_id=cast.anna)
        assert visitor(session, secret="cookie", today=NOON.date(), now=NOON) is None
