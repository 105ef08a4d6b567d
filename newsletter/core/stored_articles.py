"""An article's content as JSON, for what is kept of it when an issue is frozen."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from newsletter.core.articles import ArticleKind, ArticleText, Attachment, Link, Picture
from newsletter.core.meetings import Meeting


def plain(text: ArticleText) -> dict[str, Any]:
    """Return an article's content as values that JSON knows."""
    return {
        **asdict(text),
        "dateline": _written(text.dateline),
        "kind": text.kind.value,
        "meeting": {name: _written(value) for name, value in asdict(text.meeting).items()}
        if text.meeting
        else None,
    }


def read(values: dict[str, Any]) -> ArticleText:
    """Return what ``plain`` was made of."""
    return ArticleText(
        **{
            **values,
            "dateline": _day(values["dateline"]),
            "kind": ArticleKind(values["kind"]),
            "meeting": _meeting(values["meeting"]) if values["meeting"] else None,
            "pictures": tuple(Picture(**each) for each in values["pictures"]),
            "links": tuple(Link(**each) for each in values["links"]),
            "attachments": tuple(Attachment(**each) for each in values["attachments"]),
        }
    )


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date, too


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _meeting(values: dict[str, Any]) -> Meeting:
    ends = values["ends"]
    return Meeting(
        **{
            **values,
            "starts": datetime.fromisoformat(values["starts"]),
            "ends": datetime.fromisoformat(ends) if ends else None,
            "answer_by": _day(values["answer_by"]),
        }
    )


def dump(text: ArticleText) -> str:
    """Return an article's content as JSON, in which its words can be searched for as they are."""
    return json.dumps(plain(text), ensure_ascii=False)


def load(stored: str) -> ArticleText:
    """Return what ``dump`` was made of."""
    return read(json.loads(stored))
