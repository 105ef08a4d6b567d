"""A hostile mail in the practice mailbox, opened in a real browser: nothing runs, and nothing leaves."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from newsletter import serving
from newsletter.app import App, build
from newsletter.settings import load
from tests.browsers import chromium
from tests.newsletter.web import mails

pytestmark = pytest.mark.browser

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


class Trap:
    """A server that answers nothing and remembers who came."""

    def __init__(self) -> None:
        self.visits = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                visitor, _ = self._listening.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests here."""
    with chromium() as started:
        yield started


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path) -> Iterator[App]:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "rundbrev.db").write_bytes(sqlite_template.read_bytes())
    with build(replace(load(tmp_path / "var", {}), web_port=0), migrate=False) as built:
        yield built


@pytest.fixture
def web(app: App) -> Iterator[str]:
    with serving.pages(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def hostile(at: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>Ofarligt</title>
<meta http-equiv="refresh" content="0; url={at}/refresh">
<base href="{at}/">
<link rel="stylesheet" href="{at}/style.css"><link rel="prefetch" href="{at}/prefetch">
<link rel="preconnect" href="{at}"><link rel="dns-prefetch" href="{at}"><link rel="icon" href="{at}/icon">
<style>@import url({at}/import.css); @font-face {{ font-family: x; src: url({at}/font) }}
body {{ background: url({at}/background.png); font-family: x }}</style>
<script src="{at}/script.js"></script>
</head><body onload="document.title='körde'">
<h1 id="title">Ofarligt</h1>
<script>document.getElementById('title').textContent = 'Körde'</script>
<script>fetch('{at}/fetch'); top.location = '{at}/top'</script>
<img src="{at}/pixel.png"><img src="relative.png">
<img srcset="{at}/srcset.png 1x" src=x onerror="title.textContent = 'Körde'">
<video autoplay poster="{at}/poster.png" src="{at}/video"></video><audio autoplay src="{at}/audio"></audio>
<iframe src="{at}/iframe"></iframe><object data="{at}/object"></object><embed src="{at}/embed">
<svg><image href="{at}/svg.png"/><use href="{at}/use.svg#x"/></svg>
<form action="{at}/form" method="post"><input name="x" autofocus><button id="send">Skicka</button></form>
<a id="link" href="{at}/link" ping="{at}/ping">länk</a><a id="up" target="_top" href="{at}/up">upp</a>
<a id="popup" target="_blank" href="{at}/popup">nytt fönster</a>
<p style="position:fixed;inset:0;z-index:9">{"x" * 50}</p>
</body></html>"""


def test_a_hostile_mail_runs_nothing_and_fetches_nothing(page: Page, app: App, web: str, trap: Trap) -> None:
    name = mails.put(app.paths.sink, html=hostile(f"http://127.0.0.1:{trap.port}"))
    refused: list[str | None] = []
    answered: list[str] = []
    page.context.on("requestfailed", lambda request: refused.append(request.failure))
    page.context.on("response", lambda response: answered.append(response.url))

    page.goto(f"{web}/sink/{name}")
    frame = page.frames[1]
    frame.wait_for_load_state()
    page.wait_for_timeout(700)

    assert frame.locator("#title").text_content() == "Ofarligt"
    assert page.url == f"{web}/sink/{name}"
    assert trap.visits == 0
    assert [address for address in answered if not address.startswith(web)] == []
    assert set(refused) == {"csp"}


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
@pytest.mark.parametrize("target", ["#send", "#link", "#up", "#popup"])
def test_nothing_in_a_hostile_mail_leads_anywhere_when_pressed(
    page: Page, app: App, web: str, trap: Trap, target: str, how: str
) -> None:
    name = mails.put(app.paths.sink, html=hostile(f"http://127.0.0.1:{trap.port}"))
    page.goto(f"{web}/sink/{name}")
    page.frames[1].wait_for_load_state()

    if how == "mouse":
        page.frames[1].locator(target).click(force=True)
    else:
        page.frames[1].locator(target).focus()
        page.keyboard.press("Enter")
    page.wait_for_timeout(400)

    assert trap.visits == 0
    assert page.url == f"{web}/sink/{name}"
    assert len(page.context.pages) == 1


def test_the_frame_alone_is_as_harmless_as_in_its_page(page: Page, app: App, web: str, trap: Trap) -> None:
    """Somebody opens the frame in a tab of its own."""
    name = mails.put(app.paths.sink, html=hostile(f"http://127.0.0.1:{trap.port}"))

    page.goto(f"{web}/sink/{name}/frame")
    page.wait_for_timeout(500)

    assert page.locator("#title").text_content() == "Ofarligt"
    assert trap.visits == 0


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(253, 251, 247)"), ("dark", "rgb(23, 20, 16)")])
@pytest.mark.parametrize("computer", ["light", "dark"])
def test_a_mail_is_shown_light_or_dark_as_asked_whatever_the_computer_is_set_to(
    browser: Browser, app: App, web: str, scheme: str, paper: str, computer: str
) -> None:
    html = (
        "<!DOCTYPE html><style>body { background: #fdfbf7 }"
        "@media (prefers-color-scheme: dark) { body { background: #171410 } }</style><p>Hej"
    )
    name = mails.put(app.paths.sink, html=html)
    context = browser.new_context(color_scheme=computer)  # type: ignore[arg-type]
    page = context.new_page()

    page.goto(f"{web}/sink/{name}?scheme={scheme}")
    page.frames[1].wait_for_load_state()
    ground = page.frames[1].locator("body").evaluate("e => getComputedStyle(e).backgroundColor")

    context.close()
    assert ground == paper


def test_our_own_pictures_are_shown_in_the_frame_without_being_fetched(
    page: Page, app: App, web: str
) -> None:
    (app.paths.media / "bild.png").write_bytes(PIXEL)
    name = mails.put(app.paths.sink, html=f'<img src="{app.settings.base_url}/media/bild.png" alt="bild">')

    page.goto(f"{web}/sink/{name}")
    page.frames[1].wait_for_load_state()

    assert page.frames[1].locator("img").evaluate("e => e.complete && e.naturalWidth") == 1


@pytest.mark.parametrize(("width", "pixels"), [("phone", 375), ("desktop", 800)])
def test_a_mail_is_shown_at_the_width_of_a_phone_and_of_a_computer(
    page: Page, app: App, web: str, width: str, pixels: int
) -> None:
    name = mails.put(app.paths.sink)

    page.goto(f"{web}/sink/{name}?width={width}")
    page.frames[1].wait_for_load_state()

    assert page.frames[1].locator("html").evaluate("() => innerWidth") == pixels


def test_the_mailbox_is_used_without_javascript(browser: Browser, app: App, web: str) -> None:
    mails.put(app.paths.sink, subject="Äpplen", to="anna@lund.example")
    mails.put(app.paths.sink, subject="Päron", to="bo@lulea.example", minutes=1)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{web}/sink")
    page.get_by_role("searchbox").fill("äpplen")
    page.get_by_role("button", name="Sök").click()
    page.get_by_role("link", name="anna@lund.example").click()
    page.get_by_role("link", name="Telefon").click()
    page.get_by_role("link", name="Mörkt").click()
    page.get_by_role("link", name="Text", exact=True).click()

    assert page.locator("pre").text_content().strip() == "Äpplen"
    context.close()
