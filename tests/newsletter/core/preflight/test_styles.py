"""As much of CSS as mails use."""

import pytest

from newsletter.core.preflight import styles
from newsletter.core.preflight.documents import document
from newsletter.core.preflight.styles import ALWAYS, DARK


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("#Fff", "#ffffff"),
        ("#1f5a73", "#1f5a73"),
        ("rgb(31, 90, 115)", "#1f5a73"),
        ("rgb(31 90 115 / 100%)", "#1f5a73"),
        ("rgba(31,90,115,1)", "#1f5a73"),
        ("rgba(31,90,115,0.5)", None),
        ("rgb(300,0,0)", "#ff0000"),
        ("WHITE", "#ffffff"),
        ("no-repeat #000 url(x)", "#000000"),
        ("transparent", None),
        ("inherit", None),
        ("#12", None),
        ("", None),
    ],
)
def test_colours(value: str, colour: str | None) -> None:
    assert styles.colour(value) == colour


def test_declarations() -> None:
    assert styles.declarations("Color: RED; ;margin:0 ; color:blue!important;x") == {
        "color": "blue",
        "margin": "0",
    }


def test_rules_are_parted_by_scheme() -> None:
    css = """/* .x {} */ @import url(a.css); p, div b { color: red !important; margin: 0 }
    @media print { p { color: blue } }
    @media screen and (prefers-color-scheme: dark) { i { color: white } }"""
    root = document(f"<style>{css}</style><style media='print'>u {{ color: red }}</style><p>x</p>")

    day, night = styles.rules(root, ALWAYS), styles.rules(root, DARK)

    assert [rule.selector for rule in day] == ["p", "div b"]
    assert (day[0].values, day[0].important) == ({"color": "red", "margin": "0"}, {"color"})
    assert [rule.selector for rule in night] == ["i"]


@pytest.mark.parametrize("css", ["", "}", "p {", "p { color: red", "}} p { x } {{", "@media {"])
def test_broken_css_is_no_error(css: str) -> None:
    root = document(f"<style>{css}</style><p>x</p>")

    for rule in [*styles.rules(root, ALWAYS), *styles.rules(root, DARK)]:
        assert isinstance(rule.matched(root), list)
        assert len(rule.specificity()) == 3
