"""An issue whose regions are asked for their blocks, as the tests of blocks need it."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Block
from newsletter.services import block_requests, blocks, issues, plans
from newsletter.services.block_requests import Mailing
from newsletter.services.blocks import Writer, Written

#: The last day for texts of the issue that goes in June, and a day on which the regions write.
LAST, BEFORE = date(2030, 6, 18), date(2030, 6, 10)
ANNA = Writer(1, "person anna")


def counted() -> Callable[[], str]:
    """Return what gives secrets that a test can guess: secret-1, secret-2."""
    numbers = count(1)
    return lambda: f"secret-{next(numbers)}"


MAILING = Mailing(lambda: "unused", "https://brev.eken.example")


def an_issue(
    session: Session, now: datetime, *, deadline: date | None = LAST, audience: Audience = EVERYONE
) -> int:
    """Make the issue of June, and return its id."""
    issue = issues.create(session, title="Sommar", subject="Sommar", audience=audience, now=now)
    plans.set_dates(session, issue_id=issue.id, deadline=deadline, planned_for=None, now=now)
    return issue.id


def asked(
    session: Session, now: datetime, *, today: date = BEFORE, deadline: date = LAST
) -> dict[str, Block]:
    """Make the issue of June, ask for blocks, and return them by region."""
    issue_id = an_issue(session, now, deadline=deadline)
    made = block_requests.open_round(session, issue_id=issue_id, today=today, now=now)
    return {block.region: block for block in made}


def written(
    session: Session,
    block: Block,
    now: datetime,
    *,
    writer: Writer = ANNA,
    title: str = "Vårens träffar",
    body: str = "Vi ses i Lund.",
    today: date = BEFORE,
) -> Block:
    """Write something in a block, over whatever stands there."""
    return blocks.save(
        session, block_id=block.id, writer=writer, seen=blocks.revision_of(block),
        written=Written(title=title, body=body), today=today, now=now,
    )  # fmt: skip


def handed_in(session: Session, block: Block, now: datetime, **more: object) -> Block:
    """Write something in a block, and hand it in."""
    written(session, block, now, **more)  # type: ignore[arg-type]
    today = more.get("today", BEFORE)
    return blocks.hand_in(
        session,
        block_id=block.id,
        writer=ANNA,
        seen=blocks.revision_of(block),
        today=today,
        now=now,  # type: ignore[arg-type]
    )
