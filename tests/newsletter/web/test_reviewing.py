"""Review as the officer and the reviewer meet it: by a link, without signing in, and for this issue only."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Article, Issue, IssueStatus, Note
from newsletter.services import approvals, issues, items
from subscribers.models import Act, RoleName
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor, appoint, signed_in


@pytest.fixture
def draft(app: App, cast: Cast) -> int:
    with app.sessions.begin() as session:
        issue = issues.create(session, title="Marsnumret", subject="Vårens träffar", now=app.now())
        for title, audience in (("För alla", EVERYONE), ("Skånskt", Audience.of(["skane"]))):
            article = Article(
                title=title, body=f"Brödtext: {title}.", audience=audience, created_at=app.now(),
                updated_at=app.now(),
            )  # fmt: skip
            session.add(article)
            session.flush()
            items.add(session, issue_id=issue.id, article_id=article.id, now=app.now())
        return issue.id


@pytest.fixture
def ask(app: App, officer: Visitor, cast: Cast, draft: int) -> Callable[..., str]:
    """Send the draft for review, and return the path of the link in the mail."""

    def send(*people: int, message: str = "") -> str:
        given = {"till": [str(each) for each in people or (cast.anna,)], "message": message}
        answer = officer.post_form(f"/nummer/{draft}/granskning", given)
        assert answer.status_code == 303, answer.text
        return link(app)

    return send


def link(app: App) -> str:
    with app.readers() as session:
        note = session.scalars(
            select(Note).where(Note.kind == "review-asked").order_by(Note.id.desc())
        ).first()
        assert note is not None
        return str(note.content["link"]).removeprefix(app.settings.base_url)  # type: ignore[index]


def missing(app: App, issue: int) -> set[str]:
    with app.readers() as session:
        standing = approvals.standing(session, session.get_one(Issue, issue), frame=app.frame())
        return {each.piece.title for each in standing.missing}


def change(app: App, title: str, body: str) -> None:
    with app.sessions.begin() as session:
        session.scalars(select(Article).where(Article.title == title)).one().body = body


def round_of(page: str) -> str:
    return re.findall(r'name="round" value="(\d+)"', page)[0]


def key_of(page: str, title: str) -> str:
    return re.findall(rf'piece-name">{title}.*?name="piece" value="([^"]+)"', page, re.DOTALL)[0]


def test_the_link_opens_the_frozen_versions_without_a_sign_in(
    stranger: TestClient, ask: Callable[..., str]
) -> None:
    path = ask(message="Tack för att du läser <snabbt>!")
    page = stranger.get(path)
    assert page.status_code == 200
    assert "Tack för att du läser &lt;snabbt&gt;!" in page.text
    assert "Gemensam" in page.text
    letter = stranger.get(f"{path}/brev?version=Sk%C3%A5ne")
    assert "Brödtext: Skånskt" in letter.text
    assert "sandbox" in letter.headers["content-security-policy"]
    assert "Brödtext: Skånskt" not in stranger.get(f"{path}/brev?version=Gemensam").text
    assert stranger.get(f"{path}/brev?version=Norra").status_code == 404


def test_what_is_shown_is_what_was_frozen(app: App, stranger: TestClient, ask: Callable[..., str]) -> None:
    path = ask()
    change(app, "För alla", "Ändrat efteråt.")
    assert "Brödtext: För alla" in stranger.get(f"{path}/brev").text


def test_looking_approves_nothing_and_a_button_does(
    app: App, stranger: TestClient, ask: Callable[..., str], draft: int
) -> None:
    path = ask()
    for _ in range(3):
        stranger.get(path)
        stranger.head(path)
    assert len(missing(app, draft)) == 5
    number = round_of(stranger.get(path).text)
    answer = stranger.post(path, data={"do": "approve-all", "round": number})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?klart=allt")
    assert missing(app, draft) == set()
    with app.readers() as session:
        [note] = session.scalars(select(Note).where(Note.kind == "review-answered"))
        assert note.content["approved"] is True  # type: ignore[index]
        assert session.scalars(select(Act.act).order_by(Act.id.desc())).first() == "review approved"


def test_an_item_is_approved_and_taken_back_by_itself(
    app: App, stranger: TestClient, ask: Callable[..., str], draft: int
) -> None:
    path = ask()
    page = stranger.get(path).text
    fields = {"round": round_of(page), "piece": key_of(page, "Skånskt")}
    assert stranger.post(path, data={**fields, "do": "approve"}).status_code == 303
    assert "Skånskt" not in missing(app, draft)
    assert stranger.post(path, data={**fields, "do": "take-back"}).status_code == 303
    assert "Skånskt" in missing(app, draft)


def test_comments_reach_the_officer_who_marks_them_as_seen_to(
    app: App, officer: Visitor, stranger: TestClient, ask: Callable[..., str], draft: int
) -> None:
    path = ask()
    page = stranger.get(path).text
    fields = {"round": round_of(page), "piece": key_of(page, "Skånskt")}
    words = "Fel <torg>.\nDet är Stora torget. " + "å" * 3000  # more than a small form would hold
    assert stranger.post(path, data={**fields, "do": "comment", "text": words}).status_code == 303
    assert stranger.post(path, data={**fields, "do": "send-back"}).headers["location"].endswith("klart=ater")
    told = officer.get(f"/nummer/{draft}/granskning").text
    assert "Fel &lt;torg&gt;." in told
    comment = re.findall(r'name="comment" value="(\d+)"', told)[0]
    officer.post_form(f"/nummer/{draft}/granskning", {"comment": comment, "do": "done"})
    assert "åtgärdad" in officer.get(f"/nummer/{draft}/granskning").text
    assert "åtgärdad" in stranger.get(path).text


def test_a_reviewer_who_saw_an_older_round_approves_nothing_and_keeps_the_words(
    app: App, stranger: TestClient, ask: Callable[..., str], draft: int
) -> None:
    path = ask()
    old = round_of(stranger.get(path).text)
    change(app, "För alla", "Ändrat efteråt.")
    ask()
    answer = stranger.post(path, data={"do": "approve-all", "round": old})
    assert answer.status_code == 409
    assert "Redaktören har skickat en ny version" in answer.text
    assert len(missing(app, draft)) == 5
    page = stranger.get(path).text
    kept = {"do": "comment", "round": old, "piece": key_of(page, "För alla"), "text": "Bra så"}
    answer = stranger.post(path, data=kept)
    assert answer.status_code == 409
    assert ">Bra så</textarea>" in answer.text


def test_the_difference_is_shown_for_what_was_changed_since_the_yes(
    app: App, stranger: TestClient, ask: Callable[..., str]
) -> None:
    path = ask()
    stranger.post(path, data={"do": "approve-all", "round": round_of(stranger.get(path).text)})
    change(app, "Skånskt", "Brödtext: ändrad.")
    ask()
    page = stranger.get(path).text
    assert "<del>Skånskt.</del>" in page
    assert "<ins>ändrad.</ins>" in page
    assert page.count("Godkänn hela numret") == 1
    assert len(re.findall(r'value="approve"', page)) == 1  # only what was changed waits


def test_links_that_are_forged_or_of_another_kind_open_nothing(
    stranger: TestClient, ask: Callable[..., str], token_of: Callable[..., str], cast: Cast
) -> None:
    path = ask()
    nothing = stranger.get("/granska/nothing")
    good = path.removeprefix("/granska/")
    forged = ("b" if good[0] == "a" else "a") + good[1:]
    for token in (forged, token_of(cast.anna), "x" * 500, "å"):
        for method in ("GET", "POST"):
            answer = stranger.request(
                method,
                f"/granska/{token}",
                data={"do": "approve-all", "round": "1"} if method == "POST" else None,
            )
            assert answer.status_code == 404
        assert stranger.get(f"/granska/{token}").text == nothing.text


def test_a_link_is_dead_when_the_reviewer_is_no_more_and_closed_when_the_issue_is_scheduled(
    app: App, officer: Visitor, stranger: TestClient, ask: Callable[..., str], cast: Cast, draft: int
) -> None:
    path = ask()
    ask(cast.farid)
    assert stranger.get(path).status_code == 404
    path = link(app)
    number = round_of(stranger.get(path).text)
    stranger.post(path, data={"do": "approve-all", "round": number})
    given = {"do": "schedule", "day": "2099-12-01", "hour": "09:00"}
    assert officer.post_form(f"/nummer/{draft}/schemalagg", given).status_code == 303
    assert "Granskningen är avslutad" in stranger.get(path).text
    answer = stranger.post(path, data={"do": "take-back", "round": number})
    assert answer.status_code == 409
    with app.readers() as session:
        assert session.get_one(Issue, draft).status is IssueStatus.SCHEDULED


def test_scheduling_asks_for_the_yes_or_for_a_reason(
    app: App, officer: Visitor, ask: Callable[..., str], draft: int
) -> None:
    ask()
    path, given = f"/nummer/{draft}/schemalagg", {"do": "schedule", "day": "2099-12-01", "hour": "09:00"}
    assert "7 delar väntar på ett ja." in officer.get(path).text
    answer = officer.post_form(path, given)
    assert answer.status_code == 422
    assert "är inte godkänt" in answer.text
    answer = officer.post_form(path, {**given, "unapproved": "Anna är bortrest"})
    assert answer.status_code == 303
    with app.readers() as session:
        act = session.scalars(select(Act).order_by(Act.id.desc())).first()
        assert act is not None
        assert act.details["unapproved because"] == "Anna är bortrest"
        assert (
            session.scalars(select(Note).where(Note.kind == "review-passed-over")).one().address
            == "anna@lund.example"
        )


def test_sending_now_waits_for_the_yes_as_well(officer: Visitor, ask: Callable[..., str], draft: int) -> None:
    ask()
    answer = officer.post_form(f"/nummer/{draft}/schemalagg", {"do": "now", "hold": "after"})
    assert answer.status_code == 422
    assert "är inte godkänt" in answer.text


def test_a_lead_sends_no_issue_for_review(app: App, lead: Visitor, draft: int) -> None:
    for method in (lead.get, lead.post_form):
        assert method(f"/nummer/{draft}/granskning").status_code == 404


def test_the_usual_reviewers_are_chosen_and_the_officer_is_not_offered(
    app: App, officer: Visitor, cast: Cast, draft: int
) -> None:
    appoint(app, cast.anna, RoleName.REVIEWER)
    appoint(app, cast.bo, RoleName.REVIEWER)
    page = officer.get(f"/nummer/{draft}/granskning").text
    assert re.search(rf'name="till" value="{cast.anna}" checked', page)
    assert f'name="till" value="{cast.bo}"' not in page
    assert "behöver ett ja av en granskare" in page


def test_a_reviewer_who_reads_english_is_spoken_to_in_english(
    stranger: TestClient, ask: Callable[..., str], cast: Cast
) -> None:
    assert "Approve the whole issue" in stranger.get(ask(cast.hilma)).text


def test_a_reviewer_reaches_nothing_else(
    app: App, stranger: TestClient, ask: Callable[..., str], cast: Cast, draft: int
) -> None:
    path = ask()
    stranger.get(path)
    assert not stranger.cookies
    assert stranger.get(f"/nummer/{draft}").status_code in (303, 404)
    with signed_in(app, cast.anna) as without_role:
        assert without_role.get(f"/nummer/{draft}/granskning").status_code in (303, 404)


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_reviewer_on_a_phone_reads_comments_and_approves(
    browser: Browser, app: App, web: str, ask: Callable[..., str], draft: int, scripts: bool
) -> None:
    path = ask()
    with browser.new_context(
        viewport={"width": 375, "height": 700}, has_touch=True, java_script_enabled=scripts
    ) as context:
        page = context.new_page()
        page.goto(f"{web}{path}")
        expect(page.frame_locator("iframe").get_by_text("Brödtext: För alla")).to_be_visible()
        page.get_by_role("link", name="Skåne").click()
        expect(page.frame_locator("iframe").get_by_text("Brödtext: Skånskt")).to_be_visible()
        page.get_by_label("Kommentera Skånskt").click()
        page.get_by_label("Vad behöver ändras?").and_(page.locator(":visible")).fill("Fint!")
        page.get_by_role("button", name="Spara kommentaren").and_(page.locator(":visible")).click()
        expect(page.get_by_text("Kommentaren är sparad.")).to_be_visible()
        expect(page.get_by_text("Fint!", exact=True)).to_be_visible()
        page.get_by_role("button", name="Godkänn hela numret").click()
        expect(page.get_by_text("Numret är godkänt.")).to_be_visible()
    assert missing(app, draft) == set()
