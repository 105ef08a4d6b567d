"""After a call to a meeting: who is not reached, letters for them, and the proof."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.responses import Response

from newsletter.app import App
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus
from newsletter.services import releases
from newsletter.web import notice_files
from subscribers.core.authority import Everything
from subscribers.models import ListPurpose, RoleName, Subscriber
from subscribers.services import acts, lists
from tests import office
from tests.cast import Cast
from tests.letterpress import set_issue
from tests.newsletter.rendering.test_proofs import text_of
from tests.newsletter.web.visitors import Visitor, appoint, key, signed_in
from tests.office import on_sqlite

pytestmark = on_sqlite  # services.notices and services.paper_letters are tried on both

ALL = Everything("a test")
WARNING = "3 medlemmar är inte nådda"
FILES = (
    "brev.pdf", "etiketter.pdf", "adresser.xlsx", "adresser.csv", "kallelsebevis.pdf", "kallelsebevis.json",
)  # fmt: skip


@pytest.fixture
def scheduled(app: App, cast: Cast) -> int:
    """A call to the annual meeting that has not gone, and whose last date is the day after tomorrow."""
    with app.sessions.begin() as session:
        calls = lists.by_purpose(session, purpose=ListPurpose.MEMBER_NOTICES)
        issue_id = set_issue(session, list_id=calls.id, now=app.now())
        issue = session.get_one(Issue, issue_id)
        issue.title, issue.last_date = "Årsmöte", office.today(app) + timedelta(days=2)
        elsa = session.get_one(Subscriber, cast.elsa)
        elsa.given_name, elsa.street, elsa.postal_code, elsa.city = "=Elsa", "Storgatan 1", "903 26", "Umeå"
    return issue_id


@pytest.fixture
def called(app: App, cast: Cast, scheduled: int) -> int:
    """The call has gone: Bo's was refused, Elsa has no address, Greta's is suppressed, the others have it."""
    with app.sessions.begin() as session:
        releases.release(session, scope=ALL, issue_id=scheduled, now=app.now())
        for state, people in (
            (DeliveryState.ACCEPTED, (cast.anna, cast.cecilia, cast.david, cast.farid)),
            (DeliveryState.REFUSED, (cast.bo,)),
        ):
            session.execute(
                update(Delivery)
                .where(Delivery.subscriber_id.in_(people))
                .values(state=state, settled_at=app.now(), reply="250 ok" if len(people) > 1 else "550 no")
            )
    return scheduled


@pytest.fixture
def visitor(app: App, cast: Cast) -> Callable[[RoleName], AbstractContextManager[Visitor]]:
    """Bo in a role of his own, signed in."""

    def sign_in(role: RoleName) -> AbstractContextManager[Visitor]:
        appoint(app, cast.bo, role, "norra" if role is RoleName.REGIONAL_LEAD else None)
        return signed_in(app, cast.bo)

    return sign_in


def read(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.text


def take(visitor: Visitor, issue_id: int | str, file: str, **fields: str) -> Response:
    return visitor.post_form(f"/kallelser/{issue_id}/{file}", fields)


def exports_of(app: App) -> list[dict[str, object]]:
    with app.readers() as session:
        return [act.details for act in acts.latest(session) if act.act == "export"]


def test_before_the_first_call_the_page_says_what_it_is_for_and_where_to_begin(officer: Visitor) -> None:
    page = read(officer, "/kallelser")

    assert "Ingen kallelse än" in page
    assert 'href="../kallelser/ny"' in page or 'href="./kallelser/ny"' in page


def test_a_call_is_made_with_its_dates_and_goes_on_to_the_desk(app: App, officer: Visitor) -> None:
    wrong = officer.post_form(
        "/kallelser/ny", {"title": "Årsmöte", "record_date": "2030-03-01", "last_date": "2030-02-01"}
    )
    assert (wrong.status_code, "ligger efter sista dagen" in wrong.text) == (422, True)
    assert officer.post_form("/kallelser/ny", {"title": "Årsmöte"}).status_code == 422

    made = officer.post_form(
        "/kallelser/ny", {"title": "Årsmöte", "record_date": "2030-02-01", "last_date": "2030-03-01"}
    )

    with app.readers() as session:
        issue = session.scalars(select(Issue)).one()
        assert issue.mailing_list.purpose is ListPurpose.MEMBER_NOTICES
        assert (str(issue.record_date), str(issue.last_date)) == ("2030-02-01", "2030-03-01")
        assert (issue.subject, issue.status) == ("Årsmöte", IssueStatus.DRAFT)
    assert (made.status_code, made.headers["location"]) == (303, f"/nummer/{issue.id}?klart=new")
    assert "Årsmöte" in read(officer, "/kallelser")


def test_a_draft_gets_other_dates_and_what_is_scheduled_keeps_its_own(
    app: App, officer: Visitor, scheduled: int
) -> None:
    path = f"/kallelser/{scheduled}/datum"
    refused = officer.post_form(path, {"last_date": "2031-01-01"})
    assert (refused.status_code, "Spara datumen" in refused.text) == (422, False)

    with app.sessions.begin() as session:
        session.get_one(Issue, scheduled).status = IssueStatus.DRAFT
    assert "Spara datumen" in read(officer, f"/kallelser/{scheduled}")
    wrong = officer.post_form(path, {"last_date": "2031-01-01", "record_date": "2031-02-01"})
    assert (wrong.status_code, "ligger efter sista dagen" in wrong.text) == (422, True)
    assert officer.post_form(path, {"last_date": ""}).status_code == 422
    assert (
        officer.post_form(path, {"last_date": "2031-01-01", "record_date": "2030-12-01"}).status_code == 303
    )

    with app.readers() as session:
        issue = session.get_one(Issue, scheduled)
        assert (str(issue.record_date), str(issue.last_date)) == ("2030-12-01", "2031-01-01")


def test_the_list_warns_and_so_does_the_first_page(officer: Visitor, called: int) -> None:
    page = read(officer, "/kallelser")
    assert "Årsmöte" in page
    assert WARNING in page

    start = read(officer, "/")
    assert WARNING in start
    assert f'href="./kallelser/{called}"' in start


def test_each_standing_is_counted_drawn_and_explained(officer: Visitor, called: int) -> None:
    page = read(officer, f"/kallelser/{called}")

    for word in ("Överlämnat", "Avvisat", "Spärrad adress", "Saknar e-postadress"):
        assert word in page
    assert "Mer kan ingen veta." in page
    assert '<rect class="accepted" x="0.000%" width="57.143%"' in page  # 4 of 7
    assert "3 medlemmar nås inte säkert med e-post" in page
    for name in ("=Elsa Norén", "Greta Ek", "Bo Öberg"):
        assert name in page
    assert "Storgatan 1, 903 26  Umeå" in page
    assert "Anna Åkesson" not in page


def test_before_it_goes_nothing_is_to_be_written_on_paper(officer: Visitor, scheduled: int) -> None:
    page = read(officer, f"/kallelser/{scheduled}")

    assert "Har inte gått än." in page
    assert "7 medlemmar ska få den." in page
    assert "brev.pdf" not in page


def test_the_letters_are_for_those_whom_mail_does_not_reach(app: App, officer: Visitor, called: int) -> None:
    answer = take(officer, called, "brev.pdf")

    text = text_of(answer.content)
    assert answer.headers["content-type"] == "application/pdf"
    assert text.count("\f") == 3
    assert "Hej =Elsa!" in text
    assert exports_of(app) == [{"what": "letters", "people": 3}]


def test_those_whose_mail_is_on_its_way_are_written_to_when_somebody_says_so(
    app: App, cast: Cast, officer: Visitor, called: int
) -> None:
    with app.sessions.begin() as session:
        session.execute(
            update(Delivery).where(Delivery.subscriber_id == cast.anna).values(state=DeliveryState.WAITING)
        )

    assert "Anna" not in take(officer, called, "adresser.csv").text
    assert "Anna" in take(officer, called, "adresser.csv", waiting="yes").text


def test_too_many_letters_for_a_page_are_told_with_the_command(
    officer: Visitor, called: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_files, "MOST_LETTERS", 2)

    answer = take(officer, called, "brev.pdf")

    assert answer.status_code == 422
    assert f"rundbrev notices letters {called} --out MAPP" in answer.text


def test_labels_and_lists_come_as_files_and_no_name_is_a_formula(officer: Visitor, called: int) -> None:
    assert "Storgatan 1" in text_of(take(officer, called, "etiketter.pdf").content)
    assert take(officer, called, "adresser.xlsx").content.startswith(b"PK")
    answer = take(officer, called, "adresser.csv")

    [elsa] = [
        row
        for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        if row["Ort"] == "Umeå"
    ]
    assert elsa["Namn"] == "'=Elsa Norén"
    assert elsa["Varför"] == "saknar e-postadress"
    assert answer.headers["cache-control"] == "no-store"


def test_the_proof_on_the_page_the_paper_and_the_data_bear_one_digest(
    app: App, officer: Visitor, called: int
) -> None:
    data = take(officer, called, "kallelsebevis.json").content
    digest = hashlib.sha256(data).hexdigest()

    page = read(officer, f"/kallelser/{called}/bevis")
    assert digest in page
    assert digest in text_of(take(officer, called, "kallelsebevis.pdf").content)
    for word in ("Kallelsebevis", "Anna Åkesson", "anna@lund.example", "550 no", "Underskrift"):
        assert word in page
    assert json.loads(data)["counts"]["accepted"] == 4
    assert exports_of(app) == [{"what": "proof", "people": 7, "sha256": digest}] * 2


def test_a_lead_sees_and_takes_home_the_own_region_and_proves_nothing(
    app: App, visitor: Callable[[RoleName], AbstractContextManager[Visitor]], called: int
) -> None:
    with visitor(RoleName.REGIONAL_LEAD) as lead:
        page = read(lead, f"/kallelser/{key(app, called)}")
        assert "Så står medlemmarna i din region" in page
        assert "2 medlemmar nås inte säkert" in page  # Bo and Elsa
        assert "Greta" not in page
        assert "Kallelsebevis" not in page
        taken = take(lead, key(app, called), "adresser.csv").text
        assert ("Elsa" in taken, "Greta" in taken) == (True, False)
        for file in FILES[4:]:
            assert take(lead, key(app, called), file).status_code == 404
        assert lead.get(f"/kallelser/{key(app, called)}/bevis").status_code == 404
        assert lead.get("/kallelser/ny").status_code == 404


def test_a_reader_gets_numbers_and_no_names(
    visitor: Callable[[RoleName], AbstractContextManager[Visitor]], called: int
) -> None:
    with visitor(RoleName.READER) as reader:
        page = read(reader, f"/kallelser/{called}")
        assert "Saknar e-postadress" in page
        for secret in ("Elsa", "Greta", "Bo Öberg", "brev.pdf", "bevis"):
            assert secret not in page.partition("<main")[2]
        for file in FILES:
            assert take(reader, called, file).status_code == 404


def test_the_treasurer_takes_the_proof_but_sees_no_draft(
    app: App, visitor: Callable[[RoleName], AbstractContextManager[Visitor]], called: int
) -> None:
    with visitor(RoleName.TREASURER) as treasurer:
        assert take(treasurer, called, "kallelsebevis.pdf").status_code == 200
        with app.sessions.begin() as session:
            session.get_one(Issue, called).status = IssueStatus.DRAFT
        assert treasurer.get(f"/kallelser/{called}").status_code == 404
        assert take(treasurer, called, "brev.pdf").status_code == 404
        assert "Årsmöte" not in read(treasurer, "/kallelser")


def test_other_letters_are_no_calls_and_the_report_of_a_call_leads_here(
    app: App, cast: Cast, officer: Visitor, called: int
) -> None:
    with app.sessions.begin() as session:
        letter = set_issue(session, list_id=cast.newsletter, now=app.now())
        releases.release(session, scope=ALL, issue_id=letter, now=app.now())

    assert officer.get(f"/kallelser/{letter}").status_code == 404
    assert take(officer, letter, "brev.pdf").status_code == 404
    assert f'href="../../kallelser/{called}"' in read(officer, f"/rapporter/nummer/{called}")
    assert "kallelser/" not in read(officer, f"/rapporter/nummer/{letter}").partition("<main")[2]
