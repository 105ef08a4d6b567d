"""Mail that reaches a person: written anew, as ours, to whoever should answer it.

    owner_of    whose it is to answer: the region's for a region's letter, else the association's
    forward_to  a mail, people -> a message to the first who can be reached, who then is its owner

What goes out is a message of our own, so that no receiving server doubts it (DKIM, DMARC): the member's
address stands in Reply-To alone. Of the files only such kinds go along as members may get from us; the
others are named, and lie in the inbox with the whole mail. A machine wrote it (RFC 3834) and its Message-ID
is a note's, so whatever answers or returns it is never taken for a member's reply.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.core import headers
from newsletter.core import notes as writing
from newsletter.core.inbound import mail as reading
from newsletter.core.inbound.mail import Mail, Part
from newsletter.core.letters import House
from newsletter.core.notes import File
from newsletter.errors import ArticleError, HeaderRefused
from newsletter.language import _, using
from newsletter.models import InboundMail, Issue, Note, RegionalLetter
from newsletter.services import issue_senders, letterheads, notes
from newsletter.services.issue_states import name_of
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core import addresses, tokens
from subscribers.core.tokens import Keyring, Purpose
from subscribers.errors import BadAddress, mark
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles

#: The kind of the notes that carry a mail to its owner.
KIND = "answer"
#: What is said of a mail that was forwarded, and of one that waits in the inbox.
FORWARDED, KEPT = "forwarded", "kept"
#: What is said of one that has become an article, or a region's part of an issue.
DRAFT, BLOCK = "draft", "block"

#: Files that go along, and bytes of them: many mail servers take no more than 10 MB in all.
_MOST_FILES, _MOST_BYTES = 10, 5_000_000
#: Mails from one address that are forwarded in a day; the others wait in the inbox.
_MOST_FORWARDED, _PERIOD = 20, timedelta(days=1)
_LONGEST_NAME = 80
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")

_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}

#: What stands above the writer's words, where nothing more is known.
ANSWERED = mark("{name} har svarat på {letter}:")
WROTE = mark("{name} har skrivit till {association}:")


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a mail: those that go along, and the names of those that do not."""

    ready: tuple[File, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Carried:
    """A mail to forward, the issue that it answers, and what is said above its words."""

    row: InboundMail
    mail: Mail
    issue: Issue | None
    told: str = ""


def owner_of(session: Session, taken: Taken, circumstances: Circumstances) -> Sequence[Subscriber]:
    """Return who should answer a mail, the first one first; nobody where it is neither ours nor a member's.

    A letter to one region is its writer's while they lead the region, and else its leads'. What another
    region's member writes, the newsletter, notices and all other mail are the officers', first of all of the
    one who sent it.
    """
    scope, today = circumstances.scope, circumstances.today
    region = letterheads.region_of(taken.issue) if taken.issue else None
    if taken.issue and region and taken.row.region == region:
        leads = list(roles.leads_of(session, scope=scope, region=region, today=today))
        writer = select(RegionalLetter.writer_id).where(RegionalLetter.issue_id == taken.issue.id)
        first = session.scalar(writer)
        return sorted(leads, key=lambda each: each.id != first)
    if taken.issue is None and taken.row.subscriber_id is None and taken.read.traces.note_id is None:
        return []
    officers = list(roles.holders(session, scope=scope, role=RoleName.OFFICER, today=today))
    sent_by = issue_senders.pseudonym(session, taken.issue) if taken.issue else ""
    return sorted(officers, key=lambda each: each.pseudonym != sent_by)


def forward_to(
    session: Session,
    taken: Taken,
    circumstances: Circumstances,
    *,
    people: Sequence[Subscriber],
    told: str = "",
) -> str:
    """Forward a mail to the first of these who can be reached, and make them its owner.

    ``told`` is a marked Swedish sentence for the line above the writer's words, with the places ``name``,
    ``letter``, ``association`` and ``date`` (of receipt, ISO 8601). Returns the row's outcome: FORWARDED, or
    KEPT where nobody can be reached or one address has written too often today, and it waits in the inbox.
    Does not answer the mail, and does not commit.
    """
    for person in people:
        address = notes.address_of(session, person)
        if address and not _is_ours(address, circumstances.house):
            own(taken.row, person, now=circumstances.now)
            if _is_from_a_note(session, taken) or not within_pace(session, taken, circumstances):
                return KEPT
            carried = _Carried(taken.row, taken.read.mail, taken.issue, told)
            return _forward(session, carried, circumstances, person, address)
    if people:
        own(taken.row, people[0], now=circumstances.now)
    return KEPT


def forward_again(
    session: Session, row: InboundMail, circumstances: Circumstances, *, person: Subscriber
) -> bool:
    """Forward a mail that lies in the inbox to its new owner; False where they cannot be reached by mail."""
    own(row, person, now=circumstances.now)
    address = notes.address_of(session, person)
    if not address or _is_ours(address, circumstances.house):
        return False
    issue = session.get(Issue, row.issue_id) if row.issue_id is not None else None
    _forward(session, _Carried(row, reading.read(row.raw), issue), circumstances, person, address)
    return True


def own(row: InboundMail, person: Subscriber, *, now: datetime) -> None:
    """Make somebody a mail's owner from now on; they have been reminded of nothing yet."""
    row.owner_id, row.owned_at, row.reminded_at = person.id, now, None


def _forward(
    session: Session, carried: _Carried, circumstances: Circumstances, person: Subscriber, to: str
) -> str:
    def write(note_id: int) -> bytes:
        token = tokens.make(circumstances.ring, Purpose.NOTE, note_id, int(circumstances.now.timestamp()))
        with using(person.language):
            return _written(carried, circumstances, to, token)

    now, row = circumstances.now, carried.row
    note_id = notes.forward(session, kind=KIND, person=person, to=to, message=write, now=now)
    row.facts = {**row.facts, "notes": [*row.facts.get("notes", []), note_id]}
    return FORWARDED


def _written(carried: _Carried, circumstances: Circumstances, to: str, token: str) -> bytes:
    house, row, mail = circumstances.house, carried.row, carried.mail
    files = _files(mail)
    reply_to = _reply_to(row)
    return writing.write(
        sender=headers.address(
            _("{name} via {association}").format(name=_name(row), association=house.name),
            house.from_address,
        ),
        to=headers.address("", to),
        reply_to=reply_to or house.reply_to(),
        subject=_legible(mail.subject)[:300] or _("(utan ämne)"),
        text=_text(carried, circumstances, files, bool(reply_to)),
        boundary=f"=_{token}",
        date=headers.date(circumstances.now.astimezone(ZoneInfo(circumstances.zone))),
        message_id=headers.message_id(token, house.from_address.rpartition("@")[2]),
        answers=_answers(mail),
        files=files.ready,
    )


def _text(carried: _Carried, circumstances: Circumstances, files: _Files, answerable: bool) -> str:
    house, row, issue = circumstances.house, carried.row, carried.issue
    heading = carried.told or (ANSWERED if issue else WROTE)
    places: dict[str, Any] = {
        "name": f"{_name(row)} <{row.from_address}>" if row.from_name else row.from_address,
        "letter": name_of(issue) if issue else "",
        "association": house.name,
        "date": row.received_at.astimezone(ZoneInfo(circumstances.zone)).date().isoformat(),
    }
    lines = [_(heading).format(**places), "", _legible(row.words) or _("(Brevet har ingen egen text.)"), ""]
    if files.left_out:
        names = ", ".join(files.left_out)
        lines += [_("Filer som inte följer med, men finns i inkorgen: {names}.").format(names=names), ""]
    told_how = (
        _("Svara på det här brevet, så går svaret till {address}.")
        if answerable
        else _("Adressen {address} går inte att svara till härifrån. Svara från ditt eget brevprogram.")
    )
    lines += ["--", told_how.format(address=row.from_address)]
    lines.append(
        _("Säg i inkorgen när det är besvarat: {link}").format(
            link=link(house.base_url, circumstances.ring, row)
        )
    )
    return "\n".join(lines)


def link(base_url: str, ring: Keyring, row: InboundMail) -> str:
    """Return the address of a mail's page in the inbox: with a key, since numbers tell how many there are."""
    return f"{base_url.rstrip('/')}/inkorg/{tokens.make(ring, Purpose.ROW, row.id)}"


def _reply_to(row: InboundMail) -> str:
    """Return Reply-To, or "" for an address that no mail of ours can name: some programs would refuse it."""
    try:
        return "" if headers.needs_smtputf8(row.from_address) else headers.address("", row.from_address)
    except HeaderRefused:
        return ""


def _name(row: InboundMail) -> str:
    return _legible(row.from_name)[:_LONGEST_NAME] or row.from_address


def _legible(text: str) -> str:
    """Return text without what no mail of ours can carry: halves of characters, NUL, a lone CR."""
    return re.sub("[\0\ud800-\udfff]", "", text).replace("\r", " ").strip()


def _answers(mail: Mail) -> str:
    """Return the mail's own id, so that an answer lies beside it in the writer's program; "" if unfit."""
    found = mail.message_ids("Message-ID")
    return found[0] if found and _MESSAGE_ID.fullmatch(found[0]) else ""


def _files(mail: Mail) -> _Files:
    from newsletter.importing import attachments  # knows pictures; only few mails need it

    ready: list[File] = []
    left_out: list[str] = []
    room = _MOST_BYTES
    for part in _attached(mail):
        if len(ready) == _MOST_FILES or len(part.content) > room:
            left_out.append(_file_name(part))
            continue
        try:
            made = attachments.prepare(part.content, name=_file_name(part))
        except ArticleError:
            left_out.append(_file_name(part))
            continue
        ready.append(File(made.name, _TYPES[f".{made.name.rpartition('.')[2]}"], made.content))
        room -= len(made.content)
    return _Files(tuple(ready), tuple(left_out[:_MOST_FILES]))


def _attached(mail: Mail) -> Iterator[Part]:
    """Give the files of a mail: what has a name, and pictures and documents that have none."""
    for part in mail.parts:
        if part.content and (part.name or not part.type.startswith(("text/", "message/", "multipart/"))):
            yield part


def _file_name(part: Part) -> str:
    return _legible(part.name)[:100] or part.type[:60]


def _is_from_a_note(session: Session, taken: Taken) -> bool:
    """Tell whether a mail answers one that we forwarded: it would only come back to its owner."""
    note_id = taken.read.traces.note_id
    if note_id is None:
        return False
    return session.scalar(select(Note.kind).where(Note.id == note_id)) == KIND


def within_pace(session: Session, taken: Taken, circumstances: Circumstances) -> bool:
    """Tell whether few enough mails of one address led to anything in a day: anybody can forge it."""
    lately = InboundMail.received_at > circumstances.now - _PERIOD
    theirs = (
        InboundMail.from_address == taken.row.from_address,
        InboundMail.outcome.in_((FORWARDED, DRAFT, BLOCK)),
    )
    counted = select(func.count(InboundMail.id)).where(lately, *theirs)
    return (session.scalar(counted) or 0) < _MOST_FORWARDED


def _is_ours(address: str, house: House) -> bool:
    """Tell whether mail to an address comes to Rundbrev itself: what we forward there only comes back."""
    try:
        canonical = addresses.canonical(address)
        return canonical in {
            addresses.canonical(each) for each in (house.inbound_address, house.bounce_address) if each
        }
    except BadAddress:
        return False
