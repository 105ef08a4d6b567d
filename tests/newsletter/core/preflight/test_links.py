"""Links that say where they lead, can be seen, and lead straight there: X5, X10, X11, X18."""

import pytest

from newsletter.core.preflight import links
from newsletter.core.preflight.findings import Finding, Place, Severity
from tests.newsletter.core.preflight.mails import HEAD, LINK, article, page, rules, version

URL = "https://fyrar.example/linser"


def found(body: str, head: str = HEAD) -> list[Finding]:
    return list(links.check(version(html=page(body, head=head))))


def link(words: str = "Fyrarnas linser", url: str = URL, more: str = LINK) -> str:
    return f'<p>Se <a href="{url}" {more}>{words}</a></p>'


@pytest.mark.parametrize(
    "url", [URL, "mailto:a@b.example", "tel:+4670", "http://127.0.0.1:8000/x", "HTTPS://A.example"]
)
def test_a_link_as_it_should_be(url: str) -> None:
    assert found(link(url=url)) == []


@pytest.mark.parametrize(
    "words", ["", " ", "&nbsp;", '<img src="a.png" alt="">', '<span style="display:none">Dold</span>']
)
def test_a_link_without_words_is_told(words: str) -> None:
    assert rules(found(link(words))) == ["X5"]


def test_a_picture_or_a_label_can_say_where_a_link_leads() -> None:
    assert found(link('<img src="a.png" alt="Fyrarnas linser">')) == []
    assert found(link("", more=f'{LINK} aria-label="Fyrarnas linser"')) == []


@pytest.mark.parametrize(
    "words", ["här", "Klicka här!", "Läs mer …", "LÄS MER »", "mer", "<b>Click</b> here", "read more"]
)
def test_words_that_say_nothing_are_told(words: str) -> None:
    (one,) = found(article(2, link(words)))

    assert (one.rule, one.severity, one.article_id, one.place) == ("X10", Severity.ADVICE, 2, Place.BODY)


@pytest.mark.parametrize("words", ["Läs mer om linsen", "här bor vi", "Mer om mötet"])
def test_words_that_go_on_to_say_something_are_fine(words: str) -> None:
    assert found(link(words)) == []


@pytest.mark.parametrize(
    "style", ["", 'style="color:red"', 'style="text-decoration: none"', 'style="border: 0"']
)
def test_a_link_seen_by_its_colour_alone_is_told(style: str) -> None:
    assert rules(found(link(more=style))) == ["X11"]


@pytest.mark.parametrize(
    "style",
    [
        'style="TEXT-DECORATION:underline"',
        'style="text-decoration-line: underline"',
        'style="text-decoration:none; border: 1px solid #333333"',
        'style="text-decoration:none; background-color: #333333"',
    ],
)
def test_a_line_a_border_or_a_ground_shows_a_link(style: str) -> None:
    assert found(link(more=style)) == []


def test_a_rule_for_all_links_is_enough_unless_the_link_says_otherwise() -> None:
    head = f"{HEAD}<style>a, b {{ text-decoration: underline }}</style>"

    assert found(link(more=""), head) == []
    assert rules(found(link(more='style="text-decoration:none"'), head)) == ["X11"]


def test_a_picture_needs_no_line() -> None:
    assert found(link('<img src="a.png" alt="Linsen">', more="")) == []


NOT_STRAIGHT = """
    /linser linser.html //fyrar.example www.fyrar.example https:///x data:text/html,x javascript:a() cid:1
    https://bit.ly/3x https://www.tinyurl.com/y #ingenstans # https://[::1/x
"""


@pytest.mark.parametrize("url", [*NOT_STRAIGHT.split(), ""])
def test_a_link_that_does_not_lead_straight_there_is_told(url: str) -> None:
    (one,) = found(link(url=url))

    assert (one.rule, one.severity) == ("X18", Severity.WARNING)


def test_a_link_within_the_mail_is_fine() -> None:
    assert found(link(url="#artikel-3") + article(3, "")) == []


def test_a_link_without_encryption_is_advice() -> None:
    assert [one.severity for one in found(link(url="http://fyrar.example/"))] == [Severity.ADVICE]


def test_a_link_that_nobody_sees_is_left_alone() -> None:
    assert found('<div style="display: none"><a href="/x"></a></div>') == []


@pytest.mark.parametrize(
    ("words", "is_told"),
    [
        ("https://a.example/" + "x" * 60, True),
        ("www.a.example/" + "x" * 60, True),
        ("https://a.example/kort", False),
        ("Läs om https://a.example/" + "x" * 60, False),
        ("x" * 80, False),
    ],
)
def test_a_long_bare_address_is_no_text_for_a_link(words: str, is_told: bool) -> None:
    html = page(f'<p><a href="https://a.example/" {LINK}>{words}</a></p>')

    told = [(one.rule, one.severity) for one in links.check(version(html=html))]

    assert told == ([("X10", Severity.ADVICE)] if is_told else [])
