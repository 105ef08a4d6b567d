"""Texts are taken into the register: split, corrected by a click per line, taken in, and taken out again."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from newsletter.app import App
from newsletter.importing import choosing
from newsletter.importing.decoding import read_file
from newsletter.services import articles
from tests.newsletter.importing.key import letters, subheads
from tests.newsletter.web.test_articles_in_a_browser import open_page
from tests.newsletter.web.visitors import Visitor

TEXT = "Det här är brödtext om året. Den har två meningar, och den andra är lite längre än den första."
LETTER = f"Lägret blev av\n\n{TEXT}\n\n{TEXT}\n\nMaten\n\n{TEXT} Och ät.\n\nKort rad\n\n{TEXT} Slut."
PLACE = "/artiklar/importera"


def fields(page: str) -> dict[str, str]:
    """Return what a browser would send of the page's last form, but for its buttons."""
    form = page[page.rindex("<form") :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name = (re.search(rf' {each}="([^"]*)"', tag) for each in ("type", "name"))
        value = re.search(r' value="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("radio", "checkbox", "file") or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    return found


def titles(app: App) -> list[str]:
    with app.readers() as session:
        return sorted(each.title for each in articles.list_articles(session))


def begin(visitor: Visitor, text: str = LETTER) -> dict[str, str]:
    shown = visitor.post_form(PLACE, {"pasted": text})
    assert shown.status_code == 200
    return fields(shown.text)


def take(visitor: Visitor, chosen: dict[str, str]) -> str:
    shown = visitor.post_form(PLACE, {**chosen, "do": "show"})
    done = visitor.post_form(PLACE, {**fields(shown.text), "do": "take"})
    assert done.status_code == 303, done.text
    return done.headers["location"]


def test_a_click_per_line_decides_and_the_import_is_undone(app: App, officer: Visitor) -> None:
    chosen = begin(officer) | {"line-0-1": "article", "line-0-7": "subhead", "line-0-11": "article"}

    place = take(officer, chosen)

    assert titles(app) == ["Kort rad", "Lägret blev av"]
    assert "2 artiklar är intagna" in officer.get(place).text
    undone = officer.post_form(f"{place}/angra")
    assert "Importen är ångrad." in officer.get(undone.headers["location"]).text
    assert titles(app) == []
    take(officer, chosen)
    assert len(titles(app)) == 2


def test_a_split_that_nobody_has_seen_is_shown_first(app: App, officer: Visitor) -> None:
    chosen = begin(officer)
    other = "subhead" if chosen["line-0-7"] == "article" else "article"

    answer = officer.post_form(PLACE, {**chosen, "line-0-7": other, "do": "take"})

    assert answer.status_code == 409
    assert "ändrad sedan du såg den" in answer.text
    assert titles(app) == []


def test_a_title_is_corrected_and_an_article_left_out(app: App, officer: Visitor) -> None:
    chosen = begin(officer) | {"line-0-7": "article", "line-0-11": "article", "leave-0-11": "ja"}
    chosen["title-0-1"] = "Vårt läger"

    place = take(officer, chosen)

    assert titles(app) == ["Maten", "Vårt läger"]
    assert "En artikel togs inte in" in officer.get(place).text
    again = take(officer, {**chosen, "title-0-1": "Vårt läger"})
    assert "allt fanns redan" in officer.get(again).text
    assert len(titles(app)) == 2


def test_what_somebody_has_changed_stays(app: App, officer: Visitor) -> None:
    place = take(officer, begin(officer) | {"line-0-7": "article", "line-0-11": "text"})
    with app.sessions.begin() as session:
        found = articles.find_by_title(session, title="Maten")
        assert found is not None
        articles.change(session, article_id=found.id, values={"body": "Ny."}, now=app.now(), by="somebody")

    undone = officer.post_form(f"{place}/angra")

    assert titles(app) == ["Maten"]
    assert "är ändrad sedan dess" in officer.get(undone.headers["location"]).text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tom.txt", b"", "tom.txt är tom"),
        ("bild.txt", b"\x89PNG\r\n", "en bild (PNG)"),
        ("noll.txt", b"a\x00b", "nolltecken"),
        ("stor.txt", b"ord " * 600_000, "större än 2 MB"),
    ],
)
def test_what_is_no_text_gets_a_sentence(officer: Visitor, name: str, content: bytes, told: str) -> None:
    answer = officer.post_form(PLACE, {}, files={"files": (name, content)})

    assert answer.status_code == 422
    assert told in answer.text


def test_one_broken_file_does_not_stop_the_others(officer: Visitor) -> None:
    files = [("files", ("tom.txt", b"")), ("files", ("<b>.txt", LETTER.encode("cp1252")))]

    answer = officer.post_form(PLACE, {}, files=files)

    assert answer.status_code == 200
    assert "tom.txt är tom" in answer.text
    assert "&lt;b&gt;.txt" in answer.text
    assert "Lägret blev av" in answer.text


def test_a_forged_choice_makes_no_title_of_a_paragraph(app: App, officer: Visitor) -> None:
    chosen = begin(officer) | {"line-0-3": "article", "line-0-7": "nonsense", "line-0-99": "article"}

    take(officer, chosen)

    assert TEXT not in titles(app)
    shown = fields(officer.post_form(PLACE, begin(officer)).text)
    assert officer.post_form(PLACE, {**shown, "title-0-1": " ", "do": "take"}).status_code == 422
    assert officer.post_form(PLACE, {**shown, "title-0-1": "x" * 301, "do": "take"}).status_code == 422


def test_markdown_brings_no_file_of_ours(app: App, officer: Visitor) -> None:
    text = f"---\ntitle: Hej\nimages:\n  - file: hemlig.png\n    caption: En bild\n---\n\n{TEXT}\n"

    take(officer, begin(officer, text))

    with app.readers() as session:
        found = articles.find_by_title(session, title="Hej")
        assert found is not None
        assert [(each.file, each.caption) for each in found.images] == [(None, "En bild")]


def test_only_those_who_write_articles_reach_it_and_an_import_is_its_makers(
    officer: Visitor, lead: Visitor
) -> None:
    place = take(officer, begin(officer))

    for path in (PLACE, place):
        assert lead.get(path).status_code in (200, 404)
    assert lead.get(place).status_code == 404
    assert lead.post_form(f"{place}/angra").status_code == 404
    assert officer.get("/artiklar/importerade/999999").status_code == 404


def test_each_real_newsletter_is_split_right_by_clicks(seeds: Callable[[], list[Path]]) -> None:
    for letter in letters(seeds()[0].parent):
        text, name = read_file(letter.path), letter.path.name
        lines = choosing.suggested(text, name)
        below = {s for each in letter.key["articles"] for s in each.get("subheads", [])}
        wanted = {line.number: "article" for line in lines if line.text in letter.titles} | {
            line.number: "subhead" for line in lines if line.text in below
        }

        found = choosing.split(text, name, lines, wanted)

        assert [(a.text.title, subheads(a.text)) for a in found.articles] == [
            (each["title"], each.get("subheads", [])) for each in letter.key["articles"]
        ]


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_done_by_clicks_on_a_telephone_without_javascript(
    browser: Browser, app: App, officer: Visitor, web: str, tmp_path: Path
) -> None:
    file = tmp_path / "brev.txt"
    file.write_text(LETTER, encoding="utf-8")
    page = open_page(browser, officer, web, java_script_enabled=False, viewport={"width": 375, "height": 800})
    page.goto(f"{web}/artiklar")
    page.get_by_role("link", name="Ta in texter").click()
    page.get_by_label("Textfiler").set_input_files(file)
    page.get_by_role("button", name="Visa uppdelningen").click()
    for line in ("Maten", "Kort rad"):
        page.get_by_role("group", name=line).get_by_label("Artikel").check()
    page.get_by_role("button", name="Visa igen").click()
    page.get_by_role("button", name="Ta in 3 artiklar").click()
    expect(page.get_by_text("3 artiklar är intagna.")).to_be_visible()
    assert titles(app) == ["Kort rad", "Lägret blev av", "Maten"]
    page.get_by_role("button", name="Ångra importen").click()
    expect(page.get_by_role("status")).to_have_text("Importen är ångrad.")
    assert titles(app) == []
    page.context.close()
