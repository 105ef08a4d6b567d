"""Which pieces a change voids, and which variants with them."""

from dataclasses import replace
from datetime import date

import pytest

from newsletter.core import approvals
from newsletter.core.approvals import Bound, Piece, PieceState
from newsletter.core.articles import ArticleText, Attachment, Link, Picture

TEXT = ArticleText(
    title="Vårens träffar",
    kicker="Kalender",
    dateline=date(2027, 3, 1),
    lead="Vi ses.",
    body="På [torget](https://torget.example).",
    byline_name="Karin Ek",
    byline_role="redaktör",
    pictures=(Picture("Torget", "Foto: Bo", "Ett torg", "a.jpg"),),
    links=(Link("https://mer.example", "Mer"),),
    attachments=(Attachment("Dagordning", "b.pdf"),),
)


def piece(text: ArticleText = TEXT, *, teaser: bool = False, regions: tuple[str, ...] = ()) -> Piece:
    return approvals.item(7, text, teaser=teaser, regions=regions)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Vårens träff"},
        {"kicker": "Möten"},
        {"dateline": date(2027, 3, 2)},
        {"lead": "Vi ses!"},
        {"body": "På [torget](https://annat.example)."},  # the words are the same; the link is not
        {"body": "på [torget](https://torget.example)."},
        {"byline_name": "Karin Eng"},
        {"byline_role": "ordförande"},
        {"language": "fi"},
        {"pictures": (Picture("Torget", "Foto: Bo", "Ett torg", "c.jpg"),)},
        {"pictures": (Picture("Torget", "Foto: Bo", "Ett annat torg", "a.jpg"),)},
        {"links": (Link("https://mera.example", "Mer"),)},
        {"attachments": (Attachment("Dagordning", "c.pdf"),)},
    ],
)
def test_whatever_a_reader_would_see_differently_is_another_text(changed: dict[str, object]) -> None:
    assert piece(replace(TEXT, **changed)).fingerprint != piece().fingerprint  # type: ignore[arg-type]


def test_how_it_stands_and_for_whom_counts_and_where_it_came_from_does_not() -> None:
    assert piece(teaser=True).fingerprint != piece().fingerprint
    assert piece(regions=("Skåne",)).fingerprint != piece(regions=("Skåne", "Väst")).fingerprint
    assert piece(replace(TEXT, origin="another file")) == piece()


def test_the_order_of_a_variant_is_a_piece_of_its_own() -> None:
    one = approvals.order("Skåne", [("", "A"), ("Nytt", "B"), ("Nytt", "C")])
    assert one.text == "A\n– Nytt\nB\nC"
    assert one.is_order
    assert one.article_id is None
    other = approvals.order("Skåne", [("", "A"), ("Nytt", "C"), ("Nytt", "B")])
    assert one.fingerprint != other.fingerprint


def test_a_change_voids_its_piece_and_the_variants_that_hold_it() -> None:
    words, both, skane = Piece("words", "", "Titel"), Piece("item 1", "A", "A"), Piece("item 2", "B", "B")
    variants = [
        Bound("Gemensam", frozenset({"words", "item 1"})),
        Bound("Skåne", frozenset({"words", "item 1", "item 2"})),
    ]
    said = {each.key: {each.fingerprint} for each in (words, both, skane)}

    assert approvals.judge([words, both, skane], variants, said).is_approved
    changed = replace(skane, text="B, ändrad")
    standing = approvals.judge([words, both, changed], variants, said)

    assert [(each.piece.key, each.state) for each in standing.missing] == [("item 2", PieceState.CHANGED)]
    assert standing.variants == (("Gemensam", True), ("Skåne", False))
    unheard = approvals.judge([words, both, skane], variants, {})
    assert {each.state for each in unheard.pieces} == {PieceState.NEW}
    assert not unheard.is_approved


def test_taking_a_change_back_brings_the_yes_back() -> None:
    said = {"item 1": {Piece("item 1", "A", "A").fingerprint}}
    assert not approvals.judge([Piece("item 1", "A", "B")], [], said).is_approved
    assert approvals.judge([Piece("item 1", "A", "A")], [], said).is_approved
