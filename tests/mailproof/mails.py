"""Every mail under proof, ready to go: rendered, compiled and filled as a sender does it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import headers, letters, notes
from newsletter.core.letters import Claim, Copy, House
from newsletter.core.messages import MessageTemplate
from newsletter.core.verp import EnvelopeMode
from newsletter.demo.composing import compose
from newsletter.demo.setting import sample
from newsletter.models import Note
from newsletter.rendering import embedding, mime
from newsletter.rendering.issues import render
from newsletter.rendering.notes import RenderedNote
from newsletter.rendering.values import Frame, IssueView
from newsletter.services import issues, trial_letters, variants
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Keyring, Purpose
from tests.cast import settle_in
from tests.mailproof import edges, gallery

NOW = datetime(2030, 11, 25, 8, 30, tzinfo=UTC)
LANGUAGES = ("sv", "en")

_RING = Keyring((b"a secret of the proof, of 32 bytes or more",))
_READER = ("Åsa Öländer-Ek", "asa@lasare.example")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it arrives. ``family`` is its row in the table, ``state`` which one of that row it is."""

    family: str
    state: str
    message: bytes

    def __str__(self) -> str:
        return f"{self.family} ({self.state})"

    @property
    def html(self) -> str:
        """The HTML part, as a mail client would show it."""
        return self._part("html")

    @property
    def text(self) -> str:
        """The text part."""
        return self._part("plain")

    def _part(self, kind: str) -> str:
        part = message_from_bytes(self.message, policy=policy.default).get_body((kind,))
        assert part is not None
        return str(part.get_content())


def of_notes(languages: Iterable[str]) -> Iterator[Mail]:
    """Give every note in every state."""
    for language in languages:
        for kind in sorted(gallery.kinds() & gallery.NOTES.keys()):
            for number, note in enumerate(gallery.notes_of(kind, language), start=1):
                yield Mail(kind, f"{language} {number}", _of_note(note, f"{kind} {language} {number}"))


def of_edges(names: Iterable[str]) -> Iterator[Mail]:
    """Give the issues that no month is like."""
    for name in names:
        yield of_view(f"issue: {name}", "sv", edges.ISSUES[name])


def of_view(family: str, state: str, view: IssueView) -> Mail:
    """Write one issue to one reader."""
    frame = view.frame
    frozen = mime.FrozenHeaders(
        sender_name=frame.association,
        sender_address=frame.from_address,
        list_id=headers.list_id(
            f"{view.list_name}, {frame.association}", "nyhetsbrev", frame.from_address.rpartition("@")[2]
        ),
        can_unsubscribe=view.can_unsubscribe,
        owner_url=f"mailto:{frame.contact}",
    )
    rendered = render(view)
    html, pictures = embedding.embedded(rendered.html, frame)
    template = mime.compile(replace(rendered, html=html), frozen, files=(*pictures, *rendered.enclosed))
    return _filled(family, state, template, frame, view.language)


def of_issue(
    session: Session, family: str, texts: Sequence[Path], languages: Iterable[str]
) -> Iterator[Mail]:
    """Give every variant of the issue that the demo makes of these texts; without any, its own.

    They are imported, composed and rendered by what officers use. The session is left as it is after that.
    """
    composed = compose(session, texts=texts, now=NOW)
    issue = issues.get(session, composed.issue_id)
    frame = _frame_of_demo()
    for planned, variant in variants.drawn(session, issue, frame=frame, now=NOW, languages=languages):
        template = MessageTemplate.load(variant.template)
        state = f"{variant.language} {planned.name or 'alla'}"
        yield _filled(family, state, template, frame, variant.language)


def of_trials(session: Session) -> Iterator[Mail]:
    """Give a trial letter of the demo's issue, as an officer sends it to two colleagues."""
    cast = settle_in(session, now=NOW)
    issue = issues.get(session, compose(session, texts=[], now=NOW).issue_id)
    scope = Everything("the proof sends a trial letter")
    trial_letters.send(
        session, scope=scope, issue=issue, people=[cast.anna, cast.hilma], regions=["skane"],
        frame=_frame_of_demo(), actor="the proof", now=NOW,
    )  # fmt: skip
    for number, message in enumerate(session.scalars(select(Note.message).order_by(Note.id)), start=1):
        yield Mail("trial letter", str(number), message or b"")


def _frame_of_demo() -> Frame:
    association = sample()["association"]
    return Frame(
        association=association["name"],
        contact=association["contact_address"],
        base_url="https://brev.gamlaappeltrad.example",
        postal_address=association["postal_address"],
        accent=association["accent_color"],
        from_address=association["from_address"],
    )


def _house(frame: Frame) -> House:
    return House(
        name=frame.association,
        from_address=frame.from_address,
        contact_address=frame.contact,
        base_url=frame.base_url,
        envelope=EnvelopeMode.FIXED,
        bounce_address=frame.from_address,
        inbound_address=frame.from_address,
    )


def _filled(family: str, state: str, template: MessageTemplate, frame: Frame, language: str) -> Mail:
    name, address = _READER
    copy = Copy(Claim(17, 1, None), 3, 400, 1, 9, language, address, name, ("Åsa",))
    house = _house(frame)
    letter = letters.write(
        copy, template, house=house, ring=_RING, reply_to=house.reply_to(), date=headers.date(NOW)
    )
    return Mail(family, state, letter.content)


def _of_note(note: RenderedNote, unique: str) -> bytes:
    frame = gallery.FRAME
    token = tokens.make(_RING, Purpose.NOTE, len(unique), int(NOW.timestamp()))
    return notes.write(
        sender=headers.address(frame.association, frame.from_address),
        to=headers.address("", _READER[1]),
        reply_to=_house(frame).reply_to(),
        subject=note.subject,
        text=note.text,
        html=note.html,
        boundary=f"=_{token}",
        date=headers.date(NOW),
        message_id=headers.message_id(token, frame.from_address.rpartition("@")[2]),
    )
