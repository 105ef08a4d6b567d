"""The forms of a letter: a short one, an invitation, an obituary; and every check there is passes them."""

from dataclasses import replace

import pytest
from lxml import html
from lxml.html import document_fromstring

from newsletter.core import colours
from newsletter.core.preflight.matter import Matter, Part, Version
from newsletter.core.preflight.versions import check_version
from newsletter.rendering import mime
from newsletter.rendering.issues import render
from newsletter.rendering.values import IssueView
from tests.newsletter.rendering.samples import (
    CHAIR,
    FILM,
    FRAME,
    INVITATION,
    OBITUARY,
    VIEW,
    with_articles,
)
from tests.newsletter.rendering.test_mime import FROZEN, VALUES

LETTER = replace(
    with_articles(replace(CHAIR, kicker=""), number=0, title="Brev från Skåne", preheader=""),
    list_name="Brev från din region",
)


def test_one_article_is_a_letter_without_contents_signed_by_whoever_wrote_it() -> None:
    page = document_fromstring(render(LETTER).html)

    assert not page.find_class("toc")
    assert page.find_class("letterhead")
    assert page.xpath("//h1")[0].text_content() == "Brev från Skåne"
    words = " ".join(page.text_content().split())
    assert words.index("Märta Sjökvist") > words.index("Ta med en filt.")
    assert "I det här numret" not in render(LETTER).text
    assert not document_fromstring(render(VIEW).html).find_class("letterhead")


def test_a_letter_that_is_called_as_its_article_says_the_title_once() -> None:
    rendered = render(with_articles(INVITATION, title=INVITATION.title, preheader=""))
    page = document_fromstring(rendered.html)

    assert [h.text_content() for h in page.xpath("//h1 | //h2")] == ["Nyhetsbrevet", INVITATION.title]
    assert rendered.text.count(INVITATION.title) == 1


def test_an_obituary_has_no_colour_but_ink_and_a_small_portrait() -> None:
    page = document_fromstring(render(with_articles(OBITUARY, CHAIR)).html)
    [cell] = page.find_class("subdued")

    accent = colours.day(FRAME.accent).accent
    assert accent not in html.tostring(cell, encoding="unicode")
    assert "1938–2027" in cell.text_content()
    [portrait] = cell.iter("img")
    assert portrait.get("width") == "216"
    assert "max-width:216px" in portrait.get("style", "").replace(" ", "")


FORMS = {
    "letter": LETTER,
    "invitation": with_articles(INVITATION, title=INVITATION.title),
    "everything": with_articles(OBITUARY, FILM, INVITATION, CHAIR),
    "other faces": with_articles(INVITATION, FILM, frame=replace(FRAME, typeface="round", footer="Org.nr 8")),
}


@pytest.mark.parametrize("view", FORMS.values(), ids=FORMS.keys())
def test_every_form_passes_every_check_of_a_variant(view: IssueView) -> None:
    rendered = render(view)
    filled = {
        "greeting": "Hej Åsa!",
        "unsubscribe-url": "https://brev.fyrvannerna.example/a/1",
        "preferences-url": "https://brev.fyrvannerna.example/p/1",
        "web-url": "https://brev.fyrvannerna.example/las/1",
    }
    html_part, text_part = rendered.html, rendered.text
    for name, value in filled.items():
        marker = f"__{name.upper().replace('-', '_')}__"
        html_part, text_part = html_part.replace(marker, value), text_part.replace(marker, value)
    template = mime.compile(rendered, FROZEN, files=rendered.enclosed)
    values = {**VALUES, "list-unsubscribe": "<https://brev.fyrvannerna.example/a/1>", **filled}
    version = Version(
        name="Alla",
        language="sv",
        html=html_part,
        text=text_part,
        message=template.fill({name: values[name] for name in template.needs}),
        article_ids=tuple(item.article_id for item in view.items),
    )
    parts = tuple(Part(article_id=item.article_id, text=item.article) for item in view.items)

    found = list(check_version(version, Matter(subject=view.subject, parts=parts)))

    assert [(each.rule, each.sentence, each.facts) for each in found] == []


def test_where_and_when_a_hidden_invitation_is_may_stand_in_no_calendar_file() -> None:
    """A leak by the one part that nobody reads."""
    seen = with_articles(CHAIR)
    leaked = mime.compile(render(seen), FROZEN, files=render(with_articles(INVITATION)).enclosed)
    message = leaked.fill({**VALUES, "greeting": "", "unsubscribe-url": "x", "preferences-url": "x"})
    version = Version(
        name="Skåne", language="sv", html="<html></html>", text="", message=message, article_ids=(1,)
    )
    parts = (Part(article_id=1, text=CHAIR), Part(article_id=2, text=INVITATION))

    found = [each for each in check_version(version, Matter(subject="x", parts=parts)) if each.rule == "leak"]

    assert INVITATION.title in {each.facts["words"] for each in found}
    assert "Utklippans fyr, södra hamnen" in {each.facts["words"] for each in found}
