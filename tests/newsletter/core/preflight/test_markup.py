"""A mail as a page: X1 to X6, X9, X12."""

import pytest

from newsletter.core.preflight import markup
from newsletter.core.preflight.findings import Place
from tests.newsletter.core.preflight.mails import HEAD, article, page, rules, version


def found(html: str) -> list[str]:
    return rules(list(markup.check(version(html=html))))


def test_a_page_as_it_should_be_has_no_findings() -> None:
    assert found(page()) == []


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ('<html lang="sv">', "<html>", "X6"),
        ('<html lang="sv">', '<html lang=" ">', "X6"),
        ('<div lang="sv" dir="ltr">', '<div lang="sv">', "X1"),
        ('<div lang="sv" dir="ltr">', '<div lang="sv" dir="left">', "X1"),
        ('<div lang="sv" dir="ltr">', '<div dir="ltr">', "X2"),
        ("<title>Linsen</title>", "", "X9"),
        ("<title>Linsen</title>", "<title> </title>", "X9"),
        ("<h1>Ljuset</h1>", "<p>Ljuset</p>", "X4"),
        ("<h1>Ljuset</h1>", "<h1>Ljuset</h1><h1>En till</h1>", "X4"),
        ("<h1>Ljuset</h1>", "<h1>Ljuset</h1><h3>Hoppar</h3>", "X4"),
        ("initial-scale=1", "initial-scale=1, user-scalable=no", "X12"),
        ("initial-scale=1", "initial-scale=1, maximum-scale=1.5", "X12"),
    ],
)
def test_each_fault_is_found(good: str, bad: str, rule: str) -> None:
    assert good in page()
    assert set(found(page().replace(good, bad))) == {rule}


def test_one_child_of_the_body_among_good_ones_is_enough_to_tell() -> None:
    assert found(page().replace("</body>", "<p>utan</p></body>")) == ["X1", "X2"]


def test_zooming_to_twice_the_size_is_enough() -> None:
    assert found(page(head=HEAD.replace("initial-scale=1", "maximum-scale=5"))) == []


def test_headings_may_step_down_by_one_and_up_by_many() -> None:
    assert found(page("<h2>a</h2><h3>b</h3><h4>c</h4><h2>d</h2>")) == []


def test_a_hidden_heading_counts_for_nothing() -> None:
    assert found(page('<div class="preheader" style="display:none"><h1>a</h1></div>')) == []


@pytest.mark.parametrize("how", ['style="display: none"', 'style="color:red;DISPLAY:NONE"', "hidden"])
def test_words_that_nobody_sees_are_told_but_for_the_preheader(how: str) -> None:
    assert found(page(f"<p {how}>billiga lån</p>")) == ["P10"]
    assert found(page(f"<p {how}> </p>")) == []
    assert found(page(f'<p class="preheader" {how}>Om en barnvagn</p>')) == []


TABLE = "<table{}><tr><td>Kaj</td></tr></table>"


@pytest.mark.parametrize("role", [' role="presentation"', ' role="none"', " role='presentation'"])
def test_a_table_that_says_it_only_places_things_is_fine(role: str) -> None:
    assert found(page(TABLE.format(role))) == []
    assert found(page(f"<!--[if mso | IE]>{TABLE.format(role)}<![endif]-->")) == []


def test_a_table_with_headings_holds_data() -> None:
    assert found(page("<table><tr><th>Ljus</th></tr><tr><td>El</td></tr></table>")) == []


def test_a_table_around_one_with_headings_does_not_hold_data_itself() -> None:
    inner = "<table><tr><th>Ljus</th></tr></table>"

    assert found(page(f"<table><tr><td>{inner}</td></tr></table>")) == ["X3"]


def test_a_table_without_headings_is_told_by_its_words_and_its_article() -> None:
    (one,) = markup.check(version(html=page(article(4, TABLE.format("")))))

    assert (one.rule, one.article_id, one.place, one.facts) == ("X3", 4, Place.BODY, {"words": "Kaj"})


def test_a_table_for_outlook_alone_is_looked_at_too() -> None:
    assert found(page(f"<!--[if mso | IE]>{TABLE.format('')}<![endif]-->")) == ["X3"]


def test_a_name_that_stands_twice_is_told_once() -> None:
    assert found(page('<p id="a">1</p><p id="a">2</p><p id="b">3</p>')) == ["X12"]


@pytest.mark.parametrize(
    "attribute",
    ['role="picture"', 'aria-lable="x"', 'aria-labelledby="nowhere"', 'aria-describedby="name nowhere"'],
)
def test_what_aids_do_not_understand_is_told(attribute: str) -> None:
    assert found(page(f'<p id="name">x</p><p {attribute}>y</p>')) == ["X12"]


@pytest.mark.parametrize(
    "attribute",
    [
        'role="article"',
        'role="none presentation"',
        'role="doc-footnote"',
        'aria-label="x"',
        'aria-labelledby="name"',
    ],
)
def test_what_aids_understand_is_fine(attribute: str) -> None:
    assert found(page(f'<p id="name">x</p><p {attribute}>y</p>')) == []


def test_an_empty_part_is_no_error() -> None:
    assert "X9" in found("")
