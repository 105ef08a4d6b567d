"""The checks of web versions, each as its readers would see it: nothing of what others alone may see.

Whom an article is for is asked of the variants that were frozen, never of the web versions themselves.
"""

import json
from collections.abc import Iterator, Sequence

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core.preflight import leaks, pictures, placeholders
from newsletter.core.preflight.findings import Finding, Severity, together
from newsletter.core.preflight.matter import Part, Version
from newsletter.errors import NotSound
from newsletter.models import Issue, Item, Variant, WebVersion
from newsletter.rendering import web_articles
from newsletter.services.finding_words import said
from newsletter.services.issue_states import name_of


def require_sound(session: Session, issue: Issue) -> None:
    """Raise ``NotSound`` where a web version says what its readers may not see, or a place was not filled."""
    found = together(findings(session, issue))
    if found:
        raise NotSound(
            "På webben: {fault} Innan dess kan {issue} inte läsas där.",
            issue=name_of(issue),
            fault=said(found[0]),
        )


def findings(session: Session, issue: Issue) -> Sequence[Finding]:
    """Return what must not be read in the web versions of an issue whose variants are frozen."""
    versions = list(_versions(session, issue.id))
    parts = {
        item.article_id: Part(article_id=item.article_id, text=item.text)
        for _page, items in versions
        for item in items
    }
    return [
        finding
        for page, _items in versions
        for finding in (
            *leaks.check(page, tuple(parts.values())),
            *placeholders.check(page),
            *pictures.check(page),
        )
        if finding.severity is Severity.STOP
    ]


def _versions(session: Session, issue_id: int) -> Iterator[tuple[Version, Sequence[web_articles.WebItem]]]:
    articles = dict(session.execute(select(Item.id, Item.article_id).where(Item.issue_id == issue_id)).all())
    found = session.execute(
        select(WebVersion, Variant.name, Variant.language, Variant.item_ids)
        .join(Variant, Variant.id == WebVersion.variant_id)
        .where(WebVersion.issue_id == issue_id, Variant.replaced_by_id.is_(None))
    )
    for version, name, language, item_ids in found:
        seen = tuple(articles[item_id] for item_id in item_ids if item_id in articles)
        page = Version(
            name=name,
            language=language,
            html=page_of(version),
            text="",
            message=b"Subject: -\r\n\r\n",
            article_ids=seen,
        )
        yield page, web_articles.load(json.loads(version.articles))


def page_of(version: WebVersion) -> str:
    """Return the words of a web version as a page by itself, as a reader would see them."""
    shown = web_articles.read(version.sections)
    head = Markup("<h1>{}</h1><p>{}</p>").format(version.title, version.preheader)
    said_there = web_articles.as_html(shown, year=version.made_at.year)
    return f"<!DOCTYPE html><html><body>{head}{said_there}</body></html>"
