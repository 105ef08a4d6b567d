"""Pictures and attachments come with an article's form: what is written beside them is never lost."""

import io

import pytest
from PIL import Image

from newsletter.app import App
from newsletter.core.articles import ArticleText
from newsletter.importing import pictures
from newsletter.services import article_drafts, articles
from tests.cast import Cast
from tests.newsletter.importing.test_attachments import pdf
from tests.newsletter.web.test_articles import write
from tests.newsletter.web.visitors import Visitor

KEY = "a-page-of-its-own"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1500, 900), "#446633").save(file, "JPEG")
    return file.getvalue()


def text_of(app: App, article: int) -> ArticleText:
    with app.readers() as session:
        return articles.to_text(articles.get(session, article))


def with_file(name: str = "Årsmötet 2030.pdf", content: bytes | None = None) -> dict[str, object]:
    return {"attachment": (name, pdf() if content is None else content, "text/html")}


def made(answer: object) -> int:
    return int(answer.headers["location"].partition("?")[0].rpartition("/")[2])  # type: ignore[attr-defined]


def test_a_photo_is_added_described_and_taken_away(app: App, officer: Visitor) -> None:
    place = f"/artiklar/{write(app)}"
    article = int(place.rpartition("/")[2])
    added = officer.post_form(
        f"{place}/bild", {"alt": "Ett träd"}, files={"file": ("träd.jpg", photo(), "image/jpeg")}
    )
    assert added.status_code == 303
    [kept] = text_of(app, article).pictures
    assert kept.alt == "Ett träd"
    assert officer.get(f"/media/{kept.file}").headers["content-type"] == "image/jpeg"

    said = {"picture-0": kept.file, "alt-0": "Ett gammalt träd", "caption-0": "Sörby"}
    officer.post_form(f"{place}/bild", {"do": "words", **said})
    [kept] = text_of(app, article).pictures
    assert (kept.alt, kept.caption) == ("Ett gammalt träd", "Sörby")

    officer.post_form(f"{place}/bild", {"do": "remove-picture-0", **said})
    assert text_of(app, article).pictures == ()


@pytest.mark.parametrize("name", ["../../etc/passwd", "x.svg", "a\0b.jpg", "CON", "å" * 300])
def test_a_file_that_is_no_picture_is_refused_whatever_it_is_called(
    app: App, officer: Visitor, name: str
) -> None:
    article = write(app)
    answer = officer.post_form(f"/artiklar/{article}/bild", files={"file": (name, b"<svg/>", "image/png")})

    assert answer.status_code in (400, 422)
    assert list(app.paths.media.iterdir()) == []


@ON_SQLITE
def test_an_attachment_is_linked_with_its_size_renamed_and_taken_away(app: App, officer: Visitor) -> None:
    article = write(app)
    place = f"/artiklar/{article}"
    added = officer.post_form(f"{place}/bilaga", {"do": "add"}, files=with_file())
    page = officer.get(added.headers["location"]).text

    [kept] = text_of(app, article).attachments
    assert kept.file is not None
    assert kept.label == "Årsmötet 2030"
    assert "I brevet blir den en länk" in page
    assert "Årsmötet 2030</a>" in page
    assert "(PDF, 1\N{NO-BREAK SPACE}kB)" in page
    shown = officer.post_form(f"{place}/visa", {"title": "Höst", "body": "x"}).text
    assert "Årsmötet 2030 (PDF, 1\N{NO-BREAK SPACE}kB)" in shown.replace("&#160;", "\N{NO-BREAK SPACE}")

    officer.post_form(
        f"{place}/bilaga", {"do": "words", "attachment-0": kept.file, "label-0": "Dagordningen"}
    )
    assert text_of(app, article).attachments[0].label == "Dagordningen"

    officer.post_form(f"{place}/bilaga", {"do": "remove-attachment-0", "attachment-0": kept.file})
    assert text_of(app, article).attachments == ()
    officer.post_form(f"{place}/historik", {"version": "2"})
    assert text_of(app, article).attachments == (kept,)


@ON_SQLITE
def test_whoever_has_the_link_saves_the_file_and_no_browser_takes_it_for_a_page(
    app: App, officer: Visitor
) -> None:
    article = write(app)
    officer.post_form(f"/artiklar/{article}/bilaga", {"do": "add"}, files=with_file())

    answer = officer.get(f"/media/{text_of(app, article).attachments[0].file}")

    assert answer.content == pdf_of(app)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="Arsmotet-2030.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def pdf_of(app: App) -> bytes:
    [folder] = app.paths.media.iterdir()
    [file] = folder.iterdir()
    return file.read_bytes()


@ON_SQLITE
def test_what_is_refused_is_told_and_what_was_written_stands(app: App, officer: Visitor) -> None:
    article = write(app)
    for path, words in ((f"/artiklar/{article}/bilaga", {"title": "Höst"}), ("/artiklar/ny", {"title": ""})):
        answer = officer.post_form(
            path, {"do": "add", "body": "En lång text.", **words}, files=with_file("a.pdf", b"MZ\x90")
        )
        assert answer.status_code == 422
        assert "a.pdf innehåller ett program" in answer.text
        assert "En lång text." in answer.text
        nothing = officer.post_form(path, {"do": "add", "body": "En lång text.", **words})
        assert "Ingen fil är vald" in nothing.text
    assert list(app.paths.media.iterdir()) == []
    assert text_of(app, article).attachments == ()


@ON_SQLITE
def test_a_scanned_pdf_is_taken_with_a_kind_word_about_those_who_listen(app: App, officer: Visitor) -> None:
    article = write(app)

    added = officer.post_form(f"/artiklar/{article}/bilaga", {"do": "add"}, files=with_file(content=pdf("")))

    assert "den som lyssnar med skärmläsare hör ingenting" in officer.get(added.headers["location"]).text
    assert len(text_of(app, article).attachments) == 1


@ON_SQLITE
def test_a_new_article_is_made_for_the_file_that_comes_with_it(
    app: App, cast: Cast, officer: Visitor
) -> None:
    officer.post_form("/artiklar/utkast", {"draft": KEY, "body": "Om bin."})
    words = {"title": "", "body": "Om bin.", "draft": KEY, "do": "add", "alt": "Ett bi"}

    answer = officer.post_form("/artiklar/ny", words, files={"file": ("bi.jpg", photo(), "image/jpeg")})

    text = text_of(app, made(answer))
    assert (text.title, text.body, text.pictures[0].alt) == ("Utan rubrik", "Om bin.", "Ett bi")
    assert "artikeln finns nu i registret som utkast" in officer.get(answer.headers["location"]).text
    with app.readers() as session:
        assert article_drafts.of(session, subscriber_id=cast.bo, article_id=None) == []


@ON_SQLITE
@pytest.mark.parametrize("kept_meanwhile", [False, True])
def test_words_that_are_not_saved_stand_in_the_editor_after_a_file_has_come(
    app: App, officer: Visitor, kept_meanwhile: bool
) -> None:
    article = write(app)
    words = {"title": "Höst", "body": "Nytt, inte sparat.", "revision": 1, "draft": KEY, "do": "add"}
    if kept_meanwhile:
        officer.post_form("/artiklar/utkast", {**words, "article": article, "body": "Nytt"})

    answer = officer.post_form(f"/artiklar/{article}/bilaga", words, files=with_file())

    page = officer.get(answer.headers["location"]).text
    assert "Nytt, inte sparat." in page
    assert "har sparats sedan utkastet skrevs" not in page
    assert text_of(app, article).body == "Vi ses i Örebro."
    saved = officer.post_form(f"/artiklar/{article}", {**words, "revision": 2})
    assert saved.status_code == 303
    assert text_of(app, article).body == "Nytt, inte sparat."


@ON_SQLITE
def test_saving_takes_files_and_their_words_along_but_not_those_of_another_picture(
    app: App, officer: Visitor
) -> None:
    article = write(app)
    saved = officer.post_form(
        f"/artiklar/{article}",
        {"title": "Höst", "body": "x", "revision": "1", "alt": "Ett träd", "label": "Kallelsen"},
        files={"file": ("a.jpg", photo(), "image/jpeg"), **with_file()},
    )
    assert saved.status_code == 303
    text = text_of(app, article)
    assert (text.pictures[0].alt, text.attachments[0].label) == ("Ett träd", "Kallelsen")

    words = {"picture-0": "another.jpg", "alt-0": "Ett annat", "do": "remove-picture-0"}
    late = officer.post_form(f"/artiklar/{article}/bild", words)
    assert late.status_code == 422
    assert "medan du skrev" in late.text
    assert text_of(app, article).pictures == text.pictures


@ON_SQLITE
def test_no_file_is_kept_for_an_article_that_one_does_not_reach(app: App, lead: Visitor) -> None:
    article = write(app, region="norra")

    answer = lead.post_form(f"/artiklar/{article}/bilaga", {"do": "add"}, files=with_file())

    assert answer.status_code == 404
    assert list(app.paths.media.iterdir()) == []


@ON_SQLITE
def test_what_is_too_large_to_be_read_at_all_is_told_with_what_to_do(app: App, officer: Visitor) -> None:
    large = pdf() + b"\0" * (pictures.MOST_BYTES + 2_100_000)

    answer = officer.post_form(f"/artiklar/{write(app)}/bilaga", files=with_file(content=large))

    assert answer.status_code == 413
    assert "välj en mindre fil" in answer.text


@ON_SQLITE
def test_a_text_that_is_too_long_is_refused_although_photos_may_be_large(app: App, officer: Visitor) -> None:
    answer = officer.post_form("/artiklar/ny", {"title": "Lång", "body": "x" * 2_100_000})

    assert answer.status_code == 422
    assert "för lång för en artikel" in answer.text
