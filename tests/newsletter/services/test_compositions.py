"""What an officer changes can be undone, step by step, and nobody overwrites anybody."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import Audience
from newsletter.core.compositions import What
from newsletter.errors import IssueChanged, IssueError
from newsletter.language import using
from newsletter.models import Article, Issue, IssueChange, ItemForm
from newsletter.services import change_words, compositions, issues, items, sections
from newsletter.services.compositions import Hand
from subscribers.core.authority import Everything, SomeRegions
from tests.cast import Cast
from tests.conftest import NOON

EVERYONE = Everything("the tests look at everything")
SKANE = Audience.of(["skane"])

Do = Callable[..., Any]


@pytest.fixture
def do(sessions: sessionmaker[Session]) -> Do:
    """Do one thing in a transaction of its own."""

    def run(service: Callable[..., Any], **arguments: Any) -> Any:
        with sessions.begin() as session:
            return service(session, **{"now": NOON} | arguments)

    return run


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], do: Do) -> int:
    """A draft with three articles in two sections."""
    with sessions.begin() as session:
        session.add_all(
            Article(title=title, body="Text.", created_at=NOON, updated_at=NOON)
            for title in ("Ett", "Två", "Tre")
        )
    made = do(issues.create, title="Mars", subject="Mars").id
    for article, section in ((1, "Först"), (2, "Först"), (3, "Sist")):
        do(items.add, issue_id=made, article_id=article, section=section)
    return int(made)


def kept(sessions: sessionmaker[Session], issue_id: int) -> dict[str, Any]:
    with sessions() as session:
        return compositions.dump(session.get_one(Issue, issue_id))


def revision(sessions: sessionmaker[Session], issue_id: int) -> int:
    with sessions() as session:
        return session.get_one(Issue, issue_id).revision


CHANGES: list[tuple[Do, dict[str, Any], str]] = [
    (issues.change, {"title": "April"}, "titeln ändrades"),
    (issues.change, {"subject": "Annat"}, "ämnesraden ändrades"),
    (issues.change, {"title": "A", "preheader": "B"}, "titel, ämnesrad och förhandstext ändrades"),
    (items.move, {"article_id": 3, "position": 1}, "”Tre” flyttades till plats 1, i Sist"),
    (items.step, {"article_id": 2, "up": False}, "”Två” flyttades till plats 2, i Sist"),
    (items.remove, {"article_id": 1}, "”Ett” togs bort"),
    (items.change, {"article_id": 1, "form": ItemForm.TEASER}, "”Ett” visas som puff"),
    (items.change, {"article_id": 1, "audience": SKANE}, "”Ett” fick andra mottagare"),
    (items.change, {"article_id": 1, "standing": True}, "”Ett” blev stående"),
    (items.change, {"article_id": 1, "section": ""}, "”Ett” flyttades till plats 3"),
    (
        items.change,
        {"article_id": 1, "standing": True, "form": ItemForm.TEASER},
        "”Ett” ändrades",
    ),
    (sections.add, {"name": "Nytt"}, "avsnittet ”Nytt” lades till"),
    (sections.rename, {"was": "Sist", "name": "Slut"}, "avsnittet ”Sist” fick namnet ”Slut”"),
]


@pytest.mark.parametrize(("service", "arguments", "words"), CHANGES)
def test_each_change_says_what_it_was_and_is_undone_to_the_letter(
    sessions: sessionmaker[Session], do: Do, issue_id: int, service: Do, arguments: dict[str, Any], words: str
) -> None:
    before, seen = kept(sessions, issue_id), revision(sessions, issue_id)

    do(service, issue_id=issue_id, **arguments)

    assert kept(sessions, issue_id) != before
    assert revision(sessions, issue_id) == seen + 1
    with sessions() as session, using("sv"):
        latest = compositions.undoable(session, scope=EVERYONE, issue_id=issue_id)
        assert latest is not None
        assert change_words.said(latest.what, latest.facts) == words
    do(compositions.undo, issue_id=issue_id, hand=Hand())
    assert kept(sessions, issue_id) == before
    assert revision(sessions, issue_id) == seen + 2


def test_several_steps_are_undone_in_turn_until_nothing_is_left(
    sessions: sessionmaker[Session], do: Do, issue_id: int
) -> None:
    states = []
    for service, arguments, _ in (*CHANGES[:4], CHANGES[5]):
        states.append(kept(sessions, issue_id))
        do(service, issue_id=issue_id, **arguments)

    for state in reversed(states):
        do(compositions.undo, issue_id=issue_id, hand=Hand())
        assert kept(sessions, issue_id) == state
    for _ in range(3):  # the articles that the draft was made with
        do(compositions.undo, issue_id=issue_id, hand=Hand())

    assert kept(sessions, issue_id)["items"] == []
    with pytest.raises(IssueError, match="inget kvar att ångra"):
        do(compositions.undo, issue_id=issue_id, hand=Hand())


def test_what_changes_nothing_leaves_no_trace(sessions: sessionmaker[Session], do: Do, issue_id: int) -> None:
    seen = revision(sessions, issue_id)

    do(issues.change, issue_id=issue_id, title=" Mars ")
    do(items.move, issue_id=issue_id, article_id=1, position=1)
    do(items.step, issue_id=issue_id, article_id=1, up=True)
    do(sections.rename, issue_id=issue_id, was="Sist", name=" Sist ")

    assert revision(sessions, issue_id) == seen


def test_what_somebody_else_has_changed_is_never_overwritten(
    sessions: sessionmaker[Session], do: Do, cast: Cast, issue_id: int
) -> None:
    seen = revision(sessions, issue_id)
    do(items.remove, issue_id=issue_id, article_id=1, hand=Hand(cast.bo, seen))
    state = kept(sessions, issue_id)

    for service, arguments in (
        (issues.change, {"title": "Annas"}),
        (items.move, {"article_id": 3, "position": 1}),
        (items.step, {"article_id": 3, "up": True}),
        (items.remove, {"article_id": 3}),
        (items.change, {"article_id": 3, "standing": True}),
        (items.add, {"article_id": 1}),
        (sections.add, {"name": "Annas"}),
        (sections.rename, {"was": "Sist", "name": "Annas"}),
        (compositions.undo, {}),
    ):
        with pytest.raises(IssueChanged):
            do(service, issue_id=issue_id, hand=Hand(cast.anna, seen), **arguments)

    assert kept(sessions, issue_id) == state
    with sessions() as session, using("sv"):
        told = compositions.since(session, scope=EVERYONE, issue_id=issue_id, seen=seen)
        assert [(each.who, change_words.said(each.what, each.facts)) for each in told] == [
            ("Bo Öberg", "”Ett” togs bort")
        ]


def test_of_two_who_save_at_once_one_wins_and_the_other_is_told(
    sessions: sessionmaker[Session], do: Do, cast: Cast, issue_id: int
) -> None:
    seen = revision(sessions, issue_id)
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def save(person: int, title: str) -> None:
        ready.wait()
        try:
            do(issues.change, issue_id=issue_id, title=title, hand=Hand(person, seen))
            outcomes.append("saved")
        except IssueChanged:
            outcomes.append("told")

    both = [threading.Thread(target=save, args=each) for each in ((cast.anna, "Annas"), (cast.bo, "Bos"))]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(outcomes) == ["saved", "told"]
    assert revision(sessions, issue_id) == seen + 1


def test_undoing_is_told_to_the_others_too(
    sessions: sessionmaker[Session], do: Do, cast: Cast, issue_id: int
) -> None:
    seen = revision(sessions, issue_id)
    do(items.remove, issue_id=issue_id, article_id=1)
    do(compositions.undo, issue_id=issue_id, hand=Hand(cast.bo))

    with sessions() as session, using("sv"):
        told = compositions.since(session, scope=EVERYONE, issue_id=issue_id, seen=seen)

    assert [(each.what, each.who) for each in told] == [(What.REMOVED, ""), (What.UNDONE, "Bo Öberg")]
    assert change_words.said(told[1].what, told[1].facts) == "ångrat: ”Ett” togs bort"


def test_a_scheduled_issue_is_not_undone_behind_the_schedule(
    sessions: sessionmaker[Session], do: Do, issue_id: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).status = issues.IssueStatus.SCHEDULED

    with pytest.raises(IssueError, match="schemalagt"):
        do(compositions.undo, issue_id=issue_id, hand=Hand())


def test_the_history_has_an_end(sessions: sessionmaker[Session], do: Do, issue_id: int) -> None:
    for number in range(compositions.MOST_KEPT + 5):
        do(issues.change, issue_id=issue_id, title=f"Titel {number}")

    with sessions() as session:
        kept_changes = session.scalar(select(func.count()).select_from(IssueChange))
    assert kept_changes == compositions.MOST_KEPT


def test_who_sees_one_region_does_not_learn_who_did_what_elsewhere(
    sessions: sessionmaker[Session], do: Do, cast: Cast, issue_id: int
) -> None:
    do(items.remove, issue_id=issue_id, article_id=1, hand=Hand(cast.bo))
    do(items.remove, issue_id=issue_id, article_id=2, hand=Hand(cast.anna))

    with sessions() as session:
        told = compositions.latest(
            session, scope=SomeRegions(frozenset({"skane"})), issue_id=issue_id, limit=2
        )

    assert [each.who for each in told][:1] == ["Anna Åkesson"]
    assert "Bo Öberg" not in [each.who for each in told]


@pytest.mark.parametrize("name", ["", "  ", "Två\nrader", "Först", "x" * 121])
def test_a_section_needs_a_name_of_its_own(
    sessions: sessionmaker[Session], do: Do, issue_id: int, name: str
) -> None:
    with pytest.raises(IssueError):
        do(sections.add, issue_id=issue_id, name=name)


def test_a_section_with_items_stays_and_an_empty_one_can_go(
    sessions: sessionmaker[Session], do: Do, issue_id: int
) -> None:
    with pytest.raises(IssueError, match="har inslag"):
        do(sections.remove, issue_id=issue_id, name="Sist")

    do(items.remove, issue_id=issue_id, article_id=3)
    do(sections.remove, issue_id=issue_id, name="Sist")

    assert kept(sessions, issue_id)["sections"] == ["Först"]


def test_articles_to_add_are_found_by_the_words_of_their_head(
    sessions: sessionmaker[Session], do: Do, issue_id: int
) -> None:
    with sessions.begin() as session:
        session.add_all(
            Article(title=title, byline_name=name, body="x", created_at=NOON, updated_at=NOON)
            for title, name in (("Åska över ÄPPLEN", "Örjan Ek"), ("100 % _ull_", ""), ("Höst", "Örjan Ek"))
        )

    def found(text: str) -> list[str]:
        with sessions() as session:
            return [article.title for article in items.candidates(session, issue_id=issue_id, text=text)]

    assert found("äpplen örjan") == ["Åska över ÄPPLEN"]
    assert found("%") == ["100 % _ull_"]
    assert found("ett") == []  # it stands in the issue
    assert len(found("")) == 3
