"""Whom to ring or write to, on a page: what happened, what to do, and how it ended."""

import pytest
from sqlalchemy import select

from newsletter.app import App
from newsletter.core.inbound.kinds import Kind
from newsletter.models import AddressFailure, Call, CallReason, DomainHold, Note
from newsletter.services import calls
from subscribers.models import Suppression, SuppressionReason
from tests.cast import Cast
from tests.letterpress import set_issue
from tests.newsletter.web.visitors import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def opened(app: App, who: int, address: str, reason: CallReason, proposal: str = "") -> int:
    with app.sessions.begin() as session:
        calls.open_call(
            session,
            subscriber_id=who,
            canonical=address,
            reason=reason,
            facts={"kind": "address"},
            proposal=proposal,
            now=app.now(),
        )
        return session.scalars(select(Call.id).order_by(Call.id.desc())).first() or 0


def test_the_officer_reads_what_happened_and_says_how_it_ended(
    app: App, officer: Visitor, cast: Cast
) -> None:
    assert "Ingen att ringa" in officer.get("/ringlista").text
    row = opened(app, cast.greta, "greta@studsar.example", CallReason.BOUNCED)
    page = officer.get("/ringlista").text
    for said in ("Greta Ek", "kom tillbaka den", "adressen finns inte längre", "spärrad sedan"):
        assert said in page
    assert "En person behöver någon ringa" in officer.get("/").text

    assert officer.post_form(f"/ringlista/{row}", {"how": "king"}).status_code == 400
    without = officer.post_form(f"/ringlista/{row}", {"how": "works"})
    assert without.status_code == 422
    assert "Skriv varför spärren hävs" in without.text
    assert officer.post_form(f"/ringlista/{row}", {"how": "works", "note": "svarade"}).status_code == 303
    with app.readers() as session:
        assert session.get(Suppression, "greta@studsar.example") is None
    assert "Ingen att ringa" in officer.get("/ringlista").text
    assert officer.post_form(f"/ringlista/{row}", {"how": "reached"}).status_code == 404


def test_a_lead_sees_their_own_region_and_no_other_rows_number(app: App, lead: Visitor, cast: Cast) -> None:
    others = opened(app, cast.greta, "greta@studsar.example", CallReason.BOUNCED)
    assert "Greta" not in lead.get("/ringlista").text
    assert lead.post_form(f"/ringlista/{others}", {"how": "reached"}).status_code == 404


def test_a_proposed_address_is_asked_and_the_row_says_so(app: App, officer: Visitor, cast: Cast) -> None:
    row = opened(app, cast.anna, "anna@lund.example", CallReason.NEW_ADDRESS, "anna@malmo.example")
    assert "Byt till anna@malmo.example" in officer.get("/ringlista").text
    assert officer.post_form(f"/ringlista/{row}", {"do": "ask"}).status_code == 303
    with app.readers() as session:
        assert [(each.kind, each.address) for each in session.scalars(select(Note))] == [
            ("new-address", "anna@malmo.example")
        ]
    assert "är tillfrågad" in officer.get("/ringlista").text


def test_a_domain_waits_for_whoever_sees_everything(
    app: App, officer: Visitor, lead: Visitor, cast: Cast
) -> None:
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=app.now())
        hold = DomainHold(issue_id=issue_id, domain="lund.example", held_at=app.now())
        session.add(hold)
        session.add(
            Suppression(canonical="anna@lund.example", reason=SuppressionReason.HELD, created_at=app.now())
        )
        session.flush()
        path = f"/ringlista/doman/{hold.id}"
    assert "1 adress på lund.example studsade" in officer.get("/ringlista").text
    assert "1 adresser på lund.example har studsat" in officer.get("/").text
    assert "lund.example" not in lead.get("/ringlista").text
    assert lead.post_form(path, {"do": "gone"}).status_code == 404
    assert officer.post_form(path, {"do": "?"}).status_code == 400
    assert officer.post_form(path, {"do": "gone"}).status_code == 303
    assert "Anna Åkesson" in officer.get("/ringlista").text
    assert officer.post_form(path, {"do": "gone"}).status_code == 404


def test_a_suppressed_address_shows_what_the_server_said(app: App, officer: Visitor, cast: Cast) -> None:
    with app.sessions.begin() as session:
        session.add(
            AddressFailure(
                canonical="greta@studsar.example",
                domain="studsar.example",
                at=app.now(),
                kind=Kind.ADDRESS,
                permanent=True,
                status="5.1.1",
                diagnostic="550 5.1.1 <b>No such user</b>",
                remote="mx.studsar.example",
            )
        )
    page = officer.get("/sparrade").text
    assert "adressen finns inte längre" in page
    assert "550 5.1.1 &lt;b&gt;No such user" in page
    assert "mx.studsar.example" in page
