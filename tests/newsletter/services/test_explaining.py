"""Why somebody got an issue or not: one answer for every way it can go, and only about one's own people."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import Audience
from newsletter.core.explanations import Answer, Explanation
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus
from newsletter.rendering import explanations
from newsletter.services import explaining, preferences, releases
from subscribers.core.authority import Everything, OnePerson, SomeRegions
from subscribers.errors import NotFound, SubscribersError
from subscribers.models import ListPurpose, MailingList, Subscriber
from subscribers.services import consents
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue

ALL = Everything("a test")
ZONE = "Europe/Stockholm"
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    with sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        return issue_id


def ask(sessions: sessionmaker[Session], issue_id: int, who: int) -> tuple[Explanation, str]:
    with sessions() as session:
        found = explaining.explain(session, scope=ALL, issue_id=issue_id, subscriber_id=who)
    return found, explanations.sentence(found, ZONE)


def settle(sessions: sessionmaker[Session], who: int, state: DeliveryState, **values: object) -> None:
    with sessions.begin() as session:
        session.execute(update(Delivery).where(Delivery.subscriber_id == who).values(state=state, **values))


def test_accepted_with_time_words_and_number(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    settle(
        sessions, cast.anna, DeliveryState.ACCEPTED, settled_at=LATER, reply="250 2.0.0 Ok: queued as 4F1C"
    )

    found, told = ask(sessions, issue_id, cast.anna)

    assert (found.answer, found.queue_id) == (Answer.ACCEPTED, "4F1C")
    assert told == (
        "Nyhetsbrevet 1/2030 till Anna Åkesson (anna@lund.example) överlämnades den 1 mars 2030 kl. 13.02. "
        "Servern svarade: 250 2.0.0 Ok: queued as 4F1C. Syns brevet inte i inkorgen, se efter i skräpposten; "
        "annars är ett filter hos mottagaren det troliga."
    )
    note = explanations.for_the_it_department(
        found, message_id="<t@eken.example>", sender="brev@eken.example", envelope="studs@eken.example"
    )
    for words in (
        "Message-ID: <t@eken.example>",
        "Överlämnat (UTC): 2030-03-01 12:02:00",
        "Överlämnat (svensk tid): 2030-03-01 13:02:00",
        "Från: brev@eken.example",
        "Returadress (MAIL FROM): studs@eken.example",
        "Till: anna@lund.example",
        "Svar från servern som tog emot det: 250 2.0.0 Ok: queued as 4F1C",
        "Köid: 4F1C",
    ):
        assert words in note


def test_in_the_queue_on_the_wire_and_waiting(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    assert ask(sessions, issue_id, cast.anna)[1].endswith("ligger i kön och går så snart turen kommer.")

    settle(sessions, cast.anna, DeliveryState.SENDING, claimed_at=LATER)
    assert ask(sessions, issue_id, cast.anna)[1].endswith("sänds just nu.")

    settle(
        sessions, cast.anna, DeliveryState.WAITING,
        due_at=LATER + timedelta(minutes=15), attempts=3, reply="451 4.7.1 greylisted",
    )  # fmt: skip
    found, told = ask(sessions, issue_id, cast.anna)
    assert found.answer is Answer.WAITING
    assert told == (
        "Nyhetsbrevet 1/2030 till Anna Åkesson (anna@lund.example) väntar: servern tog inte emot det än "
        "(451 4.7.1 greylisted). Försök hittills: 3. Nästa försök görs den 1 mars 2030 kl. 13.17."
    )
    assert explanations.for_the_it_department(found, message_id="<t@e>", sender="", envelope="") == ""


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("refused-for-good", "avvisades den 1 mars 2030 kl. 13.02. Servern svarade: 550 no such user."),
        ("refused-too-long", "gavs upp den 1 mars 2030 kl. 13.02 efter 9 försök."),
        ("unfit", "kunde inte skrivas till Anna Åkesson (anna@lund.example): 550 no such user"),
    ],
)
def test_refused(sessions: sessionmaker[Session], cast: Cast, issue_id: int, why: str, words: str) -> None:
    settle(
        sessions, cast.anna, DeliveryState.REFUSED,
        why=why, settled_at=LATER, attempts=9, reply="550 no such user",
    )  # fmt: skip

    assert words in ask(sessions, issue_id, cast.anna)[1]


def test_an_honest_unknown(sessions: sessionmaker[Session], cast: Cast, issue_id: int) -> None:
    settle(sessions, cast.anna, DeliveryState.UNKNOWN, settled_at=LATER, reply="connection reset")

    assert ask(sessions, issue_id, cast.anna)[1] == (
        "Det är ovisst om Nyhetsbrevet 1/2030 gick fram till Anna Åkesson (anna@lund.example): förbindelsen "
        "bröts den 1 mars 2030 kl. 13.02 innan servern hade svarat (connection reset). "
        "Det skickas inte igen av sig självt."
    )


def test_whoever_said_no_through_a_letter_is_told_which_letter_and_when(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        letter = rows(session, issue_id)[cast.anna].id
        preferences.stop(
            session, scope=OnePerson(cast.anna), subscriber_id=cast.anna, list_id=cast.newsletter,
            delivery_id=letter, source="page", now=LATER,
        )  # fmt: skip
        following = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=following, now=NOON + timedelta(days=1))

    said = (
        "Anna Åkesson tackade nej till nyhetsbrevet den 1 mars 2030 kl. 13.02 via länken i "
        "Nyhetsbrevet 1/2030."
    )
    assert ask(sessions, issue_id, cast.anna)[1] == (
        "Nyhetsbrevet 1/2030 till Anna Åkesson togs tillbaka den 1 mars 2030 kl. 13.02, innan det hade "
        f"gått. {said}"
    )
    assert ask(sessions, following, cast.anna)[1] == (
        f"Anna Åkesson fick inte Nyhetsbrevet 2/2030: har tackat nej till listan. {said}"
    )

    with sessions.begin() as session:
        consents.resubscribe(
            session, scope=ALL, subscriber_id=cast.anna, list_id=cast.newsletter, source="command",
            now=NOON + timedelta(days=2),
        )  # fmt: skip
    assert ask(sessions, following, cast.anna)[1].endswith(
        "Sedan den 3 mars 2030 kl. 13.00 är svaret ja igen."
    )


def test_left_out_for_each_reason(sessions: sessionmaker[Session], cast: Cast, issue_id: int) -> None:
    assert ask(sessions, issue_id, cast.elsa)[1] == (
        "Elsa Norén fick inte Nyhetsbrevet 1/2030: registret har ingen e-postadress."
    )
    assert ask(sessions, issue_id, cast.greta)[1] == (
        "Greta Ek fick inte Nyhetsbrevet 1/2030: adressen är spärrad. Adressen greta@studsar.example är "
        "spärrad sedan den 1 mars 2030 kl. 13.00, eftersom den studsade."
    )
    assert ask(sessions, issue_id, cast.farid)[1].startswith(
        "Farid Haddad fick inte Nyhetsbrevet 1/2030: har tackat nej till listan."
    )
    for why, words in (
        ("not-subscribed", "har aldrig bett om listan."),
        ("no-content", "inget inslag är till för personens region."),
        ("deceased", "är antecknad som avliden, och då skickas inget."),
    ):
        settle(sessions, cast.elsa, DeliveryState.LEFT_OUT, why=why)
        assert ask(sessions, issue_id, cast.elsa)[1].endswith(words)


def test_sharing_a_copy_names_the_other_only_to_those_who_may_know(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    assert ask(sessions, issue_id, cast.david)[1] == (
        "David Ärlig läser Nyhetsbrevet 1/2030 i samma brev som Cecilia Ärlig: "
        "de delar adressen familjen@lund.example."
    )

    settle(sessions, cast.cecilia, DeliveryState.ACCEPTED, settled_at=LATER)
    assert ask(sessions, issue_id, cast.david)[1].endswith("Det överlämnades den 1 mars 2030 kl. 13.02.")

    with sessions() as session:
        found = explaining.explain(
            session, scope=OnePerson(cast.david), issue_id=issue_id, subscriber_id=cast.david
        )
    told = explanations.sentence(found, ZONE)
    assert "i samma brev som någon annan på adressen" in told
    assert "överlämnades" not in told


def test_out_of_reach_for_each_reason(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        calls = select(MailingList.id).where(MailingList.purpose == ListPurpose.MEMBER_NOTICES)
        notice = set_issue(session, list_id=session.scalars(calls).one(), now=NOON)
        session.get_one(Issue, notice).record_date = date(2030, 2, 1)
        regional = set_issue(session, list_id=cast.newsletter, now=NOON, audience=Audience.of(["norra"]))
        letter = set_issue(session, list_id=cast.newsletter, now=NOON)
        for issue_id in (notice, regional, letter):
            releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        late = Subscriber(given_name="Ivar", created_at=LATER, updated_at=LATER)
        old = Subscriber(given_name="Jon", created_at=NOON - timedelta(days=9), updated_at=NOON)
        session.add_all([late, old])
        session.flush()
        ivar, jon = late.id, old.id

    assert ask(sessions, notice, cast.hilma)[1].endswith("som inte var medlem på avstämningsdagen.")
    assert ask(sessions, regional, cast.anna)[1].endswith("det gick till andra regioner.")
    assert ask(sessions, letter, ivar)[1] == (
        f"Ivar kom in i registret den 1 mars 2030 kl. 13.02, efter att Nyhetsbrevet {letter}/2030 hade gått."
    )
    assert "hörde inte till mottagarna" in ask(sessions, letter, jon)[1]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (IssueStatus.DRAFT, "är ett utkast och har inte gått till någon än."),
        (IssueStatus.SCHEDULED, "har inte gått än. Det går den 1 mars 2030 kl. 13.00."),
        (IssueStatus.MISSED, "missade sin tid den 1 mars 2030 kl. 13.00"),
        (IssueStatus.CANCELLED, "är inställt och har inte gått till någon."),
    ],
)
def test_before_it_has_gone(
    sessions: sessionmaker[Session], cast: Cast, status: IssueStatus, words: str
) -> None:
    with sessions.begin() as session:
        waiting = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.get_one(Issue, waiting).status = status

    found, told = ask(sessions, waiting, cast.anna)
    assert found.answer is Answer.NOT_RELEASED
    assert words in told


def test_a_regional_lead_is_told_of_their_own_people_only(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    norra = SomeRegions(frozenset({"norra"}))
    with sessions() as session:
        assert explaining.explain(session, scope=norra, issue_id=issue_id, subscriber_id=cast.bo)
        for stranger in (cast.anna, 10_000):
            with pytest.raises(NotFound, match="Det finns ingen sådan person"):
                explaining.explain(session, scope=norra, issue_id=issue_id, subscriber_id=stranger)
        with pytest.raises(NotFound):
            explaining.history(session, scope=norra, subscriber_id=cast.anna)
        for text in ("Anna", "anna@lund.example", str(cast.anna)):
            with pytest.raises(NotFound):
                explaining.find_person(session, scope=norra, text=text)


def test_a_person_is_found_by_id_name_number_and_address(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions() as session:
        for text in (str(cast.anna), "Anna Åkesson", "anna åk", "M001", "Anna@lund.example"):
            assert explaining.find_person(session, scope=ALL, text=text).id == cast.anna
        with pytest.raises(SubscribersError, match=f"{cast.cecilia} .Cecilia Ärlig., {cast.david}"):
            explaining.find_person(session, scope=ALL, text="Ärlig")
        with pytest.raises(NotFound, match="Det finns ingen ”Quentin”"):
            explaining.find_person(session, scope=ALL, text="Quentin")


def test_a_persons_history_is_the_newest_first(
    sessions: sessionmaker[Session], cast: Cast, issue_id: int
) -> None:
    with sessions.begin() as session:
        following = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=ALL, issue_id=following, now=NOON)

    with sessions() as session:
        found = explaining.history(session, scope=OnePerson(cast.anna), subscriber_id=cast.anna)

    assert [each.issue_id for each in found] == [following, issue_id]
