"""What a mail that came to us is: raw bytes in, one value out. What needs a database is decided elsewhere.

In this order: complaint, bounce, automatic reply, our own mailto link, an article, a wish to leave, a new
address, somebody's answer, unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.core.inbound import automatic, bounces, changes, complaints, mail, traces
from newsletter.core.inbound.automatic import AutomaticReply
from newsletter.core.inbound.bounces import Bounce
from newsletter.core.inbound.complaints import Complaint
from newsletter.core.inbound.kinds import What
from newsletter.core.inbound.mail import Mail
from newsletter.core.inbound.own_words import own_words
from newsletter.core.inbound.traces import Traces
from newsletter.core.inbound.unsubscribes import Wish, wish
from subscribers.core.tokens import Keyring


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses at which we take mail. ``articles`` is "" where none is set up."""

    bounces: str
    articles: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A mail, and what it is. ``words`` are its writer's own; a ``new_address`` is told with its kind."""

    what: What
    mail: Mail = field(repr=False)
    traces: Traces
    words: str = ""
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    automatic: AutomaticReply | None = None
    new_address: str = ""


def classify(
    raw: bytes,
    *,
    sender: str | None,
    recipients: Sequence[str],
    ours: Addresses,
    ring: Keyring,
    today: date,
) -> Inbound:
    """Tell what a mail is. Never raises, whatever the bytes.

    ``sender`` and ``recipients`` are the envelope's (RFC 5321): "" is the null sender, None an envelope that
    is not known, as in a mailbox, where Return-Path stands in for it.
    """
    read = mail.read(raw)
    null = _is_null(read, sender)
    complaint = complaints.read(read)
    bounce = None if complaint else bounces.read(read, null_sender=null)
    returned = complaint.returned if complaint else bounce.returned if bounce else ""
    found = traces.find(
        read, recipients=recipients, bounce_address=ours.bounces, returned=returned, ring=ring
    )
    if complaint or bounce:
        what = What.COMPLAINT if complaint else What.BOUNCE
        return Inbound(what, read, found, bounce=bounce, complaint=complaint)
    machine = automatic.read(read, null_sender=null, today=today)
    words = own_words(read.text)
    new = changes.new_address(read.sender, words)
    to_articles = _to(ours.articles, read, recipients)
    what = _what(read, found, words, machine=machine is not None, new=new, to_articles=to_articles)
    told = new if what is What.NEW_ADDRESS else ""
    return Inbound(what, read, found, words, automatic=machine, new_address=told)


def _what(read: Mail, found: Traces, words: str, *, machine: bool, new: str, to_articles: bool) -> What:
    if machine:
        return What.AUTOMATIC
    if found.choice is not None:
        return What.UNSUBSCRIBE
    if read.over or not read.sender:
        return What.UNKNOWN
    if to_articles:
        return What.ARTICLE
    asked = wish(read.subject, words)
    if asked is not Wish.OTHER:
        return What.LEAVING if asked is Wish.LEAVE else What.UNSUBSCRIBE
    if new:
        return What.NEW_ADDRESS
    return What.REPLY if words or read.parts else What.UNKNOWN


def _is_null(read: Mail, sender: str | None) -> bool:
    return sender == "" if sender is not None else read.value("Return-Path").strip() == "<>"


def _to(address: str, read: Mail, recipients: Sequence[str]) -> bool:
    return bool(address) and address.lower() in {*map(str.lower, recipients), *read.recipients()}
