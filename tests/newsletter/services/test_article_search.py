"""Articles are found by their words, their region and their use."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.articles import ArticleText
from newsletter.core.audiences import Audience
from newsletter.models import ArticleStatus
from newsletter.services import article_search, articles
from newsletter.services.article_search import Wanted
from tests.conftest import NOON


def write(session: Session, title: str, body: str = "", region: str = "") -> int:
    audience = {"audience": Audience.of([region])} if region else {}
    text = ArticleText(title=title, body=body)
    return articles.create(session, text=text, now=NOON, by="test", **audience).id


def found(session: Session, **wanted: object) -> list[str]:
    return [each.title for each in article_search.find(session, wanted=Wanted(**wanted))]  # type: ignore[arg-type]


@pytest.fixture
def orchard(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    with sessions.begin() as session:
        write(session, "Får i hagen", "Lammen betar.")
        write(session, "Resa far och son", "Vi far norrut.")
        write(session, "Ympning", "Ympris klipps i januari.", "vast")
        write(session, "Julmarknad", "Glögg och äppelmust.", "vastmanland-uppsala")
    return sessions


def test_far_is_not_sheep(orchard: sessionmaker[Session]) -> None:
    with orchard() as session:
        assert found(session, words="far") == ["Resa far och son"]
        assert found(session, words="får") == ["Får i hagen"]


def test_words_are_found_as_one_types(orchard: sessionmaker[Session]) -> None:
    with orchard() as session:
        for typed in ("ympr", "Ympris", "YMPRIS klip"):
            assert found(session, words=typed) == ["Ympning"]
        assert found(session, words="ympris glögg") == []


@pytest.mark.parametrize(
    "typed", ["'", '"', "a OR b", "NEAR(", "title:x", "*", "&|!", "\x00", "-", "x" * 5000]
)
def test_whatever_is_typed_is_words_and_no_command(orchard: sessionmaker[Session], typed: str) -> None:
    with orchard() as session:
        assert isinstance(found(session, words=typed), list)


def test_a_changed_text_is_found_by_its_new_words_only(orchard: sessionmaker[Session]) -> None:
    with orchard.begin() as session:
        [article] = article_search.find(session, wanted=Wanted(words="glögg"))
        articles.change(session, article_id=article.id, values={"body": "Kaffe."}, now=NOON)

    with orchard() as session:
        assert found(session, words="glögg") == []
        assert found(session, words="kaffe") == ["Julmarknad"]


def test_a_region_has_its_own_and_what_is_for_everyone(orchard: sessionmaker[Session]) -> None:
    with orchard() as session:
        assert found(session, region="vast") == ["Ympning", "Resa far och son", "Får i hagen"]


def test_who_leads_a_region_reaches_what_is_for_it_alone(orchard: sessionmaker[Session]) -> None:
    with orchard() as session:
        assert found(session, regions={"vast"}) == ["Ympning"]
        assert found(session, regions={"vast"}, words="glögg") == []
        assert article_search.count(session, wanted=Wanted(regions={"vast"})) == 1


def test_archived_ones_are_found_when_they_are_asked_for(orchard: sessionmaker[Session]) -> None:
    with orchard.begin() as session:
        [article] = article_search.find(session, wanted=Wanted(words="ympris"))
        articles.change(session, article_id=article.id, values={"status": ArticleStatus.ARCHIVED}, now=NOON)

    with orchard() as session:
        assert found(session, words="ympris") == []
        assert found(session, words="ympris", status=ArticleStatus.ARCHIVED) == ["Ympning"]
