"""Letterheads: from which role address a letter comes, and to which one answers go.

    a letter that reaches one region only -> the region's own address, while somebody leads it
    every other letter, and member notices -> the association's

An address that is not under our own domain can be answered to, but letters do not come from it: what
receiving servers check (SPF, DKIM, DMARC) is ours to promise for our own domain only.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from newsletter.models import Issue
from newsletter.services import zones
from newsletter.services.issue_states import meant_for
from subscribers.models import ListPurpose
from subscribers.services import role_addresses

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame


def region_of(issue: Issue) -> str | None:
    """Return the slug of the region whose letter it is; None for a letter of the association's."""
    reached = meant_for(issue).regions or frozenset()
    if issue.mailing_list.purpose is ListPurpose.MEMBER_NOTICES or len(reached) != 1:
        return None
    return next(iter(reached))


def answers_to(session: Session, issue: Issue, *, today: date) -> str:
    """Return the address for Reply-To, as written; "" for the association's own."""
    region = region_of(issue)
    return role_addresses.answering(session, region=region, today=today) if region else ""


def framed(session: Session, issue: Issue, frame: "Frame", *, today: date) -> "Frame":
    """Return the frame with the address for From: the region's where it is under our domain, else ours."""
    address, ours = answers_to(session, issue, today=today), frame.from_address
    same_domain = address.rpartition("@")[2].casefold() == ours.rpartition("@")[2].casefold()
    return replace(frame, from_address=address) if same_domain else frame


def answers(session: Session, *, issue_ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """Return ``answers_to`` of each of these issues, on the day that it is where they are sent."""
    found = select(Issue).where(Issue.id.in_(issue_ids)).options(joinedload(Issue.mailing_list))
    return {
        issue.id: answers_to(session, issue, today=now.astimezone(zones.of_issue(issue)).date())
        for issue in session.scalars(found)
    }
