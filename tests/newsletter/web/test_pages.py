"""The frame around every page: its language, its banner, its links."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.web.site import make_site
from tests.cast import Cast
from tests.newsletter.web.test_unsubscribe import Tokens


def asked(app: App, path: str, **settings: object) -> str:
    changed = replace(app, settings=replace(app.settings, **settings))  # type: ignore[arg-type]
    with TestClient(make_site(changed), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as browser:
        return browser.get(path).text


def test_an_english_association_reads_english(app: App) -> None:
    text = asked(app, "/sink", interface_language="en")

    assert "This page is shown only on the computer that runs Rundbrev" in text
    assert '<html lang="en"' in text


def test_a_member_reads_their_own_language_whatever_the_associations(
    app: App, cast: Cast, token_of: Tokens
) -> None:
    assert "Sluta få" in asked(app, f"/u/{token_of(cast.anna)}", interface_language="en")
    assert "Stop getting" in asked(app, f"/u/{token_of(cast.hilma)}", interface_language="sv")


@pytest.mark.parametrize(
    ("relay", "base_url", "postal", "shown"),
    [
        ("", "https://brev.example", "Gatan 1", True),
        ("127.0.0.1", "https://brev.example", "Gatan 1", True),
        ("mejl.example", "http://brev.example", "Gatan 1", True),
        ("mejl.example", "https://brev.example", "", True),
        ("mejl.example", "https://brev.example", "Gatan 1", False),
    ],
)
def test_the_banner_stands_on_every_page_until_letters_are_really_sent(
    app: App, cast: Cast, token_of: Tokens, relay: str, base_url: str, postal: str, shown: bool
) -> None:
    for path in (
        "/logga-in",
        "/sink",
        f"/u/{token_of(cast.anna)}",
        f"/p/{token_of(cast.anna)}",
        "/no/such/page",
    ):
        text = asked(app, path, smtp_host=relay, base_url=base_url, postal_address=postal)
        assert ("Övningsläge – inga brev skickas på riktigt" in text) is shown, path


def test_links_hold_below_any_path_that_a_web_server_in_front_puts_us_at(
    app: App, cast: Cast, token_of: Tokens
) -> None:
    text = asked(app, f"/u/{token_of(cast.anna)}", base_url="https://applen.example/brev")

    assert 'href="../static/style.css?' in text
    assert 'href="/' not in text
    assert 'href="../../static/' in asked(app, "/no/such/page")


def test_the_associations_own_words_are_text(app: App) -> None:
    text = asked(app, "/no/such/page", association_name="<b>Äpplen & päron</b>")

    assert "&lt;b&gt;Äpplen &amp; päron&lt;/b&gt;" in text
