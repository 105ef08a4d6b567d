"""Who meets what a mail uses: everybody, Word alone, or only those who read the rule that it stands in."""

from newsletter.core.preflight.client_uses import uses
from newsletter.core.preflight.documents import document
from tests.newsletter.core.preflight.mails import HEAD, page


def met(body: str = "", css: str = "", media: str = "") -> dict[str, str]:
    """Return the letters of those that meet and drop each feature of a page."""
    head = f'{HEAD}<style media="{media}">{css}</style>' if css else HEAD
    found: dict[str, set[str]] = {}
    for use in uses(document(page(body, head=head))):
        found.setdefault(use.row.name, set()).update(use.dropped_by)
    return {name: "".join(sorted(letters)) for name, letters in found.items()}


def test_what_stands_in_an_element_everybody_meets() -> None:
    assert met('<p style="display:grid">x</p>')["display: grid"] == "GWg"


def test_what_stands_in_a_comment_for_outlook_only_word_meets() -> None:
    seen = met('<!--[if mso | IE]><td style="display:grid" loading="lazy"><![endif]-->')

    assert (seen["display: grid"], seen["loading"]) == ("W", "W")


def test_what_is_kept_from_outlook_is_no_comment_for_it() -> None:
    assert met('<!--[if !mso]><!--><p style="display:grid">x</p><!--<![endif]-->')["display: grid"] == "GWg"
    assert "display: grid" not in met('<!-- <p style="display:grid"> -->')


def test_vector_drawings_for_outlook_are_its_own() -> None:
    assert "opacity" not in met('<!--[if mso]><v:rect style="opacity:.5"><![endif]-->')


def test_a_rule_in_a_media_query_is_met_by_those_who_read_media_queries() -> None:
    seen = met(css="@media (max-width: 480px) { .a { display: grid } }")

    assert (seen["@media"], seen["display: grid"]) == ("TW", "G")


def test_the_media_of_a_style_element_counts_as_much() -> None:
    assert met(css=".a { display: grid }", media="(max-width: 480px)")["display: grid"] == "G"


def test_two_at_rules_around_a_rule_are_both_asked() -> None:
    seen = met(css="@media screen { @supports (display: grid) { .a { display: grid } } }")

    assert seen["display: grid"] == ""


def test_at_rules_without_rules_are_met_too() -> None:
    seen = met(css='@import url("a.css"); @font-face { font-family: x; src: url(a.woff2) }')

    assert {"@import", "@font-face"} <= set(seen)


def test_a_selector_that_some_do_not_read_keeps_its_rule_from_them() -> None:
    assert met(css="[data-ogsc] .a { display: grid }")["display: grid"] == ""
    assert met(css=".a .b { display: grid }")["display: grid"] == "GW"  # Gmail's app reads no style of others


def test_variables_are_met_where_they_are_used() -> None:
    seen = met(css=":root { --gap: calc(1rem + 2px) } .a { color: var(--ink) }")

    assert "var()" in seen
    assert "calc()" not in seen
