"""The templates of issues have one fingerprint, which any change of them changes and nothing else does."""

from pathlib import Path

import pytest

from newsletter.rendering.fingerprints import of_templates


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("_layout/letter.mjml", "issue/body.mjml", "sign-in/body.mjml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["_layout/letter.mjml", "issue/body.mjml", "issue/new.txt"])
def test_a_change_of_what_issues_are_made_of_is_seen_while_we_run(folder: Path, name: str) -> None:
    before = of_templates(folder)

    (folder / name).write_text("something else")

    assert of_templates(folder) != before


def test_another_mails_template_does_not_count_and_the_place_does_not_either(folder: Path) -> None:
    before = of_templates(folder)
    (folder / "sign-in" / "body.mjml").write_text("something else")
    assert of_templates(folder) == before

    assert of_templates(folder.rename(folder.parent / "moved")) == before


def test_our_own_have_one() -> None:
    assert len(of_templates()) == 12
