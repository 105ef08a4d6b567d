"""What stands in the archive: what went to all of an open list, as it was frozen, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import IssueError
from newsletter.models import Delivery, DeliveryState, Issue, IssueKind, IssueStatus
from newsletter.services import archive, corrections, releases, sendings
from subscribers.core.authority import Everything
from subscribers.errors import NotFound
from subscribers.models import Archive, ListPurpose, Segment
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.archives import drafted, gone, key_of, newsletter_of, planned
from tests.newsletter.rendering.samples import FRAME

ALL = Everything("a test")
AGO = NOON - timedelta(hours=3)
SKANE = Audience.of(["skane"])


@pytest.fixture
def opened(sessions: sessionmaker[Session], cast: Cast) -> None:
    """The newsletter's archive is open."""
    with sessions.begin() as session:
        newsletter_of(session).archive = Archive.UNLISTED


def went(session: Session, title: str = "Linsen", **more: object) -> Issue:
    issue = drafted(session, (title, EVERYONE), now=AGO, **more)
    return gone(session, issue, frame=FRAME, at=AGO)


def keys(session: Session) -> list[str]:
    return [entry.key for entry in archive.entries(session, now=NOON)]


def test_it_is_closed_until_somebody_opens_it(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        key = key_of(went(session))
        assert not archive.is_open(session)
        assert keys(session) == []
        with pytest.raises(NotFound):
            archive.read(session, key=key, now=NOON)

        newsletter_of(session).archive = Archive.UNLISTED

        assert archive.is_open(session)
        assert not archive.may_be_indexed(session)
        assert keys(session) == [key] == ["nyhetsbrev-2030-1"]
        assert "Om Linsen. Slut." in archive.read(session, key=key, now=NOON).html


@pytest.mark.usefixtures("opened")
def test_the_newest_comes_first_and_each_knows_its_neighbours(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        last_year, first, second = went(session), went(session), went(session)
        last_year.year, second.released_at = 2029, NOON - timedelta(hours=2)
        session.flush()

        assert keys(session) == [key_of(second), key_of(first), key_of(last_year)]
        middle = archive.read(session, key=key_of(first), now=NOON)
        assert (middle.newer and middle.newer.key, middle.older and middle.older.key) == (
            key_of(second), key_of(last_year),
        )  # fmt: skip
        assert archive.read(session, key=key_of(last_year), now=NOON).older is None


def _in_grace(issue: Issue) -> None:
    issue.grace_minutes = 200


def _with_a_few_first(issue: Issue) -> None:
    issue.grace_minutes, issue.head_start_minutes = 10, 175


def _paused(issue: Issue) -> None:
    issue.paused_at = NOON


def _stopped(issue: Issue) -> None:
    issue.stopped_at = NOON


def _taken_out(issue: Issue) -> None:
    issue.in_archive = False


def _to_a_region(issue: Issue) -> None:
    issue.audience = SKANE


def _a_correction(issue: Issue) -> None:
    issue.kind = IssueKind.CORRECTION


def _to_a_segment(issue: Issue) -> None:
    issue.segment = Segment(name="unga", rule={}, created_at=NOON, updated_at=NOON)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    "change",
    [_in_grace, _with_a_few_first, _paused, _stopped, _taken_out, _to_a_region, _a_correction, _to_a_segment],
)
def test_what_is_not_with_everybody_is_not_there(
    sessions: sessionmaker[Session], change: Callable[[Issue], None]
) -> None:
    with sessions.begin() as session:
        issue = went(session)
        assert keys(session) == [key_of(issue)]

        change(issue)
        session.flush()

        assert keys(session) == []
        with pytest.raises(NotFound):
            archive.read(session, key=key_of(issue), now=NOON)


@pytest.mark.usefixtures("opened")
def test_an_issue_comes_in_when_it_can_no_longer_be_regretted(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        draft = drafted(session, ("Linsen", EVERYONE), now=AGO)
        assert keys(session) == []
        planned(session, draft, frame=FRAME, now=AGO)
        assert keys(session) == []
        releases.release(session, scope=ALL, issue_id=draft.id, now=AGO)
        assert keys(session) == []  # the senders have not come by, though its time has passed

        first = session.query(Delivery).filter_by(state=DeliveryState.QUEUED).first()
        assert first is not None
        first.state, first.claimed_at = DeliveryState.ACCEPTED, AGO
        session.flush()
        assert keys(session) == [key_of(draft)]


@pytest.mark.usefixtures("opened")
def test_a_regretted_and_a_cancelled_issue_are_gone(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        regretted = planned(session, drafted(session, ("Ett", EVERYONE), now=AGO), frame=FRAME, now=AGO)
        releases.release(session, scope=ALL, issue_id=regretted.id, now=AGO)
        sendings.undo(session, issue_id=regretted.id, now=NOON)
        went(session).status = IssueStatus.CANCELLED
        went(session).status = IssueStatus.MISSED
        session.flush()

        assert keys(session) == []


@pytest.mark.usefixtures("opened")
def test_only_what_people_without_a_region_got_is_read(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        mixed = drafted(session, ("Gemensamt", EVERYONE), ("Skånskt", SKANE), now=AGO)
        regional = drafted(session, ("Bara skånskt", SKANE), now=AGO)
        for issue in (mixed, regional):
            gone(session, issue, frame=FRAME, at=AGO)

        assert keys(session) == [key_of(mixed)]  # there is nothing for everybody in the other one
        html = archive.read(session, key=key_of(mixed), now=NOON).html
        assert "Gemensamt" in html
        assert "kånskt" not in html


@pytest.mark.usefixtures("opened")
def test_a_later_edit_changes_nothing_and_a_corrected_text_takes_its_place(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        issue = went(session)
        issue.items[0].article.body = "Rätt dag är torsdag."
        session.flush()
        before = archive.read(session, key=key_of(issue), now=NOON)
        assert "Om Linsen. Slut." in before.html
        assert before.corrected_at is None

        [common] = [variant.id for variant in issue.variants if variant.language == "sv"]
        corrections.replace(
            session, scope=ALL, issue_id=issue.id, variant_ids=[common], frame=FRAME, actor="a test", now=NOON
        )

        after = archive.read(session, key=key_of(issue), now=NOON)
        assert "Rätt dag är torsdag." in after.html
        assert "Slut." not in after.html
        assert after.corrected_at == NOON


@pytest.mark.usefixtures("opened")
def test_one_issue_is_taken_out_and_put_back(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        issue, other = went(session), went(session)

        assert archive.keep_out(session, issue_id=issue.id, out=True)
        assert not archive.keep_out(session, issue_id=issue.id, out=True)
        assert keys(session) == [key_of(other)]
        standing = archive.standing(session, issue, now=NOON)
        assert standing == archive.Standing(is_open=True, is_for_all=True, is_taken_out=True, key=None)

        assert archive.keep_out(session, issue_id=issue.id, out=False)
        assert len(keys(session)) == 2


@pytest.mark.parametrize("purpose", [each for each in ListPurpose if each is not ListPurpose.NEWSLETTER])
def test_lists_to_people_who_are_known_have_none_even_if_their_row_says_so(
    sessions: sessionmaker[Session], cast: Cast, purpose: ListPurpose
) -> None:
    with sessions.begin() as session:
        newsletter_of(session, purpose).archive = Archive.INDEXED
        issue = went(session, purpose=purpose)

        assert not archive.is_open(session)
        assert not archive.may_be_indexed(session)
        assert keys(session) == []
        assert archive.standing(session, issue, now=NOON) is None
        with pytest.raises(IssueError):
            archive.keep_out(session, issue_id=issue.id, out=True)
