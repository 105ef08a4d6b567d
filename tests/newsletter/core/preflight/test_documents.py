"""What is shown in a page, and whose article it is."""

from newsletter.core.preflight import documents
from newsletter.core.preflight.documents import article_of, cells, document, is_shown, words
from newsletter.core.preflight.findings import Place, Severity
from tests.newsletter.core.preflight.mails import article, page


def test_blocks_stand_on_lines_and_words_stay_whole() -> None:
    root = document(
        '<body><p>Fick<b>lam</b>pa\n och <img alt="en fyr">sken<br>till</p><!-- x --><p> två </p></body>'
    )

    assert words(root) == "Ficklampa och\nen fyr\nsken\ntill\ntvå"


def test_what_is_hidden_or_left_out() -> None:
    root = document(
        '<body><p style="display:none">a</p><p hidden>b</p><p class="x y">c</p><style>d</style>e</body>'
    )

    assert words(root) == "a\nb\nc\ne"
    assert words(root, hidden=False) == "c\ne"
    assert words(root, without=("y",)) == "a\nb\ne"


def test_what_is_within_something_hidden_is_not_shown() -> None:
    inner, outer = document('<div style="color:red; display : none"><i>a</i></div><b>c</b>').xpath(
        "//i | //b"
    )

    assert not is_shown(inner)
    assert is_shown(outer)


def test_an_element_belongs_to_the_article_around_it() -> None:
    root = document(page("<p>ram</p>" + article(3, "<p><i>a</i></p>") + article(12, "<p><b>c</b></p>")))
    i, b, h1 = (root.find(f".//{tag}") for tag in ("i", "b", "h1"))

    assert (article_of(i), article_of(b), article_of(h1)) == (3, 12, None)
    assert [number for number, _ in cells(root)] == [3, 12]
    assert documents.finding("X", Severity.ADVICE, "x", i, place=Place.PICTURES).place is Place.PICTURES
    assert documents.finding("X", Severity.ADVICE, "x", h1).place is Place.TEMPLATE


def test_an_empty_page() -> None:
    assert words(document("")) == ""
    assert words(document(" ")) == ""
