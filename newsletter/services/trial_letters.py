"""Trial letters: the letter as it would come, to a few people by name, before anybody else gets it.

    a draft or a frozen issue -> each wanted variant as its readers get it -> marked -> the queue of notes

The mark stands in the subject and above the letter, in both parts. Links to unsubscribe and to preferences
open nothing, and no field of a list stands in the header: nobody can leave a list by a trial letter. All
other links are the real ones, so that they can be tried.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import headers
from newsletter.core import notes as writing
from newsletter.errors import IssueError
from newsletter.language import _, using
from newsletter.models import Issue
from newsletter.services import notes, previews, variants
from newsletter.services.issue_states import name_of
from newsletter.services.previews import Preview, Reader
from subscribers.core.authority import Scope
from subscribers.models import Subscriber
from subscribers.services import acts
from subscribers.services.scopes import no_such_person, people_within

if TYPE_CHECKING:
    from newsletter.rendering.values import Frame

MOST_PEOPLE = 10
MOST_LETTERS = 40

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_MARK = (
    '<div role="note" lang="{}" dir="ltr" style="margin:0;padding:12px 24px;border-bottom:2px solid #1a1a1a;'
    'background:#ffffff;color:#1a1a1a;font:16px/1.5 Arial,sans-serif;text-align:left">{}</div>'
)


def send(
    session: Session,
    *,
    scope: Scope,
    issue: Issue,
    people: Sequence[int],
    regions: Sequence[str],
    frame: "Frame",
    actor: str,
    now: datetime,
) -> int:
    """Queue a trial letter of each wanted version to each person; return how many letters.

    ``regions`` are slugs ("" for none), one for each version that is wanted: its people get that version.
    Raises ``IssueError`` for nobody, for no version, for too many and for people without an address,
    ``NotFound`` for people outside the scope, and as ``previews.preview`` does.
    """
    whom = [_person(session, scope, each) for each in dict.fromkeys(people)]
    versions = list(dict.fromkeys(regions))
    _check(whom, versions)
    names = {one.regions[0]: one.name for one in variants.planned(session, issue)}
    for person, address in whom:
        for region in versions:
            message = _letter(session, issue, person, address, region, names.get(region, ""), frame, now)
            notes.forward(session, kind="trial-letter", person=person, to=address, message=message, now=now)
    letters = len(whom) * len(versions)
    subject = f"issue {issue.id}, {name_of(issue)}"[:200]
    details = {"people": len(whom), "letters": letters}
    acts.log(session, actor=actor, act="trial letters", subject=subject, details=details, now=now)
    return letters


def _letter(
    session: Session,
    issue: Issue,
    person: Subscriber,
    address: str,
    region: str,
    version: str,
    frame: "Frame",
    now: datetime,
) -> bytes:
    own = Reader(region, person.language if person.language == "en" else "sv")
    who = replace(own, full_name=person.name, called=person.given_name, address=address)
    shown = previews.preview(session, issue, who, frame=frame, now=now)
    with using(own.language):
        version = _(version)
        told = _(
            "Det här är ett prov av versionen {version}. Ingen annan har fått det, och länkarna för att "
            "avsluta gör ingenting."
        ).format(version=version)
        mark = _("PROV {version}").format(version=version)
    return _marked(shown, mark, told, own.language)


def _marked(shown: Preview, mark: str, told: str, language: str) -> bytes:
    letter = message_from_bytes(shown.message, policy=policy.default)
    fields = {name: _raw(shown, name) for name in ("From", "To", "Reply-To", "Date")}
    banner = _MARK.format(language, escape(told))
    return writing.write(
        sender=fields["From"],
        to=fields["To"],
        reply_to=fields["Reply-To"],
        subject=f"[{mark}] {letter['Subject']}",
        text=f"*** {told} ***\n\n{shown.text}",
        html=_BODY.sub(lambda found: found[0] + banner, shown.html, count=1),
        boundary=f"=_{_digest(shown.text, shown.html)}",
        kind=writing.TRIAL,
        date=fields["Date"],
        message_id=headers.message_id(_digest(told, *fields.values()), _domain(fields["From"])),
    )


def _raw(shown: Preview, field: str) -> str:
    """Return a field's value as it stands in the message, unfolded: it is encoded already."""
    found = message_from_bytes(shown.message, policy=policy.compat32)[field]
    return re.sub(r"\r?\n(?=[ \t])", "", str(found))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip(">")


def _person(session: Session, scope: Scope, subscriber_id: int) -> tuple[Subscriber, str]:
    person = session.scalar(select(Subscriber).where(Subscriber.id == subscriber_id, people_within(scope)))
    if person is None:
        raise no_such_person()
    address = notes.address_of(session, person)
    if not address:
        raise IssueError("{name} har ingen adress att skriva till. Välj någon annan.", name=person.name)
    return person, address


def _check(whom: Sequence[object], versions: Sequence[str]) -> None:
    if not whom:
        raise IssueError("Välj minst en person som ska få provet.")
    if not versions:
        raise IssueError("Välj minst en version att prova.")
    if len(whom) > MOST_PEOPLE or len(whom) * len(versions) > MOST_LETTERS:
        raise IssueError(
            "Högst {people} personer och {letters} brev på en gång. Välj färre personer eller versioner.",
            people=MOST_PEOPLE,
            letters=MOST_LETTERS,
        )
