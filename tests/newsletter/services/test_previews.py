"""Whoever decides sees the letter as its reader would, and cannot unsubscribe anybody by it."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.errors import IssueError
from newsletter.models import Article
from newsletter.rendering.values import Frame
from newsletter.services import issues, previews
from newsletter.services.previews import Reader
from subscribers.core.authority import Everything, SomeRegions
from subscribers.core.tokens import Keyring, Purpose, read
from subscribers.errors import BadToken, NotFound
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
            issues.add_item(session, issue_id=issue.id, article_id=article.id, now=NOON)
        return issue.id


@pytest.fixture
def see(sessions, issue_id):
    def run(who, now=NOON):
        with sessions() as session:
            return previews.preview(session, issues.get(session, issue_id), who, frame=FRAME, now=now)

    return run


def person(sessions, subscriber_id, scope=EVERYBODY):
    with sessions() as session:
        return previews.reader(session, scope=scope, subscriber_id=subscriber_id)


def test_anna_in_lund_sees_skanes_letter_with_her_name(sessions, cast, see):
    anna = person(sessions, cast.anna)
    letter = see(anna)

    assert anna == Reader("skane", "sv", "Anna Åkesson", "Anna", "anna@lund.example")
    for body in (letter.html, letter.text):
        assert "Hej Anna!" in body
        assert "För alla" in body
        assert "Bara Skåne" in body
    message = message_from_bytes(letter.message, policy=policy.default)
    assert message["To"] == "Anna Åkesson <anna@lund.example>"
    assert message["Subject"] == "Vårens träffar"


def test_bo_in_lulea_sees_nothing_of_skane_and_his_preferred_address(sessions, cast, see):
    letter = see(person(sessions, cast.bo))

    assert "Bara Skåne" not in letter.html + letter.text
    assert "bo@lulea.example" in letter.message.decode()


def test_hilma_who_reads_english_and_has_no_region_gets_an_english_frame(sessions, cast, see):
    letter = see(person(sessions, cast.hilma))

    assert "Hi Hilma," in letter.text
    assert "Bara Skåne" not in letter.text


def test_elsa_who_has_no_address_can_be_previewed_all_the_same(sessions, cast, see):
    letter = see(person(sessions, cast.elsa))

    assert b"@preview.invalid>" in letter.message


def test_nobody_outside_the_leads_region_can_be_looked_at(sessions, cast):
    lead = SomeRegions(frozenset({"norra"}))

    assert person(sessions, cast.bo, lead).called == "Bo"
    for stranger in (cast.anna, cast.hilma, 9999):
        with pytest.raises(NotFound):
            person(sessions, stranger, lead)


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
        issues.schedule(session, issue_id=issue_id, at="+1d", zone="Europe/Stockholm", frame=FRAME, now=NOON)
    with sessions.begin() as session:
        article = issues.get(session, issue_id).items[0].article
        article.title, article.updated_at = "Ändrad rubrik", NOON + timedelta(hours=1)

    letter = see(Reader("skane"))

    assert "För alla" in letter.text
    assert "Ändrad rubrik" not in letter.text


def test_who_reads_english_sees_the_swedish_letter_where_no_english_one_was_frozen(sessions, issue_id, see):
    with sessions.begin() as session:
        issues.schedule(session, issue_id=issue_id, at="+1d", zone="Europe/Stockholm", frame=FRAME, now=NOON)

    assert "För alla" in see(Reader("skane", "en")).text


def test_a_region_that_would_get_nothing_is_told_so(sessions, see, issue_id):
    with sessions.begin() as session:
        first = issues.get(session, issue_id).items[0]
        issues.remove_item(session, issue_id=issue_id, article_id=first.article_id, now=NOON)

    with pytest.raises(IssueError, match="inget"):
        see(Reader("norra"))

    with sessions.begin() as session:
        issues.schedule(session, issue_id=issue_id, at="+1d", zone="Europe/Stockholm", frame=FRAME, now=NOON)
    with pytest.raises(IssueError, match="schemalagt"):
        see(Reader("norra"))
