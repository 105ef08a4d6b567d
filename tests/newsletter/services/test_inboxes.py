"""The inbox shows each mail where its people are, to whoever may see them; it reminds once, and forgets."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.inbound.kinds import What
from newsletter.models import InboundMail, Note
from newsletter.services import answer_reminders, attention, erasure, extracts, inboxes, retention
from newsletter.services.attention import Kind
from newsletter.services.inboxes import View
from subscribers.core.authority import Everything, RoleName, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.services import erasures, roles
from tests.cast import Cast
from tests.conftest import NOON
from tests.incoming import RING, around, come_in, written

ALL = Everything("a test")
SKANE = SomeRegions(frozenset({"skane"}))
NORRA = SomeRegions(frozenset({"norra"}))
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def office(sessions: sessionmaker[Session], cast: Cast) -> None:
    """Bo is the officer; Cecilia leads Skåne."""
    with sessions.begin() as session:
        session.info[erasures.KEY] = b"a key of the tests"
        roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
        lead = RoleName.REGIONAL_LEAD
        roles.give(session, scope=ALL, subscriber_id=cast.cecilia, role=lead, region="skane")


def wrote(session: Session, sender: str, text: str = "En fråga till er") -> InboundMail:
    row = come_in(session, written(text, sender=sender), now=NOON, sender=sender)
    assert row is not None
    return row


def shown(session: Session, scope: inboxes.Scope, view: View = View.ALL, **more: object) -> list[int]:
    return [each.id for each in inboxes.listed(session, scope=scope, view=view, **more).mails]  # type: ignore[arg-type]


def test_a_mail_shows_in_its_persons_region_and_a_strangers_to_those_who_see_everything(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        anna, farid = wrote(session, "anna@lund.example").id, wrote(session, "farid@goteborg.example").id
        spam = wrote(session, "gold@spam.example").id
        assert shown(session, ALL) == [spam, farid, anna]
        assert shown(session, SKANE) == [anna]
        assert shown(session, ALL, View.WAITING) == [farid, anna]
        assert shown(session, ALL, View.UNOWNED) == [spam]
        assert shown(session, ALL, View.MINE, person_id=cast.bo) == [farid, anna]
        assert shown(session, ALL, kind=What.BOUNCE) == []
        first = inboxes.listed(session, scope=ALL, limit=2)
        assert shown(session, ALL, before_id=first.before_id) == [anna]
        assert (len(first.mails), inboxes.listed(session, scope=ALL, limit=3).before_id) == (2, None)
        with pytest.raises(NotFound):
            inboxes.get(session, scope=SKANE, mail_id=farid)


@SQLITE
def test_answered_is_said_once_and_can_be_taken_back(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        row = wrote(session, "anna@lund.example")
        facts = {"scope": ALL, "mail_id": row.id}
        assert inboxes.answer(session, **facts, person_id=cast.bo, now=NOON + DAY)  # type: ignore[arg-type]
        assert not inboxes.answer(session, **facts, person_id=cast.david, now=NOON + 2 * DAY)  # type: ignore[arg-type]
        assert (row.answered_by_id, row.answered_at) == (cast.bo, NOON + DAY)
        assert shown(session, ALL, View.WAITING) == []
        assert inboxes.reopen(session, **facts)  # type: ignore[arg-type]
        assert shown(session, ALL, View.WAITING) == [row.id]


@SQLITE
def test_who_a_mail_is_handed_to_gets_a_copy_and_must_be_allowed_to_see_it(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        ours, theirs = wrote(session, "anna@lund.example"), wrote(session, "farid@goteborg.example")
        hand = {"scope": ALL, "subscriber_id": cast.cecilia, "circumstances": around(NOON + DAY)}
        assert inboxes.hand_over(session, mail_id=ours.id, **hand)  # type: ignore[arg-type]
        assert not inboxes.hand_over(session, mail_id=ours.id, **hand)  # type: ignore[arg-type]
        assert (ours.owner_id, ours.owned_at) == (cast.cecilia, NOON + DAY)
        *_, copy = session.scalars(select(Note).where(Note.kind == "answer").order_by(Note.id))
        mail = message_from_bytes(copy.message or b"", policy=policy.default)
        assert (mail["To"], mail["Reply-To"]) == ("familjen@lund.example", "anna@lund.example")
        with pytest.raises(SubscribersError):
            inboxes.hand_over(session, mail_id=theirs.id, **hand)  # type: ignore[arg-type]
        takers = inboxes.takers(session, scope=ALL, mail_id=ours.id, today=NOON.date())
        assert [who.id for who in takers] == [cast.cecilia, cast.bo]
        back = {"scope": SKANE, "mail_id": ours.id, "circumstances": around(NOON + DAY)}
        assert inboxes.hand_to_officers(session, **back)  # type: ignore[arg-type]
        assert (ours.owner_id, inboxes.hand_to_officers(session, **back)) == (cast.bo, False)  # type: ignore[arg-type]


def test_an_owner_is_reminded_once_after_three_days(sessions: sessionmaker[Session], cast: Cast) -> None:
    def remind(days: float) -> list[str]:
        with sessions.begin() as session:
            now = NOON + days * DAY
            due = answer_reminders.is_due(session, now=now)
            last = session.scalar(select(func.max(Note.id))) or 0
            made = answer_reminders.remind(
                session, scope=ALL, base_url="https://x.example", ring=RING, zone="Europe/Stockholm", now=now
            )
            notes = session.scalars(select(Note).where(Note.id > last, Note.kind == "answer-waits")).all()
            assert (made, due) == (len(notes), bool(notes))
            return [f"{each.address} {len((each.content or {})['mails'])}" for each in notes]

    with sessions.begin() as session:
        for number in (1, 2):
            wrote(session, "anna@lund.example", f"Fråga {number}")
        answered = wrote(session, "farid@goteborg.example")
        inboxes.answer(session, scope=ALL, mail_id=answered.id, now=NOON)
        wrote(session, "gold@spam.example")
    assert remind(2.9) == []
    assert remind(3) == ["bo@lulea.example 2"]
    assert remind(9) == []
    with sessions.begin() as session:
        (row, *_) = session.scalars(select(InboundMail).order_by(InboundMail.id)).all()
        inboxes.hand_over(
            session,
            scope=ALL,
            mail_id=row.id,
            subscriber_id=cast.cecilia,
            circumstances=around(NOON + 9 * DAY),
        )
    assert remind(11) == []
    with sessions.begin() as session:  # her role ends: the officer is told in her place
        lead = RoleName.REGIONAL_LEAD
        roles.take(session, scope=ALL, subscriber_id=cast.cecilia, role=lead, region="skane")
    assert remind(12) == ["bo@lulea.example 1"]
    with sessions.begin() as session:
        told = {
            "base_url": "https://x.example",
            "ring": RING,
            "zone": "Europe/Stockholm",
            "now": NOON + 99 * DAY,
        }
        assert answer_reminders.remind(session, scope=SKANE, **told) == 0  # type: ignore[arg-type]


@SQLITE
def test_the_start_page_counts_a_leads_own(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        row = wrote(session, "anna@lund.example")
        wrote(session, "farid@goteborg.example")

        def counted(scope: inboxes.Scope) -> list[int]:
            found = attention.matters(session, scope=scope, today=NOON.date())
            return [each.facts["count"] for each in found if each.kind is Kind.ANSWERS]

        assert (counted(ALL), counted(SKANE), counted(NORRA)) == ([2], [], [])
        inboxes.hand_over(
            session, scope=ALL, mail_id=row.id, subscriber_id=cast.cecilia, circumstances=around(NOON)
        )
        assert (counted(ALL), counted(SKANE), counted(NORRA)) == ([2], [1], [])


@SQLITE
def test_mail_goes_after_a_year_whatever_it_was(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        wrote(session, "anna@lund.example")
        wrote(session, "gold@spam.example")
        assert retention.overdue(session, scope=ALL, now=NOON + 365 * DAY)["inbound-mails"] == 0
        later = NOON + 366 * DAY
        assert retention.overdue(session, scope=ALL, now=later)["inbound-mails"] == 2
        assert retention.carry_out(session, scope=ALL, by_hand=False, now=later)["inbound-mails"] == 2
        assert shown(session, ALL) == []


@SQLITE
def test_who_is_erased_leaves_no_mail_and_no_copy_of_one(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        session.info[erasures.KEY] = b"a key of the tests"
        wrote(session, "anna@lund.example", "Hälsningar från Anna")
        others = wrote(session, "farid@goteborg.example")
        for who in (cast.anna, cast.bo):
            erasure.erase(session, scope=ALL, subscriber_id=who, actor="a test", now=NOON)
        assert shown(session, ALL) == [others.id]
        session.expire_all()
        assert others.owner_id is None  # Bo was to answer it
        assert session.scalars(select(Note.id).where(Note.kind == "answer")).all() == []


@SQLITE
def test_an_extract_holds_ones_own_mail_and_not_what_one_is_to_answer(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        row = wrote(session, "anna@lund.example", "Åäö")
        mine = extracts.extract(session, scope=ALL, subscriber_id=cast.anna)["inbound_mails"]
        assert [(each["id"], "Åäö" in each["words"]) for each in mine] == [(row.id, True)]
        assert extracts.extract(session, scope=ALL, subscriber_id=cast.bo)["inbound_mails"] == []
