"""An article's record: from value to tables, back, and as the JSON that a revision keeps."""

from collections.abc import Sequence
from typing import Any

from newsletter.core.articles import ArticleKind, ArticleText, Attachment, Link, Picture
from newsletter.core.meetings import WALL, Meeting, read_wall
from newsletter.models import Article, ArticleAttachment, ArticleImage, ArticleLink


def to_text(article: Article) -> ArticleText:
    """Return the content of an article's record as a value."""
    return ArticleText(
        title=article.title,
        kicker=article.kicker,
        dateline=article.dateline,
        lead=article.lead,
        body=article.body,
        byline_name=article.byline_name,
        byline_role=article.byline_role,
        language=article.language,
        pictures=tuple(Picture(p.caption, p.credit, p.alt, p.file, p.film or "") for p in article.images),
        links=tuple(Link(link.url, link.label) for link in article.links),
        attachments=tuple(Attachment(a.label, a.file, a.size) for a in article.attachments),
        origin=article.origin,
        kind=article.kind,
        meeting=_meeting(article),
        years=(article.years or "") if article.kind is ArticleKind.OBITUARY else "",
    )


def _meeting(article: Article) -> Meeting | None:
    """Return an invitation's occasion; what other articles still have of one does not count."""
    starts = read_wall(article.starts or "")
    if article.kind is not ArticleKind.INVITATION or starts is None:
        return None
    return Meeting(
        starts=starts,
        ends=read_wall(article.ends or ""),
        place=article.place or "",
        address=article.address or "",
        answer_by=article.answer_by,
    )


def write(article: Article, text: ArticleText) -> None:
    """Put a value's content into a record; whom it is for and where it stands stay as they are."""
    article.title = text.title
    article.kicker = text.kicker
    article.dateline = text.dateline
    article.lead = text.lead
    article.body = text.body
    article.byline_name = text.byline_name
    article.byline_role = text.byline_role
    article.language = text.language
    article.origin = text.origin[:400]
    article.kind = text.kind
    article.years = text.years
    set_meeting(article, text.meeting)
    set_pictures(article, text.pictures)
    set_links(article, text.links)
    set_attachments(article, text.attachments)


def set_meeting(article: Article, meeting: Meeting | None) -> None:
    """Give a record this occasion in place of the one it has."""
    article.starts = meeting.starts.strftime(WALL) if meeting else ""
    article.ends = meeting.ends.strftime(WALL) if meeting and meeting.ends else ""
    article.place = meeting.place if meeting else ""
    article.address = meeting.address if meeting else ""
    article.answer_by = meeting.answer_by if meeting else None


def set_pictures(article: Article, pictures: Sequence[Picture]) -> None:
    """Give a record these pictures, in this order, in place of those it has."""
    article.images = [
        ArticleImage(position=at, file=p.file, alt=p.alt, caption=p.caption, credit=p.credit, film=p.film)
        for at, p in enumerate(pictures)
    ]


def set_attachments(article: Article, attachments: Sequence[Attachment]) -> None:
    """Give a record these attachments, in this order, in place of those it has."""
    article.attachments = [
        ArticleAttachment(position=at, file=a.file, label=a.label, size=a.size)
        for at, a in enumerate(attachments)
    ]


def set_links(article: Article, found: Sequence[Link]) -> None:
    """Give a record these links, in this order, in place of those it has."""
    article.links = [
        ArticleLink(position=at, url=link.url, label=link.label) for at, link in enumerate(found)
    ]


def content_of(article: Article, source: str) -> dict[str, Any]:
    """Return the whole article as JSON; ``source`` is the fingerprint of the text that it came in with."""
    text = to_text(article)
    return {
        "title": text.title,
        "kicker": text.kicker,
        "date": text.dateline.isoformat() if text.dateline else None,
        "lead": text.lead,
        "body": text.body,
        "byline": {"name": text.byline_name, "role": text.byline_role},
        "language": text.language,
        "images": [
            {"file": p.file, "alt": p.alt, "caption": p.caption, "credit": p.credit, "film": p.film}
            for p in text.pictures
        ],
        "links": [{"url": link.url, "label": link.label} for link in text.links],
        "attachments": [{"file": a.file, "label": a.label, "size": a.size} for a in text.attachments],
        "origin": text.origin,
        "kind": text.kind.value,
        "starts": article.starts,
        "ends": article.ends,
        "place": article.place,
        "address": article.address,
        "answer_by": article.answer_by.isoformat() if article.answer_by else None,
        "years": article.years,
        "audience": article.audience.dump(),
        "status": article.status.value,
        "expires": article.expires_on.isoformat() if article.expires_on else None,
        **({"source": source} if source else {}),
    }
