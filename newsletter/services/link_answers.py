"""What strangers' pages answered, kept for a day so that nobody is asked for nothing.

preflight.gather -> to_ask -> (newsletter.probing, outside of any transaction) -> keep -> known
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core.preflight import answers
from newsletter.core.preflight.answers import Answer
from newsletter.core.preflight.matter import Matter
from newsletter.models import LinkAnswer

KEPT = timedelta(days=1)


def to_ask(session: Session, matter: Matter, *, own: str, now: datetime) -> Sequence[str]:
    """Return the addresses in an issue's articles whose answer is not known from today."""
    wanted = answers.to_ask(matter, own=own)
    have = known(session, wanted, now=now)
    return [url for url in wanted if url not in have]


def known(session: Session, urls: Iterable[str], *, now: datetime) -> dict[str, Answer]:
    """Return the answers of these addresses that are not older than a day."""
    digests = [_digest(url) for url in urls]
    rows = session.scalars(
        select(LinkAnswer).where(LinkAnswer.digest.in_(digests), LinkAnswer.asked_at > now - KEPT)
    )
    return answers.known((row.url, row.outcome, row.status, row.leads_to) for row in rows)


def keep(session: Session, got: Mapping[str, Answer], *, now: datetime) -> None:
    """Remember what was answered now, instead of what was answered before."""
    for url, answer in got.items():
        session.merge(
            LinkAnswer(
                digest=_digest(url),
                url=url,
                outcome=answer.outcome.value,
                status=answer.status,
                leads_to=answer.leads_to,
                asked_at=now,
            )
        )
    session.flush()


def agent(association: str, contact: str, base_url: str) -> str:
    """Return how we present ourselves to strangers' servers (RFC 9110 10.1.5), in ASCII."""
    said = f"Rundbrev (link check; +{base_url}; {contact}; {association})"
    return "".join(c for c in said.encode("ascii", "replace").decode() if c.isprintable())[:300]


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
