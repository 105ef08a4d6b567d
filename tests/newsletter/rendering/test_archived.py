"""What a frozen letter says to everybody is read out of it; what it said to one reader is not."""

import re
from dataclasses import replace

import pytest

from newsletter.core.articles import ArticleText, Link
from newsletter.core.messages import MARKERS
from newsletter.rendering.archived import NotForEverybody, Place, letter, sections
from newsletter.rendering.issues import render
from newsletter.rendering.values import IssueView, SectionView
from tests.newsletter.rendering.samples import CHAIR, FRAME, LEAD, TEASED, VIEW, item, with_articles

HERE = Place(root="../../", base_url=FRAME.base_url)

#: The sample as people without a region get it.
COMMON = replace(
    VIEW,
    on_web=True,
    sections=(
        SectionView("", (item(LEAD, 1),)),
        SectionView("Föreningen", (item(CHAIR, 2),)),
        SectionView("På gång", (item(TEASED, 6, teaser=True),)),
    ),
)


def frozen(view: IssueView = COMMON) -> str:
    return render(view).html


def both(html: str) -> list[str]:
    """Return all that comes of a letter: the page's parts, and the frame's letter."""
    articles = [article.html for section in sections(html, HERE) for article in section.articles]
    return [*articles, letter(html, HERE)]


def test_every_article_is_found_in_its_section_with_all_its_words() -> None:
    found = sections(frozen(), HERE)

    told = [(section.name, [article.title for article in section.articles]) for section in found]
    assert told == [
        ("", ["Linsen som kom hem i en barnvagn"]),
        ("Föreningen", ["En bänk mot väster"]),
        ("På gång", ["Sommarens färjelägen"]),
    ]
    first = found[0].articles[0]
    for words in ("sexton sekundmeter", "Räckvidd", "Foto: Ida Åberg", "redaktör och färjekarl", "Gästboken"):
        assert words in first.html
    assert (first.anchor, first.language, first.direction) == ("artikel-1", "sv", "ltr")


def test_no_greeting_no_reason_and_no_way_to_somebodys_choice_comes_along() -> None:
    html = frozen()
    assert all(marker in html for marker in MARKERS.values())

    for part in both(html):
        for own in (*MARKERS.values(), VIEW.why, "Avsluta prenumerationen", "Ändra vad du får"):
            assert own not in part


def test_a_letter_with_a_regions_block_is_refused_as_a_whole() -> None:
    with pytest.raises(NotForEverybody):
        sections(frozen(VIEW), HERE)
    with pytest.raises(NotForEverybody):
        letter(frozen(VIEW), HERE)


@pytest.mark.parametrize("name", sorted(MARKERS.values()))
def test_a_slot_where_none_is_expected_is_refused(name: str) -> None:
    """Such as in an operator's own template."""
    html = frozen().replace("Det blåste", name)

    with pytest.raises(NotForEverybody):
        sections(html, HERE)
    with pytest.raises(NotForEverybody):
        letter(html, HERE)


def test_a_letter_in_a_shape_that_is_not_known_is_refused() -> None:
    for html in ("<p>Hej</p>", frozen().replace('class="title', 'class="other')):
        with pytest.raises(NotForEverybody):
            sections(html, HERE)


def test_words_that_look_like_a_slot_are_an_articles_own() -> None:
    html = frozen(with_articles(ArticleText(title="Skriv __GREETING__ här", body="Så gör ni.")))

    assert all("__GREETING__" in part for part in both(html))


def test_a_link_with_somebodys_key_keeps_its_words_and_leads_nowhere() -> None:
    base = FRAME.base_url
    body = " ".join(
        f"[länk {place}]({base}{path})"
        for place, path in enumerate(
            ("/u/hemlig1", "/p/hemlig2", "/inslag/hemlig3", "/mina-uppgifter/lank/hemlig4")
        )
    )
    links = (Link(f"{base}/prenumerera", "Anmäl dig"), Link(base.upper() + "/p/hemlig5", "Mina val"))
    html = frozen(with_articles(ArticleText(title="Länkar", body=body, links=links)))
    assert "hemlig1" in html

    for part in both(html):
        assert "hemlig" not in part
        assert "länk 0" in part
        assert 'href="../../prenumerera"' in part


def test_pictures_come_from_here_wherever_we_were_when_it_went() -> None:
    older = frozen().replace(FRAME.base_url, "http://gammal.example:8040")
    foreign = frozen().replace(f"{FRAME.base_url}/media/fyr.jpg", "https://annan.example/pixel.gif")

    for part in (*both(older), *both(foreign)):
        pictures = re.findall(r"<img[^>]*src=\"([^\"]*)", part)
        assert set(pictures) <= {"../../media/fyr.jpg"}
    assert any("../../media/fyr.jpg" in part for part in both(older))


def test_links_of_the_letter_open_beside_it_and_its_contents_stay_in_it() -> None:
    written = letter(frozen(), HERE)

    assert re.search(
        r'<a href="https://karta\.example/fyrar"[^>]* target="_blank" rel="noopener noreferrer">', written
    )
    assert re.search(r'<a href="#artikel-2"(?![^>]*target)', written)
