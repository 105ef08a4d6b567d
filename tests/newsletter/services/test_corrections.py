"""Whoever got a faulty letter gets the correction, whoever has not gets the right letter, and nobody both."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.letters import Copy
from newsletter.core.outcomes import NotBegun, Outcome, Unanswered
from newsletter.core.pace import AT_ONCE
from newsletter.core.replies import Reply
from newsletter.errors import IssueError, NotSound
from newsletter.models import Article, DeliveryState, Issue, IssueKind, Item, Variant, VariantRegion
from newsletter.rendering.values import Frame
from newsletter.services import (
    articles,
    claims,
    corrections,
    issues,
    items,
    releases,
    scheduling,
    settling,
    variants,
)
from subscribers.core.authority import Everything, SomeRegions
from subscribers.models import Act, Subscription
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows

ALL = Everything("a test")
ME = "host~1~aa"
OK = Reply.of(250, "2.0.0 Ok")
FRAME = Frame(
    association="Eken",
    contact="kontakt@eken.example",
    base_url="https://brev.eken.example",
    from_address="brev@eken.example",
)


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """An issue just released, with a text for everybody and one for Skåne that has a fault in it."""
    texts = [("För alla", EVERYONE, "Hej."), ("Skånskt", Audience.of(["skane"]), "Ses den 31 februari.")]
    with sessions.begin() as session:
        made = [
            Article(title=title, body=body, audience=audience, created_at=NOON, updated_at=NOON)
            for title, audience, body in texts
        ]
        session.add_all(made)
        session.flush()
        issue = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
        for article in made:
            items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        scheduling.schedule(
            session, issue_id=issue.id, at=NOON, zone="Europe/Stockholm", frame=FRAME, pace=AT_ONCE, now=NOON
        )
        releases.release(session, scope=ALL, issue_id=issue.id, now=NOON)
        return issue.id


def send(sessions: sessionmaker[Session], *, only: Sequence[int] = (), outcome: Outcome = OK) -> list[Copy]:
    """Let a sender take what is due; letters to others than ``only`` come back untried."""
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=100)
        results = [
            (copy.claim, outcome if not only or copy.subscriber_id in only else NotBegun("stop"))
            for copy in copies
        ]
        settling.settle(session, results, sender=ME, now=NOON)
    return list(copies)


def faulty(session: Session, issue_id: int) -> int:
    return session.get_one(VariantRegion, (issue_id, "skane", "sv")).variant_id


def mend(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        article = articles.find_by_title(session, title="Skånskt")
        assert article is not None
        articles.change(session, article_id=article.id, values={"body": "Ses den 28 februari."}, now=NOON)


def replace(sessions: sessionmaker[Session], issue_id: int) -> corrections.Replaced:
    with sessions.begin() as session:
        which = faulty(session, issue_id)
        return corrections.replace(
            session, scope=ALL, issue_id=issue_id, variant_ids=[which], frame=FRAME, actor="Kim", now=NOON
        )


def begin(sessions: sessionmaker[Session], issue_id: int, variant_ids: Sequence[int]) -> int:
    with sessions.begin() as session:
        return corrections.begin(
            session, scope=ALL, issue_id=issue_id, variant_ids=variant_ids, subject="Rätt datum",
            text="Vi ses den **28** februari.", now=NOON,
        ).id  # fmt: skip


def released(sessions: sessionmaker[Session], issue_id: int) -> dict[int, tuple[DeliveryState, str]]:
    with sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at=NOON, zone="Europe/Stockholm", frame=FRAME, pace=AT_ONCE, now=NOON
        )
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        return {who: (row.state, row.why) for who, row in rows(session, issue_id).items()}


# --- What has not gone yet ----------------------------------------------------------------------------------


def test_what_has_not_gone_takes_the_corrected_text_and_what_has_keeps_its_own_in_the_ledger(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions, only=[cast.anna])
    with sessions() as session:
        old = faulty(session, issue_id)
    mend(sessions)

    replaced = replace(sessions, issue_id)

    assert replaced.letters == 1  # Cecilia's, which greets David too
    new = replaced.variants[old]
    with sessions() as session:
        found = rows(session, issue_id)
        assert found[cast.anna].variant_id == old
        assert found[cast.cecilia].variant_id == found[cast.david].variant_id == new
        assert "28 februari" in session.get_one(Variant, new).text
        assert "31 februari" in session.get_one(Variant, old).text
        assert session.get_one(Variant, new).version == 2
        act = session.scalars(select(Act).where(Act.act == "replace variants")).one()
        assert (act.actor, act.details["letters"]) == ("Kim", 1)
    cecilia = next(copy for copy in send(sessions) if copy.subscriber_id == cast.cecilia)
    assert cecilia.variant_id == new
    assert cecilia.greeted == ("Cecilia", "David")


@pytest.mark.parametrize("leaks", [False, True], ids=["a placeholder", "a leak"])
def test_a_text_that_must_not_go_out_replaces_nothing_at_all(
    sessions: sessionmaker[Session], issue_id: int, monkeypatch: pytest.MonkeyPatch, leaks: bool
) -> None:
    """What may be seen is what the variant was made of: as planned today, Skåne would see the text, too."""
    secret = Article(title="Hemligt möte", body="Sent.", created_at=NOON, updated_at=NOON)
    with sessions.begin() as session:
        session.add(Item(issue=session.get_one(Issue, issue_id), article=secret, position=9))
        old = faulty(session, issue_id)
        article = articles.find_by_title(session, title="Skånskt")
        assert article is not None
        if not leaks:
            values = {"body": "Kära {{ namn }}, ses den 28 februari."}
            articles.change(session, article_id=article.id, values=values, now=NOON)
    if leaks:
        see = variants._view
        monkeypatch.setattr(variants, "_view", lambda issue, _items, *rest: see(issue, issue.items, *rest))

    with pytest.raises(NotSound, match="Hemligt möte" if leaks else "namn"):
        replace(sessions, issue_id)

    with sessions() as session:
        assert faulty(session, issue_id) == old
        assert {row.variant_id for row in rows(session, issue_id).values()} >= {old}
        assert {variant.version for variant in session.get_one(Issue, issue_id).variants} == {1}
        assert session.scalars(select(Act).where(Act.act == "replace variants")).all() == []


def test_a_letter_that_a_sender_held_meanwhile_takes_the_corrected_text_when_it_comes_back(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        copies = claims.claim(session, sender=ME, now=NOON, limit=100)
        old = faulty(session, issue_id)
    mend(sessions)
    first = replace(sessions, issue_id)
    second = replace(sessions, issue_id)  # and corrected once more
    with sessions.begin() as session:
        settling.settle(session, [(copy.claim, NotBegun("stop")) for copy in copies], sender=ME, now=NOON)

    taken = {copy.subscriber_id: copy.variant_id for copy in send(sessions)}

    assert first.letters == second.letters == 0
    assert taken[cast.anna] == second.variants[first.variants[old]]


def test_only_the_newest_variant_of_the_very_issue_is_replaced(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions() as session:
        old = faulty(session, issue_id)
    replace(sessions, issue_id)
    for wrong in ([old], [9_999], []):
        with sessions.begin() as session, pytest.raises(IssueError, match="Välj minst en"):
            corrections.replace(
                session, scope=ALL, issue_id=issue_id, variant_ids=wrong, frame=FRAME, actor="Kim", now=NOON
            )


# --- What has gone ------------------------------------------------------------------------------------------


def test_a_correction_goes_to_exactly_those_who_got_the_fault(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions)
    with sessions() as session:
        which = faulty(session, issue_id)

    correction = begin(sessions, issue_id, [which])

    with sessions() as session:
        issue = session.get_one(Issue, correction)
        assert (issue.kind, issue.corrects_id) == (IssueKind.CORRECTION, issue_id)
        assert issues.name_of(issue) == f"Rättelse av Nyhetsbrevet {issue.number}/{issue.year}"
        assert issues.get(session, f"{issue.number}/{issue.year}").id == issue_id
    assert released(sessions, correction) == {
        cast.anna: (DeliveryState.QUEUED, ""),
        cast.cecilia: (DeliveryState.QUEUED, ""),
        cast.david: (DeliveryState.LEFT_OUT, "shared-address"),  # greeted in Cecilia's, as before
    }


def test_who_may_have_got_it_is_written_to_as_well(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions, outcome=Unanswered("silence"))
    with sessions() as session:
        which = faulty(session, issue_id)

    assert set(released(sessions, begin(sessions, issue_id, [which]))) == {
        cast.anna, cast.cecilia, cast.david,
    }  # fmt: skip


def test_who_has_left_since_is_left_out_with_the_reason(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions)
    with sessions.begin() as session:
        which = faulty(session, issue_id)
        session.get_one(Subscription, (cast.anna, cast.newsletter)).active = False

    assert released(sessions, begin(sessions, issue_id, [which]))[cast.anna] == (
        DeliveryState.LEFT_OUT, "unsubscribed",
    )  # fmt: skip


def test_nobody_gets_the_right_letter_and_the_correction(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions, only=[cast.anna])
    with sessions() as session:
        old = faulty(session, issue_id)
    mend(sessions)
    replace(sessions, issue_id)
    send(sessions)

    assert set(released(sessions, begin(sessions, issue_id, [old]))) == {cast.anna}


def test_there_is_no_correction_while_the_fault_may_still_go_out(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions, only=[cast.anna])
    with sessions() as session:
        which = faulty(session, issue_id)

    with pytest.raises(IssueError, match="1 brev av Nyhetsbrevet"):
        begin(sessions, issue_id, [which])


def test_there_is_no_correction_of_what_nobody_got(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with pytest.raises(IssueError, match="Ingen har fått"):
        begin(sessions, issue_id, [9_999])
    with sessions.begin() as session:
        draft = issues.create(session, title="April", subject="April", now=NOON).id
    with pytest.raises(IssueError, match="Bara ett nummer som har börjat gå ut"):
        begin(sessions, draft, [1])


def test_a_lead_does_not_correct_for_the_whole_association(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    skane = SomeRegions(frozenset({"skane"}))
    with sessions.begin() as session, pytest.raises(IssueError, match="hela utskicket"):
        corrections.begin(
            session, scope=skane, issue_id=issue_id, variant_ids=[1], subject="x", text="x", now=NOON
        )


def test_what_was_sent_of_each_variant_is_counted(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    send(sessions, only=[cast.anna])

    with sessions() as session:
        of_skane = faulty(session, issue_id)
        found = {
            one.variant_id: one for one in corrections.variants_of(session, scope=ALL, issue_id=issue_id)
        }

    assert (found[of_skane].arrived, found[of_skane].under_way) == (1, 1)
    assert sum(one.under_way for one in found.values()) == 3
