"""A mail in a frame: pictures inside, light or dark as asked, and links to try."""

import pytest

from newsletter.web import preview
from newsletter.web.preview import Link, framed, links

OURS = "https://brev.applen.example"


def show(html: str, scheme: str = "light") -> str:
    return framed(
        html,
        scheme=scheme,
        carried={"logo@x": ("image/png", b"PNG")},
        base_url=OURS,
        media={"bild.png": ("image/png", b"OWN"), "å bild.png": ("image/png", b"NON")}.get,
    )


def test_the_mails_own_pictures_and_ours_are_put_inside() -> None:
    shown = show(
        '<img src="cid:logo%40x"><td background="https://brev.applen.example/media/bild.png">'
        "<p style='background: url(https://brev.applen.example/media/%C3%A5%20bild.png)'>"
    )

    assert '<img src="data:image/png;base64,UE5H">' in shown
    assert 'background="data:image/png;base64,T1dO"' in shown
    assert "url(data:image/png;base64,Tk9O)" in shown
    assert OURS not in shown


@pytest.mark.parametrize(
    "html",
    [
        '<img src="cid:other">',
        '<img src="https://brev.applen.example/media/missing.png">',
        '<img src="https://brev.applen.example.evil.example/media/bild.png">',
    ],
)
def test_pictures_that_are_not_there_stay_as_they_are(html: str) -> None:
    assert html in show(html)


def test_pictures_of_more_than_a_sum_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MOST_PICTURE_BYTES", 7)

    assert show('<img src="cid:logo@x">' * 3).count("data:") == 2


def test_light_and_dark_are_what_is_asked_for_not_what_the_computer_is_set_to() -> None:
    html = "<style>@media ( prefers-color-scheme :dark ) { a } @media (prefers-color-scheme: light) { b }"

    assert "@media (max-width: 0px) { a } @media (min-width: 0px) { b }" in show(html, "light")
    assert "@media (min-width: 0px) { a } @media (max-width: 0px) { b }" in show(html, "dark")
    assert "color-scheme: only dark" in show(html, "dark")


def test_each_link_is_listed_once_with_its_words() -> None:
    html = '<a href="https://a.example/å">Läs\n <b>vidare</b></a><a href=" https://a.example/å">x</a><a>y</a>'

    assert links(html) == [Link("Läs vidare", "https://a.example/å")]


@pytest.mark.parametrize(
    "html", ["", "\x00", "<" * 200_000, "<a href=x>" * 5_000, "<div>" * 5_000 + "<a href=x>"]
)
def test_no_html_breaks_the_list_of_links(html: str) -> None:
    assert len(links(html)) <= preview.MOST_LINKS


def test_what_a_browser_connects_for_before_it_asks_any_policy_is_no_element_any_more() -> None:
    html = '<LINK rel="preconnect" href="https://a.example"><iframe src="https://a.example"></iframe><Object>'

    shown = show(html)

    assert shown.startswith('<no-LINK rel="preconnect" href="#-"><no-iframe src=')
    assert "<no-Object>" in shown


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="https://a.example/x y">',
        "<A HREF = 'https://a.example/\"'>",
        "<a\nhref=https://a.example/x>",
        '<area shape="rect" href="https://a.example">',
        '<svg><a xlink:href="https://a.example">',
    ],
)
def test_no_link_in_the_frame_leads_anywhere(tag: str) -> None:
    assert "a.example" not in show(tag)
    assert 'href="#-"' in show(tag)


@pytest.mark.parametrize("tag", ['<a href="#artikel-3">', "<a href='#artikel-3'>", "<a href=#artikel-3>"])
def test_the_table_of_contents_leads_through_the_mail(tag: str) -> None:
    assert tag in show(tag)
    assert links(tag + "Tre</a>") == []
