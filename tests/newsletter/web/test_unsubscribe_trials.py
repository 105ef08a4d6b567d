"""Does leaving work? The page says so with a tick, after a trial that stops nobody's letters."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from newsletter import jobs, trying
from newsletter.app import App
from newsletter.core import unsubscribe_trials as trials
from newsletter.core.unsubscribe_trials import Click, Mailed
from newsletter.mail import folder, spool
from newsletter.mail.sink import Sink
from newsletter.models import InboundMail, Note
from subscribers.models import ConsentEntry, RoleName, Subscription
from tests.cast import Cast
from tests.newsletter.web.test_unsubscribe import ONE_CLICK, URLENCODED
from tests.newsletter.web.visitors import Visitor, appoint, signed_in
from tests.office import on_sqlite

pytestmark = on_sqlite
PAGE = "/forening/avregistrering"


@pytest.fixture
def open_app(app: App, web: str, tmp_path: Path) -> Iterator[App]:
    """The application with pages that answer at its own address, a relay, and an address that it reads."""
    app.paths.sink.mkdir(exist_ok=True)
    with Sink(app.paths.sink, 0, now=app.now) as sink:
        settings = replace(
            app.settings, base_url=web, inbound_address="svar@applen.example", sink_port=sink.port
        )
        yield replace(app, settings=settings)


def said(app: App) -> tuple[int, int]:
    with app.readers() as session:
        entries = session.scalars(select(func.count()).select_from(ConsentEntry)).one()
        stands = select(func.count()).select_from(Subscription).where(Subscription.active)
        return entries, session.scalars(stands).one()


def test_a_trial_goes_out_and_comes_home_and_stops_nobodys_letters(open_app: App, cast: Cast) -> None:
    before = said(open_app)
    trying.begin(open_app, actor="Bo")
    begun = trying.latest(open_app)
    assert begun is not None
    assert (begun.click, begun.said, begun.mailed) == (Click.WORKS, "200 OK", Mailed.WAITING)

    assert jobs.post_notes(open_app) == 1
    sent = trying.latest(open_app)
    assert sent is not None
    assert (sent.mailed, sent.is_over) == (Mailed.UNDERWAY, False)

    [kept] = folder.messages(open_app.paths.sink)
    assert kept.envelope.rcpt_tos == ("svar@applen.example",)
    envelope = spool.Envelope("nyhetsbrev@forening.example", kept.envelope.rcpt_tos, "lmtp", open_app.now())
    spool.put(open_app.paths.inbound, folder.read(open_app.paths.sink, kept.name).raw, envelope)
    jobs.take_in_mail(open_app)

    home = trying.latest(open_app)
    assert home is not None
    assert home.works
    assert said(open_app) == before
    with open_app.readers() as session:
        assert session.scalars(select(InboundMail.outcome)).one() == "trial"
        assert session.scalars(select(func.count(Note.id))).one() == 1, "a trial is not confirmed to anybody"


def test_the_page_shows_a_tick_or_what_to_ask_of_the_web_host(app: App, officer: Visitor) -> None:
    assert "Inget prov är gjort än" in officer.get(PAGE).text

    answer = officer.post_form(PAGE)

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = officer.get(PAGE).text
    assert ">Nej</h2>" in page
    assert "Adressen svarar inte." in page
    assert "Säg till webbhotellet: http://127.0.0.1:8040/u/ ska gå att nå utifrån" in page
    assert "ange INBOUND_ADDRESS enligt driftguiden" in page
    assert 'class="verdict good"' not in page


def test_the_page_with_both_ticks(open_app: App, cast: Cast) -> None:
    appoint(open_app, cast.bo, RoleName.OFFICER)
    trying.begin(open_app, actor="Bo")
    with signed_in(open_app, cast.bo) as visitor:
        waiting = visitor.get(PAGE).text
        assert 'hx-trigger="every 3s"' in waiting
        trial = trying.latest(open_app)
        assert trial is not None
        with open_app.sessions.begin() as session:
            session.add(
                InboundMail(
                    fingerprint="0" * 64, way="LMTP", received_at=open_app.now(), sender="", recipients=[],
                    raw=b"", kind="UNSUBSCRIBE", from_address="", from_name="", subject="", words="",
                    facts={"trial": trial.number}, outcome="trial",
                )
            )  # fmt: skip
        page = visitor.get(PAGE).text
    assert "Ja, på båda sätten" in page
    assert page.count('class="verdict good"') == 2
    assert "hx-trigger" not in page


def test_a_lead_does_not_see_it(lead: Visitor) -> None:
    assert lead.get(PAGE).status_code == 404
    assert lead.post_form(PAGE).status_code == 404


def test_the_trials_link_answers_and_does_nothing(app: App, stranger: TestClient, cast: Cast) -> None:
    before = said(app)
    link = f"/u/{trials.token(app.keyring, 42)}"

    pressed = stranger.post(link, content=ONE_CLICK, headers=URLENCODED)
    looked = stranger.get(link)

    for answer in (pressed, looked):
        assert (answer.status_code, answer.headers[trials.FIELD]) == (200, "42")
        assert "ingen har slutat få brev" in answer.text
    assert stranger.post(link, content=b"x=y", headers=URLENCODED).status_code == 400
    assert stranger.get(link.replace("/u/", "/p/")).status_code == 404
    assert said(app) == before


def test_other_links_know_nothing_of_trials(app: App, stranger: TestClient) -> None:
    assert trials.FIELD not in stranger.get("/u/aaaa").headers
