"""An issue waits for its reviewer's yes; a change voids what it touches; with a reason it goes on."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.approvals import PieceState, Standing
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.logos import Logo
from newsletter.core.pace import AT_ONCE
from newsletter.errors import IssueError, NotApproved
from newsletter.models import (
    Article,
    Issue,
    IssueStatus,
    ItemForm,
    Note,
    ReviewComment,
    Reviewer,
    ReviewRound,
)
from newsletter.rendering import merge
from newsletter.rendering.values import Frame
from newsletter.services import (
    approvals,
    corrections,
    erasure,
    issues,
    items,
    releases,
    reviews,
    scheduling,
)
from newsletter.services.piece_words import piece_name
from newsletter.services.reviews import Seat
from subscribers.core import tokens
from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.tokens import Keyring, Purpose
from subscribers.errors import NotFound
from subscribers.models import Act, RoleName
from subscribers.services import erasures, roles
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("a test")
RING = Keyring((b"r" * 32,))
FRAME = Frame(
    association="Eken",
    contact="kontakt@eken.example",
    base_url="https://brev.eken.example",
    from_address="brev@eken.example",
)


@pytest.fixture
def draft(sessions: sessionmaker[Session], cast: Cast) -> int:
    """A draft with a text for everybody and one for Skåne."""
    sessions.configure(info={erasures.KEY: b"a key of the tests"})
    with sessions.begin() as session:
        issue = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
        for title, audience in (("För alla", EVERYONE), ("Skånskt", Audience.of(["skane"]))):
            article = Article(title=title, body="Hej.", audience=audience, created_at=NOON, updated_at=NOON)
            session.add(article)
            session.flush()
            items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


def ask(
    session: Session, issue: int, *people: int, by: int, message: str = "Läs gärna i dag."
) -> ReviewRound:
    return reviews.ask(
        session, scope=ALL, issue_id=issue, people=people, message=message, frame=FRAME, ring=RING,
        asked_by=by, actor="a test", now=NOON,
    )  # fmt: skip


def seat(session: Session, issue: int, person: int) -> Seat:
    which = select(Reviewer.id).where(Reviewer.issue_id == issue, Reviewer.subscriber_id == person)
    return reviews.seat(session, reviewer_id=session.scalars(which).one())


def approve(session: Session, issue: int, person: int, *keys: str) -> None:
    at = seat(session, issue, person)
    approvals.approve(session, round_id=at.round.id, subscriber_id=person, keys=keys or None, now=NOON)


def standing(session: Session, issue: int) -> Standing:
    return approvals.standing(session, session.get_one(Issue, issue), frame=FRAME)


def schedule(session: Session, issue: int, reason: str = "") -> Issue:
    return scheduling.schedule(
        session, issue_id=issue, at=NOON, zone="Europe/Stockholm", frame=FRAME, pace=AT_ONCE,
        without_approval=reason, now=NOON,
    ).issue  # fmt: skip


def change(session: Session, title: str, body: str) -> None:
    article = session.scalars(select(Article).where(Article.title == title)).one()
    article.body, article.updated_at = body, NOON


def noted(session: Session, kind: str) -> list[Note]:
    return list(session.scalars(select(Note).where(Note.kind == kind).order_by(Note.id)))


def test_without_a_reviewer_scheduling_is_the_approval(sessions: sessionmaker[Session], draft: int) -> None:
    with sessions.begin() as session:
        assert schedule(session, draft).status is IssueStatus.SCHEDULED


def test_while_somebody_holds_the_role_of_reviewer_every_issue_waits_for_a_yes(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        roles.give(
            session, scope=ALL, subscriber_id=cast.anna, role=RoleName.REVIEWER, region=None, ends_on=None
        )
        with pytest.raises(NotApproved, match="7 delar väntar"):
            schedule(session, draft)
        assert session.get_one(Issue, draft).status is IssueStatus.DRAFT


def test_a_reviewer_is_written_to_with_a_link_that_opens_this_issue(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        [note] = noted(session, "review-asked")
        assert note.address == "anna@lund.example"
        assert note.content["message"] == "Läs gärna i dag."
        token = note.content["link"].removeprefix("https://brev.eken.example/granska/")
        [reviewer] = tokens.read(RING, Purpose.REVIEW, token)
        at = reviews.seat(session, reviewer_id=reviewer)
        assert (at.issue.id, at.subscriber_id, at.is_open) == (draft, cast.anna, True)
        assert [copy.name for copy in at.round.copies if copy.language == "sv"] == ["Gemensam", "Skåne"]


def test_a_yes_to_all_of_it_lets_it_be_scheduled(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        with pytest.raises(NotApproved):
            schedule(session, draft)
        approve(session, draft, cast.anna)
        issue = schedule(session, draft)
        assert issue.status is IssueStatus.SCHEDULED
        assert issue.unapproved_because == ""
        assert noted(session, "review-passed-over") == []


def test_a_later_change_voids_that_item_and_the_variants_that_hold_it(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        assert standing(session, draft).is_approved
        change(session, "Skånskt", "Hej på torget.")
        now = standing(session, draft)
        assert [(each.piece.title, each.state) for each in now.missing] == [("Skånskt", PieceState.CHANGED)]
        assert dict(now.variants) == {"Gemensam": True, "Skåne": False}
        with pytest.raises(NotApproved):
            schedule(session, draft)


def test_the_reviewer_gets_the_difference(sessions: sessionmaker[Session], cast: Cast, draft: int) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        change(session, "Skånskt", "Hej på torget.")
        ask(session, draft, cast.anna, by=cast.bo)
        note = noted(session, "review-asked")[-1]
        [waiting] = note.content["waiting"]
        assert (waiting["title"], waiting["taken"], waiting["added"]) == ("Skånskt", "Hej.", "Hej på torget.")
        approve(session, draft, cast.anna)
        assert schedule(session, draft).status is IssueStatus.SCHEDULED


def test_a_yes_counts_for_what_the_reviewer_saw_and_not_for_what_was_changed_meanwhile(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        change(session, "För alla", "Något helt annat.")
        approve(session, draft, cast.anna)
        assert [each.piece.title for each in standing(session, draft).missing] == ["För alla"]


def test_an_item_is_approved_by_itself(sessions: sessionmaker[Session], cast: Cast, draft: int) -> None:
    with sessions.begin() as session:
        shown = ask(session, draft, cast.anna, by=cast.bo)
        [key] = [piece.key for piece in approvals.pieces_of(shown) if piece.title == "För alla"]
        approve(session, draft, cast.anna, key)
        assert "För alla" not in {each.piece.title for each in standing(session, draft).missing}
        assert not standing(session, draft).is_approved
        approvals.take_back(session, round_id=shown.id, subscriber_id=cast.anna, keys=[key])
        assert "För alla" in {each.piece.title for each in standing(session, draft).missing}


def test_approving_twice_is_once(sessions: sessionmaker[Session], cast: Cast, draft: int) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        approve(session, draft, cast.anna)
        shown = seat(session, draft, cast.anna).round
        approvals.take_back(session, round_id=shown.id, subscriber_id=cast.anna, keys=None)
        assert len(standing(session, draft).missing) == len(standing(session, draft).pieces)


def test_one_reviewers_yes_is_enough_and_another_cannot_take_it_back(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        shown = ask(session, draft, cast.anna, cast.farid, by=cast.bo)
        approve(session, draft, cast.anna)
        approvals.take_back(session, round_id=shown.id, subscriber_id=cast.farid, keys=None)
        assert standing(session, draft).is_approved


def test_the_officer_goes_on_with_a_reason_that_is_kept_and_told(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        change(session, "Skånskt", "Hej på torget.")
        issue = schedule(session, draft, "Anna är sjuk")
        assert issue.unapproved_because == "Anna är sjuk"
        [note] = noted(session, "review-passed-over")
        assert note.address == "anna@lund.example"
        assert note.content["reason"] == "Anna är sjuk"
        assert [each["title"] for each in note.content["waiting"]] == ["Skånskt"]
        assert note.content["waiting"][0]["added"] == "Hej på torget."
        scheduling.unschedule(session, issue_id=draft, now=NOON)
        with pytest.raises(NotApproved):  # the reason was for that once
            schedule(session, draft)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_no_reason_is_no_reason(sessions: sessionmaker[Session], cast: Cast, draft: int, reason: str) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        with pytest.raises(NotApproved):
            schedule(session, draft, reason)


def test_changing_the_time_of_what_is_scheduled_asks_for_no_new_yes(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        schedule(session, draft, "bråttom")
        assert schedule(session, draft).unapproved_because == "bråttom"
        assert len(noted(session, "review-passed-over")) == 1


def test_what_has_not_gone_takes_the_corrected_text_when_it_is_approved_again(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        schedule(session, draft)
        releases.release(session, scope=ALL, issue_id=draft, now=NOON)
        assert not seat(session, draft, cast.anna).is_open
        change(session, "Skånskt", "Rätt text.")
        issue = session.get_one(Issue, draft)
        faulty = [variant.id for variant in issue.variants if variant.name == "Skåne"]
        spotless = [variant.id for variant in issue.variants if variant.name == "Gemensam"]

        def replace(variants: list[int], reason: str = "") -> None:
            corrections.replace(
                session, scope=ALL, issue_id=draft, variant_ids=variants, frame=FRAME, actor="a test",
                without_approval=reason, now=NOON,
            )  # fmt: skip

        with pytest.raises(NotApproved):
            replace(faulty)
        replace(spotless)  # nothing in it was changed since the yes
        session.expire_all()
        later = NOON + timedelta(minutes=5)
        reviews.ask(
            session, scope=ALL, issue_id=draft, people=[cast.anna], message="", frame=FRAME, ring=RING,
            asked_by=cast.bo, actor="a test", now=later,
        )  # fmt: skip
        at = seat(session, draft, cast.anna)
        assert at.is_open
        assert [piece.title for piece in approvals.pieces_of(at.round)] == ["", "För alla", "Skånskt"]
        assert any(b"R=C3=A4tt text" in copy.template for copy in at.round.copies)
        approvals.approve(session, round_id=at.round.id, subscriber_id=cast.anna, keys=None, now=later)
        replace(faulty)


def test_comments_are_kept_by_piece_and_come_with_the_issue_that_is_sent_back(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        shown = ask(session, draft, cast.anna, by=cast.bo)
        at = seat(session, draft, cast.anna)
        with pytest.raises(IssueError):
            reviews.answer(session, at=at, approved=False, base_url=FRAME.base_url, now=NOON)
        [key] = [piece.key for piece in approvals.pieces_of(shown) if piece.title == "Skånskt"]
        reviews.comment(session, at=at, key=key, text=" Fel torg.\r\nDet är Stora torget. ", now=NOON)
        for text in ("", "  "):
            with pytest.raises(IssueError):
                reviews.comment(session, at=at, key=key, text=text, now=NOON)
        with pytest.raises(NotFound):
            reviews.comment(session, at=at, key="item 999", text="Hej", now=NOON)
        reviews.answer(session, at=at, approved=False, base_url=FRAME.base_url, now=NOON)
        [note] = noted(session, "review-answered")
        assert note.subscriber_id == cast.bo
        assert note.content["comments"] == [["Skånskt", "Fel torg.\nDet är Stora torget."]]
        [comment] = reviews.comments(session, draft)
        reviews.see_to(session, issue_id=draft, comment_id=comment.id, done=True, now=NOON)
        assert comment.done_at == NOON
        with pytest.raises(NotFound):
            reviews.see_to(session, issue_id=draft + 1, comment_id=comment.id, done=True, now=NOON)


def test_who_is_left_out_the_next_time_reviews_no_more(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, cast.farid, by=cast.bo)
        at = seat(session, draft, cast.farid)
        ask(session, draft, cast.anna, by=cast.bo)
        with pytest.raises(NotFound):
            reviews.seat(session, reviewer_id=at.reviewer.id)
        ask(session, draft, cast.farid, by=cast.bo)
        assert reviews.seat(session, reviewer_id=at.reviewer.id).subscriber_id == cast.farid


def test_who_cannot_be_asked(sessions: sessionmaker[Session], cast: Cast, draft: int) -> None:
    with sessions.begin() as session:
        for people, words in (
            ((), "minst en"),
            ((cast.bo,), "ditt eget"),
            ((cast.elsa,), "ingen adress"),  # who has none
            ((cast.greta,), "ingen adress"),  # whose only one is suppressed
        ):
            with pytest.raises(IssueError, match=words):
                ask(session, draft, *people, by=cast.bo)
        with pytest.raises(NotFound):
            ask(session, draft, 10_000, by=cast.bo)
        with pytest.raises(IssueError, match="hela utskicket"):
            reviews.ask(
                session, scope=SomeRegions(frozenset({"skane"})), issue_id=draft, people=[cast.anna],
                message="", frame=FRAME, ring=RING, asked_by=cast.bo, actor="x", now=NOON,
            )  # fmt: skip
        schedule(session, draft)
        with pytest.raises(IssueError, match="utkast"):
            ask(session, draft, cast.anna, by=cast.bo)


def test_everything_that_was_done_stands_in_the_log_under_pseudonyms(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        at = seat(session, draft, cast.anna)
        reviews.answer(session, at=at, approved=True, base_url=FRAME.base_url, now=NOON)
        acts = {act.act: act for act in session.scalars(select(Act))}
        assert acts["ask for review"].details["reviewers"] == 1
        assert acts["review approved"].actor == f"person {at.reviewer.subscriber.pseudonym}"
        assert "Anna" not in str([(each.actor, each.subject, each.details) for each in acts.values()])


def test_who_is_erased_leaves_no_words_behind(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        shown = ask(session, draft, cast.anna, by=cast.bo, message="Hälsningar från Bo Öberg")
        at = seat(session, draft, cast.anna)
        reviews.comment(session, at=at, key="words", text="Ring mig på 070", now=NOON)
        approve(session, draft, cast.anna)
        for person in (cast.anna, cast.bo):
            erasure.erase(session, scope=ALL, subscriber_id=person, actor="a test", now=NOON)
        session.expire_all()
        assert session.scalars(select(ReviewComment)).all() == []
        assert session.scalars(select(Reviewer)).all() == []
        assert shown.message == ""
        assert standing(session, draft).is_approved  # the yes stands, without a name


# --- Each kind of change voids what it touches, and no more ---


def _text(session: Session, _issue: Issue) -> None:
    change(session, "Skånskt", "Hej igen.")


def _audience(_session: Session, issue: Issue) -> None:
    issue.items[1].article.audience = Audience.of(["skane", "vast"])


def _reach(_session: Session, issue: Issue) -> None:
    issue.record_date = date(2030, 3, 1)


def _form(_session: Session, issue: Issue) -> None:
    issue.items[1].form = ItemForm.TEASER


def _subject(_session: Session, issue: Issue) -> None:
    issue.subject = "Något annat"


@pytest.mark.parametrize(
    ("do", "named", "voids_all"),
    [
        (_text, {"Skånskt"}, False),
        (_form, {"Skånskt"}, False),
        (_audience, {"Skånskt"}, False),
        (_reach, {"Vem som får det"}, True),
        (_subject, {"Titel, ämnesrad och förhandstext"}, True),
    ],
)
def test_a_change_voids_the_yes_to_what_it_touches_and_says_which(
    sessions: sessionmaker[Session],
    cast: Cast,
    draft: int,
    do: Callable[[Session, Issue], None],
    named: set[str],
    voids_all: bool,
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        assert standing(session, draft).is_approved

        do(session, session.get_one(Issue, draft))
        session.flush()

        now = standing(session, draft)
        changed = {piece_name(each.piece) for each in now.missing if each.state is PieceState.CHANGED}
        assert changed == named
        assert any(whole for _, whole in now.variants) is not voids_all
        with pytest.raises(NotApproved, match=f"{min(named)} har ändrats sedan det godkändes"):
            schedule(session, draft)


@pytest.mark.parametrize(
    "changed",
    [
        {"association": "Nya Eken"},
        {"contact": "ny@eken.example"},
        {"postal_address": "Nygatan 1, 111 11 Orten"},
        {"accent": "#123456"},
        {"footer": "Org.nr 802000-0000"},
        {"from_address": "ny@eken.example"},
        {"base_url": "https://ny.eken.example"},
        {"logo": Logo("ek.png", 100, 40)},
        {"embedded": {}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_the_association_sets_voids_the_yes_to_the_look_in_every_variant(
    sessions: sessionmaker[Session], cast: Cast, draft: int, changed: dict[str, Any]
) -> None:
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)

        issue = session.get_one(Issue, draft)
        now = approvals.standing(session, issue, frame=replace(FRAME, **changed))

        assert [(each.piece.key, each.state) for each in now.missing] == [("look", PieceState.CHANGED)]
        assert approvals.waiting_said(now) == "Brevets utseende har ändrats sedan det godkändes"
        assert not any(whole for _, whole in now.variants)
        assert approvals.standing(session, issue, frame=FRAME).is_approved  # put back, it counts again


def test_a_changed_template_voids_the_yes_to_the_look(
    sessions: sessionmaker[Session], cast: Cast, draft: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "email"
    shutil.copytree(merge.templates_folder(), folder)
    monkeypatch.setattr(merge, "templates_folder", lambda: folder)
    with sessions.begin() as session:
        ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        (folder / "sign-in" / "body.mjml").write_text("another mail altogether")
        assert standing(session, draft).is_approved

        footer = folder / "_layout" / "footer.mjml"
        footer.write_text(footer.read_text(encoding="utf-8").replace("<p", "<p ", 1), encoding="utf-8")

        assert [each.piece.key for each in standing(session, draft).missing] == ["look"]


def test_what_goes_is_byte_for_byte_what_was_approved(
    sessions: sessionmaker[Session], cast: Cast, draft: int
) -> None:
    with sessions.begin() as session:
        shown = ask(session, draft, cast.anna, by=cast.bo)
        approve(session, draft, cast.anna)
        approved = {(copy.name, copy.language): copy.template for copy in shown.copies}

        issue = schedule(session, draft)

        frozen = {(each.name, each.language): each.template for each in issue.variants}
        assert frozen == approved
        assert {each.sha256 for each in issue.variants} == {
            hashlib.sha256(template).hexdigest() for template in approved.values()
        }
