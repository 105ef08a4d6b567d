"""A deliberate leak in any one step of rendering keeps an issue from being frozen; unequal parts are told.

Each step hands on what the one before gave, so a leak in it is one that no earlier step could see.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import NotSound
from newsletter.models import Article, ArticleAttachment, ArticleImage, Issue, IssueStatus
from newsletter.rendering import issues as rendering
from newsletter.rendering import mime
from newsletter.services import issues, items, preflight, scheduling
from tests.conftest import NOON
from tests.newsletter.services.test_preflight import FRAME, ZONE

TITLE = "Kväll vid fyren på Kullen"
SENTENCE = "Samling vid grinden klockan åtta på kvällen i maj."
LINK = "https://kullen.example/fyren"
ALT = "Fyren i skymning från stranden"
LABEL = "Vägbeskrivning till grinden"
PICTURE, FILE = "kullen.jpg", "grinden.pdf"
MEDIA = f"{FRAME.base_url}/media"


@pytest.fixture
def issue_id(sessions: sessionmaker[Session]) -> int:
    """An issue with a text for everybody, and one that Skåne alone may see."""
    secret = Article(
        title=TITLE,
        body=f"{SENTENCE} Se [kartan över fyren]({LINK}).",
        audience=Audience.of(["skane"]),
        images=[ArticleImage(position=0, file=PICTURE, alt=ALT, caption="")],
        attachments=[ArticleAttachment(position=0, label=LABEL, file=FILE)],
        created_at=NOON,
        updated_at=NOON,
    )
    body = "Äpplena är mogna. Läs om dem på [trädgårdens sida](https://skord.example/om)."
    common = Article(title="Skörden", body=body, audience=EVERYONE, created_at=NOON, updated_at=NOON)
    with sessions.begin() as session:
        session.add_all([common, secret])
        session.flush()
        issue = issues.create(session, title="Mars", subject="Vårens träffar", preheader="Allt.", now=NOON)
        for article in (common, secret):
            items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


def freeze(sessions: sessionmaker[Session], issue_id: int) -> None:
    at = NOON + timedelta(days=1)
    with sessions.begin() as session:
        scheduling.schedule(session, issue_id=issue_id, at=at, zone=ZONE, frame=FRAME, now=NOON)


Change = Callable[[Any], Any]


def after(module: Any, name: str, change: Change) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what changes the outcome of a step."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        step = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **named: change(step(*given, **named)))

    return patch


def merged(**changes: Change) -> Callable[[pytest.MonkeyPatch], None]:
    def change(made: Any) -> Any:
        return replace(made, **{part: how(getattr(made, part)) for part, how in changes.items()})

    return after(rendering, "merge", change)


def put(before: str, words: str) -> Change:
    """Put words into a document, in front of where this stands for the last time."""

    def change(document: str) -> str:
        head, stands, tail = document.rpartition(before)
        assert stands
        return head + words + stands + tail

    return change


def with_more(more: Any) -> Change:
    def change(parts: Any) -> Iterator[Any]:
        yield from parts
        yield more

    return change


STEPS = {
    "Jinja: a sentence": merged(mjml=put("</mj-column>", f"<mj-text><p>{SENTENCE}</p></mj-text>")),
    "Jinja: a line of the table of contents": merged(
        mjml=put("</mj-column>", f'<mj-text><p class="entry"><a href="#artikel-9">{TITLE}</a></p></mj-text>')
    ),
    "Jinja: a line of the table of contents of the text": merged(text=lambda text: f"• {TITLE}\n{text}"),
    "Jinja: the subject": merged(subject=lambda _subject: TITLE),
    "Jinja: the preheader": after(rendering, "_preheader", lambda words: f"{words} · {TITLE}"),
    "MJML: a link": after(rendering, "to_html", put("</body>", f'<p><a href="{LINK}">mer</a></p>')),
    "MJML: a picture": after(rendering, "to_html", put("</body>", f'<img src="{MEDIA}/{PICTURE}" alt="">')),
    "inline: a description": after(rendering, "inline", put("</body>", f'<img src="x.jpg" alt="{ALT}">')),
    "inline: an attachment": after(rendering, "inline", put("</body>", f'<a href="{MEDIA}/{FILE}">fil</a>')),
    "inline: a comment": after(rendering, "inline", put("</body>", f"<!-- {SENTENCE} -->")),
    "text: a sentence": after(rendering, "_tidied", lambda text: f"{text}\n{SENTENCE}\n"),
    "text: a link": after(rendering, "_tidied", lambda text: f"{text}\n[1] {LINK}\n"),
    "text: an attachment": after(rendering, "_tidied", lambda text: f"{text}\n{LABEL}\n"),
    "MIME: a field of its own": after(
        mime, "_list_fields", with_more(mime._field("Keywords", "fyren, " + LINK))
    ),
    "MIME: a field that names": after(mime, "_list_fields", with_more(mime._field("Sender", f"<{LINK}>"))),
    "MIME: after the parts": after(mime, "_alternative", with_more(f"\r\n{LINK}\r\n".encode())),
}


def test_without_a_leak_it_is_frozen(sessions: sessionmaker[Session], issue_id: int) -> None:
    freeze(sessions, issue_id)

    with sessions() as session:
        frozen = session.get_one(Issue, issue_id)
        assert frozen.status is IssueStatus.SCHEDULED
        texts = {variant.name: variant.text for variant in frozen.variants}
    assert [name for name, text in texts.items() if "Samling vid" in text] == ["Skåne"]
    assert set(texts) == {"Gemensam", "Skåne"}


@pytest.mark.parametrize("leak", STEPS.values(), ids=STEPS.keys())
def test_a_leak_in_any_one_step_keeps_it_from_being_frozen(
    sessions: sessionmaker[Session],
    issue_id: int,
    monkeypatch: pytest.MonkeyPatch,
    leak: Callable[[pytest.MonkeyPatch], None],
) -> None:
    leak(monkeypatch)

    with pytest.raises(NotSound, match="inte ska se artikeln"):
        freeze(sessions, issue_id)

    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        assert (issue.status, issue.frozen_at, list(issue.variants)) == (IssueStatus.DRAFT, None, [])


# --- The two parts say the same (X17) ---


DIFFERENCES = {
    "an article's title in the text": after(rendering, "_tidied", lambda text: text.replace("Skörden", "")),
    "an article's title in the HTML": after(rendering, "inline", lambda html: html.replace("Skörden", "")),
    "a link in the text": after(
        rendering, "_tidied", lambda text: text.replace("https://skord.example/om", "")
    ),
    "a link in the HTML": after(rendering, "_tidied", lambda text: f"{text}\nhttps://skord.example/annat\n"),
}


@pytest.mark.parametrize("difference", DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_what_one_part_lacks_is_found_in_what_is_rendered(
    sessions: sessionmaker[Session],
    issue_id: int,
    monkeypatch: pytest.MonkeyPatch,
    difference: Callable[[pytest.MonkeyPatch], None],
) -> None:
    difference(monkeypatch)

    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        found = preflight.check(session, issue, frame=FRAME, zone=ZONE, now=NOON)

    assert [set(each.variants) for each in found if each.rule == "X17"] == [{"Gemensam", "Skåne"}]


def test_as_rendered_both_parts_say_the_same(sessions: sessionmaker[Session], issue_id: int) -> None:
    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        found = preflight.check(session, issue, frame=FRAME, zone=ZONE, now=NOON)

    assert [each for each in found if each.rule == "X17"] == []
