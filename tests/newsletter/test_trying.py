"""The way out is tried as mail programs take it, and what stands in the way is told apart."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from newsletter import trying
from newsletter.core.unsubscribe_trials import FIELD, Click


class _Answers(BaseHTTPRequestHandler):
    """Answers a POST by its path, and keeps what came."""

    came: list[tuple[str, bytes]] = []  # noqa: RUF012 - one for the server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.headers["Content-Type"], body))
        status, _, field = self.path.strip("/").partition("/")
        self.send_response(int(status))
        if field:
            self.send_header(FIELD, field)
        if status == "301":
            self.send_header("Location", "/200/7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Answers) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_each_obstacle_is_told_from_the_others(server: str) -> None:
    """P9, U4: the very bytes that mail programs send, and no redirect followed."""
    _Answers.came.clear()
    asked = {
        path: trying.press(f"{server}/{path}", number=7) for path in ("200/7", "200/8", "200", "301", "403")
    }

    assert {path: click for path, (click, _) in asked.items()} == {
        "200/7": Click.WORKS,
        "200/8": Click.ANOTHER_PAGE,
        "200": Click.ANOTHER_PAGE,
        "301": Click.REDIRECTED,
        "403": Click.REFUSED,
    }
    assert asked["403"][1] == "403 Forbidden"
    one_click = ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click")
    assert _Answers.came == [one_click] * 5


def test_nobody_who_answers_is_told_too() -> None:
    click, said = trying.press("http://127.0.0.1:1/u/x", number=7)

    assert click is Click.NO_ANSWER
    assert "refused" in said
