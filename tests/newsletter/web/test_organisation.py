"""The association's own page: what is set there counts at once, and the mail server is asked by a button."""

import io
import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from starlette.responses import Response
from starlette.testclient import TestClient

import newsletter
from newsletter import permitting
from newsletter.app import App
from newsletter.core import colours, typefaces
from newsletter.mail.sink import Sink
from newsletter.rendering import notes
from newsletter.rendering.issues import render
from newsletter.rendering.values import Rendered
from newsletter.services import organisation
from newsletter.web.site import make_site
from subscribers.models import Act
from tests.newsletter.rendering import samples
from tests.newsletter.web.visitors import Visitor

NEW = {
    "association_name": "Päron & <b>Plommon</b>",
    "accent_color": "#1f4f7a",
    "typeface": "book",
    "footer_text": "Organisationsnummer 802000-0000",
    "pictures": "embedded",
    "postal_address": "Fruktgatan 1, 123 45 Trädby",
    "contact_address": "styrelsen@paron.example",
    "send_grace_minutes": "3",
    "send_head_start_minutes": "0",
}


def test_a_letter_a_note_and_a_page_carry_the_new_name_and_colour_at_once(
    app: App, officer: Visitor, stranger: TestClient
) -> None:
    answer = officer.post_form("/forening", NEW)
    assert answer.headers["location"] == "/forening?klart=sparat"

    frame = app.frame()
    assert (frame.association, frame.accent, frame.postal_address, frame.contact) == (
        NEW["association_name"], NEW["accent_color"], NEW["postal_address"], NEW["contact_address"]
    )  # fmt: skip
    written = notes.render(
        "sign-in", {"link": "https://brev.example/x", "name": "Bo", "minutes": 15}, frame=frame, speaks="sv",
        zone="Europe/Stockholm",
    )  # fmt: skip
    assert "Päron &amp; &lt;b&gt;Plommon" in written.html
    assert "#1f4f7a" in written.html
    house = permitting.house_of(app.current())
    assert (house.name, house.contact_address) == (NEW["association_name"], NEW["contact_address"])
    assert app.pace().grace.total_seconds() == 180
    page = officer.get("/forening").text
    assert "Päron &amp; &lt;b&gt;Plommon&lt;/b&gt;</a>" in page
    assert "colours.css?1f4f7a" in page
    assert "<b>Plommon" not in page
    assert "#1f4f7a" in stranger.get("/static/colours.css").text


def test_it_is_logged_by_what_was_changed(app: App, officer: Visitor) -> None:
    officer.post_form("/forening", NEW)
    officer.post_form("/forening", NEW)

    with app.readers() as session:
        logged = session.scalars(select(Act).where(Act.act == "organisation")).all()
    assert [act.details for act in logged] == [{"changed": ", ".join(organisation.NAMES)}]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("association_name", "Vi\r\nBcc: x@y.example"),
        ("contact_address", "a@b.example\r\nBcc: x@y.example"),
        ("accent_color", "javascript:alert(1)"),
        ("postal_address", "x" * 5000),
    ],
)
def test_hostile_answers_are_refused_in_a_sentence(
    app: App, officer: Visitor, name: str, written: str
) -> None:
    answer = officer.post_form("/forening", {**NEW, name: written})
    assert answer.status_code == 422
    assert 'class="mistakes" role="alert"' in answer.text
    assert NEW["send_grace_minutes"] in answer.text
    assert app.current() == app.settings


def test_more_than_a_form_may_hold_is_not_read(officer: Visitor) -> None:
    assert officer.post_form("/forening", {**NEW, "association_name": "x" * 300_000}).status_code == 413


def test_a_colour_too_light_is_shown_beside_what_is_drawn_in_its_place(officer: Visitor) -> None:
    assert officer.post_form("/forening", {**NEW, "accent_color": "#ffcc00"}).status_code == 303
    text = officer.get("/forening").text

    drawn = colours.day("#ffcc00").accent
    assert re.search(r"Kontrast 1,[0-9]{2} till 1", text)
    assert f"Färgen ritas som {drawn}" in text
    assert f'fill="{drawn}"' in text
    assert 'fill="#ffcc00"' in text


def test_letters_get_the_typefaces_and_the_foot_and_the_page_shows_samples(
    app: App, officer: Visitor, stranger: TestClient
) -> None:
    officer.post_form("/forening", NEW)
    frame = app.frame()
    rendered = render(replace(samples.VIEW, frame=frame))

    assert frame.typeface == "book"
    assert "Segoe" not in rendered.html  # all with serifs
    assert NEW["footer_text"] in rendered.html
    assert NEW["footer_text"] in rendered.text
    style = stranger.get("/static/colours.css").text
    page = officer.get("/forening").text
    for name, faces in typefaces.CHOICES.items():
        assert f".face-{name} {{ font-family: {faces.title} }}" in style
        assert f'class="sample-title face-{name}"' in page
    assert 'value="book" checked' in page
    assert 'value="embedded" checked' in page


def test_nobody_but_officer_and_administrator_finds_it(lead: Visitor, app: App) -> None:
    assert lead.get("/forening").status_code == 404
    assert lead.post_form("/forening", NEW).status_code == 404
    assert lead.post_form("/forening/anslutning").status_code == 404
    assert app.current() == app.settings


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_button_tells_what_the_server_answered_and_sends_nothing(
    app: App, officer: Visitor, tmp_path: Path
) -> None:
    port = _free_port()
    elsewhere = replace(app, settings=replace(app.settings, sink_port=port, smtp_password="hemligt-ord"))
    officer.app.state.site = make_site(elsewhere).state.site
    assert "Anslutningen fungerade inte" in officer.post_form("/forening/anslutning").text
    with Sink(app.paths.sink, port, now=app.now):
        text = officer.post_form("/forening/anslutning").text
    assert "Anslutningen fungerar. Inget skickades." in text
    assert "hemligt-ord" not in text
    assert list(app.paths.sink.glob("*.eml")) == []


def test_what_is_missing_for_real_letters_is_listed(officer: Visitor) -> None:
    text = officer.get("/forening").text
    assert "SMTP_HOST" in text
    assert "BASE_URL" in text
    assert "Föreningens postadress" in text
    officer.post_form("/forening", NEW)
    assert "Föreningens postadress. Skriv" not in officer.get("/forening").text


def test_nobody_asks_the_files_for_what_can_be_set_on_the_page() -> None:
    stale = re.compile(
        r"\.settings\.(" + "|".join((*organisation.NAMES, "practice", "role_addresses")) + r")\b"
    )
    root = Path(newsletter.__file__).parent
    found = [path.name for path in root.rglob("*.py") if stale.search(path.read_text(encoding="utf-8"))]
    assert found == []


# --- The logo ---------------------------------------------------------------------

SIGN_IN = {"link": "https://brev.example/x", "name": "Bo", "minutes": 15}


def png(colour: str = "#1f4f7a") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (440, 128), colour).save(written, "PNG")
    return written.getvalue()


def upload(visitor: Visitor, content: bytes, name: str = "logga.png") -> Response:
    files = {"file": (name, content, "image/png")}
    return visitor.post_form("/forening/logotyp", {"do": "keep"}, files=files)


def note(app: App) -> str:
    return notes.render(
        "sign-in", SIGN_IN, frame=app.frame(), speaks="sv", zone="Europe/Stockholm"
    ).html  # fmt: skip


def letter(app: App) -> Rendered:
    return render(replace(samples.VIEW, frame=app.frame()))


def test_a_logo_stands_at_the_top_of_letters_notes_and_pages_with_the_name_for_who_sees_none(
    app: App, officer: Visitor, stranger: TestClient
) -> None:
    assert upload(officer, png()).headers["location"] == "/forening?klart=logotyp"

    logo = app.logo()
    assert logo is not None
    assert (logo.width, logo.height) == (220, 64)
    address = f"{app.settings.base_url}/media/{logo.file}"
    for html in (letter(app).html, note(app)):
        [image] = re.findall(r'<img class="logo"[^>]*>', html)
        assert f'src="{address}"' in image
        assert 'alt="Föreningen Äppelvänner"' in image
        assert 'width="220" height="64"' in image
        assert "width:220px;height:64px" in image
    assert f'src="./media/{logo.file}"' in officer.get("/").text
    assert f'src="./media/{logo.file}"' in stranger.get("/logga-in").text
    shown = stranger.get(f"/media/{logo.file}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")


def test_without_a_logo_mails_and_pages_are_to_the_byte_what_they_were(app: App, officer: Visitor) -> None:
    before = letter(app), note(app)
    upload(officer, png())
    marked = letter(app), note(app)

    officer.post_form("/forening/logotyp", {"do": "remove"})

    assert (letter(app), note(app)) == before
    assert 'class="logo"' not in before[0].html + before[1] + officer.get("/").text
    taken_out = re.sub(r'\s*<img class="logo"[^>]*>', "", marked[0].html)
    assert re.sub(r"\s+", " ", taken_out) == re.sub(r"\s+", " ", before[0].html)
    assert marked[0].text == before[0].text


def test_a_file_that_will_not_do_is_refused_on_the_page(app: App, officer: Visitor) -> None:
    svg = upload(officer, b"<svg/>", "logga.svg")
    assert (svg.status_code, "är en SVG" in svg.text) == (422, True)
    nothing = officer.post_form("/forening/logotyp", {"do": "keep"})
    assert (nothing.status_code, "Välj en fil först" in nothing.text) == (422, True)
    assert app.logo() is None
    assert list(app.paths.media.iterdir()) == []


def test_only_who_runs_the_house_sets_the_logo_and_the_log_has_it(
    app: App, officer: Visitor, lead: Visitor
) -> None:
    assert upload(lead, png()).status_code == 404
    upload(officer, png())
    upload(officer, png())

    with app.readers() as session:
        acts = session.scalars(select(Act).where(Act.act == "organisation")).all()
    assert [act.details for act in acts] == [{"changed": "logo"}]


def test_every_relay_is_shown_and_no_password(app: App, officer: Visitor) -> None:
    both = "smtp://127.0.0.1:2999?security=none smtps://brev:HEMLIGT@localhost:2998?weight=2"
    object.__setattr__(app.settings, "smtp_relays", both)

    page = officer.get("/forening").text

    assert all(each in page for each in ("127.0.0.1", "2999", "localhost", "2998", "brev"))
    assert "HEMLIGT" not in page
