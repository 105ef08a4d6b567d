"""Text that can be read by day, by night and turned: X7, X16."""

import pytest

from newsletter.core.preflight import contrast, styles
from newsletter.core.preflight.documents import document
from newsletter.core.preflight.findings import Finding, Severity
from tests.newsletter.core.preflight.mails import HEAD, article, page, rules, version


def found(body: str, head: str = HEAD) -> list[Finding]:
    return list(contrast.check(version(html=page(body, head=head))))


def by_day(body: str, head: str = HEAD) -> list[Finding]:
    return [one for one in found(body, head) if one.severity is Severity.WARNING]


def test_dark_on_light_can_be_read() -> None:
    assert found("<p>Ljuset</p>") == []


def test_a_faint_text_is_told_with_its_colours_and_its_article() -> None:
    day, night = by_day(article(3, '<p style="color:#999999">Dimma över Vinga</p>'))

    assert (day.rule, day.article_id) == ("X7", 3)
    assert day.facts == {
        "words": "Dimma över Vinga",
        "ink": "#999999",
        "ground": "#ffffff",
        "ratio": "2,8",
        "least": "4,5",
    }
    assert "mörkt läge" in night.sentence


@pytest.mark.parametrize(
    ("style", "is_read"),
    [
        ("color:#767676", True),  # 4.54:1
        ("color:#777777", False),  # 4.48:1
        ("color:#949494", False),  # 3.03:1
        ("color:#949494;font-size:24px", True),
        ("color:#949494;font-size:23.9px", False),
        ("color:#949494;font-size:18pt", True),
        ("color:#949494;font-size:18.66px;font-weight:bold", True),
        ("color:#949494;font-size:18px;font-weight:700", False),
        ("color:#949494;font-size:1.5em", True),
        ("color:#959595;font-size:40px", False),  # 2.99:1
        ("color:rgb(119, 119, 119)", False),
        ("color:gray", False),
        ("color:#777", False),
        ("color:#ffffff;background:#333333 none", True),
        ("color:#ffffff;background-color:#333", True),
        ("color:#333333;background-color:#444444", False),
        ("color:#333333;background-color:transparent", True),
        ("color:unheard-of", True),
    ],
)
def test_what_is_enough_depends_on_the_size(style: str, is_read: bool) -> None:
    assert (by_day(f'<p style="{style}">Ljus</p>') == []) is is_read


def test_colours_come_down_the_tree_until_something_else_is_said() -> None:
    dark = '<div style="background-color:#222222;color:#eeeeee"><p>a</p>{}</div>'

    assert by_day(dark.format("")) == []
    assert rules(by_day(dark.format('<p><b style="color:#333333">b</b></p>'))) == ["X7", "X7"]
    assert by_day(dark.format('<p style="background-color:#ffffff"><b style="color:#333333">b</b></p>')) == []


def test_the_same_two_colours_are_told_once() -> None:
    assert (
        len(by_day('<p style="color:#aaaaaa">a</p><p style="color:#aaaaaa">b</p>')) == 2
    )  # by day and by night


@pytest.mark.parametrize(
    "body",
    [
        '<p style="color:#ffffff"> &nbsp; </p>',
        '<p style="color:#ffffff;display:none">Försmak</p>',
        '<div style="display:none"><p style="color:#ffffff">Försmak</p></div>',
        '<p style="color:#ffffff;font-size:1px">.</p>',
        '<p style="color:#ffffff"></p>',
    ],
)
def test_what_nobody_reads_needs_no_contrast(body: str) -> None:
    assert found(body) == []


DARK = """<style>/* a brace { in a comment */
@media (prefers-color-scheme: dark) {
  body, .page { background-color: #171410 !important; }
  p { color: INK !important; }
}</style>"""


def test_the_rules_for_dark_mode_are_followed() -> None:
    body = '<div class="page" style="background-color:#ffffff"><p style="color:#222222">Ljus</p></div>'
    root = document(page(body, head=HEAD + DARK.replace("INK", "#ece5d8")))

    paints = {e.text: paint for e, paint in contrast.painted(root, styles.DARK) if e.tag == "p"}

    assert (paints["Ljus"].ink, paints["Ljus"].ground) == ("#ece5d8", "#171410")
    faint = by_day(body, HEAD + DARK.replace("INK", "#333333"))
    assert [
        one.facts["ink"] for one in faint if "mörkt läge" in one.sentence and one.facts["words"] == "Ljus"
    ]


SHEET = """<style>.a p {color:#111111} p {color:#222222} .b {color:#333333} .b {color:#444444}
.c {color:#555555 !important} @media print { p {color:#666666} }</style>"""


def test_the_heavier_rule_wins_then_the_later_and_important_beats_inline() -> None:
    body = (
        '<div class="a"><p>1</p></div><i class="b">2</i><i class="c" style="color:#999999">3</i>'
        '<i class="b" style="color:#123456">4</i>'
    )
    root = document(page(body, head=HEAD + SHEET))

    inks = {e.text: paint.ink for e, paint in contrast.painted(root, styles.ALWAYS)}

    assert (inks["1"], inks["2"], inks["3"], inks["4"]) == ("#111111", "#444444", "#555555", "#123456")


def test_a_selector_that_cannot_be_read_is_passed_over() -> None:
    assert (
        found("<p>a</p>", f"{HEAD}<style>p:::x, ][ {{color:#ffffff}} p::after {{color:#eeeeee}} }}</style>")
        == []
    )


def test_a_pair_that_just_holds_by_day_may_fail_where_clients_turn_it() -> None:
    advice = found('<p style="color:#2c2c2c;background-color:#777777;font-size:30px">a</p>')

    assert [one.severity for one in advice] == [Severity.ADVICE, Severity.ADVICE]
    assert "Outlook" in advice[0].sentence
    assert "Gmail" in advice[1].sentence


@pytest.mark.parametrize("name", ["color-scheme", "supported-color-schemes"])
def test_dark_mode_must_be_told(name: str) -> None:
    assert [one.facts for one in found("", HEAD.replace(f'name="{name}"', 'name="x"'))] == [{"name": name}]
    assert rules(found("", HEAD.replace("light dark", "light"))) == ["X16", "X16"]


def test_the_ratio_is_never_rounded_up_to_what_is_asked_for() -> None:
    assert by_day('<p style="color:#777777">a</p>')[0].facts["ratio"] == "4,4"


#: A mail's own answer to Outlook's dark mode, and texts in it; and the colours that a finding gives, if any.
OUTLOOK = {
    "rules that are read": (
        "[data-ogsc] .a { color: #ece5d8 !important } [data-ogsb] .b { background: #171410 !important }",
        '<div class="b" style="background-color:#fdfbf7;color:#111111"><p class="a">Ljus</p></div>',
        None,
    ),
    "a dark ink on what Outlook darkens": (
        "[data-ogsc] .a { color: #333333 !important }",
        '<div style="background-color:#fdfbf7;color:#111111"><p class="a">Ljus</p></div>',
        ("#333333", "#070500"),
    ),
    "a light ground under what Outlook lightens": (
        "[data-ogsb] .b { background-color: #eeeeee !important }",
        '<div style="background-color:#fdfbf7"><p class="b" style="color:#111111">Ljus</p></div>',
        ("#f0f0f0", "#eeeeee"),
    ),
    "a rule for what is in nothing that Outlook turns": (
        "[data-ogsc] .a { color: #333333 !important }",
        '<div class="a">Ljus</div>',
        None,
    ),
    "a rule for the element itself": (
        ".a[data-ogsc] { color: #333333 !important }",
        '<p class="a" style="color:#111111;background-color:#ffffff">Ljus</p>',
        ("#333333", "#000000"),
    ),
    "a rule that the element's own colour wins over": (
        "[data-ogsc] .a { color: #333333 }",
        '<div style="color:#111111"><p class="a" style="color:#222222">Ljus</p></div>',
        None,
    ),
    "no rules at all": ("", '<p style="color:#111111">Ljus</p>', None),
}


@pytest.mark.parametrize(("css", "body", "colours"), OUTLOOK.values(), ids=OUTLOOK.keys())
def test_outlooks_dark_mode_is_tried_with_the_mails_own_rules_for_it(
    css: str, body: str, colours: tuple[str, str] | None
) -> None:
    told = [one for one in found(body, f"{HEAD}<style>{css}</style>") if "data-ogsc" in one.sentence]

    assert [(one.facts["ink"], one.facts["ground"]) for one in told] == ([colours] if colours else [])
    assert all((one.rule, one.severity) == ("X7", Severity.WARNING) for one in told)


def test_a_colour_in_outlooks_rules_is_told_in_its_article() -> None:
    css = "<style>[data-ogsc] p { color: #333333 !important }</style>"
    told = found(article(3, '<div style="color:#111111"><p>Ljus</p></div>'), HEAD + css)

    assert [one.article_id for one in told if "data-ogsc" in one.sentence] == [3]
