"""An article's content as JSON, for what is kept of it when an issue is frozen."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from newsletter.core.articles import ArticleText, Attachment, Link, Picture


def plain(text: ArticleText) -> dict[str, Any]:
    """Return an article's content as values that JSON knows."""
    return {**asdict(text), "dateline": text.dateline.isoformat() if text.dateline else None}


def read(values: dict[str, Any]) -> ArticleText:
    """Return what ``plain`` was made of."""
    day = values["dateline"]
    return ArticleText(
        **{
            **values,
            "dateline": date.fromisoformat(day) if day else None,
            "pictures": tuple(Picture(**each) for each in values["pictures"]),
            "links": tuple(Link(**each) for each in values["links"]),
            "attachments": tuple(Attachment(**each) for each in values["attachments"]),
        }
    )


def dump(text: ArticleText) -> str:
    """Return an article's content as JSON, in which its words can be searched for as they are."""
    return json.dumps(plain(text), ensure_ascii=False)


def load(stored: str) -> ArticleText:
    """Return what ``dump`` was made of."""
    return read(json.loads(stored))
