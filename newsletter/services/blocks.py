"""Blocks: a region's own part of an issue, written by its lead, or by the officer in their place.

    save       title, text, photos -> an article for that region alone; nothing of it is in the issue yet
    hand_in    the article gets its item, where the officer had it last or after the other regions'
    take_back  the item goes, the text stays; until the last day is over

Whatever is not handed in is no item, so it cannot go out (``block_items`` holds that for undoing, too).
Whoever saves says which revision they had before them (0: nothing), and overwrites nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import blocks as rules
from newsletter.core.articles import ArticleText, Picture
from newsletter.core.audiences import Audience
from newsletter.core.compositions import Spot
from newsletter.errors import BlockChanged, BlockError
from newsletter.models import (
    Article,
    ArticleStatus,
    Block,
    BlockRound,
    BlockState,
    Issue,
    IssueStatus,
    Item,
    StandingBlock,
)
from newsletter.services import articles, items, sections
from newsletter.services.article_records import to_text
from newsletter.services.compositions import Hand
from subscribers.errors import NotFound

#: Where the first block of an issue goes when nothing regional stands there yet. Letters are in Swedish.
SECTION = "Från din region"


class Standing(Enum):
    """Whether a block can be written now, and if not, why."""

    OPEN = "open"
    PAST = "past"  # the last day is over
    CLOSED = "closed"  # the officer asks for none
    GONE = "gone"  # the issue is scheduled, or over


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the person, what the log calls them, and whether they may after the last day (officers)."""

    person_id: int
    actor: str
    officer: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written: the words, the words of each picture that stays, and new pictures.

    ``alts`` are of the pictures that are there already, in order; ``removed`` are numbers among them, from 0.
    """

    title: str
    body: str
    byline: str = ""
    alts: Sequence[str] = ()
    removed: Collection[int] = ()
    added: Sequence[Picture] = ()


def get(session: Session, *, block_id: int) -> Block:
    """Return a block. Raises ``NotFound``."""
    found = session.get(Block, block_id)
    if found is None:
        raise _no_such()
    return found


def standing(session: Session, block: Block, *, today: date, officer: bool = False) -> Standing:
    """Tell whether a block can be written on this day. An officer may until the issue is scheduled."""
    if block.issue.status is not IssueStatus.DRAFT:
        return Standing.GONE
    if officer:
        return Standing.OPEN
    asked = session.get(BlockRound, block.issue_id)
    if asked is None or asked.closed_at is not None:
        return Standing.CLOSED
    return Standing.OPEN if rules.is_open(block.issue.deadline, today) else Standing.PAST


def text_of(block: Block) -> ArticleText:
    """Return what a block says so far; empty words where nothing is written."""
    return to_text(block.article) if block.article is not None else ArticleText(title="")


def revision_of(block: Block) -> int:
    """Return the revision of a block's text; 0 while there is none."""
    return block.article.revision if block.article is not None else 0


def save(
    session: Session,
    *,
    block_id: int,
    writer: Writer,
    seen: int,
    written: Written,
    today: date,
    now: datetime,
) -> Block:
    """Keep what somebody has written as a draft.

    Raises ``BlockError`` when the block is handed in or can be written no more, ``BlockChanged`` when
    somebody else has saved meanwhile, and ``ArticleError`` for words that will not do.
    """
    block = _locked(session, block_id)
    _check_open(session, block, writer, today)
    if block.state is BlockState.HANDED_IN:
        raise _handed_in()
    _check_seen(block, seen)
    rules.check_text(written.body)
    _write(session, block, writer, written, now)
    block.state = BlockState.TAKEN_BACK if block.state is BlockState.TAKEN_BACK else BlockState.BEGUN
    session.flush()
    return block


def hand_in(
    session: Session, *, block_id: int, writer: Writer, seen: int, today: date, now: datetime
) -> Block:
    """Hand a block in: it stands in the issue from now on. Again: nothing. Raises as ``save`` does."""
    block = _locked(session, block_id)
    if block.state is BlockState.HANDED_IN:
        return block
    _check_open(session, block, writer, today)
    _check_seen(block, seen)
    if block.article is None:
        raise BlockError("Inslaget är tomt. Skriv något, eller lägg till en bild, innan du lämnar in.")
    text = to_text(block.article)
    rules.check_ready(body=text.body, alts=[picture.alt for picture in text.pictures])
    block.state, block.handed_in_at, block.handed_in_by_id = BlockState.HANDED_IN, now, writer.person_id
    _set_status(session, block, ArticleStatus.READY, writer, now)
    put_in(session, block, hand=Hand(writer.person_id), now=now)
    return block


def take_back(session: Session, *, block_id: int, writer: Writer, today: date, now: datetime) -> Block:
    """Take a block back, to write more. Once more changes nothing. Raises ``BlockError``."""
    block = _locked(session, block_id)
    if block.state is not BlockState.HANDED_IN:
        return block
    _check_open(session, block, writer, today)
    item = item_of(block.issue, block.article_id)
    if item is not None:
        block.section, block.position = item.section, item.position
        items.remove(
            session,
            issue_id=block.issue_id,
            article_id=item.article_id,
            hand=Hand(writer.person_id),
            now=now,
        )
    block.state, block.handed_in_at = BlockState.TAKEN_BACK, None
    _set_status(session, block, ArticleStatus.DRAFT, writer, now)
    return block


def check_article(session: Session, *, article_id: int, today: date) -> None:
    """Raise ``BlockError`` where an article is a block that its lead can write no more, whatever the page.

    An officer may still, and is not asked. An article that is no block passes.
    """
    for block in session.scalars(select(Block).where(Block.article_id == article_id)):
        _check_open(session, block, Writer(0, ""), today)
        if block.state is BlockState.HANDED_IN:
            raise _handed_in()


def put_in(session: Session, block: Block, *, hand: Hand, now: datetime) -> None:
    """Give a block that is handed in its item, in place of the standing text. Raises ``IssueError``."""
    session.flush()
    issue = block.issue
    instead = session.get(StandingBlock, block.region)
    stands_in = item_of(issue, instead.article_id) if instead is not None else None
    spot = Spot(stands_in.position, stands_in.section) if stands_in is not None else _spot(issue, block)
    if item_of(issue, block.article_id) is None and block.article_id is not None:
        add = {"issue_id": issue.id, "position": spot.position, "section": spot.section}
        items.add(session, article_id=block.article_id, hand=hand, now=now, **add)  # type: ignore[arg-type]
    if stands_in is not None:
        items.remove(session, issue_id=issue.id, article_id=stands_in.article_id, hand=hand, now=now)


def item_of(issue: Issue, article_id: int | None) -> Item | None:
    """Return the item by which an article stands in an issue."""
    return next((item for item in issue.items if item.article_id == article_id), None)


def regional_end(issue: Issue) -> Spot:
    """Return where one more region's part goes: after the last for one region, else in ``SECTION``."""
    for item in reversed(issue.items):
        readers = item.audience.within(item.article.audience)
        if readers and readers.regions and len(readers.regions) == 1:
            return Spot(item.position + 1, item.section)
    return Spot(items.end_of(issue, SECTION), SECTION)


def _spot(issue: Issue, block: Block) -> Spot:
    if block.position is not None and block.section in ("", *sections.names(issue)):
        return Spot(block.position, block.section or "")
    return regional_end(issue)


def _write(session: Session, block: Block, writer: Writer, written: Written, now: datetime) -> None:
    words: dict[str, Any] = {
        "title": written.title.strip(),
        "body": written.body.strip(),
        "byline_name": written.byline.strip(),
    }
    if block.article is None:
        block.article = articles.create(
            session,
            text=ArticleText(**words),
            audience=Audience.of([block.region]),
            now=now,
            by=writer.actor,
        )
        session.flush()
    else:
        articles.change(session, article_id=block.article.id, values=words, now=now, by=writer.actor)
    pictures = _pictures(to_text(block.article).pictures, written)
    if len(pictures) > rules.MOST_PICTURES:
        raise BlockError("Ett inslag får ha högst {most} bilder. Ta bort någon.", most=rules.MOST_PICTURES)
    articles.set_images(session, article_id=block.article.id, pictures=pictures, now=now, by=writer.actor)


def _pictures(had: Sequence[Picture], written: Written) -> list[Picture]:
    alts = [*written.alts, *(picture.alt for picture in had[len(written.alts) :])]
    kept = [
        replace(picture, alt=alt.strip()[:2000])
        for number, (picture, alt) in enumerate(zip(had, alts, strict=False))
        if number not in written.removed
    ]
    return [*kept, *written.added]


def _set_status(session: Session, block: Block, status: ArticleStatus, writer: Writer, now: datetime) -> None:
    article: Article = session.get_one(Article, block.article_id)
    articles.change(session, article_id=article.id, values={"status": status}, now=now, by=writer.actor)
    session.flush()


def _locked(session: Session, block_id: int) -> Block:
    """Lock a block's row: of two who save at once, one comes after the other, and sees it."""
    block = session.scalar(
        select(Block).where(Block.id == block_id).with_for_update().execution_options(populate_existing=True)
    )
    if block is None:
        raise _no_such()
    if block.article is not None:
        session.refresh(block.article)
    return block


def _check_seen(block: Block, seen: int) -> None:
    if seen != revision_of(block):
        raise BlockChanged(
            "Någon annan sparade inslaget medan du skrev. Din text finns kvar här. Jämför, och spara igen."
        )


def _check_open(session: Session, block: Block, writer: Writer, today: date) -> None:
    match standing(session, block, today=today, officer=writer.officer):
        case Standing.GONE:
            raise BlockError("Numret är färdigt, och tar inte emot fler inslag. Hör av dig till redaktören.")
        case Standing.CLOSED:
            raise BlockError("Redaktören tar inte emot inslag till det här numret.")
        case Standing.PAST:
            raise BlockError(
                "Sista dagen var {deadline}. Hör av dig till redaktören om inslaget ändå ska med.",
                deadline=block.issue.deadline,
            )


def _handed_in() -> BlockError:
    return BlockError("Inslaget är inlämnat. Ta tillbaka det först, så kan du skriva om det.")


def _no_such() -> NotFound:
    return NotFound("Inslaget finns inte.")
