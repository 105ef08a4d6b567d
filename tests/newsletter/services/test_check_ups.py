"""What our letters ask of a mail server, on both databases; and which mail is one that we sent ourselves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.boomerangs import token
from newsletter.models import Boomerang, InboundMail, Variant
from newsletter.services import boomerangs, check_ups
from subscribers.models import Address
from tests.cast import Cast
from tests.incoming import RING, come_in, written
from tests.letterpress import set_issue

NOW = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "needed"), [("åsa@lund.example", True), ("asa@å.example", False), ("asa@lund.example", False)]
)
def test_smtputf8_is_needed_for_what_stands_before_the_at(
    sessions: sessionmaker[Session], cast: Cast, address: str, needed: bool
) -> None:
    """I1."""
    with sessions.begin() as session:
        held = session.scalars(select(Address).where(Address.subscriber_id == cast.anna)).first()
        assert held is not None
        assert not check_ups.needs_smtputf8(session)
        held.address = address
        session.flush()

        assert check_ups.needs_smtputf8(session) is needed


def test_the_largest_letter_is_that_of_the_largest_variant(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        assert check_ups.largest_letter(session) == 0
        issue = set_issue(session, list_id=cast.newsletter, now=NOW)
        for name, size in (("A", 70_000), ("B", 90_000)):
            session.add(
                Variant(
                    issue_id=issue, language="sv", name=name, item_ids=[], html="", text="",
                    template=b"x" * size, sha256="", created_at=NOW,
                )
            )  # fmt: skip
        session.flush()

        assert 90_000 < check_ups.largest_letter(session) < 100_000


def test_a_mail_to_ourselves_is_known_by_its_token_and_counts_once(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        check_up = check_ups.begin(session, planned=1, actor="Bo", now=NOW)
        number = boomerangs.begin(session, check_up_id=check_up, relay="relay.example:587", now=NOW)
        assert number is not None
        subject = f"[EXTERN] Prov {token(RING, number)}"
        for words in ("Först", "Igen"):
            come_in(session, written(words, sender="nytt@appel.example", subject=subject), now=NOW)

        [row] = session.scalars(select(Boomerang))
        first, again = session.scalars(select(InboundMail).order_by(InboundMail.id))
        assert {first.outcome, again.outcome} == {"boomerang"}
        assert (row.came_at, row.mail_id) == (NOW, first.id)
        assert [pair.boomerang_id for pair in boomerangs.to_compare(session)] == [number]

        boomerangs.compared(session, boomerang_id=number, checks=[])
        assert boomerangs.to_compare(session) == []
        assert check_ups.begin(session, planned=1, actor="Bo", now=NOW) != check_up
        session.expire_all()
        assert session.scalars(select(Boomerang)).all() == []
