"""Amendments: what is changed in an issue's web versions after it has gone. What was sent stays as it was.

correct      the text is mended, and readers are told what was wrong and when it was put right
withdraw     an article is taken away; its place says so
drop_picture, replace_name    somebody is no longer shown or named

Whoever may send to everybody may do it. What is changed on the web stays changed when a variant is rendered
anew (``stand_over``).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import naming, stored_articles
from newsletter.core.articles import ArticleText
from newsletter.core.naming import Spot
from newsletter.errors import IssueError
from newsletter.models import Amendment, AmendmentKind, Issue, IssueStatus, NamedOnWeb, Variant, WebVersion
from newsletter.rendering import web_articles
from newsletter.rendering.web_articles import Change, WebItem
from newsletter.services import zones
from newsletter.services.issue_states import locked, name_of
from subscribers.errors import NotFound
from subscribers.services import acts

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Published:
    """An article as it reads on the web now; ``article_id`` None: the issue's title and preheader.

    ``regions`` are the names it is limited to. ``withdrawn``: readers see only that it was there.
    """

    article_id: int | None
    text: ArticleText
    regions: tuple[str, ...] = ()
    withdrawn: bool = False


def published(session: Session, issue_id: int) -> Sequence[Published]:
    """Return what can be read of an issue on the web in any of its versions, its own words first."""
    gone = {each.article_id for each in history(session, issue_id) if each.kind is AmendmentKind.WITHDRAWN}
    found: dict[int | None, Published] = {}
    for version in _newest(session, issue_id):
        found.setdefault(None, Published(None, _head(version)))
        for item in _items(version):
            withdrawn = item.article_id in gone
            one = Published(item.article_id, item.text, item.regions, withdrawn)
            found.setdefault(item.article_id, one)
    return list(found.values())


def article(session: Session, *, issue_id: int, article_id: int | None) -> Published:
    """Return one of ``published``. Raises ``NotFound``."""
    found = next((one for one in published(session, issue_id) if one.article_id == article_id), None)
    if found is None:
        raise NotFound("Den artikeln finns inte på webben.")
    return found


def history(session: Session, issue_id: int) -> Sequence[Amendment]:
    """Return what was changed of an issue on the web, the oldest first."""
    return session.scalars(
        select(Amendment).where(Amendment.issue_id == issue_id).order_by(Amendment.id)
    ).all()


def correct(
    session: Session,
    *,
    issue_id: int,
    article_id: int | None,
    text: ArticleText,
    note: str,
    frame: "Frame",
    actor: str,
    now: datetime,
) -> Amendment:
    """Mend what an article says on the web; ``note`` is what readers are told was wrong.

    Raises ``IssueError`` without a note or a title, ``NotSound`` for what must not be read, ``NotFound``.
    """
    if not note.strip():
        raise IssueError("Skriv vad som var fel. Läsarna ser det, med dagens datum.")
    if not text.title.strip():
        raise IssueError("Rubriken är tom. Skriv en rubrik.")
    change = _Change(AmendmentKind.CORRECTED, note, lambda _old: text)
    return _amend(session, issue_id, article_id, change, frame, actor, now)


def withdraw(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    note: str,
    frame: "Frame",
    actor: str,
    now: datetime,
) -> Amendment:
    """Take an article away from the web; its place says so, and why where ``note`` does. Raises as above."""
    emptied = ArticleText(title="–")
    change = _Change(AmendmentKind.WITHDRAWN, note, lambda old: replace(emptied, language=old.language))
    return _amend(session, issue_id, article_id, change, frame, actor, now)


def drop_picture(
    session: Session,
    *,
    issue_id: int,
    article_id: int,
    place: int,
    frame: "Frame",
    actor: str,
    now: datetime,
) -> Amendment:
    """Take a picture of an article, and its words, away from the web. ``place`` counts from 0."""

    def without(old: ArticleText) -> ArticleText:
        if not 0 <= place < len(old.pictures):
            raise NotFound("Den bilden finns inte.")
        return replace(old, pictures=old.pictures[:place] + old.pictures[place + 1 :])

    change = _Change(AmendmentKind.PICTURE_REMOVED, "", without)
    return _amend(session, issue_id, article_id, change, frame, actor, now)


def replace_name(
    session: Session,
    *,
    issue_id: int,
    article_id: int | None,
    name: str,
    instead: str,
    frame: "Frame",
    actor: str,
    now: datetime,
) -> Amendment:
    """Put other words in a name's place in an article. Raises ``IssueError`` where it is not named."""
    words = " ".join(instead.split()) or naming.NEUTRAL

    def without(old: ArticleText) -> ArticleText:
        if not naming.spots(old, name):
            raise IssueError("Namnet står inte i artikeln.")
        return naming.without(old, name, words)

    change = _Change(AmendmentKind.NAME_REPLACED, "", without)
    return _amend(session, issue_id, article_id, change, frame, actor, now)


def told(session: Session, issue_id: int) -> Mapping[int, Sequence[Change]]:
    """Return by article what readers are told of its changes, with the days where the issue was sent."""
    issue = session.get_one(Issue, issue_id)
    found: dict[int, list[Change]] = {}
    for each in history(session, issue_id):
        day = each.made_at.astimezone(zones.of_issue(issue)).date()
        withdrawn = each.kind is AmendmentKind.WITHDRAWN
        if each.article_id is not None and (each.note or withdrawn):
            found.setdefault(each.article_id, []).append(Change(day, each.note, withdrawn))
    return found


def stand_over(session: Session, issue_id: int, items: Sequence[WebItem]) -> Sequence[WebItem]:
    """Return items as they read on the web: with what was changed there before."""
    latest = {each.article_id: each for each in history(session, issue_id)}
    return [
        replace(item, text=stored_articles.load(latest[item.article_id].text))
        if item.article_id in latest
        else item
        for item in items
    ]


def head_of(session: Session, issue_id: int, title: str, preheader: str) -> ArticleText:
    """Return an issue's title, and its preheader as the lead, as they read on the web."""
    own = [each for each in history(session, issue_id) if each.article_id is None]
    return stored_articles.load(own[-1].text) if own else ArticleText(title=title, lead=preheader)


@dataclass(frozen=True, slots=True)
class _Change:
    kind: AmendmentKind
    note: str
    makes: Callable[[ArticleText], ArticleText]


def _amend(
    session: Session,
    issue_id: int,
    article_id: int | None,
    change: _Change,
    frame: "Frame",
    actor: str,
    now: datetime,
) -> Amendment:
    from newsletter.services import web_checks

    issue = locked(session, issue_id)
    if issue.status is not IssueStatus.RELEASED:
        raise IssueError("{issue} har inte gått. Ändra det som vanligt.", issue=name_of(issue))
    note = " ".join(change.note.split())
    if len(note) > LONGEST_NOTE:
        raise IssueError("Förklaringen är för lång. Korta den till {most} tecken.", most=LONGEST_NOTE)
    before = article(session, issue_id=issue_id, article_id=article_id)
    if before.withdrawn:
        raise IssueError("Artikeln är redan borttagen från webben.")
    after = change.makes(before.text)
    made = Amendment(
        issue_id=issue_id,
        article_id=article_id,
        kind=change.kind,
        note=note,
        text=stored_articles.dump(after),
        made_at=now,
        made_by=actor[:120],
    )
    session.add(made)
    session.flush()
    _put(session, issue_id, article_id, after, frame, now)
    _follow_names(session, issue_id, article_id, before.text, after)
    web_checks.require_sound(session, issue)
    details = {"kind": change.kind.value, **({"article": article_id} if article_id is not None else {})}
    subject = f"issue {issue.id}, {name_of(issue)}"[:200]
    acts.log(session, actor=actor, act="amend web version", subject=subject, details=details, now=now)
    return made


def _put(
    session: Session, issue_id: int, article_id: int | None, after: ArticleText, frame: "Frame", now: datetime
) -> None:
    """Give every version of the issue that holds the article its new text, and set it anew."""
    from newsletter.services import web_versions

    changes = told(session, issue_id)
    for version in _newest(session, issue_id):
        items = _items(version)
        if article_id is None:
            version.title, version.preheader = after.title[:300], after.lead[:300]
        elif any(item.article_id == article_id for item in items):
            new = [replace(item, text=after) if item.article_id == article_id else item for item in items]
            version.articles = json.dumps(web_articles.dump(new), ensure_ascii=False)
            web_versions.set_again(session, version, frame=frame, changes=changes)
        else:
            continue
        version.changed_at = now
    session.flush()


def _follow_names(
    session: Session, issue_id: int, article_id: int | None, before: ArticleText, after: ArticleText
) -> None:
    """Let what waits for a decision about a name point to where the name is now, or be over."""
    waits = select(NamedOnWeb).where(NamedOnWeb.issue_id == issue_id, NamedOnWeb.article_id == article_id)
    if article_id is None:
        waits = select(NamedOnWeb).where(NamedOnWeb.issue_id == issue_id, NamedOnWeb.article_id.is_(None))
    for row in session.scalars(waits).all():
        left = naming.moved(before, after, [Spot(*each) for each in row.spots])
        if left:
            row.spots = [[spot.text, spot.start, spot.end] for spot in left]
        else:
            session.delete(row)
    session.flush()


def _newest(session: Session, issue_id: int) -> Sequence[WebVersion]:
    return session.scalars(
        select(WebVersion)
        .join(Variant, Variant.id == WebVersion.variant_id)
        .where(WebVersion.issue_id == issue_id, Variant.replaced_by_id.is_(None))
        .order_by(WebVersion.variant_id)
    ).all()


def _items(version: WebVersion) -> tuple[WebItem, ...]:
    return web_articles.load(json.loads(version.articles))


def _head(version: WebVersion) -> ArticleText:
    return ArticleText(title=version.title, lead=version.preheader)
