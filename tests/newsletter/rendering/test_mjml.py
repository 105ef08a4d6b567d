"""MJML's errors, told with a file and a line."""

from pathlib import Path

import pytest

from newsletter.errors import TemplateError
from newsletter.rendering import mjml

START = (
    '<mjml lang="sv"><mj-body>\n<mj-section><mj-column><mj-text>\n<h2 id="artikel-3">Fyren &amp; jag</h2>\n'
)
END = "</mj-text></mj-column></mj-section></mj-body></mjml>"


def failing(body: str, folder: Path) -> str:
    with pytest.raises(TemplateError) as refusal:
        mjml.to_html(START + body + END, folder=folder)
    return str(refusal.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "templates" / "email"
    (folder / "note").mkdir(parents=True)
    (folder / "note" / "body.mjml").write_text(
        "{% extends 'x' %}\n\n<p>{{ name }}</p></p> och {{ mer }}\n{{ x }}\n", encoding="utf-8"
    )
    return folder


def test_html_comes_out_with_a_doctype_and_nothing_is_fetched_by_it() -> None:
    html = mjml.to_html(START + "Hej" + END, folder=Path())

    assert html.startswith('<!DOCTYPE html><html lang="sv"')
    assert "fonts.googleapis" not in html
    assert "<link" not in html
    assert "@import" not in html


def test_a_tag_that_does_not_fit_is_told_with_the_line_of_its_template(folder: Path) -> None:
    said = failing("<p>ååååå</p>\n<p>Åsa</p></p> och ö\n", folder)

    assert "Mallen templates/email/note/body.mjml, rad 3:" in said
    assert "vid artikeln ”Fyren & jag”" in said


def test_a_line_that_no_template_holds_is_told_by_its_number_in_the_mail(folder: Path) -> None:
    assert "Mallen brevet som mallarna ger, rad 5:" in failing("<p>ååå</p>\n</b>hej\n", folder)


@pytest.mark.parametrize(
    ("body", "line"),
    [("ett\n1 < 2\n", 5), ("ett\ntvå\n<p a=b>x</p>\n", 6), ("<br>ett&nbsp;\n<p>\n", 6)],
)
def test_an_error_without_a_place_gets_its_line_from_an_xml_parser(
    body: str, line: int, folder: Path
) -> None:
    assert f", rad {line}:" in failing(body, folder)


def test_a_place_that_the_parser_tells_in_bytes_becomes_a_line(folder: Path) -> None:
    """It is well-formed, and so no XML parser finds it; å, ä and ö take two bytes each."""
    template = "<mjml>\n<!-- åäö -->\n<mj-head>\n<mj-okänt></mj-okänt>\n</mj-head></mjml>"

    with pytest.raises(TemplateError, match="rad 4: MJML går inte att läsa"):
        mjml.to_html(template, folder=folder)


def test_an_error_before_the_articles_names_the_frame(folder: Path) -> None:
    with pytest.raises(TemplateError, match="brevets ram, före artiklarna"):
        mjml.to_html("<mjml><mj-head><mj-oj></mj-oj></mj-head></mjml>", folder=folder)
