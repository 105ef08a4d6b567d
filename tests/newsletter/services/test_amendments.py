"""After an issue has gone, its web versions are put right; what was sent is as it was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.articles import ArticleText
from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import IssueError, NotSound
from newsletter.models import Issue, NamedOnWeb, Variant, WebVersion
from newsletter.services import amendments, attention, erasure, names_on_web, variants, web_versions
from newsletter.services.web_versions import Readable
from subscribers.core.authority import Everything
from subscribers.errors import NotFound
from subscribers.models import Act, Subscriber
from subscribers.services import erasures
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.archives import drafted, gone
from tests.newsletter.rendering.samples import FRAME

ALL = Everything("a test")
AGO = NOON - timedelta(hours=3)
SKANE = Audience.of(["skane"])
WHO: dict[str, Any] = {"frame": FRAME, "actor": "Ebba", "now": NOON}


@pytest.fixture
def session(sessions: sessionmaker[Session], cast: Cast) -> Iterator[Session]:
    """A session in which an issue with one article for all and one for Skåne has gone."""
    with sessions.begin() as session:
        issue = drafted(session, ("Mötet", EVERYONE), ("Ängen", SKANE), now=AGO)
        issue.preheader = "Mötet är i Lund"
        issue.items[
            0
        ].article.body = "Mötet är kl. 19. Anna Åkessons kaffe. [Anmäl dig](https://lund.example)"
        gone(session, issue, frame=FRAME, at=AGO)
        yield session


def the_issue(session: Session) -> Issue:
    return session.scalars(select(Issue)).one()


def article_of(session: Session, place: int = 0) -> int:
    return the_issue(session).items[place].article_id


def pages(session: Session) -> dict[str, Readable]:
    """Return the Swedish web versions by the names of their variants."""
    found = session.execute(select(Variant.name, Variant.id).where(Variant.language == "sv"))
    return {name: web_versions.read(session, variant_id=number) for name, number in found}


def words(page: Readable) -> str:
    return "\n".join(f"{one.title}\n{one.html}" for section in page.sections for one in section.articles)


def sent(session: Session) -> list[tuple[str, str, bytes]]:
    return [
        (one.html, one.text, one.template) for one in session.scalars(select(Variant).order_by(Variant.id))
    ]


def mended(session: Session, **changes: str) -> ArticleText:
    now = amendments.article(session, issue_id=the_issue(session).id, article_id=article_of(session)).text
    return replace(now, **changes)


def correct(session: Session, note: str = "Mötet är kl. 18, inte 19.", **changes: str) -> None:
    amendments.correct(
        session,
        issue_id=the_issue(session).id,
        article_id=article_of(session),
        note=note,
        text=mended(session, **changes),
        **WHO,
    )


def test_a_correction_is_read_in_every_version_with_its_day_and_nothing_that_was_sent_changes(
    session: Session,
) -> None:
    before = sent(session)

    correct(session, body="Mötet är kl. 18.")

    assert sent(session) == before
    for page in pages(session).values():
        assert "kl. 18." in words(page)
        assert "kl. 19" not in words(page)
        [story] = [one for section in page.sections for one in section.articles if one.title == "Mötet"]
        assert story.corrected == ((NOON.date(), "Mötet är kl. 18, inte 19."),)
        assert page.changed_at == NOON
    log = session.scalars(select(Act).where(Act.act == "amend web version")).one()
    assert (log.actor, log.at) == ("Ebba", NOON)


def test_a_regions_article_is_put_right_in_its_own_versions_alone(session: Session) -> None:
    amendments.correct(
        session,
        issue_id=the_issue(session).id,
        article_id=article_of(session, 1),
        note="Fel äng.",
        text=ArticleText(title="Ängen", body="Det är en hage."),
        **WHO,
    )

    assert "hage" in words(pages(session)["Skåne"])
    assert "hage" not in words(pages(session)["Gemensam"])
    assert pages(session)["Gemensam"].changed_at == AGO


@pytest.mark.parametrize(
    ("changes", "note", "why"),
    [
        ({"body": "Kl. 18."}, "  ", "Skriv vad som var fel"),
        ({"title": " "}, "Fel rubrik.", "Rubriken är tom"),
        ({"body": "Hej {{ namn }}!"}, "Ny hälsning.", "plats som inte blev ifylld"),
        ({"body": "Om Ängen. Slut är det för den här gången i Skåne."}, "x" * 501, "för lång"),
    ],
)
def test_what_is_not_sound_is_refused(session: Session, changes: dict[str, str], note: str, why: str) -> None:
    with pytest.raises(IssueError, match=r".") as refused:
        correct(session, note, **changes)
    assert why in str(refused.value)


def test_a_regions_words_cannot_be_put_into_what_everybody_reads(session: Session) -> None:
    """The same check as before sending: the issue's preheader would tell all what only Skåne may read."""
    with pytest.raises(NotSound, match="Ängen"):
        amendments.correct(
            session,
            issue_id=the_issue(session).id,
            article_id=None,
            note="Mer med.",
            text=ArticleText(title="Nummer 1", lead="Ängen · Mötet"),
            **WHO,
        )


def test_a_withdrawn_article_leaves_its_place_and_none_of_its_words(session: Session) -> None:
    before, which = sent(session), article_of(session)
    amendments.withdraw(
        session, issue_id=the_issue(session).id, article_id=which, note="Mötet är inställt.", **WHO
    )

    assert sent(session) == before
    for page in pages(session).values():
        first = page.sections[0].articles[0]
        assert (first.title, first.withdrawn) == ("Artikeln är borttagen", NOON.date())
        assert "kaffe" not in words(page)
        assert "Mötet är inställt." in words(page)
    with pytest.raises(IssueError, match="redan borttagen"):
        correct(session, body="Igen.")


def test_a_name_is_replaced_without_a_word_of_it_to_readers(session: Session) -> None:
    amendments.replace_name(
        session,
        issue_id=the_issue(session).id,
        article_id=article_of(session),
        name="Anna Åkesson",
        instead="",
        **WHO,
    )

    page = pages(session)["Gemensam"]
    assert "En medlems kaffe" in words(page)
    assert "Åkesson" not in words(page)
    assert page.sections[0].articles[0].corrected == ()
    assert not any("Åkesson" in one.articles for one in session.scalars(select(WebVersion)))


def test_the_issues_own_words_are_put_right_too(session: Session) -> None:
    amendments.correct(
        session,
        issue_id=the_issue(session).id,
        article_id=None,
        note="Fel ort.",
        text=ArticleText(title="Nummer 1", lead="Mötet är i Malmö"),
        **WHO,
    )

    assert {page.preheader for page in pages(session).values()} == {"Mötet är i Malmö"}
    assert the_issue(session).preheader == "Mötet är i Lund"


def test_what_was_changed_on_the_web_stays_when_a_variant_is_made_anew(session: Session) -> None:
    issue, which = the_issue(session), article_of(session)
    amendments.replace_name(
        session, issue_id=issue.id, article_id=which, name="Anna Åkesson", instead="", **WHO
    )
    chosen = [one.id for one in issue.variants if one.name == "Gemensam"]

    variants.refreeze(session, issue, variant_ids=chosen, frame=FRAME, now=NOON)

    newest = max(one.id for one in issue.variants if one.language == "sv")
    assert "Åkesson" not in words(web_versions.read(session, variant_id=newest))


def test_an_issue_that_has_not_gone_is_refused(session: Session) -> None:
    which = article_of(session)
    draft = drafted(session, ("Sen", EVERYONE), now=AGO)
    own = draft.items[0].article_id
    with pytest.raises(IssueError, match="har inte gått"):
        amendments.withdraw(session, issue_id=draft.id, article_id=own, note="", **WHO)
    with pytest.raises(NotFound):
        amendments.article(session, issue_id=draft.id, article_id=which)


def test_a_name_is_found_where_it_stands_and_not_for_a_few_letters(session: Session) -> None:
    [found] = names_on_web.find(session, name="anna åkesson")
    assert (found.article_id, found.excerpts[0].name) == (article_of(session), "Anna Åkesson")
    assert names_on_web.find(session, name="Ann") == names_on_web.find(session, name="Bo Ek") == []


def test_who_is_erased_and_named_on_the_web_is_for_an_officer_to_decide_about_and_their_name_kept_nowhere(
    session: Session, cast: Cast
) -> None:
    person = session.get_one(Subscriber, cast.anna)
    person.given_name, person.family_name = "Anna", "Åkesson"
    session.flush()
    session.info[erasures.KEY] = b"a key of thirty-two bytes or more"
    erasure.erase(session, scope=ALL, subscriber_id=cast.anna, actor="Ebba", now=NOON)

    kept = session.scalars(select(NamedOnWeb)).one()
    assert "kesson" not in repr(kept.spots)
    assert "kesson" not in repr(session.scalars(select(Act.details)).all())
    told = [
        each for each in attention.matters(session, scope=ALL, today=NOON.date()) if each.facts.get("count")
    ]
    assert [each.path for each in told] == ["/webbversioner/namn"]
    [waits] = names_on_web.waiting(session)
    assert (waits.name, waits.article_id) == ("Anna Åkesson", article_of(session))

    amendments.replace_name(
        session, issue_id=waits.issue_id, article_id=waits.article_id, name=waits.name, instead="", **WHO
    )
    assert names_on_web.waiting(session) == []
    assert names_on_web.count_waiting(session) == 0


def test_a_name_may_be_let_stand(session: Session) -> None:
    assert names_on_web.note(session, name="Anna Åkesson", now=NOON) == 1
    [waits] = names_on_web.waiting(session)
    assert names_on_web.let_stand(session, row=waits.row or 0) == waits.issue_id
    assert names_on_web.let_stand(session, row=waits.row or 0) is None
    assert names_on_web.note(session, name="Anna", now=NOON) == 0
