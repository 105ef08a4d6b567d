"""A lead's own letters in three steps, the officer's rules and yes, and what nobody else sees of them."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from newsletter.app import App
from newsletter.core.messages import MessageTemplate
from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, Note, RegionalLetter
from newsletter.services import letter_rules, regional_letters, releases
from subscribers.core import segments as segment_rules
from subscribers.models import Act, ListPurpose, RoleName, Subscriber, Subscription
from subscribers.services import lists, segments
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor, appoint, signed_in
from tests.newsletter.web.visitors import key as row_key

MORNING = datetime(2026, 11, 26, 8, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 22, tzinfo=UTC)
MISSING = "f" * 32


class Clock:
    def __init__(self) -> None:
        self.now = MORNING


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(App, "now", lambda _: clock.now)
    return clock


@pytest.fixture(autouse=True)
def _all_want_regional_letters(app: App, cast: Cast) -> None:
    with app.sessions.begin() as session:
        wanted = lists.by_purpose(session, purpose=ListPurpose.REGIONAL_LETTERS)
        for person in session.scalars(select(Subscriber.id)):
            session.add(
                Subscription(subscriber_id=person, list_id=wanted.id, changed_at=MORNING, source="register")
            )


@pytest.fixture
def other(app: App, cast: Cast) -> Iterator[Visitor]:
    """Elsa, who leads Norra, signed in."""
    appoint(app, cast.elsa, RoleName.REGIONAL_LEAD, "norra")
    with signed_in(app, cast.elsa) as visitor:
        yield visitor


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1500, 900), "#446633").save(file, "JPEG")
    return file.getvalue()


def write(visitor: Visitor, heading: str = "Ympkurs i Lund", text: str = "Kom **nu**.") -> str:
    """Write a letter as a browser does, and return its key."""
    page = visitor.get("/brev/ny").text
    fields = dict(re.findall(r'type="hidden" name="(key|region)" value="([^"]*)"', page))
    answer = visitor.post_form("/brev/ny", {**fields, "heading": heading, "text": text})
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/brev/([0-9a-f]{32})/titta", answer.headers["location"])
    assert found is not None
    return found[1]


def send(visitor: Visitor, key: str, **fields: str) -> str:
    answer = visitor.post_form(f"/brev/{key}/skicka", {"do": "send", "when": "now", **fields})
    return answer.headers.get("location", "") or answer.text


def issue_of(app: App, key: str) -> Issue:
    with app.readers() as session:
        return regional_letters.get(session, scope=app.everything("a test"), key=key).issue


def set_rules(officer: Visitor, **fields: str) -> None:
    given = {"from": "21:00", "to": "07:00", "monthly": "4", **fields}
    assert officer.post_form("/brevregler", given).status_code == 303


def test_the_empty_page_says_what_to_do_first(lead: Visitor) -> None:
    page = lead.get("/brev").text

    assert "Skriv ditt första brev" in page
    assert "Du kan skicka 4 brev till den här månaden." in page
    assert "Skriv ett brev till dina medlemmar" in lead.get("/").text


def test_a_letter_in_three_steps_reaches_the_own_members(app: App, lead: Visitor) -> None:
    key = write(lead)
    look = lead.get(f"/brev/{key}/titta").text
    assert "Ympkurs i Lund" in look
    assert "sandbox" in look
    frame = lead.get(f"/brev/{key}/brevet?lage=dark")
    assert "<strong>nu</strong>" in frame.text or "nu</strong>" in frame.text
    assert "sandbox" in frame.headers["content-security-policy"]
    assert "Kom" in lead.get(f"/brev/{key}/titta?visa=text").text

    step = lead.get(f"/brev/{key}/skicka").text
    assert "går till 2 medlemmar i Skåne" in step  # two of the three share a copy
    assert "läser samma brev" in step
    assert "hej@applen.example" in step

    assert send(lead, key) == f"/brev/{key}?klart=skickas"
    issue = issue_of(app, key)
    assert issue.status is IssueStatus.SCHEDULED
    assert issue.audience.regions == {"skane"}
    assert "3 brev till" in lead.get("/brev").text


def test_it_is_seen_as_one_of_the_own_members_and_as_nobody_else(lead: Visitor, cast: Cast) -> None:
    key = write(lead)

    assert "Så får Cecilia Ärlig brevet" in lead.get(f"/brev/{key}/titta?som={cast.cecilia}").text
    assert "som David Ärlig" in lead.get(f"/brev/{key}/titta?q=David").text
    assert "Ingen av dina medlemmar" in lead.get(f"/brev/{key}/titta?q=Bo").text
    missing = lead.get(f"/brev/{key}/titta?som=99999")
    others = lead.get(f"/brev/{key}/titta?som={cast.bo}")
    assert (others.status_code, others.text) == (missing.status_code, missing.text)
    assert missing.status_code == 404
    framed = lead.get(f"/brev/{key}/brevet?som={cast.bo}")
    assert framed.status_code == 404


def test_a_trial_goes_to_oneself_alone(app: App, lead: Visitor, other: Visitor) -> None:
    key = write(lead)

    assert lead.post_form(f"/brev/{key}/titta").headers["location"] == f"/brev/{key}/titta?klart=prov"
    assert other.post_form(f"/brev/{key}/titta").status_code == 404
    with app.readers() as session:
        [note] = session.scalars(select(Note))
    assert (note.kind, note.address) == ("trial-letter", "anna@lund.example")


def test_a_photo_from_the_telephone_stands_in_the_letter(lead: Visitor) -> None:
    page = lead.get("/brev/ny").text
    fields = dict(re.findall(r'type="hidden" name="(key|region)" value="([^"]*)"', page))
    words = {**fields, "heading": "Skörd", "text": "Se här.", "photo_alt": "Ett träd"}
    lead.post_form("/brev/ny", words, files={"photo": ("IMG.HEIC", photo(), "image/jpeg")})
    key = fields["key"]

    assert 'alt="Ett träd"' in lead.get(f"/brev/{key}/brevet").text
    lead.post_form(f"/brev/{key}/skriv", {"heading": "Skörd", "text": "Se här.", "remove": "0"})
    assert "Ett träd" not in lead.get(f"/brev/{key}/brevet").text
    refused = lead.post_form(
        f"/brev/{key}/skriv",
        {"heading": "Ny", "text": "Hel."},
        files={"photo": ("x.svg", b"<svg/>", "image/svg")},
    )
    assert refused.status_code == 422
    assert 'value="Ny"' in lead.get(f"/brev/{key}/skriv").text  # the words were kept


def test_what_will_not_do_comes_back_with_the_words(lead: Visitor) -> None:
    page = lead.get("/brev/ny").text
    fields = dict(re.findall(r'type="hidden" name="(key|region)" value="([^"]*)"', page))
    answer = lead.post_form("/brev/ny", {**fields, "heading": "A\r\nBcc: x@y.example", "text": "Hej på er"})

    assert answer.status_code == 422
    assert "Hej på er" in answer.text
    assert "radbrytning" in answer.text


def test_a_double_press_writes_one_letter_and_sends_one(app: App, lead: Visitor) -> None:
    page = lead.get("/brev/ny").text
    fields = dict(re.findall(r'type="hidden" name="(key|region)" value="([^"]*)"', page))
    for _ in range(2):
        assert lead.post_form("/brev/ny", {**fields, "heading": "A", "text": "B"}).status_code == 303
    first, second = (send(lead, fields["key"]) for _ in range(2))

    assert (first, second) == (f"/brev/{fields['key']}?klart=skickas", f"/brev/{fields['key']}?klart=redan")
    with app.readers() as session:
        assert session.scalar(select(func.count()).select_from(Issue)) == 1


def test_in_quiet_hours_it_goes_in_the_morning_and_says_so(app: App, lead: Visitor, clock: Clock) -> None:
    key = write(lead)
    clock.now = NIGHT

    assert "Så snart som möjligt: 27 november 2026, 07:00" in lead.get(f"/brev/{key}/skicka").text
    assert send(lead, key).endswith("klart=natt")
    assert issue_of(app, key).send_at == datetime(2026, 11, 27, 6, tzinfo=UTC)
    assert "kl. 07.00" in lead.get(f"/brev/{key}").text


def test_beyond_the_number_it_is_refused_with_what_to_do(lead: Visitor, officer: Visitor) -> None:
    set_rules(officer, monthly="1")
    send(lead, write(lead))
    second = write(lead)

    assert "Välj en dag i en annan månad" in send(lead, second)
    assert "klart=tid" in send(lead, second, when="later", day="2026-12-02", hour="09:00")
    assert "Månadens brev är slut" in lead.get("/brev").text


def test_it_is_taken_back_and_undone(app: App, lead: Visitor) -> None:
    key = write(lead)
    send(lead, key, when="later", day="2026-12-02", hour="09:00")
    assert lead.post_form(f"/brev/{key}", {"do": "back"}).headers["location"].endswith("klart=tillbaka")

    send(lead, key)
    with app.sessions.begin() as session:
        releases.release(session, scope=app.everything("a test"), issue_id=issue_of(app, key).id, now=MORNING)
    page = lead.get(f"/brev/{key}").text
    assert "Ångra utskicket" in page
    assert "Norra" not in page
    undone = lead.post_form(f"/utskick/{row_key(app, issue_of(app, key).id)}", {"do": "undo"})
    assert undone.headers["location"] == f"/brev/{key}?klart=angrat"
    assert issue_of(app, key).status is IssueStatus.DRAFT


def test_with_approval_the_officer_reads_it_and_says_yes(app: App, lead: Visitor, officer: Visitor) -> None:
    set_rules(officer, approval="yes")
    key = write(lead)
    assert "Skicka för godkännande" in lead.get(f"/brev/{key}/skicka").text
    assert send(lead, key).endswith("klart=fraga")

    with app.readers() as session:
        [note] = session.scalars(select(Note).where(Note.kind == "letter-to-approve"))
    assert note.address == "bo@lulea.example"
    assert (note.content or {})["link"].endswith(f"/brev/{key}")
    assert "Ympkurs i Lund" in officer.get("/").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', officer.get(f"/brev/{key}").text)
    assert seen is not None
    assert lead.post_form(f"/brev/{key}", {"do": "approve", "seen": seen[1]}).status_code == 404
    officer.post_form(f"/brev/{key}", {"do": "approve", "seen": seen[1]})

    assert issue_of(app, key).status is IssueStatus.SCHEDULED
    with app.readers() as session:
        [note] = session.scalars(select(Note).where(Note.kind == "letter-approved"))
    assert note.address == "anna@lund.example"


def test_the_officer_sends_it_back_with_a_comment(app: App, lead: Visitor, officer: Visitor) -> None:
    set_rules(officer, approval="yes")
    key = write(lead)
    send(lead, key)
    assert officer.post_form(f"/brev/{key}", {"do": "return", "comment": ""}).status_code == 422
    officer.post_form(f"/brev/{key}", {"do": "return", "comment": "Skriv <datumet>."})

    assert "Skriv &lt;datumet&gt;." in lead.get(f"/brev/{key}/skriv").text
    with app.readers() as session:
        assert session.scalar(select(Note.kind).where(Note.kind == "letter-returned")) is not None


def test_what_was_changed_meanwhile_is_not_approved(app: App, lead: Visitor, officer: Visitor) -> None:
    set_rules(officer, approval="yes")
    key = write(lead)
    send(lead, key)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', officer.get(f"/brev/{key}").text)
    lead.post_form(f"/brev/{key}/skriv", {"heading": "Annat", "text": "Helt annat."})
    send(lead, key)

    answer = officer.post_form(f"/brev/{key}", {"do": "approve", "seen": seen[1] if seen else ""})
    assert answer.status_code == 422
    assert issue_of(app, key).status is IssueStatus.DRAFT


ROUTES = (
    ("GET", ""), ("GET", "/skriv"), ("GET", "/titta"), ("GET", "/brevet"), ("GET", "/skicka"),
    ("POST", ""), ("POST", "/skriv"), ("POST", "/titta"), ("POST", "/skicka"),
)  # fmt: skip


def test_every_route_with_anothers_letter_answers_as_for_one_that_is_missing(
    app: App, lead: Visitor, other: Visitor
) -> None:
    theirs = write(other, "Bara norr")
    given = {"do": "back", "when": "now", "heading": "X", "text": "Y", "region": "norra", "key": theirs}
    for method, path in ROUTES:
        told = []
        for key in (theirs, MISSING, "1"):
            where = f"/brev/{key}{path}"
            answer = lead.get(where) if method == "GET" else lead.post_form(where, given)
            told.append((answer.status_code, answer.text))
        assert {status for status, _ in told} == {404}, path
        assert len(set(told)) == 1, path
    for region in ("norra", "atlantis"):
        assert lead.get(f"/brev/ny?region={region}").status_code == 404
        forged = {"key": "a" * 32, "region": region, "heading": "X", "text": "Y"}
        assert lead.post_form("/brev/ny", forged).status_code == 404
    assert lead.post_form("/brev/ny", {**given, "region": "skane"}).status_code == 404  # anothers key
    with app.readers() as session:
        assert session.scalar(select(func.count()).select_from(RegionalLetter)) == 1


def test_others_letters_are_nowhere_and_count_nowhere(app: App, lead: Visitor, other: Visitor) -> None:
    key = write(other, "Bara norr")
    send(other, key)
    with app.sessions.begin() as session:
        releases.release(session, scope=app.everything("a test"), issue_id=issue_of(app, key).id, now=MORNING)
    for page in ("/", "/brev", "/utskick", "/rapporter", "/rapporter/2026"):
        assert "Bara norr" not in lead.get(page).text, page
        assert "Brev från Norra" not in lead.get(page).text, page
    for path in ("/utskick/{}", "/utskick/{}/ratta", "/rapporter/nummer/{}"):
        keys = [row_key(app, each) for each in (issue_of(app, key).id, 999_999)]
        hidden, missing = (lead.get(path.format(each)) for each in keys)
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.text.replace(keys[0], "") == missing.text.replace(keys[1], "")
    assert "4 brev till" in lead.get("/brev").text
    own = write(lead, "Bara söder")  # the second letter of all: no number tells
    for text in (lead.get(f"/brev/{own}/brevet").text, lead.get(f"/brev/{own}/titta?visa=text").text):
        assert "Nummer" not in text
        assert "bara i din regions brev" not in text
    send(lead, own)
    assert "Regionbrev: Bara söder" in lead.get("/utskick").text
    assert "2/2026" not in lead.get("/utskick").text
    assert "Bara norr" in other.get("/brev").text


def test_a_correction_of_a_letter_is_for_whoever_says_yes_to_letters_and_shows_it_to_no_other_region(
    app: App, cast: Cast, lead: Visitor, other: Visitor, officer: Visitor
) -> None:
    set_rules(officer, approval="yes")
    key = write(lead)
    send(lead, key)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', officer.get(f"/brev/{key}").text)
    assert seen is not None
    officer.post_form(f"/brev/{key}", {"do": "approve", "seen": seen[1]})
    sent = issue_of(app, key).id
    with app.sessions.begin() as session:
        releases.release(session, scope=app.everything("a test"), issue_id=sent, now=MORNING)
        gone = update(Delivery).where(Delivery.issue_id == sent, Delivery.why == "")
        session.execute(gone.values(state=DeliveryState.ACCEPTED, settled_at=MORNING))
        faulty = session.scalars(
            select(Delivery.variant_id).where(Delivery.issue_id == sent).distinct()
        ).all()
    wish = {
        "do": "begin",
        "variant": [each for each in faulty if each],
        "subject": "Rätt sal",
        "text": "Det är i sal 4.",
    }

    assert lead.get(f"/utskick/{row_key(app, sent)}/ratta").status_code == 404
    assert lead.post_form(f"/utskick/{row_key(app, sent)}/ratta", wish).status_code == 404
    assert "Be redaktören rätta det" in lead.get(f"/utskick/{row_key(app, sent)}").text
    form = officer.post_form(f"/utskick/{sent}/ratta", wish).headers["location"]
    # Whoever wrote the letter cannot send the correction past the one who says yes, and the latter can.
    assert lead.post_form(form, {"do": "now"}).status_code == 404
    assert officer.post_form(form, {"do": "now"}).status_code == 303

    with app.readers() as session:
        made = session.scalars(select(Issue).where(Issue.corrects_id == sent)).one()
        assert made.status is IssueStatus.SCHEDULED
        letters = [b"".join(MessageTemplate.load(each.template).pieces) for each in made.variants]
    assert letters
    assert all(b"<skane." in each for each in letters)
    assert "Rättelse av Regionbrev: Ympkurs i Lund" in lead.get("/utskick").text
    assert "/2026" not in lead.get("/utskick").text
    for page in ("/utskick", "/"):
        assert "Rättelse" not in other.get(page).text


def test_a_segment_of_others_cannot_be_seen_or_chosen(app: App, lead: Visitor) -> None:
    with app.sessions.begin() as session:
        for name, regions in (("Styrelsen", ("skane", "norra")), ("Hemliga nord", ("norra",))):
            rule = segment_rules.Has(segment_rules.Attribute.REGION, regions)
            segments.save(session, scope=app.everything("a test"), name=name, rule=rule, now=MORNING)
    key = write(lead)

    page = lead.get(f"/brev/{key}/skicka").text
    assert "Styrelsen" in page
    assert "3 personer" in page
    assert "Hemliga nord" not in page
    for name in ("Hemliga nord", "Finns inte"):
        answer = lead.post_form(f"/brev/{key}/skicka", {"do": "segment", "segment": name})
        assert answer.status_code == 404
    assert lead.post_form(f"/brev/{key}/skicka", {"do": "segment", "segment": "Styrelsen"}).status_code == 303
    assert "Bara de i urvalet Styrelsen" in lead.get(f"/brev/{key}/skicka").text


def test_whoever_leads_two_regions_chooses(app: App, lead: Visitor, cast: Cast) -> None:
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "vast")

    page = lead.get("/brev/ny").text
    assert "Vilka skriver du till?" in page
    assert "Norra" not in page
    assert 'name="region" value="vast"' in lead.get("/brev/ny?region=vast").text


def test_the_rules_are_the_officers_alone(app: App, lead: Visitor, officer: Visitor) -> None:
    assert lead.get("/brevregler").status_code == 404
    assert lead.post_form("/brevregler", {"monthly": "30"}).status_code == 404
    for bad in ({"monthly": "x"}, {"monthly": "99"}, {"from": "25:00"}, {"from": ""}):
        given = {"from": "21:00", "to": "07:00", "monthly": "4", **bad}
        assert officer.post_form("/brevregler", given).status_code == 422
    officer.post_form("/brevregler", {"region": "skane", "monthly": "2", "approval": "yes"})

    with app.readers() as session:
        own = letter_rules.of(session, "skane")
        assert (own.monthly, own.approval) == (2, True)
        assert session.scalars(select(Act).order_by(Act.id.desc())).first().act == "letter rules"  # type: ignore[union-attr]
    assert "2 brev per månad, godkänns först" in officer.get("/brevregler").text


def test_the_clock_lets_nothing_go_in_quiet_hours(app: App, lead: Visitor, clock: Clock) -> None:
    from newsletter import jobs

    key = write(lead)
    send(lead, key, when="later", day="2026-11-26", hour="20:30")
    clock.now = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)  # an hour late, at half past nine
    jobs.release_issues(app)
    assert issue_of(app, key).status is IssueStatus.SCHEDULED

    clock.now = datetime(2026, 11, 27, 6, tzinfo=UTC) + timedelta(seconds=30)
    jobs.release_issues(app)
    assert issue_of(app, key).status is IssueStatus.RELEASED
