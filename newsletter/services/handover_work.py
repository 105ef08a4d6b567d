"""The open work that goes with a role, written down in names and ways, so that it can be read years later.

An issue is renamed, a letter goes, a block is handed in: what stands here is how it was on the day.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from newsletter.services.issue_states import name_of

if TYPE_CHECKING:
    from newsletter.services.handovers import Outlook


def written(work: "Outlook") -> dict[str, Any]:
    """Return the work as plain values; ``way`` is below the root, days are ISO 8601."""
    return {
        "region": work.region,
        "address": work.address,
        "issues": [
            {
                "way": f"nummer/{issue.id}",
                "name": name_of(issue),
                "title": issue.title,
                "status": issue.status.value,
                "deadline": _iso(issue.deadline),
            }
            for issue in work.issues
        ],
        "blocks": [
            {
                "way": f"region-inslag/{block.id}/skriv",
                "name": name_of(block.issue),
                "deadline": _iso(block.issue.deadline),
            }
            for block in work.blocks
        ],
        "letters": [
            {"way": f"brev/{letter.key}/titta", "title": letter.issue.subject or letter.article.title}
            for letter in work.letters
        ],
        "rounds": len(work.rounds),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
