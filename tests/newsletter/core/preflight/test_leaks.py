"""No variant tells what its readers may not see."""

from dataclasses import replace
from itertools import permutations
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.articles import ArticleText, Attachment, Link, Picture
from newsletter.core.audiences import Audience
from newsletter.core.preflight import leaks, parity
from newsletter.core.preflight.findings import Finding, Place, Severity
from newsletter.core.preflight.matter import Part, Version
from newsletter.core.variants import Placed, plan
from newsletter.rendering.values import IssueView, ItemView, SectionView
from tests.newsletter.core.preflight.mails import (
    FIELDS,
    LINK,
    RICH,
    article,
    page,
    parts_of,
    rendered,
    text,
    version,
)
from tests.newsletter.rendering import samples

HIDDEN = ArticleText(
    title="Kväll vid Kullens fyr",
    lead="Samling vid **grinden** klockan åtta\npå kvällen i maj. Kom!",
    body="""Pia i Mölle bjuder på [äggkaka](https://molle.example/kaka) och saft till alla.

- Ta med en ficklampa med nya batterier
- Mössa

> Havet är svart och himlen ännu svartare, säger hon.

Se också https://kullen.example/fyren. Anmäl dig till pia@molle.example nu.
""",
    pictures=(
        Picture(
            file="kullen i skymning.jpg", alt="Fyren i skymning", caption="Kullens fyr sedd från stranden."
        ),
    ),
    links=(Link("https://karta.example/kullen", "karta"), Link("tel:+46421234", "042-12 34")),
    attachments=(Attachment("Vägbeskrivning till grinden", "väg.pdf", 1000),),
)
SEEN = ArticleText(title="En bänk mot väster", body="Vi har köpt en bänk. Den står där solen går ner.")
PARTS = (Part(article_id=1, text=SEEN), Part(article_id=2, text=HIDDEN))


def found(mail: Version, parts: tuple[Part, ...] = PARTS) -> list[Finding]:
    return list(leaks.check(replace(mail, article_ids=(1,)), parts))


def as_html(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def in_html(words: str) -> Version:
    return version(article(1, f"<p>{as_html(words)}</p>"))


def in_text(words: str) -> Version:
    return replace(version(), text=text(words))


TOLD = {
    "the title": "Kväll vid Kullens fyr",
    "the title in a sentence": "Läs om kväll vid  Kullens fyr!",
    "a sentence of the lead": "Samling vid grinden klockan åtta på kvällen i maj.",
    "a sentence with a link in it": "Pia i Mölle bjuder på äggkaka och saft till alla.",
    "an entry of a list": "Ta med en ficklampa med nya batterier",
    "a quote": "Havet är svart och himlen ännu svartare, säger hon.",
    "a caption": "Kullens fyr sedd från stranden",
    "a description": "Fyren i skymning",
    "an attachment's label": "Vägbeskrivning till grinden",
    "a bare address": "https://kullen.example/fyren",
    "a mail address": "Skriv till pia@molle.example.",
}


@pytest.mark.parametrize("words", TOLD.values(), ids=TOLD.keys())
def test_what_stands_in_one_part_alone_stops_the_issue(words: str) -> None:
    for mail in (in_html(words), in_text(words)):
        if "@" in words and mail.html != page():
            continue  # a mail address that is no link is no link; the text part has no other
        told = found(mail)
        assert {(one.severity, one.article_id, one.variants) for one in told} == {
            (Severity.STOP, 2, ("Skåne",))
        }


@pytest.mark.parametrize(
    "markup",
    [
        f'<a href="https://molle.example/kaka" {LINK}>x</a>',
        f'<a href="https://MOLLE.example/kaka/" {LINK}>x</a>',
        f'<a href="https://karta.example/kullen" {LINK}>x</a>',
        f'<a href="mailto:pia@molle.example" {LINK}>x</a>',
        f'<a href="tel:+46421234" {LINK}>x</a>',
        '<img src="https://brev.a.example/media/kullen%20i%20skymning.jpg" alt="">',
        '<img src="https://brev.a.example/x.jpg" alt="Fyren i skymning">',
        f'<a href="https://brev.a.example/media/v%C3%A4g.pdf" {LINK}>x</a>',
        '<p style="display:none">Ta med en ficklampa med nya batterier</p>',
        '<p title="Ta med en ficklampa med nya batterier">x</p>',
        '<div aria-label="Kväll vid Kullens fyr">x</div>',
        "<!--[if mso]><p>Ta med en <b>ficklampa</b> med nya batterier</p><![endif]-->",
        "<p>Ta med <b>en</b> fick<i>lampa</i> med nya<br>batterier</p>",
    ],
)
def test_links_pictures_and_hidden_words_count_too(markup: str) -> None:
    assert len(found(version(article(1, markup)))) == 1


def test_an_address_in_the_text_part_alone() -> None:
    assert len(found(in_text("• karta\n  https://karta.example/kullen"))) == 1
    assert found(in_text("• karta\n  https://karta.example/kullen/annat")) == []


def test_words_parted_by_line_ends_in_the_text_are_found() -> None:
    assert len(found(in_text("Pia i Mölle bjuder på äggkaka [1] och\nsaft till alla."))) == 1


def test_the_subject_and_the_preheader_are_named_as_such() -> None:
    subject = version(fields={**FIELDS, "Subject": "=?utf-8?q?Kv=C3=A4ll_vid_Kullens_fyr?="})
    html = page('<div class="preheader" style="display:none">En bänk · Kväll vid Kullens fyr</div>')

    assert [one.place for one in found(subject)] == [Place.SUBJECT]
    assert [one.place for one in found(version(html=html))] == [Place.PREHEADER]


def test_the_title_of_the_page_tells_too() -> None:
    assert len(found(version(html=page(title="Kväll vid Kullens fyr")))) == 1


def test_the_second_of_two_fields_of_one_name_tells_as_well() -> None:
    more = "Comments: Hej\r\nComments: =?utf-8?q?Kv=C3=A4ll_vid_Kullens_fyr?=\r\n"

    assert [one.place for one in found(version(more=more))] == [Place.TEMPLATE]


def test_another_header_tells_as_well() -> None:
    assert [one.place for one in found(version(more="Comments: Kvall\r\n"))] == []
    told = found(version(more="Comments: =?utf-8?q?Kv=C3=A4ll_vid_Kullens_fyr?=\r\n"))
    assert [one.place for one in told] == [Place.TEMPLATE]


def test_what_an_article_that_may_be_seen_says_too_is_no_leak() -> None:
    sees_all = replace(
        SEEN, body=f"{HIDDEN.lead}\n\n{HIDDEN.body}", pictures=HIDDEN.pictures, kicker=HIDDEN.title
    )
    sees_all = replace(sees_all, links=HIDDEN.links, attachments=HIDDEN.attachments)
    parts = (Part(article_id=1, text=sees_all), PARTS[1])
    markup = '<img src="https://a.example/media/kullen%20i%20skymning.jpg" alt="Fyren i skymning">'

    for words in TOLD.values():
        assert found(in_html(words), parts) == []
        assert found(in_text(words), parts) == []
    assert found(version(article(1, markup)), parts) == []


def test_the_article_itself_is_no_leak_of_itself() -> None:
    mail = replace(in_html(HIDDEN.title), article_ids=(1, 2))

    assert list(leaks.check(mail, PARTS)) == []


def test_each_kind_of_thing_is_told_once_for_an_article() -> None:
    words = "Samling vid grinden klockan åtta på kvällen i maj. Ta med en ficklampa med nya batterier"

    assert len(found(in_html(words))) == 1


def titled(title: str) -> tuple[Part, ...]:
    return (PARTS[0], Part(article_id=2, text=ArticleText(title=title)))


def test_a_short_title_leaks_as_a_line_of_its_own_but_not_within_a_sentence() -> None:
    assert found(in_html("Se vårt kalendarium."), titled("Kalendarium")) == []
    assert len(found(in_html("Kalendarium"), titled("Kalendarium"))) == 1
    assert len(found(in_text("• Kalendarium (Väst)"), titled("Kalendarium"))) == 1


def test_names_of_sections_and_regions_tell_of_no_article() -> None:
    frame = '<h2 class="section">Kalendarium</h2><p><span class="region-name">Kalendarium</span></p>'

    assert (
        found(version(frame, "=== Kalendarium ====\n\n--- Kalendarium - bara ---"), titled("Kalendarium"))
        == []
    )


def test_the_frames_own_words_tell_of_no_article() -> None:
    assert found(in_text("Länkar:\n• x\n\n[Bild: en fyr]"), titled("Länkar") + titled("Bild")[1:]) == []


def test_the_address_in_the_foot_is_the_same_for_all() -> None:
    hidden = (Part(article_id=2, text=replace(HIDDEN, body="Skriv till hej@fyrvannerna.example.")),)
    foot = f'<p class="foot"><a href="mailto:hej@fyrvannerna.example" {LINK}>hej@fyrvannerna.example</a></p>'
    mail = version(foot, "Skriv till hej@fyrvannerna.example.")

    assert found(mail, hidden) == []
    assert len(found(replace(mail, html=mail.html.replace('class="foot"', 'class="x"')), hidden)) == 1


@pytest.mark.parametrize(
    "words", ["Mössa", "Kom!", "Ta med en ficklampa", "fyr i Kullen vid kväll", "skymning"]
)
def test_what_anyone_might_say_is_no_leak(words: str) -> None:
    assert found(in_html(words)) == []
    assert found(in_text(words)) == []


def test_sentences_are_those_of_six_words_and_more() -> None:
    assert leaks.sentences(
        "En två tre fyra fem. En två tre fyra fem sex! **Ett** [två](x) tre\nfyra fem sex"
    ) == [
        "En två tre fyra fem sex!",
        "Ett två tre fyra fem sex",
    ]


LETTERS = "abcdefghijklmnoprstuvyåäö"
WORD = st.text(LETTERS, min_size=3, max_size=8)
SENTENCE = st.lists(WORD, min_size=6, max_size=12, unique=True).map(lambda words: " ".join(words) + ".")
ADDRESS = WORD.map(lambda word: f"https://{word.encode('idna').decode()}.example/{word[:3]}")


@st.composite
def articles(draw: st.DrawFn, number: int) -> ArticleText:
    """Make an article; no two of them share a word, since each word begins with the article's number."""
    mark = "xyz"[number]

    def own(words: str) -> str:
        return " ".join(f"{mark}{word}" for word in words.split())

    return ArticleText(
        title=own(draw(SENTENCE)).rstrip("."),
        lead=own(draw(SENTENCE)),
        body="\n\n".join(own(sentence) for sentence in draw(st.lists(SENTENCE, min_size=1, max_size=3))),
        pictures=(
            Picture(file=f"{mark}{draw(WORD)}.jpg", alt=own(draw(SENTENCE)), caption=own(draw(SENTENCE))),
        ),
        links=(Link(f"{draw(ADDRESS)}/{mark}", "karta"),),
        attachments=(Attachment(own(draw(SENTENCE)), f"{mark}{draw(WORD)}.pdf"),),
    )


def whole(text_of: ArticleText) -> tuple[str, str]:
    """Return an article as HTML and as text: everything that it says."""
    p, (link, attachment) = text_of.pictures[0], (text_of.links[0], text_of.attachments[0])
    media = "https://brev.a.example/media"
    html = f"<h2>{text_of.title}</h2><p>{text_of.lead}</p>" + "".join(
        f"<p>{s}</p>" for s in text_of.body.split("\n\n")
    )
    html += f'<img src="{media}/{p.file}" alt="{p.alt}"><p>{p.caption}</p><a href="{link.url}">karta</a>'
    html += f'<a href="{media}/{attachment.file}">{attachment.label}</a>'
    plain = (
        f"{text_of.title}\n\n{text_of.lead}\n\n{text_of.body}\n\n[Bild: {p.caption}]\n\nkarta\n{link.url}\n"
    )
    return html, plain + f"{attachment.label}\n{media}/{attachment.file}\n"


def pieces(text_of: ArticleText) -> list[tuple[str, str]]:
    """Return each thing that an article says, as HTML and as text."""
    p = text_of.pictures[0]
    words = [
        text_of.title,
        text_of.lead,
        *text_of.body.split("\n\n"),
        p.alt,
        p.caption,
        text_of.attachments[0].label,
    ]
    told = [(f"<p>{one}</p>", one) for one in words]
    url = text_of.links[0].url
    files = [f"https://brev.a.example/media/{file}" for file in (p.file, text_of.attachments[0].file)]
    return [*told, *((f'<a href="{one}">x</a>', one) for one in (url, *files))]


@settings(max_examples=40, deadline=None)
@given(st.tuples(articles(0), articles(1), articles(2)), st.data())
def test_any_piece_of_any_hidden_article_is_found_wherever_it_stands(
    three: tuple[ArticleText, ArticleText, ArticleText], data: st.DataObject
) -> None:
    parts = tuple(Part(article_id=number, text=one) for number, one in enumerate(three))
    html, plain = whole(three[0])
    mail = replace(version(html=page(html)), text=plain, article_ids=(0,))
    assert list(leaks.check(mail, parts)) == []

    hidden = data.draw(st.sampled_from((1, 2)))
    as_markup, as_text = data.draw(st.sampled_from(pieces(three[hidden])))
    leaking = {
        "html": replace(mail, html=page(html + as_markup)),
        "text": replace(mail, text=f"{plain}\n{as_text}\n"),
        "preheader": replace(mail, html=page(f'<div class="preheader" hidden>{as_markup}</div>{html}')),
    }

    for place, version_with in leaking.items():
        assert {one.article_id for one in leaks.check(version_with, parts)} == {hidden}, place


@settings(max_examples=15, deadline=None)  # each renders an issue
@given(st.sets(st.integers(1, 8), min_size=1))
def test_our_own_mails_tell_only_of_what_they_hold(seen: set[int]) -> None:
    view = only(seen)

    assert list(leaks.check(rendered(view), parts_of(RICH))) == []


@pytest.mark.parametrize("number", [3, 4])
def test_our_own_mail_to_the_wrong_readers_is_stopped(number: int) -> None:
    """The article is there, and its readers are not among those who may see it."""
    wrong = rendered(only({1, 2, number}))

    told = list(leaks.check(replace(wrong, article_ids=(1, 2)), parts_of(RICH)))

    assert {one.article_id for one in told} == {number}
    assert len(told) >= 2


def only(seen: set[int]) -> IssueView:
    """Return the rich issue with these articles alone, and without a preheader of its own."""
    kept = [(s, tuple(item for item in s.items if item.article_id in seen)) for s in RICH.sections]
    return replace(RICH, sections=tuple(SectionView(s.name, items) for s, items in kept), preheader="")


def test_the_samples_are_what_these_tests_take_them_for() -> None:
    assert [part.text for part in parts_of(RICH)][2:4] == [samples.SKANE, samples.VAST]


REGIONS = (("skane", "Skåne"), ("vast", "Väst"), ("norra", "Norra"))
AUDIENCES = st.lists(
    st.sets(st.sampled_from([slug for slug, _ in REGIONS]), min_size=1, max_size=2), min_size=3, max_size=3
)


@settings(max_examples=6, deadline=None)  # each renders every variant of an issue
@given(st.tuples(articles(0), articles(1), articles(2)), AUDIENCES)
def test_no_variant_of_any_issue_tells_what_another_alone_may_see(
    three: tuple[ArticleText, ArticleText, ArticleText], audiences: list[set[str]]
) -> None:
    """Every pair of variants, both ways: B holds nothing of A's, and what A holds would be found in B."""
    parts = tuple(Part(article_id=number, text=one) for number, one in enumerate(three))
    placed = [Placed(number, Audience.of(regions)) for number, regions in enumerate(audiences)]
    versions = {}
    for one in plan(placed, regions=REGIONS):
        shown = tuple(ItemView(article_id=number, article=three[number]) for number in one.item_ids)
        view = replace(RICH, sections=(SectionView("Nytt", shown),), preheader="")
        versions[one.name] = replace(rendered(view), name=one.name)
    assert versions

    for mail in versions.values():
        assert list(leaks.check(mail, parts)) == []
        assert list(parity.check(mail, {part.article_id: part.text.title for part in parts})) == []
    for a, b in permutations(versions.values(), 2):
        told = leaks.check(replace(a, article_ids=b.article_ids), parts)
        assert {one.article_id for one in told} == set(a.article_ids) - set(b.article_ids)


@pytest.mark.parametrize(
    "carried",
    [
        "Content-Type: text/calendar; charset=utf-8\r\n\r\nSUMMARY:Kväll vid Kullens fyr",
        (
            "Content-Type: application/pdf\r\n"
            "Content-Disposition: attachment; filename*=utf-8''v%C3%A4g.pdf\r\n\r\nx"
        ),
        "Content-Type: image/jpeg\r\nContent-Description: Fyren i skymning\r\n\r\nx",
    ],
    ids=["its words", "its name", "its description"],
)
def test_a_file_that_the_mail_carries_tells_too(carried: str) -> None:
    sound = version()
    attached = b"\r\n--y\r\n" + carried.encode() + b"\r\n--y--\r\n"
    head = b'Content-Type: multipart/mixed; boundary="y"\r\n\r\n--y\r\n'
    kept, _, body = sound.message.partition(b"Content-Type:")

    assert found(replace(sound, message=kept + head + b"Content-Type:" + body + attached))
    assert not found(replace(sound, message=kept + head + b"Content-Type:" + body + b"\r\n--y--\r\n"))


@pytest.mark.parametrize("name", ["Sender", "List-Help", "List-Archive"])
def test_a_field_that_names_may_hold_a_title_but_no_link_and_no_sentence(name: str) -> None:
    for value, is_leak in (
        ("Kväll vid Kullens fyr <brev@a.example>", False),
        ("<https://karta.example/kullen>", True),
        ("Ta med en ficklampa med nya batterier <brev@a.example>", True),
    ):
        field = value if value.isascii() else f"=?utf-8?q?{quote(value).replace('%', '=')}?="
        assert bool(found(version(fields={**FIELDS, name: field}))) is is_leak, value
