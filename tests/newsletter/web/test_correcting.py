"""The form that corrects: what has not gone takes the right text, and who has the fault is written to."""

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.core.outcomes import NotBegun
from newsletter.core.pace import AT_ONCE
from newsletter.core.replies import Reply
from newsletter.models import Article, Issue, IssueKind, IssueStatus, Variant
from newsletter.services import articles, claims, issues, items, releases, scheduling, settling
from subscribers.core.authority import Everything
from subscribers.models import Act
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor

ALL = Everything("a test")


@pytest.fixture
def issue_id(app: App, cast: Cast) -> int:
    """An issue with a fault in it, just released."""
    now = app.now()
    with app.sessions.begin() as session:
        article = Article(title="Träff", body="Ses den 31 februari.", created_at=now, updated_at=now)
        session.add(article)
        session.flush()
        issue = issues.create(session, title="Mars", subject="Mars", now=now)
        items.add(session, issue_id=issue.id, article_id=article.id, now=now)
        scheduling.schedule(
            session,
            issue_id=issue.id,
            at=now,
            zone="Europe/Stockholm",
            frame=app.frame(),
            pace=AT_ONCE,
            now=now,
        )
        releases.release(session, scope=ALL, issue_id=issue.id, now=now)
        return issue.id


def send(app: App, *only: int) -> None:
    with app.sessions.begin() as session:
        copies = claims.claim(session, sender="a~1~b", now=app.now(), limit=9)
        results = [
            (c.claim, Reply.of(250, "Ok") if not only or c.subscriber_id in only else NotBegun("stop"))
            for c in copies
        ]
        settling.settle(session, results, sender="a~1~b", now=app.now())


def variants(app: App, issue_id: int) -> list[Variant]:
    with app.readers() as session:
        found = select(Variant).where(Variant.issue_id == issue_id, Variant.replaced_by_id.is_(None))
        return list(session.scalars(found.order_by(Variant.id)))


def test_what_has_not_gone_takes_the_right_text(
    app: App, cast: Cast, officer: Visitor, issue_id: int
) -> None:
    send(app, cast.anna)
    page = officer.get(f"/utskick/{issue_id}/ratta").text
    assert "1 har fått den, 2 har inte gått" in page
    with app.sessions.begin() as session:
        articles.change(session, article_id=1, values={"body": "Ses den 28 februari."}, now=app.now())
    assert "Ändrade sedan numret låstes: Träff." in officer.get(f"/utskick/{issue_id}/ratta").text

    chosen = [one.id for one in variants(app, issue_id)]
    answer = officer.post_form(f"/utskick/{issue_id}/ratta", {"do": "replace", "variant": chosen})

    assert answer.headers["location"] == f"/utskick/{issue_id}?klart=utbytt"
    assert all("28 februari" in one.text for one in variants(app, issue_id))
    page = officer.get(f"/utskick/{issue_id}/ratta").text
    assert "före rättelsen" in page
    assert "rättad" in page


def test_a_correction_is_begun_and_can_be_scheduled(
    app: App, cast: Cast, officer: Visitor, issue_id: int
) -> None:
    send(app)
    swedish = variants(app, issue_id)[0].id

    answer = officer.post_form(
        f"/utskick/{issue_id}/ratta",
        {"do": "begin", "variant": [swedish], "subject": "Rätt datum", "text": "Det är den 28."},
    )

    where = answer.headers["location"]
    with app.readers() as session:
        made = session.scalars(select(Issue).where(Issue.kind == IssueKind.CORRECTION)).one()
        act = session.scalars(select(Act).where(Act.act == "correct")).one()
    assert where == f"/nummer/{made.id}/schemalagg"
    assert made.status is IssueStatus.DRAFT
    assert act.details == {"corrects": issue_id, "variants": [swedish]}
    page = officer.get(where).text
    assert "Rättelse av Nyhetsbrevet" in page
    assert "Rätt datum" in page
    assert "Rättelse av Nyhetsbrevet" in officer.get(f"/utskick/{issue_id}").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"do": "begin", "subject": "x", "text": "y"}, "Ingen har fått de regionversionerna"),
        ({"do": "replace"}, "Välj minst en"),
        ({"do": "begin", "variant": "1", "subject": "x", "text": " "}, "Rättelsen har ingen text"),
        ({"do": "begin", "variant": "1", "subject": "", "text": "y"}, "Numret saknar titel"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(
    app: App, officer: Visitor, issue_id: int, fields: dict[str, str], told: str
) -> None:
    send(app)

    answer = officer.post_form(f"/utskick/{issue_id}/ratta", {"subject": "Mitt ämne", **fields})

    assert answer.status_code == 422
    assert told in answer.text
    if "variant" in fields:
        assert "checked" in answer.text


def test_a_fault_that_may_still_go_out_is_replaced_first(
    app: App, cast: Cast, officer: Visitor, issue_id: int
) -> None:
    send(app, cast.anna)
    chosen = [one.id for one in variants(app, issue_id)]

    answer = officer.post_form(
        f"/utskick/{issue_id}/ratta", {"do": "begin", "variant": chosen, "subject": "x", "text": "y"}
    )

    assert answer.status_code == 422
    assert "Byt ut texten i dem först" in answer.text


def test_of_what_has_not_gone_out_there_is_nothing_to_correct(app: App, cast: Cast, officer: Visitor) -> None:
    with app.sessions.begin() as session:
        draft = issues.create(session, title="April", subject="April", now=app.now()).id

    assert "det finns inget att rätta" in officer.get(f"/utskick/{draft}/ratta").text
    assert officer.post_form(f"/utskick/{draft}/ratta", {"variant": "1; DROP"}).status_code == 400
