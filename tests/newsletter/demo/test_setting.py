"""The demo moves into a directory whose letters, links and clicks all stay on this machine."""

import socket

import pytest

from newsletter.demo.setting import Place, free_port, move_in
from newsletter.errors import SendingRefused
from newsletter.settings import load


def test_the_links_lead_to_the_pages_even_where_the_environment_moves_these(tmp_path, monkeypatch):
    """Whoever is told that a port is taken, and to choose another with WEB_PORT, gets a demo that works."""
    monkeypatch.setenv("WEB_PORT", "18123")
    monkeypatch.setenv("SINK_PORT", "12123")

    settings = move_in(tmp_path / "demo", Place(8040, 2540))

    assert settings.base_url == "http://127.0.0.1:18123"
    monkeypatch.delenv("WEB_PORT")
    monkeypatch.delenv("SINK_PORT")
    later = load(tmp_path / "demo")
    assert (later.web_port, later.sink_port, later.base_url) == (18123, 12123, "http://127.0.0.1:18123")


@pytest.mark.parametrize(
    ("name", "value"), [("BASE_URL", "https://brev.forening.example"), ("SMTP_HOST", "smtp.forening.example")]
)
def test_an_environment_that_leads_to_another_machine_is_refused(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SendingRefused) as refused:
        move_in(tmp_path / "demo", Place(8040, 2540))

    assert name in str(refused.value)
    assert value in str(refused.value)


def test_a_port_that_is_taken_is_left_to_its_owner() -> None:
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]

        assert free_port(taken) != taken

    assert free_port(taken) == taken
