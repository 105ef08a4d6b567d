"""What has been kept long enough goes, and nothing else does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter import staged
from newsletter.models import (
    AddressChange,
    ChangeState,
    Delivery,
    DeliveryState,
    Handover,
    Issue,
    IssueStatus,
    Note,
    ReviewComment,
    ReviewCopy,
    ReviewRound,
)
from newsletter.services import block_links, notes
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
        session.add(
            Handover(
                made_at=at, predecessor_id=cast.anna, successor_id=cast.bo, role=RoleName.READER, work={}
            )
        )
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
            "handovers": 1,
        }
        assert wanted.items() <= overdue(session, scope=ALL, now=NOON).items()

        others = dict.fromkeys(
            (
                "article-drafts",
                "review-copies",
                "review-comments",
                "passed-warnings",
                "link-answers",
                "acknowledgements",
                "inbound-mails",
                "notes",
                "address-failures",
                "resting-domains",
                "calls",
            ),
            0,
        )
        assert carry_out(session, scope=ALL, by_hand=False, now=NOON) == wanted | others
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


@pytest.mark.parametrize(("status", "goes"), [(IssueStatus.DRAFT, False), (IssueStatus.RELEASED, True)])
def test_what_was_reviewed_goes_in_time_but_for_a_draft_that_is_still_being_read(
    sessions: sessionmaker[Session], cast: Cast, status: IssueStatus, goes: bool
) -> None:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.get_one(Issue, issue_id).status = status
        for number, days in enumerate((400, 100, 1), start=1):
            at = NOON - timedelta(days=days)
            shown = ReviewRound(issue_id=issue_id, number=number, pieces=[], asked_at=at)
            shown.copies = [ReviewCopy(language="sv", name="Alla", region="", keys=[], template=b"x")]
            session.add(shown)
            session.flush()
            session.add(
                ReviewComment(
                    issue_id=issue_id, round_id=shown.id, subscriber_id=cast.bo, piece="words", text="?",
                    at=at,
                )
            )  # fmt: skip
        session.flush()
        due = overdue(session, scope=ALL, now=NOON)
        done = carry_out(session, scope=ALL, by_hand=False, now=NOON)

        for kind, count in (("review-copies", 2), ("review-comments", 1)):
            assert done[kind] == due[kind] == (count if goes else 0)
        rounds = select(ReviewRound.number).order_by(ReviewRound.number)
        assert session.scalars(rounds).all() == [1, 2, 3]
        left = session.scalars(rounds.join(ReviewCopy)).all()
        assert left == ([3] if goes else [1, 2, 3])


def test_that_a_note_has_gone_is_forgotten_and_one_that_waits_is_not(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """Trial letters are notes, too."""
    with sessions.begin() as session:
        anna = session.get_one(Subscriber, cast.anna)
        sent, waiting, new = (
            notes.forward(session, kind="trial-letter", person=anna, to="a@b.example", message=b"x", now=at)
            for at in (LONG_AGO, LONG_AGO, NOON)
        )
        for each in (sent, new):
            notes.accepted(session, note_id=each, now=NOON)
        assert overdue(session, scope=ALL, now=NOON)["notes"] == 1

        assert carry_out(session, scope=ALL, by_hand=False, now=NOON)["notes"] == 1

        assert session.scalars(select(Note.id).order_by(Note.id)).all() == [waiting, new]


def test_what_other_modules_take_away_is_kept_as_long_as_the_table_says() -> None:
    assert of("block-links").after == block_links.KEPT
    assert of("staged-files").after == staged.KEPT
