"""An article as plain text."""

from newsletter.core.articles import ArticleText, Link, Picture
from newsletter.rendering import articles
from newsletter.rendering.values import ItemView
from tests.newsletter.rendering.samples import CHAIR, FILM, FRAME, INVITATION, LEAD, TEASED

PLACE = articles.Place(2, "sv", FRAME.base_url)


def as_text(article: ArticleText, *, teaser: bool = False) -> str:
    item = ItemView(article_id=1, article=article, teaser=teaser)
    return articles.prepare(item, PLACE, FRAME.picture_sizes).text


def test_a_short_article_from_kicker_to_role() -> None:
    assert (
        as_text(CHAIR)
        == """\
ORDFÖRANDEN
En bänk mot väster
==================

Vi har köpt en bänk. Den står där solen går ner.

PS: Ta med en filt.

Märta Sjökvist
ordförande"""
    )


def test_a_teaser_says_where_it_leads() -> None:
    assert (
        as_text(TEASED, teaser=True)
        == """\
Sommarens färjelägen
====================

Tolv turer, en tidtabell.

Läs vidare på fyrvannerna.example:
https://fyrvannerna.example/turer"""
    )


def test_captions_credits_links_attachments_and_notes_all_have_their_place() -> None:
    text = as_text(LEAD)

    for part in (
        "REPORTAGE · 28 maj 2027\nLinsen som kom hem i en barnvagn\n=====",
        "\n\n[Bild: Sista biten hem. Foto: Ida Åberg]\n\n",
        "\n\n[Bild: Fyrmästaren (till vänster) håller andan. Foto: Ida Åberg]\n\n",
        "\n\nHittad under en trappa\n----------------------\n\n",
        "\n\n1. Först torkade man av den.\n2. Sedan satt alla tysta.\n   • Utom katten.\n\n",
        "\n\n    Den luktade fotogen och hav. Det var som att öppna en dörr.\n\n    Åsa Öländer\n\n",
        "\n\nÖrjan Ängquist\nredaktör och färjekarl\n\n",
        "Länkar:\n• Karta över alla fyrar\n  https://karta.example/fyrar\n",
        "Bilagor:\n• Ritningen från 1887\n  https://brev.fyrvannerna.example/media/ritning%201887.pdf\n",
        "\n• Gästboken\n\n",
    ):
        assert part in text
    assert text.endswith("\n\n[1] https://museum.example/katalog?id=7&spr%C3%A5k=sv")


def test_a_picture_without_a_caption_is_described() -> None:
    article = ArticleText(
        title="T", pictures=(Picture(file="a.jpg", alt="En fyr i dimma."), Picture(file="b.jpg"))
    )

    assert as_text(article) == "T\n=\n\n[Bild: En fyr i dimma.]"


def test_a_listed_link_without_words_of_its_own_stands_alone() -> None:
    assert as_text(ArticleText(title="T", links=(Link("https://x.example/a"),))) == (
        "T\n=\n\nLänkar:\n• https://x.example/a"
    )


def test_an_invitation_says_when_and_where_before_anything_else() -> None:
    lines = as_text(INVITATION).split("\n")

    assert lines[:9] == [
        "Kom till fyrens dag",
        "===================",
        "",
        "Lördag den 21 augusti 2027, kl. 10.00–21.30",
        "Utklippans fyr, södra hamnen",
        "Utklippan 1, 371 37 Karlskrona",
        "Se adressen på OpenStreetMap:",
        "https://www.openstreetmap.org/search?query=Utklippan+1%2C+371+37+Karlskrona",
        "",
    ]
    assert "Svara senast söndag den 1 augusti 2027." in lines


def test_films_and_lifted_quotations_are_words_and_addresses() -> None:
    text = as_text(FILM)

    assert "Se filmen på Vimeo [1]" in text
    assert "[1] https://vimeo.com/123456" in text
    assert "        Man hör havet i varje ruta." in text
    assert "Se filmen på YouTube:\nhttps://www.youtube.com/watch?v=fyr1887" in text
    assert ">>" not in text
