"""Text pasted from other programs becomes Markdown that our renderer takes, and nothing else comes along."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import TextRefused
from newsletter.importing import markup, pasted
from newsletter.importing.pasted.addresses import cleaned
from newsletter.rendering import markdown

DATA = Path(__file__).parents[2] / "data" / "pasted"


@pytest.mark.parametrize("program", ["word", "google_docs", "libreoffice", "web_page"])
def test_what_each_program_copies_becomes_markdown(program: str) -> None:
    html = (DATA / f"{program}.html").read_text(encoding="utf-8")

    found = pasted.clean(html)

    assert found.markdown == (DATA / f"{program}.md").read_text(encoding="utf-8").rstrip("\n")
    assert found.pictures == {"word": 1, "web_page": 1}.get(program, 0)


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("https://a.example/x?utm_source=n&b=1&fbclid=z", "https://a.example/x?b=1"),
        ("https://a.example/?q=%C3%A5", "https://a.example/?q=%C3%A5"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2F&data=x", "https://a.example/"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F%3Ffbclid%3D1&h=x", "https://a.example/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("java\tscript:alert(1)", None),
        ("JAVASCRIPT:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("#_ftn1", None),
        ("/relativt", None),
        ("https://", None),
        ("http://[", None),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
    ],
)  # fmt: skip
def test_links_keep_where_they_lead_and_lose_who_followed_them(href: str, wanted: str | None) -> None:
    assert cleaned(href) == wanted


@given(
    st.lists(st.text(alphabet="ab *_`[]()<>#-+1.|~\\&;!å", min_size=1, max_size=12), min_size=1, max_size=4)
)
def test_signs_in_a_text_stay_signs(words: list[str]) -> None:
    """No word is lost or becomes a mark, whatever runs it stands in."""
    tags = ("b", "i", "s", "u")
    escaped = [w.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for w in words]
    html = "<p>x" + "".join(f"<{tags[n % 4]}>{w}</{tags[n % 4]}>" for n, w in enumerate(escaped)) + "</p>"

    found = pasted.clean(html)

    wanted = " ".join(("x" + "".join(words)).split())
    assert markup.plain(found.markdown).strip("\n") == wanted


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "x",
        "<table><tr><td>" * 15_000 + "x",
        "<ul><li>" * 20_000 + "x",
        "<p>x" * 59_000,
        "<p>" + "[*" * 2_000_000,
        "<a href='http://" + "a" * 4_000_000 + "'>x",
        "<b>a</b>" * 29_000,
        "\x00\ufffe<p>\ud800",
        "",
        "<!-- bara en kommentar -->",
        "<" * 59_000,
    ],
)
def test_hostile_html_ends_soon_and_can_be_rendered(html: str) -> None:
    begun = time.process_time()

    found = pasted.clean(html)

    assert time.process_time() - begun < 20
    markdown.parse(markdown.Source(found.markdown[:20_000]))


@pytest.mark.parametrize("html", ["x" * 5_000_001, "<p>" * 60_001])
def test_too_much_is_refused_with_a_way_out(html: str) -> None:
    with pytest.raises(TextRefused, match="Ctrl"):
        pasted.clean(html)
