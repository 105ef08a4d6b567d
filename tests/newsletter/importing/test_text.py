"""Plain text becomes articles: what a careful reader finds is found, and nothing is lost."""

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from newsletter.errors import TextRefused
from newsletter.importing.decoding import visible
from newsletter.importing.text import MOST_LINES, read_text
from newsletter.importing.values import Proposal
from tests.newsletter.importing import generated
from tests.newsletter.importing.key import OWN, Letter, letters, score, subheads, words_in, words_out


@pytest.fixture(scope="module")
def own() -> list[Letter]:
    return letters(OWN)


@pytest.fixture
def real(seeds: Callable[[], list[Path]]) -> list[Letter]:
    return letters(seeds()[0].parent)


def read(text: str) -> Proposal:
    return read_text(text, "brev.txt")


def titles(text: str) -> list[str]:
    return [article.text.title for article in read(text).articles]


SENTENCES = "Det här är brödtext. Den har två meningar, och den andra är lite längre än den första."


# --- What a careful reader finds ---


def test_every_title_and_subhead_of_the_real_newsletters_is_found_as_a_heading(real: list[Letter]) -> None:
    found = score(real)

    assert found.heading_recall == 1.0
    assert found.heading_precision == 1.0


def test_titles_of_the_real_newsletters_are_told_from_subheads(real: list[Letter]) -> None:
    assert score(real).boundary_f1 >= 0.9


def test_the_same_holds_for_newsletters_with_other_habits(own: list[Letter]) -> None:
    found = score(own)

    assert found.heading_recall == 1.0
    assert found.heading_precision >= 0.98
    assert found.boundary_precision >= 0.95
    assert found.boundary_f1 >= 0.9


def test_no_kind_of_newsletter_is_split_badly(own: list[Letter]) -> None:
    poor = {letter.path.name: round(score([letter]).boundary_f1, 2) for letter in own}

    # One is known to be hard: notices as short as the subheads of an interview before them.
    assert [name for name, f1 in poor.items() if f1 < 0.75] in ([], ["18_alumni.txt"])


def test_kickers_dates_and_signatures_are_those_that_the_key_names(
    real: list[Letter], own: list[Letter]
) -> None:
    for letter in [*real, *own]:
        for key, article in letter.pairs:
            assert article.kicker == key.get("kicker", ""), article.title
            assert article.dateline == (date.fromisoformat(key["date"]) if "date" in key else None)
            if "signed" in key:
                assert article.byline_name == key["signed"], article.title


def test_links_addresses_and_numbers_are_as_many_as_the_key_says(
    real: list[Letter], own: list[Letter]
) -> None:
    for letter in [*real, *own]:
        for key, article in letter.pairs:
            urls = [link.url for link in article.links]
            assert sum(url.startswith("http") for url in urls) == key.get("links", 0), article.title
            assert sum(url.startswith("mailto:") for url in urls) == key.get("emails", 0), article.title
            assert sum(url.startswith("tel:") for url in urls) == key.get("phones", 0), article.title


def test_captions_and_credits_are_as_many_as_the_key_says(real: list[Letter], own: list[Letter]) -> None:
    for letter in [*real, *own]:
        pictures = [picture for article in letter.proposal.articles for picture in article.text.pictures]
        for name in ("caption", "credit"):
            wanted = sum(key.get(f"{name}s", 0) for key in letter.key["articles"])
            assert sum(bool(getattr(picture, name)) for picture in pictures) == wanted, letter.path.name


def test_lists_have_as_many_items_as_the_key_says(real: list[Letter], own: list[Letter]) -> None:
    for letter in [*real, *own]:
        for key, article in letter.pairs:
            items = [line for line in article.body.split("\n") if line[:2] == "- " or line[:1].isdigit()]
            assert len(items) >= key.get("list_items", 0), article.title


def test_lines_that_only_look_like_headings_are_none(real: list[Letter], own: list[Letter]) -> None:
    for letter in [*real, *own]:
        found = [h for a in letter.proposal.articles for h in (a.text.title, *subheads(a.text))]
        for key in (letter.key, *letter.key["articles"]):
            assert not set(key.get("not_title", [])) & set(found)


def test_lines_of_the_web_page_are_dropped_and_reported(real: list[Letter], own: list[Letter]) -> None:
    for letter in [*real, *own]:
        assert set(letter.key["chrome"]) <= set(letter.proposal.dropped)


# --- Nothing is lost ---


def test_no_word_of_a_newsletter_is_lost_and_none_is_made_up(real: list[Letter], own: list[Letter]) -> None:
    for letter in [*real, *own]:
        source = words_in(letter.path.read_text(encoding="utf-8"))
        assert words_out(letter.proposal) == source, letter.path.name


@given(generated.texts)
@example("Protokoll 2022-11-21\nORDFÖRANDE HAR ORDET 7 JULI 2022: Jag tänkte.\n")
@example("__0__\n")
@settings(max_examples=200, deadline=None)
def test_no_word_of_any_text_is_lost(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    if visible(text):
        assert words_in(text) - words_out(read(text)) == {}


@given(generated.texts)
@settings(max_examples=100, deadline=None)
def test_every_part_of_an_article_has_room_in_the_register(text: str) -> None:
    for article in read(text).articles if visible(text) else ():
        found = article.text
        assert 1 <= len(found.title) <= 300
        assert len(found.kicker) <= 200
        assert len(found.byline_name) <= 200
        assert len(found.byline_role) <= 400
        assert all(len(picture.credit) <= 200 for picture in found.pictures)


@pytest.mark.parametrize(
    "line",
    [
        "# " + "ord " * 500,
        "# " + "o" * 500,
        "Text: " + "Anna Berg, " * 30 + "Bo Ek",
        "Anna " + "B" * 300 + "g, kassör",
        "KRÖNIKA " + "Å" * 300 + ": Hej",
        "Foto: " + "A" * 300,
        "A" * 500,
        "**" + "a" * 400 + "**",
    ],
)
def test_lines_that_are_too_long_for_what_they_look_like_are_text(line: str) -> None:
    for source in (line, f"Rubrik\n\n{SENTENCES}\n\n{line}", f"Rubrik\n\n{line}\n\n{SENTENCES}"):
        for article in read(source).articles:
            found = article.text
            assert max(len(found.title) - 100, len(found.kicker), len(found.byline_name)) <= 200
            assert len(found.byline_role) <= 400
            assert all(len(picture.credit) <= 200 for picture in found.pictures)
        assert words_in(source) - words_out(read(source)) == {}


def test_lead_and_body_do_not_repeat_each_other(own: list[Letter]) -> None:
    led = [article.text for letter in own for article in letter.proposal.articles if article.text.lead]

    assert len(led) > 20
    assert not [text.title for text in led if text.lead in text.body]


ROOF = "Taket på skolan är lagat\n\nRegnet droppade i korridoren hela hösten. Två takläggare bytte pannorna."
NOTICE = "Hälsa på hos oss under lunchen. Kaffet står på bordet, och den som vill får en kaka till."


@pytest.mark.parametrize(
    "title",
    ["Ny telefontid", "Välkommen Elsa!", "Julhälsning", "Kassör sökes", "Tre frågor till Elsa Ek"],
)
def test_a_short_notice_is_an_article_and_no_subhead_of_the_one_before(title: str) -> None:
    assert titles(f"{ROOF}\n\n{title}\n\n{NOTICE}") == ["Taket på skolan är lagat", title]


@pytest.mark.parametrize("title", ["Telefontid", "Tre frågor till takläggaren", "Fem tips till villan"])
def test_a_subject_or_a_box_stays_in_the_article(title: str) -> None:
    assert titles(f"{ROOF}\n\n{title}\n\n{NOTICE}") == ["Taket på skolan är lagat"]


# --- Piece by piece ---


def test_a_chairs_word_keeps_its_kicker_its_date_and_its_whole_first_paragraph() -> None:
    text = (
        "Om hösten\n\nORDFÖRANDEN HAR ORDET 2 OKTOBER 2023: Tack alla! "
        + SENTENCES
        + "\n\nVarma hälsningar\nAnna Berg"
    )

    article = read(text).articles[0].text

    assert (article.title, article.kicker) == ("Om hösten", "ORDFÖRANDEN HAR ORDET")
    assert article.dateline == date(2023, 10, 2)
    assert article.body.startswith("Tack alla! Det här")
    assert article.byline_name == "Anna Berg"


def test_a_chairs_word_without_a_title_gets_the_kicker_for_one() -> None:
    text = (
        f"Trevligt möte\n\n{SENTENCES}\n\nAnna Berg, kassör\n\nORDFÖRANDE HAR ORDET 7 JULI 2022: {SENTENCES}"
    )

    assert titles(text) == ["Trevligt möte", "ORDFÖRANDE HAR ORDET 7 JULI 2022"]


def test_a_day_that_does_not_exist_stays_in_the_kicker() -> None:
    article = read(f"Rubrik\n\nLEDARE 31 FEBRUARI 2024: {SENTENCES}").articles[0].text

    assert (article.kicker, article.dateline) == ("LEDARE 31 FEBRUARI 2024", None)


def test_a_line_that_dates_an_article_becomes_its_date_and_is_reported() -> None:
    found = read(f"Nytt tak\n\nPublicerad 12 maj 2022\n\n{SENTENCES}")

    assert found.articles[0].text.dateline == date(2022, 5, 12)
    assert found.dropped == ["Publicerad 12 maj 2022"]


def test_the_date_of_a_meeting_in_a_title_is_not_the_date_of_the_article() -> None:
    assert read(f"Städdag 4 maj 2025\n\n{SENTENCES}").articles[0].text.dateline is None


def test_a_byline_with_a_photo_says_what_the_person_did() -> None:
    article = read(f"Nytt tak\n\n{SENTENCES}\n\nText och foto: Anna Berg").articles[0].text

    assert (article.byline_name, article.byline_role) == ("Anna Berg", "Text och foto")


def test_the_telephone_number_under_a_signature_stays_in_the_text() -> None:
    article = read(f"Nytt tak\n\n{SENTENCES}\n\nAnna Berg\nkassör, tel. 070-174 06 12").articles[0].text

    assert (article.byline_name, article.byline_role) == ("Anna Berg", "kassör")
    assert article.body.endswith("tel. 070-174 06 12")
    assert [link.url for link in article.links] == ["tel:+46701740612"]


def test_the_board_signs_through_somebody() -> None:
    article = read(f"Vår\n\n{SENTENCES}\n\nTrevlig vår önskar\nStyrelsen genom Vera Ek").articles[0].text

    assert (article.byline_name, article.byline_role) == ("Vera Ek", "Styrelsen genom")


def test_someone_whom_the_text_names_is_in_a_photo_and_has_not_signed() -> None:
    spoken = "Lena Ask, enhetschef, berättade om arbetet i kommunen. Alla lyssnade."
    text = f"Nytt\n\n{spoken}\n\nLena Ask, enhetschef i Lund\n\nNästa sak\n\n{SENTENCES}"

    article = read(text).articles[0].text

    assert article.byline_name == ""
    assert [picture.caption for picture in article.pictures] == ["Lena Ask, enhetschef i Lund"]


def test_a_photographer_belongs_to_the_caption_before() -> None:
    photo = "Lena Ask och Bo Ek vid bordet\n\nFoto: Cia Al"
    text = f"Nytt\n\n{SENTENCES}\n\n{photo}\n\nMer text kommer här efteråt."

    (picture,) = read(text).articles[0].text.pictures

    assert (picture.caption, picture.credit) == ("Lena Ask och Bo Ek vid bordet", "Foto: Cia Al")


def test_the_label_of_an_attachment_stays_in_the_text_and_is_no_heading() -> None:
    told = "Protokollet finns i pdf:en nedan, för den som vill läsa."
    text = f"Nytt\n\n{told}\n\nProtokoll årsmötet\n\nNästa\n\n{SENTENCES}"

    found = read(text)

    assert [attachment.label for attachment in found.articles[0].text.attachments] == ["Protokoll årsmötet"]
    assert found.articles[0].text.body.endswith("Protokoll årsmötet")
    assert [article.text.title for article in found.articles] == ["Nytt", "Nästa"]


def test_a_quotation_on_its_own_is_set_as_one() -> None:
    text = f"Nytt\n\n{SENTENCES} {SENTENCES}\n\n”Vi hade aldrig trott det!”\n\nMer text kommer här efteråt."

    assert "> ”Vi hade aldrig trott det!”" in read(text).articles[0].text.body


def test_an_address_keeps_its_lines() -> None:
    text = f"Adressen\n\n{SENTENCES}\n\nKlubbhuset\nÄngsvägen 3\n123 45 Överby"

    assert read(text).articles[0].text.body.endswith("Klubbhuset  \nÄngsvägen 3  \n123 45 Överby")


def test_a_list_of_contents_names_the_articles_and_is_reported() -> None:
    text = f"I det här numret:\n- Taket\n- Bryggan\n\nTaket\n\n{SENTENCES}\n\nBryggan\n\n{SENTENCES}"

    found = read(text)

    assert [article.text.title for article in found.articles] == ["Taket", "Bryggan"]
    assert found.dropped == ["I det här numret:", "- Taket", "- Bryggan"]


def test_the_name_of_the_letter_above_the_first_title_is_no_article() -> None:
    found = read(f"Klubbnytt nr 2\n\nTaket är lagat\n\n{SENTENCES}")

    assert [article.text.title for article in found.articles] == ["Taket är lagat"]
    assert found.dropped == ["Klubbnytt nr 2"]


def test_a_text_without_headings_gets_its_first_words_for_a_title() -> None:
    (article,) = read(f"{SENTENCES}\n\n{SENTENCES}").articles

    assert article.text.title == "Det här är brödtext. Den har två meningar, och den andra är lite …"
    assert article.text.lead == SENTENCES


@pytest.mark.parametrize("text", ["Hej", "Hej.", "1", "?", "😀", "-", "שלום"])
def test_a_text_of_one_word_is_an_article_with_that_title(text: str) -> None:
    (article,) = read(text).articles or [None]

    assert article is not None
    assert article.text.title == text


def test_a_text_of_nothing_but_the_web_page_has_no_article() -> None:
    found = read("Rulla till toppen\n\nScroll to Top")

    assert found.articles == []
    assert found.dropped == ["Rulla till toppen", "Scroll to Top"]


def test_html_that_was_pasted_is_text_and_cannot_become_markup() -> None:
    article = (
        read("Titel\n\n<script>alert(1)</script> Det här är en text med <b>taggar</b> i sig.")
        .articles[0]
        .text
    )

    assert "<script" not in article.body.replace("\\<script", "")


def test_the_language_of_an_article_is_told_by_its_small_words() -> None:
    english = "A letter\n\nThis is the first of the letters that we have had from our friends in the north."

    assert [article.text.language for article in read(english).articles] == ["en"]


def test_the_same_words_are_the_same_source_whatever_their_layout() -> None:
    assert (
        read("Rubrik\n\nEn text.").source == read("Rubrik\n\n\n   En\ntext!").source != read("Rubrik").source
    )


# --- Texts that nobody wrote ---


def test_ten_thousand_headings_are_read_in_a_few_seconds() -> None:
    text = "".join(
        f"Rubrik nummer {n}\n\nMöte nummer {n} hölls i skolan. Alla kom.\n\n" for n in range(10_000)
    )

    found = read(text)

    assert sum(len(subheads(article.text)) + 1 for article in found.articles) == 10_000


@pytest.mark.parametrize(
    "line", ["ord " * 250_000, "å" * 1_000_000, "*_[`" * 250_000, "Anna Berg " * 100_000]
)
def test_a_line_of_a_million_characters_is_read(line: str) -> None:
    assert read(f"Rubrik\n\n{line}").articles[0].text.title == "Rubrik"


def test_a_text_of_far_too_many_lines_is_refused_with_a_sentence() -> None:
    with pytest.raises(TextRefused, match=r"brev\.txt har fler än 100000 rader"):
        read("rad\n" * (MOST_LINES + 1))
