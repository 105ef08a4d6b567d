"""Pictures inside the mail: shown by Content-ID, each once, and never another's file."""

from dataclasses import replace
from email import message_from_bytes, policy

from newsletter.core.preflight import message as checks
from newsletter.core.preflight.matter import Version
from newsletter.rendering import embedding, mime
from newsletter.rendering.issues import render
from newsletter.rendering.values import Rendered
from tests.newsletter.rendering.samples import FILM, FRAME, INVITATION, LEAD, with_articles
from tests.newsletter.rendering.test_mime import FROZEN, VALUES

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 40
CARRYING = replace(FRAME, embedded={"fyr.jpg": PICTURE})


def mail(rendered: Rendered, frame=CARRYING):  # type: ignore[no-untyped-def]
    html, pictures = embedding.embedded(rendered.html, frame)
    template = mime.compile(replace(rendered, html=html), FROZEN, files=(*pictures, *rendered.enclosed))
    values = {
        **VALUES,
        "greeting": "Hej Åsa!",
        "unsubscribe-url": "https://x.example/u",
        "preferences-url": "https://x.example/p",
    }
    return template.fill(values)


def test_a_picture_that_stands_twice_is_carried_once_and_shown_by_its_id() -> None:
    raw = mail(render(with_articles(LEAD, FILM, frame=CARRYING)))
    read = message_from_bytes(raw, policy=policy.default)

    [picture] = [part for part in read.walk() if part.get_content_maintype() == "image"]
    assert picture.get_content() == PICTURE
    assert picture["Content-Disposition"].startswith("inline")
    identity = picture["Content-ID"].strip("<>")
    html = read.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert html.count(f'src="cid:{identity}"') == 2
    assert "/media/fyr.jpg" not in html
    assert "ritning%201887.pdf" in html  # an attachment stays a link
    assert read.get_body(("plain",)).get_content().startswith("Fyrvännerna")  # type: ignore[union-attr]


def test_what_is_kept_to_be_read_shows_the_hosted_picture() -> None:
    assert f'src="{FRAME.base_url}/media/fyr.jpg"' in render(with_articles(LEAD, frame=CARRYING)).html


def test_without_the_wish_or_the_file_or_the_room_nothing_changes() -> None:
    html = render(with_articles(LEAD)).html

    for held in (None, {}, {"fyr.jpg": b"x" * (embedding.MOST_BYTES + 1)}):
        assert embedding.embedded(html, replace(FRAME, embedded=held)) == (html, ())


def test_only_pictures_of_our_own_are_taken() -> None:
    html = '<img src="https://annan.example/media/fyr.jpg"><a href="https://brev.fyrvannerna.example/media/fyr.jpg">x</a>'

    assert embedding.embedded(html, CARRYING) == (html, ())


def test_a_mail_with_pictures_and_a_calendar_is_in_order() -> None:
    view = with_articles(LEAD, INVITATION, frame=CARRYING)
    raw = mail(render(view))
    read = message_from_bytes(raw, policy=policy.default)

    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/jpeg",
        "text/calendar",
    ]
    [calendar] = list(read.iter_attachments())
    assert calendar.get_filename() == "inbjudan-2.ics"
    assert calendar.get_content_type() == "text/calendar"
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "PUBLISH"}
    assert not [part for part in read.walk() if part.defects]
    rendered = render(view)
    version = Version(
        name="Alla", language="sv", html=rendered.html, text=rendered.text, message=raw, article_ids=(1, 2)
    )
    assert [found.rule for found in checks.check(version) if found.rule == "F1"] == []
