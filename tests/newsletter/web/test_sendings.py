"""A send on its page: regret, pause, stop and decide; and nobody sees what is not theirs to see."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.core.replies import Reply
from newsletter.models import Delivery, DeliveryState, Hold, Issue, IssueStatus
from newsletter.relaying import relays_of
from newsletter.services import issues, pacing, releases, sendings
from newsletter.services.pacing import Heard, Standing
from subscribers.core.authority import Everything
from subscribers.models import Act, ListPurpose, MailingList, RoleName
from tests.cast import Cast
from tests.letterpress import rows, set_issue
from tests.newsletter.web.visitors import Visitor, appoint, key, signed_in

ALL = Everything("a test")
Release = Callable[..., int]


@pytest.fixture
def release(app: App, cast: Cast) -> Release:
    """Release an issue; ``states`` says what has become of some letters, by person."""

    def run(states: dict[int, DeliveryState] | None = None, **values: Any) -> int:
        with app.sessions.begin() as session:
            issue_id = set_issue(session, list_id=cast.newsletter, now=app.now())
            issue = session.get_one(Issue, issue_id)
            for name, value in values.items():
                setattr(issue, name, value)
            session.flush()
            releases.release(session, scope=ALL, issue_id=issue_id, now=app.now())
            for who, state in (states or {}).items():
                row = rows(session, issue_id)[who]
                row.state, row.attempts, row.claimed_at = state, 1, app.now()
                row.settled_at, row.reply = app.now(), "the server fell silent"
            return issue_id

    return run


def status(app: App, issue_id: int) -> Issue:
    with app.readers() as session:
        return session.get_one(Issue, issue_id)


def acts(app: App) -> list[str]:
    with app.readers() as session:
        return list(session.scalars(select(Act.act).order_by(Act.id)))


def read(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.text


def test_in_its_grace_a_send_can_be_regretted_on_its_page(
    app: App, officer: Visitor, release: Release
) -> None:
    issue_id = release(grace_minutes=10, head_start_minutes=15)
    page = read(officer, f"/utskick/{issue_id}")
    assert "Inget brev har gått. De första går kl. " in page
    assert "Ångra utskicket" in page
    assert "Avbryt för gott" not in page

    answer = officer.post_form(f"/utskick/{issue_id}", {"do": "undo"})

    assert answer.headers["location"] == f"/utskick/{issue_id}?klart=angrat"
    assert status(app, issue_id).status is IssueStatus.DRAFT
    assert acts(app)[-1] == "undo"
    assert "Inget brev gick" in read(officer, answer.headers["location"])


def test_a_send_that_has_begun_is_paused_goes_on_and_is_stopped(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    issue_id = release({cast.anna: DeliveryState.ACCEPTED})
    assert "Ångra utskicket" not in read(officer, f"/utskick/{issue_id}")

    for wish, done, sentence in (
        ("pause", "pausat", "Inget mer går ut förrän någon fortsätter"),
        ("resume", "fortsatt", "Breven går ut."),
        ("stop", "avbrutet", "resten är återkallat"),
    ):
        answer = officer.post_form(f"/utskick/{issue_id}", {"do": wish})
        assert answer.headers["location"] == f"/utskick/{issue_id}?klart={done}"
        assert sentence in read(officer, answer.headers["location"])

    assert acts(app)[-3:] == ["pause", "resume", "stop"]
    assert status(app, issue_id).stopped_at is not None


def test_what_cannot_be_done_any_more_is_said_and_nothing_changes(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    issue_id = release({cast.anna: DeliveryState.ACCEPTED})

    answer = officer.post_form(f"/utskick/{issue_id}", {"do": "undo"})

    assert answer.status_code == 422
    assert "har redan börjat gå ut och kan inte ångras" in answer.text
    assert status(app, issue_id).status is IssueStatus.RELEASED
    assert officer.post_form(f"/utskick/{issue_id}", {"do": "burn"}).status_code == 400


def test_numbers_stand_by_region_and_by_domain(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    page = read(officer, f"/utskick/{release({cast.bo: DeliveryState.REFUSED})}")

    assert "lulea.example" in page
    assert "Skåne" in page
    assert "Ingen region" in page  # Hilma's


def test_an_unknown_letter_is_settled_with_a_button_each(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    issue_id = release({cast.anna: DeliveryState.UNKNOWN, cast.bo: DeliveryState.UNKNOWN})
    page = read(officer, f"/utskick/{issue_id}")
    assert "Anna Åkesson" in page
    assert "the server fell silent" in page
    with app.readers() as session:
        anna, bo = (rows(session, issue_id)[who].id for who in (cast.anna, cast.bo))

    settled = officer.post_form(f"/utskick/{issue_id}/ovissa", {"settle": anna})
    again = officer.post_form(f"/utskick/{issue_id}/ovissa", {"resend": bo})
    late = officer.post_form(f"/utskick/{issue_id}/ovissa", {"resend": anna})

    assert settled.headers["location"].endswith("?klart=overlamnat")
    assert again.headers["location"].endswith("?klart=igen")
    assert late.headers["location"].endswith("?klart=redan")
    with app.readers() as session:
        found = rows(session, issue_id)
    assert found[cast.anna].state is DeliveryState.ACCEPTED
    assert found[cast.bo].state is DeliveryState.QUEUED
    for wrong in ({}, {"settle": "x"}, {"resend": "9" * 30}):
        assert officer.post_form(f"/utskick/{issue_id}/ovissa", wrong).status_code == 400
    assert officer.post_form(f"/utskick/{issue_id}/ovissa", {"settle": 999_999}).status_code == 404


def test_a_lead_sees_the_own_region_alone_and_decides_nothing_for_the_association(
    app: App, cast: Cast, lead: Visitor, release: Release
) -> None:
    issue_id = release({cast.bo: DeliveryState.UNKNOWN, cast.anna: DeliveryState.ACCEPTED})

    page = read(lead, f"/utskick/{key(app, issue_id)}")

    for of_others in ("Norra", "Väst", "lulea.example", "borta.example", "Bo Öberg", "Ingen region"):
        assert of_others not in page
    assert "lund.example" in page
    assert "Pausa" not in page
    for wish in ("undo", "pause", "resume", "stop", "let-go"):
        assert lead.post_form(f"/utskick/{key(app, issue_id)}", {"do": wish}).status_code == 404
    assert lead.get(f"/utskick/{key(app, issue_id)}/ratta").status_code == 404
    assert status(app, issue_id).paused_at is None


def test_of_a_send_to_other_regions_a_lead_sees_nothing(app: App, cast: Cast, lead: Visitor) -> None:
    from newsletter.core.audiences import Audience

    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=app.now(), audience=Audience.of(["norra"]))
        releases.release(session, scope=ALL, issue_id=issue_id, now=app.now())

    assert lead.get(f"/utskick/{key(app, issue_id)}").status_code == 404
    assert f"/utskick/{key(app, issue_id)}" not in read(lead, "/utskick")
    assert lead.get(f"/rapporter/nummer/{key(app, issue_id)}").status_code == 404


def test_a_lead_pauses_a_letter_to_the_own_region(app: App, cast: Cast, lead: Visitor) -> None:
    from newsletter.core.audiences import Audience

    with app.sessions.begin() as session:
        regional = session.scalars(
            select(MailingList.id).where(MailingList.purpose == ListPurpose.REGIONAL_LETTERS)
        ).one()
        issue_id = set_issue(session, list_id=regional, now=app.now(), audience=Audience.of(["skane"]))
        releases.release(session, scope=ALL, issue_id=issue_id, now=app.now())
        for row in rows(session, issue_id).values():
            row.state, row.due_at = DeliveryState.QUEUED, app.now()

    assert "Pausa" in read(lead, f"/utskick/{key(app, issue_id)}")
    assert lead.post_form(f"/utskick/{key(app, issue_id)}", {"do": "pause"}).status_code == 303
    assert status(app, issue_id).paused_at is not None


def test_a_reader_counts_everybody_and_names_nobody(app: App, cast: Cast, release: Release) -> None:
    appoint(app, cast.greta, RoleName.READER)
    issue_id = release({cast.anna: DeliveryState.UNKNOWN})
    with signed_in(app, cast.greta) as reader:
        page = read(reader, f"/utskick/{issue_id}")
        assert "Skåne" in page
        assert "Anna Åkesson" not in page
        assert "anna@lund.example" not in page
        assert reader.post_form(f"/utskick/{issue_id}", {"do": "pause"}).status_code == 404


def test_the_list_shows_what_goes_what_waits_and_what_has_gone(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    assert "Inget är på väg" in read(officer, "/utskick")
    going, gone, paused = release(), release(), release(paused_at=app.now())
    with app.sessions.begin() as session:
        for row in rows(session, gone).values():
            if row.state is DeliveryState.QUEUED:
                row.state = DeliveryState.ACCEPTED
        held = set_issue(session, list_id=cast.newsletter, now=app.now(), send_at=app.now())
        sendings.hold_others(session, issue_id=going, until=Hold.PERSON)
        missed = set_issue(session, list_id=cast.newsletter, now=app.now(), send_at=app.now())
        session.get_one(Issue, missed).status = IssueStatus.MISSED

    page = read(officer, "/utskick")

    assert "4 brev kvar" in page
    assert "Pausat." in page.partition(f"utskick/{paused}")[2].partition("</li>")[0]
    assert "Pausat." not in page.partition(f"utskick/{going}")[2].partition("</li>")[0]
    assert "4 överlämnade" in page
    assert "Hålls tills någon släpper det." in page
    assert "Missade sin tid" in page
    assert f"/utskick/{held}" in page.replace("../", "/").replace('"./', '"/')


def test_a_held_issue_is_let_go_on_its_page(app: App, cast: Cast, officer: Visitor, release: Release) -> None:
    urgent = release()
    with app.sessions.begin() as session:
        held = set_issue(session, list_id=cast.newsletter, now=app.now(), send_at=app.now())
        sendings.hold_others(session, issue_id=urgent, until=Hold.PERSON)
    assert "Väntar på det här utskicket" in read(officer, f"/utskick/{urgent}")
    assert "Släpp numret" in read(officer, f"/utskick/{held}")

    officer.post_form(f"/utskick/{held}", {"do": "let-go"})

    assert status(app, held).hold is None


# --- As it changes ------------------------------------------------------------------------------------------


def test_the_stream_tells_what_the_page_tells_and_ends_with_the_send(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    everybody = dict.fromkeys((cast.anna, cast.bo, cast.cecilia, cast.hilma), DeliveryState.ACCEPTED)
    issue_id = release(everybody)

    answer = officer.get(f"/utskick/{issue_id}/strom")

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: 3000\n\n")
    assert "event: actions\n" in answer.text
    assert "event: live\n" in answer.text
    assert "lulea.example" in answer.text
    assert answer.text.endswith("event: over\ndata: \n\n")


def test_the_stream_holds_nothing_of_other_regions(
    app: App, cast: Cast, lead: Visitor, release: Release
) -> None:
    everybody = dict.fromkeys((cast.anna, cast.bo, cast.cecilia, cast.hilma), DeliveryState.ACCEPTED)

    told = lead.get(f"/utskick/{key(app, release(everybody))}/strom").text

    assert "lund.example" in told
    assert "Skåne" in told
    for of_others in ("Norra", "lulea.example", "borta.example", "Ingen region"):
        assert of_others not in told


def test_a_stream_of_what_is_not_there_says_nothing(app: App, cast: Cast, lead: Visitor) -> None:
    with app.sessions.begin() as session:
        draft = set_issue(session, list_id=cast.newsletter, now=app.now() + timedelta(days=1))

    assert lead.get(f"/utskick/{key(app, draft)}/strom").text == "retry: 3000\n\n"
    assert lead.get(f"/utskick/{key(app, 999999)}/strom").text == "retry: 3000\n\n"


def test_the_letters_themselves_stand_on_no_page(
    app: App, cast: Cast, officer: Visitor, release: Release
) -> None:
    """Pages count letters; whose they are is shown only where a person must decide."""
    page = read(officer, f"/utskick/{release()}")

    with app.readers() as session:
        for address in session.scalars(select(Delivery.address).where(Delivery.address != "")):
            assert address not in page


def test_what_is_due_and_not_yet_released_can_be_regretted_at_once(
    app: App, officer: Visitor, cast: Cast
) -> None:
    """The clock comes by once a second: until then the page must not say that all is well some other day."""
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=app.now(), send_at=app.now())

    page = officer.get(f"/utskick/{issue_id}").text
    assert "Går om ett ögonblick." in page
    assert f'data-stream="../utskick/{issue_id}/strom"' in page
    assert officer.post_form(f"/utskick/{issue_id}", {"do": "undo"}).status_code == 303

    with app.readers() as session:
        assert session.get_one(Issue, issue_id).status is IssueStatus.DRAFT


def test_where_nothing_goes_one_begins_with_an_issue_the_one_that_is_begun_if_there_is_one(
    app: App, officer: Visitor, lead: Visitor
) -> None:
    def way() -> list[str]:
        return re.findall(r'href="([^"]*)">Börja med ett nummer', officer.get("/utskick").text)

    assert way() == ["./nummer/nytt"]
    assert "Börja med ett nummer" not in lead.get("/utskick").text  # whose region has a part, and no issue
    with app.sessions.begin() as session:
        issues.create(session, title="Ett", subject="Ett", now=app.now())
    assert way() == ["./nummer"]


def test_what_letters_wait_for_is_told_and_to_a_lead_only_of_domains_in_the_own_region(
    app: App, cast: Cast, officer: Visitor, lead: Visitor, release: Release
) -> None:
    issue_id = release()
    slow = Reply.of(421, "4.7.28 An unusual rate of unsolicited mail")
    with app.sessions.begin() as session:
        now = app.now()
        replies = [Heard("bo@lulea.example", "r", slow), Heard("x@elsewhere.example", "r", slow)]
        pacing.heard(session, replies, standing=Standing(now), now=now)

    whole, theirs = read(officer, f"/utskick/{issue_id}"), read(lead, f"/utskick/{key(app, issue_id)}")

    assert "lulea.example vill ha färre brev: väntar till kl. " in whole
    assert "Klart tidigast kl. " in whole
    assert "elsewhere.example" not in whole
    assert "vill ha färre brev" not in theirs
    assert "Klart tidigast kl. " in theirs


def test_a_relay_that_rests_is_told_where_all_sends_stand(
    app: App, officer: Visitor, release: Release
) -> None:
    release()
    (relay,) = relays_of(app.settings)
    with app.sessions.begin() as session:
        now = app.now()
        quota = Heard(
            "x@a.example", relay.name, Reply.of(454, "Throttling failure: Maximum sending rate exceeded.")
        )
        pacing.heard(session, [quota], standing=Standing(now), now=now)

    assert f"{relay.host} tar inte emot fler brev just nu: väntar till kl. " in read(officer, "/utskick")


def test_while_it_goes_the_page_says_how_fast_and_draws_it_for_each_viewers_own_region(
    app: App, cast: Cast, officer: Visitor, lead: Visitor, release: Release
) -> None:
    issue_id = release(dict.fromkeys((cast.anna, cast.bo), DeliveryState.ACCEPTED))
    with app.sessions.begin() as session:
        found = rows(session, issue_id)
        found[cast.bo].settled_at = app.now() - timedelta(seconds=9)  # of another region than the lead's
        found[cast.anna].attempts = 1

    whole, theirs = read(officer, f"/utskick/{issue_id}"), read(lead, f"/utskick/{key(app, issue_id)}")

    assert "Just nu " in whole
    assert "Klart ungefär kl. " in whole
    assert "<polyline points=" in whole
    assert "Visa som tabell" in whole
    assert "<polyline" not in theirs  # one letter is no line
