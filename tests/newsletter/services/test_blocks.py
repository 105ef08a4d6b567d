"""A region's block: written, handed in, taken back. It goes out only when handed in, and only to its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.articles import Picture
from newsletter.core.audiences import Audience
from newsletter.core.pace import AT_ONCE
from newsletter.errors import ArticleError, BlockChanged, BlockError, IssueError
from newsletter.models import Article, ArticleStatus, Block, BlockState, Issue
from newsletter.rendering.values import Frame
from newsletter.services import block_requests, blocks, compositions, items, scheduling, variants
from newsletter.services.blocks import Standing, Writer, Written
from newsletter.services.compositions import AT_THE_MACHINE
from subscribers.errors import NotFound
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.blockwork import ANNA, BEFORE, LAST, asked, handed_in, written

OFFICER = Writer(2, "person bo", officer=True)
FRAME = Frame(association="Eken", contact="hej@eken.example", base_url="https://eken.example",
              from_address="brev@eken.example")  # fmt: skip
LATE = LAST + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("cast")


def titles(issue: Issue) -> list[str]:
    return [item.article.title for item in issue.items]


def article(session: Session, title: str, audience: Audience | None = None) -> int:
    made = Article(title=title, body="x", created_at=NOON, updated_at=NOON)
    if audience:
        made.audience = audience
    session.add(made)
    session.flush()
    return made.id


def test_what_is_written_is_an_article_for_the_region_alone_and_not_in_the_issue(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        block = written(session, asked(session, NOON)["skane"], NOON)

        assert block.state is BlockState.BEGUN
        assert block.article is not None
        assert block.article.audience == Audience.of(["skane"])
        assert block.article.status is ArticleStatus.DRAFT
        assert block.issue.items == []


def test_handing_in_puts_it_in_the_issue_and_twice_is_once(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = handed_in(session, asked(session, NOON)["skane"], NOON)
        again = blocks.hand_in(session, block_id=block.id, writer=ANNA, seen=1, today=BEFORE, now=NOON)

        assert again.state is BlockState.HANDED_IN
        assert (again.handed_in_at, again.handed_in_by_id) == (NOON, ANNA.person_id)
        assert [(i.article.title, i.section, i.position) for i in block.issue.items] == [
            ("Vårens träffar", "Från din region", 1)
        ]
        assert block.article is not None
        assert block.article.status is ArticleStatus.READY


def test_it_is_seen_in_its_own_regions_variant_and_in_no_other(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        made = asked(session, NOON)
        handed_in(session, made["skane"], NOON, body="HEMLIGT-SKANE")
        handed_in(session, made["norra"], NOON, body="HEMLIGT-NORRA")
        written(session, made["vast"], NOON, body="HEMLIGT-VAST")
        issue = made["skane"].issue
        items.add(session, issue_id=issue.id, article_id=article(session, "För alla"), now=NOON)
        scheduling.schedule(
            session, issue_id=issue.id, at="2030-06-20 09:00", zone="Europe/Stockholm", frame=FRAME,
            pace=AT_ONCE, now=NOON,
        )  # fmt: skip

        found = {variant.name: variant.html + variant.text for variant in issue.variants}
        assert any("HEMLIGT-SKANE" in html for html in found.values())
        for name, html in found.items():
            assert ("HEMLIGT-SKANE" in html) is (name == "Skåne"), name
            assert "HEMLIGT-VAST" not in html, "what is not handed in goes to nobody"


def test_a_block_comes_after_the_other_regions_and_back_to_its_place(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        made = asked(session, NOON)
        issue = made["skane"].issue
        for title, section in (("Ledare", ""), ("Sist", "Till sist")):
            items.add(
                session, issue_id=issue.id, article_id=article(session, title), section=section, now=NOON
            )
        theirs = article(session, "Västs", Audience.of(["vast"]))
        items.add(session, issue_id=issue.id, article_id=theirs, position=2, section="Regionalt", now=NOON)

        block = handed_in(session, made["skane"], NOON)
        assert titles(issue) == ["Ledare", "Västs", "Vårens träffar", "Sist"]
        assert issue.items[2].section == "Regionalt"

        assert block.article_id is not None
        items.move(session, issue_id=issue.id, article_id=block.article_id, position=1, section="", now=NOON)
        blocks.take_back(session, block_id=block.id, writer=ANNA, today=BEFORE, now=NOON)
        assert titles(issue) == ["Ledare", "Västs", "Sist"]
        handed_in(session, block, NOON, title="Omskrivet")
        assert titles(issue) == ["Omskrivet", "Ledare", "Västs", "Sist"], "the officer's order stands"


def test_what_is_taken_back_is_out_of_the_issue_whatever_is_undone(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = handed_in(session, asked(session, NOON)["skane"], NOON)
        issue = block.issue
        for _ in range(2):
            blocks.take_back(session, block_id=block.id, writer=ANNA, today=BEFORE, now=NOON)
        assert block.state is BlockState.TAKEN_BACK
        assert issue.items == []

        compositions.undo(session, issue_id=issue.id, hand=AT_THE_MACHINE, now=NOON)
        assert issue.items == []

        assert block.article_id is not None
        with pytest.raises(IssueError, match="inte inlämnat"):
            items.add(session, issue_id=issue.id, article_id=block.article_id, now=NOON)
        assert items.candidates(session, issue_id=issue.id) == []


def test_what_is_handed_in_is_changed_only_after_it_is_taken_back(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = handed_in(session, asked(session, NOON)["skane"], NOON)

        with pytest.raises(BlockError, match="Ta tillbaka"):
            written(session, block, NOON, title="Annat")
        blocks.take_back(session, block_id=block.id, writer=ANNA, today=BEFORE, now=NOON)
        assert written(session, block, NOON, title="Annat").state is BlockState.TAKEN_BACK


def test_two_who_write_at_once_never_overwrite_each_other(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = written(session, asked(session, NOON)["skane"], NOON, body="Annas.")
        seen = blocks.revision_of(block)

    def save(seen: int, body: str) -> None:
        with sessions.begin() as session:
            blocks.save(
                session, block_id=block.id, writer=OFFICER, seen=seen, today=BEFORE, now=NOON,
                written=Written(title="Träffar", body=body),
            )  # fmt: skip

    save(seen, "Bos.")
    for late in (seen, 0):
        with pytest.raises(BlockChanged, match="medan du skrev"):
            save(late, "Davids.")
    with sessions.begin() as session:
        with pytest.raises(BlockChanged):
            blocks.hand_in(session, block_id=block.id, writer=ANNA, seen=seen, today=BEFORE, now=NOON)
        assert blocks.text_of(session.get_one(Block, block.id)).body == "Bos."


def test_two_who_begin_at_once_make_one_text(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block_id = asked(session, NOON)["skane"].id
    with sessions.begin() as session:
        written(session, blocks.get(session, block_id=block_id), NOON)
    with sessions.begin() as session, pytest.raises(BlockChanged):
        blocks.save(
            session, block_id=block_id, writer=ANNA, seen=0, today=BEFORE, now=NOON,
            written=Written(title="Också", body="x"),
        )  # fmt: skip
    with sessions() as session:
        assert session.query(Article).count() == 1


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"title": "", "body": "x"}, ArticleError),
        ({"title": "x" * 301, "body": "x"}, ArticleError),
        ({"title": "x", "body": "x" * 20_001}, BlockError),
        ({"title": "x", "body": "x", "byline": "x" * 201}, ArticleError),
        ({"title": "x", "body": "x", "added": [Picture(file=f"{n}.jpg") for n in range(7)]}, BlockError),
    ],
)
def test_words_that_will_not_do_are_explained(
    sessions: sessionmaker[Session], words: dict[str, Any], error: type[Exception]
) -> None:
    with sessions() as session:
        block = asked(session, NOON)["skane"]
        with pytest.raises(error):
            blocks.save(
                session, block_id=block.id, writer=ANNA, seen=0, today=BEFORE, now=NOON,
                written=Written(**words),
            )  # fmt: skip


def test_an_empty_block_and_a_picture_without_words_are_not_handed_in(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        block = asked(session, NOON)["skane"]

        def hand_in() -> Block:
            return blocks.hand_in(
                session,
                block_id=block.id,
                writer=ANNA,
                seen=blocks.revision_of(block),
                today=BEFORE,
                now=NOON,
            )

        with pytest.raises(BlockError, match="tomt"):
            hand_in()
        written(session, block, NOON, body=" ")
        with pytest.raises(BlockError, match="tomt"):
            hand_in()
        picture = Written(title="Bild", body="", added=[Picture(file="a.jpg")])
        save = {"block_id": block.id, "writer": ANNA, "today": BEFORE, "now": NOON}
        blocks.save(session, seen=blocks.revision_of(block), written=picture, **save)  # type: ignore[arg-type]
        with pytest.raises(BlockError, match="vad bilden visar"):
            hand_in()
        worded = replace(picture, added=(), alts=["Ett äpple"])
        blocks.save(session, seen=blocks.revision_of(block), written=worded, **save)  # type: ignore[arg-type]
        assert hand_in().state is BlockState.HANDED_IN


def test_pictures_are_described_and_taken_away(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = asked(session, NOON)["skane"]
        save = {"block_id": block.id, "writer": ANNA, "today": BEFORE, "now": NOON}
        three = [Picture(file=f"{name}.jpg", alt=name) for name in "abc"]
        blocks.save(session, seen=0, written=Written(title="x", body="x", added=three), **save)  # type: ignore[arg-type]
        less = Written(title="x", body="x", alts=["A", "B", "C"], removed={1, 99})
        blocks.save(session, seen=blocks.revision_of(block), written=less, **save)  # type: ignore[arg-type]

        assert [(p.file, p.alt) for p in blocks.text_of(block).pictures] == [("a.jpg", "A"), ("c.jpg", "C")]


def test_the_last_day_is_whole_and_then_only_an_officer_writes(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = written(session, asked(session, NOON)["skane"], NOON)
        assert blocks.standing(session, block, today=LAST) is Standing.OPEN
        assert blocks.standing(session, block, today=LATE) is Standing.PAST

        written(session, block, NOON, today=LAST)
        with pytest.raises(BlockError, match="Sista dagen var"):
            written(session, block, NOON, today=LATE)
        with pytest.raises(BlockError, match="Sista dagen var"):
            handed_in(session, block, NOON, today=LATE)
        written(session, block, NOON, today=LATE, writer=OFFICER)
        late = {"block_id": block.id, "writer": OFFICER, "today": LATE, "now": NOON}
        blocks.hand_in(session, seen=blocks.revision_of(block), **late)  # type: ignore[arg-type]
        with pytest.raises(BlockError, match="Sista dagen var"):
            blocks.take_back(session, block_id=block.id, writer=ANNA, today=LATE, now=NOON)
        assert titles(block.issue) == ["Vårens träffar"]


def test_nothing_is_handed_in_to_an_issue_that_is_scheduled_or_asks_for_none(
    sessions: sessionmaker[Session],
) -> None:
    with sessions.begin() as session:
        made = asked(session, NOON)
        block = written(session, made["skane"], NOON)
        handed_in(session, made["norra"], NOON)
        block_requests.close_round(session, issue_id=block.issue_id, now=NOON)
        with pytest.raises(BlockError, match="tar inte emot"):
            handed_in(session, block, NOON)
        scheduling.schedule(
            session, issue_id=block.issue_id, at="2030-06-20 09:00", zone="Europe/Stockholm", frame=FRAME,
            pace=AT_ONCE, now=NOON,
        )  # fmt: skip
        for writer in (ANNA, OFFICER):
            with pytest.raises(BlockError, match="färdigt"):
                written(session, block, NOON, writer=writer)


def test_an_officer_who_took_it_out_has_the_last_word(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        block = handed_in(session, asked(session, NOON)["skane"], NOON)
        compositions.undo(session, issue_id=block.issue_id, hand=AT_THE_MACHINE, now=NOON)
        assert block.state is BlockState.HANDED_IN
        assert block.issue.items == []
        taken = blocks.take_back(session, block_id=block.id, writer=ANNA, today=BEFORE, now=NOON)
        assert taken.state is BlockState.TAKEN_BACK


def test_a_block_that_is_not_there_is_not_found(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        with pytest.raises(NotFound):
            blocks.get(session, block_id=1)
        with pytest.raises(NotFound):
            blocks.take_back(session, block_id=1, writer=ANNA, today=BEFORE, now=NOON)


def test_pasted_html_runs_nowhere(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        made = asked(session, NOON)
        handed_in(
            session, made["skane"], NOON, title="<script>t</script>", body="<script>alert(1)</script>hej"
        )
        html = variants.preview(
            session, made["skane"].issue, region="skane", language="sv", frame=FRAME, dated=LAST
        ).html

        assert "<script" not in html.lower()


def test_the_writers_are_people_of_the_cast(cast: Cast) -> None:
    assert cast.anna == ANNA.person_id
    assert cast.bo == OFFICER.person_id
