"""Keys for DKIM at the command line: made once, shown as the DNS wants them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.newsletter.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("migrated")
Answer = Callable[..., Any]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FROM_ADDRESS", "nytt@appel.example")


def test_a_key_is_made_and_shown_as_the_dns_wants_it(run: Run, answer: Answer) -> None:
    made = answer("dkim", "make", "brev2030")
    shown = answer("dkim", "show")
    status, out, _ = run("dkim", "show")

    assert made["name"] == "brev2030._domainkey.appel.example"
    assert made["algorithm"] == "rsa-sha256"
    assert shown == {"signs": False, "keys": [{k: v for k, v in made.items() if k != "domain"}]}
    assert (status, "Breven signeras inte här" in out) == (0, True)
    strings = re.findall(r'"([^"]*)"', out)
    assert "".join(strings) == made["record"]
    assert max(map(len, strings)) <= 255


def test_there_is_nothing_to_show_before(run: Run, answer: Answer) -> None:
    assert answer("dkim", "show") == {"signs": False, "keys": []}
    assert "Gör en med rundbrev dkim make" in run("dkim", "show")[1]


def test_a_second_key_of_the_same_name_is_refused(run: Run, answer: Answer) -> None:
    answer("dkim", "make", "kort", "--ed25519")
    status, _, err = run("dkim", "make", "kort")

    assert (status, "redan en nyckel" in err) == (1, True)


def test_who_signs_is_told(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DKIM", "own")
    answer("dkim", "make", "kort", "--ed25519")

    assert answer("dkim", "show")["signs"]
