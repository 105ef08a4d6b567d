"""The pages of the inbox: what each person sees of it, and what their buttons do."""

import pytest

from newsletter.app import App
from newsletter.models import InboundMail, Note
from newsletter.services import inboxes
from subscribers.core.authority import Everything
from subscribers.models import Act, RoleName
from tests.cast import Cast
from tests.incoming import come_in, written
from tests.newsletter.web.visitors import Visitor, appoint, key, signed_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ALL = Everything("a test")


@pytest.fixture
def officer(app: App, cast: Cast) -> Visitor:
    return signed_in(app, appoint(app, cast.bo, RoleName.OFFICER))


@pytest.fixture
def lead(app: App, cast: Cast) -> Visitor:
    return signed_in(app, appoint(app, cast.cecilia, RoleName.REGIONAL_LEAD, "skane"))


def wrote(app: App, sender: str, text: str = "Hur gör jag?", subject: str = "En fråga") -> int:
    with app.sessions.begin() as session:
        row = come_in(session, written(text, sender=sender, subject=subject), now=app.now(), sender=sender)
        assert row is not None
        return row.id


def mail(app: App, mail_id: int) -> InboundMail:
    with app.readers() as session:
        return inboxes.get(session, scope=ALL, mail_id=mail_id)


def test_an_empty_inbox_says_what_comes_there(officer: Visitor) -> None:
    for view, told in (
        ("", "Allt är besvarat"),
        ("mine", "Inget väntar på dig"),
        ("unowned", "Inget är utan mottagare"),
        ("all", "Här är tomt än så länge"),
        ("all&slag=bounce", "Inget brev passar in"),
    ):
        assert told in officer.get(f"/inkorg?visa={view}").text


def test_a_mail_is_shown_as_text_to_those_who_may_see_its_region(
    app: App, officer: Visitor, lead: Visitor
) -> None:
    anna = wrote(app, "Anna <anna@lund.example>", "Hej!\n<script>alert(1)</script>", "Fråga <b>1</b>")
    farid = wrote(app, "farid@goteborg.example", subject="Fråga 2")
    page = officer.get("/inkorg").text
    assert "Fråga &lt;b&gt;1&lt;/b&gt;" in page
    assert "Fråga 2" in page
    one = officer.get(f"/inkorg/{anna}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in one
    assert "<script>alert" not in one
    theirs = lead.get("/inkorg").text
    assert "Fråga &lt;b&gt;1" in theirs
    assert "Fråga 2" not in theirs
    assert "Väntar på svar av redaktören" in theirs  # whose name is not theirs to see
    assert lead.get(f"/inkorg/{key(app, anna)}").status_code == 200
    assert lead.get(f"/inkorg/{anna}").status_code == 404  # numbers would tell how many there are
    assert lead.get(f"/inkorg/{key(app, farid)}").status_code == 404


def test_the_mail_as_it_came_is_a_file_for_those_who_see_everything(
    app: App, officer: Visitor, lead: Visitor
) -> None:
    anna = wrote(app, "anna@lund.example")
    answer = officer.get(f"/inkorg/{anna}/ra")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="brev.eml"'
    assert answer.content.startswith(b"From: anna@lund.example")
    assert lead.get(f"/inkorg/{key(app, anna)}/ra").status_code == 404


def test_buttons_say_that_it_is_answered_and_take_it_back(app: App, officer: Visitor, cast: Cast) -> None:
    at = f"/inkorg/{wrote(app, 'anna@lund.example')}"
    done = officer.post_form(at, {"do": "answered"})
    assert done.headers["location"].endswith(f"{at}?klart=besvarat")
    assert mail(app, int(at.rpartition("/")[2])).answered_by_id == cast.bo
    assert officer.post_form(at, {"do": "answered"}).headers["location"].endswith("klart=redan")
    assert "Det är inte besvarat" in officer.get(at).text
    assert "Allt är besvarat" in officer.get("/inkorg").text
    officer.post_form(at, {"do": "reopen"})
    assert mail(app, int(at.rpartition("/")[2])).answered_at is None
    assert officer.post_form(at, {"do": "explode"}).status_code == 400
    with app.readers() as session:
        log = [each.act for each in session.query(Act).order_by(Act.id) if each.subject.startswith("mail")]
    assert log == ["answer mail", "reopen mail"]


def test_a_mail_is_handed_to_whoever_should_answer_it(
    app: App, officer: Visitor, lead: Visitor, cast: Cast
) -> None:
    anna = wrote(app, "anna@lund.example")
    at, theirs = f"/inkorg/{anna}", f"/inkorg/{key(app, anna)}"
    assert "Cecilia Ärlig" in officer.get(at).text
    officer.post_form(at, {"do": "hand", "to": str(cast.cecilia)})
    assert mail(app, anna).owner_id == cast.cecilia
    assert "Brevet är ditt att svara på." in lead.get(theirs).text
    assert "Ett brev väntar på svar." in lead.get("/").text
    lead.post_form(theirs, {"do": "officers"})
    assert mail(app, anna).owner_id == cast.bo
    lead.post_form(theirs, {"do": "take"})
    assert mail(app, anna).owner_id == cast.cecilia
    with app.readers() as session:
        copies = [each.address for each in session.query(Note).filter_by(kind="answer").order_by(Note.id)]
    assert copies == [
        "bo@lulea.example",
        "familjen@lund.example",
        "bo@lulea.example",
        "familjen@lund.example",
    ]
    refused = officer.post_form(at, {"do": "hand", "to": ""})
    assert (refused.status_code, "Välj vem som ska svara." in refused.text) == (422, True)
    assert officer.post_form(at, {"do": "hand", "to": str(cast.farid)}).status_code == 422


def test_an_automatic_reply_says_when_somebody_is_back(app: App, officer: Visitor) -> None:
    raw = written(
        "Åter 2031-03-04.", sender="anna@lund.example", subject="Autosvar", Auto_Submitted="auto-replied"
    )
    with app.sessions.begin() as session:
        row = come_in(session, raw, now=app.now(), sender="anna@lund.example")
        assert row is not None
        at = f"/inkorg/{row.id}"
    page = officer.get(at).text
    assert "Lagt åt sidan. Autosvar besvaras aldrig." in page
    assert "4 mars 2031" in page


def test_what_is_for_nobody_can_be_put_away(app: App, officer: Visitor) -> None:
    at = f"/inkorg/{wrote(app, 'gold@spam.example', subject='Guld')}"
    assert "Guld" in officer.get("/inkorg?visa=unowned").text
    assert "Inget att svara på" in officer.get(at).text
    officer.post_form(at, {"do": "answered"})
    assert "Inget är utan mottagare" in officer.get("/inkorg?visa=unowned").text


def test_who_sees_no_people_has_no_inbox(app: App, cast: Cast) -> None:
    reader = signed_in(app, appoint(app, cast.hilma, RoleName.READER))
    assert reader.get("/inkorg").status_code == 404
    assert "inkorg" not in reader.get("/").text


def test_older_mails_stand_on_further_pages(app: App, officer: Visitor) -> None:
    for number in range(inboxes.PER_PAGE + 1):
        wrote(app, "gold@spam.example", f"Nummer {number}", f"Nummer {number}.")
    first = officer.get("/inkorg?visa=unowned").text
    assert "Nummer 0." not in first
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "Nummer 0." in officer.get("/" + older.rpartition("./")[2].lstrip("/")).text
