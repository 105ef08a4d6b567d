"""Regions are asked for their blocks, and reminded, by mails through a real server: each once, by day."""

import email
import email.policy
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter import jobs
from newsletter.app import App
from newsletter.mail import folder
from newsletter.mail.sink import Sink
from newsletter.models import Block, BlockLink, BlockNotice, BlockRound, BlockState, Issue, Note
from newsletter.services import block_links, block_requests, blocks, issues, notes, plans, standing_blocks
from newsletter.services.block_requests import Mailing
from subscribers.core.authority import Everything
from subscribers.models import RoleName
from subscribers.services import roles
from tests import office
from tests.cast import Cast
from tests.newsletter.blockwork import LAST, an_issue

ALL = Everything("test")
Mails = list[tuple[str, str]]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2030, 6, 1, 10, 0, tzinfo=UTC)

    def at(self, day: date, hour: int = 10) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


@pytest.fixture
def app(tmp_path: Path, database_url: str, clock: Clock, cast: Cast) -> Iterator[App]:
    """Anna leads Skåne and Hilma, who reads English, Väst; Bo is the officer. No other region has a lead."""
    (tmp_path / "sink").mkdir()
    with (
        Sink(tmp_path / "sink", 0, now=lambda: clock.now) as sink,
        office.opened(tmp_path, database_url, SINK_PORT=sink.port, ASSOCIATION_NAME="Eken") as app,
    ):
        lead(app, cast.anna, "skane")
        lead(app, cast.hilma, "vast")
        with app.sessions.begin() as session:
            roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
        yield app


def lead(app: App, person: int, region: str) -> None:
    with app.sessions.begin() as session:
        roles.give(session, scope=ALL, subscriber_id=person, role=RoleName.REGIONAL_LEAD, region=region)


def plan(app: App, deadline: date = LAST) -> int:
    with app.sessions.begin() as session:
        return an_issue(session, app.now(), deadline=deadline)


def received(app: App) -> dict[str, EmailMessage]:
    """Return every mail that has come to the sink, by the name of its file."""
    names = [each.name for each in folder.messages(app.paths.sink)]
    return {
        name: email.message_from_bytes(folder.read(app.paths.sink, name).raw, policy=email.policy.default)
        for name in names
    }


def told(app: App) -> Mails:
    """Let the clock do its work; return to whom mails went, and about what."""
    before = received(app).keys()
    jobs.ask_for_blocks(app)
    jobs.post_notes(app)
    fresh = [mail for name, mail in received(app).items() if name not in before]
    return sorted((mail["To"].addresses[0].addr_spec, mail["Subject"]) for mail in fresh)


def test_everybody_is_asked_a_fortnight_before_and_reminded_twice(app: App, clock: Clock, cast: Cast) -> None:
    plan(app)
    clock.at(LAST - timedelta(days=15))
    assert told(app) == []

    clock.at(LAST - timedelta(days=14))
    assert told(app) == [
        ("anna@lund.example", "Ditt inslag till juninumret, senast 18 juni"),
        ("bo@lulea.example", "8 regioner utan regionansvarig: inslagen till juninumret är dina"),
        ("hilma@borta.example", "Your part of the June issue, by 18 June"),
    ]
    seen = {}
    for day in range(13, -3, -1):
        clock.at(LAST - timedelta(days=day))
        if mails := told(app):
            seen[day] = mails
    both = [
        ("anna@lund.example", "Påminnelse: ditt inslag till juninumret, senast 18 juni"),
        ("hilma@borta.example", "Reminder: your part of the June issue, by 18 June"),
    ]
    assert seen == {5: both, 1: both}


def test_the_link_in_the_mail_is_the_readers_own_and_opens_their_block(
    app: App, clock: Clock, cast: Cast
) -> None:
    plan(app)
    clock.at(LAST - timedelta(days=14))
    told(app)
    [mail] = [m for m in received(app).values() if m["To"].addresses[0].addr_spec == "anna@lund.example"]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    secret = re.search(r"/inslag/([\w-]{43})\b", text)[1]  # type: ignore[index]
    with app.readers() as session:
        found = block_links.find(session, secret=secret, today=clock.now.date())
        assert found is not None
        assert (found.block.region, found.person.id, found.pressed) == ("skane", cast.anna, False)
        assert secret not in str(session.execute(select(BlockLink.token_hash)).all())
        assert session.scalars(select(Note.content)).all() == [None, None, None], "keys are forgotten"
    assert "Region: Skåne" in text
    assert mail["Auto-Submitted"] == "auto-generated"


def test_nobody_hears_at_night_or_in_a_break(app: App, clock: Clock, cast: Cast) -> None:
    plan(app, date(2030, 8, 3))
    with app.sessions.begin() as session:
        plans.add_break(session, name="Juli", starts_on=date(2030, 7, 1), ends_on=date(2030, 7, 31))
    for day in (date(2030, 7, 20), date(2030, 7, 29), date(2030, 7, 31)):
        clock.at(day)
        assert told(app) == []
    clock.at(date(2030, 8, 1), hour=3)
    assert told(app) == []

    clock.at(date(2030, 8, 1), hour=6)  # 8 in Sweden
    assert [to for to, _ in told(app)] == ["anna@lund.example", "bo@lulea.example", "hilma@borta.example"]


def test_a_restart_forgets_nothing_and_whoever_dies_before_the_end_has_told_nobody(
    app: App, clock: Clock, cast: Cast, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(app)
    clock.at(LAST - timedelta(days=14))
    queue, calls = notes.queue, []

    def die(*args: object, **values: object) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt  # as a kill does: nothing after it happens, and nothing is committed
        return queue(*args, **values)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(notes, "queue", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.ask_for_blocks(app)
    with app.readers() as session:
        for model in (Note, BlockNotice, BlockLink, BlockRound):
            assert session.scalar(select(func.count()).select_from(model)) == 0

    with office.opened(tmp_path, database_url, SINK_PORT=app.settings.sink_port) as restarted:
        assert jobs.ask_for_blocks(restarted) == 3
    with office.opened(tmp_path, database_url, SINK_PORT=app.settings.sink_port) as restarted:
        assert jobs.ask_for_blocks(restarted) == 0


def test_two_clocks_at_once_tell_everybody_once(app: App, clock: Clock, cast: Cast) -> None:
    issue_id = plan(app)
    clock.at(LAST - timedelta(days=14))
    today = clock.now.date()
    with app.sessions.begin() as session:
        block_requests.open_round(session, issue_id=issue_id, today=today, now=clock.now)
    gate = threading.Barrier(2)
    trouble: list[Exception] = []

    def run() -> None:
        gate.wait()
        try:
            jobs.ask_for_blocks(app)
        except Exception as error:
            trouble.append(error)

    both = [threading.Thread(target=run) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert trouble == []
    with app.readers() as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 3


def test_whoever_has_handed_in_or_was_told_of_a_moved_day_is_left_alone(
    app: App, clock: Clock, cast: Cast
) -> None:
    issue_id = plan(app)
    clock.at(LAST - timedelta(days=14))
    told(app)
    set_state(app, "vast", BlockState.HANDED_IN)
    clock.at(LAST - timedelta(days=5))
    assert [to for to, _ in told(app)] == ["anna@lund.example"]

    mailing = Mailing(lambda: "a-new-secret", "https://brev.eken.example")
    with app.sessions.begin() as session:
        moved = {"issue_id": issue_id, "deadline": date(2030, 6, 20), "today": clock.now.date()}
        assert (
            block_requests.move_deadline(session, scope=ALL, mailing=mailing, now=clock.now, **moved)  # type: ignore[arg-type]
            == 1
        )
    assert told(app) == [("anna@lund.example", "Ny sista dag för ditt inslag till juninumret: 20 juni")]
    heard = []
    for day in range(14, 23):
        clock.at(date(2030, 6, day))
        heard += [day for _ in told(app)]
    assert heard == [15, 19], "five days and one day before the new last day"


def set_state(app: App, region: str, state: BlockState) -> None:
    with app.sessions.begin() as session:
        session.scalars(select(Block).where(Block.region == region)).one().state = state


def test_a_new_lead_is_asked_and_the_old_one_no_more(app: App, clock: Clock, cast: Cast) -> None:
    plan(app)
    clock.at(LAST - timedelta(days=14))
    told(app)
    with app.sessions.begin() as session:
        roles.take(session, scope=ALL, subscriber_id=cast.anna, role=RoleName.REGIONAL_LEAD, region="skane")
    lead(app, cast.cecilia, "skane")

    assert told(app) == [("familjen@lund.example", "Ditt inslag till juninumret, senast 18 juni")]
    clock.at(LAST - timedelta(days=5))
    assert [to for to, _ in told(app)] == ["familjen@lund.example", "hilma@borta.example"]


def test_a_lead_whom_no_mail_reaches_falls_to_the_officer(app: App, clock: Clock, cast: Cast) -> None:
    lead(app, cast.elsa, "norra")  # has no address
    lead(app, cast.greta, "sydost")  # hers is suppressed
    plan(app)
    clock.at(LAST - timedelta(days=14))

    [subject] = [subject for to, subject in told(app) if to == "bo@lulea.example"]
    assert subject.startswith("8 regioner")


def test_only_drafts_of_the_newsletter_with_a_day_are_asked_for(
    app: App, clock: Clock, cast: Cast, tmp_path: Path, database_url: str
) -> None:
    clock.at(LAST - timedelta(days=10))
    with app.sessions.begin() as session:
        an_issue(session, clock.now, deadline=None)
        letter = issues.create(session, title="x", subject="x", list_slug="inbjudningar", now=clock.now)
        plans.set_dates(session, issue_id=letter.id, deadline=LAST, planned_for=None, now=clock.now)
    closed = plan(app)
    with app.sessions.begin() as session:
        block_requests.close_round(session, issue_id=closed, now=clock.now)
    assert told(app) == []

    plan(app)
    with office.opened(tmp_path, database_url, BLOCK_REQUEST_DAYS=0) as by_hand_only:
        assert jobs.ask_for_blocks(by_hand_only) == 0


# --- The day after ------------------------------------------------------------------------------------------


def titles(app: App, issue_id: int) -> list[str]:
    with app.readers() as session:
        return [item.article.title for item in session.get_one(Issue, issue_id).items]


def test_the_day_after_standing_texts_go_in_for_what_did_not_come_and_once(
    app: App, clock: Clock, cast: Cast
) -> None:
    issue_id = plan(app)
    clock.at(LAST - timedelta(days=14))
    told(app)
    with app.sessions.begin() as session:
        for region in ("skane", "vast", "norra"):
            standing_blocks.save(
                session, region=region, title=f"Stående {region}", body="Hör av dig.", seen=0, actor="Bo",
                now=clock.now,
            )  # fmt: skip
        norra = session.scalars(select(Block).where(Block.region == "norra")).one()
        standing_blocks.choose(session, block_id=norra.id, fallback=standing_blocks.BlockFallback.NOTHING)
    set_state(app, "vast", BlockState.HANDED_IN)

    clock.at(LAST, hour=21)  # 23 in Sweden: the day is not over
    assert jobs.settle_blocks(app) == 0
    clock.at(LAST, hour=22)
    assert jobs.settle_blocks(app) == 1
    assert jobs.settle_blocks(app) == 0
    assert titles(app, issue_id) == ["Stående skane"]


def test_what_comes_late_takes_the_standing_texts_place(app: App, clock: Clock, cast: Cast) -> None:
    issue_id = plan(app)
    clock.at(LAST - timedelta(days=14))
    told(app)
    with app.sessions.begin() as session:
        save = {
            "region": "skane",
            "title": "Stående",
            "body": "x",
            "seen": 0,
            "actor": "Bo",
            "now": clock.now,
        }
        standing_blocks.save(session, **save)  # type: ignore[arg-type]
    clock.at(LAST + timedelta(days=1))
    jobs.settle_blocks(app)
    assert titles(app, issue_id) == ["Stående"]

    officer = blocks.Writer(cast.bo, "Bo", officer=True)
    with app.sessions.begin() as session:
        block = session.scalars(select(Block).where(Block.region == "skane")).one()
        late = {"block_id": block.id, "writer": officer, "today": clock.now.date(), "now": clock.now}
        blocks.save(session, seen=0, written=blocks.Written(title="Sent", body="x"), **late)  # type: ignore[arg-type]
        blocks.hand_in(session, seen=1, **late)  # type: ignore[arg-type]
    assert titles(app, issue_id) == ["Sent"]
    with app.sessions.begin() as session:
        standing_blocks.remove(session, region="skane")
        assert standing_blocks.of_region(session, region="skane") is None
