"""When two texts are the same: their words are, in order. Layout, case and punctuation do not count."""

import hashlib
import re
import unicodedata

from newsletter.core.articles import ArticleText

_WORD = re.compile(r"\w+")


def of_text(text: str) -> str:
    """Return the SHA-256, hexadecimal, of a text's words (``words``)."""
    return hashlib.sha256(words(text).encode()).hexdigest()


def words(text: str) -> str:
    """Return the words alone, NFC and case folded, with single spaces between them."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def of_article(article: ArticleText) -> str:
    """Return the fingerprint of all that a reader sees of an article; its origin and files do not count."""
    parts = [
        article.title,
        article.kicker,
        article.dateline.isoformat() if article.dateline else "",
        article.lead,
        article.body,
        article.byline_name,
        article.byline_role,
        article.years,
        *((repr(article.meeting),) if article.meeting else ()),
        *(f"{picture.caption} {picture.credit}" for picture in article.pictures),
        *(attachment.label for attachment in article.attachments),
    ]
    return of_text("\n".join(parts))
