"""What has been kept long enough goes, and nothing else does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import AddressChange, ChangeState, Delivery, DeliveryState
from newsletter.services.retention import carry_out, former_members, overdue
from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.retention import RETENTION, of
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import FieldChange, RoleName, SetBy, SignUp, Subscriber, SuppressionRelease
from subscribers.services import changes, consents, members, roles, sign_ups
from subscribers.services.changes import Author, Changed
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import set_issue

ALL = Everything("test")
LONG_AGO = NOON - timedelta(days=3 * 365)


def fill(session: Session, cast: Cast) -> None:
    """Old and new rows of every kind."""
    issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
    rows = (
        (cast.anna, LONG_AGO, "550 <anna@lund.example>"),
        (cast.bo, NOON, "250 ok"),
        (cast.david, LONG_AGO, "gone"),
    )
    for who, at, reply in rows:
        session.add(
            Delivery(
                issue_id=issue_id, subscriber_id=who, address="x@y.example", canonical="x@y.example",
                state=DeliveryState.REFUSED, settled_at=at, reply=reply,
            )
        )  # fmt: skip
    for at, old, new in ((LONG_AGO, None, "Lund"), (LONG_AGO, "Lund", "Malmö"), (NOON, "Malmö", "Ystad")):
        for who in (cast.anna, cast.bo)[: 2 if new != "Ystad" else 1]:
            changed = [Changed(who, "city", old, new)]
            changes.record(session, scope=ALL, changed=changed, author=Author(SetBy.FILE), now=at)
    for at in (LONG_AGO, NOON):
        session.add(SuppressionRelease(canonical="x@y.example", reason=f"{at:%Y}", actor="Kim", at=at))
    for number, at in enumerate((LONG_AGO, NOON)):
        session.add(
            AddressChange(
                subscriber_id=cast.anna, state=ChangeState.DONE, address="y@z.example",
                canonical="y@z.example", confirm_hash=f"{number}", asked_at=at, confirm_until=at,
            )
        )  # fmt: skip
        sign_ups.ask(
            session, address=f"p{number}@lund.example", given_name="", family_name="", language="sv",
            invitations=False, now=at,
        )  # fmt: skip


def test_old_rows_go_and_the_last_word_about_each_field_stays(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """L5."""
    with sessions.begin() as session:
        fill(session, cast)
        wanted = {
            "sign-ups": 1,
            "address-changes": 1,
            "release-reasons": 1,
            "field-changes": 3,
            "delivery-addresses": 2,
        }
        assert wanted.items() <= overdue(session, scope=ALL, now=NOON).items()

        assert carry_out(session, scope=ALL, by_hand=False, now=NOON) == wanted | {"article-drafts": 0}
        assert set(carry_out(session, scope=ALL, by_hand=False, now=NOON).values()) == {0}

        assert [each.canonical for each in session.scalars(select(SignUp))] == ["p1@lund.example"]
        assert [each.reason for each in session.scalars(select(SuppressionRelease))] == [f"{NOON:%Y}"]
        last = {c.subscriber_id: c.new for c in session.scalars(select(FieldChange))}
        assert last == {cast.anna: "Ystad", cast.bo: "Malmö"}
        ledger = {d.subscriber_id: (d.address, d.reply) for d in session.scalars(select(Delivery))}
        assert ledger == {
            cast.anna: ("", "550"),
            cast.bo: ("x@y.example", "250 ok"),
            cast.david: ("", ""),
        }


def test_a_former_member_goes_only_when_somebody_asks_and_may_come_back(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for who in (cast.anna, cast.bo, cast.cecilia):
            session.get_one(Subscriber, who).member_until = date(2027, 1, 1)
        for who in (cast.anna, cast.bo):
            consents.unsubscribe(
                session, scope=ALL, subscriber_id=who, list_id=cast.newsletter, source="page", now=NOON
            )
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
        assert former_members(session, scope=ALL, now=NOON) == [cast.anna]

        carry_out(session, scope=ALL, by_hand=False, now=NOON)
        assert members.get(session, scope=ALL, subscriber_id=cast.anna).given_name == "Anna"

        assert carry_out(session, scope=ALL, by_hand=True, now=NOON)["former-members"] == 1
        with pytest.raises(NotFound):
            members.get(session, scope=ALL, subscriber_id=cast.anna)
        members.add_address(
            session, scope=ALL, subscriber_id=cast.david, address="anna@lund.example", now=NOON
        )


def test_a_lead_prunes_nothing(sessions: sessionmaker[Session], cast: Cast) -> None:
    skane = SomeRegions(frozenset({"skane"}))
    with sessions.begin() as session:
        for attempt in (
            lambda: overdue(session, scope=skane, now=NOON),
            lambda: carry_out(session, scope=skane, by_hand=True, now=NOON),
        ):
            with pytest.raises(SubscribersError):
                attempt()


def test_the_table_says_why_for_every_kind() -> None:
    assert len({row.kind for row in RETENTION}) == len(RETENTION)
    assert all(row.sentence for row in RETENTION)
    assert of("sign-ups").after > sign_ups.VALID
    assert of("acts").before(NOON) is None
