"""At the command line: who was called, letters for the others, and the proof."""

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from newsletter import cli, jobs
from newsletter.app import build
from newsletter.models import Article, Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import releases
from newsletter.settings import load
from subscribers.services import acts
from tests.cast import settle_in
from tests.newsletter.rendering.test_proofs import text_of


def date_there() -> date:
    """The day it is for the command line, whose clock is the real one."""
    return datetime.now(ZoneInfo("Europe/Stockholm")).date()


@pytest.fixture
def run(capsys, tmp_path, monkeypatch, migrated):
    """Type a command after ``rundbrev``, in a directory with the cast in it. Gives status, output, errors."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        settle_in(session, now=app.now())
        session.add(Article(title="Kallelse", body="Hej.", created_at=app.now(), updated_at=app.now()))

    def type_in(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(tuple(map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return type_in


@pytest.fixture
def called(run):
    """A notice that has gone: Anna's was taken, Bo's refused, the others' are on their way."""
    today = date_there()
    made = (
        *("issues", "create", "--list", "medlemsmeddelanden", "--title", "Årsmöte", "--subject", "Kallelse"),
        *("--record-date", today, "--last-date", today + timedelta(days=2)),
    )
    assert run(*made)[0] == 0
    run("issues", "add", 1, 1)
    assert run("issues", "send", 1)[0] == 0
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        releases.release(session, scope=app.everything("a test"), issue_id=1, now=app.now())
        for who, state, reply in (
            (1, DeliveryState.ACCEPTED, "250 2.0.0 Ok: queued as 4F1"),
            (2, DeliveryState.REFUSED, "550 5.1.1 no such user"),
        ):
            session.execute(
                update(Delivery)
                .where(Delivery.subscriber_id == who)
                .values(state=state, reply=reply, settled_at=app.now())
            )
    return 1


def test_a_notice_is_made_with_its_dates_and_refused_when_they_are_wrong(run):
    made = ("issues", "create", "--title", "Årsmöte", "--subject", "Kallelse")

    status, _, err = run(*made, "--record-date", "2027-02-01")
    assert (status, "hör till medlemsmeddelanden" in err) == (1, True)

    status, _, err = run(*made, "--list", "medlemsmeddelanden", "--last-date", "i mars")
    assert status in (1, 2)
    assert "Skriv det som 2027-02-01" in err

    dates = ("--record-date", "2027-02-01", "--last-date", "2027-02-14")
    shown = json.loads(run(*made, "--list", "medlemsmeddelanden", *dates, "--json")[1])
    assert (shown["record_date"], shown["last_date"]) == ("2027-02-01", "2027-02-14")


def test_show_counts_everybody_and_names_those_who_are_not_reached(run, called):
    _, out, _ = run("notices", "show", called)

    for words in (
        "Överlämnat",
        "Avvisat",
        "Saknar e-postadress",
        "Elsa Norén",
        "550 5.1.1 no such user",
        "█",
    ):
        assert words in out
    assert "Anna Åkesson" not in out

    told = json.loads(run("notices", "show", called, "--json")[1])
    assert told["people"] == 7
    assert told["counts"]["accepted"] == told["counts"]["refused"] == 1
    assert {m["name"] for m in told["members"] if m["standing"] == "no-address"} == {"Elsa Norén"}


def test_letters_and_labels_are_written_and_the_export_is_logged(run, called):
    _, out, _ = run("notices", "letters", called, "--out", "brev", "--as", "Kim")

    assert "3 medlemmar får brev på papper." in out
    assert "3 av dem får ingen etikett" in out  # nobody's street is known
    assert "3 brev är ännu på väg. Ta med dem med --waiting" in out
    assert Path("brev/adresser.xlsx").read_bytes().startswith(b"PK")
    assert Path("brev/etiketter.pdf").read_bytes().startswith(b"%PDF")
    text = text_of(Path("brev/brev.pdf").read_bytes())
    assert text.count("\f") == 3
    assert "Hej Elsa!" in text
    assert "/p/" not in text  # nobody types a link from paper
    with build(load(Path("var"))) as app, app.readers() as session:
        [act] = [act for act in acts.latest(session) if act.act == "export"]
        assert act.details == {"what": "letters", "people": 3}
        assert act.actor == "Kim"


def test_the_proof_is_the_same_data_each_time_and_its_digest_is_printed(run, called):
    _, out, _ = run("notices", "proof", called, "--out", "bevis")
    first = Path("bevis/kallelsebevis.json").read_bytes()
    run("notices", "proof", called, "--out", "bevis")

    assert Path("bevis/kallelsebevis.json").read_bytes() == first
    assert hashlib.sha256(first).hexdigest() in out
    assert Path("bevis/kallelsebevis.pdf").read_bytes().startswith(b"%PDF")
    assert "Obs: 3 brev är ännu på väg" in out


def test_a_folder_that_cannot_be_written_to_is_told_in_a_sentence(run, called):
    Path("bevis").write_text("a file")

    status, _, err = run("notices", "proof", called, "--out", "bevis")

    assert status == 1
    assert "Det går inte att skriva i mappen bevis" in err


def test_status_and_the_hourly_job_warn_when_the_last_date_is_near(run, called):
    warning = "6 medlemmar är inte nådda"

    assert warning in run("issues", "status", called)[1]
    assert warning in json.loads(run("issues", "status", called, "--json")[1])["warning"]
    with build(load(Path("var"))) as app:
        assert [warning in sentence for sentence in jobs.notice_warnings(app)] == [True]
        with app.sessions.begin() as session:
            session.scalars(select(Issue)).one().last_date = date_there() + timedelta(days=9)
        assert jobs.notice_warnings(app) == []


def test_a_notice_whose_last_date_has_passed_does_not_go_by_itself(run, called):
    with build(load(Path("var"))) as app:
        with app.sessions.begin() as session:
            issue = session.scalars(select(Issue)).one()
            issue.status, issue.last_date = IssueStatus.SCHEDULED, date_there() - timedelta(days=1)
        report = jobs.release_issues(app)

    assert report.released == []
    [told] = report.sentences("sv")
    assert told.startswith(f"Medlemsmeddelanden 1/{date_there().year} har inte gått, och sista dagen har ")
    status, _, err = run("issues", "send", called)
    assert (status, "måste gå senast" in err) == (1, True)
