"""Markdown with front matter becomes articles; what nobody understands is told with its line."""

import time
from datetime import date

import pytest

from newsletter.core.articles import Attachment, Link, Picture
from newsletter.errors import TextRefused
from newsletter.importing.markdown import is_markdown, read_markdown
from newsletter.importing.values import Proposal

WHOLE = """---
title: "Vårens resa: till Visby"
kicker: PÅ GÅNG
date: 2026-03-01
lead: >
  Vi åker i maj.
  Du hinner anmäla dig.
byline: Anna Berg
role: reseledare
language: sv
audience: [skane, Väst]
expires: 2026-05-01
status: ready
images:
  - file: visby.jpg
    caption: Ringmuren i solnedgång.
    credit: "Foto: Bo Ek"
    alt: En mur.
captions:
attachments:
  - Program för resan
tags: resa, vår
---
Båten går **klockan 9**. Läs mer på [sidan](https://resa.example/visby) eller skriv till
<resa@forening.example>.

## Packlista

- regnkläder
- humör

![Karta](karta.png "Vägen till hamnen")
"""


def read(text: str) -> Proposal:
    return read_markdown(text, "resa.md")


def test_front_matter_says_what_the_text_cannot() -> None:
    (proposed,) = read(WHOLE.replace("captions:\n", "")).articles
    text = proposed.text

    assert (text.title, text.kicker, text.dateline) == (
        "Vårens resa: till Visby",
        "PÅ GÅNG",
        date(2026, 3, 1),
    )
    assert text.lead == "Vi åker i maj. Du hinner anmäla dig."
    assert (text.byline_name, text.byline_role, text.language) == ("Anna Berg", "reseledare", "sv")
    assert text.attachments == (Attachment("Program för resan"),)
    assert (proposed.audience, proposed.expires_on, proposed.status) == (
        ("skane", "Väst"),
        date(2026, 5, 1),
        "ready",
    )


def test_pictures_of_the_front_matter_and_of_the_text_go_to_the_record() -> None:
    text = read(WHOLE.replace("captions:\n", "")).articles[0].text

    assert text.pictures == (
        Picture("Ringmuren i solnedgång.", "Foto: Bo Ek", "En mur.", "visby.jpg"),
        Picture("Vägen till hamnen", "", "Karta", "karta.png"),
    )
    assert "karta.png" not in text.body


def test_the_body_stays_as_it_was_written() -> None:
    body = read(WHOLE.replace("captions:\n", "")).articles[0].text.body

    assert body.startswith("Båten går **klockan 9**. Läs mer på [sidan](https://resa.example/visby)")
    assert body.endswith("- regnkläder\n- humör")


def test_links_are_found_with_their_labels() -> None:
    assert read(WHOLE.replace("captions:\n", "")).articles[0].text.links == (
        Link("https://resa.example/visby", "sidan"),
        Link("mailto:resa@forening.example", "resa@forening.example"),
    )


def test_a_key_that_means_nothing_is_reported() -> None:
    assert read(WHOLE.replace("captions:\n", "")).dropped == ["tags: resa, vår"]


def test_keys_may_be_swedish() -> None:
    front = "titel: Resan\nvinjett: PÅ GÅNG\ningress: Vi åker.\nskribent: Bo Ek\nroll: kassör"

    text = read(f"---\n{front}\n---\nText.").articles[0].text

    assert (text.title, text.kicker, text.lead, text.byline_name, text.byline_role) == (
        "Resan",
        "PÅ GÅNG",
        "Vi åker.",
        "Bo Ek",
        "kassör",
    )


def test_captions_may_be_plain_lines() -> None:
    text = (
        read("---\ntitle: Resan\ncaptions:\n  - Muren: sedd från havet\n  - En båt\n---\nText.")
        .articles[0]
        .text
    )

    assert {picture.caption for picture in text.pictures} == {"sedd från havet", "En båt"}


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    (proposed,) = read("# Resan\n\nText.\n\n## Packlista\n\nMer.").articles

    assert (proposed.text.title, proposed.text.body) == ("Resan", "Text.\n\n## Packlista\n\nMer.")


def test_several_first_level_headings_are_several_articles() -> None:
    found = read("# Resan\n\nText.\n\nTaket\n=====\n\n## Spån\n\nMer.").articles

    assert [(a.text.title, a.number) for a in found] == [("Resan", 1), ("Taket", 5)]
    assert found[1].text.body == "## Spån\n\nMer."


def test_first_level_headings_below_a_title_are_subheads() -> None:
    assert (
        read("---\ntitle: Resan\n---\n# Packlista\n\nText.").articles[0].text.body == "## Packlista\n\nText."
    )


def test_everyone_is_everyone() -> None:
    assert read("---\ntitle: Resan\naudience: alla\n---\nText.").articles[0].audience == ()


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ("title: A\nvad är detta", "rad 3: ”vad är detta” går inte att förstå"),
        ("title: A\ntitle: B", "rad 3: ”title” står två gånger"),
        ("title: A\ndate: i våras", "rad 3: ”i våras” ska vara ett datum"),
        ("title: A\nstatus: nästan", "rad 3: ”nästan” ska vara draft eller ready"),
        ("title: A\nlanguage: Swedish!", "rad 3: ”Swedish!” ska vara ett språk"),
        ("kicker: A", "har ingen titel"),
        (f"title: {'a' * 301}", "ska vara högst 300 tecken"),
    ],
)
def test_front_matter_that_cannot_be_understood_is_refused(front: str, sentence: str) -> None:
    with pytest.raises(TextRefused) as refused:
        read(f"---\n{front}\n---\nText.")

    assert str(refused.value).startswith("Filen resa.md")
    assert sentence in str(refused.value)


def test_a_ruled_line_at_the_top_is_no_front_matter() -> None:
    assert not is_markdown("---\n\nHej alla!\n\n---\n")
    assert not is_markdown("---\ntitle: A\n")
    assert is_markdown("---\ntitle: A\n---\n")


def test_brackets_that_nobody_wrote_are_refused_quickly() -> None:
    started = time.monotonic()

    with pytest.raises(TextRefused, match="hakparenteser"):
        read("# Titel\n\n" + "[" * 1_000_000)

    assert time.monotonic() - started < 2
