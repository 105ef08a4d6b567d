"""Every yes and no is in the ledger, and every subscription follows from it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from subscribers.core.addresses import parse
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.core.consents import BEFORE_THE_LEDGER, source_of
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, Subscriber, Subscription
from subscribers.services import consents, enrolment, imports, ledger, lists, wordings
from subscribers.services.enrolment import NewAddress, NewPerson
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("test")


def standing(session: Session) -> Mapping[tuple[int, int], tuple[object, ...]]:
    session.expire_all()
    return {
        (said.subscriber_id, said.list_id): (said.active, said.changed_at, said.source)
        for said in session.scalars(select(Subscription))
    }


def live_a_little(session: Session, cast: Cast) -> None:
    """Say yes and no in every way there is."""
    everyone = lists.all_lists(session)
    for hours, (who, source, place) in enumerate(
        ((cast.anna, "one-click", "letter 12"), (cast.bo, "page", "letter 13"), (cast.anna, "command", ""))
    ):
        now = NOON + timedelta(hours=hours)
        consents.unsubscribe(
            session, scope=ALL, subscriber_id=who, list_id=everyone[0].id, source=source, place=place, now=now
        )
        consents.resubscribe(
            session, scope=ALL, subscriber_id=who, list_id=everyone[1].id, source=source, place=place, now=now
        )
    consents.resubscribe(
        session, scope=ALL, subscriber_id=cast.farid, list_id=everyone[0].id, source="x" * 80,
        place="y" * 190, now=NOON,
    )  # fmt: skip
    new = NewPerson(
        given_name="Ny",
        addresses=[NewAddress(parse("ny@lund.example"))],
        declined=[ListPurpose.NEWSLETTER],
        member_since=NOON.date(),
    )
    enrolment.add_many(session, scope=ALL, people=[new, NewPerson()], source="command", now=NOON)
    register = (
        "Medlemsnr;Förnamn;Efternamn;E-post\n;Hilma;Virtanen;hilma@borta.example\n77;Ulla;Ek;u@x.example\n"
    )
    imports.import_register(session, scope=ALL, name="r.csv", content=register.encode(), now=NOON)


def test_every_subscription_can_be_rebuilt_from_the_ledger(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """L7: state is derived."""
    with sessions.begin() as session:
        live_a_little(session, cast)
        before = standing(session)
        assert len(before) > 15
        assert ledger.rebuild(session, scope=ALL) == 0

        session.execute(delete(Subscription))
        assert ledger.rebuild(session, scope=ALL) == len(before)

        assert standing(session) == before


def test_a_subscription_that_nobody_has_said_yes_to_goes_and_a_bent_one_is_straightened(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        before = standing(session)
        other = lists.by_purpose(session, purpose=ListPurpose.INVITATIONS).id
        session.add(
            Subscription(subscriber_id=cast.anna, list_id=other, active=True, changed_at=NOON, source="?")
        )
        session.get_one(Subscription, (cast.farid, cast.newsletter)).active = True
        session.flush()

        assert ledger.rebuild(session, scope=ALL) == 2

        assert standing(session) == before


def test_an_answer_is_kept_with_the_very_text_that_was_shown(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    """L7: who, when, how, wording."""
    with sessions.begin() as session:
        shown = wordings.wording_id(session, key=wordings.UNSUBSCRIBE_PAGE, language="sv")
        for _ in range(2):
            consents.unsubscribe(
                session,
                scope=OnePerson(cast.anna),
                subscriber_id=cast.anna,
                list_id=cast.newsletter,
                source="page",
                place="letter 4",
                wording_id=shown,
                now=NOON,
            )
        first, second = ledger.entries_of(session, scope=OnePerson(cast.anna), subscriber_id=cast.anna)

        assert first.entry.given
        assert (second.entry.given, second.entry.at) == (False, NOON)
        assert (second.entry.how, second.entry.place) == ("page", "letter 4")
        assert (second.list_slug, second.text, second.version) == ("nyhetsbrev", "Sluta få {list}", 1)
        assert second.entry.pseudonym == session.get_one(Subscriber, cast.anna).pseudonym


def test_a_yes_that_is_said_again_with_better_proof_is_written_down(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for again in (False, True):
            consents.resubscribe(
                session,
                scope=ALL,
                subscriber_id=cast.anna,
                list_id=cast.newsletter,
                source="sign-up",
                again=again,
                now=NOON,
            )
        said = ledger.entries_of(session, scope=ALL, subscriber_id=cast.anna)

        assert [entry.entry.how for entry in said] == ["register", "sign-up"]
        assert ledger.rebuild(session, scope=ALL) == 0


def test_what_was_said_before_the_ledger_keeps_its_source(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        said = Subscription(
            subscriber_id=cast.anna, list_id=2, active=True, changed_at=NOON, source="register"
        )
        session.add(said)
        session.flush()
        ledger.write_down(
            session, scope=ALL, subscriber_ids=[cast.anna], how=BEFORE_THE_LEDGER, place="register"
        )

        assert ledger.rebuild(session, scope=ALL) == 0
    assert source_of(BEFORE_THE_LEDGER, "register") == "register"
    assert source_of("page", "letter 4") == "page, letter 4"


def test_a_lead_of_skane_reads_no_ledger_elsewhere_and_rebuilds_nothing(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    skane = SomeRegions(frozenset({"skane"}))
    with sessions.begin() as session:
        with pytest.raises(NotFound):
            ledger.entries_of(session, scope=skane, subscriber_id=cast.bo)
        with pytest.raises(SubscribersError):
            ledger.rebuild(session, scope=skane)
        assert ledger.write_down(session, scope=skane, subscriber_ids=[cast.bo], how="x", list_id=1) == 0


def test_a_text_that_was_shown_cannot_be_changed_under_its_version(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.begin() as session:
        first = wordings.wording_id(session, key=wordings.SIGN_UP, language="sv")
        assert wordings.wording_id(session, key=wordings.SIGN_UP, language="sv") == first
        assert wordings.wording_id(session, key=wordings.SIGN_UP, language="en") != first

        changed = {wordings.SIGN_UP: wordings.Wording(1, "annan text", "other text")}
        monkeypatch.setattr(wordings, "WORDINGS", changed)
        with pytest.raises(ValueError, match="new version"):
            wordings.wording_id(session, key=wordings.SIGN_UP, language="sv")

        changed[wordings.SIGN_UP] = wordings.Wording(2, "annan text", "other text")
        assert wordings.wording_id(session, key=wordings.SIGN_UP, language="sv") != first
