"""The form that schedules: the time, the traps of the clocks, whom it reaches, and what is skipped."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Article, Hold, Issue, IssueStatus
from newsletter.services import issues, items
from subscribers.models import Act, ListPurpose, MailingList, RoleName
from tests.cast import Cast
from tests.letterpress import set_issue
from tests.newsletter.web.visitors import Visitor, appoint, signed_in

MORNING = datetime(2026, 11, 26, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_a_morning_in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(App, "now", lambda _: MORNING)


@pytest.fixture
def draft(app: App, cast: Cast) -> int:
    return make(app)


def make(app: App, audience: Audience = EVERYONE, list_slug: str = "nyhetsbrev") -> int:
    with app.sessions.begin() as session:
        article = Article(title="Ett", body="Hej.", created_at=MORNING, updated_at=MORNING)
        session.add(article)
        session.flush()
        issue = issues.create(
            session, title="Decembernumret", subject="December", list_slug=list_slug, audience=audience,
            now=MORNING,
        )  # fmt: skip
        items.add(session, issue_id=issue.id, article_id=article.id, now=MORNING)
        return issue.id


def issue_of(app: App, issue_id: int) -> Issue:
    with app.readers() as session:
        return session.get_one(Issue, issue_id)


def last_act(app: App) -> Act:
    with app.readers() as session:
        return session.scalars(select(Act).order_by(Act.id.desc()).limit(1)).one()


def post(visitor: Visitor, issue_id: int, **fields: object) -> tuple[int, str]:
    given = {"do": "schedule", "day": "2026-12-01", "hour": "09:00", "hold": "after", **fields}
    answer = visitor.post_form(f"/nummer/{issue_id}/schemalagg", given)
    return answer.status_code, answer.headers.get("location") or answer.text


def test_the_form_shows_whom_it_reaches_and_who_is_left_out_and_why(
    app: App, officer: Visitor, draft: int
) -> None:
    page = officer.get(f"/nummer/{draft}/schemalagg").text

    assert 'value="2026-11-27"' in page  # tomorrow morning
    for region in ("Skåne", "Norra", "Ingen region"):
        assert region in page
    for reason in ("saknar e-postadress", "har tackat nej", "har en spärrad adress", "läser samma brev"):
        assert reason in page
    assert "De första 10 minuterna går inget brev" in page
    assert "Natten till 28 mars 2027 ställs klockan fram: tider mellan 02.00 och 03.00" in page


def test_a_time_is_read_as_swedish_time(app: App, officer: Visitor, draft: int) -> None:
    status, where = post(officer, draft)

    assert (status, where) == (303, f"/utskick/{draft}?klart=schemalagt")
    issue = issue_of(app, draft)
    assert issue.status is IssueStatus.SCHEDULED
    assert issue.send_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert (issue.grace_minutes, issue.head_start_minutes, issue.urgent) == (10, 15, False)
    assert last_act(app).details == {"at": "2026-12-01T08:00:00+00:00", "grace": 10, "head start": 15}


def test_a_time_in_the_gap_in_spring_is_explained_and_then_confirmed(
    app: App, officer: Visitor, draft: int
) -> None:
    status, page = post(officer, draft, day="2027-03-28", hour="02:30")

    assert status == 422
    assert "02.30 finns inte" in page
    assert "låt numret gå när klockan är 03.30" in page
    assert issue_of(app, draft).status is IssueStatus.DRAFT
    moment = "2027-03-28T01:30:00+00:00"
    assert f'value="{moment}"' in page
    assert post(officer, draft, day="2027-03-28", hour="02:30", sure=moment)[0] == 303
    assert issue_of(app, draft).send_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 1])
def test_of_the_hour_that_comes_twice_in_autumn_either_can_be_chosen(
    app: App, officer: Visitor, draft: int, hour: int
) -> None:
    status, page = post(officer, draft, day="2027-10-31", hour="02:30")
    assert status == 422
    assert "02.30 kommer två gånger" in page

    sure = f"2027-10-31T0{hour}:30:00+00:00"
    assert post(officer, draft, day="2027-10-31", hour="02:30", sure=sure)[0] == 303

    assert issue_of(app, draft).send_at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_what_was_decided_about_one_time_says_nothing_of_another(
    app: App, officer: Visitor, draft: int
) -> None:
    old = "2027-03-28T01:30:00+00:00"
    assert post(officer, draft, day="2027-10-31", hour="02:30", sure=old)[0] == 422

    post(officer, draft, sure=old)

    assert issue_of(app, draft).send_at == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"day": "2026-11-25"}, "har redan passerat"),
        ({"day": ""}, "Ange både datum och klockslag"),
        ({"hour": ""}, "Ange både datum och klockslag"),
        ({"day": "i morgon"}, "Not a valid date value"),
        ({"no_grace": "y"}, "Skriv varför väntan hoppas över"),
        ({"reason": "x" * 201}, "200"),
    ],
)
def test_what_will_not_do_is_said_and_what_was_written_stays(
    app: App, officer: Visitor, draft: int, fields: dict[str, str], told: str
) -> None:
    status, page = post(officer, draft, **{"hour": "10:15", **fields})

    assert status == 422
    # WTForms says it in the language that its catalogue has.
    assert told in page or "mistakes" in page
    assert fields.get("hour", "10:15") in page
    assert issue_of(app, draft).status is IssueStatus.DRAFT


def test_a_wait_is_skipped_with_a_reason_that_is_logged(app: App, officer: Visitor, draft: int) -> None:
    assert post(officer, draft, no_head_start="y", reason="dödsannons")[0] == 303

    assert issue_of(app, draft).head_start_minutes == 0
    assert last_act(app).details["skipped because"] == "dödsannons"


@pytest.mark.parametrize(("hold", "expected"), [("after", Hold.AFTER), ("person", Hold.PERSON), ("", None)])
def test_what_must_go_today_goes_before_others_and_holds_them_as_chosen(
    app: App, cast: Cast, officer: Visitor, draft: int, hold: str, expected: Hold | None
) -> None:
    with app.sessions.begin() as session:
        other = set_issue(session, list_id=cast.newsletter, now=MORNING, send_at=MORNING + timedelta(days=1))

    status, where = post(officer, draft, do="now", day="", hour="", hold=hold)

    assert (status, where) == (303, f"/utskick/{draft}?klart=skickas")
    issue = issue_of(app, draft)
    assert (issue.urgent, issue.send_at) == (True, MORNING)
    assert issue_of(app, other).hold is expected
    assert last_act(app).details.get("holds") == ([other] if expected else None)


def test_a_scheduled_issue_gets_another_time_or_is_a_draft_again(
    app: App, officer: Visitor, draft: int
) -> None:
    post(officer, draft)
    assert "Ändra när det går" in officer.get(f"/nummer/{draft}/schemalagg").text
    post(officer, draft, hour="11:00")
    assert issue_of(app, draft).send_at == datetime(2026, 12, 1, 10, tzinfo=UTC)

    status, where = post(officer, draft, do="unschedule")

    assert (status, where) == (303, f"/utskick/{draft}?klart=utkast")
    assert issue_of(app, draft).status is IssueStatus.DRAFT
    assert post(officer, draft, do="unschedule")[0] == 422


def test_a_lead_schedules_a_letter_to_the_own_region_and_no_other(
    app: App, cast: Cast, lead: Visitor
) -> None:
    with app.readers() as session:
        regional = session.scalars(
            select(MailingList.slug).where(MailingList.purpose == ListPurpose.REGIONAL_LETTERS)
        ).one()
    own, others = (make(app, Audience.of([slug]), regional) for slug in ("skane", "norra"))
    everybody = make(app)

    assert "Norra" not in lead.get(f"/nummer/{own}/schemalagg").text
    assert post(lead, own)[0] == 303
    for forbidden in (others, everybody, 99_999):
        assert lead.get(f"/nummer/{forbidden}/schemalagg").status_code == 404
        assert post(lead, forbidden)[0] == 404
        assert post(lead, forbidden, do="now")[0] == 404


def test_real_mail_is_not_scheduled_before_it_may_leave(
    app: App, officer: Visitor, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(app.settings, "smtp_host", "smtp.forening.example")

    status, page = post(officer, draft)

    assert status == 422
    assert "BASE_URL" in page


def test_a_reviewer_schedules_nothing(app: App, cast: Cast, draft: int) -> None:
    appoint(app, cast.greta, RoleName.REVIEWER)
    with signed_in(app, cast.greta) as reviewer:
        assert reviewer.get(f"/nummer/{draft}/schemalagg").status_code == 404
        assert post(reviewer, draft)[0] == 404
