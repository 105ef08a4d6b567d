"""Every folder of templates and every variant: one layout, and nothing that fetches, counts or follows.

Whoever adds a mail needs no new test here: its folder is found, and its templates are read as they stand.
"""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml.html import document_fromstring

from newsletter.core import typefaces
from newsletter.rendering.issues import render
from newsletter.rendering.merge import templates_folder
from tests.newsletter.rendering.samples import FILM, FRAME, INVITATION, LEAD, OBITUARY, VIEW, with_articles

FILES = sorted(templates_folder().rglob("*.*"))
MAILS = sorted(folder for folder in templates_folder().iterdir() if not folder.name.startswith("_"))
LAYOUTS = ("_layout/letter.mjml", "_layout/note.mjml")
#: Ways to fetch a typeface or a style, to show what is not the article's, or to look at the reader.
FETCHING = re.compile(
    r"mj-font|@font-face|@import|url\(|<link\b|<script|<iframe|<object|<embed|<video|<audio|<form|mj-include"
    r"|fonts\.(?:googleapis|gstatic)|onload|onerror|background=",
    re.IGNORECASE,
)


@pytest.mark.parametrize("folder", MAILS, ids=lambda folder: folder.name)
def test_every_mail_has_its_files_and_the_one_layout(folder: Path) -> None:
    body = (folder / "body.mjml").read_text("utf-8")

    assert (folder / "subject.txt").is_file()
    extended = re.findall(r'{% extends "([^"]+)" %}', body)
    assert extended
    assert set(extended) <= set(LAYOUTS)
    assert "<mjml" not in body
    assert "<mj-head" not in body


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_template_fetches_shows_or_follows_anything(file: Path) -> None:
    written = file.read_text("utf-8")

    assert not FETCHING.search(written)
    # A picture is an article's or the association's logo: no template brings one of its own.
    for source in re.findall(r'<(?:img|mj-image)\b[^>]*?\bsrc="([^"]*)"', written):
        assert source in ("{{ picture.url }}", "{{ frame.logo_url }}")
    # And a link is to where its words say: an address of ours around another's is a rewritten one.
    for target in re.findall(r'href="([^"]*)"', written):
        to_own_page = target == "{{ slot.web_url }}#{{ a.anchor }}"  # all of a teaser's article
        assert to_own_page or re.fullmatch(r"(?:#|mailto:)?\{\{ [\w.]+ \}\}", target), target


@pytest.mark.parametrize("typeface", typefaces.CHOICES)
def test_what_is_rendered_has_each_link_as_it_was_written_and_no_hidden_picture(typeface: str) -> None:
    frame = replace(FRAME, typeface=typeface, footer="Org.nr 802000-0000")
    for view in (replace(VIEW, frame=frame), with_articles(INVITATION, OBITUARY, FILM, LEAD, frame=frame)):
        html = render(view).html
        document = document_fromstring(html)

        assert not FETCHING.search(html)
        for picture in document.iter("img"):
            assert int(picture.get("width", "0")) > 16
            assert int(picture.get("height", "0")) > 16
        written = repr(view)
        for link in document.iter("a"):
            href = link.get("href", "")
            if href.startswith("http") and "openstreetmap" not in href and "/media/" not in href:
                assert unquote(href) in written
        styles = " ".join(element.get("style", "") for element in document.iter() if element.get("style"))
        families = {bare(found) for found in re.findall(r"font-family:([^;]+)", f"{styles};")}
        assert families == {bare(typefaces.faces(typeface).title), bare(typefaces.faces(typeface).text)}


def bare(stack: str) -> str:
    return re.sub(r"[\s'\"]", "", stack)
