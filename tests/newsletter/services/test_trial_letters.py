"""Trial letters: marked in both parts, with nothing in them by which anybody could leave a list."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core import notes as writing
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.pace import AT_ONCE
from newsletter.errors import IssueError
from newsletter.models import Article, Issue, Note
from newsletter.services import issues, items, notes, scheduling, trial_letters
from subscribers.core.authority import Everything, Scope, SomeRegions
from subscribers.errors import NotFound
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.services.test_reviews import FRAME

ALL = Everything("a test")


@pytest.fixture
def issue(sessions: sessionmaker[Session], cast: Cast) -> int:
    with sessions.begin() as session:
        made = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
        for title, audience in (("För alla", EVERYONE), ("Skånskt", Audience.of(["skane"]))):
            body = "Läs mer på [torget](https://torget.example)."
            article = Article(title=title, body=body, audience=audience, created_at=NOON, updated_at=NOON)
            session.add(article)
            session.flush()
            items.add(session, issue_id=made.id, article_id=article.id, now=NOON)
        return made.id


def send(session: Session, issue: int, people: list[int], regions: list[str], scope: Scope = ALL) -> int:
    return trial_letters.send(
        session, scope=scope, issue=session.get_one(Issue, issue), people=people, regions=regions,
        frame=FRAME, actor="a test", now=NOON,
    )  # fmt: skip


def mails(session: Session) -> list[EmailMessage]:
    found = session.scalars(select(Note).where(Note.kind == "trial-letter").order_by(Note.id))
    return [message_from_bytes(note.message or b"", policy=policy.default) for note in found]


@pytest.mark.parametrize("frozen", [False, True])
def test_each_person_gets_each_version_marked(
    sessions: sessionmaker[Session], cast: Cast, issue: int, frozen: bool
) -> None:
    with sessions.begin() as session:
        if frozen:
            scheduling.schedule(
                session, issue_id=issue, at=NOON, zone="Europe/Stockholm", frame=FRAME, pace=AT_ONCE, now=NOON
            )
        assert send(session, issue, [cast.bo, cast.hilma], ["", "skane"]) == 4
        letters = mails(session)
    assert {letter[writing.KIND] for letter in letters} == {writing.TRIAL}
    assert [letter["To"].addresses[0].addr_spec for letter in letters] == [
        "bo@lulea.example", "bo@lulea.example", "hilma@borta.example", "hilma@borta.example",
    ]  # fmt: skip
    common, skane, english, _ = letters
    assert common["Subject"] == "[PROV Gemensam] Vårens träffar"
    assert skane["Subject"] == "[PROV Skåne] Vårens träffar"
    assert english["Subject"].startswith("[TEST ")
    for kind in ("plain", "html"):
        text = skane.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "Det här är ett prov av versionen Skåne" in text
        assert "Skånskt" in text
        assert "Skånskt" not in common.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "https://torget.example" in text


def test_nobody_can_leave_a_list_by_a_trial_letter(
    sessions: sessionmaker[Session], cast: Cast, issue: int
) -> None:
    with sessions.begin() as session:
        send(session, issue, [cast.bo], [""])
        [letter] = mails(session)
    assert not [field for field in letter if field.lower().startswith("list-")]
    assert "https://brev.eken.example/u/preview" in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["From"].addresses[0].addr_spec == "brev@eken.example"


def test_the_message_is_forgotten_when_it_has_gone(
    sessions: sessionmaker[Session], cast: Cast, issue: int
) -> None:
    with sessions.begin() as session:
        send(session, issue, [cast.bo], [""])
        [due] = notes.due(session, now=NOON)
        assert due.message is not None
        notes.accepted(session, note_id=due.note_id, now=NOON)
        assert session.get_one(Note, due.note_id).message is None


def test_what_cannot_be_tried_is_said(sessions: sessionmaker[Session], cast: Cast, issue: int) -> None:
    with sessions.begin() as session:
        for people, regions, words in (
            ([], [""], "minst en person"),
            ([cast.bo], [], "minst en version"),
            ([cast.elsa], [""], "ingen adress"),
            ([cast.bo], [f"region-{n}" for n in range(41)], "Högst"),
        ):
            with pytest.raises(IssueError, match=words):
                send(session, issue, people, regions)
        with pytest.raises(NotFound):  # Bo lives in Norra
            send(session, issue, [cast.bo], [""], SomeRegions(frozenset({"skane"})))
        assert mails(session) == []
