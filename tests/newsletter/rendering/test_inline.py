"""premailer's traps, each with a guard: what must survive, survives."""

import re

import pytest

from newsletter.rendering import inline as inline_module
from newsletter.rendering import issues
from newsletter.rendering.inline import inline
from newsletter.rendering.issues import render
from tests.newsletter.rendering.samples import VIEW

PAGE = """<!DOCTYPE html>
<html lang="sv"><head><title>T</title>
<!--[if mso]><style type="text/css">.x {{ width: 1px !important }}</style><![endif]-->
<style type="text/css">p {{ margin: 13px 0; }}</style>
<style type="text/css">/* inlined */ .a {{ color: #007755; width: 100%; }} .b:hover {{ color: red }}</style>
<style type="text/css">@media (prefers-color-scheme: dark) {{ .a {{ color: #eee !important }} }}
[data-ogsc] .a {{ color: #eee !important }}</style>
<link rel="stylesheet" href="https://unreachable.example/x.css"></head>
<body><!--[if mso | IE]><table width="600"><tr><td><![endif]-->{body}
<!--[if mso | IE]></td></tr></table><![endif]-->
</body></html>"""


def inlined(body: str) -> str:
    return inline(PAGE.format(body=body))


def test_the_doctype_stays() -> None:
    assert inlined("").startswith("<!DOCTYPE html>")


def test_our_rules_go_into_the_elements_and_leave_the_head() -> None:
    result = inlined('<p class="a">Hej</p>')

    assert re.search(r'<p class="a" style="color:#0?0?7?7?5?5?[^"]*"', result)
    assert "/* inlined */" not in result


def test_the_rules_of_mjml_itself_are_not_repeated_in_every_cell() -> None:
    result = inlined("<p>Hej</p>")

    assert "<p>Hej</p>" in result
    assert "p { margin: 13px 0; }" in result


def test_dark_mode_and_its_importance_stay() -> None:
    result = inlined('<p class="a">Hej</p>')

    assert "@media (prefers-color-scheme: dark) { .a { color: #eee !important } }" in result
    assert "[data-ogsc] .a { color: #eee !important }" in result


def test_the_comments_for_outlook_stay_to_the_byte() -> None:
    comments = re.compile(r"<!--.*?-->", re.DOTALL)

    assert comments.findall(inlined("Hej")) == comments.findall(PAGE.format(body="Hej"))


def test_the_width_of_a_picture_stays_a_number() -> None:
    """Outlook would show a picture of width="100%" as large as it is."""
    assert 'width="552"' in inlined('<img class="a" src="https://x.example/a.png" alt="" width="552">')


@pytest.mark.parametrize(
    "href",
    [
        "https://x.example/?a=1&amp;b=2",
        "__UNSUBSCRIBE_URL__",
        "mailto:a@x.example",
        "tel:+4670",
        "#artikel-1",
    ],
)
def test_links_stay(href: str) -> None:
    assert f'href="{href}"' in inlined(f'<a href="{href}">x</a>')


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page links to a stylesheet: by default it would be read, here and now."""

    def fetch(*_args: object, **_more: object) -> None:
        pytest.fail("something was fetched")

    monkeypatch.setattr("requests.get", fetch)

    assert "https://unreachable.example/x.css" in inlined("Hej")


def test_a_whole_issue_goes_through_with_comments_media_queries_links_and_widths_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed: list[str] = []

    def spy(html: str) -> str:
        passed.extend([html, inline_module.inline(html)])
        return passed[-1]

    monkeypatch.setattr(issues, "inline", spy)
    render(VIEW)

    before, after = passed
    for kept in (
        r"<!--.*?-->",
        r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}",
        r'href="[^"]*"',
        r'<img[^>]* width="\d+"',
    ):
        found = [re.findall(kept, page, re.DOTALL) for page in (before, after)]
        one, other = [[re.sub(r"\s+", " ", part) for part in parts] for parts in found]
        assert one, kept
        assert one == other, kept


def test_rules_that_are_remembered_give_what_rules_read_anew_give(monkeypatch: pytest.MonkeyPatch) -> None:
    body = '<p class="a">Hej</p><p class="b">du</p>'
    other = PAGE.replace("#007755", "#112233")
    monkeypatch.setattr(inline_module, "_rules_of", {})
    first, of_other = inlined(body), inline(other.format(body=body))
    again, of_other_again = inlined(body), inline(other.format(body=body))

    assert (first, of_other) == (again, of_other_again)
    assert "color:#123" in of_other or "color:#112233" in of_other
    assert len(inline_module._rules_of) == 2


def test_no_more_sheets_are_remembered_than_an_association_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline_module, "_rules_of", {})
    monkeypatch.setattr(inline_module, "_MOST_SHEETS", 3)

    for number in range(10):
        inline(PAGE.replace("#007755", f"#00775{number}").format(body="Hej"))

    assert len(inline_module._rules_of) == 3
