"""A region's own letters: for its members and no others, by the rules, on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.articles import Picture
from newsletter.core.letter_rules import Rules
from newsletter.core.pace import AT_ONCE, STANDARD
from newsletter.errors import IssueError
from newsletter.models import Article, Delivery, Issue, IssueStatus, RegionalLetter
from newsletter.services import (
    articles,
    letter_rules,
    letter_sending,
    regional_letters,
    releases,
    scheduling,
    sendings,
)
from newsletter.services.regional_letters import Stage, stage_of
from subscribers.core import segments as segment_rules
from subscribers.core.authority import Everything, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, Subscriber, Subscription
from subscribers.services import lists, segments
from tests.cast import Cast
from tests.newsletter.services.test_variants import FRAME

ZONE = "Europe/Stockholm"
NOON = datetime(2026, 11, 26, 11, tzinfo=UTC)  # noon in Sweden
ALL = Everything("test")
SKANE, NORRA = (SomeRegions(frozenset({slug})) for slug in ("skane", "norra"))
Do = Callable[..., Any]


def key_of(number: int) -> str:
    return f"{number:032x}"


@pytest.fixture(autouse=True)
def _all_want_regional_letters(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        wanted = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS)
        for person in session.scalars(select(Subscriber.id)):
            session.add(
                Subscription(subscriber_id=person, list_id=wanted.id, changed_at=NOON, source="register")
            )


@pytest.fixture
def do(sessions: sessionmaker[Session]) -> Do:
    def act(service: Callable[..., Any], **arguments: Any) -> Any:
        with sessions.begin() as session:
            return service(session, **arguments)

    return act


@pytest.fixture
def write(do: Do, cast: Cast) -> Callable[..., str]:
    def make(number: int = 1, region: str = "skane", text: str = "Kom och ympa.") -> str:
        do(
            regional_letters.create, scope=SomeRegions(frozenset({region})), region=region,
            key=key_of(number), heading=f"Ympkurs {number}", text=text, writer_id=cast.anna, actor="Anna",
            now=NOON,
        )  # fmt: skip
        return key_of(number)

    return make


def send(do: Do, key: str, at: str | datetime = "nu", *, scope: Any = SKANE, now: datetime = NOON) -> Any:
    return do(
        letter_sending.send, scope=scope, key=key, at=at, zone=ZONE, frame=FRAME, pace=AT_ONCE,
        actor="Anna", now=now,
    )  # fmt: skip


def approve(do: Do, key: str, *, now: datetime = NOON, seen: str = "") -> Any:
    letter = do(regional_letters.get, scope=ALL, key=key)
    return do(
        letter_sending.approve, scope=ALL, key=key, seen=seen or letter.asked_digest, zone=ZONE, frame=FRAME,
        pace=AT_ONCE, actor="Bo", now=now,
    )  # fmt: skip


def ask_first(do: Do) -> None:
    do(letter_rules.set_all, scope=ALL, wanted=Rules(approval=True), now=NOON)


def stage(sessions: sessionmaker[Session], key: str) -> Stage:
    with sessions() as session:
        return stage_of(regional_letters.get(session, scope=ALL, key=key))


def test_a_letter_reaches_its_region_and_nobody_else(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str], cast: Cast
) -> None:
    send(do, write())
    with sessions.begin() as session:
        [issue_id] = session.scalars(select(RegionalLetter.issue_id))
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        got = set(session.scalars(select(Delivery.subscriber_id)))

    assert got == {cast.anna, cast.cecilia, cast.david}


@pytest.mark.parametrize("key", [key_of(1), key_of(9), "", "x", "1", "A" * 32])
def test_anothers_letter_is_as_missing_as_one_that_does_not_exist(
    do: Do, write: Callable[..., str], key: str
) -> None:
    write(1)
    given: dict[str, Any] = {"scope": NORRA, "key": key}
    words = {"heading": "X", "text": "Y", "actor": "Bo", "now": NOON}
    told = set()
    for service, more in (
        (regional_letters.get, {}),
        (regional_letters.change, words),
        (regional_letters.set_pictures, {"pictures": [], "actor": "Bo", "now": NOON}),
        (regional_letters.choose_segment, {"segment": "", "now": NOON}),
        (regional_letters.usable_segments, {"now": NOON}),
        (regional_letters.discard, {}),
        (letter_sending.take_back, {"now": NOON}),
        (letter_sending.give_back, {"comment": "Nej", "now": NOON}),
    ):
        with pytest.raises(NotFound) as refused:
            do(service, **given, **more)
        told.add(str(refused.value))
    with pytest.raises(NotFound) as refused:
        send(do, key, scope=NORRA)
    assert told | {str(refused.value)} == {"Det finns inget sådant brev."}


def test_a_lead_makes_no_letter_to_another_region_and_finds_none(do: Do, write: Callable[..., str]) -> None:
    write(1)
    for region in ("norra", "atlantis", ""):
        with pytest.raises(NotFound, match="ingen sådan region"):
            do(
                regional_letters.create, scope=SKANE, region=region, key=key_of(2), heading="X", text="Y",
                writer_id=1, actor="Anna", now=NOON,
            )  # fmt: skip
    assert do(regional_letters.find_all, scope=NORRA) == []
    assert [each.key for each in do(regional_letters.find_all, scope=SKANE)] == [key_of(1)]


def test_a_known_key_makes_no_second_letter_and_opens_none_of_anothers(
    do: Do, write: Callable[..., str], sessions: sessionmaker[Session]
) -> None:
    write(1)
    write(1)
    with pytest.raises(NotFound):
        write(1, region="norra")
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Issue)) == 1


def test_two_presses_at_once_make_one_letter_and_send_one(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    together([lambda: write(1)] * 4)
    together([lambda: send(do, key_of(1))] * 4)

    with sessions() as session:
        [issue] = session.scalars(select(Issue))
        assert issue.status is IssueStatus.SCHEDULED


def together(acts: list[Callable[[], Any]]) -> list[str]:
    """Do all at once, and return what was refused."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        except IssueError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return refused


def test_letters_at_once_never_exceed_the_months_number(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    do(letter_rules.set_region, scope=ALL, region="skane", monthly=2, approval=None, now=NOON)
    keys = [write(number) for number in range(1, 6)]

    refused = together([lambda key=key: send(do, key) for key in keys])

    assert len(refused) == 3
    with sessions() as session:
        going = select(func.count()).where(Issue.status == IssueStatus.SCHEDULED)
        assert session.scalar(going) == 2


def test_the_number_counts_by_month_and_region_and_is_given_back(do: Do, write: Callable[..., str]) -> None:
    do(letter_rules.set_all, scope=ALL, wanted=Rules(monthly=1), now=NOON)
    month = NOON.date().replace(day=1)

    def left(region: str) -> int:
        number: int = do(letter_rules.left, region=region, month=month, zone=ZONE)
        return number

    send(do, write(1))
    assert (left("skane"), left("norra")) == (0, 1)
    with pytest.raises(IssueError, match="1 brev den månaden"):
        send(do, write(2))
    send(do, key_of(2), at="2026-12-03 09:00")
    send(do, write(3, "norra"), scope=NORRA)
    do(letter_sending.take_back, scope=SKANE, key=key_of(1), now=NOON)
    assert left("skane") == 1


def test_what_is_undone_in_its_grace_counts_no_more(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    key = write(1)
    do(
        letter_sending.send, scope=SKANE, key=key, at="nu", zone=ZONE, frame=FRAME, pace=STANDARD,
        actor="Anna", now=NOON,
    )  # fmt: skip
    issue_id = do(regional_letters.get, scope=SKANE, key=key).issue_id
    do(releases.release, scope=ALL, issue_id=issue_id, now=NOON)
    assert stage(sessions, key) is Stage.RELEASED

    do(letter_sending.take_back, scope=SKANE, key=key, now=NOON)

    assert stage(sessions, key) is Stage.DRAFT
    month = NOON.date().replace(day=1)
    assert do(letter_rules.used, region="skane", month=month, zone=ZONE) == 0


def test_a_letter_in_quiet_hours_goes_when_they_end_whoever_schedules_it(
    do: Do, write: Callable[..., str]
) -> None:
    late = datetime(2026, 11, 26, 22, tzinfo=UTC)
    morning = datetime(2026, 11, 27, 6, tzinfo=UTC)

    done = send(do, write(1), now=late)
    assert (done.at, done.is_quiet) == (morning, True)

    issue_id = do(regional_letters.get, scope=SKANE, key=key_of(1)).issue_id
    moved = do(
        scheduling.schedule, issue_id=issue_id, at="2026-11-28 03:00", zone=ZONE, frame=FRAME, pace=AT_ONCE,
        now=late,
    )  # fmt: skip
    assert (moved.issue.send_wall_time, moved.issue.send_at) == (
        "2026-11-28 07:00",
        datetime(2026, 11, 28, 6, tzinfo=UTC),
    )


def test_what_comes_into_the_quiet_hours_waits_and_what_is_too_late_is_asked_about(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    send(do, write(1), at="2026-11-26 20:30")
    night = datetime(2026, 11, 26, 21, tzinfo=UTC)
    given: dict[str, Any] = {"zone": ZONE, "now": night}

    assert not do(letter_rules.any_waits, window=timedelta(minutes=10), **given)
    assert do(letter_rules.any_waits, window=timedelta(hours=2), **given)
    do(letter_rules.postpone, window=timedelta(hours=2), **given)

    with sessions() as session:
        assert releases.due(session, now=night) == []
        [due] = releases.due(session, now=datetime(2026, 11, 27, 6, tzinfo=UTC))
        assert due.late == timedelta()


def test_with_approval_a_letter_waits_for_it_and_goes_at_its_time(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    ask_first(do)
    key = write(1)

    done = send(do, key, at="2026-11-27 09:00")

    assert done.waits
    assert stage(sessions, key) is Stage.WAITING
    month = NOON.date().replace(day=1)
    assert do(letter_rules.used, region="skane", month=month, zone=ZONE) == 1
    assert approve(do, key).at == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert stage(sessions, key) is Stage.SCHEDULED


def test_approved_late_it_goes_at_once_but_never_at_night(do: Do, write: Callable[..., str]) -> None:
    ask_first(do)
    send(do, write(1))
    send(do, write(2))

    assert approve(do, key_of(1), now=NOON + timedelta(hours=2)).at == NOON + timedelta(hours=2)
    night = datetime(2026, 11, 26, 22, tzinfo=UTC)
    assert approve(do, key_of(2), now=night).at == datetime(2026, 11, 27, 6, tzinfo=UTC)


def test_without_the_yes_nothing_schedules_it(do: Do, write: Callable[..., str]) -> None:
    ask_first(do)
    key = write(1)
    issue_id = do(regional_letters.get, scope=SKANE, key=key).issue_id

    with pytest.raises(IssueError, match="godkännande"):
        do(scheduling.schedule, issue_id=issue_id, at="nu", zone=ZONE, frame=FRAME, pace=AT_ONCE, now=NOON)
    with pytest.raises(NotFound):
        do(
            letter_sending.approve, scope=SKANE, key=key, seen="", zone=ZONE, frame=FRAME, pace=AT_ONCE,
            actor="Anna", now=NOON,
        )  # fmt: skip


CHANGES: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (regional_letters.change, {"heading": "Ympkurs 1", "text": "Något annat.", "actor": "Anna"}),
    (regional_letters.change, {"heading": "Nytt ämne", "text": "Kom och ympa.", "actor": "Anna"}),
    (regional_letters.set_pictures, {"pictures": [Picture(alt="Ett träd", file="b.jpg")], "actor": "Anna"}),
]


@pytest.mark.parametrize(("service", "given"), CHANGES)
def test_a_change_voids_what_was_asked_and_what_was_approved(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str], service: Any, given: dict[str, Any]
) -> None:
    ask_first(do)
    key = write(1)
    send(do, key)
    do(service, scope=SKANE, key=key, now=NOON, **given)
    assert stage(sessions, key) is Stage.DRAFT

    send(do, key)
    approve(do, key)
    with pytest.raises(IssueError, match="Ta tillbaka det först"):
        do(regional_letters.change, scope=SKANE, key=key, heading="X", text="Y", actor="Anna", now=NOON)
    do(letter_sending.take_back, scope=SKANE, key=key, now=NOON)
    do(regional_letters.change, scope=SKANE, key=key, heading="X", text="Y", actor="Anna", now=NOON)
    assert send(do, key).waits


def test_an_approved_letter_taken_back_and_unchanged_needs_no_new_yes(
    do: Do, write: Callable[..., str]
) -> None:
    ask_first(do)
    key = write(1)
    send(do, key)
    approve(do, key)
    do(letter_sending.take_back, scope=SKANE, key=key, now=NOON)

    assert not send(do, key, at="2026-11-30 09:00").waits


def test_a_text_changed_in_the_register_meanwhile_is_not_what_was_seen(
    do: Do, write: Callable[..., str]
) -> None:
    ask_first(do)
    key = write(1)
    send(do, key)
    letter = do(regional_letters.get, scope=ALL, key=key)
    do(articles.change, article_id=letter.article_id, values={"body": "Smyg."}, now=NOON)

    with pytest.raises(IssueError, match="ändrats sedan du såg det"):
        approve(do, key)


def test_a_no_says_why_and_gives_the_number_back(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    ask_first(do)
    key = write(1)
    send(do, key)
    with pytest.raises(IssueError, match="Skriv vad"):
        do(letter_sending.give_back, scope=ALL, key=key, comment="  ", now=NOON)

    do(letter_sending.give_back, scope=ALL, key=key, comment="Datum saknas.", now=NOON)

    letter = do(regional_letters.get, scope=SKANE, key=key)
    assert (stage(sessions, key), letter.comment) == (Stage.RETURNED, "Datum saknas.")
    month = NOON.date().replace(day=1)
    assert do(letter_rules.used, region="skane", month=month, zone=ZONE) == 0


def test_whoever_answers_for_all_says_yes_by_sending(do: Do, write: Callable[..., str]) -> None:
    ask_first(do)

    assert not send(do, write(1), scope=ALL).waits


def test_approval_can_be_asked_of_one_region_alone(do: Do, write: Callable[..., str]) -> None:
    do(letter_rules.set_region, scope=ALL, region="norra", monthly=None, approval=True, now=NOON)

    assert not send(do, write(1)).waits
    assert send(do, write(2, "norra"), scope=NORRA).waits


def test_a_segment_is_cut_to_the_region_and_one_beyond_it_does_not_exist(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str], cast: Cast
) -> None:
    for name, regions in (("Båda", ("skane", "norra")), ("Bara norr", ("norra",))):
        rule = segment_rules.Has(segment_rules.Attribute.REGION, regions)
        do(segments.save, scope=ALL, name=name, rule=rule, now=NOON)
    key = write(1)

    found = do(regional_letters.usable_segments, scope=SKANE, key=key, now=NOON)
    assert [(each.name, count) for each, count in found] == [("Båda", 3)]
    for name in ("Bara norr", "Finns inte"):
        with pytest.raises(NotFound, match="inget sådant urval"):
            do(regional_letters.choose_segment, scope=SKANE, key=key, segment=name, now=NOON)
    do(regional_letters.choose_segment, scope=SKANE, key=key, segment="Båda", now=NOON)
    send(do, key)
    with sessions.begin() as session:
        [issue_id] = session.scalars(select(RegionalLetter.issue_id))
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        got = set(session.scalars(select(Delivery.subscriber_id)))
    assert got == {cast.anna, cast.cecilia, cast.david}


def test_a_draft_is_thrown_away_with_its_text(
    sessions: sessionmaker[Session], do: Do, write: Callable[..., str]
) -> None:
    do(regional_letters.discard, scope=SKANE, key=write(1))

    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Issue)) == 0
        assert [each.status.value for each in session.scalars(select(Article))] == ["archived"]


def test_only_whoever_answers_for_all_sets_the_rules(do: Do) -> None:
    with pytest.raises(SubscribersError):
        do(letter_rules.set_all, scope=SKANE, wanted=Rules(), now=NOON)
    with pytest.raises(SubscribersError):
        do(letter_rules.set_region, scope=SKANE, region="skane", monthly=9, approval=None, now=NOON)
    with pytest.raises(NotFound):
        do(letter_rules.set_region, scope=ALL, region="atlantis", monthly=9, approval=None, now=NOON)

    wanted = Rules(time(22), time(6, 30), 2, approval=True)
    do(letter_rules.set_all, scope=ALL, wanted=wanted, now=NOON)
    assert do(letter_rules.of, region="skane") == wanted


@pytest.mark.parametrize(("heading", "text"), [("", "Hej"), ("Hej\nBcc: x@y.example", "Hej"), ("Hej", " \n")])
def test_words_that_will_not_do_are_refused(do: Do, heading: str, text: str) -> None:
    with pytest.raises(IssueError):
        do(
            regional_letters.create, scope=SKANE, region="skane", key=key_of(1), heading=heading, text=text,
            writer_id=1, actor="Anna", now=NOON,
        )  # fmt: skip


def test_a_sent_letter_cannot_be_taken_back(do: Do, write: Callable[..., str]) -> None:
    key = write(1)
    send(do, key)
    issue_id = do(regional_letters.get, scope=SKANE, key=key).issue_id
    do(releases.release, scope=ALL, issue_id=issue_id, now=NOON)
    do(sendings.stop, issue_id=issue_id, now=NOON)

    with pytest.raises(IssueError):
        do(letter_sending.take_back, scope=SKANE, key=key, now=NOON)
