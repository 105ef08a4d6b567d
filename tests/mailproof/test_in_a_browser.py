"""Each mail as Chromium shows it: by day and by night, narrow and wide, enlarged, without pictures."""

from collections import Counter

import pytest
from playwright.sync_api import Browser

from newsletter.core.preflight import styles
from tests.mailproof import colours
from tests.mailproof.conftest import UnderProof
from tests.mailproof.mails import Mail
from tests.mailproof.screens import Scheme, screen
from tests.mailproof.table import Table, wrong

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1000, 600, 375, 320)
SCHEMES: tuple[tuple[Scheme, str], ...] = (("light", styles.ALWAYS), ("dark", styles.DARK))


def test_axe_finds_no_fault(browser: Browser, under_proof: UnderProof, table: Table) -> None:
    faults: dict[Mail, list[str]] = {mail: [] for mail in under_proof.mails}
    for scheme, _ in SCHEMES if under_proof.whole else SCHEMES[:1]:
        with screen(browser, scheme=scheme) as window:
            for mail in under_proof.mails:
                window.show(mail)
                faults[mail] += [f"{scheme}: {fault}" for fault in window.axe(colours_only=scheme == "dark")]

    table.tell("axe", under_proof.mails, faults)
    assert wrong(faults) == {}


def test_every_text_can_be_read_and_the_check_knows_its_colours(
    browser: Browser, under_proof: UnderProof, table: Table
) -> None:
    """X7, X16."""
    differ: dict[Mail, list[str]] = {mail: [] for mail in under_proof.mails}
    faint: dict[Mail, list[str]] = {mail: [] for mail in under_proof.mails}
    turned: dict[Mail, list[str]] = {mail: [] for mail in under_proof.mails}
    count: Counter[str] = Counter()
    for scheme, known_as in SCHEMES:
        with screen(browser, scheme=scheme) as window:
            for mail in under_proof.mails:
                window.show(mail)
                seen = window.texts()
                count[mail.family] += len(seen)
                differ[mail] += colours.differences(colours.told(mail.html, known_as), seen)
                faint[mail] += [f"{scheme}: {each}" for each in colours.faint(seen)]
                if scheme == "light":
                    for client in colours.TURNS:
                        found = colours.faint(colours.turned(seen, client))
                        turned[mail] += [f"{client}: {each}" for each in found]

    figures = {family: f"{texts}" for family, texts in count.items()}
    table.tell("check = browser", under_proof.mails, differ, figures)
    table.tell("contrast", under_proof.mails, faint)
    table.tell("Gmail, Outlook dark", under_proof.mails, turned)
    assert min(count.values()) > 3
    assert (wrong(differ), wrong(faint), wrong(turned)) == ({}, {}, {})


def test_everything_has_its_place_at_each_width(
    browser: Browser, under_proof: UnderProof, table: Table
) -> None:
    at_once: dict[Mail, list[str]] = {}
    enlarged: dict[Mail, list[str]] = {}
    with screen(browser) as window:
        for mail in under_proof.mails:
            window.show(mail)
            at_once[mail] = [f"{width}: {each}" for width in WIDTHS for each in window.misplaced(width)]
            window.enlarge()
            enlarged[mail] = [f"{width}: {each}" for width in WIDTHS for each in window.misplaced(width)]

    table.tell("320–1,000 px", under_proof.mails, at_once)
    table.tell("text at 200 %", under_proof.mails, enlarged)
    assert (wrong(at_once), wrong(enlarged)) == ({}, {})


def test_nothing_is_lost_without_pictures(browser: Browser, under_proof: UnderProof, table: Table) -> None:
    faults: dict[Mail, list[str]] = {mail: [] for mail in under_proof.mails}
    with_pictures = [mail for mail in under_proof.mails if "<img" in mail.html]
    with screen(browser, pictures=False) as window:
        for mail in with_pictures:
            window.show(mail)
            faults[mail] = [f"{width}: {each}" for width in (375, 1000) for each in window.misplaced(width)]
            faults[mail] += window.missing_descriptions()

    table.tell("without pictures", under_proof.mails, faults)
    table.count(under_proof.mails)
    assert with_pictures
    assert wrong(faults) == {}


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("white-space:nowrap", "scrolls sideways"),
        ("margin-left:-40px", "outside"),
        ("height:20px;overflow:hidden", "cut off"),
        ("margin-top:-30px", "on top of each other"),
        ("line-height:4px;width:80px", "on top of each other"),
    ],
)
def test_what_is_out_of_place_is_seen(browser: Browser, style: str, words: str) -> None:
    with screen(browser) as window:
        window.show(
            _page(f'<p>Murarna går ut i havet.</p><p style="{style}">{"Sten lades på sten. " * 20}</p>')
        )

        assert words in " ".join(window.misplaced(375))


def test_letters_that_do_not_fit_when_enlarged_are_seen(browser: Browser) -> None:
    with screen(browser) as window:
        window.show(
            _page(f'<p style="font-size:16px;line-height:20px;width:200px">{"Sten på sten. " * 20}</p>')
        )
        before = window.misplaced(375)
        window.enlarge()

        assert before == []
        assert "on top of each other" in " ".join(window.misplaced(375))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<p style="color:#bbbbbb">Grått</p>', "#bbbbbb"),
        ('<div style="background:#333333"><p>Svart på mörkt</p></div>', "#000000"),
    ],
)
def test_what_is_hard_to_read_is_seen(browser: Browser, body: str, told: str) -> None:
    with screen(browser) as window:
        window.show(_page(body))

        assert told in " ".join(colours.faint(window.texts()))


def test_where_check_and_browser_disagree_is_told(browser: Browser) -> None:
    with screen(browser) as window:
        mail = _page("<p>Ett</p><p>Två</p>")
        window.show(mail)
        seen = window.texts()

    assert colours.differences(colours.told(mail.html, styles.ALWAYS), seen) == []
    assert colours.differences(colours.told(mail.html.replace("Två", ""), styles.ALWAYS), seen)
    painted = mail.html.replace("<p>Två", '<p style="color:red">Två')
    assert "#ff0000" in " ".join(colours.differences(colours.told(painted, styles.ALWAYS), seen))


def _page(body: str) -> Mail:
    head = '<!DOCTYPE html><html lang="sv"><head><title>x</title></head>'
    html = f'{head}<body style="margin:0">{body}</body></html>'
    return Mail("page", "", b"Content-Type: text/html; charset=utf-8\n\n" + html.encode())
