"""The register of articles: texts come in once, and nothing that was written is lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.articles import Link, Picture
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import ArticleError
from newsletter.importing import outline
from newsletter.importing.files import read
from newsletter.importing.markdown import read_markdown
from newsletter.importing.text import read_text
from newsletter.importing.values import Proposal
from newsletter.models import Article, ArticleRevision, ArticleStatus, Issue, Item
from newsletter.services import articles
from newsletter.services.articles import Outcome
from subscribers.errors import NotFound
from subscribers.models import MailingList

NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
TEXT = "Det här är brödtext. Den har två meningar, och den andra är lite längre än den första."
LETTER = f"""Taket läggs om i maj

{TEXT}

Länsstyrelsen har gett pengar till spån, säger Anna.

Anna Berg, ordförande

Nya bryggan är på plats

{TEXT} Skriv till bo@hamn.example.

Bo Ek vid bryggan. Foto: Cia Al
"""


def proposal(edited: str | None = None) -> Proposal:
    correction = outline.parse(edited, "rattad.txt").of("brev.txt") if edited else None
    return read_text(LETTER, "brev.txt", correction)


def outcomes(done: list[articles.Imported]) -> list[tuple[str, Outcome]]:
    return [(one.article.title, one.outcome) for one in done]


def count(session: Session) -> tuple[int, int]:
    return (
        session.scalar(select(func.count()).select_from(Article)) or 0,
        session.scalar(select(func.count()).select_from(ArticleRevision)) or 0,
    )


def test_an_article_comes_back_as_it_was_read(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        articles.import_texts(session, [proposal()], now=NOON)
    with sessions.begin() as session:
        stored = [articles.to_text(a) for a in reversed(articles.list_articles(session))]

    assert stored == [proposed.text for proposed in proposal().articles]


def test_the_same_text_again_changes_nothing(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = articles.import_texts(session, [proposal()], now=NOON)
        before = count(session)
    with sessions.begin() as session:
        again = articles.import_texts(
            session, [read_text(LETTER.replace("\n", "\r\n").replace("\r", ""), "annan.txt")], now=LATER
        )
        assert count(session) == before
        assert all(one.article.updated_at == NOON for one in again)

    assert {one.outcome for one in first} == {Outcome.IMPORTED}
    assert {one.outcome for one in again} == {Outcome.UNCHANGED}
    assert [one.article.id for one in again] == [one.article.id for one in first]


def test_an_article_that_comes_in_another_letter_too_is_there_once(sessions: sessionmaker[Session]) -> None:
    longer = read_text(f"{LETTER}\n\nVi söker en ny kassör till hösten\n\n{TEXT}", "mer.txt")

    with sessions.begin() as session:
        articles.import_texts(session, [proposal()], now=NOON)
        done = articles.import_texts(session, [longer], now=NOON)

    assert [one.outcome for one in done] == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.IMPORTED]


def test_the_real_newsletters_come_in_once(
    sessions: sessionmaker[Session], seeds: Callable[[], list[Path]]
) -> None:
    proposals = [read(path) for path in seeds()]
    with sessions.begin() as session:
        done = articles.import_texts(session, proposals, now=NOON)
        assert len(done) == 21
        again = articles.import_texts(session, proposals, now=LATER)

    assert {one.outcome for one in again} == {Outcome.UNCHANGED}


def test_a_corrected_split_replaces_the_first_one(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        articles.import_texts(session, [proposal()], now=NOON)
        done = articles.import_texts(
            session, [proposal("fil brev.txt\nartikel 1\nmellanrubrik 9")], now=LATER
        )
        left = articles.list_articles(session)

    assert outcomes(done) == [
        ("Taket läggs om i maj", Outcome.CHANGED),
        ("Nya bryggan är på plats", Outcome.ARCHIVED),
    ]
    assert [article.title for article in left] == ["Taket läggs om i maj"]
    assert "## Nya bryggan är på plats" in left[0].body
    assert left[0].revision == 2


def test_after_a_correction_the_text_without_it_changes_nothing(sessions: sessionmaker[Session]) -> None:
    correction = proposal("fil brev.txt\nartikel 1\nmellanrubrik 9")
    with sessions.begin() as session:
        articles.import_texts(session, [proposal()], now=NOON)
        articles.import_texts(session, [correction], now=NOON)
        before = count(session)
        again = articles.import_texts(session, [proposal()], now=LATER)
        once_more = articles.import_texts(session, [correction], now=LATER)

        assert count(session) == before
    assert outcomes(again) == [("Taket läggs om i maj", Outcome.UNCHANGED)]
    assert outcomes(once_more)[0] == ("Taket läggs om i maj", Outcome.UNCHANGED)


def test_a_correction_can_be_taken_back(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        articles.import_texts(session, [proposal()], now=NOON)
        articles.import_texts(session, [proposal("fil brev.txt\nartikel 1\nmellanrubrik 9")], now=NOON)
        articles.import_texts(session, [proposal("fil brev.txt\nartikel 1\nartikel 9")], now=LATER)
        titles = [article.title for article in articles.list_articles(session)]

    assert titles == ["Nya bryggan är på plats", "Taket läggs om i maj"]


def test_a_correction_leaves_what_a_person_has_changed(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = articles.import_texts(session, [proposal()], now=NOON)
        for one in first:
            articles.change(
                session, article_id=one.article.id, values={"kicker": "NYTT"}, now=NOON, by="Ebba"
            )
        done = articles.import_texts(
            session, [proposal("fil brev.txt\nartikel 1\nmellanrubrik 9")], now=LATER
        )

    assert [one.outcome for one in done] == [Outcome.KEPT, Outcome.KEPT]
    assert {one.article.status for one in done} == {ArticleStatus.DRAFT}


def test_a_correction_leaves_what_an_issue_uses(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first = articles.import_texts(session, [proposal()], now=NOON)
        list_id = session.scalar(select(MailingList.id).order_by(MailingList.id).limit(1))
        issue = Issue(
            list_id=list_id,
            year=2030,
            number=1,
            title="Mars",
            subject="Mars",
            created_at=NOON,
            updated_at=NOON,
        )
        issue.items.append(Item(article_id=first[1].article.id, position=1))
        session.add(issue)
        done = articles.import_texts(
            session, [proposal("fil brev.txt\nartikel 1\nmellanrubrik 9")], now=LATER
        )

    assert [one.outcome for one in done] == [Outcome.CHANGED, Outcome.KEPT]


def test_front_matter_says_for_whom_and_until_when(sessions: sessionmaker[Session]) -> None:
    text = "---\ntitle: Resan\naudience: [skane, Väst]\nexpires: 2030-05-01\nstatus: ready\n---\nText."
    with sessions.begin() as session:
        (one,) = articles.import_texts(session, [read_markdown(text, "resa.md")], now=NOON)

    assert one.article.audience == Audience.of(["skane", "vast"])
    assert (one.article.expires_on, one.article.status) == (date(2030, 5, 1), ArticleStatus.READY)


def test_a_region_that_does_not_exist_is_refused(sessions: sessionmaker[Session]) -> None:
    text = "---\ntitle: Resan\naudience: Mumindalen\n---\nText."

    with sessions.begin() as session, pytest.raises(NotFound, match="Mumindalen"):
        articles.import_texts(session, [read_markdown(text, "resa.md")], now=NOON)


def test_every_change_keeps_what_the_article_was(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        one = articles.import_texts(session, [proposal()], now=NOON)[0].article
        articles.change(
            session,
            article_id=one.id,
            values={"title": "Nytt tak", "audience": Audience.of(["skane"]), "status": ArticleStatus.READY},
            now=LATER,
            by="Ebba",
        )
        history = articles.revisions(session, article_id=one.id)

    assert [(r.number, r.created_by, r.content["title"]) for r in history] == [
        (1, "import", "Taket läggs om i maj"),
        (2, "Ebba", "Nytt tak"),
    ]
    assert (history[1].content["audience"], history[1].content["status"]) == ("skane", "ready")
    assert history[1].created_at == LATER


def test_a_change_that_changes_nothing_makes_no_revision(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        one = articles.import_texts(session, [proposal()], now=NOON)[0].article
        articles.change(
            session, article_id=one.id, values={"title": one.title, "audience": EVERYONE}, now=LATER
        )

        assert (one.revision, one.updated_at) == (1, NOON)


def test_links_follow_the_text(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        one = articles.import_texts(session, [proposal()], now=NOON)[1].article
        body = "Läs [mer](https://hamn.example) eller ring 070-174 06 12."
        articles.change(session, article_id=one.id, values={"body": body}, now=LATER)

        assert articles.to_text(one).links == (
            Link("https://hamn.example", "mer"),
            Link("tel:+46701740612", "070-174 06 12"),
        )


def test_pictures_are_changed_with_a_revision_too(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        one = articles.import_texts(session, [proposal()], now=NOON)[1].article
        pictures = [Picture("Bo Ek vid bryggan.", "Foto: Cia Al", "En man på en brygga", "brygga.jpg")]
        articles.set_images(session, article_id=one.id, pictures=pictures, now=LATER, by="Ebba")
        articles.set_images(session, article_id=one.id, pictures=pictures, now=LATER, by="Ebba")
        history = articles.revisions(session, article_id=one.id)

    assert [r.content["images"][0]["file"] for r in history] == [None, "brygga.jpg"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": " "}, "måste ha en titel"),
        ({"title": "a" * 301}, "300 tecken"),
        ({"kicker": "a" * 201}, "200 tecken"),
    ],
)
def test_a_value_that_has_no_room_is_refused(
    sessions: sessionmaker[Session], values: dict[str, object], sentence: str
) -> None:
    with sessions.begin() as session:
        one = articles.import_texts(session, [proposal()], now=NOON)[0].article
        with pytest.raises(ArticleError, match=sentence):
            articles.change(session, article_id=one.id, values=values, now=LATER)


def test_an_article_that_is_not_there_gets_a_sentence(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        with pytest.raises(ArticleError, match="Artikel 99 finns inte"):
            articles.get(session, 99)
        with pytest.raises(ArticleError, match="Artikel 99 finns inte"):
            articles.revisions(session, article_id=99)


def test_archived_articles_are_listed_only_when_asked_for(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        done = articles.import_texts(session, [proposal()], now=NOON)
        old = done[0].article
        articles.change(session, article_id=old.id, values={"status": ArticleStatus.ARCHIVED}, now=LATER)

        assert [a.title for a in articles.list_articles(session)] == ["Nya bryggan är på plats"]
        assert articles.list_articles(session, status=ArticleStatus.ARCHIVED) == [old]


def test_an_article_is_found_by_its_title(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        done = articles.import_texts(session, [proposal()], now=NOON)
        title = "Taket läggs om i maj"

        assert articles.find_by_title(session, title=title) == done[0].article
        assert articles.find_by_title(session, title=title, origin="brev.txt") == done[0].article
        assert articles.find_by_title(session, title=title, origin="annat.txt") is None
