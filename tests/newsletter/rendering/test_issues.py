"""An issue rendered: the whole pipe, from values to what a member reads."""

import html
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from newsletter.core.articles import ArticleText, Link, Picture
from newsletter.core.messages import GREETING, MARKERS, PREFERENCES_URL, UNSUBSCRIBE_URL, WEB_URL
from newsletter.errors import TemplateError
from newsletter.rendering import issues, links, mime, mjml
from newsletter.rendering.issues import render
from newsletter.rendering.merge import templates_folder
from newsletter.rendering.values import IssueView, ItemView, Rendered, SectionView
from tests.newsletter.rendering.samples import (
    CHAIR,
    ENGLISH,
    FRAME,
    LEAD,
    SKANE,
    TEASED,
    VAST,
    VIEW,
    item,
    with_articles,
)

MEMBER_NOTICE = replace(
    VIEW, can_unsubscribe=False, why="Du får det här brevet för att du är medlem i Fyrvännerna i Norden."
)


def page(rendered: Rendered) -> HtmlElement:
    return document_fromstring(rendered.html)


def words(rendered: Rendered) -> str:
    """Return all words of the HTML, as a browser would show them."""
    body = page(rendered).find("body")
    assert body is not None
    for hidden in body.xpath(".//style | .//*[contains(@class, 'preheader')]"):
        hidden.drop_tree()
    return " ".join(" ".join(body.itertext()).split())


def visible_links(rendered: Rendered) -> set[str]:
    hrefs = page(rendered).xpath("//a/@href")
    return {str(href) for href in hrefs if not href.startswith("#")}


def test_an_issue_shows_everything_that_stands_in_it() -> None:
    rendered = render(VIEW)

    shown = words(rendered)
    for said in (
        "Fyrvännerna i Norden", "Nyhetsbrevet · Nummer 4 · juni 2027", "Ljuset tillbaka", "I det här numret",
        "Linsen som kom hem i en barnvagn", "REPORTAGE", "28 maj 2027", "inlindad i en yllefilt",
        "– Hur långt har du gått? frågade fyrmästaren.", "Hittad under en trappa", "Utom katten.",
        "Sista biten hem. Foto: Ida Åberg", "Bild: Fyrmästaren (till vänster) håller andan. Foto: Ida Åberg",
        "Örjan Ängquist redaktör och färjekarl", "Karta över alla fyrar", "Gästboken", "Föreningen",
        "PS: Ta med en filt.", "Skåne – bara i din regions brev",
        "Skåne och Väst – bara i de här regionernas brev", "Norah writes",
        "Läs vidare på fyrvannerna.example", "Du får det här brevet", "Lotsgatan 7, 371 32 Karlskrona",
        "Avsluta prenumerationen", "Ändra vad du får", "hej@fyrvannerna.example",
        "Vi mäter inte vem som öppnar breven.",
    ):  # fmt: skip
        assert said in shown


def test_the_same_view_gives_the_same_bytes() -> None:
    assert render(VIEW) == render(VIEW)


def test_two_officers_may_preview_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(render, [VIEW, MEMBER_NOTICE] * 8))

    assert set(results) == {render(VIEW), render(MEMBER_NOTICE)}


def test_subject_preheader_and_language_are_told_for_the_header() -> None:
    rendered = render(replace(VIEW, subject="  Två\r\nrader\x00 "))

    assert rendered.subject == "Två rader"
    assert rendered.preheader == "Om en barnvagn, en bänk och tolv färjeturer."
    assert rendered.language == "sv"


def test_without_words_of_the_officers_own_the_preheader_is_the_first_titles() -> None:
    """Rule P10: nothing is hidden in the mail that it does not also show."""
    preheader = render(replace(VIEW, preheader="")).preheader

    assert preheader.startswith("Linsen som kom hem i en barnvagn · En bänk mot väster · Kväll")
    assert len(preheader) <= issues.PREHEADER_LENGTH + 2


def test_the_lead_story_is_set_larger_than_the_others() -> None:
    sizes = {
        heading.text_content(): int(re.findall(r"font-size:(\d+)px", heading.get("style", ""))[-1])
        for heading in page(render(VIEW)).xpath("//*[contains(@class, 'title')]")
    }

    assert (
        sizes["Linsen som kom hem i en barnvagn"]
        > sizes["En bänk mot väster"]
        > sizes["Sommarens färjelägen"]
    )


def test_a_teaser_in_the_first_place_is_no_lead_story() -> None:
    view = replace(VIEW, sections=(SectionView("", (item(TEASED, 1, teaser=True), item(LEAD, 2))),))

    assert "title large" not in render(view).html


def test_every_entry_of_the_contents_leads_to_its_article() -> None:
    document = page(render(VIEW))
    targets = [a.get("href", "")[1:] for a in document.xpath("//a[starts-with(@href, '#')]")]

    assert len(targets) == 6
    for target in targets:
        assert document.xpath(f"//*[@id='{target}']/self::h2 | //*[@id='{target}']/self::h3")


def test_a_single_article_needs_no_contents() -> None:
    rendered = render(with_articles(CHAIR))

    assert "I det här numret" not in rendered.html + rendered.text


def test_the_frame_speaks_english_and_the_articles_their_own_language() -> None:
    rendered = render(replace(VIEW, language="en", list_name="The newsletter"))
    document = page(rendered)

    assert "The newsletter · Issue 4 · June 2027" in words(rendered)
    assert "In this issue" in rendered.text
    assert "Unsubscribe:" in rendered.text
    assert "Bild: Fyrmästaren" in words(rendered)
    assert document.get("lang") == "en"
    assert document.xpath("//*[@id='artikel-1']/ancestor::*[@lang][1]/@lang") == ["sv"]
    assert document.xpath("//*[@id='artikel-5']/ancestor::*[@lang][1]/@lang") == ["en"]


def test_a_member_notice_cannot_be_unsubscribed_from() -> None:
    rendered = render(MEMBER_NOTICE)

    assert rendered.slots == {GREETING, PREFERENCES_URL}
    assert "Avsluta prenumerationen" not in rendered.html + rendered.text
    assert "Det är ett medlemsmeddelande, som går till alla medlemmar." in words(rendered)


def test_the_slots_stand_where_a_persons_own_words_go() -> None:
    rendered = render(replace(VIEW, on_web=True))

    assert rendered.slots == {GREETING, UNSUBSCRIBE_URL, PREFERENCES_URL, WEB_URL}
    for marker in MARKERS.values():
        assert rendered.html.count(marker) == rendered.text.count(marker) == 1
    assert f'href="{MARKERS[UNSUBSCRIBE_URL]}"' in rendered.html
    assert f"\n{MARKERS[UNSUBSCRIBE_URL]}\n" in rendered.text


@pytest.mark.parametrize("on_web", [True, False])
def test_a_teaser_without_a_target_leads_to_its_own_place_in_the_web_version_where_there_is_one(
    on_web: bool,
) -> None:
    long = ArticleText(title="Bänken", body="Den kom i maj. " * 40)
    section = SectionView("", (ItemView(article_id=7, article=long, teaser=True),))
    rendered = render(replace(VIEW, on_web=on_web, sections=(section,)))

    target = f"{MARKERS[WEB_URL]}#artikel-7"
    assert (f'<a href="{target}"' in rendered.html) is on_web
    assert (f"Läs hela artikeln på webben:\n{target}\n" in rendered.text) is on_web
    if on_web:
        filled = mime.compile(rendered, headers_of(can_unsubscribe=True))
        assert WEB_URL in filled.needs


def test_a_rendered_issue_becomes_a_message_template() -> None:
    template = mime.compile(render(VIEW), headers_of(can_unsubscribe=True))
    notice = mime.compile(render(MEMBER_NOTICE), headers_of(can_unsubscribe=False))

    assert {GREETING, UNSUBSCRIBE_URL, PREFERENCES_URL} <= template.needs
    assert UNSUBSCRIBE_URL not in notice.needs


def headers_of(*, can_unsubscribe: bool) -> mime.FrozenHeaders:
    return mime.FrozenHeaders(
        sender_name=FRAME.association,
        sender_address=FRAME.from_address,
        list_id="<nyhetsbrev.fyrvannerna.example>",
        can_unsubscribe=can_unsubscribe,
    )


# --- Text and HTML say the same (rule X17) ------------------------------------------------------------------

ALL_ARTICLES = (LEAD, CHAIR, SKANE, VAST, ENGLISH, TEASED)


@pytest.mark.parametrize(
    "view", [VIEW, MEMBER_NOTICE, replace(VIEW, language="en"), with_articles(LEAD, TEASED)]
)
def test_both_parts_hold_the_same_links(view: IssueView) -> None:
    rendered = render(view)
    in_text = {
        *re.findall(r"https?://\S+[^\s.,)]", rendered.text),
        *re.findall(r"[\w.]+@[\w.]+\w", rendered.text),
        *re.findall(r"__[A-Z_]+_URL__", rendered.text),
        *(["070-174 06 55"] if "070-174 06 55" in rendered.text else []),
    }
    in_html = {links.in_text(url) for url in visible_links(rendered)}

    assert {"070-174 06 55" if url == "+46701740655" else url for url in in_html} == in_text


def test_both_parts_hold_the_same_articles_in_the_same_order() -> None:
    rendered = render(VIEW)
    shown, read = words(rendered), " ".join(rendered.text.split())

    for said in (shown, read):
        places = [said.rindex(article.title) for article in ALL_ARTICLES]
        assert places == sorted(places)


def test_every_word_of_the_html_stands_in_the_text_and_the_other_way_round() -> None:
    rendered = render(VIEW)

    def said(text: str) -> set[str]:
        return set(re.findall(r"\w{2,}", text.replace("_", " ")))

    only_in_text = {"https"} | {word for url in visible_links(rendered) for word in said(url)}
    # A table with two columns repeats nothing; a picture with caption needs no description in words.
    described = said("En barnvagn på en kaj i motljus.")

    assert said(words(rendered)) - said(rendered.text) == set()
    assert said(rendered.text) - said(words(rendered)) - only_in_text - described == set()


def test_no_word_of_a_real_newsletter_is_lost_on_the_way(seeds: Callable[[], list[Path]]) -> None:
    for path in seeds():
        body = path.read_text("utf-8")
        rendered = render(with_articles(ArticleText(title="Utskick", body=body)))
        wanted = Counter(re.findall(r"\w+", body))

        for part in (words(rendered), rendered.text):
            assert not wanted - Counter(re.findall(r"\w+", part)), path.name


def test_no_line_of_the_text_is_longer_than_72_unless_it_is_one_word() -> None:
    for line in render(VIEW).text.split("\n"):
        assert len(line) <= 72 or " " not in line.strip("• "), line
        assert line == line.rstrip()


def test_the_text_is_set_with_rules_contents_and_region_blocks() -> None:
    text = render(VIEW).text

    assert text.startswith("Fyrvännerna i Norden\nNyhetsbrevet · Nummer 4 · juni 2027\n" + "=" * 72 + "\n")
    assert "\n• Kväll vid Kullens fyr (Skåne)\n• Dimma över Vinga (Skåne och Väst)\n" in text
    assert re.search(r"\n\n=== Föreningen =+\n\nORDFÖRANDEN\nEn bänk mot väster\n=+\n\n", text)
    assert re.search(r"\n\n--- Skåne – bara i din regions brev -+\n\nKväll", text)
    assert "\n\n\n" not in text


# --- Hostile input ------------------------------------------------------------------------------------------

EVIL = '"\'><script>alert(1)</script>{{ 7*7 }}{% for %}<!--[if mso]>--><![endif]-->\x00\ud800]]>&#34; onx="1'

EVIL_ARTICLE = ArticleText(
    title=EVIL,
    kicker=EVIL,
    lead=EVIL,
    body=f"{EVIL}\n\n## {EVIL}\n\n- {EVIL}\n\n> {EVIL}\n\n[{EVIL}](https://x.example/{EVIL})",
    byline_name=EVIL,
    byline_role=EVIL,
    pictures=(Picture(file="a b\"'.jpg", alt=EVIL, caption=EVIL, credit=EVIL), Picture(caption=EVIL)),
    links=(Link('https://x.example/"onclick="alert(1)', EVIL), Link("javascript:alert(1)", EVIL)),
)


def evil_view() -> IssueView:
    frame = replace(FRAME, association=EVIL, postal_address=EVIL, contact="a@b.example")
    sections = (
        SectionView(EVIL, (item(EVIL_ARTICLE, 1, regions=(EVIL,)), item(EVIL_ARTICLE, 2, teaser=True))),
    )
    return replace(
        VIEW,
        frame=frame,
        title=EVIL,
        subject=EVIL,
        preheader=EVIL,
        why=EVIL,
        list_name=EVIL,
        sections=sections,
    )


def test_nothing_that_people_write_becomes_markup_script_or_template() -> None:
    rendered = render(evil_view())
    document = page(rendered)

    assert not document.xpath("//script")
    assert not document.xpath("//@*[starts-with(name(), 'on')]")
    assert all(href.startswith(("https:", "mailto:", "#", "__")) for href in document.xpath("//@href"))
    assert "{{ 7*7 }}{% for %}" in html.unescape(rendered.html)
    assert "49" not in re.sub(r"#\w+", "", rendered.text)
    assert "\x00" not in rendered.html + rendered.text
    rendered.html.encode()  # no half characters
    # Whatever ends a comment or begins one comes from the layout.
    assert not [c for c in re.findall(r"<!--.*?-->", rendered.html, re.DOTALL) if "alert" in c]


def test_markers_that_an_article_writes_are_read_as_text_and_are_no_slots() -> None:
    tricks = (
        "__GREETING__ \\_\\_UNSUBSCRIBE\\_URL\\_\\_ &#95;_PREFERENCES_URL__ `__UNSUBSCRIBE_URL__` "
        "<https://x.example/?q=__UNSUBSCRIBE_URL__>"
    )
    article = ArticleText(
        title="__UNSUBSCRIBE_URL__", kicker="__GREETING__", body=tricks, byline_name="__GREETING__"
    )
    rendered = render(replace(with_articles(article, CHAIR, title="__PREFERENCES_URL__"), on_web=True))

    for marker in MARKERS.values():
        assert rendered.html.count(marker) == rendered.text.count(marker) == 1
    shown = words(rendered)
    assert shown.count("__UNSUBSCRIBE_URL__") == 5  # contents, title, three times in the body
    assert "https://x.example/?q=%5F_UNSUBSCRIBE_URL__" in visible_links(rendered)
    assert "https://x.example/?q=%5F_UNSUBSCRIBE_URL__" in rendered.text


def test_an_article_of_two_hundred_thousand_characters_is_rendered_whole() -> None:
    body = "\n\n".join(f"Stycke {number} " + "med många ord " * 70 for number in range(200))

    rendered = render(with_articles(ArticleText(title="Stort", body=body)))

    assert "Stycke 199" in rendered.html
    assert "Stycke 199" in rendered.text


def test_an_issue_of_forty_articles_is_rendered_whole() -> None:
    articles = [replace(CHAIR, title=f"Artikel {number}") for number in range(40)]

    assert words(render(with_articles(*articles))).count("Vi har köpt en bänk.") == 40


# --- Errors say where ---------------------------------------------------------------------------------------


def test_an_article_nested_too_deep_is_told_by_name() -> None:
    with pytest.raises(TemplateError, match="Artikeln ”Ekot”, rad 3"):
        render(with_articles(CHAIR, ArticleText(title="Ekot", body="Hej\n\n" + ">" * 30 + " x")))


def test_a_broken_layout_is_told_with_file_line_and_article(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    layout = folder / "_layout" / "article.mjml"
    layout.write_text(layout.read_text("utf-8").replace("a.byline_role }}", "a.byline_rol }}"), "utf-8")
    line = next(n for n, text in enumerate(layout.read_text("utf-8").split("\n"), 1) if "byline_rol " in text)

    with pytest.raises(TemplateError) as refusal:
        render(VIEW, folder=folder)

    assert f"email/_layout/article.mjml gick inte att fylla i på rad {line}" in str(refusal.value)
    assert "”Linsen som kom hem i en barnvagn”" in str(refusal.value)


def test_broken_mjml_is_told_with_file_line_and_article(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    layout = folder / "_layout" / "article.mjml"
    layout.write_text(
        layout.read_text("utf-8").replace('<div class="body">', '<div class="body"><p'), "utf-8"
    )
    line = next(n for n, text in enumerate(layout.read_text("utf-8").split("\n"), 1) if "<p{{" in text)

    with pytest.raises(TemplateError) as refusal:
        render(VIEW, folder=folder)

    assert f"email/_layout/article.mjml, rad {line}: MJML går inte att läsa" in str(refusal.value)
    assert "”Linsen som kom hem i en barnvagn”" in str(refusal.value)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "templates" / "email"
    for source in templates_folder().rglob("*.*"):
        target = folder / source.relative_to(templates_folder())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text("utf-8"), "utf-8")
    return folder


def test_every_tag_of_the_templates_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The MJML parser would take ``<p></div>`` without a word."""
    merged: list[str] = []

    def spy(source: str, *, folder: Path) -> str:
        merged.append(source)
        return mjml.to_html(source, folder=folder)

    monkeypatch.setattr(issues, "to_html", spy)
    for view in (VIEW, MEMBER_NOTICE, with_articles(CHAIR), evil_view()):
        render(view)

    for source in merged:
        try:
            mjml.parse_strictly(source)
        except etree.XMLSyntaxError as error:
            pytest.fail(f"{error}: {source.splitlines()[(error.lineno or 1) - 1]}")


def test_an_item_without_a_section_stands_under_no_other_sections_heading() -> None:
    sections = (SectionView("På gång", (item(TEASED, 1),)), SectionView("", (item(CHAIR, 2),)))

    rendered = render(replace(VIEW, sections=sections))

    text = rendered.text
    after_the_contents = text[text.index("=== På gång") :]
    between = after_the_contents[: after_the_contents.rindex(CHAIR.title)].splitlines()
    assert "=" * 72 in between
    (rule,) = page(rendered).xpath("//p[contains(@class, 'section-end')]")
    heading = page(rendered).xpath(f"//h2[contains(., '{CHAIR.title}')]")
    assert "border-top: 2px" in rule.get("style").replace(":2px", ": 2px")
    assert heading, "beside the section, not inside it"
