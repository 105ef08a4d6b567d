"""The proof that members were called, as data: the same facts give the same bytes, and so the same digest.

The day the proof is drawn up is no part of the data: it stands on paper, together with this digest.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

from newsletter.core.notices import Account, Content, Member

#: What the data is, for whoever reads it in years. A change of its shape is a new number.
FORMAT = "rundbrev kallelsebevis 1"


def write(account: Account, *, association: str) -> bytes:
    """Return the proof as JSON in UTF-8 with sorted keys; times are in UTC, addresses whole."""
    data = {
        "format": FORMAT,
        "association": association,
        "notice": {
            "id": account.issue_id,
            "name": account.name,
            "title": account.title,
            "subject": account.subject,
            "record_date": _day(account.record_date),
            "last_date": _day(account.last_date),
            "released_at": _moment(account.released_at),
        },
        "contents": [_content(content) for content in account.contents],
        "counts": {standing.value: count for standing, count in account.counts.items()},
        "members": [_member(member) for member in account.members],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def digest(data: bytes) -> str:
    """Return the SHA-256 of the written data, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _content(content: Content) -> dict[str, str]:
    return {
        "name": content.name,
        "language": content.language,
        "sha256": content.sha256,
        "text_sha256": content.text_sha256,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "member_number": member.member_number,
        "standing": member.standing.value,
        "address": member.address,
        "at": _moment(member.at),
        "reply": member.reply,
        "content": member.content,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
