"""Whoever decides sees the letter as its reader would, and cannot unsubscribe anybody by it."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import IssueError
from newsletter.models import Article
from newsletter.rendering.values import Frame
from newsletter.services import deliveries, issues, items, previews, releases, scheduling
from newsletter.services.previews import Reader
from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.tokens import Keyring, Purpose, read
from subscribers.errors import BadToken, NotFound
from subscribers.models import Subscriber
from tests.conftest import NOON

EVERYBODY = Everything("a test")
FRAME = Frame(
    association="Riksföreningen",
    contact="kontakt@forening.example",
    base_url="https://brev.forening.example",
    postal_address="Gatan 1, 111 11 Orten",
    from_address="nyhetsbrev@forening.example",
)


@pytest.fixture
def issue_id(sessions):
    """A draft with an article for everyone and one for Skåne."""
    link = "Läs [programmet](https://forening.example/program)."
    texts = [("För alla", EVERYONE, link), ("Bara Skåne", Audience.of(["skane"]), "Ses i Lund.")]
    with sessions.begin() as session:
        made = [
            Article(title=title, body=body, audience=audience, created_at=NOON, updated_at=NOON)
            for title, audience, body in texts
        ]
        session.add_all(made)
        session.flush()
        issue = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
        for article in made:
            items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


@pytest.fixture
def see(sessions, issue_id):
    def run(who, now=NOON):
        with sessions() as session:
            return previews.preview(session, issues.get(session, issue_id), who, frame=FRAME, now=now)

    return run


@pytest.fixture
def person(sessions, issue_id):
    def look(subscriber_id, scope=EVERYBODY):
        with sessions() as session:
            issue = issues.get(session, issue_id)
            return previews.reader(session, issue, scope=scope, subscriber_id=subscriber_id, now=NOON)

    return look


@pytest.fixture
def schedule(sessions, issue_id):
    def run(at="+1d"):
        with sessions.begin() as session:
            scheduling.schedule(
                session, issue_id=issue_id, at=at, zone="Europe/Stockholm", frame=FRAME, now=NOON
            )

    return run


@pytest.fixture
def release(sessions, issue_id, schedule):
    def run():
        schedule("nu")
        with sessions.begin() as session:
            assert releases.release(session, scope=EVERYBODY, issue_id=issue_id, now=NOON)

    return run


def test_anna_in_lund_sees_skanes_letter_with_her_name(cast, person, see):
    anna = person(cast.anna)
    letter = see(anna)

    assert anna == Reader("skane", "sv", "Anna Åkesson", "Anna", "anna@lund.example")
    for body in (letter.html, letter.text):
        assert "Hej Anna!" in body
        assert "För alla" in body
        assert "Bara Skåne" in body
    message = message_from_bytes(letter.message, policy=policy.default)
    assert message["To"] == "Anna Åkesson <anna@lund.example>"
    assert message["Subject"] == "Vårens träffar"


def test_bo_in_lulea_sees_nothing_of_skane_and_his_preferred_address(cast, person, see):
    letter = see(person(cast.bo))

    assert "Bara Skåne" not in letter.html + letter.text
    assert "bo@lulea.example" in letter.message.decode()


def test_hilma_who_reads_english_and_has_no_region_gets_an_english_frame(cast, person, see):
    letter = see(person(cast.hilma))

    assert "Hi Hilma," in letter.text
    assert "Bara Skåne" not in letter.text


def test_elsa_who_has_no_address_can_be_previewed_all_the_same(cast, person, see):
    letter = see(person(cast.elsa))

    assert b"@preview.invalid>" in letter.message


def test_nobody_outside_the_leads_region_can_be_looked_at(cast, person):
    lead = SomeRegions(frozenset({"norra"}))

    assert person(cast.bo, lead).called == "Bo"
    for stranger in (cast.anna, cast.hilma, 9999):
        with pytest.raises(NotFound):
            person(stranger, lead)


def test_a_reader_who_is_nobody_is_greeted_without_a_name(see):
    letter = see(Reader("skane"))

    assert "Hej!" in letter.text
    assert "Bara Skåne" in letter.text


def test_a_forwarded_preview_opens_nothing_but_its_other_links_are_real(see):
    letter = see(Reader(""))
    ring = Keyring((bytes(32),))

    assert "https://brev.forening.example/u/preview" in letter.html
    assert "https://brev.forening.example/p/preview" in letter.text
    assert "https://forening.example/program" in letter.html
    with pytest.raises(BadToken):
        read(ring, Purpose.LETTERS, previews.NO_TOKEN)


def test_there_is_a_reader_for_each_variant_or_for_the_region_that_is_asked_for(sessions, issue_id):
    with sessions() as session:
        issue = issues.get(session, issue_id)

        assert [who.region for who in previews.readers(session, issue)] == ["", "skane"]
        assert previews.readers(session, issue, region="norra", language="en") == [Reader("norra", "en")]


def test_a_scheduled_issue_is_seen_as_it_was_frozen(sessions, issue_id, see):
    with sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at="+1d", zone="Europe/Stockholm", frame=FRAME, now=NOON
        )
    with sessions.begin() as session:
        article = issues.get(session, issue_id).items[0].article
        article.title, article.updated_at = "Ändrad rubrik", NOON + timedelta(hours=1)

    letter = see(Reader("skane"))

    assert "För alla" in letter.text
    assert "Ändrad rubrik" not in letter.text


def test_who_reads_english_sees_the_swedish_letter_where_no_english_one_was_frozen(sessions, issue_id, see):
    with sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at="+1d", zone="Europe/Stockholm", frame=FRAME, now=NOON
        )

    assert "För alla" in see(Reader("skane", "en")).text


def test_a_region_that_would_get_nothing_is_told_so(sessions, see, issue_id):
    with sessions.begin() as session:
        first = issues.get(session, issue_id).items[0]
        items.remove(session, issue_id=issue_id, article_id=first.article_id, now=NOON)

    with pytest.raises(IssueError, match="inget"):
        see(Reader("norra"))

    with sessions.begin() as session:
        scheduling.schedule(
            session, issue_id=issue_id, at="+1d", zone="Europe/Stockholm", frame=FRAME, now=NOON
        )
    with pytest.raises(IssueError, match="schemalagt"):
        see(Reader("norra"))


def greeted(person, see, *people):
    """What the letters of these people begin with, and the names they are addressed to."""
    letters = [see(person(one)) for one in people]
    begin = [
        next(line for line in one.text.split("\n") if line.startswith(("Hej", "Hi "))) for one in letters
    ]
    return begin, [message_from_bytes(one.message, policy=policy.default)["To"] for one in letters]


TOGETHER = (["Hej Cecilia och David!"] * 2, ["Cecilia Ärlig <familjen@lund.example>"] * 2)


def test_cecilia_and_david_see_the_one_copy_that_greets_both_from_the_draft_to_the_release(
    cast, person, see, schedule, sessions, issue_id
):
    assert greeted(person, see, cast.cecilia, cast.david) == TOGETHER
    schedule("nu")
    assert greeted(person, see, cast.cecilia, cast.david) == TOGETHER
    with sessions.begin() as session:
        releases.release(session, scope=EVERYBODY, issue_id=issue_id, now=NOON)
    assert greeted(person, see, cast.cecilia, cast.david) == TOGETHER


def test_after_the_release_the_ledger_says_who_is_greeted(cast, person, see, release, sessions):
    release()
    with sessions.begin() as session:
        deliveries.withdraw(
            session,
            scope=EVERYBODY,
            subscriber_id=cast.cecilia,
            list_id=cast.newsletter,
            why="unsubscribed",
            now=NOON,
        )

    assert greeted(person, see, cast.david)[0] == ["Hej David!"]


@pytest.mark.parametrize("change", [{"region_slug": "norra"}, {"language": "en"}])
@pytest.mark.parametrize("frozen", [False, True])
def test_who_shares_an_address_but_not_the_content_is_greeted_alone(
    cast, person, see, schedule, sessions, change, frozen
):
    with sessions.begin() as session:
        david = session.get_one(Subscriber, cast.david)
        for name, value in change.items():
            setattr(david, name, value)
    if frozen:
        schedule()

    begin, addressed = greeted(person, see, cast.cecilia, cast.david)

    assert begin == ["Hej Cecilia!", "Hi David," if "language" in change else "Hej David!"]
    assert [name.split(" ")[0] for name in addressed] == ["Cecilia", "David"]


def test_a_person_of_another_region_on_the_address_is_not_named_to_the_lead(cast, person, sessions, issue_id):
    with sessions.begin() as session:
        session.get_one(Subscriber, cast.david).region_slug = "norra"
        for item in list(issues.get(session, issue_id).items)[1:]:
            items.remove(session, issue_id=issue_id, article_id=item.article_id, now=NOON)

    assert person(cast.david).also == ("David",)
    assert person(cast.david, SomeRegions(frozenset({"norra"}))).also == ()
