"""Sends as an officer meets them: schedule, regret, follow, pause and correct, also without scripts."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from newsletter import jobs, serving
from newsletter.app import App, build
from newsletter.core.outcomes import Unanswered
from newsletter.core.pace import AT_ONCE, STANDARD, Pace
from newsletter.core.replies import Reply
from newsletter.models import Article, Delivery, DeliveryState, Hold, Issue, IssueStatus
from newsletter.services import claims, issues, items, scheduling, sendings, sessions, settling
from newsletter.services.sessions import Device
from newsletter.settings import load
from subscribers.core.authority import Everything
from subscribers.models import RoleName
from subscribers.services import regions, roles
from tests import office
from tests.browsers import chromium
from tests.cast import settle_in
from tests.newsletter.web.anyones_eyes import faults_by_day_and_night

pytestmark = pytest.mark.browser

ALL = Everything("a test")
SECRET = "a secret of the officer"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests here."""
    with chromium() as started:
        yield started


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path) -> Iterator[App]:
    """An association with the cast in it; Bo is its officer, and signed in."""
    (tmp_path / "rundbrev.db").write_bytes(sqlite_template.read_bytes())
    settings = load(tmp_path, {"ASSOCIATION_NAME": "Riksföreningen Gamla Äppelträd"})
    with build(replace(settings, web_port=0), migrate=False) as built:
        with built.sessions.begin() as session:
            cast = settle_in(session, now=built.now())
            for who, role, region in (
                (cast.bo, RoleName.OFFICER, None), (cast.anna, RoleName.REGIONAL_LEAD, "skane"),
            ):  # fmt: skip
                roles.give(session, scope=ALL, subscriber_id=who, role=role, region=region)
            sessions.open_session(
                session, subscriber_id=cast.bo, secret=SECRET, device=Device("d", "Chromium"), now=built.now()
            )
        yield built


@pytest.fixture
def web(app: App) -> Iterator[str]:
    with serving.pages(app) as address:
        yield address


@contextmanager
def opened(browser: Browser, web: str, **how: object) -> Iterator[Page]:
    """A window of the officer's. No request may leave this machine."""
    context = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm", **how)  # type: ignore[arg-type]
    context.add_cookies([{"name": "rundbrev", "value": SECRET, "url": web}])
    strangers: list[str] = []
    context.on("request", lambda each: strangers.append(each.url) if not each.url.startswith(web) else None)
    page = context.new_page()
    yield page
    context.close()
    assert strangers == []


def draft(app: App, title: str = "Decembernumret") -> int:
    now = app.now()
    with app.sessions.begin() as session:
        article = Article(title="Träff", body="Ses den 31 februari.", created_at=now, updated_at=now)
        session.add(article)
        session.flush()
        issue = issues.create(session, title=title, subject=title, now=now)
        items.add(session, issue_id=issue.id, article_id=article.id, now=now)
        return issue.id


def released(app: App, pace: Pace = AT_ONCE, title: str = "Decembernumret") -> int:
    issue_id = draft(app, title)
    with app.sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at="nu", zone="Europe/Stockholm", frame=app.frame(), pace=pace,
            now=app.now(),
        )  # fmt: skip
    jobs.release_issues(app)
    return issue_id


def take(app: App, number: int = 9, outcome: object = None) -> None:
    """Let a sender take so many letters."""
    with app.sessions.begin() as session:
        copies = claims.claim(session, sender="a~1~b", now=app.now(), limit=number)
        results = [(copy.claim, outcome or Reply.of(250, "Ok")) for copy in copies]
        settling.settle(session, results, sender="a~1~b", now=app.now())  # type: ignore[arg-type]


def issue_of(app: App, issue_id: int) -> Issue:
    with app.readers() as session:
        return session.get_one(Issue, issue_id)


# --- Schedule and regret ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_issue_is_scheduled_sent_now_and_regretted(
    app: App, web: str, browser: Browser, scripts: bool
) -> None:
    issue_id = draft(app)
    with opened(browser, web, java_script_enabled=scripts) as page:
        page.goto(f"{web}/nummer/{issue_id}/schemalagg")
        page.get_by_label("Datum").fill("2099-03-29")
        page.get_by_label("Klockslag, svensk tid").fill("02:30")
        page.get_by_role("button", name="Schemalägg").click()
        expect(page.get_by_text("02.30 finns inte")).to_be_visible()
        page.get_by_label("Ja, skicka 2099-03-29 03.30").check()
        page.get_by_role("button", name="Schemalägg").click()
        expect(page.get_by_text("Numret är schemalagt, och innehållet är låst.")).to_be_visible()

        page.get_by_role("link", name="Ändra tiden").click()
        page.get_by_role("button", name="Skicka nu").click()
        expect(page.get_by_text("Numret skickas nu.")).to_be_visible()
        jobs.release_issues(app)
        page.goto(f"{web}/utskick/{issue_id}")
        expect(page.get_by_text("till dess kan utskicket ångras")).to_be_visible()
        page.get_by_role("button", name="Ångra utskicket").click()
        expect(page.get_by_text("Inget brev gick, och numret är ett utkast igen.")).to_be_visible()

    assert issue_of(app, issue_id).status is IssueStatus.DRAFT
    with app.readers() as session:
        assert session.scalars(select(Delivery.id)).all() == []


def test_by_keyboard_alone_a_send_is_scheduled_paused_and_goes_on(
    app: App, web: str, browser: Browser
) -> None:
    issue_id = draft(app)
    with opened(browser, web) as page:
        page.goto(f"{web}/nummer/{issue_id}/schemalagg")
        _tab_to(page, "Skicka nu")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Numret skickas nu.")).to_be_visible()
        jobs.release_issues(app)
        page.goto(f"{web}/utskick/{issue_id}")
        _tab_to(page, "Pausa")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Inget mer går ut förrän någon fortsätter")).to_be_visible()
        assert issue_of(app, issue_id).paused_at is not None
        _tab_to(page, "Fortsätt")
        page.keyboard.press("Space")
        expect(page.get_by_text("Utskicket går vidare.")).to_be_visible()

    assert issue_of(app, issue_id).paused_at is None


def _tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus on {name} is not seen"
            return
    raise AssertionError(f"no way by keyboard to {name}")


# --- Follow -------------------------------------------------------------------------------------------------


def test_the_page_follows_the_send_by_itself_and_says_when_it_is_over(
    app: App, web: str, browser: Browser
) -> None:
    issue_id = released(app)
    with opened(browser, web) as page:
        page.goto(f"{web}/utskick/{issue_id}")
        expect(page.get_by_text("Sidan följer utskicket av sig själv.")).to_be_visible()
        expect(page.locator("#live .totals")).to_contain_text("På väg4")
        pause = page.get_by_role("button", name="Pausa")
        pause.focus()

        take(app, 1)

        expect(page.locator("#live .totals")).to_contain_text("Överlämnat1", timeout=5000)
        expect(page.get_by_role("button", name="Ångra utskicket")).to_have_count(0)
        # What had the keyboard was swapped; its place was kept.
        assert page.evaluate("document.getElementById('actions').contains(document.activeElement)")

        take(app)
        expect(page.get_by_text("Klart. Inget brev är på väg.")).to_be_visible(timeout=5000)
        expect(page.get_by_text("Sidan följer utskicket av sig själv.")).to_have_count(0)


def test_two_who_watch_are_told_by_one_look_a_second(
    app: App, web: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsletter.services import progress

    issue_id = released(app)
    asked: list[str] = []
    counts = progress.counts

    def counted(session: object, **more: object) -> object:
        asked.append(threading.current_thread().name)
        return counts(session, **more)  # type: ignore[arg-type]

    with opened(browser, web) as one, opened(browser, web) as other:
        for page in (one, other):
            page.goto(f"{web}/utskick/{issue_id}")
            expect(page.get_by_text("Sidan följer utskicket av sig själv.")).to_be_visible()
        monkeypatch.setattr(progress, "counts", counted)
        take(app, 1)
        for page in (one, other):
            expect(page.locator("#live .totals")).to_contain_text("Överlämnat1", timeout=5000)
        before = len(asked)
        take(app, 1)
        for page in (one, other):
            expect(page.locator("#live .totals")).to_contain_text("Överlämnat2", timeout=5000)
        assert len(asked) - before <= 3  # one a second, and not one for each who watches


# --- Decide and correct -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_fault_is_paused_replaced_and_corrected(
    app: App, web: str, browser: Browser, scripts: bool
) -> None:
    issue_id = released(app)
    take(app, 1)
    with opened(browser, web, java_script_enabled=scripts) as page:
        page.goto(f"{web}/utskick/{issue_id}")
        page.get_by_role("button", name="Pausa").click()
        page.get_by_role("link", name="Något blev fel: rätta").click()
        expect(page.get_by_role("checkbox").first).to_be_visible()  # ``all`` waits for nothing
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Byt ut texten").click()
        expect(page.get_by_text("Brev som inte har gått får den rättade texten.")).to_be_visible()
        page.get_by_role("button", name="Fortsätt").click()
        take(app)
        page.goto(f"{web}/utskick/{issue_id}/ratta")
        page.get_by_role("checkbox").first.check()
        page.get_by_label("Ämnesrad").fill("Rätt datum")
        page.get_by_label("Vad som blev fel").fill("Träffen är den 28.")
        page.get_by_role("button", name="Skriv rättelsen").click()
        if page.get_by_text("Ingen har fått de regionversionerna").count():  # the first one was the new text
            page.get_by_role("checkbox").first.uncheck()
            page.get_by_role("checkbox").last.check()
            page.get_by_role("button", name="Skriv rättelsen").click()
        expect(page.get_by_text("Rättelse av Nyhetsbrevet").first).to_be_visible()
        expect(page.get_by_role("heading", name="Vem får det")).to_be_visible()


def test_an_unknown_letter_is_decided_about(app: App, web: str, browser: Browser) -> None:
    issue_id = released(app)
    take(app, 9, Unanswered("the server fell silent"))
    with opened(browser, web) as page:
        page.goto(f"{web}/utskick/{issue_id}")
        page.get_by_role("button", name=re.compile("Räkna som överlämnat ?: Anna")).click()
        expect(page.get_by_text("Brevet räknas som överlämnat.")).to_be_visible()
        page.get_by_role("button", name=re.compile("Skicka igen ?: Hilma")).click()
        expect(page.get_by_text("Brevet ligger i kön igen.")).to_be_visible()


# --- Everybody can use it -----------------------------------------------------------------------------------


@pytest.fixture
def every_state(app: App) -> list[str]:
    """Pages in every state."""
    gone = released(app, title="Har gått")
    take(app, 3)
    take(app, 1, Unanswered("the server fell silent"))
    jobs.summarise(app)
    grace = released(app, STANDARD, "Kan ångras")
    stopped = released(app, title="Avbrutet")
    with app.sessions.begin() as session:
        sendings.stop(session, issue_id=stopped, now=app.now())
    paused = released(app, title="Pausat")
    with app.sessions.begin() as session:
        sendings.pause(session, issue_id=paused, actor="Kim", now=app.now())
        [letter] = session.scalars(
            select(Delivery)
            .where(Delivery.issue_id == paused, Delivery.state == DeliveryState.QUEUED)
            .limit(1)
        )
        letter.state, letter.attempts = DeliveryState.WAITING, 1
    held, idea = draft(app, "Hålls"), draft(app, "Utkast")
    with app.sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=held, at="+1d", zone="Europe/Stockholm", frame=app.frame(), now=app.now()
        )
        sendings.hold_others(session, issue_id=grace, until=Hold.PERSON)
    year = app.now().year
    sends = [f"/utskick/{each}" for each in (gone, grace, stopped, paused, held)]
    return [
        "/utskick", *sends, f"/utskick/{paused}/ratta", f"/nummer/{idea}/schemalagg",
        f"/nummer/{held}/schemalagg", "/rapporter", f"/rapporter/{year}/styrelsen",
        f"/rapporter/nummer/{gone}",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [375, 1280])
def test_no_page_shuts_anybody_out_or_is_wider_than_the_screen(
    app: App, web: str, browser: Browser, every_state: list[str], width: int
) -> None:
    wrong = []
    with opened(browser, web, viewport={"width": width, "height": 800}, bypass_csp=True) as page:
        for path in every_state:
            page.goto(web + path)
            wrong += [f"{path}: {fault}" for fault in faults_by_day_and_night(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path} is wider than the screen")
            low = page.evaluate(_LOW)
            wrong += [f"{path}: {text} is {height} px high" for text, height in low]
    assert not wrong, "\n".join(wrong)


#: What can be pressed and is no word in a sentence, lower than a finger needs.
_LOW = """() => [
  ...document.querySelectorAll('main button, main .button, main summary, main .actions a, main nav a')
]
  .filter(e => e.checkVisibility())
  .map(e => [e.textContent.trim(), Math.round(e.getBoundingClientRect().height)])
  .filter(([_, height]) => height < 44)"""


def test_the_board_gets_one_sheet_of_paper(app: App, web: str, browser: Browser) -> None:
    with app.sessions.begin() as session:
        every = [region.slug for region in regions.all_regions(session)]
        for slug in every:
            office.crowd(session, [f"{slug}.{n}" for n in range(3)], now=app.now(), region=slug)
    for number in range(12):
        released(app, title=f"Nummer {number}")
        take(app, 99)
    jobs.summarise(app)
    with opened(browser, web) as page:
        page.goto(f"{web}/rapporter/{app.now().year}/styrelsen")
        paper = page.pdf(format="A4", prefer_css_page_size=True)

    assert len(every) == 10
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_releases_and_waves_are_told_with_their_time(app: App, web: str, browser: Browser) -> None:
    issue_id = released(app, Pace(STANDARD.grace * 0, STANDARD.head_start))
    take(app)  # those of officers and leads
    with opened(browser, web) as page:
        page.goto(f"{web}/utskick/{issue_id}")
        expect(page.get_by_text("Redaktörer och regionansvariga får det först.")).to_be_visible()
        expect(page.locator("#live .totals")).to_contain_text("Överlämnat2")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_warnings_are_seen_on_the_form_and_one_field_lets_it_go(
    app: App, browser: Browser, web: str, scripts: bool
) -> None:
    issue_id = draft(app)
    with app.sessions.begin() as session:
        session.get_one(Issue, issue_id).items[0].article.body = "Klicka här nu."

    with opened(browser, web, java_script_enabled=scripts) as page:
        page.goto(f"{web}/nummer/{issue_id}")
        if scripts:  # beside the desk, after the page
            page.get_by_text("En sak att se över").click()
            expect(page.locator("#checks")).to_contain_text("Klicka här nu.")
        page.goto(f"{web}/nummer/{issue_id}/schemalagg")
        if not scripts:
            page.get_by_role("button", name="Schemalägg").click()
            assert "skriv varför det ska gå ändå" in page.locator(".mistakes").inner_text()
        expect(page.locator("#warnings")).to_contain_text("Klicka här nu.")
        page.get_by_label("Varför ska det gå ändå?").fill("Det är som det ska.")
        assert not scripts or not Axe().run(page).response["violations"]
        page.get_by_role("button", name="Schemalägg").click()
        expect(page.get_by_text("Gick vidare trots anmärkningar")).to_be_visible()
