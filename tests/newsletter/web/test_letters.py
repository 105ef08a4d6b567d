"""The letter is seen before it goes: one version at a time, or all of them at once."""

import re

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import Audience
from newsletter.models import Article
from newsletter.services import issues, items, previews, variants
from newsletter.web import preview
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import Visitor


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """A draft for everyone, with a block for Skåne and one for Norra."""
    with sessions.begin() as session:
        made = issues.create(session, title="Marsnumret", subject="Våren", now=NOON)
        for title, region in (("För alla", ""), ("Skånskt", "skane"), ("Norrländskt", "norra")):
            article = Article(title=title, lead="Kort.", body="Lång text.", created_at=NOON, updated_at=NOON)
            session.add(article)
            session.flush()
            audience = Audience.of([region]) if region else items.EVERYONE
            items.add(session, issue_id=made.id, article_id=article.id, audience=audience, now=NOON)
        return made.id


def test_each_version_holds_its_own_and_no_others(officer: Visitor, issue_id: int) -> None:
    skane = officer.get(f"/nummer/{issue_id}/brev?version=skane").text

    assert "Skånskt" in skane
    assert "Norrländskt" not in skane


def test_a_person_is_greeted_and_gets_their_own_version(officer: Visitor, cast: Cast, issue_id: int) -> None:
    letter = officer.get(f"/nummer/{issue_id}/brev?som={cast.bo}").text

    assert "Hej Bo" in letter
    assert "Norrländskt" in letter


def test_the_frame_runs_and_fetches_nothing(officer: Visitor, issue_id: int) -> None:
    answer = officer.get(f"/nummer/{issue_id}/brev?lage=dark")

    assert answer.headers["content-security-policy"] == preview.POLICY
    assert "color-scheme: only dark" in answer.text
    assert not re.search(r'href="https?:', answer.text)


def test_a_person_who_is_not_there_is_no_page(officer: Visitor, issue_id: int) -> None:
    assert officer.get(f"/nummer/{issue_id}/brev?som=999999").status_code == 404
    assert officer.get(f"/nummer/{issue_id}?som=999999").status_code == 200


def test_a_version_that_holds_nothing_says_so(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        first = issues.get(session, issue_id).items[0].article_id
        items.remove(session, issue_id=issue_id, article_id=first, now=NOON)

    assert "får inget av" in officer.get(f"/nummer/{issue_id}/brev").text
    assert "Här finns inget att få" in officer.get(f"/nummer/{issue_id}").text
    assert "Inget är till för" in officer.get(f"/nummer/{issue_id}/matris").text


def test_the_matrix_says_which_item_stands_in_which_version(officer: Visitor, issue_id: int) -> None:
    page = officer.get(f"/nummer/{issue_id}/matris").text
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page, re.DOTALL)
    cells = {re.split("<", row)[0].strip(): re.findall(r'class="unseen">(\w+)<', row) for row in rows}
    heads = re.findall(r'class="tilted"><span>(.*?)<', page)

    assert heads == ["Gemensam", "Norra", "Skåne"]
    assert cells == {
        "För alla": ["hel", "hel", "hel"],
        "Skånskt": ["nej", "nej", "hel"],
        "Norrländskt": ["nej", "hel", "nej"],
    }
    assert page.count("<iframe") == 3


def test_an_issue_with_nothing_in_it_has_no_versions_yet(
    officer: Visitor, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        empty = issues.create(session, title="Tomt", subject="Tomt", now=NOON).id

    assert "Inga versioner än" in officer.get(f"/nummer/{empty}/matris").text
    assert "Numret är tomt" in officer.get(f"/nummer/{empty}").text


def test_only_the_version_that_is_looked_at_is_rendered(
    officer: Visitor, issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    real = variants.preview_message

    def counting(*given: object, **named: object) -> object:
        rendered.append(str(named["region"]))
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(previews.variants, "preview_message", counting)

    officer.get(f"/nummer/{issue_id}?version=skane")
    assert rendered == []
    officer.get(f"/nummer/{issue_id}/brev?version=skane")
    assert rendered == ["skane"]
