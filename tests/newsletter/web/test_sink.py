"""The practice mailbox: every mail can be found and looked at, and none can do anything."""

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.notes import KIND, TRIAL
from newsletter.mail import folder
from newsletter.web import sink
from subscribers.models import RoleName
from tests.cast import Cast
from tests.newsletter.web import mails
from tests.newsletter.web.test_unsubscribe import Tokens
from tests.newsletter.web.visitors import Visitor, appoint, in_earnest, signed_in


def test_an_empty_mailbox_says_what_to_do_first(here: TestClient) -> None:
    text = here.get("/sink").text

    assert "Här är tomt än så länge" in text
    assert "rundbrev demo" in text


def test_the_newest_mail_comes_first(here: TestClient, app: App) -> None:
    for number in range(3):
        mails.put(app.paths.sink, subject=f"Nummer {number}", minutes=number)

    text = here.get("/sink").text

    assert text.index("Nummer 2") < text.index("Nummer 1") < text.index("Nummer 0")
    assert "3 brev, som inte har skickats vidare" in text


def test_a_full_mailbox_is_leafed_through(here: TestClient, app: App) -> None:
    for number in range(sink.PER_PAGE + 1):
        mails.put(app.paths.sink, subject=f"Nummer {number:03}", minutes=number)

    first, second = here.get("/sink").text, here.get("/sink?page=2").text

    assert "Nummer 000" not in first
    assert "page=2" in first
    assert "Nummer 000" in second
    assert "page=1" in second


def test_a_mail_is_found_by_recipient_and_by_subject(here: TestClient, app: App) -> None:
    mails.put(app.paths.sink, subject="Äpplen i Skåne", to="anna@lund.example")
    mails.put(app.paths.sink, subject="Päron", to="bo@lulea.example")

    by_subject, by_recipient = here.get("/sink?q=ÄPPLEN").text, here.get("/sink?q=bo@lulea").text

    assert "Äpplen i Skåne" in by_subject
    assert "Päron" not in by_subject
    assert "Päron" in by_recipient
    assert "Ett brev passar in på ”bo@lulea”" in by_recipient


def test_what_is_looked_for_is_shown_as_text(here: TestClient) -> None:
    text = here.get("/sink", params={"q": '"><script>alert(1)</script>'}).text

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_mail_is_shown_as_letter_text_headers_and_source(here: TestClient, app: App) -> None:
    name = mails.put(app.paths.sink, subject="Åtta äpplen", text="Ren text åäö", html="<p>HTML åäö</p>")

    letter = here.get(f"/sink/{name}").text
    assert "<h1>Åtta äpplen</h1>" in letter
    assert f'src="{name}/frame?scheme=light"' in letter
    assert 'sandbox=""' in letter
    assert "Ren text åäö" in here.get(f"/sink/{name}?view=text").text
    assert "bounce@applen.example" in here.get(f"/sink/{name}?view=headers").text
    assert "=?utf-8?" in here.get(f"/sink/{name}?view=source").text
    assert here.get(f"/sink/{name}/mail.eml").content == (app.paths.sink / f"{name}.eml").read_bytes()


def test_the_frame_lets_nothing_run_and_nothing_be_fetched(here: TestClient, app: App) -> None:
    name = mails.put(app.paths.sink)

    answer = here.get(f"/sink/{name}/frame?scheme=dark")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert policy.endswith("; sandbox")
    assert "Äpplen" in answer.text


def test_a_mail_with_a_hostile_subject_is_text(here: TestClient, app: App) -> None:
    name = mails.put(app.paths.sink, subject='</title><script>alert("1")</script>', to='"<b>x"@lund.example')

    for page in ("/sink", f"/sink/{name}", f"/sink/{name}?view=headers", f"/sink/{name}?view=source"):
        assert "<script" not in here.get(page).text
        assert "<b>" not in here.get(page).text


def test_javascript_links_are_shown_but_cannot_be_pressed(here: TestClient, app: App) -> None:
    name = mails.put(
        app.paths.sink, html='<a href="javascript:alert(1)">x</a><a href="https://a.example/">y</a>'
    )

    text = here.get(f"/sink/{name}").text

    assert 'href="javascript' not in text
    assert 'href="https://a.example/"' in text


def test_the_members_own_pages_can_be_tried_from_the_mail(here: TestClient, app: App) -> None:
    own = f"{app.settings.base_url}/u/abc"
    name = mails.put(
        app.paths.sink, html=f'<a href="{own}">Sluta</a><a href="https://a.example/">y</a><a href="#z">z</a>'
    )

    text = here.get(f"/sink/{name}").text

    assert f'<a href="{own}" rel="noreferrer nofollow">Sluta</a>' in text
    assert "En länk till andra platser" in text


def test_a_mail_beyond_the_bounds_is_still_listed_and_can_be_saved(here: TestClient, app: App) -> None:
    raw = b"Subject: Tungt\r\n\r\n" + b"x" * 7_000_000
    name = mails.put_raw(app.paths.sink, raw)

    page = here.get(f"/sink/{name}").text

    assert "för stort" in page
    assert "Bara början visas" in page
    assert len(page) < 300_000
    assert here.get(f"/sink/{name}/frame").status_code == 404
    assert here.get(f"/sink/{name}/mail.eml").content == raw


def test_a_mail_of_text_alone_and_an_empty_one_are_shown(here: TestClient, app: App) -> None:
    plain = mails.put(app.paths.sink, html=None, text="Bara ord")
    empty = mails.put_raw(app.paths.sink, b"")

    assert "Bara ord" in here.get(f"/sink/{plain}").text
    assert here.get(f"/sink/{empty}").status_code == 200


@pytest.mark.parametrize(
    "name", ["nothing", "..%2F..%2Fkeys%2Ftokens.key", "%00", "20300301T120000000000Z-00000000", "x" * 5000]
)
def test_a_name_is_never_a_path(here: TestClient, name: str) -> None:
    assert here.get(f"/sink/{name}").status_code == 404
    assert here.get(f"/sink/{name}/mail.eml").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²", ""])
def test_a_page_number_that_is_none_is_no_mistake_of_ours(here: TestClient, app: App, page: str) -> None:
    mails.put(app.paths.sink)

    assert here.get("/sink", params={"page": page}).status_code == 200


# --- Whoever runs the house, from elsewhere ----------------------------------------------------------------

LIST = "Nyhetsbrev <nyhetsbrev.applen.example>"


def test_an_officer_finds_the_letters_from_elsewhere_and_the_way_there(app: App, officer: Visitor) -> None:
    name = mails.put(app.paths.sink, subject="Numret i mars", list_id=LIST)

    assert 'href="./sink"' in officer.get("/").text
    listed = officer.get("/sink").text
    assert "Numret i mars" in listed
    assert "Logga ut" in listed  # a page among the others, with the menu
    assert f'src="{name}/frame?scheme=light"' in officer.get(f"/sink/{name}").text
    assert "<h1>Äpplen</h1>" in officer.get(f"/sink/{name}/frame").text


def test_a_lead_sees_nothing_of_it(app: App, lead: Visitor) -> None:
    name = mails.put(app.paths.sink, list_id=LIST)

    assert "sink" not in lead.get("/").text
    for path in ("/sink", f"/sink/{name}", f"/sink/{name}/frame"):
        assert lead.get(path).status_code == 404


def test_a_note_with_a_key_in_it_is_not_shown_to_anybody_elsewhere(app: App, officer: Visitor) -> None:
    """A sign-in link in it would make an officer of the reader, or more."""
    note = mails.put(app.paths.sink, subject="Logga in")

    listed = officer.get("/sink?q=logga").text
    assert "Logga in" not in listed
    assert "Ett brev till visas inte" in officer.get("/sink").text
    for path in (f"/sink/{note}", f"/sink/{note}/frame"):
        assert officer.get(path).status_code == 404


def test_a_trial_letter_is_shown_for_its_links_open_nothing(app: App, officer: Visitor) -> None:
    raw = f"Subject: [PROV] Mars\r\n{KIND}: {TRIAL}\r\n\r\nHej.\r\n".encode()
    name = mails.put_raw(app.paths.sink, raw)

    assert "[PROV] Mars" in officer.get("/sink").text
    assert "Hej." in officer.get(f"/sink/{name}").text


def test_what_speaks_for_a_member_is_blotted_out_elsewhere(
    app: App, cast: Cast, officer: Visitor, here: TestClient, token_of: Tokens
) -> None:
    token = token_of(cast.anna)
    link = f"{app.settings.base_url}/p/{token}"
    name = mails.put(
        app.paths.sink, list_id=LIST, text=f"Dina val: {link}", html=f'<p><a href="{link}">Dina val</a></p>'
    )

    assert token in here.get(f"/sink/{name}").text
    for view in ("", "?view=text", "?view=headers", "?view=source", "/frame"):
        assert token not in officer.get(f"/sink/{name}{view}").text, view
    assert "/p/…" in officer.get(f"/sink/{name}?view=text").text
    assert officer.get(f"/sink/{name}/mail.eml").status_code == 404


def test_when_letters_go_in_earnest_the_page_says_so_and_shows_none(app: App, cast: Cast) -> None:
    name = mails.put(app.paths.sink, subject="Numret i mars", list_id=LIST)
    appoint(app, cast.bo, RoleName.OFFICER)
    real = in_earnest(app)
    assert not real.settings.practice

    with signed_in(real, cast.bo) as visitor:
        page = visitor.get("/sink").text
        assert "Breven går på riktigt" in page
        assert "Numret i mars" not in page
        assert visitor.get(f"/sink/{name}").status_code == 404


def test_only_letters_of_issues_count_as_letters(app: App) -> None:
    letter, note = mails.put(app.paths.sink, list_id=LIST), mails.put(app.paths.sink)

    assert folder.is_letter(app.paths.sink, letter)
    assert not folder.is_letter(app.paths.sink, note)
    assert not folder.is_letter(app.paths.sink, "../../etc/passwd")
