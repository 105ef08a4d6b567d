"""What officers and leads are told about regional letters: the whole way from the letter to the words.

Each note in Swedish and in English, its subject and both parts, also where a region's name is no nice one.
"""

from datetime import timedelta
from html import unescape

import pytest
from lxml import html as lxml_html
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Note, RegionalLetter
from newsletter.rendering import notes as rendering
from newsletter.rendering.notes import RenderedNote
from newsletter.rendering.values import Frame
from newsletter.services import letter_notes, regional_letters
from subscribers.core.authority import Everything, SomeRegions
from subscribers.models import RoleName, Subscriber
from subscribers.services import roles
from tests.cast import Cast
from tests.conftest import NOON

ALL = Everything("a test")
BASE = "https://brev.applen.example"
FRAME = Frame(association="Äppelvännerna", contact="hej@applen.example", base_url=BASE)
KEY = "0123456789abcdef" * 2
LINK = f"{BASE}/brev/{KEY}"

HOSTILE = (
    "<b>Skåne</b>",
    "{{ 7*7 }}{% raw %}",
    'Skåne"><script>alert(1)</script>',
    "Skåne & Blekinge </mj-text><mj-raw>x</mj-raw>",
    "Skåne\r\nBcc: alla@applen.example",
    "__X__ %s {0} {name}",
)


def write(session: Session, cast: Cast, *, region: str = "Skåne", speaks: str = "sv") -> RegionalLetter:
    """Let Anna write a letter to a region of this name; she and Bo, who is officer, read this language."""
    for person in (cast.anna, cast.bo):
        session.get_one(Subscriber, person).language = speaks
    roles.give(session, scope=ALL, subscriber_id=cast.bo, role=RoleName.OFFICER)
    letter = regional_letters.create(
        session, scope=ALL, region="skane", key=KEY, heading="Ympkurs <i>i Lund</i>", text="Kom.",
        writer_id=cast.anna, actor="a test", now=NOON,
    )  # fmt: skip
    letter.region.name = region  # afterwards: a line break in it is refused when a letter begins
    return letter


def ask(session: Session) -> RenderedNote:
    asked = {"key": KEY, "base_url": BASE + "/", "today": NOON.date(), "now": NOON}
    assert letter_notes.ask(session, scope=ALL, **asked) == 1
    return rendered(session, "letter-to-approve", "bo@lulea.example")


def answer(session: Session, kind: str) -> RenderedNote:
    assert letter_notes.answer(session, scope=ALL, key=KEY, base_url=BASE, now=NOON) == 1
    return rendered(session, kind, "anna@lund.example")


def rendered(session: Session, kind: str, address: str) -> RenderedNote:
    """Render the one note that waits, as it is posted."""
    [note] = session.scalars(select(Note))
    assert (note.kind, note.address) == (kind, address)
    return rendering.render(
        note.kind, note.content or {}, frame=FRAME, speaks=note.language, zone="Europe/Stockholm"
    )


def said(note: RenderedNote) -> tuple[str, str]:
    """Return the words of the page and of the text, white space as single spaces."""
    page = unescape(lxml_html.fromstring(note.html).text_content())
    return " ".join(page.split()), " ".join(note.text.split())


def assert_says(note: RenderedNote, *sentences: str) -> None:
    """Both parts say each of these, and lead to the letter."""
    assert LINK in note.text
    assert LINK in lxml_html.fromstring(note.html).xpath("//a/@href")
    for part in said(note):
        for sentence in sentences:
            assert sentence in part


@pytest.mark.parametrize(
    ("speaks", "subject", "sentences"),
    [
        (
            "sv",
            "Skåne vill skicka ”Ympkurs <i>i Lund</i>”",
            ("Hej Bo!", "Skåne har skrivit ett brev till sina medlemmar", "Skrivet av: Anna Åkesson"),
        ),
        (
            "en",
            "Skåne would like to send “Ympkurs <i>i Lund</i>”",
            ("Hello Bo!", "Skåne has written a letter to its members", "Written by: Anna Åkesson"),
        ),
    ],
)
def test_an_officer_is_asked_for_a_yes(
    sessions: sessionmaker[Session], cast: Cast, speaks: str, subject: str, sentences: tuple[str, ...]
) -> None:
    with sessions.begin() as session:
        write(session, cast, speaks=speaks)

        note = ask(session)

        assert note.subject == subject
        assert_says(note, *sentences, "Ympkurs <i>i Lund</i>")
        assert f'lang="{speaks}"' in note.html


@pytest.mark.parametrize(
    ("speaks", "subject", "sentences"),
    [
        (
            "sv",
            "”Ympkurs <i>i Lund</i>” är godkänt",
            ("Redaktören har godkänt brevet till medlemmarna i Skåne.", "Går: 2 mars 2030"),
        ),
        (
            "en",
            "“Ympkurs <i>i Lund</i>” is approved",
            ("The editor has approved the letter to the members of Skåne.", "2 March 2030"),
        ),
    ],
)
def test_whoever_wrote_is_told_of_a_yes_and_when_it_goes(
    sessions: sessionmaker[Session], cast: Cast, speaks: str, subject: str, sentences: tuple[str, ...]
) -> None:
    with sessions.begin() as session:
        write(session, cast, speaks=speaks).issue.send_at = NOON + timedelta(days=1)

        note = answer(session, "letter-approved")

        assert note.subject == subject
        assert_says(note, *sentences)


@pytest.mark.parametrize(
    ("speaks", "subject", "sentence"),
    [
        ("sv", "”Ympkurs <i>i Lund</i>” behöver ändras", "Inget har gått ut."),
        ("en", "“Ympkurs <i>i Lund</i>” needs a change", "Nothing has gone out."),
    ],
)
def test_whoever_wrote_is_told_of_a_no_with_the_whole_comment(
    sessions: sessionmaker[Session], cast: Cast, speaks: str, subject: str, sentence: str
) -> None:
    with sessions.begin() as session:
        letter = write(session, cast, speaks=speaks)
        letter.returned_at, letter.comment = NOON, "Fel dag: <den 3:e>.\n\nOch {{ 7*7 }} & mer."

        note = answer(session, "letter-returned")

        assert note.subject == subject
        assert_says(note, sentence, "Fel dag: <den 3:e>.", "Och {{ 7*7 }} & mer.")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["letter-to-approve", "letter-approved", "letter-returned"])
def test_a_regions_name_is_a_name_and_nothing_else(
    sessions: sessionmaker[Session], cast: Cast, kind: str, name: str
) -> None:
    with sessions.begin() as session:
        letter = write(session, cast, region=name)
        if kind == "letter-returned":
            letter.returned_at, letter.comment = NOON, "Nej."

        note = ask(session) if kind == "letter-to-approve" else answer(session, kind)

        shown = " ".join(name.split())
        for part in said(note):
            assert shown in part
        for tag in ("<script", "<mj-", "<b>Skåne"):
            assert tag not in note.html
        assert "\n" not in note.subject
        assert "\r" not in note.subject
        assert (shown in note.subject) is (kind == "letter-to-approve")


def test_a_lead_cannot_set_notes_going(sessions: sessionmaker[Session], cast: Cast) -> None:
    own = SomeRegions(frozenset({"skane"}))
    with sessions.begin() as session:
        write(session, cast)

        asked = {"key": KEY, "base_url": BASE, "today": NOON.date(), "now": NOON}
        assert letter_notes.ask(session, scope=own, **asked) == 0
        assert letter_notes.answer(session, scope=own, key=KEY, base_url=BASE, now=NOON) == 0
        assert session.scalars(select(Note)).all() == []
