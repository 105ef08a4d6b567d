"""Days that have passed when the issue goes: an article's last day, and the deadlines in its text."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from newsletter.core import swedish
from newsletter.core.preflight.findings import Finding, Severity, mark
from newsletter.core.preflight.matter import Part
from newsletter.core.preflight.prose import paragraphs
from newsletter.core.preflight.references import short

_WHEN = (
    rf"(?P<day>\d{{1,2}})(?:\.|:e|:a)? ?(?P<month>{swedish.MONTH})\b\.?(?: (?P<year>\d{{4}}))?"
    r"|\d{4}-\d{2}-\d{2}"
)
_DEADLINE = re.compile(
    r"\b(?:senast|före|innan|t\.?o\.?m\.?|till och med|no later than|by|before|deadline(?:n)?(?: är)?"
    r"|sista (?:anmälnings|ansöknings|svars)?dag(?:en)?(?: är| för \w+ är)?)(?: :| den| på)?[: ]+"
    rf"(?:(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?(?: den)? )?(?P<when>{_WHEN})",
    re.IGNORECASE,
)
#: A day without a year is the nearest one of that name; deadlines are seldom announced further ahead.
_AHEAD = timedelta(days=275)


def check(part: Part, sent_on: date) -> Iterator[Finding]:
    """Find what is over on the day when the issue goes. ``sent_on`` is that day where the association is."""
    article = part.text
    if part.expires_on is not None and part.expires_on < sent_on:
        yield Finding(
            "expired",
            Severity.WARNING,
            mark(
                "”{title}” gällde till och med {day}. Ta bort artikeln ur numret, eller ändra dess sista dag."
            ),
            {"title": article.title, "day": part.expires_on},
            article_id=part.article_id,
        )
    for paragraph in paragraphs(article):
        for sentence in paragraph.sentences():
            for day in _passed(sentence, sent_on):
                yield Finding(
                    "deadline",
                    Severity.WARNING,
                    mark(
                        "”{title}” säger ”{words}”, men då har {day} passerat när numret går. Ändra dagen, "
                        "eller ta bort artikeln."
                    ),
                    {"title": article.title, "words": short(sentence), "day": day},
                    paragraph.place,
                    part.article_id,
                )


def _passed(sentence: str, sent_on: date) -> Iterator[date]:
    for found in _DEADLINE.finditer(sentence):
        day = _day(found, sent_on)
        if day is not None and day < sent_on:
            yield day


def _day(found: re.Match[str], sent_on: date) -> date | None:
    if found["year"] or found["day"] is None:
        return swedish.find_date(re.sub(r":[ea]\b", "", found["when"]))
    dated = f"{found['day']} {found['month']}"
    days = [swedish.find_date(f"{dated} {year}") for year in range(sent_on.year - 1, sent_on.year + 2)]
    near = [day for day in days if day is not None and day <= sent_on + _AHEAD]
    return max(near, default=None)
