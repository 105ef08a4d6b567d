"""The communications officer puts issues together, and nothing changes behind her back."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.issues import ClockNote
from newsletter.errors import IssueError
from newsletter.models import Article, ArticleStatus, Issue, IssueStatus, ItemForm, Variant, VariantRegion
from newsletter.rendering.values import Frame
from newsletter.services import issues, items, scheduling
from subscribers.errors import NotFound
from tests.conftest import NOON

SKANE, NORRA = Audience.of(["skane"]), Audience.of(["norra"])
ZONE = "Europe/Stockholm"


@pytest.fixture
def write(sessions):
    """Run one change in a transaction of its own."""

    def run(service, **arguments):
        with sessions.begin() as session:
            return service(session, **{"now": NOON} | arguments)

    return run


@pytest.fixture
def articles(sessions):
    """Four articles: three for everyone, and one (the last) for Skåne."""
    made = [
        Article(title=title, body="Text.", audience=audience, created_at=NOON, updated_at=NOON)
        for title, audience in [("Ett", EVERYONE), ("Två", EVERYONE), ("Tre", EVERYONE), ("Skånskt", SKANE)]
    ]
    with sessions.begin() as session:
        session.add_all(made)
    return [article.id for article in made]


@pytest.fixture
def draft(write):
    return write(issues.create, title="Mars", subject="Vårens träffar").id


def contents(sessions, issue_id):
    with sessions() as session:
        return [(i.position, i.article.title) for i in issues.get(session, issue_id).items]


def look(sessions, issue_id):
    with sessions() as session:
        issue = issues.get(session, issue_id)
        assert issue.mailing_list
        return issue


def test_a_new_issue_is_a_draft_for_everyone_with_this_years_next_number(write):
    first = write(issues.create, title=" Mars ", subject=" Vårens träffar ")
    second = write(issues.create, title="April", subject="Aprilväder")

    assert (first.year, first.number, second.number) == (2030, 1, 2)
    assert (first.title, first.subject, first.status) == ("Mars", "Vårens träffar", IssueStatus.DRAFT)
    assert first.audience == EVERYONE
    assert first.send_at is None
    assert issues.name_of(first) == "Nyhetsbrevet 1/2030"


def test_each_list_and_year_counts_for_itself(write):
    write(issues.create, title="A", subject="A", number=7)
    other_list = write(issues.create, title="B", subject="B", list_slug="inbjudningar")
    other_year = write(issues.create, title="C", subject="C", year=2029)
    following = write(issues.create, title="D", subject="D")

    assert (other_list.number, other_year.number, following.number) == (1, 1, 8)


def test_a_number_that_is_taken_is_refused_with_the_next_free_one(write, draft):
    with pytest.raises(IssueError, match="Nästa lediga är 2"):
        write(issues.create, title="Mars igen", subject="Hej", number=1)


@pytest.mark.parametrize("wrong", [{"number": 0}, {"number": 10000}, {"year": 20300}, {"year": 0}])
def test_an_impossible_number_or_year_is_refused(write, wrong):
    with pytest.raises(IssueError):
        write(issues.create, title="Mars", subject="Hej", **wrong)


def test_an_unknown_list_or_region_is_refused_with_those_that_exist(write):
    with pytest.raises(NotFound, match="nyhetsbrev"):
        write(issues.create, title="Mars", subject="Hej", list_slug="nyhetsbrevet")
    with pytest.raises(NotFound, match="Skåne"):
        write(issues.create, title="Mars", subject="Hej", audience=Audience.of(["smaland"]))


def test_a_subject_with_a_line_break_never_reaches_the_database(sessions, write):
    with pytest.raises(IssueError, match="radbrytning"):
        write(issues.create, title="Mars", subject="Hej\r\nBcc: alla@lista.example")

    with sessions() as session:
        assert issues.find_all(session) == []


def test_two_officers_who_create_at_once_get_a_number_each(sessions):
    start = threading.Barrier(4)
    failures = []

    def create():
        start.wait()
        try:
            with sessions.begin() as session:
                issues.create(session, title="Mars", subject="Hej", now=NOON)
        except Exception as error:
            failures.append(error)

    officers = [threading.Thread(target=create) for _ in range(4)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()

    assert failures == []
    with sessions() as session:
        assert sorted(issue.number for issue in issues.find_all(session)) == [1, 2, 3, 4]


def test_an_issue_is_found_by_id_and_by_number_and_year(sessions, draft):
    with sessions() as session:
        for reference in (draft, str(draft), f" {draft} ", "1/2030"):
            assert issues.get(session, reference).id == draft


@pytest.mark.parametrize(
    "reference", ["", "0", "99", "-1", "2/2030", "1/", "/2030", "1/2/3", "mars", "1.5", "９", "9" * 30]
)
def test_an_issue_that_does_not_exist_gets_a_sentence(sessions, draft, reference):
    with sessions() as session, pytest.raises(NotFound, match=r"12/2026"):
        issues.get(session, reference)


def test_a_number_that_two_lists_have_asks_for_the_id(sessions, write, draft):
    other = write(issues.create, title="Träff", subject="Kom!", list_slug="inbjudningar")

    with sessions() as session, pytest.raises(IssueError, match=rf"{draft} \(Nyhetsbrevet\), {other.id}"):
        issues.get(session, "1/2030")


def test_issues_are_listed_with_the_latest_first_and_by_state(sessions, write):
    old = write(issues.create, title="A", subject="A", year=2029, number=12)
    new = write(issues.create, title="B", subject="B")
    write(scheduling.cancel, issue_id=old.id)

    with sessions() as session:
        assert [issue.id for issue in issues.find_all(session)] == [new.id, old.id]
        assert [i.id for i in issues.find_all(session, status=IssueStatus.CANCELLED)] == [old.id]


def test_a_drafts_words_can_be_changed_one_at_a_time(sessions, write, draft):
    write(issues.change, issue_id=draft, subject="Vårens alla träffar")

    issue = look(sessions, draft)
    assert (issue.title, issue.subject) == ("Mars", "Vårens alla träffar")
    with pytest.raises(IssueError, match="saknar titel"):
        write(issues.change, issue_id=draft, title=" ")


def test_articles_stand_in_the_order_they_were_added_or_where_they_were_put(sessions, write, draft, articles):
    one, two, three, local = articles
    write(items.add, issue_id=draft, article_id=one)
    write(items.add, issue_id=draft, article_id=two, position=99)
    write(items.add, issue_id=draft, article_id=three, position=1)
    write(items.add, issue_id=draft, article_id=local, position=2, section="Från din region")

    assert contents(sessions, draft) == [(1, "Tre"), (2, "Skånskt"), (3, "Ett"), (4, "Två")]


def test_an_article_can_be_moved_and_taken_out(sessions, write, draft, articles):
    for article in articles:
        write(items.add, issue_id=draft, article_id=article)

    write(items.move, issue_id=draft, article_id=articles[3], position=1)
    assert contents(sessions, draft) == [(1, "Skånskt"), (2, "Ett"), (3, "Två"), (4, "Tre")]
    write(items.move, issue_id=draft, article_id=articles[3], position=99)
    assert contents(sessions, draft) == [(1, "Ett"), (2, "Två"), (3, "Tre"), (4, "Skånskt")]
    write(items.remove, issue_id=draft, article_id=articles[0])
    assert contents(sessions, draft) == [(1, "Två"), (2, "Tre"), (3, "Skånskt")]

    with sessions() as session:
        assert session.get(Article, articles[0]), "the article itself stays in the register"


def test_an_item_keeps_how_much_of_the_article_stands_there_and_for_whom(write, draft, articles):
    item = write(
        items.add,
        issue_id=draft,
        article_id=articles[0],
        form=ItemForm.TEASER,
        audience=NORRA,
        section=" På gång ",
    )

    assert (item.form, item.audience, item.section) == (ItemForm.TEASER, NORRA, "På gång")


def test_the_same_article_does_not_stand_twice(write, draft, articles):
    write(items.add, issue_id=draft, article_id=articles[0])

    with pytest.raises(IssueError, match="står redan"):
        write(items.add, issue_id=draft, article_id=articles[0])


def test_an_article_that_does_not_exist_or_is_archived_is_refused(sessions, write, draft, articles):
    with sessions.begin() as session:
        session.get(Article, articles[0]).status = ArticleStatus.ARCHIVED

    with pytest.raises(IssueError, match="arkiverad"):
        write(items.add, issue_id=draft, article_id=articles[0])
    with pytest.raises(NotFound, match="ingen artikel 999"):
        write(items.add, issue_id=draft, article_id=999)
    with pytest.raises(NotFound, match="står inte i"):
        write(items.remove, issue_id=draft, article_id=articles[1])
    with pytest.raises(NotFound, match="inget nummer 999"):
        write(items.add, issue_id=999, article_id=articles[1])


@pytest.mark.parametrize("position", [0, -1])
def test_there_is_no_place_before_the_first(write, draft, articles, position):
    with pytest.raises(IssueError, match="1 är först"):
        write(items.add, issue_id=draft, article_id=articles[0], position=position)


def test_an_item_that_nobody_would_see_is_refused(write, draft, articles):
    with pytest.raises(IssueError, match="Ingen skulle se"):
        write(items.add, issue_id=draft, article_id=articles[3], audience=NORRA)

    regional = write(issues.create, title="Norr", subject="Hej", list_slug="regionbrev", audience=NORRA)
    with pytest.raises(IssueError, match="Ingen skulle se"):
        write(items.add, issue_id=regional.id, article_id=articles[3])


def test_regions_are_named_by_slug_or_by_name_and_none_is_everyone(sessions):
    with sessions() as session:
        assert issues.audience_of(session, ["Skåne", " norra "]) == Audience.of(["skane", "norra"])
        for everyone in ([], [""], ["alla"], ["*"]):
            assert issues.audience_of(session, everyone) == EVERYONE
        with pytest.raises(NotFound, match="Smålandia"):
            issues.audience_of(session, ["skane", "Smålandia"])


@pytest.fixture
def ready(write, draft, articles):
    """A draft with an article for everyone and one for Skåne."""
    write(items.add, issue_id=draft, article_id=articles[0])
    write(items.add, issue_id=draft, article_id=articles[3], section="Från din region")
    return draft


@pytest.fixture
def schedule(write, frame):
    def run(issue_id, at="2030-03-02 09:00", now=NOON):
        return write(scheduling.schedule, issue_id=issue_id, at=at, zone=ZONE, frame=frame, now=now)

    return run


def test_a_scheduled_issue_knows_wall_time_zone_and_instant_and_is_frozen(sessions, schedule, ready):
    scheduled = schedule(ready)

    issue = look(sessions, ready)
    assert issue.status is IssueStatus.SCHEDULED
    assert (issue.send_wall_time, issue.send_zone) == ("2030-03-02 09:00", ZONE)
    assert issue.send_at == datetime(2030, 3, 2, 8, 0, tzinfo=UTC)
    assert issue.frozen_at == NOON
    assert scheduled.at.note is None
    with sessions() as session:
        variants = session.scalars(select(Variant).where(Variant.issue_id == ready)).all()
        assert {len(variant.item_ids) for variant in variants} == {1, 2}
        assert session.get(VariantRegion, (ready, "skane", "sv"))


def test_the_hour_that_is_skipped_is_remarked_upon(schedule, ready):
    scheduled = schedule(ready, at="2030-03-31 02:30")

    assert scheduled.at.note is ClockNote.MOVED_FORWARD
    assert scheduled.issue.send_at == datetime(2030, 3, 31, 1, 30, tzinfo=UTC)


def test_now_is_now(schedule, ready):
    assert schedule(ready, at="nu").issue.send_at == NOON


@pytest.mark.parametrize("at", ["2030-03-01 12:59", "2029-12-24 15:00"])
def test_a_time_that_has_passed_is_refused(sessions, schedule, ready, at):
    with pytest.raises(IssueError, match="redan passerat"):
        schedule(ready, at=at)

    assert look(sessions, ready).status is IssueStatus.DRAFT


def test_an_empty_issue_is_not_scheduled(schedule, draft):
    with pytest.raises(IssueError, match="inget innehåll"):
        schedule(draft)


def test_a_scheduled_issue_is_left_as_it_is(sessions, write, schedule, ready, articles):
    schedule(ready)

    for change, arguments in [
        (items.add, {"article_id": articles[1]}),
        (items.move, {"article_id": articles[0], "position": 2}),
        (items.remove, {"article_id": articles[0]}),
        (issues.change, {"subject": "Ny"}),
    ]:
        with pytest.raises(IssueError, match="är schemalagt"):
            write(change, issue_id=ready, **arguments)

    assert contents(sessions, ready) == [(1, "Ett"), (2, "Skånskt")]


def test_a_scheduled_issue_may_get_another_time_and_keeps_what_was_frozen(sessions, schedule, ready):
    schedule(ready)
    before = digests(sessions, ready)

    schedule(ready, at="2030-03-05 18:00", now=NOON + timedelta(hours=1))

    issue = look(sessions, ready)
    assert issue.send_wall_time == "2030-03-05 18:00"
    assert issue.frozen_at == NOON
    assert digests(sessions, ready) == before


def test_a_change_after_freezing_does_not_go_out_and_is_told(sessions, schedule, ready, articles):
    schedule(ready)
    before = digests(sessions, ready)
    with sessions.begin() as session:
        article = session.get(Article, articles[0])
        article.title, article.updated_at = "Rättat", NOON + timedelta(minutes=5)

    with sessions() as session:
        issue = issues.get(session, ready)
        assert [a.title for a in scheduling.changed_since_frozen(session, issue)] == ["Rättat"]
    assert digests(sessions, ready) == before


def test_a_draft_has_nothing_frozen_that_could_have_changed(sessions, ready):
    with sessions() as session:
        assert scheduling.changed_since_frozen(session, issues.get(session, ready)) == []


def test_an_issue_that_is_taken_back_is_a_draft_without_time_or_variants(sessions, write, schedule, ready):
    schedule(ready)

    write(scheduling.unschedule, issue_id=ready)

    issue = look(sessions, ready)
    assert issue.status is IssueStatus.DRAFT
    assert (issue.send_at, issue.send_wall_time, issue.frozen_at) == (None, None, None)
    assert digests(sessions, ready) == set()
    with sessions() as session:
        assert session.scalars(select(VariantRegion).where(VariantRegion.issue_id == ready)).all() == []
    schedule(ready)
    assert digests(sessions, ready)


def test_cancelling_can_be_regretted(sessions, write, schedule, ready):
    schedule(ready)
    write(scheduling.cancel, issue_id=ready)

    with pytest.raises(IssueError, match="inställt"):
        schedule(ready)
    write(scheduling.unschedule, issue_id=ready)
    assert look(sessions, ready).status is IssueStatus.DRAFT


def test_an_issue_that_missed_its_time_waits_for_a_person_and_can_be_sent(sessions, schedule, ready):
    schedule(ready)
    with sessions.begin() as session:
        session.get(Issue, ready).status = IssueStatus.MISSED

    assert schedule(ready, at="nu", now=NOON + timedelta(days=3)).issue.status is IssueStatus.SCHEDULED


def test_a_released_issue_is_out_of_everyones_hands(sessions, write, schedule, ready, articles):
    schedule(ready)
    with sessions.begin() as session:
        session.get(Issue, ready).status = IssueStatus.RELEASED

    for change in (scheduling.unschedule, scheduling.cancel):
        with pytest.raises(IssueError, match="redan på väg ut"):
            write(change, issue_id=ready)
    with pytest.raises(IssueError, match="redan på väg ut"):
        schedule(ready)
    with pytest.raises(IssueError, match="redan på väg ut"):
        write(items.add, issue_id=ready, article_id=articles[1])


def digests(sessions, issue_id):
    with sessions() as session:
        return set(session.scalars(select(Variant.sha256).where(Variant.issue_id == issue_id)))


@pytest.fixture
def frame():
    return Frame(
        association="Riksföreningen",
        contact="kontakt@forening.example",
        base_url="https://brev.forening.example",
        postal_address="Gatan 1, 111 11 Orten",
        from_address="nyhetsbrev@forening.example",
    )
