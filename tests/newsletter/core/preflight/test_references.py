"""What words point at must be there; the real newsletters are full of what is not."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.core.articles import Attachment, Link, Picture
from newsletter.core.preflight import references
from newsletter.core.preflight.findings import Place, Severity
from newsletter.core.preflight.prose import paragraphs
from newsletter.importing.text import read_text
from tests.newsletter.core.preflight.texts import article, rules, told


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Klicka här för att anmäla dig.", "link"),
        ("Läs hela intervjun här!", "link"),
        ("Du hittar listan via länken nedan.", "link"),
        ("Titta på filmen från trädgården.", "link"),
        ("Hör Asta berätta om sin ympning.", "link"),
        ("Här hittar du alla bilder.", "link"),
        ("Läs mer »", "link"),
        ("Click here to read on.", "link"),
        ("Öppna pdf:en nedan.", "file"),
        ("Program bifogas.", "file"),
        ("Se bilagan om beskärning.", "file"),
        ("Ladda ner affischen.", "file"),
        ("Adresserna står i listan till höger.", "beside"),
        ("Välj kurs längst upp på sidan.", "beside"),
    ],
)
def test_words_that_lead_nowhere_are_told_of(text: str, rule: str) -> None:
    (found,) = references.check(3, article(f"Vi har skördat.\n\nDet gick bra. {text}"))

    assert (found.rule, found.severity, found.place) == (rule, Severity.WARNING, Place.BODY)
    assert found.article_id == 3
    assert text.rstrip("!»").strip() in told(found)
    assert "”Skörden”" in told(found)


@pytest.mark.parametrize(
    "text",
    [
        "Klicka [här](https://a.example/).",
        "Läs hela intervjun här: www.tradet.example",
        "Öppna pdf:en: [Programmet](https://a.example/program.pdf).",
        "Hör av dig till a@b.example.",
        "Det hör till ovanligheterna. Hör ihop gör de ändå.",
        "Här finns vi i femton år till.",
        "Här finns många som odlar päron.",
        "Sväng till höger vid ladan.",
        "Bilden till vänster hänger i köket.",
    ],
)
def test_words_that_lead_somewhere_or_mean_something_else_are_left_alone(text: str) -> None:
    assert list(references.check(3, article(text))) == []


def test_a_link_or_a_file_of_the_article_is_enough() -> None:
    text = "Läs mer på webben. Se bilagan."

    assert list(references.check(1, article(text, links=(Link("https://a.example/"),)))) == []
    assert list(references.check(1, article(text, attachments=(Attachment("Program", "x.pdf", 9),)))) == []


def test_nothing_helps_against_what_stands_beside_on_a_web_page() -> None:
    body = "Länkar finns i menyn till vänster: [en](https://a.example/)."

    assert rules(references.check(1, article(body))) == ["beside"]


@pytest.mark.parametrize(
    "text", ["Kontakta mig gärna.", "Hör av dig!", "Mejla oss om du kan.", "Ring styrelsen."]
)
def test_contact_needs_an_address_or_a_number(text: str) -> None:
    (found,) = references.check(1, article(text))
    assert found.rule == "contact"

    for reached in ("mig@a.example", "070-123 45 67", "+46 8 123 456", "[mejl](mailto:mig@a.example)"):
        assert list(references.check(1, article(f"{text}\n\nJag nås på {reached}"))) == []


def test_a_file_that_is_missing_is_told_of_and_a_caption_alone_is_advice() -> None:
    found = list(
        references.check(
            1,
            article(
                attachments=(Attachment("Stadgarna"),),
                pictures=(
                    Picture(caption="Asta i trädet"),
                    Picture(caption="Här", file="a.jpg"),
                    Picture(alt="x"),
                ),
            ),
        )
    )

    assert [(each.rule, each.severity, each.place) for each in found] == [
        ("file", Severity.WARNING, Place.ATTACHMENTS),
        ("picture", Severity.ADVICE, Place.PICTURES),
    ]
    assert "Stadgarna" in told(found[0])
    assert "Asta i trädet" in told(found[1])


def test_a_heading_points_at_what_follows_it() -> None:
    assert list(references.check(1, article("## Läs mer\n\nVi ses.", title="Klicka här"))) == []


def test_a_careful_readers_findings_in_the_real_newsletters_are_found(
    seeds: Callable[[], list[Path]],
) -> None:
    marked = 0
    for path in seeds():
        key = tomllib.loads(path.with_name("expected.toml").read_text(encoding="utf-8"))[path.name]
        proposal = read_text(path.read_text(encoding="utf-8"), path.name)
        for wanted, proposed in zip(key["articles"], proposal.articles, strict=True):
            found = [f for f in references.check(1, proposed.text) if f.severity is Severity.WARNING]
            for words in wanted.get("dangling", []):
                marked += 1
                said = [s for p in paragraphs(proposed.text) for s in p.sentences() if words[:20] in s]
                assert {references.short(s) for s in said} & {f.facts["words"] for f in found}, words
            assert len(found) <= len(wanted.get("dangling", [])) + 1, [told(f) for f in found]
    assert marked == 7
