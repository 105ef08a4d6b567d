"""An issue is gathered for its checks as its readers would get it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.preflight import size
from newsletter.core.preflight.findings import Finding, Severity
from newsletter.core.preflight.matter import Matter
from newsletter.errors import NotSound
from newsletter.models import Article, Issue, IssueStatus, ItemForm
from newsletter.rendering.values import Frame
from newsletter.services import issues, items, preflight, scheduling, variants
from tests.conftest import NOON

FRAME = Frame(
    association="Riksföreningen",
    contact="kontakt@forening.example",
    base_url="https://brev.forening.example",
    postal_address="Gatan 1, 111 11 Orten",
    from_address="nyhetsbrev@forening.example",
)
ZONE = "Europe/Stockholm"
ARTICLES: Mapping[str, Audience] = {
    "Skörden": EVERYONE,
    "Träff i Lund": Audience.of(["skane"]),
    "Träff i Umeå": Audience.of(["norra"]),
}

Gather = Callable[[], Matter]
Check = Callable[[], list[Finding]]
Change = Callable[..., None]


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: object) -> int:
    """A draft with an article for everyone and one each for Skåne and Norra."""
    with sessions.begin() as session:
        issue = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
        for title, audience in ARTICLES.items():
            article = Article(
                title=title, body=f"Om {title}.", audience=audience, created_at=NOON, updated_at=NOON
            )
            session.add(article)
            session.flush()
            items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


@pytest.fixture
def gather(sessions: sessionmaker[Session], issue_id: int) -> Gather:
    def run() -> Matter:
        with sessions() as session:
            issue = issues.get(session, issue_id)
            return preflight.gather(session, issue, frame=FRAME, zone=ZONE, now=NOON)

    return run


@pytest.fixture
def check(sessions: sessionmaker[Session], issue_id: int) -> Check:
    def run() -> list[Finding]:
        with sessions() as session:
            return preflight.check(session, issues.get(session, issue_id), frame=FRAME, zone=ZONE, now=NOON)

    return run


@pytest.fixture
def change(sessions: sessionmaker[Session], issue_id: int) -> Change:
    """Change the issue, or the article at a place in it."""

    def run(place: int | None = None, **values: object) -> None:
        with sessions.begin() as session:
            issue = session.get_one(Issue, issue_id)
            row = issue if place is None else issue.items[place].article
            for name, value in values.items():
                setattr(row, name, value)

    return run


def test_each_variant_is_looked_at_as_its_readers_get_it(gather: Gather) -> None:
    matter = gather()

    seen = {version.name: version for version in matter.versions}
    assert len(seen) == 3
    for version in matter.versions:
        titles = [part.text.title for part in matter.parts if part.article_id in version.article_ids]
        assert titles == [title for title in ARTICLES if title in version.text]
        assert version.html.startswith("<!")
        assert b"\r\nList-Unsubscribe: <https://" in version.message


def test_each_language_that_somebody_reads_is_looked_at(gather: Gather) -> None:
    versions = [(version.language, version.name) for version in gather().versions]

    assert len(versions) == len(set(versions)) == 6  # Hilma of the cast reads English
    assert {language for language, _ in versions} == {"sv", "en"}


def test_a_sound_issue_is_told_of_nothing_but_what_a_person_may_well_want(
    check: Check, change: Change
) -> None:
    change(preheader="Om skörden och om träffarna.")

    found = check()

    assert [(each.rule, each.severity) for each in found] == [("block", Severity.ADVICE)]
    assert str(found[0].facts["regions"]).count(", ") == 7


def test_the_same_fault_in_all_variants_is_one_line(check: Check, change: Change) -> None:
    change(0, body="Se [klicka här](https://a.example/).")

    (found,) = [each for each in check() if each.rule == "X10"]

    assert len(found.variants) == 3


def test_a_fault_in_one_regions_article_names_that_variant(check: Check, change: Change) -> None:
    change(1, body="Se [klicka här](https://a.example/).")

    (found,) = [each for each in check() if each.rule == "X10"]

    assert len(found.variants) == 1


def test_days_count_from_the_day_that_the_issue_is_meant_for(check: Check, change: Change) -> None:
    change(0, expires_on=date(2030, 3, 31))
    assert [each for each in check() if each.rule == "expired"] == []

    change(planned_for=date(2030, 4, 1))
    assert [each.rule for each in check() if each.rule == "expired"] == ["expired"]


def test_earlier_issues_are_known(
    sessions: sessionmaker[Session], gather: Gather, check: Check, issue_id: int
) -> None:
    with sessions.begin() as session:
        earlier = issues.create(session, title="Februari", subject="Vårens träffar", now=NOON)
        items.add(
            session,
            issue_id=earlier.id,
            article_id=session.get_one(Issue, issue_id).items[0].article_id,
            now=NOON,
        )
        earlier.status, earlier.released_at = IssueStatus.RELEASED, NOON - timedelta(days=30)

    assert [part.earlier != "" for part in gather().parts] == [True, False, False]
    assert {each.rule for each in check()} >= {"again", "subject"}


def test_regions_without_a_block_are_named_only_where_others_have_one(
    sessions: sessionmaker[Session], gather: Gather, issue_id: int
) -> None:
    assert len(gather().without_block) == 8

    with sessions.begin() as session:
        issue = session.get_one(Issue, issue_id)
        for item in issue.items[1:]:
            session.delete(item)
    assert gather().without_block == ()


def test_an_issue_that_grows_too_large_stops_and_names_what_helps(
    sessions: sessionmaker[Session], check: Check, change: Change
) -> None:
    change(0, body="\n\n".join(f"Stycke {n} om skörden i en trädgård." for n in range(1300)))

    stopping = [each for each in check() if each.severity is Severity.STOP]

    assert [each.rule for each in stopping] == ["X14"]
    assert "Skörden" in stopping[0].sentence.format(**stopping[0].facts)


def test_gains_are_measured_for_large_issues_only(gather: Gather, change: Change) -> None:
    assert all(not version.gains for version in gather().versions)

    change(0, body="\n\n".join(f"Stycke {n} om skörden i en trädgård." for n in range(1300)))

    matter = gather()
    first = matter.parts[0].article_id
    assert all(version.gains[first] > size.STOP_OVER - 20_000 for version in matter.versions)


def test_an_issue_with_nothing_in_it_has_its_words_checked(
    sessions: sessionmaker[Session], cast: object
) -> None:
    with sessions.begin() as session:
        issue = issues.create(session, title="Tom", subject="RE: Hej", now=NOON)

        found = preflight.check(session, issue, frame=FRAME, zone=ZONE, now=NOON)

    assert [each.rule for each in found] == ["P10", "preheader"]


def test_a_teaser_stays_one(sessions: sessionmaker[Session], gather: Gather, issue_id: int) -> None:
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).items[0].form = ItemForm.TEASER

    assert [part.teaser for part in gather().parts] == [True, False, False]


# --- What must not go out ---


def schedule(sessions: sessionmaker[Session], issue_id: int) -> None:
    with sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at=NOON + timedelta(days=1), zone=ZONE, frame=FRAME, now=NOON
        )


def test_a_sound_issue_is_scheduled_whatever_else_is_remarked(
    sessions: sessionmaker[Session], change: Change, issue_id: int
) -> None:
    change(0, body="Klicka här. [klicka här](http://a.example/)")
    change(subject="Re: HEJ!!")

    schedule(sessions, issue_id)

    with sessions() as session:
        assert session.get_one(Issue, issue_id).status is IssueStatus.SCHEDULED


def test_a_place_that_waits_for_words_stops_it_and_nothing_is_kept(
    sessions: sessionmaker[Session], change: Change, issue_id: int
) -> None:
    change(2, body="Kära {{ namn }}, välkommen.")

    with pytest.raises(NotSound, match="namn"):
        schedule(sessions, issue_id)

    with sessions() as session:
        issue = session.get_one(Issue, issue_id)
        assert (issue.status, issue.frozen_at, list(issue.variants)) == (IssueStatus.DRAFT, None, [])


def test_a_letter_that_gmail_would_cut_off_stops_it(
    sessions: sessionmaker[Session], change: Change, issue_id: int
) -> None:
    change(0, body="\n\n".join(f"Stycke {n} om skörden i en trädgård." for n in range(1300)))

    with pytest.raises(NotSound, match="102 kB"):
        schedule(sessions, issue_id)


def test_a_leak_in_english_alone_stops_it(
    sessions: sessionmaker[Session], issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    see = variants._view

    def leak(issue, items, language, *rest):  # type: ignore[no-untyped-def]
        return see(issue, issue.items if language == "en" else items, language, *rest)

    monkeypatch.setattr(variants, "_view", leak)

    with pytest.raises(NotSound, match="inte ska se artikeln"):
        schedule(sessions, issue_id)


def test_a_step_of_rendering_that_leaks_another_regions_item_stops_it(
    sessions: sessionmaker[Session], issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    see = variants._view
    monkeypatch.setattr(variants, "_view", lambda issue, items, *rest: see(issue, issue.items, *rest))

    with pytest.raises(NotSound, match="inte ska se artikeln"):
        schedule(sessions, issue_id)
