"""The style page shows every part there is, in the demo on the machine itself, and what it says is so."""

from jinja2 import Environment, nodes
from starlette.testclient import TestClient

from newsletter.app import DEMO_MARKER, App
from newsletter.core import colours
from newsletter.web import style_page
from tests.project import ROOT

TEMPLATES = ROOT / "templates" / "web"


def parsed(name: str) -> nodes.Template:
    environment = Environment(extensions=["jinja2.ext.i18n"])
    return environment.parse((TEMPLATES / name).read_text("utf-8"))


def called(part: nodes.Node) -> set[str]:
    return {call.node.name for call in part.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}


def test_every_part_of_pages_is_on_the_style_page() -> None:
    macros = {macro.name: macro for macro in parsed("_layout/parts.html").find_all(nodes.Macro)}
    shown = called(parsed("style/page.html"))
    for _round in macros:
        shown |= {inner for name in shown & macros.keys() for inner in called(macros[name])}

    assert macros.keys() - shown == set()


def test_it_is_the_demos_alone_and_for_this_machine(app: App, here: TestClient, stranger: TestClient) -> None:
    assert here.get("/stil").status_code == 404
    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")

    assert here.get("/stil").status_code == 200
    assert stranger.get("/stil").status_code == 404


def test_each_colour_is_legible_and_stands_with_its_figures(app: App, here: TestClient) -> None:
    (app.paths.root / DEMO_MARKER).write_text("", encoding="utf-8")
    page = here.get("/stil").text

    by_day, by_night = style_page.sheet_colours()
    assert by_day.keys() == by_night.keys()
    for name in by_day:
        assert f"--{name}</th>" in page
    for token in style_page._tokens(app.current().accent_color):
        for figure in (token.contrast_by_day, token.contrast_by_night):
            if token.least is not None:
                assert figure >= token.least, token.name
                assert f"{figure:.1f}:1" in page


def test_mails_and_pages_have_the_same_paper_and_ink() -> None:
    for sheet, palette in zip(
        style_page.sheet_colours(), (colours.day("#8a3324"), colours.night("#8a3324")), strict=True
    ):
        assert {name: sheet[name] for name in ("paper", "ink", "muted", "hairline")} == {
            name: getattr(palette, name) for name in ("paper", "ink", "muted", "hairline")
        }
