"""A mail becomes an article, by its text or its Word file, with what lies beside it."""

import io
import zipfile
from email.message import EmailMessage

import pytest
from PIL import Image

from newsletter.core.inbound import mail as reading
from newsletter.core.inbound.own_words import own_words
from newsletter.errors import TextRefused
from newsletter.importing import mail, word
from newsletter.importing.mail import MailedArticle

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCX = "application", "vnd.openxmlformats-officedocument.wordprocessingml.document"


def docx(*paragraphs: tuple[str, str], pictures: tuple[bytes, ...] = (), head: str = "") -> bytes:
    """A Word file of paragraphs, each a style and its text."""
    text = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{"<w:numPr/>" if style == "List" else ""}</w:pPr>'
        f"<w:r><w:t>{words[:3]}</w:t></w:r><w:del><w:r><w:delText>struket</w:delText></w:r></w:del>"
        f"<w:r><w:t>{words[3:]}</w:t></w:r></w:p>"
        for style, words in paragraphs
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{head}<w:document {_NS}><w:body>{text}</w:body></w:document>")
        for number, picture in enumerate(pictures, start=1):
            archive.writestr(f"word/media/image{number}.png", picture)
    return made.getvalue()


def png(width: int = 300, height: int = 200) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#7a2e1f").save(made, "PNG")
    return made.getvalue()


def article(message: EmailMessage) -> MailedArticle:
    read = reading.read(message.as_bytes())
    return mail.read(read, words=own_words(read.text))


def written(text: str = "", subject: str = "Sv: Muren vid Gettlinge") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "anna@lund.example", "artiklar@appel.example", subject
    made.set_content(text)
    return made


def test_plain_text_is_read_as_any_text_with_the_subject_as_title() -> None:
    found = article(
        written("Vi lagade muren i går. Den är *lång*.\n\nNästa gång tar vi grinden.\n\nMvh\nAnna")
    )
    assert found.text.title == "Muren vid Gettlinge"
    assert "Nästa gång tar vi grinden." in found.text.body
    assert "Mvh" not in found.text.lead + found.text.body


def test_formatted_text_keeps_its_form_and_what_it_quotes_is_left_to_the_plain_words() -> None:
    made = written("Muren\n\nVi lagade muren i går.")
    made.add_alternative(
        "<h1>Muren</h1><p>Vi lagade <b>muren</b> i går.</p><script>alert(1)</script>", subtype="html"
    )
    found = article(made)
    assert (found.text.title, found.text.body) == ("Muren", "Vi lagade **muren** i går.")
    quoting = written("Se nedan.\n\nDen 3 mars 2030 skrev Bo <bo@lulea.example>:\n> " + "Lång text. " * 20)
    quoting.add_alternative("<p>Se nedan.</p><p>Lång text.</p>", subtype="html")
    assert "Lång text" not in article(quoting).text.body


def test_a_word_file_is_the_article_where_the_mail_says_little() -> None:
    made = written("Hej! Här kommer texten.\n\nMvh Anna")
    content = docx(
        ("Rubrik1", "Stenarna som ingen flyttade"), ("Normal", "De låg där."), ("Heading2", "Sedan"),
        ("List", "en sten"), ("List", "två *stenar*"), pictures=(png(), b"no picture"),
    )  # fmt: skip
    made.add_attachment(content, maintype=DOCX[0], subtype=DOCX[1], filename="text.docx")
    found = article(made)
    assert found.text.title == "Stenarna som ingen flyttade"
    assert found.text.body == "De låg där.\n\n## Sedan\n\n- en sten\n- två \\*stenar\\*"
    assert (len(found.pictures), found.attachments) == (1, ())


def test_a_word_file_lies_beside_an_article_that_the_mail_says_itself() -> None:
    made = written("Vi lagade muren i går, och den är lång. " * 30)
    content = docx(("Normal", "Ett program."))
    made.add_attachment(content, maintype=DOCX[0], subtype=DOCX[1], filename="Program våren.docx")
    found = article(made)
    assert "Vi lagade muren" in found.text.lead + found.text.body
    assert [each.name for each in found.attachments] == ["Program-varen.docx"]


def test_pictures_come_along_and_marks_of_signatures_and_what_runs_do_not() -> None:
    made = written("Se bilden.")
    made.add_attachment(png(), maintype="image", subtype="png", filename="muren.png")
    made.add_attachment(png(60, 40), maintype="image", subtype="png", filename="logo.png")
    made.add_attachment(b"MZ\x90", maintype="application", subtype="pdf", filename="x.pdf")
    made.add_attachment(b"trasig", maintype="image", subtype="png", filename="y.png")
    found = article(made)
    assert [each.width for each in found.pictures] == [300]
    assert (found.attachments, found.left_out) == ((), ("x.pdf", "y.png"))


def test_without_a_word_or_a_file_there_is_no_article() -> None:
    assert article(written("\n\n")).is_empty
    assert article(written("Hej.", subject="")).text.title == "Hej."


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing more",
        docx(("Normal", "&fel;"), head="<!DOCTYPE w:document [<!ENTITY fel SYSTEM 'file:///etc/passwd'>]>")[
            :-30
        ],
        docx(("Normal", "<w:p>" * 300)),
    ],
)
def test_a_broken_word_file_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(TextRefused):
        word.read(content, name="x.docx")


def test_a_word_file_fetches_nothing_and_unpacks_no_bomb() -> None:
    head = "<!DOCTYPE w:document [<!ENTITY it SYSTEM 'file:///etc/hostname'>]>"
    assert word.read(docx(("Normal", "Se &it; b"), head=head), name="x.docx").markdown in ("Se b", "Se")
    with pytest.raises(TextRefused):
        word.read(docx(("Normal", "a" * 21_000_000)), name="x.docx")
