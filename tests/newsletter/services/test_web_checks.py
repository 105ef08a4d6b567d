"""What the web shows of an issue is looked through before the issue may go, variant by variant."""

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.errors import NotSound
from newsletter.models import Issue, IssueStatus
from newsletter.rendering import web_articles
from newsletter.rendering.archived import Section
from newsletter.rendering.values import IssueView
from newsletter.rendering.web_articles import WebItem
from newsletter.services import web_checks
from tests.newsletter.services.test_preflight_leaks import SENTENCE, freeze, issue_id

__all__ = ["issue_id"]


def test_what_was_frozen_as_it_should_be_has_no_findings(
    sessions: sessionmaker[Session], issue_id: int
) -> None:
    freeze(sessions, issue_id)

    with sessions() as session:
        assert web_checks.findings(session, session.get_one(Issue, issue_id)) == []


def test_an_article_in_another_regions_web_version_keeps_the_issue_from_going(
    sessions: sessionmaker[Session], issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    items_of, met = web_articles.items_of, dict[int, WebItem]()

    def all_that_were_met(view: IssueView) -> tuple[WebItem, ...]:
        met.update({item.article_id: item for item in items_of(view)})
        return tuple(met.values())

    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        for item in issue.items:  # as if the variant of Skåne had been made first
            text = web_articles.ArticleText(title=item.article.title, body=item.article.body)
            met[item.article_id] = WebItem("", item.article_id, text)
    monkeypatch.setattr(web_articles, "items_of", all_that_were_met)

    refused(sessions, issue_id)


def test_a_sentence_that_slips_in_while_it_is_set_does_so_too(
    sessions: sessionmaker[Session], issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_html = web_articles.as_html

    def leaky(shown: Sequence[Section], *, year: int) -> web_articles.Markup:
        return as_html(shown, year=year) + web_articles.Markup("<p>{}</p>").format(SENTENCE)

    monkeypatch.setattr(web_articles, "as_html", leaky)

    refused(sessions, issue_id)


def refused(sessions: sessionmaker[Session], issue_id: int) -> None:
    with pytest.raises(NotSound, match=r"På webben: .*inte ska se artikeln"):
        freeze(sessions, issue_id)
    with sessions() as session:
        assert session.get_one(Issue, issue_id).status is IssueStatus.DRAFT
