"""All senders keep one pace together, and who wants fewer letters is left alone by all of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.letters import Claim, Copy
from newsletter.core.outcomes import Outcome, Postponed, Unanswered
from newsletter.core.pacing import Limits, parse
from newsletter.core.replies import Reply
from newsletter.core.slowing import ENOUGH
from newsletter.models import SendingPace
from newsletter.services import pacing, retention
from newsletter.services.pacing import Allowed, Heard, Standing
from subscribers.core.authority import Everything
from tests import office
from tests.conftest import NOON

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FREE = Standing(NOON)
ANY = Limits()
OK = Reply.of(250, "2.0.0 Ok")
SLOW_DOWN = Reply.of(421, "4.7.28 Gmail has detected an unusual rate of unsolicited mail")
QUOTA = Reply.of(454, "Throttling failure: Maximum sending rate exceeded.")


def copies_to(*addresses: str) -> list[Copy]:
    return [
        Copy(Claim(number, 1, None), 1, number, 1, 1, "sv", address, "Anna", ("Anna",))
        for number, address in enumerate(addresses, start=1)
    ]


def allow(
    sessions: sessionmaker[Session], limits: Limits, *relays: str, wanted: int = 1000, now=NOON, standing=FREE
) -> Allowed:
    with sessions.begin() as session:
        return pacing.allow(
            session, limits=limits, relays=relays or ["a"], wanted=wanted, standing=standing, now=now
        )


def hear(sessions: sessionmaker[Session], *results: tuple[str, str, Outcome], now=NOON) -> Standing:
    """Let the replies be heard, and return what holds after them."""
    with sessions.begin() as session:
        before = pacing.standing(session, now=now)
        pacing.heard(session, [Heard(*each) for each in results], standing=before, now=now)
    return look(sessions, now=now)


def look(sessions: sessionmaker[Session], *, now=NOON) -> Standing:
    with sessions() as session:
        return pacing.standing(session, now=now)


def sort_out(
    sessions: sessionmaker[Session], copies: Sequence[Copy], standing: Standing, limits=ANY, *, now=NOON
) -> tuple[list[str], list[Postponed]]:
    """Return the addresses of those that go, and what becomes of the others."""
    with sessions.begin() as session:
        going, waiting = pacing.sort_out(session, copies, limits=limits, standing=standing, now=now)
    assert {copy.claim for copy in going} | {claim for claim, _ in waiting} == {copy.claim for copy in copies}
    return [copy.address for copy in going], [postponed for _, postponed in waiting]


@contextmanager
def no_statement(engine: Engine) -> Iterator[None]:
    """Fail if the database is asked anything."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield
    event.remove(engine, "before_cursor_execute", note)
    assert asked == []


@office.on_sqlite
def test_where_nothing_is_limited_the_database_is_not_asked(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    with no_statement(engine), sessions() as session:
        allowed = pacing.allow(session, limits=Limits(), relays=["a", "b"], wanted=9, standing=FREE, now=NOON)
        assert allowed == Allowed(9, {"a": 9, "b": 9})
        pacing.give_back(session, limits=Limits(), unused_by_relay={"a": 9}, standing=FREE, now=NOON)
        copies = copies_to("a@gmail.com", "b@x.example")
        assert pacing.sort_out(session, copies, limits=Limits(), standing=FREE, now=NOON) == (copies, [])
        heard = [Heard("a@gmail.com", "a", OK), Heard("b@x.example", "a", Reply.of(550, "5.1.1 No"))]
        pacing.heard(session, [*heard, Heard("c@x", "a", Unanswered("?"))], standing=FREE, now=NOON)


@pytest.mark.parametrize(("text", "letters"), [("30/minute", 300), ("14/second", 8400)])
@office.on_sqlite
def test_four_senders_that_share_a_rate_keep_it_together(
    sessions: sessionmaker[Session], text: str, letters: int
) -> None:
    """Ten minutes; each asks about once a second."""
    limits, sent = Limits(each_relay=parse(text)), 0
    with sessions.begin() as session:
        for number in range(600):
            for sender in range(4):
                now = NOON + SECOND * number + SECOND * 0.23 * sender
                sent += pacing.allow(
                    session, limits=limits, relays=["a"], wanted=500, standing=FREE, now=now
                ).letters
    assert sent == pytest.approx(letters, rel=0.02)


def test_a_rate_over_all_and_one_for_each_relay_hold_together(sessions: sessionmaker[Session]) -> None:
    limits = Limits(overall=parse("10/hour"), each_relay=parse("4/hour")).with_relays(
        {"big": parse("99/day")}
    )

    first = allow(sessions, limits, "a", "b", wanted=6)
    assert (first.letters, dict(first.by_relay)) == (6, {"a": 3, "b": 3})
    assert first.again_at is None

    second = allow(sessions, limits, "a", "b", wanted=6)
    assert (second.letters, second.why) == (2, "relay:a")
    assert second.again_at == NOON + 61 * MINUTE

    third = allow(sessions, limits, "a", "big", wanted=6)
    assert (third.letters, dict(third.by_relay), third.why) == (2, {"a": 0, "big": 2}, "overall")


def test_what_was_not_sent_is_given_back(sessions: sessionmaker[Session]) -> None:
    limits = Limits(overall=parse("10/hour"), each_relay=parse("6/hour"))
    allowed = allow(sessions, limits, "a", "b")
    assert dict(allowed.by_relay) == {"a": 5, "b": 5}
    with sessions.begin() as session:
        pacing.give_back(
            session, limits=limits, unused_by_relay={"a": 5, "b": 2}, standing=FREE, now=NOON + SECOND
        )
    again = allow(sessions, limits, "a", "b", now=NOON + SECOND)
    assert (again.letters, again.why) == (7, "overall")


def test_room_for_letters_that_were_not_there_is_kept_for_others(sessions: sessionmaker[Session]) -> None:
    for limits in (
        Limits(overall=parse("10/hour")),
        Limits(parse("10/day"), each_relay=parse("6/minute, 9/day")),
    ):
        now = NOON + HOUR * bool(limits.each_relay)
        with sessions.begin() as session:
            asked = {"limits": limits, "standing": FREE, "now": now}
            allowed = pacing.allow(session, relays=["a", "b"], wanted=9, **asked)
            kept = pacing.keep_to(session, allowed, letters=1, **asked)
            assert (kept.letters, kept.again_at) == (1, allowed.again_at)
            assert all(count <= 1 for count in kept.by_relay.values())
            assert session.get_one(SendingPace, "overall").spent["buckets"] != {}
        again = allow(sessions, Limits(overall=limits.overall), "a", wanted=99, now=now)
        assert again.letters == 9


@office.on_sqlite
def test_without_any_relay_nothing_may_go(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        allowed = pacing.allow(
            session, limits=Limits(parse("9/day")), relays=[], wanted=9, standing=FREE, now=NOON
        )
    assert (allowed.letters, allowed.again_at) == (0, NOON + SECOND / 4)


@office.on_sqlite
def test_nobody_is_told_to_ask_again_within_a_quarter_of_a_second(sessions: sessionmaker[Session]) -> None:
    allowed = allow(sessions, Limits(parse("500/second")))
    assert (allowed.letters, allowed.again_at) == (1, NOON + SECOND / 4)
    assert allow(sessions, Limits(parse("500/second")), now=NOON + SECOND / 4).letters == 125


@office.on_sqlite
def test_a_relay_that_has_never_sent_starts_slowly(sessions: sessionmaker[Session]) -> None:
    limits, sent = Limits(each_relay=parse("1000/day"), slow_start=100), []
    for day in range(6):
        now = NOON + day * (DAY + 20 * MINUTE)
        sent.append(allow(sessions, limits, now=now).letters)
        assert allow(sessions, limits, now=now + MINUTE).letters == 0
    assert sent == [100, 200, 400, 800, 1000, 1000]


def test_who_wants_fewer_letters_rests_and_others_go_on(sessions: sessionmaker[Session]) -> None:
    """P13: 4.7.28 -> at least ten minutes' pause, then one at a time."""
    standing = hear(
        sessions, ("a@gmail.com", "r", SLOW_DOWN), ("b@gmail.com", "r", SLOW_DOWN), ("c@x.example", "r", OK)
    )
    assert standing.careful == {"gmail.com"}
    assert standing.slow["domain:gmail.com"].said == "421 4.7.28"  # and no word that may name somebody
    copies = copies_to("a@gmail.com", "b@x.example", "c@GoogleMail.com")

    going, waiting = sort_out(sessions, copies, standing)

    assert going == ["b@x.example"]
    assert [each.until for each in waiting] == [NOON + 10 * MINUTE, NOON + 10 * MINUTE + SECOND]
    assert {each.why for each in waiting} == {"Postponed by Rundbrev: fewer letters are wanted by gmail.com"}


@office.on_sqlite
def test_after_its_rest_a_domain_gets_a_letter_a_second_until_it_has_taken_some(
    sessions: sessionmaker[Session],
) -> None:
    hear(sessions, ("a@gmail.com", "r", SLOW_DOWN))
    copies, now = copies_to("a@gmail.com", "b@gmail.com", "c@gmail.com"), NOON + 10 * MINUTE
    for _ in range(ENOUGH):
        going, waiting = sort_out(sessions, copies, look(sessions, now=now), now=now)
        assert (len(going), len(waiting)) == (1, 2)
        assert sort_out(sessions, copies[:1], look(sessions, now=now), now=now)[0] == []  # another sender
        standing = hear(sessions, ("a@gmail.com", "r", OK), now=now)
        now += SECOND
    assert standing == Standing(now - SECOND)
    assert len(sort_out(sessions, copies, standing, now=now)[0]) == 3


@office.on_sqlite
def test_a_domain_that_says_it_again_rests_longer(sessions: sessionmaker[Session]) -> None:
    hear(sessions, ("a@gmail.com", "r", SLOW_DOWN))
    now = NOON + 10 * MINUTE
    standing = hear(sessions, ("a@gmail.com", "r", SLOW_DOWN), now=now)
    _, (waiting,) = sort_out(sessions, copies_to("a@gmail.com"), standing, now=now)
    assert waiting.until >= now + 20 * MINUTE


@office.on_sqlite
def test_a_relay_whose_quota_is_used_up_rests_and_the_other_carries_on(
    sessions: sessionmaker[Session],
) -> None:
    standing = hear(sessions, ("a@gmail.com", "a", QUOTA))
    assert standing.careful == frozenset()

    both = allow(sessions, Limits(), "a", "b", wanted=9, standing=standing)
    alone = allow(sessions, Limits(), "a", wanted=9, standing=standing)

    assert (both.letters, dict(both.by_relay)) == (9, {"a": 0, "b": 9})
    assert (alone.letters, alone.again_at, alone.why) == (0, NOON + 10 * MINUTE, "relay:a")
    later = NOON + 10 * MINUTE
    assert (
        allow(sessions, Limits(), "a", wanted=9, standing=look(sessions, now=later), now=later).letters == 1
    )


@office.on_sqlite
def test_a_domain_with_a_rate_of_its_own_keeps_it(sessions: sessionmaker[Session]) -> None:
    limits = Limits(domains={"outlook.com": parse("2/second")})
    copies = copies_to(*[f"{number}@hotmail.com" for number in range(40)], "b@x.example")
    going, waiting = sort_out(sessions, copies, FREE, limits)
    assert going == ["0@hotmail.com", "b@x.example"]
    assert [each.until - NOON for each in waiting] == [SECOND / 2 * number for number in range(1, 40)]

    late = [copy for copy in copies if copy.address not in going]
    sent = 0
    for second in range(1, 20):  # the ledger would give them back as they become due
        now = NOON + second * SECOND
        due = [copy for copy, each in zip(late, waiting, strict=True) if now - SECOND < each.until <= now]
        sent += len(sort_out(sessions, due, FREE, limits, now=now)[0])
    assert sent == 38


def test_what_has_gone_is_kept_small(sessions: sessionmaker[Session]) -> None:
    limits = Limits(parse("9000/hour, 90000/day"))
    with sessions.begin() as session:
        for minute in range(0, 3 * 24 * 60, 7):
            pacing.allow(
                session, limits=limits, relays=["a"], wanted=1, standing=FREE, now=NOON + minute * MINUTE
            )
        row = session.get_one(SendingPace, "overall")
        assert sum(map(len, row.spent["buckets"].values())) <= 61 + 97


def test_that_somebody_wanted_fewer_letters_is_forgotten_after_a_month(
    sessions: sessionmaker[Session],
) -> None:
    hear(sessions, ("a@gmail.com", "r", SLOW_DOWN), ("a@gmail.com", "r", QUOTA))
    scope = Everything("a test")
    with sessions.begin() as session:
        assert retention.overdue(session, scope=scope, now=NOON + 30 * DAY)["resting-domains"] == 0
        later = NOON + 31 * DAY
        done = retention.carry_out(session, scope=scope, by_hand=False, now=later)
        assert done["resting-domains"] == 1
        assert session.get(SendingPace, "relay:r") is not None  # whose slow start stands there, too
