"""Each line is taken for what it is: the habits of writers are many."""

import pytest

from newsletter.importing.blocks import Kind
from newsletter.importing.lines import read_lines
from newsletter.importing.recognising import read_blocks

TEXT = "Det här är brödtext. Den har två meningar, och den andra är lite längre än den första."


def kinds(source: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in read_blocks(read_lines(source))]


def headings(source: str) -> list[str]:
    return [block.text for block in read_blocks(read_lines(source)) if block.kind is Kind.HEADING]


@pytest.mark.parametrize("bullet", ["-", "*", "•", "·", "o", "–", "▪"])
def test_lists_have_many_kinds_of_bullets(bullet: str) -> None:
    found = kinds(f"Rubrik\n\n{TEXT}\n\n{bullet} ett\n{bullet} två\n{bullet} tre")

    assert found[2:] == [("bullet", "ett"), ("bullet", "två"), ("bullet", "tre")]


@pytest.mark.parametrize("dash", ["–", "—", "-"])
def test_what_somebody_says_after_a_dash_is_no_list(dash: str) -> None:
    found = kinds(
        f"Rubrik\n\n{TEXT}\n\n{dash} Vi är så glada, säger Anna.\n\n{dash} Det är inte jag, säger Bo."
    )

    assert [kind for kind, _text in found[2:]] == ["talk", "talk"]
    assert found[2][1] == f"{dash} Vi är så glada, säger Anna."


def test_talk_without_a_blank_line_between_is_still_talk() -> None:
    found = kinds(f"Rubrik\n\n{TEXT}\n– Vi är så glada, säger Anna.\n– Det är inte jag, säger Bo.")

    assert [kind for kind, _text in found[2:]] == ["talk", "talk"]


@pytest.mark.parametrize(
    "source",
    [
        f"ÅRETS LÄGER\n\n{TEXT}\n\nNY LEDARE\n\n{TEXT}",
        f"Årets läger\n===========\n\n{TEXT}\n\nNy ledare\n=========\n\n{TEXT}",
        f"Årets läger\n-----------\n{TEXT}\n\nNy ledare\n---------\n{TEXT}",
        f"# Årets läger\n\n{TEXT}\n\n# Ny ledare\n\n{TEXT}",
        f"**Årets läger**\n\n{TEXT}\n\n**Ny ledare**\n\n{TEXT}",
        f"Årets läger\n{TEXT}\nNy ledare\n{TEXT}",
        f"Årets läger\n\n{TEXT}\n{TEXT}\n\nNy ledare\n{TEXT}",
        f"Årets läger\n\n- tält\n- mat\n\nNy ledare\n\n{TEXT}",
        f"Årets läger\n\n\n\n{TEXT}\n\n\n\nNy ledare\n\n\n\n{TEXT}",
    ],
)
def test_headings_are_found_whatever_they_look_like(source: str) -> None:
    assert [text.lower() for text in headings(source)] == ["årets läger", "ny ledare"]


def test_numbered_headings_keep_their_numbers() -> None:
    assert headings(f"1. Inledning\n\n{TEXT}\n\n2. Läget\n\n{TEXT}") == ["1. Inledning", "2. Läget"]


def test_a_numbered_list_is_no_row_of_headings() -> None:
    assert headings(f"Rubrik\n\n{TEXT}\n\n1. Ett\n2. Två\n3. Tre\n\n{TEXT}") == ["Rubrik"]


@pytest.mark.parametrize(
    "line",
    [
        "Titta på filmen här!",
        "Hoppas vi ses!",
        "Glad sommar!",
        "Läs mer på https://forening.example",
        "Här är våra fyra kandidater:",
        "12 maj kl 18",
        "Tisdag 4 april: städdag",
        "anna@forening.example",
        "och så vidare",
        "”Vi hade aldrig trott det.”",
        "Alla kom, och ingen gick hem före midnatt. Det var kul",
        "Ett stort tack till alla som bakade, bar bord och diskade!",
    ],
)
def test_a_line_that_only_is_short_is_no_heading(line: str) -> None:
    assert headings(f"Rubrik\n\n{TEXT}\n\n{line}\n\n{TEXT}") == ["Rubrik"]


@pytest.mark.parametrize(
    "line", ["Tack Rune!", "Vad händer nu?", "Almedalen", "2025 i siffror", "”Vi är inte rädda”"]
)
def test_a_heading_may_shout_ask_or_be_one_word(line: str) -> None:
    assert headings(f"Rubrik\n\n{TEXT}\n\n{line}\n\n{TEXT}") == ["Rubrik", line]


def test_a_name_above_text_is_a_heading_and_above_nothing_a_signature() -> None:
    found = kinds(f"Rubrik\n\n{TEXT}\n\nAnna Berg\n\n{TEXT}\n\nBo Ek")

    assert found[2] == ("heading", "Anna Berg")
    assert found[4] == ("signature", "Bo Ek")


def test_lines_of_blog_pages_are_furniture() -> None:
    lines = ["Inga kommentarer:", "Skicka en kommentar", "← Äldre inlägg", "Publicerad i Aktuellt, Just nu"]
    found = kinds(f"Rubrik\n\n{TEXT}\n\n" + "\n\n".join(lines))

    assert [kind for kind, _text in found[2:]] == ["chrome"] * 4


@pytest.mark.parametrize("word", ["Kontakt", "Meny", "Facebook", "Nyheter", "Start"])
def test_a_word_of_many_pages_may_be_a_heading_in_a_letter(word: str) -> None:
    assert headings(f"Rubrik\n\n{TEXT}\n\n{word}\n\n{TEXT}") == ["Rubrik", word]


def test_a_sentence_about_cookies_is_text() -> None:
    sentence = "Vi pratade om varför vi använder cookies på webbplatsen, och bestämde oss för att sluta."

    assert kinds(f"Rubrik\n\n{TEXT}\n\n{sentence}")[-1] == ("paragraph", sentence)
