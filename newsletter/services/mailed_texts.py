"""Texts that come by mail: an article becomes a draft, and an answer to a lead's request their region's part.

    article  mail to the articles' address, from somebody with a role -> a draft, and a note with its way
    block    an answer to a request, from the lead who was asked      -> a part that is begun, and a note

Who wrote a mail is never proved. So nothing that stands is overwritten, nothing is finished or handed in,
and the person whose name it was is told, at their own address. Everybody else's mail reaches an officer.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter.core.articles import ArticleText, Attachment, Picture
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.blocks import MOST_PICTURES
from newsletter.errors import NewsletterError
from newsletter.models import BlockState, Note
from newsletter.services import articles, block_links, blocks, forwarding, notes
from newsletter.services.block_links import Found
from newsletter.services.blocks import Standing, Writer, Written
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core.authority import Act, Held, OnePerson, Reach, reach_of
from subscribers.errors import mark
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles

if TYPE_CHECKING:
    from newsletter.importing.mail import MailedArticle

#: The notes whose answers are regions' parts.
_REQUESTS = ("block-request", "block-reminder", "block-moved", "block-link", "block-by-mail")
BLOCK_KEPT = "block kept"
SENT_IN = mark("{name} har skickat en artikel till {association}. Den ligger som utkast:")


def article(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Make a draft of a mail from somebody with a role; others' goes to an officer as it is."""
    from newsletter.importing import mail as importing  # pictures and Word: only few mails need it

    writer = _writer(session, taken, circumstances)
    if writer is None or not forwarding.within_pace(session, taken, circumstances):
        return _to_officers(session, taken, circumstances)
    person, held = writer
    found = importing.read(taken.read.mail, words=taken.read.words)
    if found.is_empty:
        return _to_officers(session, taken, circumstances)
    text, left_out = _kept(found, circumstances)
    made = articles.create(
        session,
        text=text,
        audience=_audience(held),
        now=circumstances.now,
        by=f"person {person.pseudonym}",
    )
    taken.row.facts = {**taken.row.facts, "article": made.id}
    writes = any(reach_of(each.role, Act.WRITE) is not Reach.NOWHERE for each in held)
    root = circumstances.house.base_url.rstrip("/")
    values = {
        "name": person.given_name or person.name,
        "title": made.title,
        "left_out": left_out,
        "link": f"{root}/artiklar/{made.id}" if writes else "",
    }
    notes.tell(session, kind="article-by-mail", person=person, values=values, now=circumstances.now)
    if not writes:
        _to_officers(session, taken, circumstances, told=SENT_IN)
    return forwarding.DRAFT


def block(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Begin the region's part with a lead's answer to the request for it; "" for any other mail."""
    from newsletter.importing import mail as importing

    found = _asked(session, taken, circumstances)
    if found is None or not forwarding.within_pace(session, taken, circumstances):
        return ""
    if found.block.article is not None or found.block.state is BlockState.HANDED_IN:
        _tell(session, found, circumstances, taken_in=False)
        return BLOCK_KEPT
    mailed = importing.read(taken.read.mail, words=taken.read.words, plain_only=True)
    if mailed.is_empty:
        return ""
    text, _left_out = _kept(mailed, circumstances)
    written = Written(
        title=text.title,
        body="\n\n".join(filter(None, (text.lead, text.body))),
        byline=text.byline_name or found.person.name,
        added=[each for each in text.pictures if each.file][:MOST_PICTURES],
    )
    try:
        blocks.save(
            session,
            block_id=found.block.id,
            writer=Writer(found.person.id, f"person {found.person.pseudonym}"),
            seen=blocks.revision_of(found.block),
            written=written,
            today=circumstances.today,
            now=circumstances.now,
        )
    except NewsletterError:  # too long for a region's part: a person sees to it
        return ""
    _tell(session, found, circumstances, taken_in=True)
    return forwarding.BLOCK


def _asked(session: Session, taken: Taken, circumstances: Circumstances) -> Found | None:
    """Return the block whose request a mail answers, while its lead may write it and it has their address."""
    note_id = taken.read.traces.note_id
    note = session.get(Note, note_id) if note_id is not None else None
    if note is None or note.kind not in _REQUESTS or note.subscriber_id not in taken.writers:
        return None
    found = block_links.of_note(session, note_id=note.id, today=circumstances.today)
    if found is None or found.person.id != note.subscriber_id:
        return None
    standing = blocks.standing(session, found.block, today=circumstances.today)
    return found if standing is Standing.OPEN else None


def _tell(session: Session, found: Found, circumstances: Circumstances, *, taken_in: bool) -> None:
    block_links.write(
        session,
        "block-by-mail",
        found.block,
        found.person,
        fresh=circumstances.fresh,
        base_url=circumstances.house.base_url.rstrip("/"),
        now=circumstances.now,
        taken=taken_in,
    )


def _writer(
    session: Session, taken: Taken, circumstances: Circumstances
) -> tuple[Subscriber, list[Held]] | None:
    """Return who holds a role today and has the address in From; whoever may write first."""
    found: list[tuple[Subscriber, list[Held]]] = []
    for person_id in taken.writers:
        mine = OnePerson(person_id)
        held = list(roles.held(session, scope=mine, subscriber_id=person_id, today=circumstances.today))
        if held:
            found.append((session.get_one(Subscriber, person_id), held))
    found.sort(key=lambda each: not any(reach_of(h.role, Act.WRITE) is Reach.EVERYWHERE for h in each[1]))
    return found[0] if found else None


def _audience(held: list[Held]) -> Audience:
    """Return for whom a draft is: a lead's regions, for who is a lead and nothing more."""
    led = [each.region for each in held if each.region is not None]
    return Audience.of(led) if led and len(led) == len(held) else EVERYONE


def _kept(mailed: "MailedArticle", circumstances: Circumstances) -> tuple[ArticleText, list[str]]:
    """Keep the files as articles' files are; return the text with them, and the names of those left out."""
    from newsletter.importing import keeping

    folder = circumstances.media
    if folder is None:
        names = [each.label for each in mailed.attachments]
        return mailed.text, [*mailed.left_out, *names]
    pictures = [Picture(file=keeping.keep(folder, each.content, each.suffix)) for each in mailed.pictures]
    files = [
        Attachment(each.label, keeping.keep_named(folder, each.content, each.name), len(each.content))
        for each in mailed.attachments
    ]
    text = replace(
        mailed.text,
        pictures=(*mailed.text.pictures, *pictures),
        attachments=(*mailed.text.attachments, *files),
    )
    return text, list(mailed.left_out)


def _to_officers(session: Session, taken: Taken, circumstances: Circumstances, *, told: str = "") -> str:
    officers = roles.holders(
        session, scope=circumstances.scope, role=RoleName.OFFICER, today=circumstances.today
    )
    return forwarding.forward_to(session, taken, circumstances, people=officers, told=told)
