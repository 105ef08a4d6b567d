"""Which row a page is about: its number in the address, or a key that stands for the number.

Numbers are given in order. Whoever sees a part of the association only must not learn from them how many
others there are: their addresses hold keys, and a number is no address of theirs.

    templates   utskick/{{ issue.id | key }}
    pages       site.back(f"/utskick/{site.key(visit, issue_id)}"), def show(…, issue_id: TheIssue)
"""

from typing import Annotated

from fastapi import Depends
from fastapi.exceptions import HTTPException

from newsletter.web import numbers
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken


def number(site: Site, visit: Visit, text: str) -> int | None:
    """Return the number that an address or a form names to this visitor; None where it names none."""
    if visit.counts_all:
        return numbers.whole(text)
    try:
        (found,) = tokens.read(site.app.keyring, Purpose.ROW, text)
    except (BadToken, ValueError):  # ValueError: a token with more than one number in it
        return None
    return found


def _issue(issue_id: str, site: TheSite, visit: TheVisit) -> int:
    return _the(number(site, visit, issue_id))


def _person(person_id: str, site: TheSite, visit: TheVisit) -> int:
    return _the(number(site, visit, person_id))


def _the(found: int | None) -> int:
    if found is None:
        raise HTTPException(404)
    return found


#: For the signature of a page whose address ends in ``{issue_id}`` or ``{person_id}``.
TheIssue = Annotated[int, Depends(_issue)]
ThePerson = Annotated[int, Depends(_person)]
