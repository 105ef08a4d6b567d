"""Templates filled with values, and errors that say where."""

from pathlib import Path

import pytest

from newsletter.errors import TemplateError
from newsletter.language import using
from newsletter.rendering import articles, merge
from newsletter.rendering.values import ItemView
from tests.newsletter.rendering.samples import CHAIR, FRAME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one mail that works; a test breaks one of its parts."""
    folder = tmp_path / "templates" / "email"
    (folder / "note").mkdir(parents=True)
    write(folder, "subject.txt", "  {{ title }}\n")
    write(folder, "body.mjml", "<mjml>\n{{ title }}\n</mjml>\n")
    write(folder, "body.txt", "{{ title }}\n")
    return folder


def write(folder: Path, part: str, template: str) -> None:
    (folder / "note" / part).write_text(template, encoding="utf-8")


def article() -> articles.SetArticle:
    return articles.prepare(
        ItemView(article_id=1, article=CHAIR), articles.Place(2, "sv", FRAME.base_url), {}
    )


def test_mjml_is_escaped_and_plain_text_is_not(folder: Path) -> None:
    merged = merge.merge("note", {"title": 'Å & "<b>"'}, folder=folder)

    assert merged.mjml == "<mjml>\nÅ &amp; &#34;&lt;b&gt;&#34;\n</mjml>\n"
    assert merged.text == 'Å & "<b>"\n'
    assert merged.subject == 'Å & "<b>"'


def test_a_value_is_never_a_template(folder: Path) -> None:
    assert merge.merge("note", {"title": "{{ 7*7 }}{% x %}"}, folder=folder).text == "{{ 7*7 }}{% x %}\n"


def test_a_template_speaks_the_language_of_the_moment(folder: Path) -> None:
    write(folder, "body.txt", '{{ _("I det här numret") }}')

    assert merge.merge("note", {"title": "T"}, folder=folder).text == "I det här numret"
    with using("en"):
        assert merge.merge("note", {"title": "T"}, folder=folder).text == "In this issue"


def test_a_name_that_does_not_exist_is_told_with_file_line_and_article(folder: Path) -> None:
    write(folder, "body.mjml", "<mjml>\n{% for a in articles %}\n\n{{ a.titel }}\n{% endfor %}\n</mjml>")

    with pytest.raises(TemplateError) as refusal:
        merge.merge("note", {"title": "T", "articles": [article()]}, folder=folder)

    assert "Mallen templates/email/note/body.mjml" in str(refusal.value)
    assert "rad 4, vid artikeln ”En bänk mot väster”" in str(refusal.value)
    assert "titel" in str(refusal.value)


def test_a_name_that_does_not_exist_outside_the_articles_is_told_with_file_and_line(folder: Path) -> None:
    write(folder, "body.txt", "\n\n{{ underskrift }}\n")

    with pytest.raises(TemplateError, match=r"note/body\.txt gick inte att fylla i på rad 3: 'underskrift'"):
        merge.merge("note", {"title": "T"}, folder=folder)


def test_a_failing_macro_names_the_file_that_holds_the_macro(folder: Path) -> None:
    (folder / "_layout").mkdir()
    (folder / "_layout" / "macros.mjml").write_text("{% macro m(a) %}\n{{ a.nej }}{% endmacro %}", "utf-8")
    write(folder, "body.mjml", '{% from "_layout/macros.mjml" import m %}\n\n{{ m(a) }}')

    with pytest.raises(TemplateError, match=r"_layout/macros\.mjml gick inte att fylla i på rad 2"):
        merge.merge("note", {"title": "T", "a": article()}, folder=folder)


def test_a_mistake_in_writing_is_told_with_file_and_line(folder: Path) -> None:
    write(folder, "body.mjml", "<mjml>\n\n{% if title %}\n</mjml>")

    with pytest.raises(
        TemplateError, match=r"Mallen templates/email/note/body\.mjml har ett skrivfel på rad"
    ):
        merge.merge("note", {"title": "T"}, folder=folder)


def test_a_calculation_that_fails_in_a_template_is_told_with_file_and_line(folder: Path) -> None:
    write(folder, "body.txt", "\n{{ 1 / 0 }}")

    with pytest.raises(TemplateError, match=r"body\.txt gick inte att fylla i på rad 2: division by zero"):
        merge.merge("note", {"title": "T"}, folder=folder)


def test_a_missing_template_is_told_by_name(folder: Path) -> None:
    (folder / "note" / "body.txt").unlink()

    with pytest.raises(TemplateError, match=r"Mallen note/body\.txt finns inte"):
        merge.merge("note", {"title": "T"}, folder=folder)


def test_a_template_cannot_reach_into_python(folder: Path) -> None:
    write(folder, "body.txt", "{{ title.__class__.__mro__ }}")

    with pytest.raises(TemplateError, match="unsafe"):
        merge.merge("note", {"title": "T"}, folder=folder)


def test_a_mistake_of_our_own_is_not_blamed_on_the_template(folder: Path) -> None:
    def broken() -> None:
        raise LookupError("ours")

    write(folder, "body.txt", "{{ broken() }}")

    with pytest.raises(LookupError, match="ours"):
        merge.merge("note", {"title": "T", "broken": broken}, folder=folder)


def test_the_templates_of_the_project_are_found() -> None:
    assert (merge.templates_folder() / "issue" / "body.mjml").is_file()
