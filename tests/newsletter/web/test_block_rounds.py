"""The officer sees how the regions stand, asks, reminds, moves the day, and says what goes in instead."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.models import Block, BlockFallback, BlockState, Issue, Note
from newsletter.services import blocks, compositions, issues, standing_blocks
from newsletter.services.blocks import Writer, Written
from newsletter.services.compositions import AT_THE_MACHINE
from subscribers.models import RoleName
from tests import office
from tests.cast import Cast
from tests.newsletter.blockwork import an_issue
from tests.newsletter.web.visitors import Visitor, appoint


def draft(app: App, *, days: int | None = 10) -> int:
    with app.sessions.begin() as session:
        issue_id = an_issue(session, app.now(), deadline=None)
        if days is not None:
            session.get_one(Issue, issue_id).deadline = office.today(app) + timedelta(days=days)
        return issue_id


def set_day(app: App, issue_id: int, days: int) -> None:
    with app.sessions.begin() as session:
        session.get_one(Issue, issue_id).deadline = office.today(app) + timedelta(days=days)


def kinds(app: App) -> list[str]:
    with app.readers() as session:
        return list(session.scalars(select(Note.kind).order_by(Note.id)))


def said(visitor: Visitor, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", visitor.get(path).text).split())


def block_id(app: App, region: str) -> int:
    with app.readers() as session:
        return session.scalars(select(Block.id).where(Block.region == region)).one()


def hand_in(app: App, region: str, title: str = "Höstens träffar") -> None:
    with app.sessions.begin() as session:
        writer = Writer(1, "Anna", officer=True)
        which = {
            "block_id": block_id(app, region),
            "writer": writer,
            "today": office.today(app),
            "now": app.now(),
        }
        blocks.save(session, seen=0, written=Written(title=title, body="x"), **which)  # type: ignore[arg-type]
        blocks.hand_in(session, seen=1, **which)  # type: ignore[arg-type]


def test_the_officer_asks_and_sees_who_was_asked_and_what_is_vacant(
    app: App, cast: Cast, officer: Visitor
) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    at = f"/nummer/{draft(app)}/inslag"
    page = officer.get(at).text
    assert "Ingen har fått frågan än" in page
    assert page.count('class="chief"') == 1

    for _ in range(2):  # twice is once
        assert officer.post_form(f"{at}/be-om").headers["location"] == f"{at}?klart=bett"
    assert sorted(kinds(app)) == ["block-request", "block-vacant"]
    text = said(officer, at)
    assert "0 av 10 regioner har lämnat in." in text
    assert "Skåne Anna Åkesson inget än tillfrågad" in text
    assert "ingen regionansvarig: den faller på dig" in text

    hand_in(app, "skane")
    text = said(officer, at)
    assert "1 av 10 regioner har lämnat in." in text
    assert "inlämnat · Höstens träffar" in text


def test_without_a_day_or_for_another_letter_nobody_is_asked(app: App, officer: Visitor) -> None:
    at = f"/nummer/{draft(app, days=None)}/inslag"
    assert "Bestäm en sista dag" in officer.get(at).text
    assert officer.post_form(f"{at}/be-om").status_code == 422
    moved = officer.post_form(f"{at}/sista-dag", {"deadline": str(office.today(app) + timedelta(days=3))})
    assert moved.status_code == 303
    assert "Ingen har fått frågan än" in officer.get(at).text
    for wrong in ("", "i juni", "2001-01-01"):
        assert officer.post_form(f"{at}/sista-dag", {"deadline": wrong}).status_code == 422
    with app.sessions.begin() as session:
        other = issues.create(session, title="x", subject="x", list_slug="inbjudningar", now=app.now()).id
    for wrong in (other, 999):
        assert officer.get(f"/nummer/{wrong}/inslag").status_code == 404
        assert officer.post_form(f"/nummer/{wrong}/inslag/be-om").status_code == 404


def test_reminding_by_hand_is_once_a_day_and_leaves_those_alone_who_are_done(
    app: App, cast: Cast, officer: Visitor
) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    appoint(app, cast.hilma, RoleName.REGIONAL_LEAD, "vast")
    at = f"/nummer/{draft(app)}/inslag"
    assert officer.post_form(f"{at}/paminn").status_code == 422
    officer.post_form(f"{at}/be-om")
    hand_in(app, "vast")

    assert officer.post_form(f"{at}/paminn").headers["location"] == f"{at}?klart=paminda"
    assert officer.post_form(f"{at}/paminn").headers["location"] == f"{at}?klart=paminda-redan"
    assert kinds(app).count("block-reminder") == 1


def test_closing_stops_mails_and_what_is_handed_in_stays(app: App, cast: Cast, officer: Visitor) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    at = f"/nummer/{draft(app)}/inslag"
    officer.post_form(f"{at}/be-om")
    hand_in(app, "skane")
    officer.post_form(f"{at}/stang")
    assert "Inga inslag tas emot" in officer.get(at).text
    assert officer.post_form(f"{at}/paminn").status_code == 422
    assert officer.post_form(f"{at}/be-om").status_code == 303
    with app.readers() as session:
        assert session.get_one(Block, block_id(app, "skane")).state is BlockState.HANDED_IN


def test_a_moved_day_is_told_to_those_who_were_asked(app: App, cast: Cast, officer: Visitor) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    at = f"/nummer/{draft(app)}/inslag"
    officer.post_form(f"{at}/be-om")
    officer.post_form(f"{at}/sista-dag", {"deadline": str(office.today(app) + timedelta(days=20))})
    assert kinds(app).count("block-moved") == 1


def test_what_happens_when_nothing_comes_is_chosen_and_done(app: App, cast: Cast, officer: Visitor) -> None:
    issue_id = draft(app)
    at = f"/nummer/{issue_id}/inslag"
    officer.post_form(f"{at}/be-om")
    with app.sessions.begin() as session:
        save = {"title": "Stående", "body": "x", "seen": 0, "actor": "Bo", "now": app.now()}
        standing_blocks.save(session, region="skane", **save)  # type: ignore[arg-type]
    officer.post_form(f"{at}/annars", {"r-skane": "nothing", "r-vast": "standing", "r-norra": "<b>"})
    with app.readers() as session:
        found = {b.region: b.fallback for b in session.scalars(select(Block))}
        assert found["skane"] is BlockFallback.NOTHING
        assert found["norra"] is BlockFallback.STANDING

    set_day(app, issue_id, -1)
    officer.post_form(f"{at}/annars", {"r-skane": "standing"})
    assert "Skåne" in said(officer, at)
    with app.readers() as session:
        assert [i.article.title for i in session.get_one(Issue, issue_id).items] == ["Stående"]


def test_what_the_officer_took_out_goes_in_again(app: App, officer: Visitor) -> None:
    issue_id = draft(app)
    at = f"/nummer/{issue_id}/inslag"
    officer.post_form(f"{at}/be-om")
    hand_in(app, "skane")
    with app.sessions.begin() as session:
        compositions.undo(session, issue_id=issue_id, hand=AT_THE_MACHINE, now=app.now())
    assert "men uttaget ur numret" in officer.get(at).text

    other = draft(app)
    skane = block_id(app, "skane")
    assert officer.post_form(f"/nummer/{other}/inslag/lagg-in", {"block": skane}).status_code == 404
    assert officer.post_form(f"{at}/lagg-in", {"block": skane}).status_code == 303
    assert "men uttaget ur numret" not in officer.get(at).text


def test_only_an_officer_reaches_the_overview(app: App, cast: Cast, lead: Visitor) -> None:
    at = f"/nummer/{draft(app)}/inslag"
    assert lead.get(at).status_code == 404
    for act in ("be-om", "stang", "paminn", "sista-dag", "annars", "lagg-in"):
        assert lead.post_form(f"{at}/{act}").status_code == 404


# --- Standing texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "officer"])
def test_the_standing_text_is_written_by_the_lead_or_the_officer(
    app: App, request: pytest.FixtureRequest, who: str
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    at, fields = "/staende-inslag/skane", {"title": "Så når du oss", "body": "Ring Anna.", "seen": 0}

    assert visitor.post_form(at, fields).status_code == 303
    page = visitor.get(at).text
    assert "Ring Anna." in page
    late = visitor.post_form(at, {**fields, "body": "Annat."})
    assert late.status_code == 409
    assert "Annat." in late.text
    for wrong in ({"body": " "}, {"title": ""}, {"body": "x" * 20_001}):
        assert visitor.post_form(at, {**fields, "seen": 2, **wrong}).status_code == 422
    assert visitor.post_form(at, {"do": "remove"}).status_code == 303
    assert "Ring Anna." not in visitor.get(at).text


def test_a_lead_reaches_no_other_regions_standing_text(lead: Visitor) -> None:
    for region in ("norra", "ingenstans"):
        assert lead.get(f"/staende-inslag/{region}").status_code == 404
        assert lead.post_form(f"/staende-inslag/{region}", {"title": "x", "body": "x"}).status_code == 404


# --- The first page -----------------------------------------------------------------------------------------


def test_the_first_page_tells_of_blocks_that_did_not_come(
    app: App, cast: Cast, officer: Visitor, lead: Visitor
) -> None:
    issue_id = draft(app)
    officer.post_form(f"/nummer/{issue_id}/inslag/be-om")
    assert "sista dagen är över" not in said(officer, "/")
    hand_in(app, "vast")
    set_day(app, issue_id, -1)

    page = officer.get("/").text
    assert f'href="./nummer/{issue_id}/inslag"' in page
    assert "9 regioner har inget inslag i Nyhetsbrevet" in page
    assert "Skåne har inget inslag i Nyhetsbrevet" in said(lead, "/")
    assert "9 regioner" not in said(lead, "/")
