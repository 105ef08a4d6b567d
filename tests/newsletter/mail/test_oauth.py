"""Access tokens are asked for when they are needed, and a newer refresh token is kept."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from newsletter.mail.oauth import Grant, TokenRefused, Tokens


class Endpoint(HTTPServer):
    """Answers with what a test puts into ``answers``, and keeps the forms that were sent."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.forms: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.forms.append(dict(urllib.parse.parse_qsl(content)))
        code, answer = self.server.answers.pop(0)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def given(**answer: object) -> tuple[int, bytes]:
    return 200, json.dumps(answer).encode()


def grant(endpoint: Endpoint, refresh_token: str = "first") -> Grant:
    return Grant(endpoint.url, "rundbrev", "hemligt", refresh_token, "imap")


def test_a_token_is_used_until_shortly_before_its_end(endpoint: Endpoint, tmp_path: Path) -> None:
    seconds = [0.0]
    tokens = Tokens(grant(endpoint), tmp_path / "token", lambda: seconds[0])
    endpoint.answers = [given(access_token="a", expires_in=600), given(access_token="b")]

    assert [tokens.access(), tokens.access()] == ["a", "a"]
    seconds[0] = 541
    assert tokens.access() == "b"
    assert endpoint.forms[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "first",
        "client_id": "rundbrev",
        "client_secret": "hemligt",
        "scope": "imap",
    }
    assert len(endpoint.forms) == 2


def test_a_newer_refresh_token_outlives_the_process(endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "token"
    endpoint.answers = [given(access_token=each, refresh_token="second") for each in "abc"]

    Tokens(grant(endpoint), file, lambda: 0.0).access()
    Tokens(grant(endpoint), file, lambda: 0.0).access()
    Tokens(grant(endpoint, "another"), file, lambda: 0.0).access()

    assert [form["refresh_token"] for form in endpoint.forms] == ["first", "second", "another"]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((400, b'{"error": "invalid_grant", "error_description": "first hemligt"}'), "400 invalid_grant$"),
        ((500, b"<html>"), "500$"),
        ((200, b"<html>"), "token endpoint"),
        ((200, b"[]"), "no token"),
        ((200, b"{}"), "no token"),
    ],
)
def test_why_there_is_no_token_is_told_without_secrets(
    endpoint: Endpoint, tmp_path: Path, answer: tuple[int, bytes], said: str
) -> None:
    endpoint.answers = [answer]
    with pytest.raises(TokenRefused, match=said) as refused:
        Tokens(grant(endpoint), tmp_path / "token", lambda: 0.0).access()
    assert "hemligt" not in str(refused.value)
    assert "first" not in str(refused.value)
