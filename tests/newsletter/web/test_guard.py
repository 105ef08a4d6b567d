"""Only this machine sees the pages with other people's mail on them."""

from typing import Any

import pytest

from newsletter.web.guard import from_this_machine


def request(
    client: str | None = "127.0.0.1", hosts: tuple[str, ...] = ("127.0.0.1:8040",), *headers: str
) -> dict[str, Any]:
    """Build what a server hands to an application (ASGI), with these headers besides Host."""
    pairs = [("host", host) for host in hosts] + [(name, "127.0.0.1") for name in headers]
    return {
        "type": "http",
        "client": None if client is None else (client, 50000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in pairs],
    }


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8040", "localhost:8040", "LOCALHOST", "[::1]:8040", "[::1]"])
def test_this_machine_may_look(client: str, host: str) -> None:
    assert from_this_machine(request(client, (host,)))


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.1", "2001:db8::7", "testclient", "", None])
def test_others_may_not(client: str | None) -> None:
    assert not from_this_machine(request(client))


@pytest.mark.parametrize(
    "hosts",
    [
        ("brev.applen.example",),
        ("127.0.0.1.evil.example",),
        ("localhost.evil.example",),
        ("evil.example#@127.0.0.1",),
        ("",),
        ("[",),
        ("[::1",),
        ("2130706433",),
        (),
        ("127.0.0.1", "evil.example"),
    ],
)
def test_a_name_that_points_here_does_not_open_the_pages(hosts: tuple[str, ...]) -> None:
    """DNS rebinding: a stranger's page lets its own name point at 127.0.0.1."""
    assert not from_this_machine(request("127.0.0.1", hosts))


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded",
        "Forwarded",
        "Via",
        "X-Real-IP",
    ],
)
def test_what_a_proxy_passes_on_does_not_come_from_here(header: str) -> None:
    assert not from_this_machine(request("127.0.0.1", ("127.0.0.1",), header))
