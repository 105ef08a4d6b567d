"""Pictures of mails are open to all; nothing else of the data directory is."""

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.web.files import file_within


def test_a_picture_is_shown_to_everybody_in_any_page(stranger: TestClient, app: App) -> None:
    (app.paths.media / "2030").mkdir()
    (app.paths.media / "2030" / "Äpple på gren.JPG").write_bytes(b"\xff\xd8")

    answer = stranger.get("/media/2030/%C3%84pple%20p%C3%A5%20gren.JPG")

    assert answer.content == b"\xff\xd8"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"].startswith("public")


def test_an_attachment_is_saved_and_never_opened_as_a_page_of_ours(stranger: TestClient, app: App) -> None:
    (app.paths.media / "Kallelse.pdf").write_bytes(b"%PDF")

    answer = stranger.get("/media/Kallelse.pdf")

    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["sida.html", "bild.svg", "skript.js", "utan", ".dold.png", "mapp.png"])
def test_other_kinds_of_files_are_not_given_out(stranger: TestClient, app: App, name: str) -> None:
    (app.paths.media / "mapp.png").mkdir()
    if name != "mapp.png":
        (app.paths.media / name).write_text("<script>alert(1)</script>")

    assert stranger.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../keys/tokens.key",
        "..%2Fkeys%2Fhemlig.png",
        "%2e%2e/keys/hemlig.png",
        "/etc/passwd",
        "%00.png",
        "a" * 5000 + ".png",
    ],
)
def test_nothing_outside_the_folder_is_reached(stranger: TestClient, app: App, name: str) -> None:
    (app.paths.keys / "hemlig.png").write_bytes(b"x")

    assert stranger.get(f"/media/{name}").status_code == 404


def test_a_link_that_leads_out_of_the_folder_is_nothing(app: App) -> None:
    (app.paths.keys / "hemlig.png").write_bytes(b"x")
    (app.paths.media / "ut.png").symlink_to(app.paths.keys / "hemlig.png")
    (app.paths.media / "upp").symlink_to(app.paths.keys)

    assert file_within(app.paths.media, "ut.png") is None
    assert file_within(app.paths.media, "upp/hemlig.png") is None
    assert file_within(app.paths.media, "../keys/hemlig.png") is None
    assert file_within(app.paths.media, str(app.paths.keys / "hemlig.png")) is None


def test_the_style_knows_the_associations_colour_and_may_be_kept(stranger: TestClient) -> None:
    colours = stranger.get("/static/colours.css")
    style = stranger.get("/static/style.css")

    assert "--accent: #8a3324" in colours.text
    assert "prefers-color-scheme: dark" in colours.text
    for answer in (colours, style):
        assert answer.headers["content-type"].startswith("text/css")
        assert "max-age" in answer.headers["cache-control"]
    assert stranger.get("/static/favicon.svg").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("name", ["../pages.py", "..%2Fpages.py", "nothing.css", ""])
def test_nothing_but_the_style_lies_among_the_styles(stranger: TestClient, name: str) -> None:
    assert stranger.get(f"/static/{name}").status_code == 404


def test_the_site_says_that_it_is_alive(stranger: TestClient) -> None:
    assert stranger.get("/healthz").text == "ok\n"
