"""The first page: where the next issue stands, what to see to, and only what is within one's own reach."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.mail import spool
from newsletter.models import Article, Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason
from newsletter.services import approvals, issues, items, plans, reviews
from newsletter.web.start import step_of
from subscribers.models import RoleName, Subscriber
from tests import office
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import ON_BOTH, Visitor, appoint, signed_in

pytestmark = ON_BOTH


def deliver(session: Session, list_id: int, states: Mapping[DeliveryState, int]) -> None:
    """Write a released issue with so many deliveries in each state."""
    issue = Issue(
        list_id=list_id, year=2030, number=3, title="Marsnumret", subject="Mars", status=IssueStatus.RELEASED,
        released_at=NOON, created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    session.add(issue)
    people = [Subscriber(created_at=NOON, updated_at=NOON) for _ in range(sum(states.values()))]
    session.add_all(people)
    session.flush()
    for state, person in zip([s for s, count in states.items() for _ in range(count)], people, strict=True):
        why = LeftOutReason.NO_ADDRESS.value if state is DeliveryState.LEFT_OUT else ""
        session.add(Delivery(issue_id=issue.id, subscriber_id=person.id, state=state, why=why))


def text_of(visitor: Visitor) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", visitor.get("/").text).split())


def draft(
    session: Session, title: str = "Aprilnumret", audience: Audience = EVERYONE, **dates: date
) -> Issue:
    """Make a draft, with its days where some are given."""
    made = issues.create(session, title=title, subject="x", audience=audience, now=NOON)
    days = {"deadline": None, "planned_for": None, **dates}
    return plans.set_dates(session, issue_id=made.id, now=NOON, **days)


def put_in(session: Session, issue: Issue, title: str, *regions: str, expires: date | None = None) -> None:
    article = Article(title=title, body="x", expires_on=expires, created_at=NOON, updated_at=NOON)
    session.add(article)
    session.flush()
    audience = Audience.of(regions) if regions else EVERYONE
    items.add(session, issue_id=issue.id, article_id=article.id, audience=audience, now=NOON)


def test_a_new_association_reads_what_to_do_first(officer: Visitor) -> None:
    text = text_of(officer)

    assert "Här är tomt än så länge" in text
    assert "Nytt nummer" in text
    assert "Övningsläge – inga brev skickas på riktigt" in text


def test_the_next_issue_stands_on_its_line_in_words_too(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        made = draft(session, deadline=date(2030, 3, 18), planned_for=date(2030, 3, 25))
        put_in(session, made, "Skånskt", "skane")

    page = officer.get("/").text

    current = re.search(r'aria-current="step">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert current is not None
    assert current[1].strip() == "Sätts ihop"
    text = text_of(officer)
    assert "Planerat (klart)" in text
    assert "Ska gå 25 mars." in text
    assert "Texter senast 18 mars." in text
    assert "1 av 10 regioner har något eget i numret." in text


@pytest.mark.parametrize(
    ("status", "step"),
    [(IssueStatus.DRAFT, 0), (IssueStatus.SCHEDULED, 2), (IssueStatus.MISSED, 2), (IssueStatus.RELEASED, 3)],
)
def test_every_state_has_its_place_on_the_line(
    sessions: sessionmaker[Session], cast: Cast, status: IssueStatus, step: int
) -> None:
    with sessions.begin() as session:
        made = draft(session)
        made.status = status

        assert step_of(made) == step
        made.summarised_at = NOON
        assert step_of(made) == (4 if status is IssueStatus.RELEASED else step)


def step_on(visitor: Visitor) -> tuple[str, str]:
    """Return the step on which the next issue stands, and all that the page says."""
    current = re.search(r'aria-current="step">.*?<span>(.*?)</span>', visitor.get("/").text, re.DOTALL)
    assert current is not None
    return current[1].strip(), text_of(visitor)


def test_a_review_is_a_step_from_when_somebody_is_asked_until_all_is_approved(
    app: App, officer: Visitor, lead: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    everything = app.everything("a test")
    with sessions.begin() as session:
        made = draft(session)
        put_in(session, made, "Att läsa")
        issue_id = made.id
    assert "Granskas" not in text_of(officer)

    with sessions.begin() as session:
        reviews.ask(
            session, scope=everything, issue_id=issue_id, people=[cast.hilma], message="", frame=app.frame(),
            ring=app.keyring, asked_by=cast.bo, actor="a test", now=NOON,
        )  # fmt: skip
        [reviewer] = reviews.reviewers_of(session, scope=everything, issue_id=issue_id)
        reviewer_id = reviewer.id
    step, text = step_on(officer)
    assert step == "Granskas"
    assert "Sätts ihop (klart)" in text
    assert "Numret är på granskning." in text
    assert f'href="./nummer/{issue_id}/granskning"' in officer.get("/").text

    with sessions.begin() as session:
        at = reviews.seat(session, reviewer_id=reviewer_id)
        reviews.comment(session, at=at, key=approvals.pieces_of(at.round)[0].key, text="Nej", now=NOON)
    assert "Det som granskarna har skrivit väntar på svar." in step_on(officer)[1]
    assert step_on(lead)[0] == "Granskas"
    assert "/granskning" not in lead.get("/").text

    with sessions.begin() as session:
        [said] = reviews.comments(session, issue_id)
        reviews.see_to(session, issue_id=issue_id, comment_id=said.id, done=True, now=NOON)
    assert "Numret är på granskning." in step_on(officer)[1]

    with sessions.begin() as session:
        at = reviews.seat(session, reviewer_id=reviewer_id)
        who = {"round_id": at.round.id, "subscriber_id": at.subscriber_id}
        approvals.approve(session, keys=None, now=NOON, **who)
    step, text = step_on(officer)
    assert step == "Granskas"
    assert "Granskarna har godkänt allt." in text

    with sessions.begin() as session:
        session.get_one(Issue, issue_id).status = IssueStatus.SCHEDULED
    step, text = step_on(officer)
    assert step == "Schemalagt"
    assert "Granskas (klart)" in text

    with sessions.begin() as session:
        session.get_one(Issue, issue_id).unapproved_because = "Brådskande"
    assert "Granskas" not in text_of(officer)


def test_what_needs_somebody_stands_first_with_the_way_there(
    app: App, officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane", until=office.today(app) + timedelta(days=5))
    with sessions.begin() as session:
        missed = draft(session, "<b>Missat</b>")
        missed.status = IssueStatus.MISSED
        put_later = draft(session, planned_for=office.today(app) + timedelta(days=9))
        put_in(session, put_later, "Utgången", expires=office.today(app) + timedelta(days=2))
        missed.planned_for = office.today(app) + timedelta(days=30)
        missed_id = missed.id

    page, text = officer.get("/").text, text_of(officer)

    assert f'href="./nummer/{missed_id}/schemalagg"' in page
    assert "missade sin tid och väntar på dig" in text
    assert "”Utgången” går ut" in text
    assert "Anna Åkesson är regionansvarig till och med" in text
    assert "Bara en person är administratör" in text
    assert "9 regioner saknar regionansvarig." in text
    assert "<b>Missat" not in page


def test_an_issue_shows_what_became_of_everyone(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        deliver(
            session,
            cast.newsletter,
            {DeliveryState.ACCEPTED: 12, DeliveryState.UNKNOWN: 1, DeliveryState.LEFT_OUT: 3},
        )

    text = text_of(officer)

    assert "Nyhetsbrevet 3/2030" in text
    assert "Överlämnat 12" in text
    assert "I räckvidd 16" in text
    assert "Av Nyhetsbrevet 3/2030 är ett brev ovisst" in text
    assert "levererat" not in text.lower()


def test_three_letters_in_a_week_are_warned_of(
    app: App, officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    monday = office.today(app) + timedelta(days=14)
    with sessions.begin() as session:
        for days, audience in ((0, EVERYONE), (2, Audience.of(["skane"])), (6, EVERYONE)):
            draft(session, audience=audience, planned_for=monday + timedelta(days=days))

    text = text_of(officer)

    assert "Tätt: Skåne skulle få 3 brev på 7 dagar" in text


def test_a_lead_sees_their_own_region_and_nothing_else(
    app: App, lead: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        made = draft(session, planned_for=office.today(app) + timedelta(days=9))
        put_in(session, made, "Skånskt inslag", "skane")
        put_in(session, made, "Norrländskt inslag", "norra")
        draft(
            session, "Norras eget", Audience.of(["norra"]), planned_for=office.today(app) + timedelta(days=3)
        ).status = IssueStatus.MISSED
        deliver(session, cast.newsletter, {DeliveryState.ACCEPTED: 12, DeliveryState.UNKNOWN: 1})

    text = text_of(lead)

    assert "Skånskt inslag" in text
    assert "1 av en region har något eget i numret." in text
    for other in ("Norrländskt", "Norra", "Norras eget", "missade", "ovisst", "Överlämnat", "administratör"):
        assert other not in text, other
    assert "/nummer" not in lead.get("/").text


def test_a_reader_sees_the_counts_and_no_names(app: App, sessions: sessionmaker[Session], cast: Cast) -> None:
    appoint(app, cast.farid, RoleName.READER)
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane", until=office.today(app) + timedelta(days=5))
    with sessions.begin() as session:
        deliver(session, cast.newsletter, {DeliveryState.ACCEPTED: 12})
    with signed_in(app, cast.farid) as reader:
        text = text_of(reader)

    assert "Överlämnat 12" in text
    assert "Anna" not in text


def test_a_mail_that_could_not_be_taken_in_is_told_to_those_who_see_everything(
    app: App, officer: Visitor, lead: Visitor
) -> None:
    place = app.paths.inbound
    assert "gick inte att läsa in" not in text_of(officer)
    spool.set_aside(place, spool.put(place, b"x", spool.Envelope("", (), "smtp", NOON)))

    assert "Ett mejl som kom in gick inte att läsa in." in text_of(officer)
    assert "gick inte att läsa in" not in text_of(lead)
