"""An officer invites and remembers by filling in fields: what they say is in the mail as it goes."""

import io
from email import message_from_bytes, policy

import pytest
from PIL import Image

from newsletter.app import App
from newsletter.core.articles import ArticleKind
from newsletter.services import articles, issues, items, variants
from tests.newsletter.web.test_article_files import made, photo, text_of
from tests.newsletter.web.test_articles import write
from tests.newsletter.web.visitors import Visitor

INVITING = {
    "title": "Årsmöte i Vadstena",
    "body": "Välkommen.",
    "kind": "invitation",
    "starts": "2031-03-15T10:00",
    "ends": "2031-03-15T16:00",
    "place": "Folkhögskolan",
    "address": "Lastköpingsgatan 1, Vadstena",
    "answer_by": "2031-03-01",
}


def sent(app: App, article: int) -> bytes:
    """Return a mail of an issue with this article alone, as it is frozen."""
    with app.sessions() as session:
        issue = issues.create(session, title="Nu", subject="Nu", now=app.now())
        items.add(session, issue_id=issue.id, article_id=article, now=app.now())
        (variant, *_) = variants.freeze(session, issue, frame=app.frame(), now=app.now(), languages=["sv"])
        template = variants.MessageTemplate.load(variant.template)
        head = {"to": "a@b.example", "reply-to": "", "date": "Fri, 01 Mar 2030 12:00:00 +0000"}
        given = {**head, "message-id": "<a@b.example>", "list-unsubscribe": "<https://b.example/u>"}
        return template.fill({name: given.get(name, "x") for name in template.needs})


def test_an_invitation_is_filled_in_and_goes_with_its_calendar_file(app: App, officer: Visitor) -> None:
    article = made(officer.post_form("/artiklar/ny", INVITING))

    page = officer.get(f"/artiklar/{article}").text
    assert '<option value="invitation" selected>Inbjudan' in page
    assert 'value="2031-03-15T10:00"' in page
    mail = message_from_bytes(sent(app, article), policy=policy.default)
    [calendar] = list(mail.iter_attachments())
    assert b"DTSTART:20310315T090000Z" in calendar.get_payload(decode=True)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Lördag den 15 mars 2031, kl. 10.00–16.00" in text
    assert "Svara senast lördag den 1 mars 2031." in text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"starts": ""}, "En inbjudan behöver en dag och en tid"),
        ({"starts": "i morgon"}, "En inbjudan behöver en dag och en tid"),
        ({"ends": "2031-03-15T09:00"}, "Träffen slutar innan den börjar."),
        ({"answer_by": "2031-03-16"}, "Sista dag att svara ligger efter träffen."),
    ],
)
def test_an_occasion_that_cannot_be_comes_back_with_a_sentence(
    app: App, officer: Visitor, wrong: dict[str, str], told: str
) -> None:
    article = write(app)
    answer = officer.post_form(f"/artiklar/{article}", {**INVITING, "revision": "1", **wrong})

    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Folkhögskolan"' in answer.text
    assert text_of(app, article).meeting is None


def test_an_obituary_keeps_its_years_and_an_older_version_its_kind(app: App, officer: Visitor) -> None:
    remembered = {"title": "Signe Ravn", "body": "Hon tände.", "kind": "obituary", "years": "1938–2031"}
    article = made(officer.post_form("/artiklar/ny", remembered))
    with app.readers() as session:
        revision = articles.get(session, article).revision
    officer.post_form(f"/artiklar/{article}", {"title": "Signe Ravn", "body": "x", "revision": str(revision)})
    assert text_of(app, article).kind is ArticleKind.ORDINARY

    with app.sessions.begin() as session:
        articles.restore(session, article_id=article, number=revision, now=app.now())
    assert text_of(app, article).kind is ArticleKind.OBITUARY
    assert text_of(app, article).years == "1938–2031"


def test_a_picture_of_a_film_leads_there_has_a_sign_and_its_size(app: App, officer: Visitor) -> None:
    article = write(app)
    said = {"alt": "En lampa", "film": "https://vimeo.com/123456"}
    added = officer.post_form(
        f"/artiklar/{article}/bild", said, files={"file": ("f.jpg", photo(), "image/jpeg")}
    )
    assert added.status_code == 303

    [picture] = text_of(app, article).pictures
    assert picture.film == "https://vimeo.com/123456"
    with Image.open(io.BytesIO((app.paths.media / str(picture.file)).read_bytes())) as shown:
        middle = shown.convert("RGB").getpixel((shown.width // 2, shown.height // 2))
    assert min(middle) > 200  # the white triangle on what was green
    mail = message_from_bytes(sent(app, article), policy=policy.default)
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert 'href="https://vimeo.com/123456"' in html
    assert 'width="552" height="331"' in html
    refused = officer.post_form(
        f"/artiklar/{article}/bild", {"film": "javascript:alert(1)"}, files={"file": ("f.jpg", photo(), "x")}
    )
    assert refused.status_code == 422
    assert "Filmens adress ska vara en webbadress" in refused.text


def test_pictures_travel_inside_the_mail_where_the_association_wants_that(app: App, officer: Visitor) -> None:
    article = write(app)
    officer.post_form(f"/artiklar/{article}/bild", {"alt": "Skog"}, files={"file": ("f.jpg", photo(), "x")})
    officer.post_form("/forening", {"pictures": "embedded"})

    mail = message_from_bytes(sent(app, article), policy=policy.default)

    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    [kept] = text_of(app, article).pictures
    assert picture.get_payload(decode=True) == (app.paths.media / str(kept.file)).read_bytes()
    assert f"cid:{picture['Content-ID'].strip('<>')}" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
